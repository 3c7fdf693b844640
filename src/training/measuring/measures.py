"""Measures of a ranking and of a probability, each a pure function of outcomes and scores.

Every measure takes `counts`, how often each row was drawn, shape (draws, n); it then returns one
number per draw, equal to what it would return for the repeated rows. That is what the bootstrap
runs on. Without `counts` each row counts once, and the result is one number.

Two rules on ties. Where a measure orders inspections (`days_earlier`, `found`), equal scores
keep the order of the calendar, and equal days that of the rows: a score that knows nothing is
business as usual. Where there is no calendar, a tie is settled by lot: it counts one half where
pairs are compared (`auc`), and evenly where rows are taken one after the other
(`average_precision`, `gains`).
"""

import numpy as np
import numpy.typing as npt

from ..cohorts import Array, Rows

__all__ = [
    "auc",
    "auc_among",
    "average_precision",
    "brier",
    "calibration_error",
    "days_earlier",
    "found",
    "gains",
    "log_loss",
    "losses",
]

Counts = Array
SMALLEST = 1e-15


def auc(label: npt.ArrayLike, score: npt.ArrayLike, counts: Counts | None = None) -> Array:
    """Return the share of pairs (violation, none) that the score orders rightly; a tie is half.

    NaN where all outcomes are the same.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]).item()  # 3.5 of 4 pairs
    0.875
    """
    positive, weight = _by_score(label, score, counts)
    negative = weight - positive
    above = np.cumsum(positive, axis=1) - positive / 2
    pairs = positive.sum(1) * negative.sum(1)
    return _result(_ratio(np.einsum("ij,ij->i", negative, above), pairs), counts)


def average_precision(
    label: npt.ArrayLike, score: npt.ArrayLike, counts: Counts | None = None
) -> Array:
    """Return the mean over violations of the share of violations among all that score as high.

    A score that knows nothing has the base rate. NaN without violations.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]).item(), 4)  # (1 + 2/3) / 2
    0.8333
    """
    positive, weight = _by_score(label, score, counts)
    reached, taken = np.cumsum(positive, axis=1), np.cumsum(weight, axis=1)
    precision = np.divide(reached, taken, out=np.zeros_like(taken), where=taken > 0)
    summed = np.einsum("ij,ij->i", positive, precision)
    return _result(_ratio(summed, positive.sum(1)), counts)


def gains(
    label: npt.ArrayLike,
    score: npt.ArrayLike,
    shares: npt.ArrayLike,
    counts: Counts | None = None,
) -> Array:
    """Return the share of violations among the first parts of the rows in order of the score.

    Each part is one of `shares` of their number, rounded down. Shape (shares,), or with `counts`
    (draws, shares).

    Examples
    --------
    >>> gains([1, 0, 0, 1], [0.9, 0.5, 0.5, 0.5], [0.25, 0.5, 1.0]).tolist()  # a third of one more
    [0.5, 0.6666666666666666, 1.0]
    """
    positive, weight = _by_score(label, score, counts)
    some = np.zeros((len(weight), 1))
    taken = np.cumsum(np.hstack([some, weight]), axis=1)
    reached = np.cumsum(np.hstack([some, positive]), axis=1)
    places = np.floor(taken[:, -1:] * np.asarray(shares, np.float64) + 1e-9)
    found = np.stack([np.interp(*each) for each in zip(places, taken, reached, strict=True)])
    return _result(_ratio(found, reached[:, -1:]), counts)


def auc_among(
    label: npt.ArrayLike, score: npt.ArrayLike, group: npt.ArrayLike, counts: Counts | None = None
) -> Array:
    """Return the share of pairs within a group that the score orders rightly; a tie is half.

    Every pair of one group counts alike, and none across groups: what tells groups apart adds
    nothing. Parameters are those of `auc`, and the group of each row.

    Examples
    --------
    >>> auc_among([0, 1, 0, 1], [0.1, 0.2, 0.7, 0.6], ["a", "a", "b", "b"]).item()
    0.5
    """
    outcome, values = _arrays(label, score)
    _, member = np.unique(np.asarray(group), return_inverse=True)
    order = np.lexsort((-values, member))
    weight = _weights(outcome, counts)[:, order]
    positive = weight * outcome[order]
    opens = np.diff(member[order], prepend=-1) > 0
    levels = np.flatnonzero(opens | (np.diff(values[order], prepend=np.inf) != 0))
    positive, weight = (np.add.reduceat(x, levels, axis=1) for x in (positive, weight))
    negative, reached = weight - positive, np.cumsum(positive, axis=1)
    groups = np.flatnonzero(opens[levels])
    before = np.repeat((reached - positive)[:, groups], np.diff(groups, append=levels.size), axis=1)
    right = np.einsum("ij,ij->i", negative, reached - before - positive / 2)
    pairs = [np.add.reduceat(x, groups, axis=1) for x in (positive, negative)]
    return _result(_ratio(right, np.einsum("ij,ij->i", *pairs)), counts)


def log_loss(
    label: npt.ArrayLike, probability: npt.ArrayLike, counts: Counts | None = None
) -> Array:
    """Return the mean of minus the logarithm of the probability given to what came.

    Probabilities are kept 1e-15 away from 0 and 1.

    Examples
    --------
    >>> round(log_loss([1, 0], [0.5, 0.5]).item(), 4)  # ln 2
    0.6931
    """
    return _mean(losses(label, probability), counts)


