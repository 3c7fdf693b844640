"""Rates: what was usual in a group of enterprises as of a day, shrunk towards the city's rate.

Reference statistics obey the clocks of everything else: an outcome counts as of a day if it
had occurred, was available and was not withdrawn, and its enterprise belongs to the group by
what was known as of that day. Each outcome therefore contributes over one interval of days (per
group it was in), and the running sums over the ends of these intervals answer any number of
days exactly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError, NotFoundError, unknown
from ..core.time import NEVER
from .aggregate import Aggregate, count, latest
from .events import Events
from .expression import Expression, Leaf, logit
from .kernel import aggregate
from .plan import compile_plan
from .steps import Steps, pack, steps_of
from .streams import check_patterns, matching

__all__ = ["GROUPS", "Rate", "References", "centred", "membership", "own_rate"]

GROUPS = ("city", "category", "brand", "site", "district")
MEASURES = ("share", "mean")
MILLIONTHS = 1_000_000
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Pieces = tuple[Ints, Ints, Ints, Ints]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Leaf):
    """A share or a mean over the outcomes of a group, `(sum + strength x city) / (n + strength)`.

    Parameters
    ----------
    group
        `city`: everyone, not shrunk, missing before the first outcome. Else the members of the
        same `category`, `brand`, `site` or `district`; without a group, the city's rate.
    streams
        Patterns of the outcomes; each event that counts adds one to n.
    positive
        Patterns of those that add to the sum; empty means all of `streams`.
    above
        (`value` or `severity`, number): only outcomes greater than it add to the sum, and those
        without the field are no outcome at all.
    measure
        `share`: an outcome adds one. `mean`: it adds its value (held to a millionth).
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
    strength: float = 0.0
    window: int | None = None

    def __post_init__(self) -> None:
        for what, which, exists in (
            ("group", self.group, GROUPS),
            ("measure of a rate", self.measure, MEASURES),
        ):
            if which not in exists:
                raise DeclarationError(unknown(what, which, exists))
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
        return Rate(
            group="city",
            streams=self.streams,
            positive=self.positive,
            above=self.above,
            measure=self.measure,
            window=self.window,
        )


def own_rate(
    *streams: str, above: tuple[str, float], strength: float, window: int | None = None
) -> Expression:
    """Build the enterprise's own share of outcomes above a threshold, shrunk to the city's."""
    positive = count(*streams, above=above, window=window)
    usual = Rate(group="city", streams=streams, above=above, window=window)
    return (positive + strength * usual) / (count(*streams, window=window) + strength)


def centred(rate: Rate) -> Expression:
    """Build the log-odds of a group's rate less those of the city's: free of the city's trend."""
    return logit(rate) - logit(rate.city)


def membership(group: str) -> Aggregate:
    """Return the aggregate that finds the event which says to which group one belongs."""
    return latest(f"enterprise.{group}", field="position")


class References:
    """The dated tables behind a set of rates, good for every `as_of`.

    Built once over the events of **all** enterprises; a single enterprise is then computed from
    its own events and these.
    """

    def __init__(self, steps: Mapping[tuple[object, ...], Steps]) -> None:
        self._steps = dict(steps)

    @classmethod
    def build(cls, rates: Iterable[Rate], blocks: Iterable[Events]) -> "References":
        """Build the tables of some rates from blocks of events, split by enterprise."""
        wanted = {_outcome(r): r for rate in rates for r in (rate, rate.city)}
        parts: dict[tuple[object, ...], list[Ints]] = {key: [] for key in wanted}
        for events in blocks:
            groups = {rate.group for rate in wanted.values()} - {"city"}
            pieces = {group: _pieces(group, events) for group in groups}
            for key, rate in wanted.items():
                parts[key].append(_contributions(rate, events, pieces.get(rate.group)))
        return cls({key: steps_of(part) for key, part in parts.items()})

    def counts(
        self, rate: Rate, keys: Ints, as_of: npt.NDArray[np.integer[Any]]
    ) -> tuple[Ints, Floats]:
        """Return n and the sum of a rate's outcomes in each group as of each day."""
        steps = self._steps.get(_outcome(rate))
        if steps is None:
            raise NotFoundError.among("rate in these references", _outcome(rate), self._steps)
        n, sums = steps.at(keys, as_of)
        return n, sums / MILLIONTHS

    def values(
        self,
        rate: Rate,
        keys: Ints,
        as_of: npt.NDArray[np.integer[Any]],
        member: npt.NDArray[np.bool],
    ) -> Floats:
        """Return the rate for each row; `member` tells whether the row has a group at all."""
        all_n, all_sum = self.counts(rate.city, np.zeros_like(keys), as_of)
        city = shrunk(all_n, all_sum, 0.0, np.zeros(len(keys)))
        if rate.group == "city":
            return city
        n, total = self.counts(rate, keys, as_of)
        return shrunk(np.where(member, n, 0), np.where(member, total, 0.0), rate.strength, city)


