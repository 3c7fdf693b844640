"""Working days: the State Council calendar, its edges, and that counting is consistent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import calendar
from xinheng.core.errors import InvalidError
from xinheng.core.time import day, show

DAYS = [
    ("2026-03-02", True),  # Monday
    ("2026-03-07", False),  # Saturday
    ("2026-02-17", False),  # Spring Festival
    ("2026-02-14", True),  # Saturday worked for it
    ("2026-02-28", True),
    ("2026-10-07", False),  # last day of the National Day holidays
    ("2026-10-08", True),
    ("2025-01-01", False),
    ("2020-01-31", False),  # the Spring Festival that was prolonged
]


@pytest.mark.parametrize(("date", "worked"), DAYS)
def test_holidays_rest_and_shifted_weekends_work(*, date: str, worked: bool) -> None:
    assert calendar.is_working_day(day(date)) is worked


LIMITS = [
    ("2026-03-06", 3, "2026-03-11"),  # Friday to Wednesday
    ("2026-03-07", 1, "2026-03-09"),  # begun on a Saturday
    ("2026-02-13", 1, "2026-02-14"),  # a Saturday that is worked
    ("2026-02-14", 1, "2026-02-24"),  # over the Spring Festival
    ("2026-09-30", 3, "2026-10-10"),
    ("2026-03-09", 20, "2026-04-07"),  # over Qingming
    ("2026-03-07", 0, "2026-03-07"),
    ("2026-03-09", -1, "2026-03-06"),
    ("2026-03-08", -1, "2026-03-06"),
    ("2025-12-31", 2, "2026-01-05"),  # over New Year, whose Sunday 4 January is worked
]


@pytest.mark.parametrize(("start", "count", "end"), LIMITS)
def test_the_end_of_a_time_limit(start: str, count: int, end: str) -> None:
    assert show(calendar.add_working_days(day(start), count)) == end


COVERED = st.integers(day("2004-02-01"), day("2026-06-30"))


@given(COVERED, st.integers(1, 120))
def test_a_limit_ends_on_a_working_day_that_many_working_days_later(start: int, count: int) -> None:
    end = calendar.add_working_days(start, count)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(start, end) == count
    assert calendar.working_days_between(end, start) == -count
    assert calendar.add_working_days(end + 1, -1) == end


@given(st.lists(COVERED, min_size=1), st.integers(-10, 120))
def test_many_days_are_counted_as_each_is(starts: list[int], count: int) -> None:
    days = np.array(starts, dtype=np.int32)
    ends = calendar.add_working_days(days, count)
    assert ends.tolist() == [calendar.add_working_days(d, count) for d in starts]
    assert calendar.is_working_day(days).tolist() == [calendar.is_working_day(d) for d in starts]
    between = calendar.working_days_between(days, ends)
    pairs = zip(starts, ends.tolist(), strict=True)
    assert between.tolist() == [calendar.working_days_between(*pair) for pair in pairs]


def test_the_covered_years_are_those_needed() -> None:
    years = calendar.covered_years()
    assert years[0] <= 2015
    assert years[-1] >= 2026


def test_a_day_outside_is_refused_with_what_is_covered_and_what_to_do() -> None:
    years = calendar.covered_years()
    words = f"covers {years[0]} to {years[-1]}.*install a newer chinesecalendar"
    first, last = day(f"{years[0]}-01-01"), day(f"{years[-1]}-12-31")
    calendar.is_working_day(np.array([first, last], dtype=np.int32))
    for outside in (first - 1, last + 1):
        with pytest.raises(InvalidError, match=words):
            calendar.is_working_day(outside)
        with pytest.raises(InvalidError, match=words):
            calendar.working_days_between(first, outside)
        with pytest.raises(InvalidError, match=words):
            calendar.add_working_days(outside, 0)
    with pytest.raises(InvalidError, match=f"{show(last)} end outside.*{words}"):
        calendar.add_working_days(last, 1)
    with pytest.raises(InvalidError, match=words):
        calendar.add_working_days(first, -1)


@given(COVERED, st.integers(-10, 120))
def test_where_holidays_are_announced_the_day_expected_is_that_of_the_law(
    start: int, count: int
) -> None:
    end = calendar.add_working_days(start, count)
    assert calendar.expected_working_day(start, count) == (end, False)


@given(st.integers(0, 200), st.integers(1, 120), st.integers(1, 120))
def test_a_limit_that_leaves_the_announced_years_counts_them_by_the_law(
    before: int, first: int, more: int
) -> None:
    start = day(f"{calendar.covered_years()[-1]}-12-31") - before
    middle, _ = calendar.expected_working_day(start, first)
    assert (
        calendar.expected_working_day(middle, more)[0]
        == (calendar.expected_working_day(start, first + more)[0])
    )


SATURDAY = day("2043-06-06")  # of a year that nobody has announced


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (SATURDAY, 1, "2043-06-08"),  # as of a Saturday that is announced
        (SATURDAY + 1, 3, "2043-06-10"),
        (SATURDAY - 1, 1, "2043-06-08"),
        (SATURDAY, 0, "2043-06-06"),
        (SATURDAY + 1, -1, "2043-06-05"),
        (SATURDAY - 1, -5, "2043-05-29"),
        (day("2043-12-31"), 1, "2044-01-04"),  # over New Year, a Friday
        (day("2043-09-30"), 2, "2043-10-06"),  # Thursday and Friday are National Day
    ],
)
def test_beyond_the_announced_years_weekdays_count_that_are_no_holiday_of_every_year(
    start: int, count: int, end: str
) -> None:
    found, uncertain = calendar.expected_working_day(start, count)
    assert (show(found), uncertain) == (end, True)
