"""The kernel: every aggregate of every row in one pass over the enterprise's events.

There is one compiled function. A city, a block of it on a thread, a partition on a cluster and
a single enterprise behind the API all run it, so their values are equal to the last bit. The
rules of time are those of `core.time`, compiled, not restated.
"""

import inspect
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.errors import InvalidError
from .events import COLUMNS, Events
from .plan import (
    ANY,
    CASE,
    CLOSED,
    COLUMN,
    COUNT,
    DAY,
    DISTINCT,
    ENDED,
    FIELD,
    FILTER,
    GAP,
    KEY,
    LAG,
    LATEST,
    NONE,
    OCCURRED,
    ONLY,
    OPERATOR,
    OVERDUE,
    PLAIN,
    REPAIR,
    REPEAT,
    SEVERITY,
    SMALLEST,
    STATE,
    STAYS,
    TABLE,
    TOTAL,
    VALUE,
    WINDOW,
    Plan,
)

__all__ = ["aggregate"]

PREDICATES = (time.in_window, time.is_counted, time.is_open, time.is_repaired)
RULES = zlib.crc32("".join(inspect.getsource(rule) for rule in PREDICATES).encode())
NEVER = time.NEVER
BLOCKS_PER_THREAD = 8

Function = TypeVar("Function", bound=Callable[..., Any])


def inlined(function: Function) -> Function:
    """Compile a function into those that call it."""
    return cast("Function", numba.njit(function))


in_window = inlined(time.in_window)
is_counted = inlined(time.is_counted)
is_open = inlined(time.is_open)
is_repaired = inlined(time.is_repaired)


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


class Scratch(NamedTuple):
    """An open-addressing table of keys: an entry is in use if its stamp is the row's.

    `owner` tells the aggregates apart; `one` and `two` are for their own use.
    """

    stamp: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]
    key: npt.NDArray[np.int64]
    one: npt.NDArray[np.int64]
    two: npt.NDArray[np.int64]


@inlined
def _reading(field: int, i: int, events: Columns, as_of: int) -> float:
    """Return one field of event `i` as it is known, NaN if it has none."""
    if field == VALUE:
        return float(events.value[i])
    if field == SEVERITY:
        return float(events.severity[i])
    if field == OCCURRED:
        return float(events.occurred[i])
    if field == ENDED:
        known = events.ended[i] != NEVER and events.ended_available[i] < as_of
        return float(events.ended[i]) if known else np.nan
    return float(i)


@inlined
def _counts(rule: npt.NDArray[np.int32], least: float, i: int, events: Columns, as_of: int) -> bool:
    """Tell whether event `i` passes what a rule asks of its repair, state and size."""
    if rule[REPAIR] != STAYS and is_repaired(events.repaired[i], as_of) != (rule[REPAIR] == ONLY):
        return False
    if rule[STATE] != ANY:
        if is_open(events.ended[i], events.ended_available[i], as_of) == (rule[STATE] == CLOSED):
            return False
        if rule[STATE] == OVERDUE and not events.occurred[i] + events.value[i] < as_of:
            return False
    return bool(rule[FILTER] == NONE or _reading(rule[FILTER], i, events, as_of) > least)


@inlined
def _find(scratch: Scratch, stamp: int, owner: int, key: int) -> tuple[np.uint64, bool]:
    """Return the place of a key in the scratch table, and whether it was there already."""
    mask = np.uint64(len(scratch.stamp) - 1)
    mixed = (np.uint64(key) ^ (np.uint64(owner) << np.uint64(56))) * np.uint64(0x9E3779B97F4A7C15)
    place = (mixed ^ (mixed >> np.uint64(32))) & mask
    while scratch.stamp[place] == stamp:
        if scratch.owner[place] == owner and scratch.key[place] == key:
            return place, True
        place = (place + np.uint64(1)) & mask
    scratch.stamp[place] = stamp
    scratch.owner[place] = owner
    scratch.key[place] = key
    return place, False


