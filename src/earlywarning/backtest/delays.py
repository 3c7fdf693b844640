"""Delays: how long after its onset what spreads was found, at so many alarms a week."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ..cases import WEEK
from ..counts import Floats
from .alarms import SILENCE, Alarms, alarms, thresholds
from .onsets import Onsets
from .runs import Runs

__all__ = ["FOUND_WITHIN", "Found", "at_budget", "at_threshold"]

FOUND_WITHIN = 26
"""Weeks from an onset in which an alarm finds it; one that is not found counts as so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """How soon onsets were found.

    Attributes
    ----------
    days
        From the first case to the end of the run that gave alarm; shape (onsets,).
    weekly
        Alarms a week.
    right
        Share of the alarms that are of a series in the weeks after one of its onsets.
    """

    days: Floats
    weekly: float
    right: float

    @property
    def mean(self) -> float:
        """Mean delay in days."""
        return float(self.days.mean()) if len(self.days) else np.nan

    def within(self, weeks: int) -> float:
        """Return the share that was found within so many weeks."""
        return float((self.days <= weeks * WEEK).mean()) if len(self.days) else np.nan

    def towards(self, other: Self, share: float) -> Self:
        """Return what is so far from this to another, as if either were drawn at that chance."""

        def between(one: float, two: float) -> float:
            return (1 - share) * one + share * two

        days = (1 - share) * self.days + share * other.days
        weekly, right = between(self.weekly, other.weekly), between(self.right, other.right)
        return type(self)(days, weekly, right)


def at_threshold(
    runs: Runs, onsets: Onsets, threshold: float, silence: int = SILENCE, within: int = FOUND_WITHIN
) -> Found:
    """Return how soon onsets are found by the alarms at a threshold.

    Parameters
    ----------
    runs, onsets
        What a detector said in a span, and what began to spread in it.
    threshold, silence
        See `alarms`.
    within
        See `FOUND_WITHIN`.
    """
    given = alarms(runs, threshold, silence)
    lead = _leads(given, onsets)
    hit = (lead >= 0) & (lead <= within * WEEK)
    days = np.where(hit, lead, within * WEEK).min(axis=1, initial=within * WEEK)
    right = float(hit.any(axis=0).mean()) if len(given.day) else 0.0
    return Found(days.astype(np.float64), given.weekly, right)


def at_budget(
    runs: Runs, onsets: Onsets, budget: float, silence: int = SILENCE, within: int = FOUND_WITHIN
) -> Found:
    """Return how soon onsets are found at exactly so many alarms a week.

    Scores have ties, so that hardly any threshold gives just so many. What the two thresholds on
    either side give is mixed, as if one of them were drawn for each onset.
    """
    low, high = thresholds(runs, budget, silence)
    more = at_threshold(runs, onsets, low, silence, within)
    if more.weekly <= budget:
        return more
    fewer = at_threshold(runs, onsets, high, silence, within)
    return more.towards(fewer, (more.weekly - budget) / (more.weekly - fewer.weekly))


def _leads(given: Alarms, onsets: Onsets) -> npt.NDArray[np.int64]:
    """Return days from each onset to each alarm of its series, -1 for those of others."""
    same = onsets.series[:, None] == given.series
    lead = given.day.astype(np.int64) + 1 - onsets.day[:, None]
    return np.where(same, lead, -1)
