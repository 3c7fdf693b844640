"""Baselines as first-class models: the base rate, a rule of thumb, logistic regression."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ...core.errors import NotFoundError
from ..cohorts import Array, Rows
from .learner import Candidate, Fitted, Sample, Staged, base_margin, choose
from .scaling import Scaler

__all__ = ["Constant", "Logistic", "PriorRate"]


@dataclass(frozen=True, slots=True)
class Constant:
    """The base rate: the same margin for everyone."""

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the base rate."""

        def fit(rows: Rows, _: Sequence[Candidate]) -> Staged:
            margin = base_margin(sample.label[rows], sample.weight[rows])
            return lambda matrix, _: iter([np.full(len(matrix), margin)])

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

        def fit(rows: Rows, _: Sequence[Candidate]) -> Staged:
            base = base_margin(sample.label[rows], sample.weight[rows])
            return lambda matrix, _: iter([self._margin(base, matrix)])

        return choose(sample, fit)

    def _margin(self, base: float, matrix: pd.DataFrame) -> Array:
        rates = matrix[list(self.columns)].to_numpy(np.float64)
        rates = np.where(np.isnan(rates), expit(base), np.clip(rates, 1e-4, 1 - 1e-4))
        return np.asarray(base + (logit(rates) - base).sum(axis=1))


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression on the same matrix, standardised, with a ridge penalty.

    Columns are scaled as `Scaler` does; slopes may go either way. A penalty of p pulls each
    standardised coefficient towards zero with p / 2 times its square, beside the sum of log
    losses.
    """

    penalties: tuple[float, ...] = (30.0, 100.0, 300.0, 1000.0, 3000.0)
    reach: float = 5.0

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the regression, the penalty chosen out of time."""

        def fit(rows: Rows, candidates: Sequence[Candidate]) -> Staged:
            return self._path(sample, rows, candidates)

        return choose(sample, fit, [{"penalty": penalty} for penalty in self.penalties])

    def _path(self, sample: Sample, rows: Rows, candidates: Sequence[Candidate]) -> Staged:
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        values = sample.matrix.iloc[rows].to_numpy(np.float64)
        scaler = Scaler.of(values, self.reach)
        inputs, label, weight = scaler.scaled(values), sample.label[rows], sample.weight[rows]
        models = {}
        with threadpool_limits(1):  # on shared cores, several wait for each other
            for penalty in {each["penalty"] for each in candidates}:
                model = LogisticRegression(C=1 / penalty, solver="newton-cholesky", max_iter=200)
                models[penalty] = model.fit(inputs, label, sample_weight=weight)

        def margins(matrix: pd.DataFrame, candidates: Sequence[Candidate]) -> Iterator[Array]:
            scaled = scaler.scaled(matrix.to_numpy(np.float64))
            for each in candidates:
                yield np.asarray(models[each["penalty"]].decision_function(scaled))

        return margins
