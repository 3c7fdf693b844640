"""Quadrature: the rule of Gauss and Legendre, exact for polynomials."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Quadrature", "quadrature"]

Floats = npt.NDArray[np.float64]


class Quadrature(NamedTuple):
    """Points and weights on 0 to 1, in row n the n ones exact for polynomials below degree 2 n."""

    points: Floats
    weights: Floats


def quadrature(most: int) -> Quadrature:
    """Return the points and weights of Gauss and Legendre, up to so many.

    Examples
    --------
    >>> points, weights = quadrature(2)
    >>> (points[2] ** 3 @ weights[2]).round(12)  # the integral of a cube
    np.float64(0.25)
    """
    points, weights = np.zeros((2, most + 1, max(1, most)))
    for number in range(1, most + 1):
        at, weight = np.polynomial.legendre.leggauss(number)
        points[number, :number], weights[number, :number] = (at + 1) / 2, weight / 2
    return Quadrature(points, weights)
