"""Trees explained: what each column adds to the margin that a booster gives, exactly.

Path-dependent TreeSHAP (Lundberg and others 2020): the Shapley value of each column, where an
unknown column sends a row down both branches in proportion to the training rows that went there.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ...core.errors import IntegrityError
from .additivity import hold
from .forest import Forest
from .pieces import MOST, cut
from .quadrature import quadrature

__all__ = ["Trees", "trees_of"]

Array = npt.NDArray[np.float64]
TOGETHER = 16_384
"""Rows that a thread explains in one go."""
FEW = 8
"""Fewer rows are explained one by one."""
PROBES = 64
"""Rows by which trees are held to their booster before they explain anything."""
EXACT = 1e-12
"""How far the lines of tables may be from what they have to sum up to, for leaves of one."""


class Trees:
    """The trees of a booster, ready to explain rows.

    Parameters
    ----------
    booster
        The booster.
    most
        How many conditions a table is made for at most; results do not depend on it.

    Attributes
    ----------
    expected
        The margin of a row of which nothing is known.

    Raises
    ------
    InvalidError
        If training never makes such a booster; see `Forest.of`.
    IntegrityError
        If a line of a table does not sum up to what it has to, or rows made up of the trees' own
        thresholds, of zeros and of what is missing do not sum up to the booster's margin.
    """

    def __init__(self, booster: lgb.Booster, most: int = MOST) -> None:
        from .kernel import fill_tables

        forest = Forest.of(booster)
        self.expected = forest.expected
        pieces, size = cut(forest, most)
        longest = int(np.diff(pieces.groups).max(initial=0))
        rule, tables = quadrature((longest + 1) // 2), np.zeros(size)
        away = fill_tables(pieces, rule, tables)
        if not away <= EXACT * max(1.0, np.abs(pieces.value).max(initial=0.0)):
            raise IntegrityError(
                f"a line of the tables misses what it has to sum up to by {away:.3g}"
            )
        self._ready = forest.splits, pieces, tables, rule
        self._check(booster, _probes(forest, booster.num_feature()))

    def _check(self, booster: lgb.Booster, rows: Array) -> None:
        margins = np.asarray(booster.predict(rows, raw_score=True, num_threads=1))
        many, few = self.contributions(rows), self.contributions(rows[: FEW - 1])
        hold(many, np.full(len(rows), self.expected), margins)
        hold(few, np.full(len(few), self.expected), margins[: FEW - 1])

    def contributions(self, matrix: Array, threads: int = 1) -> Array:
        """Return what each column adds to the margin of each row, in the shape of the matrix.

        Parameters
        ----------
        matrix
            Float64, with the booster's columns; shape (n, columns).
        threads
            How many threads share the rows.
        """
        from .kernel import add_contributions, add_row_by_row

        values, found = np.ascontiguousarray(matrix, np.float64), np.zeros(matrix.shape)
        if len(values) < FEW:
            add_row_by_row(values, *self._ready, found)
            return found
        if threads == 1 or len(matrix) <= TOGETHER:
            add_contributions(values, *self._ready, found)
            return found
        with ThreadPoolExecutor(threads) as pool:
            parts = (slice(at, at + TOGETHER) for at in range(0, len(matrix), TOGETHER))
            tasks = [
                pool.submit(add_contributions, values[part], *self._ready, found[part])
                for part in parts
            ]
            for task in tasks:
                task.result()
        return found

    def interactions(self, matrix: Array) -> Array:
        """Return what each pair of columns adds to the margin of each row.

        SHAP interaction values (Lundberg and others 2020, after Fujimoto and others 2006): what
        one column contributes because of another, half of it in either place, and on the diagonal
        what it contributes by itself. Rows of the square sum to the contributions.

        Parameters
        ----------
        matrix
            Float64, with the booster's columns; shape (n, columns).

        Returns
        -------
        Symmetric squares; shape (n, columns, columns).
        """
        from .kernel import add_interactions

        splits, pieces, _, rule = self._ready
        values = np.ascontiguousarray(matrix, np.float64)
        found = np.zeros((*values.shape, values.shape[1]))
        add_interactions(values, splits, pieces, rule, found)
        own = self.contributions(values) - found.sum(axis=2)
        places = np.arange(values.shape[1])
        found[:, places, places] = own
        return found


def _probes(forest: Forest, columns: int) -> Array:
    """Make up rows of the thresholds at which the trees ask, just above them, zero and NaN."""
    rng = np.random.default_rng(0)
    rows = rng.choice([0.0, np.nan], (PROBES, columns))
    for column in np.unique(forest.column):
        asked = forest.splits.threshold[forest.column == column]
        near = np.concatenate([asked, np.nextafter(asked, np.inf), [0.0, np.nan]])
        rows[:, column] = rng.choice(near, PROBES)
    return rows


@lru_cache(maxsize=8)
def trees_of(booster: lgb.Booster) -> Trees:
    """Return the trees of a booster, which are made ready once."""
    return Trees(booster)
