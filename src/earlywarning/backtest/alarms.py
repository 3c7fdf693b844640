"""Alarms: scores at or over a threshold, after which a series is silent for a while."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..cases import WEEK
from ..counts import Integers
from .runs import Runs

__all__ = ["SILENCE", "Alarms", "alarms", "thresholds"]

Numbers = npt.NDArray[np.int64]

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
    return Alarms(series[kept].astype(np.int32), day.astype(np.int32), len(kept) / runs.weeks)


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


def _spaced(series: Numbers, run: Numbers, silence: int) -> Numbers:
    """Return the places of hits, in order of series and runs, that no alarm before silences."""
    kept, left = [], np.arange(len(run))
    while len(left):
        begins = np.append(True, np.diff(series[left]) > 0)
        alarm = left[begins]
        kept.append(alarm)
        since = run[left] - run[alarm][np.cumsum(begins) - 1]
        left = left[since > silence]
    return np.sort(np.concatenate(kept)) if kept else left
