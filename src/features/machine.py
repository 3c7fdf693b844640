"""The machine: the compiled function that reads events and fills in aggregates.

An event counts for an aggregate exactly for the days of one interval: it begins when the event
is available and its window opens, and it stops when the window closes or the event is withdrawn,
ended or repaired, as the aggregate wants it. So an event is read once for all the days that are
asked for, and what it yields is added to those in the interval.
"""

import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from .aggregate import FIELDS, KEYS, OPERATORS, REPAIRS, STATES
from .events import COLUMNS, fixed
from .plan import (
    ANY,
    CASE,
    CLOSED,
    COUNT,
    DAY,
    ENDED,
    LARGEST,
    LATEST,
    LEAVES,
    NONE,
    OCCURRED,
    OVERDUE,
    PEAKS,
    PREVIOUS,
    RECURRENT,
    REPEAT,
    SEVERITY,
    SMALLEST,
    STAYS,
    TOTAL,
    VALUE,
    Spells,
    Steps,
    compile_plan,
)

__all__ = ["TOGETHER", "Columns", "Groups", "machine"]

DECLARED = *OPERATORS, FIELDS, STATES, REPAIRS, KEYS, NEVER, Spells._fields, Steps._fields
MEANING = zlib.crc32(repr(DECLARED).encode())
TOGETHER = 64  # days of one enterprise that are asked for at once: bits of a mask

Function = TypeVar("Function", bound=Callable[..., Any])
Longs = npt.NDArray[np.int64]


def inlined(function: Function) -> Function:
    """Compile a function into those that call it."""
    return cast("Function", numba.njit(function))


class Columns(NamedTuple):
    """The columns of the events that the kernel reads; see `Events`."""

    stream: npt.NDArray[np.int32]
    case: npt.NDArray[np.int64]
    occurred: npt.NDArray[np.int32]
    available: npt.NDArray[np.int32]
    withdrawn: npt.NDArray[np.int32]
    repaired: npt.NDArray[np.int32]
    ended: npt.NDArray[np.int32]
    ended_available: npt.NDArray[np.int32]
    severity: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]


class Groups(NamedTuple):
    """Which events and which rows belong together: those of one enterprise.

    `first` and `last` bound its events, `begin` and `end` its rows, at most `TOGETHER` of them,
    whose days rise. `days[0]` has the `as_of` of each row, `days[c]` the last day on which cycle
    `c` turned, `place` its row of the output, and `turns` the next day on which a cycle turns.
    """

    first: Longs
    last: Longs
    begin: Longs
    end: Longs
    days: npt.NDArray[np.int64]
    turns: Longs
    place: Longs


class Scratch(NamedTuple):
    """An open-addressing table of keys: an entry is in use if its stamp is the group's.

    `owner` tells the aggregates apart; `one`, `two` and `held` are for their own use.
    """

    stamp: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    key: npt.NDArray[np.int64]
    one: npt.NDArray[np.int64]
    two: npt.NDArray[np.int64]
    held: npt.NDArray[np.float64]


@inlined
def _reading(field: int, i: int, day: int, ended: int, severity: float, value: float) -> float:
    if field == VALUE:
        return value
    if field == SEVERITY:
        return severity
    if field == OCCURRED:
        return float(day)
    if field == ENDED:
        return float(ended) if ended != NEVER else np.nan
    return float(i)


@inlined
def _standing(
    state: int, repair: int, repaired: int, end: int, day: int, value: float
) -> tuple[int, int]:
    """Return since and until: a record is in a state for since < as_of <= until."""
    since, until = -NEVER, 2 * NEVER
    if state == CLOSED:
        since = end
    elif state != ANY:
        until = end
    if state == OVERDUE:
        due = np.floor(day + value)
        if not due < NEVER:
            return 0, 0
        since = int(max(due, -NEVER))
    if repair == LEAVES:
        until = min(until, repaired)
    elif repair != STAYS:
        since = max(since, repaired)
    return since, until


@inlined
def _find(
    scratch: Scratch, mask: np.uint64, stamp: int, owner: int, key: int
) -> tuple[np.uint64, bool]:
    """Return the place of a key in the scratch table, and whether it was there already."""
    mixed = np.uint64(key) ^ (np.uint64(owner) * np.uint64(0xC2B2AE3D27D4EB4F))
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    place = (mixed ^ (mixed >> np.uint64(32))) & mask
    while scratch.stamp[place] == stamp:
        if scratch.owner[place] == owner and scratch.key[place] == key:
            return place, True
        place = (place + np.uint64(1)) & mask
    scratch.stamp[place] = stamp
    scratch.owner[place] = owner
    scratch.key[place] = key
    return place, False


