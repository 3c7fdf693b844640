"""When a record counts: the one place that answers it.

Xinheng computes as of the **start of a day** in Shanghai and sees only what was available
strictly before. An instant therefore matters only through its Shanghai day: what became
available at any moment of day *d* is seen by every `as_of` from *d + 1* on. So all clocks
below are whole days, counted from 1970-01-01 as `int`, and `NEVER` stands for a day that
does not come. The rules work alike on single days and on arrays of them; the compiled kernel
of `features` compiles these very functions.

Examples
--------
A penalty of 1 March that the archive received on 20 March, trusted or not:

>>> occurred, known, received = day("2026-03-01"), day("2026-03-05"), day("2026-03-20")
>>> show(available(known, received, trusted=False))
'2026-03-20'
>>> show(available(known, received, trusted=True, delay=2))
'2026-03-07'
>>> is_known(available(known, received, trusted=False), day("2026-03-20"))
False
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar, overload
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from .errors import InvalidError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NEVER",
    "SHANGHAI",
    "Change",
    "Event",
    "Span",
    "available",
    "day",
    "day_of",
    "days_of",
    "in_window",
    "instant",
    "is_counted",
    "is_known",
    "is_open",
    "is_repaired",
    "months",
    "months_after",
    "show",
    "spans",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEVER = int(np.iinfo(np.int32).max)
EPOCH = date(1970, 1, 1)

Days = TypeVar("Days", int, npt.NDArray[np.int32])
Array = npt.NDArray[np.signedinteger]
Day = int | Array
Mask = npt.NDArray[np.bool_]


def day(value: str | date) -> int:
    """Return the number of a calendar date, `"2026-03-01"` or a `date`; midnight starts it.

    Raises
    ------
    InvalidError
        If the text is no calendar date.

    Examples
    --------
    >>> day("1970-01-02")
    1
    >>> day("2026-02-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: '2026-02-30' is no date; expected YYYY-MM-DD
    """
    if isinstance(value, datetime):
        return day_of(value)
    if isinstance(value, date):
        return (value - EPOCH).days
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.isoformat() != value:  # "20260301" and "2026-W09-7" are refused
        raise InvalidError(f"{value!r} is no date; expected YYYY-MM-DD")
    return (found - EPOCH).days


def show(number: int) -> str:
    """Return the ISO date of a day number, or `"never"`."""
    return "never" if number == NEVER else (EPOCH + timedelta(days=int(number))).isoformat()


def check_zone(moment: datetime) -> None:
    """Refuse a moment without zone.

    Raises
    ------
    InvalidError
        If it has none.
    """
    if moment.tzinfo is None:
        raise InvalidError(f"the moment {moment.isoformat()} has no time zone; give it one")


def day_of(moment: datetime) -> int:
    """Return the Shanghai day in which a moment lies; a moment without zone is refused.

    Examples
    --------
    >>> show(day_of(datetime(2026, 3, 1, 15, 59, tzinfo=UTC)))
    '2026-03-01'
    >>> show(day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)))  # midnight in Shanghai
    '2026-03-02'
    """
    check_zone(moment)
    return (moment.astimezone(SHANGHAI).date() - EPOCH).days


def days_of(moments: "pd.Series[pd.Timestamp]") -> npt.NDArray[np.int32]:
    """Return the Shanghai day of each moment of a series, as `day_of` does for one.

    A moment that is missing lies on no day: `NEVER`.

    Raises
    ------
    InvalidError
        If the series has no time zone.
    """
    if moments.dt.tz is None:
        raise InvalidError("the moments have no time zone; give them one, as by dt.tz_localize")
    local = moments.dt.tz_convert(SHANGHAI).dt.tz_localize(None)
    days = local.to_numpy("datetime64[D]").astype(np.int64)
    return np.where(local.isna(), NEVER, days).astype(np.int32)


def instant(number: int) -> datetime:
    """Return the last microsecond of a day in Shanghai: when a bare date is known for sure.

    Examples
    --------
    >>> instant(day("2026-03-01")).isoformat()
    '2026-03-01T15:59:59.999999+00:00'
    """
    midnight = datetime.combine(EPOCH + timedelta(days=int(number) + 1), datetime.min.time())
    return midnight.replace(tzinfo=SHANGHAI).astimezone(UTC) - timedelta(microseconds=1)


def months(count: float) -> int:
    """Return the length in days of a window of `count` months (a year is 365.25 days).

    Examples
    --------
    >>> [months(m) for m in (3, 12, 24, 36, 60)]
    [91, 365, 730, 1096, 1826]
    """
    return round(count * 365.25 / 12)


def months_after(number: int, count: int) -> int:
    """Return the day so many calendar months after another, as time limits of the law run.

    It is the same day of its month, or the last of a month that has no such day (民法典 art. 202).
    A window of a computation has a fixed length instead: `months`.

    Examples
    --------
    >>> [show(months_after(day(start), 6)) for start in ("2026-08-30", "2026-08-31", "2026-09-01")]
    ['2027-02-28', '2027-02-28', '2027-03-01']
    """
    start = EPOCH + timedelta(days=int(number))
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    last = monthrange(year, month + 1)[1]
    return day(start.replace(year=year, month=month + 1, day=min(start.day, last)))


def available(known: Days, received: Days, *, trusted: bool, delay: int = 0) -> Days:
    """Return the day from which a record or an event may be used.

    Parameters
    ----------
    known
        Day on which the responsible authority had it.
    received
        Day on which this archive had it.
    trusted
        Whether the source mapping vouches that history loaded later was known when it says
        (`backfill = "trusted"`); then `received` is ignored.
    delay
        Days that such a source needs from knowing to delivering, never negative.
    """
    if delay < 0:
        raise InvalidError(f"a delay of {delay} days would show records before they were known")
    if trusted:
        limit = NEVER - delay
        known = np.minimum(known, limit) if isinstance(known, np.ndarray) else min(known, limit)
        return known + delay
    return np.maximum(known, received) if isinstance(known, np.ndarray) else max(known, received)


@overload
def is_known(available: int, as_of: int) -> bool: ...
@overload
def is_known(available: Array, as_of: Day) -> Mask: ...
def is_known(available: Day, as_of: Day) -> bool | Mask:
    """Tell whether something available on that day is seen by a computation as of `as_of`."""
    return available < as_of


@overload
def in_window(occurred: int, as_of: int, days: int) -> bool: ...
@overload
def in_window(occurred: Array, as_of: Day, days: int) -> Mask: ...
def in_window(occurred: Day, as_of: Day, days: int) -> bool | Mask:
    """Tell whether `as_of - days <= occurred < as_of`.

    Examples
    --------
    >>> [in_window(occurred, 100, 10) for occurred in (89, 90, 99, 100)]
    [False, True, True, False]
    """
    return (as_of - days <= occurred) & (occurred < as_of)


@overload
def is_counted(available: int, withdrawn: int, as_of: int) -> bool: ...
@overload
def is_counted(available: Array, withdrawn: Array, as_of: Day) -> Mask: ...
def is_counted(available: Day, withdrawn: Day, as_of: Day) -> bool | Mask:
    """Tell whether a record is known and not, as known then, withdrawn."""
    return (available < as_of) & (withdrawn >= as_of)


@overload
def is_open(ended: int, ended_available: int, as_of: int) -> bool: ...
@overload
def is_open(ended: Array, ended_available: Array, as_of: Day) -> Mask: ...
def is_open(ended: Day, ended_available: Day, as_of: Day) -> bool | Mask:
    """Tell whether a record still holds: its end lies ahead or was not yet known.

    A licence valid to 5 March holds as of the 5th and no longer as of the 6th.
    """
    return (ended >= as_of) | (ended_available >= as_of)


@overload
def is_repaired(repaired: int, as_of: int) -> bool: ...
@overload
def is_repaired(repaired: Array, as_of: Day) -> Mask: ...
def is_repaired(repaired: Day, as_of: Day) -> bool | Mask:
    """Tell whether the credit repair of a record was available before `as_of`."""
    return repaired < as_of


class Change(StrEnum):
    """What can happen to a record, which itself never changes."""

    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    REPAIRED = "repaired"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A change of a record: the day it was available, the day it happened, and what it is."""

    available: int
    occurred: int
    change: Change


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days over which one reading of a record holds.

    It counts for every `as_of` with `available < as_of <= withdrawn`; within it the record is
    repaired from `repaired` on, and ends on `ended` for those who know it (`ended_available`).
    """

    available: int
    withdrawn: int = NEVER
    repaired: int = NEVER
    ended: int = NEVER
    ended_available: int = NEVER


def spans(record: Span, events: Iterable[Event]) -> list[Span]:
    """Fold what happened to a record into its spans, in order and without overlap.

    `record` is the record as delivered: `available`, and its planned end if it has one.
    Events take effect in the order in which they became available, never before the record
    itself; of those of one day, the one that happened first goes first, and a reinstatement
    last. A reinstatement undoes the latest change that still stands.

    Examples
    --------
    Withdrawn on day 20 (available), reinstated on day 30:

    >>> for span in spans(Span(10), [Event(20, 18, Change.WITHDRAWN),
    ...                              Event(30, 29, Change.REINSTATED)]):
    ...     print(span.available, show(span.withdrawn))
    10 1970-01-21
    30 never
    """
    done: list[Span] = []
    standing: list[Event] = []
    current: Span | None = record
    for event in sorted(events, key=_order):
        since = max(event.available, record.available)
        if event.change is not Change.REINSTATED:
            standing.append(replace(event, available=since))
        elif standing:
            standing.pop()
        _close(done, current, since)
        current = _reading(record, standing, since)
    _close(done, current, NEVER)
    return done


def _order(event: Event) -> tuple[int, int, bool, str]:
    reinstated = event.change is Change.REINSTATED
    return event.available, event.occurred, reinstated, event.change


def _reading(record: Span, standing: list[Event], since: int) -> Span | None:
    """Return how the record reads from `since` on, or None while it is withdrawn."""
    by_change = {event.change: event for event in reversed(standing)}
    if Change.WITHDRAWN in by_change:
        return None
    reading = replace(record, available=since)
    if Change.REPAIRED in by_change:
        reading = replace(reading, repaired=by_change[Change.REPAIRED].available)
    ended = [event for event in standing if event.change is Change.ENDED]
    if ended:
        reading = replace(reading, ended=ended[-1].occurred, ended_available=ended[-1].available)
    return reading


def _close(done: list[Span], current: Span | None, until: int) -> None:
    if current is not None and current.available < until:
        done.append(replace(current, withdrawn=until))
