"""Contributions: what each indicator adds to a margin, exactly.

For trees, path-dependent TreeSHAP (`trees`). For a linear part, what each line adds, which is its
Shapley value as well.
"""

import numpy as np
import numpy.typing as npt

from ..core.errors import IntegrityError, InvalidError
from ..grading import Blend
from .trees import trees_of

__all__ = ["contributions"]

Array = npt.NDArray[np.float64]
TOLERANCE = 1e-9


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
    IntegrityError
        If the sums do not give the margins.
    """
    if matrix.ndim != 2 or matrix.shape[1] != len(blend.columns):
        raise InvalidError(f"the model has {len(blend.columns)} columns, not {matrix.shape}")
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
    margins = blend.margins(matrix, threads)
    away = np.abs(base + parts.sum(axis=1) - margins)
    if away.max() > TOLERANCE * max(1.0, np.abs(margins).max()):
        raise IntegrityError(
            f"contributions of row {away.argmax()} miss its margin by {away.max():.3g}"
        )
    return parts, base
