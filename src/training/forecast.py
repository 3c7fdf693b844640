"""The forecast for planning visits, and what surroundings add to an enterprise's own record.

Surroundings (`use="scheduling"`) tell where a visit will find something, first of all by who
inspects there. Such a forecast may put visits in order; it never decides a grade.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ..core.errors import InvalidError
from ..features import Catalogue
from .cohorts import Fold
from .experiment import CHAMPION, REPLICATES, Progress, make_learners
from .learners import Candidate, Constant, Model, fit_model
from .measuring import Comparison, Plan, compare_plans
from .task import Task
from .visits import Visits, plan_starts

__all__ = [
    "CALENDAR",
    "FORECAST",
    "OWN",
    "STRICT",
    "SURROUNDINGS",
    "UNCORRECTED",
    "Forecast",
    "run_forecast",
]

FORECAST, OWN, SURROUNDINGS = "forecast", "own record alone", "surroundings alone"
CALENDAR = "calendar"
STRICT = "forecast, register as of the first day"
UNCORRECTED = (
    "the task's [correction] is not used: it weighs visits so that they stand for everybody in "
    "business, of whom a grade speaks; a forecast puts in order visits that are made, and those "
    "that were made stand for them as they are"
)


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What came out, every score frozen on the first day of its window.

    Attributes
    ----------
    model
        The forecast, of the test window's training rows.
    matrix
        What it was trained on.
    test, rolling
        The forecast beside one that knows the enterprise's own record alone, one that knows its
        surroundings alone, and the visits as they were. `STRICT` is the forecast once more, of
        those whom the register knew on the first day, and otherwise without what it says.
    late
        Share of the test visits to enterprises that were there on the first day, and of which the
        register told only later.
    chosen
        What each model chose out of time.
    """

    model: Model
    matrix: pd.DataFrame
    test: Comparison
    rolling: Comparison | None
    late: float
    chosen: Mapping[str, Candidate]


def run_forecast(
    visits: Visits, task: Task, folder: Path, *, threads: int = 1, progress: Progress
) -> Forecast:
    """Fit the forecast on all windows of a task, and compare it.

    Every visit counts alike, whatever the task's correction says (`UNCORRECTED`).

    Parameters
    ----------
    visits, task
        What to learn from, by all indicators, and how to judge.
    folder
        Where searches for settings are kept.
    threads
        How many threads compute indicators; results do not depend on them.
    progress
        Told of every fit.

    Raises
    ------
    InvalidError
        If no indicator is for grades, or none for scheduling.
    """
    views = _views(visits.catalogue)
    progress("Computing what was known when plans began", 0, 1)
    bench = _Bench(visits, task, folder, views, threads, progress)
    models, test = bench.window(visits.test)
    further = [bench.window(fold)[1] for fold in visits.rolling]
    progress("Comparing by bootstrap", bench.done, bench.steps)
    compare = partial(compare_plans, visits.cohort, capacity=task.capacity, draws=task.bootstrap)
    first = visits.cohort.take(visits.test.test)
    late = visits.late(first, np.full(len(first), visits.test.cut, np.int32))
    return Forecast(
        model=models[FORECAST],
        matrix=bench.matrix.iloc[visits.test.train],
        test=compare([test]),
        rolling=compare(further) if further else None,
        late=float(late.mean()),
        chosen={name: model.fitted.chosen for name, model in models.items()},
    )


def _views(catalogue: Catalogue) -> dict[str, Sequence[str]]:
    """Return the indicators that each model knows."""
    found: dict[str, Sequence[str]] = {
        name: catalogue.select(use=use).ids
        for name, use in ((OWN, "grade"), (SURROUNDINGS, "scheduling"))
    }
    for name, ids in found.items():
        if not ids:
            raise InvalidError(
                f"the catalogue has no indicator for {name!r}; a forecast needs some of use "
                "'grade' and some of use 'scheduling'"
            )
    return {FORECAST: catalogue.ids, **found, CALENDAR: catalogue.ids}


class _Bench:
    """Fits one model after the other and counts the steps."""

    def __init__(
        self,
        visits: Visits,
        task: Task,
        folder: Path,
        views: Mapping[str, Sequence[str]],
        threads: int,
        progress: Progress,
    ) -> None:
        self.visits, self.task, self.views, self.threads = visits, task, views, threads
        self.learner, self.progress = make_learners(task, folder)[CHAMPION], progress
        begun = plan_starts(visits.cohort.as_of, task.plan_months)
        self.matrix = visits.matrix(visits.cohort, begun, threads=threads)
        directions = visits.catalogue.monotone_constraints()
        self.directions = dict(zip(visits.catalogue.ids, directions, strict=True))
        self._models: dict[tuple[str, bytes], Model] = {}
        self.steps, self.done = len(views) * (1 + len(visits.rolling)) + 1, 0

    def window(self, fold: Fold) -> tuple[dict[str, Model], Plan]:
        """Fit all models on what was known before a window, and score its visits on that day."""
        visits = self.visits.cohort.take(fold.test)
        begun = np.full(len(visits), fold.cut, np.int32)
        held = self.visits.matrix(visits, begun, threads=self.threads)
        strict = self.visits.strict_matrix(visits, begun, threads=self.threads)
        models = {name: self._fit(name, fold) for name in self.views}
        chance = {
            name: model.probability(held[list(self.views[name])]) for name, model in models.items()
        }
        chance[STRICT] = models[FORECAST].probability(strict)
        return models, Plan(fold.test, chance)

    def _fit(self, name: str, fold: Fold) -> Model:
        """Fit a model, or return it where it was fitted on the same rows for another window."""
        self.progress(f"Fitting {name}, {fold.name}", self.done, self.steps)
        self.done += 1
        key = name, fold.train.tobytes()
        if key not in self._models:
            kept = name == FORECAST and fold is self.visits.test
            self._models[key] = fit_model(
                Constant() if name == CALENDAR else self.learner,
                self.visits.cohort,
                self.matrix[list(self.views[name])],
                fold,
                self.directions,
                count=self.task.blocks,
                replicates=REPLICATES if kept else 0,
                seed=self.task.seed,
            )
        return self._models[key]
