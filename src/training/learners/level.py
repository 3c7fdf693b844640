"""The level of probabilities: the one number on the log-odds that follows the base rate.

A model fitted on years promises the base rate of those years. Where that rises or falls, the last
year says more of the next than all years do, and a whole year holds every season once. So a model
begins at the level of the last year that it was trained on. Nothing is extrapolated: how a rate
drifted says little of how it will.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from ...grading import Calibrator
from ..cohorts import Array
from .counts import Outcomes
from .drift import uncertain, years_before

__all__ = ["levelled", "shift"]

SPREAD = 0.2
SMALL = 1e-10


def levelled(calibrator: Calibrator, outcomes: Outcomes, seed: int = 0) -> Calibrator:
    """Return a calibrator moved to the level of the last year of the training rows.

    Its replicates, where it has any, then tell how unsure that level is (`uncertain`).

    Parameters
    ----------
    calibrator
        What makes a margin a probability; its slope is kept.
    outcomes
        Of the training rows, by the model that was fitted on all of them.
    seed
        Of the replicates.
    """
    last = years_before(outcomes) == 0
    logits = calibrator.logit(outcomes.margins[last])
    moved = shift(logits, outcomes.label[last], weight=outcomes.weight[last])
    if calibrator.replicate_offsets.size:
        return uncertain(calibrator, outcomes, moved, SPREAD, seed)
    return calibrator.shifted(moved)


def shift(
    logits: Array, label: Array, spread: float = SPREAD, weight: Array | None = None
) -> float:
    """Return by how much logits are to be moved to fit outcomes, pulled towards nought.

    Parameters
    ----------
    logits, label
        What was promised of some rows, in log-odds, and what came.
    spread
        Standard deviation of the normal distribution, about nought, that it is pulled towards.
    weight
        How much each row counts; all alike if not given.

    Examples
    --------
    Half of many rows came true of which a tenth had been promised; and of few rows:

    >>> promised = np.log(np.full(1000, 1 / 9))
    >>> round(shift(promised, np.arange(1000) % 2, 0.2), 2)
    2.0
    >>> round(shift(promised[:10], np.arange(10) % 2, 0.2), 2)
    0.15
    """
    counted = np.ones_like(logits) if weight is None else weight

    def slope(moved: float) -> float:
        return float(counted @ (label - expit(logits + moved)) - moved / spread**2)

    furthest = spread**2 * float(counted.sum())  # where the pull outweighs all rows together
    return float(brentq(slope, -furthest, furthest, xtol=SMALL)) if furthest else 0.0
