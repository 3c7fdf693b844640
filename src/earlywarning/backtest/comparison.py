"""A comparison: all detectors on one span, at the same number of alarms a week."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..cases import WEEK, Cases
from ..counts import Floats, Integers
from ..detectors import Detector
from .alarms import thresholds
from .delays import Found, at_budget, at_threshold
from .onsets import Onsets
from .runs import Runs, daily, weekly

__all__ = ["Difference", "Span", "Tried", "clusters", "difference", "try_out"]

DRAWS = 2_000
CLOSE = 13


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the one after the last."""

    first: int
    after: int


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What a detector did at a budget of alarms.

    Attributes
    ----------
    detector, step, budget
        Which, looking every so many days, at how many alarms a week.
    threshold
        By which it gave so many alarms in the years before.
    equal
        How soon it found onsets at exactly so many alarms in the span.
    realised
        How soon it found them by the threshold, with the alarms that this gave.
    """

    detector: str
    step: int
    budget: float
    threshold: float
    equal: Found
    realised: Found


@dataclass(frozen=True, slots=True)
class Difference:
    """A mean difference of delays in days, and the 95 % interval of it."""

    mean: float
    low: float
    high: float


def try_out(
    detector: Detector,
    cases: Cases,
    onsets: Onsets,
    before: Span,
    span: Span,
    budgets: Sequence[float],
    step: int = WEEK,
) -> list[Tried]:
    """Run a detector over a span, with thresholds from the years before.

    Parameters
    ----------
    detector, cases, onsets
        What is run on what, and what began to spread.
    before, span
        Where thresholds are from, and where delays are measured.
    budgets
        Alarms a week.
    step
        Days from one look to the next, 7 or 1.
    """
    look = weekly if step == WEEK else daily
    past = look(detector, cases, before.first, before.after)
    runs = look(detector, cases, span.first, span.after)
    begun = onsets.within(span.first, span.after)
    found = []
    for budget in budgets:
        threshold = _nearest(past, budget)
        equal, realised = at_budget(runs, begun, budget), at_threshold(runs, begun, threshold)
        found.append(Tried(detector.name, step, budget, threshold, equal, realised))
    return found


def _nearest(runs: Runs, budget: float) -> float:
    """Return the threshold whose alarms a week are nearest to a budget."""
    nobody = Onsets(np.empty(0, np.int32), np.empty(0, np.int32))

    def off(threshold: float) -> float:
        return abs(at_threshold(runs, nobody, threshold).weekly - budget)

    return min(thresholds(runs, budget), key=off)


def clusters(cases: Cases, onsets: Onsets) -> Integers:
    """Return which onsets belong together: of one product or one hazard, a quarter apart at most.

    Returns
    -------
    numpy.ndarray
        Number of the cluster of each onset; shape (onsets,).
    """
    product, hazard = cases.product[onsets.series], cases.hazard[onsets.series]
    alike = (product[:, None] == product) | (hazard[:, None] == hazard)
    near = np.abs(onsets.day[:, None].astype(np.int64) - onsets.day) <= CLOSE * WEEK
    joined = alike & near
    label = np.arange(len(onsets.day), dtype=np.int32)
    while True:
        least = np.where(joined, label, len(label)).min(axis=1, initial=len(label))
        if (least == label).all():
            return label
        label = least.astype(np.int32)


def difference(
    one: Floats, other: Floats, cluster: Integers, seed: int = 0, draws: int = DRAWS
) -> Difference:
    """Return by how many days one detector is slower than another, paired by onset.

    Whole clusters of onsets are drawn again, as what spreads at once is found alike.

    Examples
    --------
    >>> days = np.array([10.0, 20.0, 30.0])
    >>> difference(days, days - 4, np.arange(3, dtype=np.int32))
    Difference(mean=4.0, low=4.0, high=4.0)
    """
    apart = one - other
    _, place = np.unique(cluster, return_inverse=True)
    sums, sizes = np.bincount(place, apart), np.bincount(place)
    drawn = np.random.default_rng(seed).integers(0, len(sizes), (draws, len(sizes)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(float(apart.mean()), float(low), float(high))
