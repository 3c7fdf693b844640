"""The hidden truth: how likely an inspection finds a critical violation, and how far that goes.

It is written apart from what departments deliver and read only by tests, benchmarks and reports
that say so.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["expected_auc", "log_odds", "probability"]

BASE = -1.75
YEARLY = -0.06
HOTTEST = 7

Floats = npt.NDArray[np.float64]


def log_odds(risk: Floats, summer: Floats, quality: Floats, month: int) -> Floats:
    """Return the log-odds of a critical violation in a month, counted from a January as 0.

    The base rate falls a little from year to year; July and August are the worst.
    """
    season = np.cos(2 * np.pi * (month % 12 - HOTTEST + 0.5) / 12)
    odds: Floats = BASE + YEARLY * month / 12 + risk + summer * season - quality
    return odds


def probability(log_odds: Floats) -> Floats:
    """Return the probability of log-odds.

    Examples
    --------
    >>> probability(np.array([0.0, 100.0])).tolist()
    [0.5, 1.0]
    """
    return np.asarray(1 / (1 + np.exp(-log_odds)), dtype=np.float64)


def expected_auc(score: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """Return the expected area under the ROC curve of a score where the true chances are known.

    Over all ways in which the outcomes may fall: of all pairs of a violation and none, the share
    that the score puts right, ties as half. With the true chances as their own score it is the
    Bayes-optimal area, which no model can pass but by luck.

    Parameters
    ----------
    score
        What ranks the inspections, the riskier the larger.
    truth
        Probability of a violation at each.

    Examples
    --------
    One of two is sure to violate and the other sure not to:

    >>> expected_auc([0.9, 0.1], [1.0, 0.0]), expected_auc([0.5, 0.5], [1.0, 0.0])
    (1.0, 0.5)
    """
    chance = np.asarray(truth, dtype=np.float64)
    _, tie = np.unique(np.asarray(score, dtype=np.float64), return_inverse=True)
    bad, good = np.bincount(tie, chance), np.bincount(tie, 1 - chance)
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2)).sum() / (bad.sum() * good.sum()))
