"""Evaluation: every model on the same rows, every measure with an interval, pairs compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt

from ..cohorts import Array, Cohort, Rows, Texts
from .bootstrap import DRAWS, Bootstrap, Computation, Draws, Estimate, bootstrap
from .measures import (
    auc,
    average_precision,
    brier,
    calibration_error,
    days_earlier,
    found,
    log_loss,
)

__all__ = ["PLANNED", "Comparison", "Scores", "evaluate", "evaluate_groups", "pooled"]

PLANNED = ("frozen_auc", "frozen_days_earlier", "frozen_found")
FEWEST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Probabilities of several models for the same rows of a cohort.

    Attributes
    ----------
    rows
        Positions in the cohort.
    probability
        By model, from what was known on each row's own day.
    frozen
        By model, from what was known when the window began; may be empty.
    """

    rows: Rows
    probability: Mapping[str, Array]
    frozen: Mapping[str, Array]

    def among(self, inside: npt.NDArray[np.bool_]) -> "Scores":
        """Return the scores of some of the rows, by mask."""
        probability, frozen = (
            {name: values[inside] for name, values in scores.items()}
            for scores in (self.probability, self.frozen)
        )
        return Scores(self.rows[inside], probability, frozen)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What came out on one window: values, intervals and paired differences.

    Attributes
    ----------
    models
        Names, in order.
    rows, positives, enterprises
        How many there were.
    results
        Of every computation `model/measure`.
    """

    models: tuple[str, ...]
    rows: int
    positives: int
    enterprises: int
    results: Bootstrap

    @classmethod
    def of(
        cls,
        cohort: Cohort,
        rows: Rows,
        models: Iterable[str],
        computations: Mapping[str, Computation],
        draws: Draws,
    ) -> Self:
        """Run the computations of some models on some rows of a cohort, drawn by enterprise."""
        label, enterprise = cohort.label[rows], cohort.enterprise[rows]
        return cls(
            models=tuple(models),
            rows=label.size,
            positives=int(label.sum()),
            enterprises=int(np.unique(enterprise).size),
            results=bootstrap(computations, enterprise, draws),
        )

    @property
    def telling(self) -> bool:
        """Whether there are enough of either outcome for a ranking to be measured: ten."""
        return min(self.positives, self.rows - self.positives) >= FEWEST

    def estimate(self, model: str, measure: str) -> Estimate:
        """Return a measure of a model with its interval."""
        return self.results.estimate(f"{model}/{measure}")

    def difference(self, model: str, other: str, measure: str) -> Estimate:
        """Return model less other in a measure, with the interval of the paired differences."""
        return self.results.difference(f"{model}/{measure}", f"{other}/{measure}")

    def measured(self, model: str, measure: str) -> bool:
        """Tell whether a measure was taken of a model."""
        return f"{model}/{measure}" in self.results.values


def pooled(parts: Sequence[Scores]) -> Scores:
    """Join the scores of windows that follow each other."""
    models = parts[0].probability
    return Scores(
        np.concatenate([part.rows for part in parts]),
        {name: np.concatenate([part.probability[name] for part in parts]) for name in models},
        {},
    )


def evaluate(
    cohort: Cohort,
    scores: Scores,
    *,
    capacity: float,
    planning: bool,
    draws: Draws = DRAWS,
) -> Comparison:
    """Take all measures of all models.

    Parameters
    ----------
    cohort, scores
        The rows and what models said of them.
    capacity
        Share of inspections that can be made first.
    planning
        Whether to take `days_earlier` and `found`, which need one window with one calendar, from
        scores of each row's own day. No plan knows that much: from frozen scores they are taken
        as `frozen_auc`, `frozen_days_earlier` and `frozen_found` (`PLANNED`).
    draws
        Of the bootstrap.
    """
    label, day = cohort.label[scores.rows], cohort.as_of[scores.rows]
    work: dict[str, Computation] = {}
    for model, chance in scores.probability.items():
        work[f"{model}/auc"] = partial(auc, label, chance)
        for measure in (average_precision, log_loss, brier, calibration_error):
            work[f"{model}/{measure.__name__}"] = partial(measure, label, chance)
        if planning:
            work |= _planning(f"{model}/", label, chance, day, capacity)
    for model, chance in scores.frozen.items():
        work[f"{model}/frozen_auc"] = partial(auc, label, chance)
        work |= _planning(f"{model}/frozen_", label, chance, day, capacity)
    return Comparison.of(cohort, scores.rows, scores.probability, work, draws)


def evaluate_groups(
    cohort: Cohort,
    scores: Scores,
    group: Texts,
    *,
    draws: Draws = DRAWS,
) -> dict[str, Comparison]:
    """Take the area under the ROC curve of all models in each group of rows apart.

    Parameters
    ----------
    cohort, scores
        The rows and what models said of them.
    group
        Name of each row's group, such as its population, for all rows of the cohort.
    draws
        Of the bootstrap, of the group's own enterprises.
    """
    found = {}
    for name in sorted(set(group[scores.rows].tolist())):
        inside = group[scores.rows] == name
        rows = scores.rows[inside]
        work = {
            f"{model}/auc": partial(auc, cohort.label[rows], chance[inside])
            for model, chance in scores.probability.items()
        }
        found[name] = Comparison.of(cohort, rows, scores.probability, work, draws)
    return found


def _planning(
    prefix: str, label: Array, chance: Array, day: npt.NDArray[np.int32], capacity: float
) -> dict[str, Computation]:
    return {
        f"{prefix}days_earlier": partial(days_earlier, label, chance, day),
        f"{prefix}found": partial(found, label, chance, day, share=capacity),
    }
