"""Following: how a model is kept true while the base rate drifts.

A model is refitted each quarter, and between two refits its calibration follows the outcomes that
have matured since, once a month. Only the level moves, by one number on the log-odds: the order
of enterprises stays, and a month's outcomes are too few for more. The number is pulled towards
nought, so that few outcomes move it little. A refit begins at the level of its last year (`level`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...grading import Calibrator
from ..cohorts import Array, Cohort, Fold
from ..measuring import Scores, pooled
from .level import DAYS, SPREAD, shift
from .model import Model

__all__ = ["REGIMES", "Follower", "followed", "matured", "regimes"]

REGIMES = ("never", "monthly", "quarterly", "both")


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
    days: int = DAYS


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
    """
    rows = matured(cohort, since, at, follower)
    if not rows.size:
        return model.calibrator
    logits = model.calibrator.logit(model.fitted.margin(matrix.iloc[rows]))
    return model.calibrator.shifted(shift(logits, cohort.label[rows], follower.spread))


def regimes(
    models: Sequence[Model],
    folds: Sequence[Fold],
    cohort: Cohort,
    matrix: pd.DataFrame,
    follower: Follower = DEFAULT,
) -> Scores:
    """Score windows that follow each other as four ways of keeping a model would.

    Parameters
    ----------
    models, folds
        The model fitted for each window.
    cohort, matrix
        All rows, and their inputs.
    follower
        How closely the calibration follows.

    Returns
    -------
    Probabilities of the rows of all windows but the first: by the first window's model as it was
    (`never`) or with its calibration followed each month (`monthly`); by each window's own model
    as it was (`quarterly`) or followed as well (`both`).
    """
    parts = []
    for model, fold in zip(models[1:], folds[1:], strict=True):
        chance: dict[str, Array] = {}
        for name, kept, since in (("monthly", models[0], folds[0].cut), ("both", model, fold.cut)):
            chance[name] = _followed(kept, cohort, matrix, fold, since, follower)
        chance["never"] = models[0].probability(matrix.iloc[fold.test])
        chance["quarterly"] = model.probability(matrix.iloc[fold.test])
        ordered: Mapping[str, Array] = {name: chance[name] for name in REGIMES}
        parts.append(Scores(fold.test, ordered, {}))
    return pooled(parts)


def _followed(
    model: Model,
    cohort: Cohort,
    matrix: pd.DataFrame,
    fold: Fold,
    since: int,
    follower: Follower,
) -> Array:
    """Return the probabilities of a window's rows, each by the calibration of its own month."""
    found = np.full(fold.test.size, np.nan)
    months = _months(cohort.as_of[fold.test])
    for month in np.unique(months).tolist():
        at = max(fold.cut, time.day(f"{month // 12:04d}-{month % 12 + 1:02d}-01"))
        calibrator = followed(model, cohort, matrix, since=since, at=at, follower=follower)
        inside = months == month
        margins = model.fitted.margin(matrix.iloc[fold.test[inside]])
        found[inside] = calibrator.probability(margins)
    return found


def _months(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Number the months of days, from the year 0 on."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
