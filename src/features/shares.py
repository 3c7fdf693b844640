"""Shares: which events an aggregate rests on, and how its value is shared among them.

A second reading of the definitions, on whole columns of one enterprise's events; the tests hold
it against the kernel.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core import time
from .aggregate import Aggregate
from .events import Events
from .streams import in_streams

__all__ = ["counting", "reading", "shared"]

Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.integer[Any]]


def shared(part: Aggregate, events: Events, as_of: int) -> tuple[Rows, Floats]:
    """Return the rows an aggregate rests on and their shares, which sum to one."""
    rows = counting(part, events, as_of)
    if not len(rows):
        return rows, np.empty(0)
    x = np.zeros(len(events)) if part.field is None else reading(part.field, events, as_of)
    rows = rows[~np.isnan(x[rows])]
    rows, weight = _weighed(part, rows, x, events, as_of) if len(rows) else (rows, np.empty(0))
    return rows, weight / weight.sum() if len(weight) else weight


def _weighed(
    part: Aggregate, rows: Rows, x: Floats, events: Events, as_of: int
) -> tuple[Rows, Floats]:
    """Return which of the rows that count a value rests on, and how much on each."""
    match part.operator:
        case "count":
            weight = np.ones(len(rows))
        case "distinct":
            weight = _evenly(_keys(part, events)[rows])
        case "total":
            weight = _by_size(x[rows])
        case "latest":
            rows, weight = rows[-1:], np.ones(1)
        case "smallest" | "largest":
            best = x[rows].min() if part.operator == "smallest" else x[rows].max()
            rows = rows[x[rows] == best]
            weight = np.ones(len(rows))
        case "recurrent":
            rows, weight = _recurring(rows, events)
        case "previous":
            rows, weight = _before_the_latest(rows, events)
        case "peaks":
            rows, weight = _rising(rows, _keys(part, events), x)
        case _:
            rows, weight = _repeating(part, rows, events, as_of)
    return rows, weight


def counting(part: Aggregate, events: Events, as_of: int) -> Rows:
    """Return the rows that count for an aggregate as of a day, whatever its operator.

    For a repeat also those before the window, which an event in it may repeat.
    """
    rows = np.flatnonzero(in_streams(events.stream, part.streams, events.vocabulary))
    if not len(rows):
        return rows
    window = time.NEVER if part.window is None or part.operator == "repeat" else part.window
    occurred = events.occurred[rows].astype(np.int64)
    kept = time.is_counted(events.available[rows], events.withdrawn[rows], as_of)
    kept &= time.in_window(occurred, _end(part, as_of), window)
    if part.repaired != "stays":
        kept &= time.is_repaired(events.repaired[rows], as_of) == (part.repaired == "only")
    if part.state != "any":
        open_ = time.is_open(events.ended[rows], events.ended_available[rows], as_of)
        kept &= open_ != (part.state == "closed")
    if part.state == "overdue":
        kept &= occurred + events.value[rows] < as_of
    if part.above is not None:
        kept &= reading(part.above[0], events, as_of)[rows] > part.above[1]
    return rows[kept]


def reading(field: str, events: Events, as_of: int) -> Floats:
    """Return a field of every event as it is known as of a day."""
    if field == "ended":
        known = (events.ended != time.NEVER) & (events.ended_available < as_of)
        return np.where(known, events.ended, np.nan)
    if field == "position":
        return np.arange(len(events), dtype=np.float64)
    column: Floats = getattr(events, field).astype(np.float64)
    return column


def _end(part: Aggregate, as_of: int) -> int:
    """Return the day before which an event of the window occurred."""
    if part.cycle is None:
        return as_of - part.lag
    today = date(1970, 1, 1) + timedelta(as_of)
    year = today.year - ((today.month, today.day) < part.cycle)
    return time.day(date(year, *part.cycle)) - part.lag


def _keys(part: Aggregate, events: Events) -> Keys:
    keys: dict[str, Keys]
    keys = {"case": events.case, "code": events.stream, "day": events.occurred}
    return keys[str(part.by)]


def _evenly(key: Keys) -> Floats:
    """Give every key the same weight, shared evenly by its rows."""
    _, number = np.unique(key, return_inverse=True)
    return np.asarray(1 / np.bincount(number)[number], dtype=np.float64)


def _recurring(rows: Rows, events: Events) -> tuple[Rows, Floats]:
    stream, case = events.stream[rows], events.case[rows]
    different = np.array([len(np.unique(case[stream == one])) > 1 for one in stream])
    kept = rows[different]
    return kept, _evenly(events.stream[kept])


def _by_size(x: Floats) -> Floats:
    """Give every number its size, or all the same weight if none has any."""
    size = np.abs(x)
    return size if size.sum() > 0 else np.ones(len(x))


def _before_the_latest(rows: Rows, events: Events) -> tuple[Rows, Floats]:
    """Return the last row of another case than the latest one, with all the share, and that one."""
    other = rows[events.case[rows] != events.case[rows[-1]]]
    if not len(other):
        return other, np.empty(0)
    return np.array([other[-1], rows[-1]]), np.array([1.0, 0.0])


def _rising(rows: Rows, key: Keys, x: Floats) -> tuple[Rows, Floats]:
    """Return the rows that were the largest of their key so far; the last of them has the share."""
    kept: list[np.intp] = []
    peak: dict[int, np.intp] = {}
    for row in rows:
        before = peak.get(int(key[row]))
        if before is None or x[row] > x[before]:
            peak[int(key[row])] = row
            kept.append(row)
    last = np.isin(kept, list(peak.values()))
    weight = np.zeros(len(kept))
    weight[last] = _by_size(x[kept][last])
    return np.array(kept), weight


def _repeating(part: Aggregate, rows: Rows, events: Events, as_of: int) -> tuple[Rows, Floats]:
    """Return the repeats in the window and what each repeats, half of its share to either."""
    weight = np.zeros(len(events))
    held = np.zeros(len(events), dtype=bool)
    window = time.NEVER if part.window is None else part.window
    for row in rows:
        if not time.in_window(int(events.occurred[row]), _end(part, as_of), window):
            continue
        same = rows[events.stream[rows] == events.stream[row]]
        earlier = same[events.occurred[same] < events.occurred[row]]
        if len(earlier) and events.occurred[row] - events.occurred[earlier[-1]] <= part.gap:
            for end in (row, earlier[-1]):
                weight[end] += 0.5
                held[end] = True
    kept = np.flatnonzero(held)
    return kept, weight[kept]
