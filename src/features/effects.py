"""Effects: what records do to a value, by the parts of it that rest on them.

Of a part that sums up what its records add, the effect is of first order: what each adds times the
slope of the value. Where that moves nothing (a cap, a condition, records that outweigh each other),
and of an extreme value, which is no sum, it is shared of the whole difference that is made: the
value less the one without any of these records. What a latest value does depends on the ones before
it, and what a disclosed one does on what others disclose: such a record says the value, and no way
is told. Nor is it of visits that found nothing, where none would count as much.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .aggregate import Aggregate
from .examination import Examination
from .expression import Expression, Leaf, Where, children_of, evaluate
from .indicator import Indicator
from .shares import reading
from .slopes import slopes
from .standing import finished

__all__ = ["Moved", "Part", "difference", "moved", "spread"]

Floats = npt.NDArray[np.float64]
Slopes = dict[Leaf, float]

LATEST = ("latest", "previous")
HOLDERS = ("smallest", "largest", *LATEST)
"""Operators whose value is that of a record, and no sum of what records add."""
STATES = ("value", "severity")
"""Fields of which the latest says what is so, rather than when something was."""
NOTHING = 1e-9
"""What is less than this part of what it is the difference of is a rounding error."""


class Part(NamedTuple):
    """A leaf, the events that it rests on, and their portions of it.

    Those sum to one, or to less where records of others have a part in it.
    """

    leaf: Leaf
    rows: npt.NDArray[np.intp]
    portions: Floats


class Moved(NamedTuple):
    """The effect of each event on a value, and the parts that make a difference to it.

    An effect is NaN of an event that says the value, whichever way that works.
    """

    effects: Floats
    parts: list[Part]


def moved(indicator: Indicator, found: Examination, parts: Sequence[Part]) -> Moved:
    """Return what the events of an enterprise do to a value.

    Parameters
    ----------
    indicator, found
        Whose value, and in what examination.
    parts
        Those of the enterprise's own records.

    Returns
    -------
    `effects` is of all its events; shape (events,). Nothing moves a value that no record tells.
    """
    by = _slopes(indicator, found)
    if by is None:
        return Moved(np.zeros(len(found.own)), [])
    behind = _behind(indicator, found, parts, by)
    sums = [part for part in behind if not _holds(part.leaf)]
    effects = _first_order(sums, by, found)
    still = [part for part in sums if not effects[part.rows].any()]
    states = all(_is_state(part.leaf) for part in behind)
    says = []
    for group in filter(None, (still, *([part] for part in behind if _holds(part.leaf)))):
        whole = 0.0 if states else difference(indicator, found, [part.leaf for part in group])
        if np.isnan(whole) or not whole:
            says += group
        else:
            effects += whole * spread(group, 0, len(effects))
    for part in says:
        rows = part.rows[part.portions > 0]
        effects[rows[effects[rows] == 0]] = np.nan
    return Moved(effects, behind)


def difference(indicator: Indicator, found: Examination, leaves: Iterable[Leaf]) -> float:
    """Return a value less the one without any record of some leaves.

    NaN if nothing was disclosed then, which counts as the worst.
    """
    without = dict(found.leaves)
    without.update((leaf, np.array([np.nan if _holds(leaf) else 0.0])) for leaf in leaves)
    rest = evaluate(indicator.expression, without, np.array([float(found.as_of)]))
    if indicator.disclosure and np.isnan(rest[0]):
        return np.nan
    return found.value(indicator.id) - float(finished(indicator, rest)[0])


def spread(parts: Iterable[Part], missed: int, events: int) -> Floats:
    """Give each part that has records, and each of some `missed` beside them, an equal part."""
    share = np.zeros(events)
    for part in parts:
        share[part.rows] += part.portions / (part.portions.sum() or 1.0)
    whole = share.sum() + missed
    return share / whole if whole else share


def _slopes(indicator: Indicator, found: Examination) -> Slopes | None:
    """Return the slopes of a value as it is cut to its limits; None where no record tells it."""
    values = {leaf: float(found.leaves[leaf][0]) for leaf in indicator.leaves}
    raw, by = slopes(indicator.expression, values, found.as_of)
    if np.isnan(raw):
        return None
    low, high = indicator.limits
    return by if low < raw <= high else {}


def _behind(
    indicator: Indicator, found: Examination, parts: Sequence[Part], by: Slopes
) -> list[Part]:
    """Return the parts that make a difference; a condition counts where nothing else does."""
    sloping = [part for part in parts if by.get(part.leaf)]
    flat = (part for part in parts if not by.get(part.leaf))
    still = [part for part in flat if difference(indicator, found, [part.leaf])]
    if not still:
        return sloping
    chosen = set(_unconditional(indicator.expression))
    some = [*sloping, *(part for part in still if part.leaf in chosen)]
    return some if any(len(part.rows) for part in some) else [*sloping, *still]


def _unconditional(node: Expression) -> Iterator[Leaf]:
    """Yield the leaves that are more than conditions of a choice."""
    if isinstance(node, Leaf):
        yield node
        return
    for child in (node.yes, node.no) if isinstance(node, Where) else children_of(node):
        yield from _unconditional(child)


def _first_order(parts: Iterable[Part], by: Slopes, found: Examination) -> Floats:
    """Return what each event adds to the parts, times their slopes; none of what cancels out."""
    effects, size = np.zeros(len(found.own)), np.zeros(len(found.own))
    for part in parts:
        amount = by.get(part.leaf, 0.0) * _amounts(part, found)
        effects[part.rows] += amount
        size[part.rows] += np.abs(amount)
    rows = np.flatnonzero(size)
    record = np.unique(found.own.record[rows], return_inverse=True)[1]
    total, most = (np.bincount(record, each[rows])[record] for each in (effects, size))
    effects[rows[np.abs(total) <= NOTHING * most]] = 0.0
    return effects


def _amounts(part: Part, found: Examination) -> Floats:
    """Return what each event adds to the value of a leaf."""
    leaf = part.leaf
    if isinstance(leaf, Aggregate) and leaf.operator == "total":
        numbers: Floats = reading(str(leaf.field), found.own, found.as_of)[part.rows]
        return numbers
    return part.portions * float(found.leaves[leaf][0])


def _holds(leaf: Leaf) -> bool:
    return isinstance(leaf, Aggregate) and leaf.operator in HOLDERS


def _is_state(leaf: Leaf) -> bool:
    """Tell whether a record says what is so: the latest value, or the end of a term."""
    if not isinstance(leaf, Aggregate) or not _holds(leaf):
        return False
    return leaf.field == "ended" or (leaf.operator in LATEST and leaf.field in STATES)