@inlined
def _added(
    operator: int, entry: tuple[np.uint64, bool], scratch: Scratch, x: float, case: int
) -> float:
    """Return what an event adds to a sum of peaks, or the value it makes the previous one."""
    place, known = entry
    if operator == PEAKS:
        before = scratch.held[place] if known else 0.0
        if known and not x > before:
            return 0.0
        scratch.held[place] = x
        return x - before
    # previous: the value held is that of the latest case, one is that case
    before = scratch.held[place] if known and scratch.one[place] != case else np.nan
    scratch.one[place] = case
    scratch.held[place] = x
    return before


def _fill(  # noqa: C901, PLR0912, PLR0915  one pass, so that there is one reading of the rules
    asked: tuple[Any, ...],
    seen: tuple[Any, ...],
    plan: tuple[Any, ...],
    empty: npt.NDArray[np.float64],
    keys: tuple[int, int, int],
    out: npt.NDArray[np.float64],
    until: npt.NDArray[np.int32],
) -> int:
    groups, events = Groups(*asked), Columns(*seen)
    offsets, spells, steps = plan[0], Spells(*plan[1]), Steps(*plan[2])
    shared, separate, capacity = keys
    longs = np.zeros((5, capacity), np.int64)
    scratch = Scratch(longs[0], longs[1], longs[2], longs[3], longs[4], np.zeros(capacity))
    several = np.empty(len(empty) * TOGETHER)
    one = np.uint64(1)
    for group in range(len(groups.first)):
        row, rows = groups.begin[group], groups.end[group] - groups.begin[group]
        days = groups.days[0, row : row + rows]
        earliest, latest = days[0], days[rows - 1]
        kept = several
        if rows == 1:
            kept = out[groups.place[row]]
        for a in range(len(empty)):
            for j in range(rows):
                kept[a * rows + j] = empty[a]
        change = 2 * NEVER
        wanted = 2 * (groups.last[group] - groups.first[group]) * (shared + separate * rows)
        room = 1
        while room < wanted:
            room *= 2
        mask = np.uint64(room - 1)
        for i in range(groups.first[group], groups.last[group]):
            day = int(events.occurred[i])
            if day >= latest:
                change = min(change, day + 1)
                break
            stream = int(events.stream[i])
            begin, end = offsets[stream], offsets[stream + 1]
            if begin == end or day < earliest - spells.reach[begin]:
                continue
            visible, gone = max(day, int(events.available[i])), int(events.withdrawn[i])
            if latest <= visible:
                change = min(change, visible + 1)
                continue
            if latest <= gone:
                change = min(change, gone + 1)
            elif earliest > gone:
                continue
            low, high = 0, rows
            while days[low] <= visible:
                low += 1
            while high > low and days[high - 1] > gone:
                high -= 1
            if low == high:
                continue
            for s in range(begin, end):
                if day < earliest - spells.reach[s]:
                    break
                opens = day + spells.lag[s]
                closes = opens + spells.window[s]
                since, stop = -NEVER, 2 * NEVER
                lo, hi = low, high
                if spells.cycle[s] == 0:
                    since, stop = opens, closes
                else:
                    turned = groups.days[spells.cycle[s], row : row + rows]
                    while lo < hi and turned[lo] <= opens:
                        lo += 1
                    while hi > lo and turned[hi - 1] > closes:
                        hi -= 1
                    change = min(change, groups.turns[row + rows - 1])
                if not spells.plain[s]:
                    ended, told = int(events.ended[i]), int(events.ended_available[i])
                    begins, ends = _standing(
                        spells.state[s],
                        spells.repair[s],
                        int(events.repaired[i]),
                        max(ended, told),
                        day,
                        events.value[i],
                    )
                    since, stop = max(since, begins), min(stop, ends)
                    above = spells.above[s]
                    if above != NONE:
                        x = _reading(above, i, day, ended, events.severity[i], events.value[i])
                        if not x > spells.threshold[s]:
                            continue
                    if above == ENDED or spells.ends[s]:
                        since = max(since, told)
                if latest <= gone:
                    if latest <= since:
                        change = min(change, since + 1)
                    elif latest <= stop:
                        change = min(change, stop + 1)
                while lo < hi and days[lo] <= since:
                    lo += 1
                while hi > lo and days[hi - 1] > stop:
                    hi -= 1
                if lo == hi:
                    continue
                for t in range(spells.first[s], spells.first[s + 1]):
                    operator = steps.operator[t]
                    at = steps.column[t] * rows
                    if operator == COUNT:
                        kept[at + lo] += 1.0
                        for j in range(at + lo + 1, at + hi):
                            kept[j] += 1.0
                        continue
                    x, field = 0.0, steps.field[t]
                    if field != NONE:
                        ended = int(events.ended[i])
                        x = _reading(field, i, day, ended, events.severity[i], events.value[i])
                        if np.isnan(x):
                            continue
                    if operator in (TOTAL, LATEST, LARGEST, SMALLEST):
                        if operator == TOTAL:
                            for j in range(at + lo, at + hi):
                                kept[j] += x
                        elif operator == LATEST:
                            for j in range(at + lo, at + hi):
                                kept[j] = x
                        elif operator == LARGEST:
                            for j in range(at + lo, at + hi):
                                if not kept[j] >= x:
                                    kept[j] = x
                        else:
                            for j in range(at + lo, at + hi):
                                if not kept[j] <= x:
                                    kept[j] = x
                        continue
                    owner = steps.table[t] * TOGETHER
                    if operator == REPEAT:
                        closes = opens + steps.window[t]
                        turned = groups.days[spells.cycle[s], row : row + rows]
                        for j in range(lo, hi):
                            place, known = _find(scratch, mask, group + 1, owner + j, stream)
                            # one: the last day of this stream, two: the last day before that one
                            if not known:
                                scratch.one[place] = day
                                scratch.two[place] = -NEVER
                            elif scratch.one[place] < day:
                                scratch.two[place] = scratch.one[place]
                                scratch.one[place] = day
                            near = day - scratch.two[place] <= steps.gap[t]
                            if near and turned[j] <= closes:
                                kept[at + j] += 1.0
                        if latest <= closes:
                            change = min(change, closes + 1)
                        continue
                    key = stream
                    if steps.key[t] == CASE or operator == RECURRENT:
                        key = events.case[i]
                    elif steps.key[t] == DAY:
                        key = day
                    if operator in (PREVIOUS, PEAKS):
                        if operator == PREVIOUS:
                            key = 0
                        for j in range(lo, hi):
                            entry = _find(scratch, mask, group + 1, owner + j, key)
                            y = _added(operator, entry, scratch, x, events.case[i])
                            if operator == PEAKS:
                                kept[at + j] += y
                            elif not np.isnan(y):
                                kept[at + j] = y
                        continue
                    met = ~np.uint64(0) >> np.uint64(TOGETHER - hi + lo) << np.uint64(lo)
                    if operator == RECURRENT:
                        owner += (stream + 1) << 20  # a key is a case of one stream
                    place, known = _find(scratch, mask, group + 1, owner, key)
                    if not known:
                        scratch.one[place] = 0
                    fresh = met & ~np.uint64(scratch.one[place])
                    scratch.one[place] = np.int64(np.uint64(scratch.one[place]) | met)
                    if operator == RECURRENT:
                        # one: days with a first case of this stream, two: with another one
                        owner = steps.table[t] * TOGETHER
                        place, known = _find(scratch, mask, group + 1, owner, stream)
                        if not known:
                            scratch.one[place] = 0
                            scratch.two[place] = 0
                        first, second = np.uint64(scratch.one[place]), np.uint64(scratch.two[place])
                        scratch.one[place] = np.int64(first | fresh)
                        fresh = fresh & first & ~second
                        scratch.two[place] = np.int64(second | fresh)
                    for j in range(lo, hi):
                        if (fresh >> np.uint64(j)) & one:
                            kept[at + j] += 1.0
        if rows > 1:
            for j in range(rows):
                place = groups.place[row + j]
                for a in range(len(empty)):
                    out[place, a] = kept[a * rows + j]
        if len(until) > 0:
            until[group] = min(change, NEVER)
    return MEANING


@cache
def machine() -> Callable[..., int]:
    """Return the kernel, compiled anew if the one kept on disk numbers things otherwise.

    Numba keeps machine code until this very file changes; what the numbers of a rule mean is
    declared elsewhere. So the kernel says which declaration it was compiled from, and takes
    tuples: what is kept then names no class that a later version may not have.
    """
    longs, plan = np.empty(0, np.int64), compile_plan([], ())
    asked = longs, longs, longs, longs, np.empty((1, 0), np.int64), longs, longs
    seen = tuple(fixed(np.empty(0, COLUMNS[name])) for name in Columns._fields)
    rules = plan.offsets, tuple(plan.spells), tuple(plan.steps)
    given = asked, seen, rules, plan.empty, (0, 0, 1), np.empty((0, 0)), np.empty(0, np.int32)
    kernel = numba.njit(nogil=True, cache=True)(_fill)
    if kernel(*given) != MEANING:
        kernel.recompile()
    return cast("Callable[..., int]", kernel)
