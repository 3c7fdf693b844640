"""Learners have one shape: a sample goes in, a fitted margin function and a log come out.

Whatever a learner leaves open (rounds, penalty) is chosen inside the training window, out of
time: for each temporal block the learner is fitted on what was known before it, every candidate
is scored on it, and the candidate of the smallest pooled log loss wins. It is then fitted once
more on the whole window. The block margins of the winner are kept (`Fitted.out_of_time`): they
are what calibration is fitted on, always of rows later than those the model had seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from .additive import Additive
from .folds import Fold
from .measures import log_loss

__all__ = [
    "Array",
    "Fitted",
    "Learner",
    "Margin",
    "Sample",
    "Staged",
    "base_margin",
    "choose",
    "choose_additive",
]

Array = npt.NDArray[np.float64]
Margin = Callable[[pd.DataFrame], Array]
Staged = Callable[[float, pd.DataFrame], Array]
"""Margins of a matrix by one candidate, after a fit that serves all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a learner learns from.

    Attributes
    ----------
    matrix
        float64, one column per input; NaN means: does not apply to this enterprise.
    label
        1 or 0 per row.
    directions
        Monotone direction by column, 0 where not named.
    blocks
        Temporal folds within these rows.
    """

    matrix: pd.DataFrame
    label: Array
    directions: Mapping[str, int]
    blocks: Sequence[Fold]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model: its margin (log-odds) of a matrix, and what is worth telling.

    `out_of_time` is the margin of each training row by a model of what was known before its
    block, moved by the change of the base rate since (see `choose`); NaN before the first block.
    `booster` or `additive` is the whole model, where it is one.
    """

    margin: Margin
    out_of_time: Array
    log: Mapping[str, float]
    booster: lgb.Booster | None = None
    additive: Additive | None = None


Learner = Callable[[Sample], Fitted]


def base_margin(label: Array) -> float:
    """Return the log-odds of the base rate, half a case added on either side.

    Examples
    --------
    >>> base_margin(np.array([0.0, 1.0]))
    0.0
    """
    return float(logit((label.sum() + 0.5) / (label.size + 1)))


def choose(
    sample: Sample,
    fit: Callable[[pd.DataFrame, Array, float], Staged],
    candidates: Sequence[float] = (0.0,),
) -> Fitted:
    """Choose a candidate out of time, fit it on the whole sample, and keep the block margins.

    Parameters
    ----------
    sample
        What to learn from, with its blocks.
    fit
        Takes matrix, label and the largest candidate that will be asked for.
    candidates
        Ascending; of equal ones the smallest wins.

    Notes
    -----
    Base rates drift, and how they drifted says nothing about how they will: a calibration that
    learns the drift of the past applies it once more to a model that was refitted since.
    Measured, that is worse than none. So each block's margins are moved by the log-odds of the
    block's base rate less those of the rows its model was fitted on, and calibration corrects
    what is left: over- and underconfidence.
    """
    margins = np.full((len(candidates), len(sample.label)), np.nan)
    for block in sample.blocks:
        path = fit(sample.matrix.iloc[block.train], sample.label[block.train], candidates[-1])
        tested = sample.matrix.iloc[block.test]
        for number, candidate in enumerate(candidates):
            margins[number, block.test] = path(candidate, tested)
    seen = ~np.isnan(margins[0])
    losses = [float(log_loss(sample.label[seen], expit(each[seen]))) for each in margins]
    best = int(np.argmin(losses))
    for block in sample.blocks:
        before, since = sample.label[block.train], sample.label[block.test]
        margins[best, block.test] += base_margin(since) - base_margin(before)
    chosen = candidates[best]
    path = fit(sample.matrix, sample.label, chosen)
    log = {"chosen": float(chosen), "log_loss_out_of_time": losses[best]}
    return Fitted(lambda matrix: path(chosen, matrix), margins[best], log)


def choose_additive(
    sample: Sample,
    fit: Callable[[pd.DataFrame, Array], Callable[[float], Additive]],
    candidates: Sequence[float],
) -> Fitted:
    """Choose a candidate as `choose` does, and keep the additive model that it gives.

    Parameters
    ----------
    sample
        What to learn from, with its blocks.
    fit
        Takes matrix and label, and returns the model by candidate.
    candidates
        Ascending; of equal ones the smallest wins.
    """
    models: list[Callable[[float], Additive]] = []

    def staged(matrix: pd.DataFrame, label: Array, _: float) -> Staged:
        model = cache(fit(matrix, label))
        models.append(model)
        return lambda candidate, other: model(candidate).margin(other)

    fitted = choose(sample, staged, candidates)
    chosen = models[-1](fitted.log["chosen"])
    return replace(fitted, margin=chosen.margin, additive=chosen)
