"""The fewest parts that, put back to what they were, give the level before."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..scores import Codes

__all__ = ["LevelsOf", "Parts", "fewest"]

Parts = npt.NDArray[np.bool_]
LevelsOf = Callable[[npt.NDArray[np.intp], Parts], Codes]
"""Levels of some rows (places, shape (m,)) with some parts (flags, shape (m, k)) put back."""


def fewest(levels_of: LevelsOf, target: Codes, differs: Parts) -> Parts:
    """Return for each row the parts that changed its level.

    They are found in a stated order, that of the columns:

    1. the first part that gives the level before when it alone is put back;
    2. where none does: as many of the parts, from the first on, as have to be put back together,
       without those among them, from the first on, that then prove needless.

    Put back are only parts that differ. So what is found is true by trial: put exactly these back,
    and the level is the one before.

    Parameters
    ----------
    levels_of
        Tries it.
    target
        Codes of the levels before; shape (n,). All parts together must give it.
    differs
        Which parts differ at all; shape (n, k).

    Examples
    --------
    Of two parts the first alone gives the level before to row 0; row 1 needs both.

    >>> heights = np.array([[2, 1], [1, 1]])
    >>> def levels_of(rows, back):
    ...     return (3 - (heights[rows] * back).sum(axis=1)).astype(np.int8)
    >>> target = np.array([1, 1], np.int8)
    >>> fewest(levels_of, target, np.ones((2, 2), bool)).tolist()
    [[True, False], [True, True]]
    """
    found = np.zeros_like(differs)
    left = _only(found, differs)
    left = _alone(levels_of, target, differs, found, left)
    left = _together(levels_of, target, differs, found, left)
    _needless(levels_of, target, found, left)
    return found


def _only(found: Parts, differs: Parts) -> npt.NDArray[np.intp]:
    """Name the only part that differs, and return the rows that have several."""
    count = differs.sum(axis=1)
    found[count == 1] = differs[count == 1]
    return np.flatnonzero(count > 1)


def _alone(
    levels_of: LevelsOf, target: Codes, differs: Parts, found: Parts, left: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    for part in range(differs.shape[1]):
        rows = left[differs[left, part]]
        if not rows.size:
            continue
        back = np.zeros((rows.size, differs.shape[1]), bool)
        back[:, part] = True
        done = rows[levels_of(rows, back) == target[rows]]
        found[done, part] = True
        left = np.setdiff1d(left, done, assume_unique=True)
    return left


def _together(
    levels_of: LevelsOf, target: Codes, differs: Parts, found: Parts, left: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Put back ever more parts; return the rows, now all solved, that needed several."""
    several = left
    parts = differs.shape[1]
    for many in range(2, parts + 1):
        first = np.arange(parts) < many
        rows = left if many == parts else left[differs[left, many - 1]]
        if not rows.size:
            continue
        back = differs[rows] & first
        whole = (back == differs[rows]).all(axis=1)
        hit = whole.copy()
        if not whole.all():
            some = np.flatnonzero(~whole)
            hit[some] = levels_of(rows[some], back[some]) == target[rows[some]]
        done = rows[hit]
        found[done] = back[hit]
        left = np.setdiff1d(left, done, assume_unique=True)
    return several


def _needless(
    levels_of: LevelsOf, target: Codes, found: Parts, several: npt.NDArray[np.intp]
) -> None:
    """Leave out needless parts; of two neither is, for each was put back alone."""
    for part in range(found.shape[1]):
        rows = several[found[several, part] & (found[several].sum(axis=1) > 2)]
        if not rows.size:
            continue
        without = found[rows].copy()
        without[:, part] = False
        hit = levels_of(rows, without) == target[rows]
        found[rows[hit], part] = False
