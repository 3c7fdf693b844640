"""The forecast for planning visits, and what surroundings add to an enterprise's own record.

Surroundings (`use="scheduling"`) tell where a visit will find something, first of all by who
inspects there. Such a forecast may put visits in order; it never decides a grade.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..core.errors import InvalidError
from ..features import Catalogue, compute
from .baselines import Constant
from .evaluation import Comparison
from .experiment import CHAMPION, Progress, learners
from .folds import Fold
from .inputs import Inputs
from .learner import Candidate
from .model import Model, fit_model
from .plans import Plan, compare_plans, plan_starts
from .task import Task

__all__ = ["CALENDAR", "FORECAST", "OWN", "SURROUNDINGS", "Forecast", "run_forecast"]

FORECAST, OWN, SURROUNDINGS = "forecast", "own record alone", "surroundings alone"
CALENDAR = "calendar"
REPLICATES = 200


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What came out, every score frozen on the first day of its window.

    Attributes
    ----------
    model
        The forecast, of the test window's training rows.
    test, rolling
        The forecast, beside one that knows the enterprise's own record alone, one that knows its
        surroundings alone, and the visits as they were.
    chosen
        What each model chose out of time.
    """

    model: Model
    test: Comparison
    rolling: Comparison | None
    chosen: Mapping[str, Candidate]


def run_forecast(
    inputs: Inputs, task: Task, folder: Path, *, threads: int = 1, progress: Progress
) -> Forecast:
    """Fit the forecast on all windows of a task, and compare it.

    Parameters
    ----------
    inputs, task
        What to learn from, by all indicators, and how to judge.
    folder
        Where searches for settings are kept.
    threads
        How many threads compute indicators.
    progress
        Told of every fit.

    Raises
    ------
    InvalidError
        If the rows are no visits, or no indicator is for grades, or none for scheduling.
    """
    if not task.planning:
        raise InvalidError(
            f"a forecast puts visits in order, and the cohort {task.cohort.name!r} is a panel of "
            "dates; name a cohort of kind 'inspections'"
        )
    views = _views(inputs.catalogue)
    progress("Computing what was known when plans began", 0, 1)
    bench = _Bench(inputs, task, folder, views, threads, progress)
    models, test = bench.window(inputs.test)
    further = [bench.window(fold)[1] for fold in inputs.rolling]
    progress("Comparing by bootstrap", bench.done, bench.steps)
    drawn = {"capacity": task.capacity, **task.bootstrap.model_dump()}
    return Forecast(
        model=models[FORECAST],
        test=compare_plans(inputs.cohort, [test], **drawn),
        rolling=compare_plans(inputs.cohort, further, **drawn) if further else None,
        chosen={name: model.fitted.chosen for name, model in models.items()},
    )


def _views(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return the indicators that each model knows."""
    found = {
        name: list(catalogue.select(use=use).ids)
        for name, use in ((OWN, "grade"), (SURROUNDINGS, "scheduling"))
    }
    for name, ids in found.items():
        if not ids:
            raise InvalidError(
                f"the catalogue has no indicator for {name!r}; a forecast needs some of use "
                "'grade' and some of use 'scheduling'"
            )
    return {FORECAST: list(catalogue.ids), **found}


class _Bench:
    """Fits one model after the other and counts the steps."""

    def __init__(
        self,
        inputs: Inputs,
        task: Task,
        folder: Path,
        views: Mapping[str, list[str]],
        threads: int,
        progress: Progress,
    ) -> None:
        self.inputs, self.task, self.views, self.threads = inputs, task, views, threads
        self.learner, self.progress = learners(task, folder)[CHAMPION], progress
        begun = plan_starts(inputs.cohort.as_of, task.plan_months)
        self.matrix = self._values(inputs.cohort.rows().assign(as_of=begun))
        self.steps, self.done = (len(views) + 1) * (1 + len(inputs.rolling)) + 1, 0

    def window(self, fold: Fold) -> tuple[dict[str, Model], Plan]:
        """Fit all models on what was known before a window, and score its visits on its first day."""
        held = self._values(self.inputs.cohort.take(fold.test).rows(until=fold.cut))
        models = {name: self._fit(name, fold) for name in (*self.views, CALENDAR)}
        chance = {
            name: model.probability(held[self._columns(name)]) for name, model in models.items()
        }
        return models, Plan(fold.test, chance)

    def _values(self, rows: pd.DataFrame) -> pd.DataFrame:
        inputs = self.inputs
        return compute(
            inputs.catalogue,
            inputs.events,
            rows,
            references=inputs.references,
            places=inputs.places,
            threads=self.threads,
        )

    def _columns(self, name: str) -> list[str]:
        return self.views.get(name, self.views[FORECAST])

    def _fit(self, name: str, fold: Fold) -> Model:
        self.progress(f"Fitting {name}, {fold.name}", self.done, self.steps)
        self.done += 1
        kept = name == FORECAST and fold is self.inputs.test
        return fit_model(
            Constant() if name == CALENDAR else self.learner,
            self.inputs.cohort,
            self.matrix[self._columns(name)],
            fold,
            self.inputs.directions,
            count=self.task.blocks,
            replicates=REPLICATES if kept else 0,
            seed=self.task.seed,
        )
