"""Readings: what was known of the outcome of each row of a panel, from which day to which."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core import time
from ...features import Events, matching
from .cohort import Days, Texts
from .outcome import OutcomeRule

__all__ = ["Checks", "first_checks", "readings"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Checks:
    """The first check of each row: its day, and how it was chosen.

    Without a check, the day is `time.NEVER` and the other empty.
    """

    day: Days
    selection: Texts


def first_checks(
    enterprise: Days, as_of: Days, settled: Days, events: Events, label: OutcomeRule
) -> Checks:
    """Find the first check of each row within the horizon, as it stood when the row was settled.

    A check that came to be known later, or was withdrawn by then, does not count: what a row is
    must not depend on what came after.
    """
    told = np.zeros(len(events.vocabulary), bool)
    told[matching(label.checks, events.vocabulary)] = True
    found = events.take(np.flatnonzero(told[events.stream]))
    found = found.take(np.lexsort((found.occurred, found.enterprise)))
    key = (found.enterprise.astype(np.int64) << 32) + found.occurred
    own = enterprise.astype(np.int64) << 32
    place = np.searchsorted(key, own + as_of)
    after = np.searchsorted(key, own + as_of + label.horizon_days)
    day = np.full(as_of.size, time.NEVER, np.int32)
    selection: Texts = np.full(as_of.size, "", object)
    purposes = np.array([code.partition(".")[0] for _, code in events.vocabulary], object)
    open_rows = np.flatnonzero(place < after)
    while open_rows.size:
        check = place[open_rows]
        stood = time.is_counted(
            found.available[check], found.withdrawn[check], settled[open_rows] + 1
        )
        rows, check = open_rows[stood], check[stood]
        day[rows], selection[rows] = found.occurred[check], purposes[found.stream[check]]
        place[open_rows] += 1
        open_rows = open_rows[~stood & (place[open_rows] < after[open_rows])]
    return Checks(day, selection)


def readings(
    enterprise: Days,
    as_of: Days,
    settled: Days,
    events: Events,
    label: OutcomeRule,
    checked: Checks | None,
) -> tuple[Ints, Days, Days, npt.NDArray[np.float64]]:
    """Return row, available, withdrawn and label of every stretch of every row, in that order.

    The rows come in order of (as_of, enterprise). A violation lasts as long as any event that
    counts stands, and nothing is read before the row is settled, or ever where nobody checked.
    """
    row, start, stop = _standing(enterprise, as_of, events, label, checked)
    if checked is not None:
        settled = np.where(checked.day == time.NEVER, checked.day, settled)
    start = np.maximum(start, settled[row])
    live = start < stop
    row, start, stop = _joined(row[live], start[live], stop[live])
    # One stretch of none before each violation of a row, and one after its last.
    none = np.concatenate([np.arange(as_of.size), row])
    since = np.concatenate([settled.astype(np.int64), stop])
    order = np.lexsort((since, none))
    none, since = none[order], since[order]
    following = np.arange(none.size) - none
    before = np.append(row, -1)[following] == none
    until = np.where(before, np.append(start, 0)[following], time.NEVER)
    some = (since < until) | (settled[none] == time.NEVER)
    row, start, stop, value = (
        np.concatenate(pair)
        for pair in (
            (row, none[some]),
            (start, since[some]),
            (stop, until[some]),
            (np.ones(row.size), np.zeros(some.sum())),
        )
    )
    order = np.lexsort((start, row))
    since, until = start[order].astype(np.int32), stop[order].astype(np.int32)
    row = row[order]
    value = np.where(settled[row] == time.NEVER, np.nan, value[order])
    return row, since, until, value


def _standing(
    enterprise: Days, as_of: Days, events: Events, label: OutcomeRule, checked: Checks | None
) -> tuple[Ints, Ints, Ints]:
    """Return (row, available, withdrawn) for each row and each violation in its horizon.

    Where the first check is known, only what was found on its day counts.
    """
    chosen = np.zeros(len(events), bool)
    for each in label.outcomes:
        streams = np.zeros(len(events.vocabulary), bool)
        streams[matching(each.streams, events.vocabulary)] = True
        over = True if each.above is None else events.value > each.above
        chosen |= streams[events.stream] & over
    found = events.take(np.flatnonzero(chosen))
    parts: list[tuple[Ints, Ints, Ints]] = []
    dates, first = np.unique(as_of, return_index=True)
    for day, low, high in zip(dates, first, [*first[1:], as_of.size], strict=True):
        inside = np.flatnonzero(
            (day <= found.occurred) & (found.occurred < day + label.horizon_days)
        )
        who = found.enterprise[inside]
        place = np.searchsorted(enterprise[low:high], who)
        there = np.append(enterprise[low:high], -1)[place] == who
        inside, row = inside[there], low + place[there]
        if checked is not None:
            same = found.occurred[inside] == checked.day[row]
            inside, row = inside[same], row[same]
        parts.append((row, found.available[inside], found.withdrawn[inside]))
    row, start, stop = (
        np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)
    )
    return row, start, stop


def _joined(row: Ints, start: Ints, stop: Ints) -> tuple[Ints, Ints, Ints]:
    """Join stretches of one row that overlap or touch; sorted by row and start."""
    order = np.lexsort((start, row))
    row, start, stop = row[order], start[order], stop[order]
    reach = np.maximum.accumulate((row << 33) + stop) - (row << 33)  # the row's furthest stop yet
    new = np.ones(row.size, bool)
    new[1:] = (row[1:] != row[:-1]) | (start[1:] > reach[:-1])
    last = np.append(new[1:], np.ones(min(row.size, 1), bool))
    return row[new], start[new], reach[last]
