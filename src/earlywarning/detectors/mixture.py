"""A mixture of two gamma distributions: of ratios of what is found to what is expected."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize.elementwise import find_root
from scipy.special import digamma, expit, gammainc, gammaincinv, gammaln

from ..counts import Floats

__all__ = ["Mixture"]

BRACKET = 1e-6


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is known of a ratio before any case, and by cases after (DuMouchel 1999).

    Cases are Poisson with mean ratio times expectation, so that after n of them where e are
    expected the ratio is a mixture of two gamma distributions again, with shapes greater by n,
    rates by e, and other shares.

    Attributes
    ----------
    shapes, rates
        Of the two gamma distributions.
    share
        Of the first, between 0 and 1.

    Examples
    --------
    >>> mixture = Mixture((3.25, 2.03), (0.4, 1.91), 0.065)
    >>> cases, expected = np.array([1.0, 16.0]), np.array([0.036, 0.406])
    >>> mixture.geometric_mean(cases, expected).round(1).tolist()
    [2.2, 23.3]
    >>> mixture.quantile(0.05, cases, expected).round(1).tolist()
    [0.5, 15.7]
    """

    shapes: tuple[float, float]
    rates: tuple[float, float]
    share: float

    def share_after(self, cases: Floats, expected: Floats) -> Floats:
        """Return the share of the first distribution after these cases."""
        odds = np.log(self.share) - np.log1p(-self.share)
        first, second = (
            gammaln(shape + cases)
            - gammaln(shape)
            + shape * np.log(rate)
            - (shape + cases) * np.log(rate + expected)
            for shape, rate in zip(self.shapes, self.rates, strict=True)
        )
        return np.asarray(expit(odds + first - second))

    def geometric_mean(self, cases: Floats, expected: Floats) -> Floats:
        """Return the geometric mean of the ratio after these cases: EBGM."""
        share = self.share_after(cases, expected)
        first, second = (
            digamma(shape + cases) - np.log(rate + expected)
            for shape, rate in zip(self.shapes, self.rates, strict=True)
        )
        return np.asarray(np.exp(share * first + (1 - share) * second))

    def quantile(self, level: float, cases: Floats, expected: Floats) -> Floats:
        """Return the quantile of the ratio after these cases; EB05 is that at 0.05."""
        share = self.share_after(cases, expected)
        parts = [
            (shape + cases, rate + expected)
            for shape, rate in zip(self.shapes, self.rates, strict=True)
        ]
        (first, slow), (second, fast) = parts

        def over(ratio: Floats, *of: Floats) -> Floats:
            share, first, slow, second, fast = of
            below = share * gammainc(first, slow * ratio)
            return np.asarray(below + (1 - share) * gammainc(second, fast * ratio) - level)

        ends = [gammaincinv(shape, level) / rate for shape, rate in parts]
        bracket = np.minimum(*ends) * (1 - BRACKET), np.maximum(*ends) * (1 + BRACKET)
        found = find_root(over, bracket, args=(share, first, slow, second, fast))
        return np.asarray(found.x)
