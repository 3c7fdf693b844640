"""Reach: which records of an enterprise an action could be about, and from which day on."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.calendar import expected_working_day
from ...features import Events, in_streams, matching
from .actions import Action, Deed

__all__ = ["begins", "cases_of", "in_the_way", "is_open_to", "waited", "within_reach"]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


def is_open_to(action: Action, own: Events, as_of: int) -> bool:
    """Tell whether an enterprise, as it is now, can take an action about anything at all."""
    counts = time.is_counted(own.available, own.withdrawn, as_of)
    if action.while_open:
        fits = counts & _matches(own, action.while_open)
        if not (fits & time.is_open(own.ended, own.ended_available, as_of)).any():
            return False
    told, barring = own.stream[counts], matching(action.unless_now, own.vocabulary)
    for kind in {own.vocabulary[stream][0] for stream in barring}:
        of_kind = told[np.isin(told, matching((kind,), own.vocabulary))]
        if of_kind.size and int(of_kind[-1]) in barring:
            return False
    return True


def within_reach(action: Action, own: Events, as_of: int) -> Rows:
    """Return the rows that an action could be about; of one that adds, those that stand.

    A penalty that was performed has ended, and can be repaired all the same.
    """
    counts = time.is_counted(own.available, own.withdrawn, as_of)
    fits = _matches(own, action.streams) & counts
    if not fits.any():
        return np.flatnonzero(fits)
    if action.excepted:
        fits &= ~np.isin(own.record, own.record[_matches(own, action.excepted) & counts])
    if action.only:
        fits &= np.isin(own.record, own.record[_matches(own, action.only) & counts])
    if action.worth:
        worth = _matches(own, action.worth) & counts & (own.value > 0)
        fits &= np.isin(own.record, own.record[worth])
    if action.unless_since:
        fits &= own.occurred >= _last(own, _matches(own, action.unless_since) & counts)
    if action.unless_again:
        fits &= ~np.isin(own.record, _followed(own, _matches(own, action.unless_again) & counts))
    if action.does is Deed.REPAIR:
        return np.flatnonzero(fits & ~time.is_repaired(own.repaired, as_of))
    fits &= time.is_open(own.ended, own.ended_available, as_of)
    if action.unless_case:
        fits &= ~_came_to_case(own, fits, _matches(own, action.unless_case) & counts)
    rows = np.flatnonzero(fits)
    return _extended(action, own, rows, as_of) if action.does is Deed.EXTEND else rows


def cases_of(action: Action, own: Events, rows: Rows) -> Mapping[int, tuple[int, ...]]:
    """Return the records that an action is about at once, by the number of the first.

    A licence is one case with a record for each category, which are extended together; of all
    other actions each record is one by itself.
    """
    records = sorted(set(own.record[rows].tolist()))
    if action.does is not Deed.EXTEND:
        return {record: (record,) for record in records}
    case = dict(zip(own.record[rows].tolist(), own.case[rows].tolist(), strict=True))
    together: dict[int, list[int]] = {}
    for record in records:
        together.setdefault(case[record], []).append(record)
    return {some[0]: tuple(some) for some in together.values()}


def begins(action: Action, own: Events, row: int) -> int:
    """Return the first day on which an action about the record of a row may begin by itself."""
    if action.does is Deed.EXTEND:
        return int(own.ended[row]) - action.within_days
    return waited(action, int(own.occurred[row]))


def waited(action: Action, occurred: int) -> int:
    """Return the first day after the wait of an action about a record of a day.

    The wait is over with its last day, so that it is the day after (民法典 art. 201, 202).
    """
    if not action.wait_months:
        return occurred
    return time.months_after(occurred, action.wait_months) + 1


def in_the_way(action: Action, record: int, own: Events, as_of: int) -> Rows:
    """Return the rows that keep an action from a record for as long as they are open."""
    kept = _matches(own, action.unless_open)
    kept |= _matches(own, action.once_ended) & (own.record == record)
    kept &= time.is_counted(own.available, own.withdrawn, as_of)
    return np.flatnonzero(kept & time.is_open(own.ended, own.ended_available, as_of))


def _extended(action: Action, own: Events, rows: Rows, as_of: int) -> Rows:
    """Return the rows with the last end of their case, which may still be put off."""
    last: dict[int, int] = {}
    for case, end in zip(own.case[rows].tolist(), own.ended[rows].tolist(), strict=True):
        last[case] = max(end, last.get(case, end))
    return np.array(
        [
            row
            for row in rows.tolist()
            if (end := int(own.ended[row])) == last[int(own.case[row])]
            and end < time.NEVER
            and as_of <= expected_working_day(end, -action.before_working_days)[0]
        ],
        np.intp,
    )


def _came_to_case(own: Events, fits: Mask, which: Mask) -> Mask:
    """Tell of rows whether any of some others came to their case since they occurred."""
    last: dict[int, int] = {}
    for case, day in zip(own.case[which].tolist(), own.occurred[which].tolist(), strict=True):
        last[case] = max(day, last.get(case, day))
    cases, days = own.case.tolist(), own.occurred.tolist()
    found = [
        fit and last.get(case, -time.NEVER) >= day
        for fit, case, day in zip(fits.tolist(), cases, days, strict=True)
    ]
    return np.array(found, np.bool_)


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
    return in_streams(own.stream, streams, own.vocabulary)
