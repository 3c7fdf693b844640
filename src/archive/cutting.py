"""Cutting records into spans, by compiled code."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from ..core.time import NEVER, Change
from .spans import CHANGES

__all__ = ["Happenings", "Rows", "cut", "superseded"]

Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]


ENDED, WITHDRAWN = CHANGES.index(Change.ENDED), CHANGES.index(Change.WITHDRAWN)
REINSTATED = CHANGES.index(Change.REINSTATED)
compiled = numba.njit(nogil=True, cache=True)


class Rows(NamedTuple):
    """Versions of records as they were delivered.

    Attributes
    ----------
    first, last
        The first of what happened to each, and the one after the last.
    available, ended
        From when it may be used, and when it ends.
    until
        When another version stands instead.
    """

    first: Numbers
    last: Numbers
    available: Days
    ended: Days
    until: Days


class Happenings(NamedTuple):
    """What happened, in the order in which it takes effect; `change` by its place in `CHANGES`."""

    available: Days
    occurred: Days
    change: Days


@compiled
def superseded(
    order: Numbers, record: Numbers, precedence: Days, version: Days, available: Days
) -> Days:
    """Return the day from which another version of its record replaces each row.

    Parameters
    ----------
    order
        The order of the rows by record, and of one record by what stands later.
    record, precedence, version, available
        Of the rows.
    """
    until = np.empty(len(order), np.int32)
    standing, seen = NEVER, NEVER  # first day of what stands later, without and with this version
    for place in range(len(order) - 1, -1, -1):
        row, later = order[place], order[min(place + 1, len(order) - 1)]
        if place + 1 == len(order) or record[row] != record[later]:
            standing, seen = NEVER, NEVER
        elif version[row] != version[later] or precedence[row] != precedence[later]:
            standing = seen
        until[row] = standing
        seen = min(seen, available[row])
    return until


@compiled
def _reading(
    standing: Numbers, happenings: Happenings, here: int, ended: int
) -> tuple[bool, int, int, int]:
    """Return whether a record holds, and from when it is repaired, ended, and known to be."""
    holds, repaired, known = True, NEVER, NEVER
    if ended != NEVER:
        known = here
    for each in standing:
        since = max(happenings.available[each], here)
        if happenings.change[each] == WITHDRAWN:
            holds = False
        elif happenings.change[each] == ENDED:
            ended, known = happenings.occurred[each], since
        else:
            repaired = min(repaired, since)
    return holds, repaired, ended, known


@compiled
def cut(rows: Rows, happenings: Happenings) -> tuple[Numbers, Days]:
    """Return the spans of all rows: see `core.time.spans`.

    Returns
    -------
    row : array
        The row of each span.
    days : array of 5 x spans
        `available`, `withdrawn`, `repaired`, `ended` and `ended_available`.
    """
    counts = rows.last - rows.first
    room, most = counts.sum() + len(counts), 0
    for count in counts:
        most = max(most, count)
    standing = np.empty(most, np.int64)
    row_of, days = np.empty(room, np.int64), np.empty((5, room), np.int32)
    count = 0
    for row in range(len(counts)):
        here, stand = rows.available[row], 0
        since, reading = here, _reading(standing[:0], happenings, here, rows.ended[row])
        for place in range(rows.first[row], rows.last[row] + 1):
            happened = place < rows.last[row]
            then = max(happenings.available[place], here) if happened else NEVER
            withdrawn = min(then, rows.until[row])
            holds, repaired, ended, known = reading
            if holds and since < withdrawn:
                row_of[count] = row
                days[0, count], days[1, count], days[2, count] = since, withdrawn, repaired
                days[3, count], days[4, count] = ended, known
                count += 1
            if happened and happenings.change[place] != REINSTATED:
                standing[stand] = place
                stand += 1
            elif happened and stand:
                stand -= 1
            since = then
            reading = _reading(standing[:stand], happenings, here, rows.ended[row])
    return row_of[:count], days[:, :count]
