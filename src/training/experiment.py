"""The experiment: every learner on every window, with and without who inspected."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .cohorts import Array, Fold
from .inputs import Inputs
from .learners import (
    Boosted,
    Candidate,
    Carded,
    Constant,
    Explainable,
    Learner,
    Logistic,
    Model,
    OptimalBins,
    PriorRate,
    Specialty,
    Tuned,
    Weights,
    fit_model,
    regimes,
    with_nuisance,
)
from .measuring import Comparison, Scores, evaluate, evaluate_groups, pooled
from .randomshare import scores_of
from .task import Task
from .weighing import level_weights, selection_weights

__all__ = [
    "CHAMPION",
    "WITH_INSPECTOR",
    "Experiment",
    "Progress",
    "make_learners",
    "run_experiment",
]

CHAMPION = "lightgbm"
WITH_INSPECTOR = " + inspector"
INSPECTOR_ALONE = "nothing" + WITH_INSPECTOR
BLIND = ("constant", "prior_rate", "score_card")
CARDED = ("score_card",)
REPLICATES = 200
BOTH = 2

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""

References = tuple[Mapping[str, Array], Mapping[str, Array]]
NO_REFERENCE: References = ({}, {})


def quiet(_: str, __: int, ___: int) -> None:
    """Say nothing of progress."""


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """What came out.

    Attributes
    ----------
    champion
        The gradable LightGBM model of the test window's training rows.
    scores
        What all models said of the test window: learners, the same with who inspected,
        reference models.
    everyone
        What the learners said of all rows of the test window, those without an outcome among
        them.
    earlier
        What the learners said of the later training rows, each fitted on what was known before.
    further
        What learners and reference models said of the rolling windows.
    test
        How good that was.
    unbiased
        The same on those of the test window who were drawn at random, which stand for all; None
        where there are too few.
    populations
        The same on each population apart, `auc` only: over several with different base rates, a
        pooled one flatters.
    rolling
        Learners and reference models on the rolling windows together.
    kept
        The champion on all rolling windows but the first, by how it is kept true (`regimes`).
    chosen
        What each learner chose out of time, by model.
    weights
        How much each training row of the test window's fold counts for who was looked at; None
        where the task corrects for nothing.
    """

    champion: Model
    scores: Scores
    everyone: Scores
    earlier: Scores
    further: Scores | None
    test: Comparison
    unbiased: Comparison | None
    populations: Mapping[str, Comparison]
    rolling: Comparison | None
    kept: Comparison | None
    chosen: Mapping[str, Candidate]
    weights: Weights | None = None


def make_learners(task: Task, folder: Path) -> dict[str, Learner]:
    """Return the learners of a task by name; searches are kept in a folder."""
    known: dict[str, Learner] = {
        "constant": Constant(),
        "prior_rate": PriorRate(),
        "score_card": Carded(),
        "optimal_bins": OptimalBins(),
        "explainable": Explainable(),
        "logistic": Logistic(),
        CHAMPION: _champion(task, folder),
    }
    return {name: known[name] for name in task.learners}


def _champion(task: Task, folder: Path) -> Learner:
    if task.search is None:
        return Boosted(task.boosting)
    return Tuned(task.boosting, task.search, folder)


def run_experiment(
    inputs: Inputs,
    task: Task,
    folder: Path,
    references: References = NO_REFERENCE,
    *,
    progress: Progress,
) -> Experiment:
    """Fit all learners of a task on all its windows, and compare them.

    Parameters
    ----------
    inputs, task
        What to learn from, and how to judge.
    folder
        Where searches for settings are kept, so that they can be carried on.
    references
        Probabilities of other models, for the test rows and for the rolling rows.
    progress
        Told of every fit.
    """
    bench = _Bench(inputs, task, make_learners(task, folder), progress)
    models, chosen, test = bench.test(references[0])
    further, kept = bench.rolling(references[1])
    progress("Comparing by bootstrap", bench.steps - 1, bench.steps)
    draws = task.bootstrap
    compared = evaluate(
        inputs.cohort, test, capacity=task.capacity, planning=task.planning, draws=draws
    )
    everyone = _everyone(inputs, models, bench)
    unbiased = _unbiased(inputs, task, test, everyone)
    populations = evaluate_groups(inputs.cohort, test, inputs.population, draws=draws)
    rolled, alive = (
        None
        if scores is None
        else evaluate(inputs.cohort, scores, capacity=task.capacity, planning=False, draws=draws)
        for scores in (further, kept)
    )
    progress("Comparing by bootstrap", bench.steps, bench.steps)
    return Experiment(
        champion=models[CHAMPION],
        scores=test,
        everyone=everyone,
        earlier=_earlier(inputs.test, models),
        further=further,
        test=compared,
        unbiased=unbiased,
        populations=populations,
        rolling=rolled,
        kept=alive,
        chosen=chosen,
        weights=bench.weights(inputs.test),
    )


def _everyone(inputs: Inputs, models: Mapping[str, Model], bench: "_Bench") -> Scores:
    """Return the probabilities of all rows of the test window, each looked at once."""
    cohort, fold = inputs.cohort, inputs.test
    days = cohort.as_of
    inside = np.flatnonzero((fold.cut <= days) & (days <= days[fold.test].max()))
    what = pd.DataFrame({"who": cohort.enterprise, "day": days, "number": cohort.number})
    rows = inside[~what.iloc[inside].duplicated().to_numpy()]
    chance = {
        name: model.probability(bench.matrix(name).iloc[rows]) for name, model in models.items()
    }
    return Scores(rows, chance, {})


def _earlier(fold: Fold, models: Mapping[str, Model]) -> Scores:
    """Return the probabilities by which settings were chosen and calibrated, out of time."""
    margins = {name: model.fitted.out_of_time for name, model in models.items()}
    told = ~np.isnan(margins[CHAMPION])
    chance = {
        name: models[name].calibrator.probability(margin[told]) for name, margin in margins.items()
    }
    return Scores(fold.train[told], chance, {})


def _unbiased(inputs: Inputs, task: Task, test: Scores, everyone: Scores) -> Comparison | None:
    """Compare on those that were drawn at random, who stand for all by themselves."""
    cohort, share = inputs.cohort, inputs.random_share
    if share is not None:
        cohort, some = share, scores_of(share, cohort, everyone)
    else:
        drawn = np.isin(cohort.selection[test.rows].astype(str), task.random)
        some = test.among(drawn)
        if drawn.all():
            return None
    if np.unique(cohort.label[some.rows]).size < BOTH:
        return None
    compared = evaluate(cohort, some, capacity=task.capacity, planning=False, draws=task.bootstrap)
    return compared if compared.telling else None


class _Bench:
    """Fits one learner after the other and counts the steps."""

    def __init__(
        self, inputs: Inputs, task: Task, named: Mapping[str, Learner], progress: Progress
    ) -> None:
        self.inputs, self.task, self.named, self.progress = inputs, task, named, progress
        self.specialty = Specialty.of(task.specialist, inputs.catalogue)
        self._weights: dict[str, Weights | None] = {}
        self.inspector = task.inspector and any(
            values.astype(bool).any() for values in inputs.cohort.nuisance.values()
        )
        self.seeing = {name: each for name, each in named.items() if name not in BLIND}
        more = len(self.seeing) + 1 if self.inspector else 0
        self.steps, self.done = len(named) * (1 + len(inputs.rolling)) + more + 1, 0

    def test(
        self, references: Mapping[str, Array]
    ) -> tuple[dict[str, Model], dict[str, Candidate], Scores]:
        inputs, fold = self.inputs, self.inputs.test
        models = {name: self._fit(name, self.matrix(name), fold) for name in self.named}
        chance = {
            name: model.probability(self.matrix(name).iloc[fold.test])
            for name, model in models.items()
        }
        frozen = {
            name: model.probability(held)
            for name, model in models.items()
            if (held := inputs.frozen_scores if name in CARDED else inputs.frozen) is not None
        }
        chosen = {name: model.fitted.chosen for name, model in models.items()}
        if self.inspector:
            whole = with_nuisance(inputs.matrix, inputs.cohort, fold)
            alone = whole.drop(columns=inputs.matrix.columns)
            runs = [(name + WITH_INSPECTOR, each, whole) for name, each in self.seeing.items()]
            runs.append((INSPECTOR_ALONE, Logistic(), alone))
            for name, each, matrix in runs:
                model = self._fit(name, matrix, fold, each)
                chance[name] = model.probability(matrix.iloc[fold.test])
                chosen[name] = model.fitted.chosen
        return models, chosen, Scores(fold.test, {**chance, **references}, frozen)

    def rolling(self, references: Mapping[str, Array]) -> tuple[Scores | None, Scores | None]:
        inputs, parts, champions = self.inputs, [], []
        for fold in inputs.rolling:
            models = {name: self._fit(name, self.matrix(name), fold) for name in self.named}
            champions.append(models[CHAMPION])
            chance = {
                name: model.probability(self.matrix(name).iloc[fold.test])
                for name, model in models.items()
            }
            parts.append(Scores(fold.test, chance, {}))
        if not parts:
            return None, None
        whole = pooled(parts)
        kept = None
        if len(parts) > 1:
            kept = regimes(champions, inputs.rolling, inputs.cohort, inputs.matrix)
        return Scores(whole.rows, {**whole.probability, **references}, {}), kept

    def matrix(self, name: str) -> pd.DataFrame:
        """Return what a learner sees: all indicators, or the score card alone."""
        return self.inputs.scores if name in CARDED else self.inputs.matrix

    def weights(self, fold: Fold) -> Weights | None:
        """Return how much each training row counts for who was looked at; found once a fold."""
        if fold.name not in self._weights:
            self._weights[fold.name] = selection_weights(
                self.inputs, self.task.correction, fold.train, fold.cut
            )
        return self._weights[fold.name]

    def _fit(
        self, name: str, matrix: pd.DataFrame, fold: Fold, learner: Learner | None = None
    ) -> Model:
        self.progress(f"Fitting {name}, {fold.name}", self.done, self.steps)
        self.done += 1
        kept = name == CHAMPION and fold is self.inputs.test
        selection = self.weights(fold)
        return fit_model(
            learner or self.named[name],
            self.inputs.cohort,
            matrix,
            fold,
            self.inputs.directions,
            weight=None if selection is None else selection.weight,
            level_weight=level_weights(self.inputs, fold.train, selection),
            specialty=self.specialty if name == CHAMPION else None,
            count=self.task.blocks,
            replicates=REPLICATES if kept else 0,
            seed=self.task.seed,
        )
