"""LightGBM with the catalogue's monotone constraints: the only learner a bundle can hold."""

from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from .learner import Array, Fitted, Sample, Staged, choose

__all__ = ["Boosted", "Boosting"]


class Boosting(BaseModel):
    """Settings of LightGBM: shallow and strongly regularised, as noisy outcomes want it.

    Parameters
    ----------
    depth
        Of each tree; 1 is an additive model.
    learning_rate, ridge, column_share, row_share
        LightGBM's `learning_rate`, `lambda_l2`, `feature_fraction` and `bagging_fraction`.
    least_rows, least_share
        The fewest rows of a leaf: `least_rows`, or in a small sample this share of it.
    rounds
        Candidates for the number of rounds, ascending.
    seed, threads
        Fixed, so that the same sample gives the same booster.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    depth: int = Field(default=3, ge=1, le=8)
    learning_rate: float = Field(default=0.03, gt=0, le=1)
    ridge: float = Field(default=20.0, ge=0)
    column_share: float = Field(default=0.5, gt=0, le=1)
    row_share: float = Field(default=0.7, gt=0, le=1)
    least_rows: int = Field(default=100, ge=1)
    least_share: float = Field(default=0.02, gt=0, lt=1)
    rounds: tuple[int, ...] = (25, 50, 75, 100, 150, 200, 300, 400, 600)
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)

    def parameters(self, rows: int) -> dict[str, Any]:
        """Return LightGBM's parameters for a sample of so many rows."""
        return {
            "objective": "binary",
            "max_depth": self.depth,
            "num_leaves": 2**self.depth,
            "learning_rate": self.learning_rate,
            "lambda_l2": self.ridge,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "min_data_in_leaf": max(1, min(self.least_rows, int(rows * self.least_share))),
            "monotone_constraints_method": "intermediate",
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.threads,
            "seed": self.seed,
            "verbosity": -1,
        }


DEFAULT = Boosting()


@dataclass(frozen=True, slots=True)
class Boosted:
    """LightGBM, the number of rounds chosen out of time."""

    settings: Boosting = DEFAULT

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the booster; it ends with the chosen round."""
        boosters: list[lgb.Booster] = []

        def fit(matrix: pd.DataFrame, label: Array, rounds: float) -> Staged:
            booster = self._train(sample, matrix, label, int(rounds))
            boosters.append(booster)
            return lambda best, other: self._margin(booster, other, int(best))

        fitted = choose(sample, fit, sorted(self.settings.rounds))
        return replace(fitted, booster=boosters[-1])

    def _train(
        self, sample: Sample, matrix: pd.DataFrame, label: Array, rounds: int
    ) -> lgb.Booster:
        columns = [str(column) for column in matrix.columns]
        directions = [sample.directions.get(column, 0) for column in columns]
        parameters = {**self.settings.parameters(len(matrix)), "monotone_constraints": directions}
        data = lgb.Dataset(matrix.to_numpy(np.float64), label, feature_name=columns)
        return lgb.train(parameters, data, num_boost_round=rounds)

    def _margin(self, booster: lgb.Booster, matrix: pd.DataFrame, rounds: int) -> Array:
        values = np.ascontiguousarray(matrix.to_numpy(np.float64))
        margin = booster.predict(
            values, raw_score=True, num_iteration=rounds, num_threads=self.settings.threads
        )
        return np.asarray(margin, np.float64)
