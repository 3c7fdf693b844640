"""Runs: what a detector said at the end of each week or day of a span, as it stood there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..cases import WEEK, Cases
from ..counts import Counts, Floats
from ..detectors import Detector

__all__ = ["Runs", "daily", "weekly"]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Scores of series, run after run.

    Attributes
    ----------
    scores
        Shape (series, runs).
    fresh
        Whether the series had a case since the run before; shape (series, runs).
    first, step
        The day at whose end the first run was, and days from one to the next.
    """

    scores: Floats
    fresh: npt.NDArray[np.bool_]
    first: int
    step: int

    @property
    def weeks(self) -> float:
        """How many weeks the runs cover."""
        return float(self.scores.shape[1] * self.step / WEEK)


def weekly(detector: Detector, cases: Cases, first: int, after: int) -> Runs:
    """Run a detector at the end of each week of a span, on all cases up to then.

    Parameters
    ----------
    detector, cases
        What is run on what.
    first, after
        The first day of the first week, and the day after the span; a week that is not over by
        then is left out.
    """
    runs = (after - first) // WEEK
    counts = _ending(cases, first + runs * WEEK - 1, runs)
    fresh = counts.cases[:, counts.weeks - runs :] > 0
    return Runs(detector.scores(counts, runs), fresh, first + WEEK - 1, WEEK)


def daily(detector: Detector, cases: Cases, first: int, after: int) -> Runs:
    """Run a detector at the end of each day of a span, on weeks that end there; see `weekly`."""
    days = after - first
    scores = np.empty((len(cases.product), days))
    for phase in range(min(WEEK, days)):
        runs = (days - phase - 1) // WEEK + 1
        counts = _ending(cases, first + phase + (runs - 1) * WEEK, runs)
        scores[:, phase::WEEK] = detector.scores(counts, runs)
    kept = slice(*np.searchsorted(cases.day, (first, after)))
    fresh = np.zeros(scores.shape, bool)
    fresh[cases.series[kept], cases.day[kept] - first] = True
    return Runs(scores, fresh, first, 1)


def _ending(cases: Cases, last: int, runs: int) -> Counts:
    """Return all whole weeks of the cases up to one that ends with a day, so many at least."""
    return cases.counts(last, max(runs, (last + 1 - int(cases.day[0])) // WEEK))
