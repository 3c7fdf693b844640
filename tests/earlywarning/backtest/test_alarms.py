"""Alarms, silence and thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning.backtest import Runs, alarms, thresholds


def runs(*rows: list[float], step: int = 7) -> Runs:
    scores = np.array(rows, float)
    return Runs(scores, np.isfinite(scores), 6, step)


NO = -np.inf


def test_a_series_is_silent_for_as_many_weeks_after_an_alarm():
    found = alarms(runs([5, 5, 5, 5, 5, 1, 5]), 5, silence=2)
    assert found.day.tolist() == [6, 27, 48]
    assert found.weekly == pytest.approx(3 / 7)


def test_silence_is_of_one_series_and_in_days_where_one_looks_daily():
    assert len(alarms(runs([5, 5], [5, 5]), 5, silence=1).day) == 2
    daily = alarms(runs([5] * 15, step=1), 5, silence=1)
    assert (daily.day.tolist(), daily.weekly) == ([6, 14], pytest.approx(2 / (15 / 7)))


def test_a_score_without_a_new_case_is_no_alarm():
    found = Runs(np.array([[9.0, 9.0]]), np.array([[False, True]]), 6, 7)
    assert alarms(found, 5).day.tolist() == [13]


@given(st.lists(st.integers(0, 30), min_size=8, max_size=60), st.floats(0.05, 0.9))
def test_thresholds_lie_on_either_side_of_a_budget(scores, budget):
    told = runs(scores)
    low, high = thresholds(told, budget, silence=0)
    rate = alarms(told, low, silence=0).weekly
    assert rate >= budget
    assert alarms(told, high, silence=0).weekly < budget
    between = [each for each in scores if low < each < high]
    assert between == []


def test_where_there_are_fewer_alarms_than_the_budget_all_of_them_are_given():
    told = runs([NO, 3, 4, NO])
    assert thresholds(told, 2, silence=0) == (3, 3)
    assert thresholds(runs([NO, NO]), 1) == (np.inf, np.inf)
