"""Sets of numbers, by sorting: numpy hashes them, which takes ten times as long for millions."""

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Numbers", "among", "ranges", "runs", "unique"]

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


def ranges(starts: Numbers, lengths: Numbers) -> Numbers:
    """Return the numbers of stretches, one after the other.

    Examples
    --------
    >>> ranges(np.array([7, 3]), np.array([2, 1])).tolist()
    [7, 8, 3]
    """
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def runs(numbers: npt.NDArray[Any]) -> tuple[Numbers, Numbers]:
    """Return where each run of one number begins, and how long it is.

    Examples
    --------
    >>> starts, lengths = runs(np.array([3, 3, 8]))
    >>> starts.tolist(), lengths.tolist()
    ([0, 2], [2, 1])
    """
    begins = np.ones(len(numbers), bool)
    begins[1:] = numbers[1:] != numbers[:-1]
    starts = np.flatnonzero(begins)
    return starts, np.diff(starts, append=len(numbers))


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
