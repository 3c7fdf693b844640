"""Drafts of credit downgrade warnings 信用降级警示: from warnings to what a supervisor decides on.

A draft is a proposal and nothing more: it takes effect by nobody but a person. It rests on rules
alone, each with its records and its basis; what a model expects is never a ground, since an
enterprise can answer a fact and not a probability (深圳经济特区社会信用条例 §29).
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from types import MappingProxyType

from ...grading import Level
from ...ledger.downgrades import Draft, Ground
from .warned import Warned
from .warningpolicy import Measure, WarningEdition

__all__ = ["draft", "draft_all"]

Known = Mapping[str, Collection[str]]
NOTHING: Known = MappingProxyType({})
NOBODY: Mapping[int, Known] = MappingProxyType({})


def draft(
    warnings: Iterable[Warned],
    edition: WarningEdition,
    *,
    enterprise: str,
    district: str | None = None,
    level: Level | None = None,
    known: Known = NOTHING,
) -> Draft | None:
    """Return the downgrade warning that warnings of one enterprise suffice for, if they do.

    Parameters
    ----------
    warnings
        Of one enterprise as of one day. Those without records are passed over.
    edition
        Policy in force on that day.
    enterprise, district
        Its code, and that of its district.
    level
        The level that it has; where the proposed one is no worse, nothing is drafted.
    known
        By rule the records on which earlier warnings of it rest (`Downgrades.known`): what tells of
        nothing else is no ground again, and counts towards no measure.

    Returns
    -------
    Draft or None
        Its grounds are the warnings of all measures that are reached, its level the worst and its
        period the longest of theirs.
    """
    told = {each.rule: each for each in warnings if _is_fresh(each, known)}
    reached = [each for each in edition.measures if _reached(each, told)]
    worst = max((each.level for each in reached), default=None)
    if worst is None or (level is not None and worst <= level):
        return None
    named = {rule for each in reached for rule in each.rules}
    some = [each for rule, each in told.items() if rule in named]
    some.sort(key=lambda each: (-each.gravity, each.since, each.rule))
    return Draft(
        number=some[0].number,
        enterprise=enterprise,
        district=district,
        as_of=some[0].as_of,
        grounds=tuple(map(_ground, some)),
        level=str(worst),
        days=max(each.days for each in reached),
        basis="; ".join(dict.fromkeys(each.basis for each in reached)),
    )


def draft_all(
    warnings: Iterable[Warned],
    edition: WarningEdition,
    *,
    codes: Mapping[int, str],
    districts: Mapping[int, str],
    levels: Mapping[int, Level],
    known: Mapping[int, Known] = NOBODY,
) -> list[Draft]:
    """Return the drafts of many enterprises, in order of their numbers; see `draft`.

    Parameters
    ----------
    warnings
        Of many enterprises as of one day.
    edition
        Policy in force on that day.
    codes, districts, levels
        Of each enterprise by its dense number; districts and levels as far as they are known.
    known
        By dense number, what earlier warnings rest on.
    """
    ordered = sorted(warnings, key=lambda each: each.number)
    made = (
        draft(
            some,
            edition,
            enterprise=codes[number],
            district=districts.get(number),
            level=levels.get(number),
            known=known.get(number, NOTHING),
        )
        for number, some in groupby(ordered, key=lambda each: each.number)
    )
    return [each for each in made if each is not None]


def _is_fresh(each: Warned, known: Known) -> bool:
    """Tell whether a warning has a record that no earlier one rests on by the same rule."""
    return not set(each.records) <= set(known.get(each.rule, ()))


def _reached(measure: Measure, told: Mapping[str, Warned]) -> bool:
    return sum(rule in told for rule in measure.rules) >= measure.least


def _ground(each: Warned) -> Ground:
    return Ground(
        rule=each.rule,
        records=each.records,
        since=each.since,
        basis=each.basis,
        text=each.sentence,
    )