def losses(label: npt.ArrayLike, probability: npt.ArrayLike) -> Array:
    """Return the log loss of each row: minus the logarithm of the probability of what came."""
    outcome, chance = _arrays(label, probability)
    chance = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return -np.where(outcome > 0, np.log(chance), np.log1p(-chance))


def brier(label: npt.ArrayLike, probability: npt.ArrayLike, counts: Counts | None = None) -> Array:
    """Return the mean squared distance of the probability from the outcome.

    Examples
    --------
    >>> brier([1, 0], [0.5, 0.0]).item()
    0.125
    """
    outcome, chance = _arrays(label, probability)
    return _mean((chance - outcome) ** 2, counts)


def calibration_error(
    label: npt.ArrayLike,
    probability: npt.ArrayLike,
    counts: Counts | None = None,
    *,
    bins: int = 10,
) -> Array:
    """Return the mean distance of promised from observed rates over bins of like size.

    Rows are cut by the rank of their probability, equal ones by their mean rank and so into one
    bin; the cut does not change with `counts`.

    Examples
    --------
    >>> calibration_error([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9], bins=2).item()  # (.3 + .1) / 2
    0.2
    """
    outcome, chance = _arrays(label, probability)
    weight = _weights(outcome, counts)
    _, group, size = np.unique(chance, return_inverse=True, return_counts=True)
    middle = (np.cumsum(size) - size / 2)[group]
    member = np.minimum((middle * bins / outcome.size).astype(np.int64), bins - 1)
    gap = np.where(member[:, None] == np.arange(bins), (outcome - chance)[:, None], 0.0)
    return _result(_ratio(np.abs(weight @ gap).sum(1), weight.sum(1)), counts)


def days_earlier(
    label: npt.ArrayLike,
    score: npt.ArrayLike,
    as_of: npt.ArrayLike,
    counts: Counts | None = None,
) -> Array:
    """Return by how many days on average violations are found earlier when the score orders.

    Each day keeps its number of inspections; all inspections are put in order of the score,
    highest first, and take the places of the calendar in turn. The mean is over the violations,
    of actual day minus new day. Scores must have been known when the window began.

    Examples
    --------
    >>> days_earlier([0, 0, 1], [1, 2, 3], [10, 11, 17]).item()  # from day 17 to day 10
    7.0
    """
    outcome, values = _arrays(label, score)
    day = np.asarray(as_of, np.float64)
    weight = _weights(outcome, counts)
    order = _order(values, day)
    dates, member = np.unique(day, return_inverse=True)
    moved = np.empty(len(weight))
    for number, row in enumerate(weight):
        taken = np.bincount(member, row, minlength=dates.size)
        places = np.concatenate([[0.0], np.cumsum(taken)])
        sums = np.concatenate([[0.0], np.cumsum(taken * dates)])
        ends = np.cumsum(row[order])
        passed = np.interp(ends, places, sums)
        new = np.diff(passed, prepend=0.0)
        share = np.divide(new, row[order], out=np.zeros_like(new), where=row[order] > 0)
        positive = (row * outcome)[order]
        moved[number] = _ratio((positive * (day[order] - share)).sum(), positive.sum())
    return _result(moved, counts)


def found(
    label: npt.ArrayLike,
    score: npt.ArrayLike,
    as_of: npt.ArrayLike,
    counts: Counts | None = None,
    *,
    share: float = 0.5,
) -> Array:
    """Return the share of violations among the first part of inspections in order of the score.

    The part is `share` of their number, rounded down.

    Examples
    --------
    >>> found([1, 0, 0, 1, 0], [5, 4, 3, 2, 1], [1, 2, 3, 4, 5]).item()  # 1 of 2 in the first 2
    0.5
    """
    outcome, values = _arrays(label, score)
    order = _order(values, np.asarray(as_of, np.float64))
    weight = _weights(outcome, counts)[:, order]
    places = np.floor(weight.sum(1) * share + 1e-9)
    before = np.cumsum(weight, axis=1) - weight
    taken = np.clip(places[:, None] - before, 0, weight)
    positive = outcome[order]
    return _result(_ratio(taken @ positive, weight @ positive), counts)


def _arrays(label: npt.ArrayLike, score: npt.ArrayLike) -> tuple[Array, Array]:
    return np.asarray(label, np.float64), np.asarray(score, np.float64)


def _weights(outcome: Array, counts: Counts | None) -> Array:
    return np.ones((1, outcome.size)) if counts is None else counts


def _by_score(
    label: npt.ArrayLike, score: npt.ArrayLike, counts: Counts | None
) -> tuple[Array, Array]:
    """Return violations and rows of each score, highest first; shape (draws, scores) each."""
    outcome, values = _arrays(label, score)
    _, group = np.unique(-values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    weight = _weights(outcome, counts)[:, order]
    positive = weight * outcome[order]
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    if starts.size < order.size:
        positive, weight = (np.add.reduceat(x, starts, axis=1) for x in (positive, weight))
    return positive, weight


def _order(score: Array, day: Array) -> Rows:
    return np.lexsort((day, -score))


def _mean(each: Array, counts: Counts | None) -> Array:
    weight = _weights(each, counts)
    return _result(_ratio(weight @ each, weight.sum(1)), counts)


def _ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.asarray(above, np.float64) / np.asarray(below, np.float64))


def _result(values: Array, counts: Counts | None) -> Array:
    return values if counts is not None else np.asarray(values[0])
