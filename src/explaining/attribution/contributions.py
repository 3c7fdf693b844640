"""Contributions: what each indicator adds to a margin, exactly.

For trees, path-dependent TreeSHAP (`trees`). For a linear part, what each line adds, which is its
Shapley value as well.
"""

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError
from ...grading import Blend
from .trees import trees_of

__all__ = ["contributions"]

Array = npt.NDArray[np.float64]


def contributions(blend: Blend, matrix: Array, threads: int = 1) -> tuple[Array, Array]:
    """Return what each column adds to the margin of each row.

    Parameters
    ----------
    blend
        All that gives a margin: the contributions of its parts add up.
    matrix
        Rows by columns, float64; shape (n, features).
    threads
        How many threads share the rows.

    Returns
    -------
    contributions, base
        In log-odds, shapes (n, features) and (n,): the margin of a row is its base, what is
        expected of an enterprise of which nothing is known, plus its contributions.

    Raises
    ------
    InvalidError
        If a booster is none that training makes (`Forest.of`), or the columns do not fit.
    """
    wide = blend.booster.num_feature()
    if matrix.ndim != 2 or matrix.shape[1] != wide:
        raise InvalidError(f"the model has {wide} columns; give (rows, {wide}), not {matrix.shape}")
    if not len(matrix):
        return np.empty(matrix.shape), np.empty(0)
    general = trees_of(blend.booster)
    parts = general.contributions(matrix, threads)
    base = np.full(len(matrix), general.expected)
    if blend.linear is not None:
        lines = blend.linear.parts(matrix, blend.columns)
        parts = blend.weight * parts + (1 - blend.weight) * lines
        base = blend.weight * base + (1 - blend.weight) * blend.linear.base
    if blend.specialist is not None and (mine := blend.specialist.rows(matrix)).any():
        special = trees_of(blend.specialist.booster)
        parts[mine] += special.contributions(matrix[mine], threads)
        base[mine] += special.expected
    return parts, base
