"""The score card of banks: columns in monotone bins by `optbinning`, weighed by a regression."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit

from ..core.errors import NotFoundError
from .additive import Additive, Steps, varying
from .learner import Array, Fitted, Sample, base_margin, choose_additive

__all__ = ["Binned"]

TRENDS = {1: "ascending", -1: "descending", 0: "auto_asc_desc"}


@dataclass(frozen=True, slots=True)
class Binned:
    """A score card: optimal bins of each column, coded by weight of evidence, and a regression.

    Bins follow the column's direction; where it has none, that which the data show. What does not
    apply (NaN) is a bin of its own. The weight of evidence of a bin is the log-odds of its rate
    less that of the base rate, after rates were drawn towards the base rate as by `prior` further
    rows: those of values all by what is due to the smallest of their bins, which keeps their
    order. A penalty of p pulls each column's weight towards zero with p / 2 times its square,
    beside the sum of log losses; no weight is negative, which would turn a direction round.

    Only the edges come from `optbinning`. Its own score cards look up bins by numbers that may
    be something else (its issues 140, 179 and 412); here edges are looked up in one place, in
    `Steps`. It makes no bin in which all outcomes are the same.

    Parameters
    ----------
    penalties
        Candidates, ascending.
    least_share
        The fewest rows of a bin of values, as a share of all.
    least_apart
        The least difference between the rates of neighbouring bins.
    prior
        How many rows of the base rate are added to a bin.
    """

    penalties: tuple[float, ...] = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
    least_share: float = 0.05
    least_apart: float = 0.001
    prior: float = 10.0

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the score card, the penalty chosen out of time.

        Raises
        ------
        NotFoundError
            If `optbinning` is not installed.
        """

        def fit(matrix: pd.DataFrame, label: Array) -> Callable[[float], Additive]:
            evidence = {
                name: self._evidence(
                    matrix[name].to_numpy(np.float64), label, sample.directions.get(name, 0)
                )
                for name in varying(matrix)
            }
            coded = Additive(0.0, evidence).parts(matrix).to_numpy()

            def model(penalty: float) -> Additive:
                intercept, weights = _weigh(coded, label, penalty)
                return Additive(intercept, _weighed(evidence, weights))

            return model

        return choose_additive(sample, fit, self.penalties)

    def _evidence(self, values: Array, label: Array, direction: int) -> Steps:
        """Return the weight of evidence of a column's bins."""
        edges = self._edges(values, label, direction)
        absent = np.isnan(values)
        base = label.mean()
        member = np.searchsorted(edges, values[~absent], side="right")
        rows = np.bincount(member, minlength=edges.size + 1)
        rates = np.bincount(member, label[~absent], minlength=rows.size) / np.maximum(rows, 1)
        drawn = base + (rates - base) * rows.min() / (rows.min() + self.prior)
        gone = (label[absent].sum() + self.prior * base) / (absent.sum() + self.prior)
        return Steps(edges, logit(drawn) - logit(base), float(logit(gone) - logit(base)))

    def _edges(self, values: Array, label: Array, direction: int) -> Array:
        try:
            from optbinning import OptimalBinning
        except ModuleNotFoundError as error:
            message = f"a score card needs {error.name}: pip install 'xinheng[comparison]'"
            raise NotFoundError(message) from None
        if np.unique(values[~np.isnan(values)]).size < 2:
            return np.empty(0)
        binning = OptimalBinning(
            monotonic_trend=TRENDS[direction],
            min_prebin_size=self.least_share,
            min_event_rate_diff=self.least_apart,
            random_state=0,
        )
        return np.asarray(binning.fit(values, label.astype(np.int64)).splits, np.float64)


def _weighed(evidence: dict[str, Steps], weights: Array) -> dict[str, Steps]:
    """Return the steps of the columns that have a weight, multiplied by it."""
    return {
        name: Steps(steps.edges, weight * steps.heights, weight * steps.absent)
        for (name, steps), weight in zip(evidence.items(), weights.tolist(), strict=True)
        if weight > 0
    }


def _weigh(
    columns: npt.NDArray[np.float64], label: Array, penalty: float
) -> tuple[float, npt.NDArray[np.float64]]:
    """Return intercept and weights of a logistic regression whose weights are not negative."""
    from threadpoolctl import threadpool_limits

    def loss(point: Array) -> tuple[float, Array]:
        weights = point[1:]
        margin = point[0] + columns @ weights
        value = np.logaddexp(0.0, margin).sum() - label @ margin + penalty / 2 * weights @ weights
        rest = expit(margin) - label
        slope = np.concatenate([[rest.sum()], columns.T @ rest + penalty * weights])
        return float(value / label.size), slope / label.size

    start = np.concatenate([[base_margin(label)], np.zeros(columns.shape[1])])
    bounds = [(None, None), *[(0.0, None)] * columns.shape[1]]
    with threadpool_limits(1):  # on shared cores, several wait for each other
        found = minimize(loss, start, method="L-BFGS-B", jac=True, bounds=bounds, tol=1e-10)
    return float(found.x[0]), found.x[1:]
