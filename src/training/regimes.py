"""Regimes: what keeping a model true is worth, on windows that follow each other."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..grading import Calibrator
from .cohorts import Array, Cohort, Fold
from .learners import DEFAULT, Follower, Model, followed
from .measuring import Scores, pooled

__all__ = ["REGIMES", "regimes"]

REGIMES = ("never", "monthly", "quarterly", "both")


def regimes(
    models: Sequence[Model],
    folds: Sequence[Fold],
    cohort: Cohort,
    matrix: pd.DataFrame,
    follower: Follower = DEFAULT,
    weight: Array | None = None,
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
    weight
        How much each row counts where it is followed; all alike if not given.

    Returns
    -------
    Probabilities of the rows of all windows but the first: by the first window's model as it was
    (`never`) or with its calibration followed each month (`monthly`); by each window's own model
    as it was (`quarterly`) or followed as well (`both`).
    """
    parts = []
    follow = partial(followed, cohort=cohort, matrix=matrix, follower=follower, weight=weight)
    for model, fold in zip(models[1:], folds[1:], strict=True):
        chance: dict[str, Array] = {}
        for name, kept, since in (("monthly", models[0], folds[0].cut), ("both", model, fold.cut)):
            chance[name] = _followed(kept, cohort, matrix, fold, partial(follow, since=since))
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
    follow: Callable[..., Calibrator],
) -> Array:
    """Return the probabilities of a window's rows, each by the calibration of its own month."""
    found = np.full(fold.test.size, np.nan)
    months = _months(cohort.as_of[fold.test])
    for month in np.unique(months).tolist():
        at = max(fold.cut, time.day(f"{month // 12:04d}-{month % 12 + 1:02d}-01"))
        calibrator = follow(model, at=at)
        inside = months == month
        margins = model.fitted.margin(matrix.iloc[fold.test[inside]])
        found[inside] = calibrator.probability(margins)
    return found


def _months(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Number the months of days, from the year 0 on."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
