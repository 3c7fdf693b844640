"""Shares: which events an aggregate rests on, and how its value is shared among them.

A second reading of the definitions, on whole columns of one enterprise's events; the tests hold
it against the kernel.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core import time
from .aggregate import Aggregate
from .events import Events
from .streams import matching

__all__ = ["counting", "reading", "shared"]

Rows = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.integer[Any]]


def shared(part: Aggregate, events: Events, as_of: int) -> tuple[Rows, Floats]:
    """Return the rows an aggregate rests on and their shares, which sum to one."""
    rows = counting(part, events, as_of)
    if part.field is not None:
        rows = rows[~np.isnan(reading(part.field, events, as_of)[rows])]
    if not len(rows):
        return rows, np.empty(0)
    even = np.ones(len(rows))
    match part.operator:
        case "count":
            weight = even
        case "distinct":
            keys: dict[str, Keys]
            keys = {"case": events.case, "code": events.stream, "day": events.occurred}
            weight = _evenly(keys[str(part.by)][rows])
        case "total":
            size = np.abs(reading(str(part.field), events, as_of)[rows])
            weight = size if size.sum() > 0 else even
        case "latest":
            rows, weight = rows[-1:], np.ones(1)
        case "smallest" | "largest":
            x = reading(str(part.field), events, as_of)[rows]
            best = x.min() if part.operator == "smallest" else x.max()
            rows = rows[x == best]
            weight = np.ones(len(rows))
        case "recurrent":
            rows, weight = _recurring(rows, events)
        case _:
            rows, weight = _repeating(part, rows, events, as_of)
    return rows, weight / weight.sum() if len(weight) else weight


def counting(part: Aggregate, events: Events, as_of: int) -> Rows:
    """Return the rows that count for an aggregate as of a day, whatever its operator.

    For a repeat also those before the window, which an event in it may repeat.
    """
    end = as_of - part.lag
    window = time.NEVER if part.window is None or part.operator == "repeat" else part.window
    kept = np.isin(events.stream, matching(part.streams, events.vocabulary))
    kept &= time.is_counted(events.available, events.withdrawn, as_of)
    kept &= time.in_window(events.occurred.astype(np.int64), end, window)
    if part.repaired != "stays":
        kept &= time.is_repaired(events.repaired, as_of) == (part.repaired == "only")
    if part.state != "any":
        kept &= time.is_open(events.ended, events.ended_available, as_of) != (
            part.state == "closed"
        )
    if part.state == "overdue":
        kept &= events.occurred + events.value < as_of
    if part.above is not None:
        kept &= reading(part.above[0], events, as_of) > part.above[1]
    return np.flatnonzero(kept)


def reading(field: str, events: Events, as_of: int) -> Floats:
    """Return a field of every event as it is known as of a day."""
    if field == "ended":
        known = (events.ended != time.NEVER) & (events.ended_available < as_of)
        return np.where(known, events.ended, np.nan)
    if field == "position":
        return np.arange(len(events), dtype=np.float64)
    column: Floats = getattr(events, field).astype(np.float64)
    return column


def _evenly(key: Keys) -> Floats:
    """Give every key the same weight, shared evenly by its rows."""
    _, number = np.unique(key, return_inverse=True)
    return np.asarray(1 / np.bincount(number)[number], dtype=np.float64)


def _recurring(rows: Rows, events: Events) -> tuple[Rows, Floats]:
    stream, case = events.stream[rows], events.case[rows]
    different = np.array([len(np.unique(case[stream == one])) > 1 for one in stream])
    kept = rows[different]
    return kept, _evenly(events.stream[kept])


def _repeating(part: Aggregate, rows: Rows, events: Events, as_of: int) -> tuple[Rows, Floats]:
    """Return the repeats in the window and what each repeats, half of its share to either."""
    weight = np.zeros(len(events))
    held = np.zeros(len(events), dtype=bool)
    window = time.NEVER if part.window is None else part.window
    for row in rows:
        if not time.in_window(int(events.occurred[row]), as_of - part.lag, window):
            continue
        same = rows[events.stream[rows] == events.stream[row]]
        earlier = same[events.occurred[same] < events.occurred[row]]
        if len(earlier) and events.occurred[row] - events.occurred[earlier[-1]] <= part.gap:
            for end in (row, earlier[-1]):
                weight[end] += 0.5
                held[end] = True
    kept = np.flatnonzero(held)
    return kept, weight[kept]
