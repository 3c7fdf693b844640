"""Cases by series and day."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning import Cases

from .drawn import CASES


def test_cases_are_in_order_of_days_and_keep_their_series():
    cases = Cases.of(["b", "a", "b"], ["x", "x", "y"], [30, 10, 20])
    assert cases.day.tolist() == [10, 20, 30]
    told = [
        (cases.products[cases.product[one]], cases.hazards[cases.hazard[one]])
        for one in cases.series
    ]
    assert told == [("a", "x"), ("b", "y"), ("b", "x")]


@given(CASES, st.integers(0, 200), st.integers(1, 30))
def test_a_week_holds_the_cases_of_its_seven_days(cases: Cases, last: int, weeks: int):
    expected = Counter(
        (int(series), weeks - 1 - (last - int(day)) // 7)
        for series, day in zip(cases.series, cases.day, strict=True)
        if last - 7 * weeks < day <= last
    )
    found = cases.counts(last, weeks).cases
    assert found.shape == (len(cases.product), weeks)
    assert {(s, w): n for (s, w), n in expected.items()} == {
        (s, w): int(found[s, w]) for s, w in zip(*found.nonzero(), strict=True)
    }
