"""The mixture: held against numerical integration, and against published values."""

from itertools import pairwise
from math import exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from xinheng.earlywarning.detectors.mixture import Mixture

# The documentation of the R package openEBGM 0.9.1, "Empirical Bayes Metrics": the mixture fitted
# to complaints of the FDA about foods and supplements, and what follows for some pairs: share of
# the first, geometric mean, quantiles at 5 % and 95 %. The mean is rounded there, and quantiles
# are found by bisection down to about 0.01.
PUBLISHED = Mixture((3.25379356, 2.02612692), (0.39988854, 1.90807970), 0.06534557)
PAIRS = [
    (1, 0.0360548272, 0.2819737, 2.23, 0.49, 13.85),
    (1, 0.0038736591, 0.3409653, 2.58, 0.52, 15.78),
    (1, 0.0002979738, 0.3482317, 2.63, 0.52, 16.02),
    (1, 0.0765792610, 0.2226356, 1.92, 0.47, 11.77),
    (1, 0.0527413588, 0.2556670, 2.09, 0.48, 12.95),
    (16, 0.40643623, None, 23.26, 15.68, 33.48),
    (19, 0.89690107, None, 16.78, 11.65, 23.55),
    (6, 0.07866508, None, 18.28, 10.16, 30.83),
    (8, 0.30482718, None, 15.25, 9.00, 24.52),
    (11, 0.56317044, None, 14.28, 8.98, 21.78),
]
MIXTURES = st.builds(
    Mixture,
    st.tuples(st.floats(0.2, 50), st.floats(0.2, 50)),
    st.tuples(st.floats(0.1, 50), st.floats(0.1, 50)),
    st.floats(0.001, 0.999),
)
CASES, EXPECTED = st.integers(1, 60), st.floats(0.05, 30)


def one(value: float) -> np.ndarray:
    return np.array([value], float)


def density(mixture: Mixture, cases: int, expected: float, x: float) -> float:
    """Return the density of the ratio's logarithm times the probability of the cases."""
    before = sum(
        share * exp(shape * log(rate) - lgamma(shape) + shape * x - rate * exp(x))
        for share, shape, rate in zip(
            (mixture.share, 1 - mixture.share), mixture.shapes, mixture.rates, strict=True
        )
    )
    return before * exp(cases * (x + log(expected)) - lgamma(cases + 1) - expected * exp(x))


@pytest.mark.parametrize(("cases", "expected", "share", "mean", "low", "high"), PAIRS)
def test_published_values_are_met(
    cases: int, expected: float, share: float | None, mean: float, low: float, high: float
) -> None:
    pair = one(cases), one(expected)
    if share is not None:
        assert PUBLISHED.share_after(*pair) == pytest.approx(share, abs=1e-6)
    assert PUBLISHED.geometric_mean(*pair) == pytest.approx(mean, abs=0.00501)
    assert PUBLISHED.quantile(0.05, *pair) == pytest.approx(low, abs=0.01)
    assert PUBLISHED.quantile(0.95, *pair) == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize(
    "mixture",
    [
        PUBLISHED,
        Mixture((0.2, 2.0), (0.1, 4.0), 1 / 3),
        Mixture((30.0, 0.5), (5.0, 0.5), 0.1),
    ],
)
@pytest.mark.parametrize(("cases", "expected"), [(1, 0.05), (3, 0.4), (12, 9.0)])
def test_geometric_mean_and_quantile_are_those_of_an_integral_over_the_logarithm(
    mixture: Mixture, cases: int, expected: float
) -> None:
    def integral(upper: float, power: int) -> float:
        def at(x: float) -> float:
            return density(mixture, cases, expected, x) * x**power

        ends = [x for x in np.linspace(-20, 7, 28) if x < upper]
        parts = pairwise([*ends, upper])
        return sum(quad(at, low, high, epsabs=1e-14)[0] for low, high in parts)

    whole = integral(7, 0)
    mean = integral(7, 1) / whole
    assert mixture.geometric_mean(one(cases), one(expected)) == pytest.approx(exp(mean), rel=1e-7)
    for level in (0.05, 0.5):
        found = mixture.quantile(level, one(cases), one(expected))[0]
        assert integral(log(found), 0) / whole == pytest.approx(level, rel=1e-6)


@given(MIXTURES, CASES, EXPECTED)
def test_more_cases_where_as_many_are_expected_make_the_ratio_greater(
    mixture: Mixture, cases: int, expected: float
) -> None:
    found, e = np.array([cases, cases + 1.0]), np.array([expected, expected])
    assert np.diff(mixture.geometric_mean(found, e)) > 0
    assert np.diff(mixture.quantile(0.05, found, e)) > 0


@given(MIXTURES, CASES, EXPECTED)
def test_quantiles_lie_in_order(mixture: Mixture, cases: int, expected: float) -> None:
    low, middle, high = (
        mixture.quantile(level, one(cases), one(expected))[0] for level in (0.05, 0.5, 0.95)
    )
    assert 0 < low < middle < high


def test_a_mixture_of_two_that_are_the_same_is_one_gamma_distribution() -> None:
    mixture = Mixture((2.0, 2.0), (3.0, 3.0), 0.4)
    found = mixture.quantile(0.05, one(4), one(1.5))
    assert found == pytest.approx(gamma.ppf(0.05, 6, scale=1 / 4.5), rel=1e-9)
