"""Working days 工作日, in which the law counts most of its time limits.

The State Council announces every November which days of the next year are holidays and which
weekends are worked instead; the package `chinesecalendar` carries these announcements. The day
on which a time limit begins is not counted: three working days from a Friday end on the next
Wednesday. All days are day numbers of `time.day`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import metadata
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from .errors import InvalidError
from .time import EPOCH, day, show

__all__ = [
    "add_working_days",
    "covered_years",
    "expected_working_day",
    "is_working_day",
    "working_days_between",
]

FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Months and days that are holidays of every year: 全国年节及纪念日放假办法 of 2025."""

Days = TypeVar("Days", int, npt.NDArray[np.int32])


@dataclass(frozen=True, slots=True)
class _Calendar:
    """All covered days: whether each is worked, and how many were worked up to its end."""

    first: int
    worked: npt.NDArray[np.bool_]
    count: npt.NDArray[np.int32]
    workdays: npt.NDArray[np.int32]


@cache
def _calendar() -> _Calendar:
    import chinese_calendar

    announced = [*chinese_calendar.holidays, *chinese_calendar.workdays]
    first = day(date(min(announced).year, 1, 1))
    after = day(date(max(announced).year + 1, 1, 1))
    worked = np.array(
        [chinese_calendar.is_workday(EPOCH + timedelta(days=d)) for d in range(first, after)]
    )
    count = np.cumsum(worked, dtype=np.int32)
    return _Calendar(first, worked, count, np.flatnonzero(worked).astype(np.int32) + first)


def covered_years() -> range:
    """Return the years whose working days are known.

    Examples
    --------
    >>> 2026 in covered_years()
    True
    """
    calendar = _calendar()
    first = (EPOCH + timedelta(days=calendar.first)).year
    last = (EPOCH + timedelta(days=calendar.first + len(calendar.worked) - 1)).year
    return range(first, last + 1)


@overload
def is_working_day(days: int) -> bool: ...
@overload
def is_working_day(days: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]: ...
def is_working_day(days: int | npt.NDArray[np.int32]) -> bool | npt.NDArray[np.bool_]:
    """Tell whether a day, or each of an array of days, is a working day.

    Raises
    ------
    InvalidError
        If a day lies outside the years covered.

    Examples
    --------
    National Day 2026 is a Thursday without work; the Saturday after the holidays is worked.

    >>> is_working_day(day("2026-10-01")), is_working_day(day("2026-10-10"))
    (False, True)
    """
    worked = _calendar().worked
    return worked[_offset(days)] if isinstance(days, np.ndarray) else bool(worked[_offset(days)])


def add_working_days(start: Days, count: int) -> Days:
    """Return the day on which a limit of `count` working days ends that begins on `start`.

    A negative count goes back; a count of 0 is `start` itself, worked or not.

    Raises
    ------
    InvalidError
        If `start` or the result lies outside the years covered.

    Examples
    --------
    >>> show(add_working_days(day("2026-09-30"), 3))  # over the National Day holidays
    '2026-10-10'
    """
    calendar = _calendar()
    if count == 0:
        _offset(start)
        return start
    before = calendar.count[_offset(start)]
    if count < 0:
        before = before - calendar.worked[_offset(start)] + 1
    place = before + count - 1
    if np.any((place < 0) | (place >= len(calendar.workdays))):
        raise InvalidError(
            f"{count} working days from {_extent(start)} end outside the calendar; {_coverage()}"
        )
    end = calendar.workdays[place]
    return end if isinstance(start, np.ndarray) else int(end)


def expected_working_day(start: int, count: int) -> tuple[int, bool]:
    """Return the day on which a limit ends, and whether holidays may put it off; any day is known.

    As far as years are announced it is by the law; beyond, every weekday counts that is no holiday
    of every year.

    Examples
    --------
    >>> [show(end) for end, _ in (expected_working_day(day("2026-12-26"), n) for n in (3, 5))]
    ['2026-12-30', '2027-01-04']
    """
    try:
        return add_working_days(start, count), False
    except InvalidError:
        start, count = _beyond(start, count)
        year = (EPOCH + timedelta(start)).year
        holidays = [date(near, *each) for near in (year - 1, year, year + 1) for each in FIXED]
        weekday = np.busday_offset(
            np.datetime64(start, "D"),
            count,
            roll="backward" if count > 0 else "forward",
            holidays=holidays,
        )
        return int(weekday.astype(np.int64)) if count else start, True


def _beyond(start: int, count: int) -> tuple[int, int]:
    """Return the last announced day, or the first, and what is left of a limit from there."""
    calendar = _calendar()
    offset = start - calendar.first
    if not 0 <= offset < len(calendar.worked):
        return start, count
    if count > 0:
        last = len(calendar.worked) - 1
        return calendar.first + last, count - int(calendar.count[last] - calendar.count[offset])
    worked = int(calendar.count[offset]) - int(calendar.worked[offset])
    return calendar.first, count + worked


def working_days_between(start: Days, end: Days) -> Days:
    """Return how many working days lie after `start` up to and with `end`.

    Negative if `end` lies before `start`. For a positive n,
    `working_days_between(d, add_working_days(d, n)) == n`.

    Raises
    ------
    InvalidError
        If a day lies outside the years covered.

    Examples
    --------
    >>> working_days_between(day("2026-02-14"), day("2026-02-24"))  # Spring Festival
    1
    """
    count = _calendar().count
    between = count[_offset(end)] - count[_offset(start)]
    return between if isinstance(start, np.ndarray) else int(between)


def _offset(days: Days) -> Days:
    calendar = _calendar()
    offset = days - calendar.first
    if np.any((np.asarray(offset) < 0) | (np.asarray(offset) >= len(calendar.worked))):
        raise InvalidError(f"no working days are known for {_extent(days)}; {_coverage()}")
    return offset


def _extent(days: int | npt.NDArray[np.int32]) -> str:
    low, high = show(int(np.min(days))), show(int(np.max(days)))
    return low if low == high else f"{low} to {high}"


def _coverage() -> str:
    years = covered_years()
    version = metadata.version("chinesecalendar")
    return (
        f"chinesecalendar {version} covers {years[0]} to {years[-1]}. The State Council announces "
        "a year in the November before it: install a newer chinesecalendar"
    )
