"""Fitting a mixture of two gamma distributions: maximum likelihood over a table's cells."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from ..counts import Floats
from .mixture import Mixture

__all__ = ["fit_mixture"]

STARTS = ((0.2, 0.1, 2.0, 4.0, 1 / 3), (0.5, 0.5, 5.0, 1.0, 0.9))
"""Shape and rate of the first and of the second, and the share of the first: DuMouchel's, and few
cells far above what is expected."""
BOUNDS = [(np.log(0.01), np.log(100.0))] * 4 + [(-np.log(999.0), np.log(999.0))]
EVALUATIONS = 500

Function = TypeVar("Function", bound=Callable[..., Any])
Places = npt.NDArray[np.intp]


def compiled(function: Function) -> Function:
    """Compile a function; other threads run meanwhile."""
    return cast("Function", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


def fit_mixture(cases: Floats, expected: Floats, number: Floats) -> Mixture:
    """Return the mixture under which the table is the likeliest (DuMouchel 1999).

    Shapes and rates are held between 0.01 and 100, and the share of the first between 0.001 and
    0.999, as small tables know no bound. The search starts at the same places each time, so that
    nothing depends on what was fitted before.

    Parameters
    ----------
    cases, expected
        Whole numbers, and what is expected, above zero; shape (kinds of cells,).
    number
        How many cells are such.

    Examples
    --------
    Four of five cells have as many cases as expected, the others four times as many:

    >>> cases, number = np.array([0.0, 1, 2, 4, 16]), np.array([40.0, 40, 20, 5, 5])
    >>> mixture = fit_mixture(cases, np.array([1.0, 1, 1, 1, 4]), number)
    >>> bool(1 < mixture.geometric_mean(np.array([16.0]), np.array([4.0]))[0] < 4)
    True
    """
    cells = (cases, expected, number / number.sum(), cases.astype(np.intp))

    def at(parameters: Floats) -> tuple[float, Floats]:
        value, slopes = _likelihood(parameters, *cells)
        return -value, -slopes

    tries = [
        minimize(
            at,
            np.array([*np.log(start[:4]), np.log(start[4] / (1 - start[4]))]),
            jac=True,
            method="TNC",
            bounds=BOUNDS,
            options={"maxfun": EVALUATIONS},
        )
        for start in STARTS
    ]
    best = min(tries, key=lambda found: float(found.fun)).x
    first, slow, second, fast = np.exp(best[:4]).tolist()
    return Mixture((first, second), (slow, fast), float(expit(best[4])))


@compiled
def _likelihood(
    parameters: Floats, cases: Floats, expected: Floats, weight: Floats, place: Places
) -> tuple[float, Floats]:
    """Return the mean log-likelihood of a cell and its slopes, but for what is always the same.

    Parameters are logs of shape and rate of the first and of the second, and the log-odds.
    """
    shape, rate = np.exp(parameters[:4:2]), np.exp(parameters[1:4:2])
    log_rate, odds = parameters[1:4:2], parameters[4]
    rising, slope = _rising(shape, place.max())
    second_share = -np.log1p(np.exp(odds))
    value, slopes = 0.0, np.zeros(5)
    part, by_shape, by_rate = np.empty(2), np.empty(2), np.empty(2)
    for cell in range(cases.size):
        for k in range(2):
            total = rate[k] + expected[cell]
            log_total = np.log(total)
            n = place[cell]
            fixed = log_rate[k] - log_total
            part[k] = rising[n, k] + shape[k] * fixed - cases[cell] * log_total
            by_shape[k] = shape[k] * (slope[n, k] + fixed)
            by_rate[k] = shape[k] - rate[k] * (shape[k] + cases[cell]) / total
        ahead = odds + part[0] - part[1]
        small = np.exp(-abs(ahead))
        after = (1.0 if ahead > 0 else small) / (1 + small)
        value += weight[cell] * (second_share + part[1] + max(ahead, 0.0) + np.log1p(small))
        slopes[0] += weight[cell] * after * by_shape[0]
        slopes[1] += weight[cell] * after * by_rate[0]
        slopes[2] += weight[cell] * (1 - after) * by_shape[1]
        slopes[3] += weight[cell] * (1 - after) * by_rate[1]
        slopes[4] += weight[cell] * after
    slopes[4] -= 1 / (1 + np.exp(-odds))
    return value, slopes


@compiled
def _rising(shape: Floats, most: int) -> tuple[Floats, Floats]:
    """Return `log(gamma(shape + n) / gamma(shape))` for n up to the most, and its slopes."""
    value, slope = np.zeros((most + 1, 2)), np.zeros((most + 1, 2))
    for n in range(most):
        value[n + 1] = value[n] + np.log(shape + n)
        slope[n + 1] = slope[n] + 1 / (shape + n)
    return value, slope
