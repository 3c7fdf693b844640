"""The order of the event view, in which events mostly lie already."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from .sets import runs

__all__ = ["NO_SPANS", "Keys", "Layout", "Spans", "laid_out", "take"]

Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
MOVES = 2  # for each row, up to which rows are moved one by one
compiled = numba.njit(nogil=True, cache=True)


class Keys(NamedTuple):
    """What orders the events of one enterprise: first `occurred`, last `stream`."""

    occurred: Days
    available: Days
    record: Numbers
    stream: Days


class Spans(NamedTuple):
    """Spans that stand instead of some rows: of which row each is, rising, and from when."""

    row: Numbers
    available: Days


class Layout(NamedTuple):
    """Which row each event is from, and which events are spans.

    Attributes
    ----------
    rows
        The row of each event.
    places, spans
        Where spans stand among the events, and which of all spans stands there.
    """

    rows: Numbers
    places: Numbers
    spans: Numbers


NO_SPANS = Spans(np.empty(0, np.int64), np.empty(0, np.int32))


def laid_out(numbers: npt.NDArray[Any], keys: Keys, changed: Mask, spans: Spans) -> Layout:
    """Put events in the order of the view: by number and keys.

    What is in order already is left alone; the rest is put together from stretches that are.

    Parameters
    ----------
    numbers
        Whose each row is.
    keys
        What orders the rows of one number.
    changed, spans
        Instead of which rows spans stand, and these: any number for each row.

    Examples
    --------
    >>> days, records = np.array([5, 3, 4], np.int32), np.array([1, 2, 3])
    >>> keys, changed = Keys(days, days, records, days), np.zeros(3, bool)
    >>> laid_out(np.array([7, 7, 2]), keys, changed, NO_SPANS).rows.tolist()
    [2, 1, 0]
    """
    starts, lengths = runs(numbers)
    owners = numbers[starts]
    if (owners[1:] < owners[:-1]).any():
        order = np.argsort(owners, kind="stable")
        owners, starts, lengths = owners[order], starts[order], lengths[order]
    rows = np.empty(len(numbers) - int(changed.sum()) + len(spans.row), np.int64)
    _lay_out(owners, starts, lengths, keys, changed, spans, rows)
    places = np.flatnonzero(rows >= len(numbers))
    found = rows[places] - len(numbers)
    rows[places] = spans.row[found]
    return Layout(rows, places, found)


def take(column: npt.NDArray[Any], rows: Numbers) -> npt.NDArray[Any]:
    """Return some values of a column."""
    found = np.empty(len(rows), column.dtype)
    _take(column, rows, found)
    return found


@compiled
def _take(column: npt.NDArray[Any], rows: Numbers, found: npt.NDArray[Any]) -> None:
    for place in range(len(rows)):
        found[place] = column[rows[place]]


@compiled
def _falls(keys: Numbers, one: int, other: int) -> bool:
    """Tell whether one event stands behind another."""
    here = keys[one, 0], keys[one, 1], keys[one, 2]
    return here > (keys[other, 0], keys[other, 1], keys[other, 2])


@compiled
def _merge(order: Numbers, middle: int, keys: Numbers) -> None:
    """Merge two stretches; where they do not overlap, all stays as it is."""
    low = middle
    while low and _falls(keys, order[low - 1], order[middle]):
        low -= 1
    left, one, other = order[low:middle].copy(), 0, middle
    for place in range(low, len(order)):
        if one == len(left):
            return
        if other < len(order) and _falls(keys, left[one], order[other]):
            order[place] = order[other]
            other += 1
        else:
            order[place] = left[one]
            one += 1


@compiled
def _settled(rows: Numbers, columns: Keys, spans: Spans) -> bool:
    """Move the few rows that stand too late, and tell whether it was that few."""
    occurred, available, record, stream = columns
    spanned, since = spans
    count, moves = len(available), MOVES * len(rows)
    for place in range(1, len(rows)):
        moved, free = rows[place], place
        row = moved if moved < count else spanned[moved - count]
        while free:
            other = rows[free - 1]
            before = other if other < count else spanned[other - count]
            if occurred[before] < occurred[row]:
                break
            if occurred[before] == occurred[row]:
                there = available[other] if other < count else since[other - count]
                here = available[moved] if moved < count else since[moved - count]
                key = here, record[row], stream[row]
                if (there, record[before], stream[before]) <= key:
                    break
            rows[free] = other
            free -= 1
        rows[free] = moved
        moves -= place - free
        if moves < 0:
            return False
    return True


@compiled
def _arrange(rows: Numbers, keys: Numbers) -> None:
    """Put the rows of one owner in order, from stretches that are in order."""
    falls = [place for place in range(1, len(rows)) if _falls(keys, place - 1, place)]
    bounds = [0, *falls, len(rows)]
    order = np.arange(len(rows))
    while len(bounds) > 2:
        for each in range(0, len(bounds) - 2, 2):
            low, middle, high = bounds[each], bounds[each + 1], bounds[each + 2]
            _merge(order[low:high], middle - low, keys)
        bounds = bounds[0:-1:2] + bounds[-1:]
    rows[:] = rows[order]


@compiled
def _read(rows: Numbers, columns: Keys, spans: Spans, keys: Numbers) -> None:
    """Copy what orders some events: side by side it is compared much sooner."""
    occurred, available, record, stream = columns
    spanned, since = spans
    count = len(available)
    for place in range(len(rows)):
        row = rows[place]
        day = available[row] if row < count else since[row - count]
        if row >= count:
            row = spanned[row - count]
        keys[place, 0] = (np.int64(occurred[row]) << 32) + day
        keys[place, 1] = record[row]
        keys[place, 2] = stream[row]


@compiled
def _expand(start: int, stop: int, changed: Mask, spanned: Numbers, rows: Numbers) -> int:
    """Write a stretch of rows, with spans as numbers beyond those of rows; return how many."""
    span, count = np.searchsorted(spanned, start), 0
    for row in range(start, stop):
        if not changed[row]:
            rows[count] = row
            count += 1
            continue
        while span < len(spanned) and spanned[span] == row:
            rows[count] = len(changed) + span
            count += 1
            span += 1
    return count


@compiled
def _lay_out(
    owners: Numbers,
    starts: Numbers,
    lengths: Numbers,
    columns: Keys,
    changed: Mask,
    spans: Spans,
    rows: Numbers,
) -> None:
    """Write the rows of one owner after the other, and put those of each in order."""
    keys = np.empty((1, 3), np.int64)
    low, high = 0, 0
    for run in range(len(starts)):
        start = starts[run]
        high += _expand(start, start + lengths[run], changed, spans.row, rows[high:])
        if run + 1 == len(starts) or owners[run + 1] != owners[run]:
            if not _settled(rows[low:high], columns, spans):
                if len(keys) < high - low:
                    keys = np.empty((2 * (high - low), 3), np.int64)
                _read(rows[low:high], columns, spans, keys)
                _arrange(rows[low:high], keys)
            low = high