def shrunk(n: Ints, total: Floats, strength: float, city: Floats) -> Floats:
    """Return `(total + strength x city) / (n + strength)`, NaN where nothing is known."""
    with np.errstate(all="ignore"):
        return (total + strength * city) / (n + strength)


def _outcome(rate: Rate) -> tuple[object, ...]:
    return (rate.group, rate.streams, rate.positive, rate.above, rate.measure, rate.window)


def _contributions(rate: Rate, events: Events, pieces: Pieces | None) -> Ints:
    """Return rows (group key, day, n, sum): what changes for every `as_of` after that day."""
    chosen = np.zeros(len(events.vocabulary) + 1, dtype=bool)
    chosen[matching(rate.streams, events.vocabulary)] = True
    rows = np.flatnonzero(chosen[events.stream])
    adding = np.zeros_like(chosen)
    adding[matching(rate.positive or rate.streams, events.vocabulary)] = True
    weight = adding[events.stream[rows]].astype(np.float64)
    if rate.above is not None:
        field, threshold = rate.above
        weight *= np.where(np.isnan(x := getattr(events, field)[rows]), np.nan, x > threshold)
    if rate.measure == "mean":
        weight *= events.value[rows]
    rows, weight = rows[~np.isnan(weight)], weight[~np.isnan(weight)]
    sums = np.rint(weight * MILLIONTHS).astype(np.int64)
    occurred = events.occurred[rows].astype(np.int64)
    start = np.maximum(occurred, events.available[rows])
    stop = events.withdrawn[rows].astype(np.int64)
    if rate.window is not None:
        stop = np.minimum(stop, occurred + rate.window)
    keys = np.zeros(len(rows), np.int64)
    if pieces is not None:
        enterprise, since, until, key = pieces
        first = np.searchsorted(enterprise, events.enterprise[rows], side="left")
        many = np.searchsorted(enterprise, events.enterprise[rows], side="right") - first
        each = np.repeat(np.arange(len(rows)), many)
        piece = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many) + first[each]
        keys, sums = key[piece], sums[each]
        start = np.maximum(start[each], since[piece] - 1)
        stop = np.minimum(stop[each], until[piece] - 1)
    live = start < stop
    keys, start, stop, sums = keys[live], start[live], stop[live], sums[live]
    ones = np.ones(len(keys), np.int64)
    begin, end = np.stack([keys, start, ones, sums]), np.stack([keys, stop, -ones, -sums])
    return np.concatenate([begin, end[:, stop < NEVER]], axis=1).astype(np.int64)


def _pieces(group: str, events: Events) -> Pieces:
    """Return (enterprise, since, until, key): whose group it is, for since <= as_of < until."""
    known = np.zeros(len(events.vocabulary) + 1, dtype=bool)
    known[matching((f"enterprise.{group}",), events.vocabulary)] = True
    rows = np.flatnonzero(known[events.stream])
    begin = np.maximum(events.occurred[rows], events.available[rows]).astype(np.int64) + 1
    end = events.withdrawn[rows].astype(np.int64) + 1
    day = np.concatenate([begin, end])
    packed = pack(np.tile(events.enterprise[rows], 2), day)
    changes = np.unique(packed[day <= NEVER])
    enterprise, since = changes >> 32, (changes & 0xFFFFFFFF) - NEVER
    plan = compile_plan([membership(group)], events.vocabulary)
    at = aggregate(plan, events, enterprise.astype(np.int32), since.astype(np.int32))[:, 0]
    same = np.append(enterprise[1:] == enterprise[:-1], False)
    until = np.where(same, np.append(since[1:], 0), NEVER + 1)
    held = ~np.isnan(at)
    enterprise, since, until = enterprise[held], since[held], until[held]
    key = events.case[at[held].astype(np.int64)]
    moves = (enterprise[1:] != enterprise[:-1]) | (key[1:] != key[:-1]) | (since[1:] != until[:-1])
    ends = np.flatnonzero(np.append(moves, np.ones(min(len(key), 1), np.bool)))
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    return enterprise[starts], since[starts], until[ends], key[starts]
