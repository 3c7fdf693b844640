"""LightGBM with the catalogue's monotone constraints: the only learner a bundle can hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from ..grading import Blend, Linear
from .learner import Array, Candidate, Fitted, Rows, Sample, Staged, choose
from .lines import fit_lines

__all__ = ["Boosted", "Boosting", "binned", "train_booster"]

SLOWEST, FASTEST, USUAL = 0.03, 0.1, 20_000
BINNING: Mapping[str, Any] = {
    "feature_pre_filter": False,  # so that one binned data set serves every leaf size
    "force_row_wise": True,
    "verbosity": -1,
}


class Boosting(BaseModel):
    """Settings of LightGBM: shallow and strongly regularised, as noisy outcomes want it.

    Parameters
    ----------
    depths
        Candidates for the depth of each tree; 1 is an additive model.
    learning_rate
        If not given, .03 up to 20,000 rows and slowly more beyond, at most .1.
    ridge, column_share, row_share
        LightGBM's `lambda_l2`, `feature_fraction` and `bagging_fraction`.
    least_rows, least_share
        The fewest rows of a leaf: `least_rows`, or in a small sample this share of it.
    rounds
        Candidates for the number of rounds, ascending.
    linear
        Candidates for the weight of a linear part beside the booster (`training.lines`), which
        is taken only where that was better out of time; 0 is none.
    penalties
        Candidates for the penalty of the linear part.
    seed, threads
        Fixed, so that the same sample gives the same booster.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    depths: tuple[Annotated[int, Field(ge=1, le=8)], ...] = Field(default=(1, 2, 3), min_length=1)
    learning_rate: float | None = Field(default=None, gt=0, le=1)
    ridge: float = Field(default=20.0, ge=0)
    column_share: float = Field(default=0.5, gt=0, le=1)
    row_share: float = Field(default=0.7, gt=0, le=1)
    least_rows: int = Field(default=100, ge=1)
    least_share: float = Field(default=0.02, gt=0, lt=1)
    rounds: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(25, 50, 75, 100, 150, 200, 300, 400, 600), min_length=1
    )
    linear: tuple[Annotated[float, Field(ge=0, lt=1)], ...] = Field(
        default=(0.0, 0.25, 0.5, 0.75), min_length=1
    )
    penalties: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        default=(100.0, 300.0, 1000.0, 3000.0), min_length=1
    )
    seed: int = Field(default=0, ge=0)
    threads: int = Field(default=1, ge=1)

    def parameters(self, rows: int, depth: int, rate: float) -> dict[str, Any]:
        """Return LightGBM's parameters for trees of a depth on so many rows, at a learning rate."""
        return {
            **BINNING,
            "objective": "binary",
            "max_depth": depth,
            "num_leaves": 2**depth,
            "learning_rate": rate,
            "lambda_l2": self.ridge,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "min_data_in_leaf": max(1, min(self.least_rows, int(rows * self.least_share))),
            "monotone_constraints_method": "intermediate",
            "deterministic": True,
            "num_threads": self.threads,
            "seed": self.seed,
        }

    def rate(self, rows: int) -> float:
        """Return the learning rate for a sample of so many rows.

        Examples
        --------
        >>> [round(Boosting().rate(rows), 3) for rows in (1_000, 20_000, 320_000, 60_000_000)]
        [0.03, 0.03, 0.06, 0.1]
        """
        if self.learning_rate is not None:
            return self.learning_rate
        return min(FASTEST, SLOWEST * float(max(1.0, rows / USUAL) ** 0.25))

    def candidates(self) -> list[Candidate]:
        """Return all combinations that are tried, the plainest first."""
        without = [share for share in self.linear if not share]
        with_lines = [share for share in self.linear if share]
        blends: list[Candidate] = [{"linear": share} for share in without]
        blends += [
            {"linear": share, "penalty": penalty}
            for share, penalty in product(with_lines, self.penalties)
        ]
        return [
            {"depth": depth, "rounds": rounds, **blend}
            for blend, depth, rounds in product(blends, self.depths, sorted(self.rounds))
        ]


DEFAULT = Boosting()


