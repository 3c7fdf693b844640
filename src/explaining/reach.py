"""Reach: which records of an enterprise an action could be about as of a day."""

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.calendar import add_working_days
from ..core.errors import InvalidError
from ..features import Events, matching
from .actions import Action, Deed

__all__ = ["free_from", "within_reach"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


def within_reach(action: Action, own: Events, as_of: int) -> Rows:
    """Return the rows that an action could be about; of one that adds, those that stand.

    A penalty that was performed has ended, and can be repaired all the same.
    """
    counts = time.is_counted(own.available, own.withdrawn, as_of)
    fits = _matches(own, action.streams) & counts
    if action.excepted:
        fits &= ~np.isin(own.record, own.record[_matches(own, action.excepted) & counts])
    if action.unless_since:
        fits &= own.occurred >= _last(own, _matches(own, action.unless_since) & counts)
    if action.unless_again:
        fits &= ~np.isin(own.record, _followed(own, _matches(own, action.unless_again) & counts))
    if action.does is Deed.REPAIR:
        return np.flatnonzero(fits & ~time.is_repaired(own.repaired, as_of))
    rows = np.flatnonzero(fits & time.is_open(own.ended, own.ended_available, as_of))
    if action.does is Deed.EXTEND:
        last = [_last_day(end, action.before_working_days) for end in own.ended[rows].tolist()]
        early = own.ended[rows] - as_of > action.within_days
        return rows[~early & (as_of <= np.array(last, np.int64))]
    return rows


def free_from(action: Action, record: int, own: Events, as_of: int) -> int:
    """Return the first day on which nothing is open that keeps an action from a record.

    That is `NEVER + 1` where no end of it is known.
    """
    kept = _matches(own, action.unless_open)
    kept |= _matches(own, action.once_ended) & (own.record == record)
    rows = np.flatnonzero(kept & time.is_counted(own.available, own.withdrawn, as_of))
    ends = np.maximum(own.ended[rows], own.ended_available[rows])
    return int(ends.max(initial=0)) + 1


def _followed(own: Events, kinds: Mask) -> npt.NDArray[np.int64]:
    """Return the records after which another one of the same stream came."""
    rows = np.flatnonzero(kinds)
    last = np.zeros(len(own.vocabulary), np.int64)
    np.maximum.at(last, own.stream[rows], own.occurred[rows])
    return own.record[rows[own.occurred[rows] < last[own.stream[rows]]]]


def _last(own: Events, which: Mask) -> int:
    """Return the last day on which any of some rows occurred."""
    return int(own.occurred[which].max(initial=-time.NEVER))


def _matches(own: Events, streams: tuple[str, ...]) -> Mask:
    return np.isin(own.stream, matching(streams, own.vocabulary))


def _last_day(end: int, working_days: int) -> int:
    """Return the last day that lies at least so many working days before another."""
    if end == time.NEVER:
        return end
    try:
        return add_working_days(end, -working_days)
    except InvalidError:
        weekday = np.busday_offset(np.datetime64(end, "D"), -working_days, roll="forward")
        return int(weekday.astype(np.int64))
