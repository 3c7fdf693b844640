"""Scoring: how alarming each series, and each product as a whole, is at the end of some weeks."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..counts import Counts, Floats
from ..signals import Panel
from ..tally import WEEK
from .settings import WatchSettings

__all__ = ["At", "Scored", "score"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A panel at the end of some weeks, the last of which ends on a day.

    Attributes
    ----------
    panel, counts
        Its series, and what was known of them on that day.
    strength
        Logarithm of how much likelier all that is told of a series is if it spreads, weighed by
        how severe its hazard is; the weights are 1 on average. Shape (series, last).
    reported
        Of each product as a whole, by what is told of it alone; shape (products, last).
    """

    panel: Panel
    counts: Counts
    strength: Floats
    reported: Floats

    @property
    def last(self) -> int:
        """How many weeks were asked for."""
        return int(self.strength.shape[1])


class At(NamedTuple):
    """Where something stands: a series, or a product as a whole, in one of the weeks.

    Attributes
    ----------
    scored
        What was scored.
    product, series
        Places in the panel; the series is None of a product as a whole.
    week
        Which of the weeks that were scored.
    """

    scored: Scored
    product: int
    series: int | None
    week: int

    @property
    def back(self) -> int:
        """How many weeks it lies back."""
        return self.scored.last - 1 - self.week

    @property
    def end(self) -> int:
        """How many weeks of the counts there are up to it."""
        return self.scored.counts.weeks - self.back

    @property
    def strength(self) -> float:
        """How alarming it is."""
        if self.series is None:
            return float(self.scored.reported[self.product, self.week])
        return float(self.scored.strength[self.series, self.week])


def score(panel: Panel, settings: WatchSettings, day: int, last: int) -> Scored:
    """Score a panel as it was known at the end of a day, for so many weeks up to it."""
    detector, cases = settings.detector, panel.known(day)
    begun = cases.begun
    there = 1 if begun is None else (day - begun) // WEEK + 1
    counts = cases.counts(day, max(last, min(there, last + max(detector.windows) + detector.past)))
    strength = detector.scores(counts, last) + _weight(panel, settings)[:, None]
    by_product = counts.reports[len(panel.by_series) :]
    reported = np.full((len(panel.products), last), -np.inf)
    if by_product:
        reported = detector.reported(by_product, last)
    return Scored(panel, counts, strength, reported)


def _weight(panel: Panel, settings: WatchSettings) -> Floats:
    """Return the logarithm of each series' weight, by the severity of its hazard."""
    severe = np.where(panel.severity > 0, panel.severity, settings.usual_severity).astype(float)
    return np.log(severe / severe.mean()) if len(severe) else severe