@dataclass(frozen=True, slots=True)
class Boosted:
    """LightGBM, beside it a linear part where that helps; what is open is chosen out of time."""

    settings: Boosting = DEFAULT

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the blend; the booster ends with the chosen round."""
        work = _Work(self.settings, sample, sample.values, binned(sample))
        made: list[_Fit] = []

        def fit(rows: Rows, candidates: Sequence[Candidate]) -> Staged:
            made.append(work.fit(rows, candidates))
            return made[-1].margins

        fitted = choose(sample, fit, self.settings.candidates())
        return replace(fitted, blend=made[-1].blend(fitted.chosen))


def binned(sample: Sample) -> lgb.Dataset:
    """Return a sample as LightGBM bins it, for as many fits on any of its rows as are wanted.

    Bins are cut by the values of all rows, later ones among them: no outcome is looked at.
    """
    return lgb.Dataset(
        sample.values,
        sample.label,
        weight=sample.weight,
        feature_name=sample.columns,
        params=dict(BINNING),
        free_raw_data=True,
    ).construct()


def train_booster(
    parameters: Mapping[str, Any], data: lgb.Dataset, rows: Rows | None, rounds: int
) -> lgb.Booster:
    """Train a booster on some rows of a binned sample; on all of them if none are given."""
    chosen = data if rows is None else data.subset(np.sort(rows).tolist())
    return lgb.train(dict(parameters), chosen, num_boost_round=rounds)


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """A sample, binned once for all fits on it."""

    settings: Boosting
    sample: Sample
    values: Array
    data: lgb.Dataset

    def fit(self, rows: Rows, candidates: Sequence[Candidate]) -> "_Fit":
        """Fit a booster for each depth and a linear part for each penalty that is asked for."""
        sample, every = self.sample, len(self.values)
        whole = rows.size == every
        rate = self.settings.rate(every)
        directions = [sample.directions.get(column, 0) for column in sample.columns]
        boosters = {}
        for depth, rounds in _most(candidates).items():
            parameters = self.settings.parameters(rows.size, depth, rate)
            parameters["monotone_constraints"] = directions
            boosters[depth] = train_booster(parameters, self.data, None if whole else rows, rounds)
        penalties = sorted({each["penalty"] for each in candidates if "penalty" in each})
        lines = {}
        if penalties:
            lines = fit_lines(
                self.values if whole else self.values[rows],
                sample.columns,
                sample.label[rows],
                sample.weight[rows],
                sample.directions,
                penalties,
            )
        return _Fit(boosters, lines, self.settings.threads)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Boosters by depth, with as many rounds as any candidate wants, and lines by penalty."""

    boosters: Mapping[int, lgb.Booster]
    lines: Mapping[float, Linear]
    threads: int

    def margins(self, matrix: pd.DataFrame, candidates: Sequence[Candidate]) -> Iterator[Array]:
        """Yield the margins of a matrix by each candidate."""
        values = np.ascontiguousarray(matrix.to_numpy(np.float64))
        columns = [str(column) for column in matrix.columns]
        lines = {
            penalty: self.lines[penalty].margins(values, columns)
            for penalty in {each["penalty"] for each in candidates if "penalty" in each}
        }
        stages: dict[tuple[float, float], Array] = {}
        for each in candidates:
            key = each["depth"], each["rounds"]
            if key not in stages:
                stages |= self._staged(values, int(key[0]), candidates)
            share = each["linear"]
            yield (1 - share) * stages[key] + (share * lines[each["penalty"]] if share else 0.0)

    def _staged(
        self, values: Array, depth: int, candidates: Iterable[Candidate]
    ) -> dict[tuple[float, float], Array]:
        """Return the margins of one depth after each number of rounds that is asked for."""
        wanted = sorted({int(each["rounds"]) for each in candidates if each["depth"] == depth})
        found, margin, done = {}, np.zeros(len(values)), 0
        for rounds in wanted:
            more = self.boosters[depth].predict(
                values,
                raw_score=True,
                start_iteration=done,
                num_iteration=rounds - done,
                num_threads=self.threads,
            )
            margin = margin + np.asarray(more, np.float64)
            found[float(depth), float(rounds)], done = margin, rounds
        return found

    def blend(self, chosen: Candidate) -> Blend:
        """Return what a bundle holds of a candidate, whose rounds are those of the booster."""
        booster, share = self.boosters[int(chosen["depth"])], chosen["linear"]
        if not share:
            return Blend(booster)
        return Blend(booster, self.lines[chosen["penalty"]], 1 - share)


def _most(candidates: Iterable[Candidate]) -> dict[int, int]:
    """Return for each depth the most rounds that any candidate wants."""
    found: dict[int, int] = {}
    for each in candidates:
        depth = int(each["depth"])
        found[depth] = max(found.get(depth, 0), int(each["rounds"]))
    return found
