"""Medians: the middle of what was found in a group of enterprises as of a day.

Between two days on which an outcome comes or goes the median of a group does not move, so it is
worked out once for each such day, and any day is answered by the last one before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError, unknown
from ..core.time import NEVER
from .aggregate import count
from .dated import Asked, Dated, Days, Floats, Kept, Source
from .groups import CITY, GROUPS, Block
from .intervals import Ints, intervals, pack
from .spans import Spans

__all__ = ["Median", "Middle", "Middles", "Numbers"]

FIELDS = ("value", "severity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Median(Dated):
    """The median over the outcomes of a group as of a day.

    Parameters
    ----------
    group
        `city`, or the members of the same `category`, `brand` or `site`, or of one of
        `WHEREABOUTS`; without a group, the city's median. Missing where the city has no outcome.
    streams
        Patterns of the outcomes; those without a number in the field are none.
    field
        `value` or `severity`.
    least
        With how many outcomes a group has a median of its own; with fewer, the city's stands in.
        The city itself needs one.
    window
        Days, as of any aggregate; None is all of the past.

    Raises
    ------
    DeclarationError
        If a part is unknown.
    """

    group: str
    streams: tuple[str, ...]
    field: str = "value"
    least: int = 1
    window: int | None = None

    __hash__ = Dated.__hash__

    def __post_init__(self) -> None:
        for what, which, exists in (
            ("group", self.group, GROUPS),
            ("field of a median", self.field, FIELDS),
        ):
            if which not in exists:
                raise DeclarationError(unknown(what, which, exists))
        count(*self.streams, window=self.window)  # which checks both
        if isinstance(self.least, bool) or not isinstance(self.least, int) or self.least < 1:
            raise DeclarationError(f"least {self.least!r} must be a whole number from 1 on")
        if self.group == CITY and self.least != 1:
            raise DeclarationError(f"the city's median needs 1 outcome, not {self.least}")

    @property
    def city(self) -> "Median":
        """The city's median of the same outcomes."""
        return replace(self, group=CITY, least=1)

    @property
    def by(self) -> str:
        """Whose value a row has."""
        return self.group

    @property
    def tables(self) -> tuple["Numbers", "Numbers"]:
        """The outcomes of the group and of the city."""
        own = Numbers(self.group, self.streams, self.field, self.window)
        return own, replace(own, group=CITY)

    def answer(self, tables: Sequence["Middles"], asked: Asked) -> Floats:
        """Return the median for each row; see `Dated`."""
        own, everyone = tables
        _, city = everyone.at(np.zeros_like(asked.keys), asked.as_of)
        n, median = own.at(asked.keys, asked.as_of)
        return np.where(asked.member & (n >= self.least), median, city)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a group that a median is about, as source and as table.

    The parts are those of `Median`.
    """

    group: str
    streams: tuple[str, ...]
    field: str
    window: int | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the table is worked out from."""
        return (self,)

    def read(self, block: Block) -> Spans:
        """Return the bits of the number of each outcome, by its group."""
        events = block.events
        rows, start, stop = intervals(count(*self.streams, window=self.window), events)
        column: Floats = getattr(events, self.field)
        known = ~np.isnan(column[rows])
        rows, (key, start, stop) = block.grouped(self.group, rows[known], start[known], stop[known])
        bits = (column[rows] + 0.0).view(np.int64)  # -0.0 + 0.0 is 0.0
        return Spans.of(events.enterprise[rows], key, bits, start, stop)

    def build(self, kept: Kept) -> "Middles":
        """Work out the median of every group after every day on which it may move."""
        mine = kept.spans[self]
        return _middles(mine, mine.number.view(np.float64))


@dataclass(frozen=True, slots=True)
class Middle:
    """What a median rests on: how many outcomes group and city have, and the median of each."""

    median: Median
    n: int
    own: float
    city_n: int
    city: float

    @property
    def value(self) -> float:
        """The median, as the matrix has it."""
        return self.own if self.n >= self.median.least and self.median.group != CITY else self.city


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """Medians by group: from the day after each of `ends` on, as packed by `intervals.pack`.

    `n` is how many outcomes there are then; without any, the median is NaN.
    """

    groups: Ints
    ends: Ints
    n: Ints
    median: Floats

    def at(self, keys: Ints, as_of: Days) -> tuple[Ints, Floats]:
        """Return n and the median of each group as of each day."""
        if not len(self.groups):
            return np.zeros(len(keys), np.int64), np.full(len(keys), np.nan)
        number = np.searchsorted(self.groups, keys).clip(max=len(self.groups) - 1)
        place = np.searchsorted(self.ends, pack(number, as_of), side="left") - 1
        known = (self.groups[number] == keys) & (place >= 0)
        known &= self.ends[place] >> 32 == number
        return np.where(known, self.n[place], 0), np.where(known, self.median[place], np.nan)


def _middles(spans: Spans, numbers: Floats) -> Middles:
    groups, group = np.unique(spans.key, return_inverse=True)
    # The place of each number among those of its group, from 1 on.
    order = np.lexsort((numbers, group))
    first = np.searchsorted(group[order], np.arange(len(groups)))
    place = np.empty(len(spans), np.int64)
    place[order] = np.arange(len(spans)) - first[group[order]] + 1
    gone = np.flatnonzero(spans.stop < NEVER)
    packed = np.concatenate([pack(group, spans.start), pack(group[gone], spans.stop[gone])])
    moves = np.concatenate([place, -place[gone]])
    days = np.argsort(packed, kind="stable")
    packed, moves = packed[days], moves[days]
    last = np.append(packed[1:] != packed[:-1], np.ones(min(len(packed), 1), np.bool))
    n, low, high = (np.zeros(int(last.sum()), np.int64) for _ in range(3))
    _machine()(packed >> 32, moves, last, np.bincount(group, minlength=1), n, low, high)
    ends, held = packed[last], n > 0
    median = np.full(len(ends), np.nan)
    value, base = numbers[order], first[ends[held] >> 32] - 1
    median[held] = (value[base + low[held]] + value[base + high[held]]) / 2
    return Middles(groups, ends, n, median)


def _sweep(
    group: Ints,
    moves: Ints,
    last: npt.NDArray[np.bool],
    sizes: Ints,
    n: Ints,
    low: Ints,
    high: Ints,
) -> None:
    """Let numbers come (their place) and go (less their place), and note the middle two.

    The numbers that are there are counted in a tree of sums (Fenwick 1994), so that each takes
    a number of steps that is the logarithm of how many there are.
    """
    top = 1
    while 2 * top <= sizes.max():
        top *= 2
    tree = np.zeros(2 * top + 1, np.int64)
    row = there = 0
    current = -1
    for i in range(len(moves)):
        if group[i] != current:
            current = group[i]
            there = 0
            tree[: sizes[current] + 1] = 0
        at = abs(moves[i])
        change = 1 if moves[i] > 0 else -1
        there += change
        while at <= sizes[current]:
            tree[at] += change
            at += at & -at
        if not last[i]:
            continue
        n[row] = there
        for middle in range(2):
            left = (there + 1) // 2 if middle == 0 else there // 2 + 1
            at, jump = 0, top
            while jump:
                if at + jump <= sizes[current] and tree[at + jump] < left:
                    at += jump
                    left -= tree[at]
                jump //= 2
            if middle == 0:
                low[row] = at + 1
            else:
                high[row] = at + 1
        row += 1


@cache
def _machine() -> Callable[..., None]:
    import numba

    return cast("Callable[..., None]", numba.njit(nogil=True, cache=True)(_sweep))
