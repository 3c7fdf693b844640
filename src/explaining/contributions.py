"""Contributions: what each indicator adds to a margin, exactly.

Path-dependent TreeSHAP (Lundberg and others 2020): the Shapley value of each column, where an
unknown column sends a row down both branches in proportion to the training rows that went there.
"""

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ..core.errors import IntegrityError, InvalidError

__all__ = ["contributions"]

Array = npt.NDArray[np.float64]
TOLERANCE = 1e-6


def contributions(booster: lgb.Booster, matrix: Array, threads: int = 1) -> tuple[Array, Array]:
    """Return what each column adds to the margin of each row.

    Parameters
    ----------
    booster
        A LightGBM booster with one margin; its trees have constant leaves.
    matrix
        Rows by columns, float64; shape (n, features).
    threads
        How many threads share the rows.

    Returns
    -------
    Contributions in log-odds, shape (n, features), and the margin that is expected of a row of
    which nothing is known, shape (n,). Both together sum to the row's margin.

    Raises
    ------
    InvalidError
        If the booster has linear leaves, or the columns do not fit.
    IntegrityError
        If the sums do not give the margins.
    """
    if matrix.ndim != 2 or matrix.shape[1] != booster.num_feature():
        raise InvalidError(f"the booster has {booster.num_feature()} columns, not {matrix.shape}")
    if not len(matrix):
        return np.empty(matrix.shape), np.empty(0)
    try:
        found = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=threads))
    except lgb.basic.LightGBMError as error:
        raise InvalidError(f"the booster cannot be explained: {error}") from error
    margins = np.asarray(booster.predict(matrix, raw_score=True, num_threads=threads))
    away = np.abs(found.sum(axis=1) - margins)
    if away.max() > TOLERANCE * max(1.0, np.abs(margins).max()):
        raise IntegrityError(
            f"contributions of row {away.argmax()} miss its margin by {away.max():.3g}"
        )
    return found[:, :-1], found[:, -1]
