"""The score card of banks: columns in monotone bins by `optbinning`, weighed by a regression."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from ...core.errors import NotFoundError
from ..cohorts import Array, Rows
from .additive import Additive, Steps, varying
from .learner import Fitted, Sample, base_margin, choose_additive
from .lines import minimum

__all__ = ["OptimalBins"]

TRENDS = {1: "ascending", -1: "descending", 0: "auto_asc_desc"}
PARTS = 1000
"""Into how many parts a row's weight is cut: optbinning counts in whole numbers."""


@dataclass(frozen=True, slots=True)
class OptimalBins:
    """A score card: optimal bins of each column, coded by weight of evidence, and a regression.

    Bins follow the column's direction; where it has none, that which the data show. What does not
    apply (NaN) is a bin of its own. The weight of evidence of a bin is the log-odds of its rate
    less that of the base rate, after rates were drawn towards the base rate as by `prior` further
    rows: those of values all by what is due to the smallest of their bins, which keeps their
    order. A penalty of p pulls each column's factor towards zero with p / 2 times its square,
    beside the sum of log losses; no factor is negative, which would turn a direction round.

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

        def fit(rows: Rows) -> Callable[[float], Additive]:
            return self._fit(sample, rows)

        return choose_additive(sample, fit, "penalty", self.penalties)

    def _fit(self, sample: Sample, rows: Rows) -> Callable[[float], Additive]:
        from threadpoolctl import threadpool_limits

        matrix, label, weight = sample.matrix.iloc[rows], sample.label[rows], sample.weight[rows]
        evidence = {
            name: self._evidence(
                matrix[name].to_numpy(np.float64), label, weight, sample.directions.get(name, 0)
            )
            for name in varying(matrix)
        }
        coded = Additive(0.0, evidence).parts(matrix).to_numpy()
        start = np.array([base_margin(label, weight), *np.zeros(len(evidence))])
        bounds = [(None, None), *[(0.0, None)] * len(evidence)]

        def model(penalty: float) -> Additive:
            with threadpool_limits(1):  # sums in one order, whatever the machine
                found = minimum(coded, label, weight, penalty, bounds, start).tolist()
            return Additive(found[0], _multiplied(evidence, found[1:]))

        return model

    def _evidence(self, values: Array, label: Array, weight: Array, direction: int) -> Steps:
        """Return the weight of evidence of a column's bins."""
        parts = np.maximum(np.round(weight * PARTS), 1.0)
        edges = self._edges(values, label, parts, direction)
        absent = np.isnan(values)
        base = np.average(label, weights=parts)
        member = np.searchsorted(edges, values[~absent], side="right")
        counted = np.bincount(member, parts[~absent], minlength=edges.size + 1)
        found = np.bincount(member, (parts * label)[~absent], minlength=counted.size)
        rates = np.divide(found, counted, out=np.full(counted.size, base), where=counted > 0)
        prior = self.prior * PARTS
        drawn = base + (rates - base) * counted.min() / (counted.min() + prior)
        gone = (parts[absent] @ label[absent] + prior * base) / (parts[absent].sum() + prior)
        return Steps(edges, logit(drawn) - logit(base), float(logit(gone) - logit(base)))

    def _edges(self, values: Array, label: Array, parts: Array, direction: int) -> Array:
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
        binning.fit(values, label.astype(np.int64), sample_weight=parts)
        return np.asarray(binning.splits, np.float64)


def _multiplied(evidence: dict[str, Steps], factors: list[float]) -> dict[str, Steps]:
    """Return the steps of the columns that have a factor, multiplied by it."""
    return {
        name: Steps(steps.edges, factor * steps.heights, factor * steps.absent)
        for (name, steps), factor in zip(evidence.items(), factors, strict=True)
        if factor > 0
    }
