"""The Poisson scan: windows worked by hand, and all of them by brute force."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Scan

from .drawing import added, counts, of


def by_hand(cases: list[int], scan: Scan) -> float:
    """Return the score of the last week, window by window."""
    best = NONE
    for weeks in range(1, scan.longest + 1):
        before = cases[:-weeks][-scan.past :]
        if len(before) < weeks:
            continue
        found = sum(cases[-weeks:])
        expected = max(sum(before) * weeks / len(before), scan.floor)
        if found > expected:
            best = max(best, found * log(found / expected) - (found - expected))
    return best


def test_the_best_of_two_windows_is_told() -> None:
    # Two weeks: 4 where 4 / 8 x 2 = 1 are expected; one week: 1 where 7 / 9 are.
    series = of([1, 0, 1, 0, 0, 2, 0, 0, 3, 1])
    assert Scan(longest=2).scores(series) == pytest.approx(4 * log(4) - 3)
    assert Scan(longest=1).scores(series) == pytest.approx(log(9 / 7) - (1 - 7 / 9))


def test_fewer_cases_than_the_floor_are_never_expected() -> None:
    assert Scan(floor=0.5).scores(of([0, 0, 0, 2])) == pytest.approx(2 * log(4) - 1.5)


def test_nothing_is_alarming_where_no_more_is_found_than_expected() -> None:
    assert Scan().scores(of([2, 2, 2, 2])).tolist() == [[NONE]]


def test_the_past_of_a_window_ends_where_it_begins_and_is_no_shorter() -> None:
    # The only window is the last week: two weeks would have but one before them.
    assert Scan().scores(of([0, 4, 2])).tolist() == [[NONE]]
    assert Scan().scores(of([0, 0, 1])) == pytest.approx(log(20) - 0.95)


@given(series=counts(), data=st.data())
def test_scores_are_those_of_all_windows_one_by_one(series: Counts, data: st.DataObject) -> None:
    scan = Scan(
        longest=data.draw(st.integers(1, 30)),
        past=data.draw(st.integers(1, 120)),
        floor=data.draw(st.sampled_from([0.01, 0.05, 1.0])),
    )
    last = data.draw(st.integers(1, min(series.weeks, 3)))
    expected = [
        [by_hand(row[: series.weeks - last + 1 + week], scan) for week in range(last)]
        for row in series.cases.tolist()
    ]
    np.testing.assert_allclose(scan.scores(series, last), expected, rtol=1e-9, atol=1e-12)


@given(series=counts(60), data=st.data())
def test_one_case_more_this_week_never_gives_a_lower_score(
    series: Counts, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, series.series - 1))
    assert Scan().scores(added(series, which, 0))[which] >= Scan().scores(series)[which]


@pytest.mark.parametrize("name", ["longest", "past", "floor"])
def test_parameters_have_to_be_above_zero(name: str) -> None:
    with pytest.raises(InvalidError, match=f"{name} of the detector scan is 0"):
        Scan(**{name: 0})
