"""Sets of numbers, by sorting: numpy hashes them, which takes ten times as long for millions."""

import numpy as np
import numpy.typing as npt

__all__ = ["Numbers", "among", "unique"]

Numbers = npt.NDArray[np.int64]


def unique(numbers: Numbers) -> Numbers:
    """Return the distinct numbers, ascending.

    Examples
    --------
    >>> unique(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def among(numbers: Numbers, some: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which numbers are among some others, which are ascending.

    Examples
    --------
    >>> among(np.array([3, 1, 3]), np.array([2, 3])).tolist()
    [True, False, True]
    """
    if not len(some):
        return np.zeros(len(numbers), bool)
    places = np.minimum(np.searchsorted(some, numbers), len(some) - 1)
    found: npt.NDArray[np.bool_] = some[places] == numbers
    return found
