"""Rates: what was usual in a group of enterprises as of a day, shrunk towards the city's rate.

Reference statistics obey the clocks of everything else: an outcome counts as of a day if it
had occurred, was available and was not withdrawn, and its enterprise belongs to the group by
what was known as of that day. Each outcome therefore contributes over one interval of days (per
group it was in), and the running sums over the ends of these intervals answer any number of
days exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError, unknown
from .aggregate import Aggregate, count
from .dated import Asked, Dated, Days, Floats, Kept, Source
from .events import Events
from .expression import Expression
from .groups import CITY, GROUPS, Block
from .intervals import Ints, Rows, apart, intervals, union
from .spans import Spans
from .steps import Steps
from .streams import check_patterns, matching

__all__ = ["Outcomes", "Rate", "counts", "own_rate", "shrunk"]

MEASURES = ("share", "mean")
UNITS = ("event", "case")
MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Dated):
    """A share or a mean over the outcomes of a group, `(sum + strength x city) / (n + strength)`.

    Parameters
    ----------
    group
        `city`: everyone, not shrunk, missing before the first outcome. Else the members of the
        same `category`, `brand` or `site`, or of one of `WHEREABOUTS`; without a group, the
        city's rate.
    streams
        Patterns of the outcomes; each event that counts adds one to n.
    positive
        Patterns of those that add to the sum; empty means all of `streams`.
    above
        (`value` or `severity`, number): only outcomes greater than it add to the sum, and those
        without the field are no outcome at all.
    measure
        `share`: an outcome adds one. `mean`: it adds its value (held to a millionth).
    unit
        `event`: each event is an outcome. `case`: each case of an enterprise is one, which adds to
        the sum if any of its events does; only of a share.
    strength
        How many outcomes at the city's rate are mixed in; over 0 for a group.
    window
        Days, as of any aggregate; None is all of the past.
    """

    group: str
    streams: tuple[str, ...]
    positive: tuple[str, ...] = ()
    above: tuple[str, float] | None = None
    measure: str = "share"
    unit: str = "event"
    strength: float = 0.0
    window: int | None = None

    __hash__ = Dated.__hash__

    def __post_init__(self) -> None:
        for what, which, exists in (
            ("group", self.group, GROUPS),
            ("measure of a rate", self.measure, MEASURES),
            ("unit of a rate", self.unit, UNITS),
        ):
            if which not in exists:
                raise DeclarationError(unknown(what, which, exists))
        if self.unit == "case" and self.measure != "share":
            raise DeclarationError(
                "a mean over cases does not say which value of a case it takes; take the share of "
                "cases, or the mean over events"
            )
        if self.positive:
            check_patterns(self.positive)
        # The aggregate over the same outcomes checks streams, window and threshold.
        checked = Aggregate(
            operator="count", streams=self.streams, window=self.window, above=self.above
        )
        if self.above is not None and self.above[0] not in ("value", "severity"):
            raise DeclarationError(f"a rate reads value or severity, not {self.above[0]!r}")
        object.__setattr__(self, "above", checked.above)
        object.__setattr__(self, "strength", float(self.strength))
        if (self.strength > 0) == (self.group == "city") or not np.isfinite(self.strength):
            raise DeclarationError(
                f"a rate of {self.group} has strength {self.strength}; "
                "a group needs one over 0, the city itself has none"
            )

    @property
    def city(self) -> "Rate":
        """The city's rate of the same outcomes."""
        return _of_the_city(self)

    @property
    def by(self) -> str:
        """Whose value a row has."""
        return self.group

    @property
    def tables(self) -> tuple["Outcomes", "Outcomes"]:
        """The outcomes of the group and of the city."""
        return _outcomes_of(self)

    def answer(self, tables: Sequence[Steps], asked: Asked) -> Floats:
        """Return the rate for each row; see `Dated`."""
        own, everyone = tables
        all_n, all_sum = counts(everyone, np.zeros_like(asked.keys), asked.as_of)
        city = shrunk(all_n, all_sum, 0.0, np.zeros(len(all_n)))
        if self.group == CITY:
            return city
        n, total = counts(own, asked.keys, asked.as_of)
        n, total = np.where(asked.member, n, 0), np.where(asked.member, total, 0.0)
        return shrunk(n, total, self.strength, city)


@lru_cache(maxsize=1024)
def _of_the_city(rate: Rate) -> Rate:
    return replace(rate, group=CITY, strength=0.0)


