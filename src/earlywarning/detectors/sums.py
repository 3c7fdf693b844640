"""Sums: those of the first weeks, of which any window is a difference."""

import numpy as np
import numpy.typing as npt

from ..counts import Floats

__all__ = ["cumulative"]


def cumulative(cases: npt.NDArray[np.generic]) -> Floats:
    """Return the sums of the first 0, 1, ... weeks; shape (weeks + 1, series).

    Weeks come first, so that one week of all series lies together in memory.

    Parameters
    ----------
    cases
        Shape (series, weeks).

    Examples
    --------
    >>> cumulative(np.array([[1, 2, 3], [0, 5, 0]])).tolist()
    [[0.0, 0.0], [1.0, 0.0], [3.0, 5.0], [6.0, 5.0]]
    """
    series, weeks = cases.shape
    sums = np.zeros((weeks + 1, series))
    np.cumsum(cases.T, axis=0, dtype=np.float64, out=sums[1:])
    return sums
