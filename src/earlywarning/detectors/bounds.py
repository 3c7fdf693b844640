"""Bounds: what a count is not expected to exceed, and how far it exceeds what is expected."""

from collections.abc import Callable

import numpy as np
from scipy.special import betainc, gammaincc, ndtri

from ...core.errors import InvalidError
from ..counts import Floats

__all__ = ["BOUNDS", "Bound", "bound_of", "exceedance"]

LARGEST = 1e12
Bound = Callable[[Floats, Floats, Floats, float], Floats]


def normal(power: float) -> Bound:
    """Return a bound that takes this power of the prediction error for normal.

    Examples
    --------
    The power 2/3 takes the skewness of counts away (Farrington et al. 1996, section 3.6):

    >>> mean, error, dispersion = np.log([2.5]), np.array([0.16]), np.array([1.7])
    >>> normal(2 / 3)(mean, error, dispersion, 0.05).round(2).tolist()
    [6.66]
    """

    def bound(mean: Floats, error: Floats, dispersion: Floats, alpha: float) -> Floats:
        spread = np.sqrt(dispersion / np.exp(mean) + error**2)
        return np.exp(mean) * (1 - power * ndtri(alpha) * spread) ** (1 / power)

    return bound


def plug_in(mean: Floats, error: Floats, dispersion: Floats, alpha: float) -> Floats:
    """Return quantiles of negative binomial counts with the fitted mean (Noufaily et al. 2013).

    Counts of dispersion 1 are Poisson's. NaN where a mean is above a million million.

    Examples
    --------
    >>> plug_in(np.log([2.5, 2.5]), np.zeros(2), np.array([1, 1.7]), 0.05).tolist()
    [5.0, 6.0]
    """
    del error
    known = mean < np.log(LARGEST)
    found = np.full_like(mean, np.nan)
    found[known] = _quantile(np.exp(mean[known]), dispersion[known], 1 - alpha)
    return found


def uncertain(mean: Floats, error: Floats, dispersion: Floats, alpha: float) -> Floats:
    """Return such quantiles with the upper bound of the mean instead (Salmon et al. 2016).

    Examples
    --------
    >>> uncertain(np.log([2.5]), np.array([0.4]), np.array([1.7]), 0.05).tolist()
    [10.0]
    """
    return plug_in(mean - ndtri(alpha) * error, error, dispersion, alpha)


def _quantile(mean: Floats, dispersion: Floats, share: float) -> Floats:
    """Halve the counts that may be it, up to where Cantelli's inequality puts it at most."""
    low = np.full_like(mean, -1.0)
    high = np.ceil(mean + np.sqrt(mean * dispersion * share / (1 - share)))
    while (open_ := high - low > 1).any():
        middle = np.where(open_, np.floor((low + high) / 2), high)
        reached = _distribution(middle, mean, dispersion) >= share
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return high


def _distribution(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return how often no more cases than that are counted."""
    wide = dispersion > 1
    found = np.empty_like(mean)
    found[~wide] = gammaincc(count[~wide] + 1, mean[~wide])
    size = mean[wide] / (dispersion[wide] - 1)
    found[wide] = betainc(size, count[wide] + 1, 1 / dispersion[wide])
    return found


BOUNDS: dict[str, Bound] = {
    "2/3": normal(2 / 3),
    "1/2": normal(1 / 2),
    "none": normal(1),
    "nbPlugin": plug_in,
    "muan": uncertain,
}


def bound_of(name: str) -> Bound:
    """Return a bound by its name."""
    if name not in BOUNDS:
        raise InvalidError(f"there is no bound {name!r}, only {', '.join(BOUNDS)}")
    return BOUNDS[name]


def exceedance(cases: Floats, expected: Floats, upper: Floats) -> Floats:
    """Return how far cases exceed what is expected, 1 at the upper bound.

    A bound of whole cases may lie below what is expected of a rare hazard; then what is over the
    bound is measured in cases expected.

    Examples
    --------
    >>> three = np.full(2, 3.0)
    >>> exceedance(three, np.array([1.0, 0.02]), np.array([2.0, 0.0])).tolist()
    [2.0, 151.0]
    """
    width = np.where(upper > expected, upper - expected, expected)
    return 1 + (cases - upper) / width
