"""Baselines as first-class models: the base rate, a rule of thumb, logistic regression."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from ..core.errors import NotFoundError
from .learner import Array, Fitted, Sample, Staged, base_margin, choose

__all__ = ["Constant", "Logistic", "PriorRate"]


@dataclass(frozen=True, slots=True)
class Constant:
    """The base rate: the same margin for everyone."""

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the base rate."""

        def fit(_: pd.DataFrame, label: Array, __: float) -> Staged:
            margin = base_margin(label)
            return lambda _, matrix: np.full(len(matrix), margin)

        return choose(sample, fit)


@dataclass(frozen=True, slots=True)
class PriorRate:
    """The rule of thumb: own past rate and that of the line of business, and nothing else.

    The log-odds of the shrunk rates in `columns`, each relative to the base rate, are added to
    it. Where a rate does not apply, it adds nothing.
    """

    columns: tuple[str, ...] = ("IH_RATE_OWN", "IH_RATE_CATEGORY")

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the rule: only the base rate is learned.

        Raises
        ------
        NotFoundError
            If the matrix has no such column.
        """
        for column in self.columns:
            if column not in sample.matrix:
                raise NotFoundError.among("column of the matrix", column, sample.matrix.columns)
        return choose(sample, self._fit)

    def _fit(self, _: pd.DataFrame, label: Array, __: float) -> Staged:
        base = base_margin(label)

        def margin(_: float, matrix: pd.DataFrame) -> Array:
            rates = matrix[list(self.columns)].to_numpy(np.float64)
            rates = np.where(np.isnan(rates), expit(base), np.clip(rates, 1e-4, 1 - 1e-4))
            return np.asarray(base + (logit(rates) - base).sum(axis=1))

        return margin


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression on the same matrix, standardised, with a ridge penalty.

    Constant columns are left out. Where a column does not apply (NaN), it stands at its mean,
    and each distinct pattern of not applying gets a column of its own. Values further out than
    `reach` standard deviations are pulled in to there. A penalty of p pulls each standardised
    coefficient towards zero with p / 2 times its square, beside the sum of log losses.
    """

    penalties: tuple[float, ...] = (30.0, 100.0, 300.0, 1000.0, 3000.0)
    reach: float = 5.0

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the regression, the penalty chosen out of time."""
        return choose(sample, self._fit, self.penalties)

    def _fit(self, matrix: pd.DataFrame, label: Array, _: float) -> Staged:
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        scaler = _Scaler.of(matrix, self.reach)
        inputs = scaler.scaled(matrix)
        fitted: dict[float, Any] = {}

        def margin(penalty: float, other: pd.DataFrame) -> Array:
            if penalty not in fitted:
                model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", max_iter=200)
                with threadpool_limits(1):  # on shared cores, several wait for each other
                    fitted[penalty] = model.fit(inputs, label)
            return np.asarray(fitted[penalty].decision_function(scaler.scaled(other)))

        return margin


@dataclass(frozen=True, slots=True, eq=False)
class _Scaler:
    """Means and spreads of the columns that vary, and the patterns of not applying."""

    columns: list[str]
    mean: Array
    spread: Array
    absent: list[str]
    centre: Array
    reach: float

    @classmethod
    def of(cls, matrix: pd.DataFrame, reach: float) -> "_Scaler":
        values = matrix.to_numpy(np.float64)
        gone = np.isnan(values)
        count = np.maximum((~gone).sum(0), 1)
        mean = np.where(gone, 0.0, values).sum(0) / count
        spread = np.sqrt((np.where(gone, 0.0, values - mean) ** 2).sum(0) / count)
        kept = spread > 1e-9 * np.maximum(1.0, np.abs(mean))
        _, first = np.unique(gone, axis=1, return_index=True)
        absent = [n for n in sorted(first.tolist()) if 0 < gone[:, n].sum() < len(gone)]
        names = [str(column) for column in matrix.columns]
        return cls(
            columns=[name for name, keep in zip(names, kept, strict=True) if keep],
            mean=mean[kept],
            spread=spread[kept],
            absent=[names[number] for number in absent],
            centre=gone[:, absent].mean(0),
            reach=reach,
        )

    def scaled(self, matrix: pd.DataFrame) -> npt.NDArray[np.float64]:
        values = (matrix[self.columns].to_numpy(np.float64) - self.mean) / self.spread
        values = np.clip(np.nan_to_num(values, nan=0.0), -self.reach, self.reach)
        gone = np.isnan(matrix[self.absent].to_numpy(np.float64)) - self.centre
        return np.column_stack([values, gone])
