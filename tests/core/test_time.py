"""Time: the worked table of when records count, and that the future never shows."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import numba
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER, Change, Event, Span, day, show

ENDED, WITHDRAWN = Change.ENDED, Change.WITHDRAWN
REPAIRED, REINSTATED = Change.REPAIRED, Change.REINSTATED


def _reading(spans: list[Span], as_of: int) -> str:
    """Say how a record reads as of a day: unseen, or what holds of it."""
    counted = [s for s in spans if time.is_counted(s.available, s.withdrawn, as_of)]
    assert len(counted) <= 1
    if not counted:
        return "unseen"
    span = counted[0]
    words = "open" if time.is_open(span.ended, span.ended_available, as_of) else "closed"
    return f"{words} repaired" if time.is_repaired(span.repaired, as_of) else words


# Each case: the record, its changes (available, occurred, what), and the reading from each
# `as_of` on until the next one named.
CASES: dict[str, tuple[Span, list[Event], dict[int, str]]] = {
    "delivered late: seen the day after": (Span(20), [], {19: "unseen", 20: "unseen", 21: "open"}),
    "withdrawn: gone the day after that was available": (
        Span(10),
        [Event(20, 18, WITHDRAWN)],
        {10: "unseen", 11: "open", 20: "open", 21: "unseen"},
    ),
    "withdrawn before the record arrived": (
        Span(10),
        [Event(5, 4, WITHDRAWN)],
        {5: "unseen", 10: "unseen", 11: "unseen", 99: "unseen"},
    ),
    "withdrawn before it arrived, reinstated after": (
        Span(10),
        [Event(5, 4, WITHDRAWN), Event(30, 29, REINSTATED)],
        {11: "unseen", 30: "unseen", 31: "open"},
    ),
    "withdrawn on the day it arrived": (Span(10), [Event(10, 10, WITHDRAWN)], {11: "unseen"}),
    "repaired": (
        Span(10),
        [Event(20, 19, REPAIRED)],
        {11: "open", 20: "open", 21: "open repaired", 99: "open repaired"},
    ),
    "repaired before the record arrived": (
        Span(10),
        [Event(5, 5, REPAIRED)],
        {10: "unseen", 11: "open repaired"},
    ),
    "ended": (Span(10), [Event(20, 15, ENDED)], {11: "open", 20: "open", 21: "closed"}),
    "ended, announced ahead": (
        Span(10),
        [Event(20, 40, ENDED)],
        {20: "open", 21: "open", 40: "open", 41: "closed"},
    ),
    "reinstated after a withdrawal": (
        Span(10),
        [Event(20, 18, WITHDRAWN), Event(30, 29, REINSTATED)],
        {20: "open", 21: "unseen", 30: "unseen", 31: "open"},
    ),
    "reinstated after a repair (false materials)": (
        Span(10),
        [Event(20, 18, REPAIRED), Event(30, 29, REINSTATED)],
        {20: "open", 21: "open repaired", 30: "open repaired", 31: "open"},
    ),
    "reinstated after an ending (back on the list)": (
        Span(10),
        [Event(20, 18, ENDED), Event(30, 29, REINSTATED)],
        {20: "open", 21: "closed", 30: "closed", 31: "open"},
    ),
    "reinstated on the day of a withdrawal": (
        Span(10),
        [Event(20, 20, WITHDRAWN), Event(20, 20, REINSTATED)],
        {20: "open", 21: "open"},
    ),
    "reinstated with nothing to undo": (Span(10), [Event(20, 20, REINSTATED)], {21: "open"}),
    "a reinstatement undoes only the latest change": (
        Span(10),
        [Event(20, 18, REPAIRED), Event(30, 28, WITHDRAWN), Event(40, 39, REINSTATED)],
        {21: "open repaired", 31: "unseen", 40: "unseen", 41: "open repaired"},
    ),
    "ended twice: the date last announced holds": (
        Span(10),
        [Event(20, 40, ENDED), Event(30, 25, ENDED)],
        {21: "open", 30: "open", 31: "closed"},
    ),
    "ended, reinstated and ended again": (
        Span(10),
        [Event(20, 20, ENDED), Event(30, 30, REINSTATED), Event(40, 40, ENDED)],
        {20: "open", 21: "closed", 30: "closed", 31: "open", 40: "open", 41: "closed"},
    ),
    "planned end": (
        Span(10, ended=50, ended_available=10),
        [],
        {11: "open", 50: "open", 51: "closed"},
    ),
    "planned end put off": (
        Span(10, ended=50, ended_available=10),
        [Event(40, 90, ENDED)],
        {50: "open", 51: "open", 90: "open", 91: "closed"},
    ),
    "planned end put off too late": (
        Span(10, ended=50, ended_available=10),
        [Event(60, 90, ENDED)],
        {50: "open", 51: "closed", 60: "closed", 61: "open", 91: "closed"},
    ),
    "planned end brought forward": (
        Span(10, ended=50, ended_available=10),
        [Event(20, 30, ENDED)],
        {21: "open", 30: "open", 31: "closed"},
    ),
    "planned end again after a reinstatement": (
        Span(10, ended=50, ended_available=10),
        [Event(20, 20, ENDED), Event(30, 30, REINSTATED)],
        {20: "open", 21: "closed", 30: "closed", 31: "open", 50: "open", 51: "closed"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_worked_table_of_a_record_and_what_happens_to_it(name: str) -> None:
    record, events, expected = CASES[name]
    folded = time.spans(record, events)
    assert {as_of: _reading(folded, as_of) for as_of in expected} == expected


AVAILABLE = [
    ("known and delivered in time", 100, 101, False, 0, 101),
    ("delivered before the authority's date", 105, 101, False, 0, 105),
    ("delivered late, not trusted", 100, 400, False, 0, 400),
    ("loaded later, trusted", 100, 400, True, 0, 100),
    ("loaded later, trusted with a delay", 100, 400, True, 30, 130),
    ("a delay is of trusted sources", 100, 400, False, 30, 400),
    ("never known, never available", NEVER, 400, False, 0, NEVER),
    ("never known, trusted with a delay", NEVER, 400, True, 30, NEVER),
]


@pytest.mark.parametrize(
    ("known", "received", "trusted", "delay", "expected"),
    [case[1:] for case in AVAILABLE],
    ids=[case[0] for case in AVAILABLE],
)
def test_when_a_record_is_available(
    *, known: int, received: int, trusted: bool, delay: int, expected: int
) -> None:
    assert time.available(known, received, trusted=trusted, delay=delay) == expected
    one = np.array([known], np.int32), np.array([received], np.int32)
    assert time.available(*one, trusted=trusted, delay=delay).tolist() == [expected]


def test_a_delay_that_shows_records_early_is_refused() -> None:
    with pytest.raises(InvalidError, match="-1 days"):
        time.available(1, 1, trusted=True, delay=-1)


WINDOWS = [
    (89, 10, False),
    (90, 10, True),
    (99, 10, True),
    (100, 10, False),
    (99, 1, True),
    (98, 1, False),
    (99, 0, False),
]


@pytest.mark.parametrize(("occurred", "days", "expected"), WINDOWS)
def test_the_edges_of_a_window_as_of_day_100(*, occurred: int, days: int, expected: bool) -> None:
    assert time.in_window(occurred, 100, days) is expected


MOMENTS = [
    ("2026-03-01T15:59:59.999999+00:00", "2026-03-01"),
    ("2026-03-01T16:00:00+00:00", "2026-03-02"),
    ("2026-03-02T00:00:00+08:00", "2026-03-02"),
    ("2024-02-28T16:00:00+00:00", "2024-02-29"),
    ("2024-02-29T16:00:00+00:00", "2024-03-01"),
    ("1969-12-31T15:59:59+00:00", "1969-12-31"),
    ("1988-07-01T14:59:59+00:00", "1988-07-01"),  # summer time: midnight is at 15:00 UTC
    ("1988-07-01T15:00:00+00:00", "1988-07-02"),
    ("1988-12-01T15:00:00+00:00", "1988-12-01"),
]


@pytest.mark.parametrize(("moment", "expected"), MOMENTS)
def test_midnight_is_that_of_shanghai(moment: str, expected: str) -> None:
    assert show(time.day_of(datetime.fromisoformat(moment))) == expected


def test_a_series_of_moments_lies_on_the_same_days_and_a_missing_one_never() -> None:
    moments = pd.Series(
        pd.to_datetime([*(m for m, _ in MOMENTS), None], utc=True, format="ISO8601")
    )
    assert [show(int(d)) for d in time.days_of(moments)] == [*(d for _, d in MOMENTS), "never"]


def test_moments_without_a_zone_are_refused() -> None:
    with pytest.raises(InvalidError, match="no time zone"):
        time.day_of(datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(InvalidError, match="no time zone"):
        time.days_of(pd.Series(pd.to_datetime(["2026-03-01"])))


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "20260301", "2026-W09-7", "yesterday", ""]
)
def test_an_impossible_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="is no date; expected YYYY-MM-DD"):
        day(text)


def test_a_leap_day_is_a_day() -> None:
    assert day("2024-03-01") - day("2024-02-28") == 2
    assert day(date(2024, 2, 29)) == day("2024-02-29") == day(datetime(2024, 2, 29, tzinfo=UTC))


@given(st.integers(-40_000, 60_000))
def test_a_day_ends_at_its_last_instant(number: int) -> None:
    end = time.instant(number)
    assert time.day_of(end) == number
    assert time.day_of(end + timedelta(microseconds=1)) == number + 1
    assert day(show(number)) == number


DAYS = st.integers(0, 40)
EVENTS = st.lists(st.builds(Event, DAYS, DAYS, st.sampled_from(Change)), max_size=7)
RECORDS = st.builds(Span, DAYS) | st.builds(
    lambda available, ended: Span(available, ended=ended, ended_available=available), DAYS, DAYS
)


@given(RECORDS, EVENTS, EVENTS, st.integers(0, 45))
def test_what_becomes_available_on_or_after_a_day_changes_nothing_as_of_it(
    record: Span, events: list[Event], others: list[Event], as_of: int
) -> None:
    past = [e for e in events if e.available < as_of]
    future = [e for e in others if e.available >= as_of]
    assert _reading(time.spans(record, past + future), as_of) == _reading(
        time.spans(record, past), as_of
    )


@given(RECORDS, EVENTS)
def test_spans_are_ordered_apart_and_never_before_the_record(
    record: Span, events: list[Event]
) -> None:
    folded = time.spans(record, events)
    assert all(record.available <= s.available < s.withdrawn for s in folded)
    assert all(a.withdrawn <= b.available for a, b in pairwise(folded))
    assert all(s.repaired == NEVER or s.repaired <= s.available for s in folded)
    assert all(s.ended_available == NEVER or s.ended_available <= s.available for s in folded)


@given(RECORDS, EVENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_events_are_given_does_not_matter(
    record: Span, events: list[Event], random: Random
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    assert time.spans(record, shuffled) == time.spans(record, events)


COUNTED, OPEN = numba.njit(time.is_counted), numba.njit(time.is_open)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
@settings(deadline=None)
def test_rules_read_alike_on_days_on_arrays_and_compiled(
    first: int, second: int, as_of: int
) -> None:
    one, two = np.array([first], np.int32), np.array([second], np.int32)
    assert time.is_known(one, as_of).tolist() == [time.is_known(first, as_of)]
    assert time.in_window(one, as_of, 9).tolist() == [time.in_window(first, as_of, 9)]
    assert time.is_counted(one, two, as_of).tolist() == [time.is_counted(first, second, as_of)]
    assert time.is_open(one, two, as_of).tolist() == [time.is_open(first, second, as_of)]
    assert time.is_repaired(one, as_of).tolist() == [time.is_repaired(first, as_of)]
    assert COUNTED(first, second, as_of) == time.is_counted(first, second, as_of)
    assert OPEN(first, second, as_of) == time.is_open(first, second, as_of)


def test_a_record_repaired_twice_is_repaired_since_the_first_time() -> None:
    folded = time.spans(Span(10), [Event(20, 20, REPAIRED), Event(30, 30, REPAIRED)])
    assert [span.repaired for span in folded] == [NEVER, 20, 20]
