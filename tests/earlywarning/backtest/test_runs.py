"""Runs by week and by day."""

import numpy as np
import pytest
from hypothesis import given

from xinheng.earlywarning import Cases
from xinheng.earlywarning.backtest import daily, weekly
from xinheng.earlywarning.detectors import Ratio

from ..drawn import CASES

FIRST, AFTER = 60, 60 + 7 * 12


@given(CASES)
def test_a_run_at_the_end_of_a_week_is_that_of_the_day(cases: Cases):
    by_week, by_day = (how(Ratio(), cases, FIRST, AFTER) for how in (weekly, daily))
    assert by_week.weeks == by_day.weeks == 12
    assert by_day.scores[:, 6::7].tolist() == by_week.scores.tolist()
    fresh = by_day.fresh.reshape(len(cases.product), 12, 7).any(axis=2)
    assert fresh.tolist() == by_week.fresh.tolist()


@given(CASES)
def test_what_comes_later_changes_no_run(cases: Cases):
    middle = (FIRST + AFTER) // 2
    kept = cases.day < middle
    then = Cases(
        cases.products, cases.hazards, cases.product, cases.hazard,
        cases.series[kept], cases.day[kept],
    )  # fmt: skip
    if not kept.any():
        return
    whole, cut = (daily(Ratio(), each, FIRST, AFTER) for each in (cases, then))
    upto = middle - FIRST
    assert whole.scores[:, :upto] == pytest.approx(cut.scores[:, :upto])


def test_a_week_that_is_not_over_is_left_out():
    cases = Cases.of(["tea"], ["lead"], [3])
    found = weekly(Ratio(), cases, 0, 20)
    assert (found.scores.shape, found.first, found.step) == ((1, 2), 6, 7)
    assert np.array_equal(found.fresh, [[True, False]])