@lru_cache(maxsize=1024)
def _outcomes_of(rate: Rate) -> tuple["Outcomes", "Outcomes"]:
    parts = rate.streams, rate.positive, rate.above, rate.measure, rate.unit, rate.window
    return Outcomes(rate.group, *parts), Outcomes(CITY, *parts)


def own_rate(
    *streams: str, above: tuple[str, float], strength: float, window: int | None = None
) -> Expression:
    """Build the enterprise's own share of outcomes above a threshold, shrunk to the city's."""
    positive = count(*streams, above=above, window=window)
    usual = Rate(group="city", streams=streams, above=above, window=window)
    return (positive + strength * usual) / (count(*streams, window=window) + strength)


def counts(table: Steps, keys: Ints, as_of: Days) -> tuple[Ints, Floats]:
    """Return n and the sum of the outcomes in each group as of each day."""
    n, sums = table.at(keys, as_of)
    return n, sums / MILLIONTHS


def shrunk(n: Ints, total: Floats, strength: float, city: Floats) -> Floats:
    """Return `(total + strength x city) / (n + strength)`, NaN where nothing is known."""
    with np.errstate(all="ignore"):
        return (total + strength * city) / (n + strength)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes of a group that a rate is about, as source and as table.

    The parts are those of `Rate`.
    """

    group: str
    streams: tuple[str, ...]
    positive: tuple[str, ...]
    above: tuple[str, float] | None
    measure: str
    unit: str
    window: int | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the table is worked out from."""
        return (self,)

    def read(self, block: Block) -> Spans:
        """Return what each outcome adds to the sum of its group, in millionths."""
        everyone = replace(self, group=CITY)
        rows, start, stop, amount = block.once(everyone, lambda: everyone.outcomes(block.events))
        rows, (key, start, stop) = block.grouped(self.group, rows, start, stop)
        return Spans.of(block.events.enterprise[rows], key, amount[rows], start, stop)

    def outcomes(self, events: Events) -> tuple[Rows, Ints, Ints, Ints]:
        """Return the events that tell of outcomes, their days, and what each event adds."""
        counted = count(*self.streams, window=self.window)
        rows, start, stop = intervals(counted, events)
        adding = np.zeros(len(events.vocabulary) + 1, dtype=bool)
        adding[matching(self.positive or self.streams, events.vocabulary)] = True
        weight = adding[events.stream[rows]].astype(np.float64)
        if self.above is not None:
            field, threshold = self.above
            weight *= np.where(np.isnan(x := getattr(events, field)[rows]), np.nan, x > threshold)
        if self.measure == "mean":
            weight *= events.value[rows]
        known = ~np.isnan(weight)
        amount = np.zeros(len(events), np.int64)
        amount[rows[known]] = np.rint(weight[known] * MILLIONTHS).astype(np.int64)
        rows, start, stop = rows[known], start[known], stop[known]
        if self.unit == "case":
            rows, start, stop = _by_case(events, amount > 0, rows, start, stop)
        return rows, start, stop, amount

    def build(self, kept: Kept) -> Steps:
        """Sum the outcomes up: how many, and their sum in millionths."""
        return self.summed(kept.spans[self])

    @staticmethod
    def summed(mine: Spans) -> Steps:
        """Sum up what some enterprises contribute."""
        return Steps.of(mine.stretches(mine.key), np.ones(len(mine), np.int64), mine.number)


def _by_case(
    events: Events, adding: npt.NDArray[np.bool], rows: Rows, start: Ints, stop: Ints
) -> tuple[Rows, Ints, Ints]:
    """Join the stretches of each case, told by an event that adds while any that does counts."""
    order = np.lexsort((events.case[rows], events.enterprise[rows]))
    rows, start, stop = rows[order], start[order], stop[order]
    case, owner = events.case[rows], events.enterprise[rows]
    opens = (case[1:] != case[:-1]) | (owner[1:] != owner[:-1])
    number = np.concatenate([[0], np.cumsum(opens)])[: len(rows)]
    adds = adding[rows]
    positive = union(number[adds], start[adds], stop[adds])
    others = apart(union(number[~adds], start[~adds], stop[~adds]), positive)
    found = []
    for chosen, (key, since, until) in ((adds, positive), (~adds, others)):
        first = np.searchsorted(number[chosen], key)
        found.append((rows[chosen][first], since, until))
    rows, start, stop = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, start, stop
