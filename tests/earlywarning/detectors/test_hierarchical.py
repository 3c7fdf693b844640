"""The hierarchical detector: its Bayes factor is that of the model, and an e-value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Hierarchical

from ..drawn import COUNTS, counts

PLAIN = Hierarchical(windows=(4,), past=8, spill=0)


def factor(before: int, now: int, times: float, weeks: int = 4, past: int = 8) -> float:
    """Integrate what the model says over the rates that the past leaves open."""
    rate = gamma(1 + before, scale=1 / (1 / 0.1 + past))

    def predicted(often: float) -> float:
        def together(x: float) -> float:
            return rate.pdf(x) * poisson.pmf(now, often * x * weeks)

        return quad(together, 0, 20, limit=400, epsabs=0, epsrel=1e-9)[0]

    return predicted(times) / predicted(1)


@pytest.mark.parametrize(("before", "now"), [(0, 2), (0, 6), (3, 2), (8, 5), (16, 40)])
def test_the_factor_is_that_of_two_predictions_by_integration(before: int, now: int):
    told = counts([before] + [0] * 7 + [0, 0, 0, now])
    assert PLAIN.scores(told)[0, 0] == pytest.approx(np.log(factor(before, now, 8.0)), abs=1e-6)


def test_where_nothing_spreads_the_mean_of_factors_is_one():
    """The counts are drawn from the model itself: that makes a Bayes factor an e-value."""
    draw = np.random.default_rng(3)
    rates = draw.gamma(1.0, 0.1, 400_000)
    before, now = draw.poisson(rates * 8), draw.poisson(rates * 4)
    table = np.zeros((len(rates), 12), np.int32)
    table[:, 0], table[:, -1] = before, now
    group = np.zeros(len(rates), np.int32)
    found = Hierarchical(windows=(4,), past=8, times=3.0, spill=0, least=0).scores(
        Counts(table, group, group)
    )
    assert np.exp(found).mean() == pytest.approx(1, abs=0.02)


def test_fewer_cases_than_the_least_are_none():
    assert PLAIN.scores(counts([0] * 8 + [0, 0, 0, 1])).tolist() == [[NONE]]


@given(COUNTS, st.data())
def test_one_more_recent_case_is_never_less_alarming(drawn: Counts, data: st.DataObject):
    row = data.draw(st.integers(0, drawn.series - 1))
    more = drawn.cases.copy()
    more[row, -1] += 1
    other = Counts(more, drawn.product, drawn.hazard)
    lone = Hierarchical(spill=0)
    assert (lone.scores(other) >= lone.scores(drawn)).all()


def test_a_hazard_that_spreads_lowers_the_bar_in_other_products_alone():
    quiet, loud = [0] * 60 + [0, 1, 0, 1], [0] * 60 + [5, 9, 14, 20]
    table = np.array([quiet, quiet, loud], np.int32)
    product = np.array([0, 1, 2], np.int32)
    found = Hierarchical().scores(Counts(table, product, np.array([0, 1, 0], np.int32)))
    assert found[0, 0] > found[1, 0]
    alone = Hierarchical(spill=0).scores(Counts(table, product, np.array([0, 1, 0], np.int32)))
    assert alone[0, 0] == alone[1, 0]


def test_where_numbers_tested_are_known_more_failures_of_more_tests_are_as_usual():
    cases = [1] * 60 + [4] * 4
    same = counts(cases, cases, tested=[[10] * 60 + [40] * 4, [10] * 64])
    more_tests, more_failures = Hierarchical(spill=0).scores(same)[:, 0]
    assert more_tests < 0 < more_failures
