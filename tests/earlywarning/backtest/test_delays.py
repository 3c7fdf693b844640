"""Delays, by a table worked by hand."""

import numpy as np
import pytest

from xinheng.earlywarning.backtest import Onsets, Runs, at_budget, at_threshold

NO = -np.inf
ROWS = [
    [NO, 2, NO, 4, NO, NO, NO, NO, NO, NO],  # spreads from day 8 on
    [3, NO, NO, NO, NO, NO, NO, NO, NO, NO],  # spreads from day 15 on: the alarm was before
    [NO, NO, NO, NO, NO, NO, NO, 4, NO, NO],  # spreads from day 1 on: found too late
    [NO, NO, 4, NO, NO, NO, NO, NO, NO, NO],  # never spreads
]
SCORES = np.array(ROWS, float)
RUNS = Runs(SCORES, np.isfinite(SCORES), 6, 7)
ONSETS = Onsets(np.array([0, 1, 2], np.int32), np.array([8, 15, 1], np.int32))


def test_delays_run_from_the_first_case_to_the_end_of_the_run():
    found = at_threshold(RUNS, ONSETS, 4, within=5)
    assert found.days.tolist() == [28 - 8, 35, 35]
    assert found.weekly == pytest.approx(3 / 10)
    assert found.right == pytest.approx(1 / 3)
    assert found.mean == pytest.approx((20 + 35 + 35) / 3)
    assert found.within(3) == pytest.approx(1 / 3)


def test_a_lower_threshold_finds_it_sooner_with_more_alarms():
    found = at_threshold(RUNS, ONSETS, 2, within=5)
    assert found.days.tolist() == [14 - 8, 35, 35]
    assert found.weekly == pytest.approx(4 / 10)
    assert found.right == pytest.approx(1 / 4)


def test_between_two_thresholds_what_they_give_is_mixed():
    """Of 0.35 alarms a week three quarters lie between the 0.4 at 3 and the 0.3 at 4."""
    half = at_budget(RUNS, ONSETS, 0.35, silence=0, within=5)
    low, high = (at_threshold(RUNS, ONSETS, each, 0, 5) for each in (3, 4))
    assert (low.weekly, high.weekly) == (0.4, 0.3)
    assert half.weekly == pytest.approx(0.35)
    assert half.days == pytest.approx((low.days + high.days) / 2)


def test_where_there_are_no_more_alarms_all_of_them_are_what_there_is():
    assert at_budget(RUNS, ONSETS, 9).weekly == pytest.approx(4 / 10)


def test_without_onsets_there_is_no_mean():
    nothing = Onsets(np.empty(0, np.int32), np.empty(0, np.int32))
    found = at_threshold(RUNS, nothing, 4)
    assert np.isnan(found.mean)
    assert found.right == 0
