"""Plans: how good scores are that were frozen on the first day of a window, for its visits.

A plan is made before its visits, so that what a visit finds is nothing that the next one could
have used. Visits change places within their window only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..cohorts import Array, Cohort, Rows
from .bootstrap import DRAWS, Computation, Draws
from .evaluation import Comparison
from .measures import Counts, auc_among, calibration_error, days_earlier, found, log_loss

__all__ = ["SAME_INSPECTOR", "Plan", "compare_plans"]

SAME_INSPECTOR = "auc_same_inspector"
INSPECTOR = "inspector"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Scores of the visits of a window, from what was known on its first day.

    Attributes
    ----------
    rows
        Positions in the cohort.
    probability
        By model, of each of these rows.
    """

    rows: Rows
    probability: Mapping[str, Array]


def compare_plans(
    cohort: Cohort,
    plans: Sequence[Plan],
    *,
    capacity: float,
    draws: Draws = DRAWS,
) -> Comparison:
    """Take all measures of all models over some windows together.

    Parameters
    ----------
    cohort, plans
        The rows, and what models said of those of each window.
    capacity
        Share of the visits of a window that can be made first.
    draws
        Of the bootstrap, by enterprise.

    Returns
    -------
    `auc` (over the pairs of one window), `days_earlier` and `found` (of each window, by its
    violations), `log_loss`, `calibration_error`; and where it is known who inspected, the AUC
    over those pairs of a window that one inspector visited, `auc_same_inspector`.
    """
    rows = np.concatenate([plan.rows for plan in plans])
    window = np.repeat(np.arange(len(plans)), [plan.rows.size for plan in plans])
    label, day = cohort.label[rows], cohort.as_of[rows]
    inspector = cohort.nuisance.get(INSPECTOR, np.full(len(cohort), ""))[rows].astype(str)
    seen = np.flatnonzero(inspector != "")
    both = np.array([f"{number} {who}" for number, who in zip(window, inspector, strict=True)])
    models = plans[0].probability
    work: dict[str, Computation] = {}
    for model in models:
        chance = np.concatenate([plan.probability[model] for plan in plans])
        work[f"{model}/auc"] = partial(auc_among, label, chance, window)
        if seen.size:
            among = partial(auc_among, label[seen], chance[seen], both[seen])
            work[f"{model}/{SAME_INSPECTOR}"] = _of(among, seen)
        for measure in (log_loss, calibration_error):
            work[f"{model}/{measure.__name__}"] = partial(measure, label, chance)
        first = partial(found, share=capacity)
        work[f"{model}/days_earlier"] = _over(days_earlier, label, chance, day, window)
        work[f"{model}/found"] = _over(first, label, chance, day, window)
    return Comparison.of(cohort, rows, models, work, draws)


def _of(measure: Computation, some: Rows) -> Computation:
    """Return a measure of some rows as one that takes the counts of all."""
    return lambda counts: measure(None if counts is None else counts[:, some])


def _over(
    measure: Callable[..., Array], label: Array, chance: Array, day: Array, window: Rows
) -> Computation:
    """Return the mean of a measure over the violations of all windows, each taken by itself."""
    parts = [np.flatnonzero(window == number) for number in np.unique(window)]

    def mean(counts: Counts | None) -> Array:
        drawn = np.ones((1, label.size)) if counts is None else counts
        found = [measure(label[p], chance[p], day[p], drawn[:, p]) for p in parts]
        violations = np.stack([drawn[:, p] @ label[p] for p in parts])
        held = np.where(violations > 0, np.stack(found), 0.0)
        every = violations.sum(0)
        over = np.divide(
            (held * violations).sum(0), every, out=np.full(every.size, np.nan), where=every > 0
        )
        return over if counts is not None else np.asarray(over[0])

    return mean
