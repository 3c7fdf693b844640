"""Fitting a mixture: slopes by differences, tables drawn from a known mixture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.stats import nbinom

from xinheng.earlywarning.detectors.mixture import Mixture
from xinheng.earlywarning.detectors.mixturefit import _likelihood, fit_mixture

TRUE = Mixture((1.5, 20.0), (1.5, 4.0), 0.9)


def drawn(cells: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw cells whose ratios come from a known mixture."""
    rng = np.random.default_rng(seed)
    which = (rng.random(cells) > TRUE.share).astype(int)
    ratio = rng.gamma(np.array(TRUE.shapes)[which], 1 / np.array(TRUE.rates)[which])
    expected = rng.choice([0.5, 1.0, 3.0, 8.0], cells)
    return rng.poisson(ratio * expected).astype(float), expected, np.ones(cells)


def logarithm(mixture: Mixture, cells: tuple[np.ndarray, np.ndarray, np.ndarray]) -> float:
    """Return the log-likelihood of a table by the negative binomial distribution."""
    cases, expected, number = cells
    likely = sum(
        share * nbinom.pmf(cases, shape, rate / (rate + expected))
        for share, shape, rate in zip(
            (mixture.share, 1 - mixture.share), mixture.shapes, mixture.rates, strict=True
        )
    )
    return float(number @ np.log(likely))


def parameters(mixture: Mixture) -> np.ndarray:
    (first, second), (slow, fast) = mixture.shapes, mixture.rates
    odds = mixture.share / (1 - mixture.share)
    return np.log([first, slow, second, fast, odds])


@given(
    st.lists(st.floats(-3, 3), min_size=5, max_size=5).map(np.array),
    st.integers(0, 2**32),
)
def test_slopes_are_those_of_the_value(at: np.ndarray, seed: int) -> None:
    cases, expected, number = drawn(20, seed)
    cells = cases, expected, number / 20, cases.astype(int)
    slopes = approx_fprime(at, lambda x: _likelihood(x, *cells)[0], 1e-6)
    np.testing.assert_allclose(_likelihood(at, *cells)[1], slopes, atol=1e-4, rtol=1e-3)


def test_the_likelihood_differs_from_that_of_negative_binomials_by_a_constant() -> None:
    cells = drawn(500)
    cases, expected, number = cells
    other = Mixture((0.2, 2.0), (0.1, 4.0), 1 / 3)
    mine = [
        _likelihood(parameters(mixture), cases, expected, number, cases.astype(int))[0]
        for mixture in (TRUE, other)
    ]
    assert mine[0] - mine[1] == pytest.approx(logarithm(TRUE, cells) - logarithm(other, cells))


def test_what_is_fitted_is_likelier_than_the_mixture_that_cells_were_drawn_from() -> None:
    cells = drawn(5000)
    found = fit_mixture(*cells)
    gained = logarithm(found, cells) - logarithm(TRUE, cells)
    assert 0 < gained < 15
    at = np.array([3.0, 20.0]), np.array([3.0, 3.0])
    expected = TRUE.quantile(0.05, *at)
    np.testing.assert_allclose(found.quantile(0.05, *at), expected, rtol=0.1)


def test_cells_that_are_alike_may_be_told_by_their_number() -> None:
    cells = drawn(400)
    alike, number = np.unique(np.stack(cells[:2]), axis=1, return_counts=True)
    one, other = fit_mixture(*cells), fit_mixture(*alike, number.astype(float))
    assert logarithm(one, cells) == pytest.approx(logarithm(other, cells), abs=1e-3)


@pytest.mark.parametrize("cases", [[1.0], [1.0, 0.0], [40.0, 0.0, 0.0]])
def test_a_table_of_next_to_nothing_has_a_mixture_within_bounds(cases: list[float]) -> None:
    found = fit_mixture(np.array(cases), np.ones(len(cases)), np.ones(len(cases)))
    assert 0.00099 < found.share < 0.99901
    assert all(0.00999 < number < 100.001 for number in (*found.shapes, *found.rates))
