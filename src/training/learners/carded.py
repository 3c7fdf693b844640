"""A score as a model: one column of the matrix, larger is better, becomes a margin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import NotFoundError
from ..cohorts import Array, Rows
from .learner import Candidate, Fitted, Sample, Staged, base_margin, choose

__all__ = ["SCORE_CARD", "Carded"]

SCORE_CARD = "SCORE_CARD"
SMALLEST = 1e-9  # spread of scores that differ


@dataclass(frozen=True, slots=True)
class Carded:
    """Logistic regression on one score, of which more is never riskier.

    The margin is a straight line in the score; where the best line of all would rise, it is the
    best that does not, which is level, since the loss is convex. So rows keep the order of their
    scores, and only the scale is learned. Where there is no score (NaN), the margin is that of the
    base rate. A weak ridge penalty on the standardised slope keeps it finite where the score parts
    the outcomes.

    Examples
    --------
    >>> from xinheng.training import Fold
    >>> matrix = pd.DataFrame({SCORE_CARD: [60.0, 100.0, 70.0, 90.0]})
    >>> block = Fold("later", 0, np.array([0, 1]), np.array([2, 3]))
    >>> fitted = Carded()(Sample(matrix, np.array([1.0, 0, 1, 0]), np.ones(4), {}, [block]))
    >>> worse, better, unknown = fitted.margin(pd.DataFrame({SCORE_CARD: [70, 100, np.nan]}))
    >>> bool(worse > 0 > better), float(unknown)
    (True, 0.0)
    """

    column: str = SCORE_CARD

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the line.

        Raises
        ------
        NotFoundError
            If the matrix has no such column.
        """
        if self.column not in sample.matrix:
            exists = sample.matrix.columns
            raise NotFoundError.among("column of the matrix", self.column, exists)

        def fit(rows: Rows, _: Sequence[Candidate]) -> Staged:
            score = sample.matrix[self.column].to_numpy(np.float64)[rows]
            return self._path(score, sample.label[rows], sample.weight[rows])

        return choose(sample, fit)

    def _path(self, score: Array, label: Array, weight: Array) -> Staged:
        known = ~np.isnan(score)
        base = base_margin(label, weight)
        level, slope = base, 0.0
        if known.any():
            level, slope = _line(score[known], label[known], weight[known])

        def margins(matrix: pd.DataFrame, _: Sequence[Candidate]) -> Iterator[Array]:
            values = matrix[self.column].to_numpy(np.float64)
            yield np.where(np.isnan(values), base, level + slope * values)

        return margins


def _line(score: Array, label: Array, weight: Array) -> tuple[float, float]:
    """Return level and slope of the best line that does not rise.

    Examples
    --------
    >>> _line(np.array([60.0, 100.0]), np.array([0.0, 1.0]), np.ones(2))  # the better is riskier
    (0.0, 0.0)
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    centre, spread = float(score.mean()), float(score.std())
    if spread < SMALLEST or label.min() == label.max():
        return base_margin(label, weight), 0.0
    model = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=200)
    with threadpool_limits(1):  # on shared cores, several wait for each other
        scaled = ((score - centre) / spread)[:, np.newaxis]
        model.fit(scaled, label, sample_weight=weight)
    slope = float(model.coef_[0, 0]) / spread
    if slope >= 0:
        return base_margin(label, weight), 0.0
    return float(model.intercept_[0]) - slope * centre, slope
