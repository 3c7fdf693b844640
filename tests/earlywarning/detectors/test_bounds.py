import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from xinheng.core.errors import InvalidError
from xinheng.earlywarning.detectors.bounds import bound_of, exceedance

MEANS = st.floats(-8, 6)


@given(mean=MEANS, dispersion=st.one_of(st.just(1.0), st.floats(1.01, 20)),
       alpha=st.sampled_from([0.2, 0.05, 0.005]))  # fmt: skip
def test_a_quantile_is_the_least_count_that_is_reached_often_enough(mean, dispersion, alpha):
    found = bound_of("nbPlugin")(np.array([mean]), np.zeros(1), np.array([dispersion]), alpha)[0]
    expected = np.exp(mean)
    counted = (
        poisson(expected)
        if dispersion == 1
        else nbinom(expected / (dispersion - 1), 1 / dispersion)
    )
    assert counted.cdf(found) >= 1 - alpha - 1e-12
    assert found == 0 or counted.cdf(found - 1) <= 1 - alpha + 1e-12


@pytest.mark.parametrize(
    ("name", "expected"),
    [("2/3", 6.657), ("1/2", 7.148), ("none", 5.954), ("nbPlugin", 6), ("muan", 10)],
)
def test_bounds_worked_by_hand(name, expected):
    found = bound_of(name)(np.log([2.5]), np.array([0.16]), np.array([1.7]), 0.05)
    if name == "muan":
        found = bound_of(name)(np.log([2.5]), np.array([0.4]), np.array([1.7]), 0.05)
    assert found[0] == pytest.approx(expected, abs=2e-3)


def test_no_quantile_is_told_of_means_that_no_series_has():
    for mean in (40.0, 1e6, np.inf, np.nan):
        assert np.isnan(bound_of("nbPlugin")(np.array([mean]), np.zeros(1), np.ones(1), 0.05))


@given(cases=st.integers(0, 50), expected=st.floats(0.01, 20), upper=st.floats(0, 40))
def test_a_score_is_over_one_where_cases_are_over_the_bound(cases, expected, upper):
    found = exceedance(np.array([float(cases)]), np.array([expected]), np.array([upper]))[0]
    assert (found >= 1) == (cases >= upper)


def test_what_does_not_exist_is_refused():
    with pytest.raises(InvalidError, match="no bound '3/4', only 2/3"):
        bound_of("3/4")
