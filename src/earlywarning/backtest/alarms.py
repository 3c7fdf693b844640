"""Alarms: scores at or over a threshold, after which a series is silent for a while."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from ..cases import WEEK
from ..counts import Integers
from .runs import Runs

__all__ = ["SILENCE", "Alarms", "alarms", "thresholds"]

SILENCE = 13
"""Weeks for which a series is silent after an alarm."""


@dataclass(frozen=True, slots=True, eq=False)
class Alarms:
    """Alarms in order of series and days.

    Attributes
    ----------
    series, day
        Which series, and at the end of which day; shape (n,).
    weekly
        How many there were a week.
    """

    series: Integers
    day: Integers
    weekly: float


def alarms(runs: Runs, threshold: float, silence: int = SILENCE) -> Alarms:
    """Return the alarms of runs at a threshold.

    Parameters
    ----------
    runs
        What a detector said.
    threshold
        An alarm is a score at or over it in a run before which the series had a case.
    silence
        Weeks after an alarm in which the series gives none.
    """
    series, run = np.nonzero((runs.scores >= threshold) & runs.fresh)
    kept = _spaced(series, run, silence * WEEK // runs.step)
    day = runs.first + run[kept] * runs.step
    return Alarms(series[kept].astype(np.int32), day.astype(np.int32), int(kept.sum()) / runs.weeks)


def thresholds(runs: Runs, budget: float, silence: int = SILENCE) -> tuple[float, float]:
    """Return two neighbouring thresholds between which the alarms a week pass a budget.

    Parameters
    ----------
    runs
        What a detector said.
    budget
        Alarms a week.
    silence
        See `alarms`.

    Returns
    -------
    tuple of float
        The lower one, with at least so many alarms, and the higher, with fewer; alike where all
        there is are fewer alarms than the budget.
    """
    values = np.unique(runs.scores[runs.fresh])
    values = values[values > -np.inf]
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        if alarms(runs, values[middle], silence).weekly >= budget:
            low = middle
        else:
            high = middle
    if not len(values) or alarms(runs, values[0], silence).weekly < budget:
        lowest = float(values[0]) if len(values) else np.inf
        return lowest, lowest
    return float(values[low]), float(values[high]) if high < len(values) else np.inf


@njit(cache=True, nogil=True)
def _spaced(series: Any, run: Any, silence: int) -> npt.NDArray[np.bool_]:
    """Tell which hits, in order of series and runs, are not in the silence after another."""
    kept = np.zeros(len(run), np.bool_)
    last = -1
    for place in range(len(run)):
        silent = last >= 0 and series[last] == series[place] and run[place] - run[last] <= silence
        if not silent:
            kept[place] = True
            last = place
    return kept
