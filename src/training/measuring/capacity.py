"""The capacity curve: how many violations are found by so many inspections."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from ..cohorts import Array, Cohort
from .bootstrap import DRAWS, Bootstrap, Computation, Draws, Estimate, bootstrap
from .evaluation import Scores
from .measures import Counts, gains

__all__ = ["CAPACITIES", "CapacityCurve", "calendar_order", "capacity_curve"]

CAPACITIES = (0.05, 0.1, 0.2, 0.3, 0.5)
SHARES = tuple(number / 100 for number in range(101))


@dataclass(frozen=True, slots=True, eq=False)
class CapacityCurve:
    """Share of violations found by each share of inspections.

    Attributes
    ----------
    frozen
        Whether models order by what was known when the window began, as a plan does; else by
        what was known on each row's own day.
    rows, positives
        How many rows there were, and violations among them.
    shares
        Of the inspections, from 0 to 1.
    found
        Share of violations found by each, by model.
    usual
        The same as it was: in order of the calendar, or by lot where there is no calendar.
    best
        The same if all violations came first.
    results
        Of every computation `model@capacity`, for each of `CAPACITIES`.
    """

    frozen: bool
    rows: int
    positives: int
    shares: tuple[float, ...]
    found: Mapping[str, Array]
    usual: Array
    best: Array
    results: Bootstrap

    def estimate(self, model: str, capacity: float) -> Estimate:
        """Return the share of violations that a model finds by a share of inspections."""
        return self.results.estimate(f"{model}@{capacity:g}")

    def difference(self, model: str, other: str, capacity: float) -> Estimate:
        """Return model less other at a share of inspections, paired."""
        return self.results.difference(f"{model}@{capacity:g}", f"{other}@{capacity:g}")


def calendar_order(score: npt.ArrayLike, as_of: npt.ArrayLike) -> Array:
    """Return scores in the same order without ties: equal ones keep the order of the calendar.

    Equal days keep that of the rows.

    Examples
    --------
    >>> calendar_order([0.5, 0.9, 0.5], [12, 11, 10]).tolist()
    [1.0, 3.0, 2.0]
    """
    order = np.lexsort((np.asarray(as_of), -np.asarray(score, np.float64)))
    ranked = np.empty(order.size)
    ranked[order] = np.arange(order.size, 0, -1)
    return ranked


def capacity_curve(
    cohort: Cohort,
    scores: Scores,
    *,
    planning: bool,
    draws: Draws = DRAWS,
) -> CapacityCurve:
    """Draw the capacity curves of all models on the same rows.

    Parameters
    ----------
    cohort, scores
        The rows and what models said of them; where there are frozen scores, those alone.
    planning
        Whether the rows are visits with a calendar, whose order settles ties; else they are
        settled by lot.
    draws
        Of the bootstrap, by enterprise.
    """
    label, day = cohort.label[scores.rows], cohort.as_of[scores.rows]
    nothing = np.zeros(label.size)
    ranked = {
        model: calendar_order(chance, day) if planning else chance
        for model, chance in (scores.frozen or scores.probability).items()
    }
    work: dict[str, Computation] = {
        f"{model}@{capacity:g}": partial(_found, label, score, capacity)
        for model, score in ranked.items()
        for capacity in CAPACITIES
    }
    return CapacityCurve(
        frozen=bool(scores.frozen),
        rows=label.size,
        positives=int(label.sum()),
        shares=SHARES,
        found={model: gains(label, score, SHARES) for model, score in ranked.items()},
        usual=gains(label, calendar_order(nothing, day) if planning else nothing, SHARES),
        best=gains(label, label, SHARES),
        results=bootstrap(work, cohort.enterprise[scores.rows], draws),
    )


def _found(label: Array, score: Array, capacity: float, counts: Counts | None) -> Array:
    return gains(label, score, [capacity], counts)[..., 0]
