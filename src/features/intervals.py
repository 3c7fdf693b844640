"""Intervals: the days on which an event counts, as a stretch `start < as_of <= stop`.

Whether an event counts as of a day is a matter of a few clocks, each of which bounds the days
from one side. So it counts on one stretch of days, and tables that are good for every day can be
built from stretches alone.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from .aggregate import Aggregate
from .events import Events
from .streams import in_streams

__all__ = [
    "Stretches",
    "apart",
    "earliest",
    "intervals",
    "lies_in",
    "meetings",
    "pack",
    "read_by",
    "union",
    "unpack",
]

Days = npt.NDArray[np.integer[Any]]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Stretches = tuple[Ints, Ints, Ints]
"""Key, start and stop of stretches of days."""


def read_by(streams: tuple[str, ...], events: Events) -> Rows:
    """Return the rows whose stream any of the patterns matches."""
    return np.flatnonzero(in_streams(events.stream, streams, events.vocabulary))


def intervals(part: Aggregate, events: Events) -> tuple[Rows, Ints, Ints]:
    """Return the rows that ever count for an aggregate, and from when to when each does.

    Parameters
    ----------
    part
        Whatever its operator; its windows end at `as_of`, less the lag, not at the turn of a year.
    events
        Of any number of enterprises.

    Returns
    -------
    rows, start, stop
        Row `i` counts for every `start[i] < as_of <= stop[i]`. Of a repeat, the repeating one.

    Examples
    --------
    >>> from xinheng.features import count
    >>> nothing = np.zeros(0, np.int32)
    >>> events = Events(*[nothing] * 12, vocabulary=(("penalty", "x"),))
    >>> [column.tolist() for column in intervals(count("penalty", window=365), events)]
    [[], [], []]
    """
    rows = read_by(part.streams, events)

    def clock(name: str) -> Ints:
        return np.asarray(getattr(events, name)[rows], np.int64)

    occurred = clock("occurred")
    start = np.maximum(occurred + part.lag, clock("available"))
    stop = clock("withdrawn")
    if part.window is not None:
        stop = np.minimum(stop, occurred + part.lag + part.window)
    if part.repaired == "leaves":
        stop = np.minimum(stop, clock("repaired"))
    elif part.repaired == "only":
        start = np.maximum(start, clock("repaired"))
    end = np.maximum(clock("ended"), clock("ended_available"))
    if part.state == "closed":
        start = np.maximum(start, end)
    elif part.state != "any":
        stop = np.minimum(stop, end)
    if part.state == "overdue":
        start = np.maximum(start, _last_day(occurred + events.value[rows]))
    if part.above is not None:
        start = np.maximum(start, _known_above(*part.above, events, rows))
    kept = start < stop
    return rows[kept], start[kept], stop[kept]


def union(key: Ints, start: Ints, stop: Ints) -> Stretches:
    """Join the stretches of each key that overlap or touch; the result is sorted by key and day.

    Examples
    --------
    >>> [x.tolist() for x in union(np.array([7, 7, 5]), np.array([1, 3, 1]), np.array([3, 9, 2]))]
    [[5, 7], [1, 1], [2, 9]]
    """
    if not len(key):
        return key, start, stop
    order = np.lexsort((start, key))
    key, start = key[order], start[order]
    number = np.concatenate([[0], np.cumsum(key[1:] != key[:-1])])
    reach = np.maximum.accumulate(pack(number, stop[order]))
    opens = np.append(True, pack(number[1:], start[1:]) > reach[:-1])
    first = np.flatnonzero(opens)
    _, until = unpack(reach[np.append(first[1:], len(key)) - 1])
    return key[first], start[first], until


def meetings(one: Stretches, other: Stretches) -> tuple[Rows, Rows, Ints, Ints]:
    """Return every pair of stretches of one key that have days in common, and these days.

    Parameters
    ----------
    one, other
        Stretches; `other` sorted by key.

    Returns
    -------
    left, right, start, stop
        Rows of `one` and of `other`, and the days that both have.

    Examples
    --------
    >>> left, right, start, stop = meetings(
    ...     (np.array([7]), np.array([1]), np.array([9])),
    ...     (np.array([5, 7]), np.array([0, 4]), np.array([9, 20])),
    ... )
    >>> left.tolist(), right.tolist(), start.tolist(), stop.tolist()
    ([0], [1], [4], [9])
    """
    first = np.searchsorted(other[0], one[0], side="left")
    many = np.searchsorted(other[0], one[0], side="right") - first
    left = np.repeat(np.arange(len(one[0])), many)
    right = np.arange(len(left)) - np.repeat(np.cumsum(many) - many, many) + first[left]
    start = np.maximum(one[1][left], other[1][right])
    stop = np.minimum(one[2][left], other[2][right])
    live = start < stop
    return left[live], right[live], start[live], stop[live]


def apart(one: Stretches, other: Stretches) -> Stretches:
    """Return the days of one that the other does not have, by key; both are unions.

    Examples
    --------
    >>> one = np.array([5, 7]), np.array([1, 1]), np.array([9, 9])
    >>> other = np.array([7, 7]), np.array([0, 4]), np.array([2, 5])
    >>> [x.tolist() for x in apart(one, other)]
    [[5, 7, 7], [1, 2, 5], [9, 4, 9]]
    """
    anyone = np.union1d(one[0], other[0])
    edge = np.full(len(anyone), NEVER, np.int64)
    key = np.concatenate([anyone, other[0]])
    since, until = np.concatenate([-edge, other[2]]), np.concatenate([edge, other[1]])
    opens, closes = np.lexsort((since, key)), np.lexsort((until, key))
    left, _, start, stop = meetings(one, (key[opens], since[opens], until[closes]))
    return one[0][left], start, stop


def lies_in(stretches: Stretches, key: Ints, day: Days) -> npt.NDArray[np.bool_]:
    """Tell whether each day lies in a stretch of its key; the stretches are a union.

    Examples
    --------
    >>> stretches = np.array([7, 7]), np.array([1, 5]), np.array([3, 9])
    >>> lies_in(stretches, np.array([7, 7, 7, 7, 8]), np.array([1, 3, 4, 6, 2])).tolist()
    [False, True, False, True, False]
    """
    keys, start, stop = stretches
    if not len(keys):
        return np.zeros(len(key), np.bool_)
    place = np.searchsorted(pack(keys, start), pack(key, day), side="left") - 1
    return np.asarray((place >= 0) & (keys[place] == key) & (day <= stop[place]))


def pack(number: Days, day: Days) -> Ints:
    """Return a number below 2^31 and a day as one number, in the same order."""
    return (number.astype(np.int64) << 32) + (day.astype(np.int64) + NEVER)


def earliest(number: Days) -> Ints:
    """Return what a number is packed to with the first day that there is."""
    return number.astype(np.int64) << 32


def unpack(packed: Ints) -> tuple[Ints, Ints]:
    """Return numbers and days that were packed."""
    return packed >> 32, (packed & 0xFFFFFFFF) - NEVER


def _known_above(field: str, threshold: float, events: Events, rows: npt.NDArray[np.intp]) -> Ints:
    """Return the day after which a field is known to lie above a threshold."""
    column: npt.NDArray[Any] = rows if field == "position" else getattr(events, field)[rows]
    since: Ints = np.full(len(rows), -NEVER, np.int64)
    if field == "ended":
        since = np.where(column == NEVER, NEVER, events.ended_available[rows].astype(np.int64))
    since[~(column > threshold)] = NEVER
    return since


def _last_day(day: Floats) -> Ints:
    """Return the last whole day that is not after a day; one that is missing never comes."""
    whole: Floats = np.floor(np.clip(np.nan_to_num(day, nan=NEVER), -NEVER, NEVER))
    return whole.astype(np.int64)
