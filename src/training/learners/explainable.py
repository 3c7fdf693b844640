"""An explainable boosting machine: boosted step functions, one of each column, that add up."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.errors import NotFoundError
from ..cohorts import Rows
from .additive import Additive, Steps, varying
from .learner import Fitted, Sample, choose_additive

__all__ = ["Explainable"]


@dataclass(frozen=True, slots=True)
class Explainable:
    """An explainable boosting machine without interactions, by `interpret`.

    Columns are cut into bins with like numbers of rows and boosted in turn, each within its
    direction; what does not apply (NaN) has a height of its own. The number of rounds is chosen
    out of time, so that nothing is held out at random and one machine is enough instead of a
    bag of them. Leaves and ridge are those of `Boosting`, so that a comparison with it tells
    what adding up costs.

    Source: Lou, Caruana, Gehrke and Hooker, Accurate intelligible models with pairwise
    interactions, KDD 2013.

    Parameters
    ----------
    rounds
        Candidates for the number of rounds, ascending; a round takes one step of each column.
    bins
        The most bins of a column.
    learning_rate, ridge
        Interpret's `learning_rate` and `reg_lambda`.
    least_rows, least_share
        The fewest rows of a leaf: `least_rows`, or in a small sample this share of it.
    seed
        Fixed, so that the same sample gives the same machine.
    """

    rounds: tuple[int, ...] = (25, 50, 100, 200, 400)
    bins: int = 64
    learning_rate: float = 0.015
    ridge: float = 20.0
    least_rows: int = 100
    least_share: float = 0.02
    seed: int = 0

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the machine, the number of rounds chosen out of time.

        Raises
        ------
        NotFoundError
            If `interpret-core` is not installed.
        """

        def fit(rows: Rows) -> Callable[[float], Additive]:
            return self._fit(sample, rows)

        return choose_additive(sample, fit, "rounds", self.rounds)

    def _fit(self, sample: Sample, rows: Rows) -> Callable[[float], Additive]:
        matrix = sample.matrix.iloc[rows]
        columns = varying(matrix)
        directions = [sample.directions.get(column, 0) for column in columns]
        values, label = matrix[columns].to_numpy(np.float64), sample.label[rows].astype(np.int64)

        def model(rounds: float) -> Additive:
            machine = self._machine(rows.size, int(rounds), directions)
            with warnings.catch_warnings():
                # It warns that figures of its own leave out what does not apply.
                warnings.filterwarnings("ignore", "Missing values detected", UserWarning)
                machine.fit(values, label, sample_weight=sample.weight[rows])
            return _additive(machine, columns)

        return model

    def _machine(self, rows: int, rounds: int, directions: list[int]) -> Any:
        try:
            from interpret.glassbox import ExplainableBoostingClassifier
        except ModuleNotFoundError as error:
            message = (
                f"an explainable boosting machine needs {error.name}: "
                "pip install 'xinheng[comparison]'"
            )
            raise NotFoundError(message) from None
        return ExplainableBoostingClassifier(
            feature_types=["continuous"] * len(directions),
            max_bins=self.bins,
            interactions=0,
            validation_size=0,
            outer_bags=1,
            learning_rate=self.learning_rate,
            max_rounds=rounds,
            early_stopping_rounds=0,
            min_samples_leaf=max(1, min(self.least_rows, int(rows * self.least_share))),
            reg_lambda=self.ridge,
            monotone_constraints=directions,
            n_jobs=1,
            random_state=self.seed,
        )


def _additive(machine: Any, columns: list[str]) -> Additive:
    """Return a machine as plain numbers; its first height is that of NaN, its last unused."""
    steps = {
        columns[term[0]]: Steps(machine.bins_[term[0]][0], heights[1:-1], float(heights[0]))
        for term, heights in zip(machine.term_features_, machine.term_scores_, strict=True)
    }
    return Additive(float(machine.intercept_[0]), steps)
