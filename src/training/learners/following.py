"""Following: how a model is kept true while the base rate drifts.

A model is refitted each quarter, and between two refits its calibration follows the outcomes that
have matured since, once a month. Only the level moves, by one number on the log-odds: the order
of enterprises stays, and a month's outcomes are too few for more. The number is pulled towards
nought, so that few outcomes move it little. A refit begins at the level of its last year (`level`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from ...grading import Calibrator
from ..cohorts import Array, Cohort
from .counts import Outcomes
from .drift import YEAR
from .level import SPREAD, shift
from .model import Model

__all__ = ["DEFAULT", "Follower", "follow", "followed", "matured"]


@dataclass(frozen=True, slots=True)
class Follower:
    """How closely the calibration follows.

    Attributes
    ----------
    spread
        By how much, in log-odds, the level is thought to drift between two refits: the standard
        deviation towards which the shift is pulled.
    days
        Outcomes count that became known within so many days.
    """

    spread: float = SPREAD
    days: int = YEAR


DEFAULT = Follower()


def matured(
    cohort: Cohort, since: int, at: int, follower: Follower = DEFAULT
) -> npt.NDArray[np.intp]:
    """Return the rows whose outcomes became known between two days, and lately.

    It is when an outcome became known that counts: that of a year ahead is known more than a year
    after the day as of which its row was looked at.
    """
    before = max(since, at - follower.days)
    return np.flatnonzero(cohort.known(at) & ~cohort.known(before))


def followed(
    model: Model,
    cohort: Cohort,
    matrix: pd.DataFrame,
    *,
    since: int,
    at: int,
    follower: Follower = DEFAULT,
    weight: Array | None = None,
) -> Calibrator:
    """Return a model's calibrator as of a day, moved by what has matured since it was fitted.

    Parameters
    ----------
    model
        What was fitted on rows before `since`.
    cohort, matrix
        All rows, and their inputs.
    since, at
        Outcomes count that were known before the second day and not yet before the first.
    follower
        How closely it follows.
    weight
        How much each row of the cohort counts; all alike if not given.
    """
    rows = matured(cohort, since, at, follower)
    if not rows.size:
        return model.calibrator
    outcomes = Outcomes(
        model.fitted.margin(matrix.iloc[rows]),
        cohort.label[rows],
        np.ones(rows.size) if weight is None else weight[rows],
        cohort.as_of[rows],
        cohort.enterprise[rows],
    )
    return follow(model.calibrator, outcomes, follower)


def follow(calibrator: Calibrator, outcomes: Outcomes, follower: Follower = DEFAULT) -> Calibrator:
    """Return a calibrator moved to the level of outcomes that it had not seen.

    The day that its level is of moves along, as far as the outcomes outweigh the pull: so its
    interval, which widens with the days since, narrows as much as was learned.
    """
    logits = calibrator.logit(outcomes.margins)
    moved = shift(logits, outcomes.label, follower.spread, outcomes.weight)
    chance = expit(logits + moved)
    told = float(outcomes.weight @ (chance * (1 - chance)))
    day = float(np.average(outcomes.as_of, weights=outcomes.weight))
    share = told / (told + follower.spread**-2)
    return calibrator.shifted(moved, round(calibrator.since + share * (day - calibrator.since)))
