"""LightGBM with the catalogue's monotone constraints: the only learner a bundle can hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import pandas as pd

from ...grading import Blend, Linear, reversals
from ..cohorts import Array, Rows
from .boosting import BINNING, Boosting
from .learner import Candidate, Fitted, Sample, Staged, choose
from .lines import fit_lines

__all__ = ["Binned", "Boosted", "Stages", "train_booster"]

DEFAULT = Boosting()


@dataclass(frozen=True, slots=True)
class Boosted:
    """LightGBM, beside it a linear part where that helps; what is open is chosen out of time."""

    settings: Boosting = DEFAULT

    def __call__(self, sample: Sample) -> Fitted:
        """Fit the blend; the booster ends with the chosen round."""
        return self.fit(Binned.of(sample))

    def fit(self, binned: "Binned") -> Fitted:
        """Fit the blend on a sample that is binned already, so that it keeps to directions."""
        fitted = self._chosen(binned)
        if self.settings.method == "basic" or not _reversed(fitted, binned.sample):
            return fitted
        again = Boosted(self.settings.model_copy(update={"method": "basic"})).fit(binned)
        return replace(again, chosen={**again.chosen, "basic": 1.0})

    def _chosen(self, binned: "Binned") -> Fitted:
        made: list[Stages] = []

        def fit(rows: Rows, candidates: Sequence[Candidate]) -> Staged:
            made.append(binned.fit(self.settings, rows, candidates))
            return made[-1].margins

        fitted = choose(binned.sample, fit, self.settings.candidates())
        return replace(fitted, blend=made[-1].blend(fitted.chosen))


def _reversed(fitted: Fitted, sample: Sample) -> bool:
    return fitted.blend is not None and bool(reversals(fitted.blend, sample.directions))


def train_booster(
    parameters: Mapping[str, Any], data: lgb.Dataset, rows: Rows | None, rounds: int
) -> lgb.Booster:
    """Train a booster on some rows of a binned sample; on all of them if none are given."""
    chosen = data if rows is None else data.subset(np.sort(rows).tolist())
    return lgb.train(dict(parameters), chosen, num_boost_round=rounds)


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """A sample as LightGBM bins it, once for as many fits on any of its rows as are wanted.

    Bins are cut by the values of all rows, later ones among them: no outcome is looked at. Lines
    do not depend on LightGBM's settings and are fitted once as well.
    """

    sample: Sample
    values: Array
    data: lgb.Dataset
    _lines: dict[tuple[bytes, float], Linear] = field(default_factory=dict)

    @classmethod
    def of(cls, sample: Sample) -> Self:
        """Bin a sample."""
        values = sample.array
        data = lgb.Dataset(
            values,
            sample.label,
            weight=sample.weight,
            feature_name=sample.columns,
            params=dict(BINNING),
            free_raw_data=True,
        )
        return cls(sample, values, data.construct())

    def fit(self, settings: Boosting, rows: Rows, candidates: Sequence[Candidate]) -> "Stages":
        """Fit a booster for each depth and a linear part for each penalty that is asked for."""
        sample, whole = self.sample, rows.size == len(self.values)
        rate = settings.rate(len(self.values))
        boosters = {}
        for depth, rounds in _most(candidates).items():
            parameters = settings.parameters(rows.size, depth, rate)
            parameters["monotone_constraints"] = [
                sample.directions.get(column, 0) for column in sample.columns
            ]
            boosters[depth] = train_booster(parameters, self.data, None if whole else rows, rounds)
        penalties = {each["penalty"] for each in candidates if "penalty" in each}
        return Stages(boosters, self.lines(rows, penalties), settings.threads)

    def lines(self, rows: Rows, penalties: Iterable[float]) -> dict[float, Linear]:
        """Return the linear part of some rows for each penalty."""
        sample, name = self.sample, rows.tobytes()
        asked = sorted(penalties)
        missing = [penalty for penalty in asked if (name, penalty) not in self._lines]
        if missing:
            found = fit_lines(
                self.values if rows.size == len(self.values) else self.values[rows],
                sample.columns,
                sample.label[rows],
                sample.weight[rows],
                sample.directions,
                missing,
            )
            self._lines.update({(name, penalty): line for penalty, line in found.items()})
        return {penalty: self._lines[name, penalty] for penalty in asked}


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
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