def _fill(  # noqa: C901, PLR0912, PLR0915  one function, so that there is one reading of the rules
    rows: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]],
    events: Columns,
    offsets: npt.NDArray[np.int32],
    rules: npt.NDArray[np.int32],
    thresholds: npt.NDArray[np.float64],
    empty: npt.NDArray[np.float64],
    capacity: int,
    out: npt.NDArray[np.float64],
) -> int:
    first, last, as_ofs = rows
    scratch = Scratch(
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int32),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int64),
        np.zeros(capacity, np.int64),
    )
    for row in range(len(as_ofs)):
        as_of = as_ofs[row]
        for a in range(len(empty)):
            out[row, a] = empty[a]
        for i in range(first[row], last[row]):
            day = int(events.occurred[i])
            if day >= as_of:
                break
            if not is_counted(events.available[i], events.withdrawn[i], as_of):
                continue
            stream = events.stream[i]
            for r in range(offsets[stream], offsets[stream + 1]):
                operator = rules[r, OPERATOR]
                end = as_of - rules[r, LAG]
                inside = in_window(day, end, rules[r, WINDOW])
                if not inside and (operator != REPEAT or day >= end):
                    continue
                if rules[r, PLAIN] == 0 and not _counts(rules[r], thresholds[r], i, events, as_of):
                    continue
                a = rules[r, COLUMN]
                if operator == COUNT:
                    out[row, a] += 1.0
                elif operator <= LATEST and operator != DISTINCT:
                    x = _reading(rules[r, FIELD], i, events, as_of)
                    if np.isnan(x):
                        continue
                    if operator == LATEST:
                        out[row, a] = x
                    elif operator == TOTAL:
                        out[row, a] += x
                    elif operator == SMALLEST:
                        if not out[row, a] <= x:
                            out[row, a] = x
                    elif not out[row, a] >= x:
                        out[row, a] = x
                else:
                    key = int(stream)
                    if rules[r, KEY] == CASE:
                        key = events.case[i]
                    elif rules[r, KEY] == DAY:
                        key = day
                    place, known = _find(scratch, row + 1, rules[r, TABLE], key)
                    if operator == DISTINCT:
                        if not known:
                            out[row, a] += 1.0
                    elif operator == REPEAT:
                        # one: the last day of this stream, two: the last day before that one
                        if not known:
                            scratch.one[place] = day
                            scratch.two[place] = -NEVER
                        elif scratch.one[place] < day:
                            scratch.two[place] = scratch.one[place]
                            scratch.one[place] = day
                        if inside and day - scratch.two[place] <= rules[r, GAP]:
                            out[row, a] += 1.0
                    elif not known:
                        # one: the first case of this stream, two: whether another was seen
                        scratch.one[place] = events.case[i]
                        scratch.two[place] = 0
                    elif scratch.two[place] == 0 and scratch.one[place] != events.case[i]:
                        scratch.two[place] = 1
                        out[row, a] += 1.0
    return RULES


def aggregate(
    plan: Plan,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
    threads: int = 1,
) -> npt.NDArray[np.float64]:
    """Return the value of each aggregate of the plan for each row.

    Parameters
    ----------
    plan
        Compiled against the vocabulary of these events.
    events
        Of all enterprises asked for; one without any events is as one without records.
    enterprise, as_of
        One row each; in any order, repeated as often as wanted. Day numbers.
    threads
        Rows are cut into blocks of about equal numbers of events for so many threads.

    Returns
    -------
    rows x aggregates, float64, C order.
    """
    if len(enterprise) != len(as_of):
        raise InvalidError(f"{len(enterprise)} enterprises, but {len(as_of)} days to go with them")
    if len(plan.offsets) != len(events.vocabulary) + 1:
        known = f"{len(plan.offsets) - 1} streams, these events have {len(events.vocabulary)}"
        raise InvalidError(f"the plan was compiled for {known}; compile it for their vocabulary")
    first, last = events.bounds(enterprise)
    out = np.empty((len(as_of), len(plan.aggregates)))
    days = as_of.astype(np.int64)
    work = np.cumsum(last - first + 1)

    def fill(block: slice) -> None:
        _run(plan, events, (first[block], last[block], days[block]), out[block])

    if threads == 1 or len(as_of) < threads:
        fill(slice(0, len(as_of)))
        return out
    _machine()
    goals = np.linspace(0, work[-1], threads * BLOCKS_PER_THREAD + 1)[1:-1]
    cuts = np.unique([0, *np.searchsorted(work, goals).tolist(), len(as_of)]).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, map(slice, cuts[:-1], cuts[1:])))
    return out


def _run(
    plan: Plan,
    events: Events,
    rows: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]],
    out: npt.NDArray[np.float64],
) -> None:
    longest = int((rows[1] - rows[0]).max(initial=0))
    capacity = 1 << (2 * longest * plan.tables).bit_length()
    columns = Columns(*(getattr(events, name) for name in Columns._fields))
    _machine()(rows, columns, plan.offsets, plan.rules, plan.thresholds, plan.empty, capacity, out)


@cache
def _machine() -> Callable[..., int]:
    """Return the kernel, compiled anew if the one kept on disk knows other rules of time.

    Numba keeps machine code until this very file changes; the rules live in `core.time`. So
    the kernel says which rules it was compiled from.
    """
    none = np.empty(0, np.int64)
    columns = Columns(*(np.empty(0, COLUMNS[name]) for name in Columns._fields))
    rules = np.empty((0, COLUMN + 1), np.int32)
    floats = np.empty(0)
    offsets, out = np.zeros(1, np.int32), np.empty((0, 0))
    kernel = numba.njit(nogil=True, cache=True)(_fill)
    if kernel((none, none, none), columns, offsets, rules, floats, floats, 1, out) != RULES:
        kernel.recompile()
    return cast("Callable[..., int]", kernel)
