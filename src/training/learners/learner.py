"""Learners have one shape: a sample goes in, a fitted margin function and a log come out.

Whatever a learner leaves open (rounds, depth, penalty) is chosen inside the training window, out
of time: for each temporal block the learner is fitted on what was known before it, every candidate
is scored on it, and the candidate of the smallest log loss over all blocks together wins. It is
then fitted once more on the whole window. The block margins of the winner are kept
(`Fitted.out_of_time`): they are what calibration is fitted on, always of rows later than those
the model had seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ...grading import Blend
from ..cohorts import Array, Fold, Rows
from ..measuring import losses
from .additive import Additive

__all__ = [
    "Candidate",
    "Fitted",
    "Learner",
    "Margin",
    "Sample",
    "Staged",
    "base_margin",
    "choose",
    "choose_additive",
]

Margin = Callable[[pd.DataFrame], Array]
Candidate = Mapping[str, float]
"""Open settings by name, such as `{"penalty": 100.0}`."""
Staged = Callable[[pd.DataFrame, Sequence[Candidate]], Iterator[Array]]
"""Margins of a matrix by each of some candidates, after a fit that serves all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a learner learns from.

    Attributes
    ----------
    matrix
        float64, one column per input; NaN means: does not apply to this enterprise.
    label
        1 or 0 per row.
    weight
        How much each row counts, 1 on average.
    directions
        Monotone direction by column, 0 where not named.
    blocks
        Temporal folds within these rows.
    """

    matrix: pd.DataFrame
    label: Array
    weight: Array
    directions: Mapping[str, int]
    blocks: Sequence[Fold]

    @property
    def columns(self) -> list[str]:
        """Names of the inputs, in order."""
        return [str(column) for column in self.matrix.columns]

    @property
    def array(self) -> Array:
        """The matrix as an array, rows after each other."""
        return np.ascontiguousarray(self.matrix.to_numpy(np.float64))

    @property
    def every(self) -> Rows:
        """Positions of all rows."""
        return np.arange(len(self.label))


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A fitted model: its margin (log-odds) of a matrix, and what is worth telling.

    Attributes
    ----------
    margin
        Margins of a matrix.
    out_of_time
        Margin of each training row by a model of what was known before its block, moved by the
        change of the base rate since (see `choose`); NaN before the first block.
    chosen
        The candidate that won.
    over_time
        Its log loss on each block, in order, before the margins were moved.
    blend
        What a bundle can hold, if the model is of that kind.
    additive
        The whole model, if it is a sum of one step function for each column.
    """

    margin: Margin
    out_of_time: Array
    chosen: Candidate = field(default_factory=dict)
    over_time: tuple[float, ...] = ()
    blend: Blend | None = None
    additive: Additive | None = None


Learner = Callable[[Sample], Fitted]
ANY: tuple[Candidate, ...] = ({},)


def base_margin(label: Array, weight: Array | None = None) -> float:
    """Return the log-odds of the base rate, half a case added on either side.

    Examples
    --------
    >>> base_margin(np.array([0.0, 1.0]))
    0.0
    """
    counted = np.ones_like(label) if weight is None else weight
    return float(logit((counted @ label + 0.5) / (counted.sum() + 1)))


def choose(
    sample: Sample,
    fit: Callable[[Rows, Sequence[Candidate]], Staged],
    candidates: Sequence[Candidate] = ANY,
) -> Fitted:
    """Choose a candidate out of time, fit it on the whole sample, and keep the block margins.

    Parameters
    ----------
    sample
        What to learn from, with its blocks.
    fit
        Takes the rows to fit on, and the candidates that will be asked for.
    candidates
        The plainest first; of equal ones the first wins.

    Notes
    -----
    Base rates drift, and how they drifted says nothing about how they will: a calibration that
    learns the drift of the past applies it once more to a model that was refitted since.
    Measured, that is worse than none. So each block's margins are moved by the log-odds of the
    block's base rate less those of the rows its model was fitted on, and calibration corrects
    what is left: over- and underconfidence.
    """
    paths = [fit(block.train, candidates) for block in sample.blocks]
    pairs = list(zip(sample.blocks, paths, strict=True))
    found = np.array([_losses(sample, block, path, candidates) for block, path in pairs])
    counted = np.array([sample.weight[block.test].sum() for block in sample.blocks])
    chosen = candidates[int(np.argmin(counted @ found))]
    margins = np.full(len(sample.label), np.nan)
    for block, path in pairs:
        (margin,) = path(sample.matrix.iloc[block.test], [chosen])
        margins[block.test] = margin + _moved(sample, block)
    over_time = found[:, candidates.index(chosen)].tolist()
    whole = fit(sample.every, [chosen])

    def margin_of(matrix: pd.DataFrame) -> Array:
        (margin,) = whole(matrix, [chosen])
        return margin

    return Fitted(margin_of, margins, chosen, tuple(over_time))


def choose_additive(
    sample: Sample,
    fit: Callable[[Rows], Callable[[float], Additive]],
    name: str,
    values: Sequence[float],
) -> Fitted:
    """Choose one setting of an additive model as `choose` does, and keep the model.

    Parameters
    ----------
    sample
        What to learn from, with its blocks.
    fit
        Takes the rows to fit on, and returns the model by the value of the setting.
    name, values
        The setting and its candidates, the plainest first; of equal ones the first wins.
    """
    models: list[Callable[[float], Additive]] = []

    def staged(rows: Rows, _: Sequence[Candidate]) -> Staged:
        model = cache(fit(rows))
        models.append(model)

        def margins(matrix: pd.DataFrame, candidates: Sequence[Candidate]) -> Iterator[Array]:
            for each in candidates:
                yield model(each[name]).margin(matrix)

        return margins

    fitted = choose(sample, staged, [{name: value} for value in values])
    chosen = models[-1](fitted.chosen[name])
    return replace(fitted, margin=chosen.margin, additive=chosen)


def _losses(
    sample: Sample, block: Fold, path: Staged, candidates: Sequence[Candidate]
) -> list[float]:
    """Return the mean log loss of each candidate on a block."""
    label, weight = sample.label[block.test], sample.weight[block.test]
    tested = path(sample.matrix.iloc[block.test], candidates)
    return [float(np.average(losses(label, expit(margin)), weights=weight)) for margin in tested]


def _moved(sample: Sample, block: Fold) -> float:
    """Return by how much the base rate has moved since a block's model was fitted, in log-odds."""
    before, since = (
        base_margin(sample.label[rows], sample.weight[rows]) for rows in (block.train, block.test)
    )
    return since - before
