"""Drift: how sure one can be of a level of probabilities, and how far it wanders in a year.

The level is the one number on the log-odds that follows the base rate (`level`). Two things make
it unsure. It was learned from so many outcomes of so many enterprises, which replicates tell: those
of the weighted bootstrap, as in `grading.fit_calibrator`. And it is asked about days later than
those it was learned from, while laws, standards and habits change. How far it wanders is learned
from how far it did: the level of each year of the training rows is a random walk (Harvey 1989)
seen with the error of its sample, and what those years leave of the prior of the standard deviation
of its steps says how far the next one may go. Two years say little, so the prior matters: Student's
t of three degrees of freedom and scale .2, folded (Gelman 2006), which years that moved more soon
outweigh. Where there is a public record, Chicago's routine inspections of food from September 2011
on, critical violations were found in 12.4, 13.0 and 14.9 % in three whole years: steps of .05 and
.16 log-odds.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtr, ndtri

from ...grading import Calibrator
from ...grading.calibrator import integral
from ..cohorts import Array
from .counts import Counts, Outcomes

__all__ = ["YEAR", "ahead", "uncertain", "wandering", "years_before"]

YEAR, LONG_ENOUGH, FEWEST = 365, 180, 20
HALVINGS = 50
WANDER, FREEDOM, LOOSE = 0.2, 3, 2.0
GRID = np.linspace(0.005, 1.5, 300)
STEPS = np.linspace(-6.0, 6.0, 4801)


def years_before(outcomes: Outcomes) -> npt.NDArray[np.int64]:
    """Return how many years before the last row each row is, in whole years."""
    return (int(outcomes.as_of.max()) - outcomes.as_of.astype(np.int64)) // YEAR


def uncertain(
    calibrator: Calibrator, outcomes: Outcomes, moved: float, spread: float, seed: int
) -> Calibrator:
    """Return a calibrator at its level whose replicates know how unsure that is, and may wander.

    Parameters
    ----------
    calibrator
        Before it is moved to its level.
    outcomes
        What the level was learned from: the last year, and the years before it.
    moved, spread
        By how much it is moved, and the spread of the pull by which that was found (`level.shift`).
    seed
        Of the replicates.
    """
    replicates = calibrator.replicate_offsets.size
    year = years_before(outcomes)
    whole = _whole_years(outcomes, year)
    rng = np.random.default_rng([seed, YEAR])
    counted = Counts.of(outcomes, np.where(np.isin(year, [0, *whole]), year, -1), replicates, rng)
    plain = calibrator.logit(counted.margins)
    heights = integral(
        calibrator.knots,
        calibrator.replicate_slopes,
        calibrator.replicate_offsets,
        counted.margins,
    )
    towards = spread * ndtri(rng.permutation(_evenly(replicates)))
    shifts = _shifts(heights, counted.total[1:, 0], counted.positive[1:, 0], spread, towards)
    walked = [
        _shifts(plain, counted.total[:, number], counted.positive[:, number], LOOSE)
        for number in whole
    ]
    steps = wandering(np.reshape(walked, (len(whole), 1 + replicates)), replicates)
    last = year == 0
    return Calibrator(
        calibrator.knots,
        calibrator.slopes,
        calibrator.offset + moved,
        calibrator.replicate_slopes,
        calibrator.replicate_offsets + shifts,
        drift=rng.permutation(steps),
        since=round(float(np.average(outcomes.as_of[last], weights=outcomes.weight[last]))),
    )


def wandering(levels: Array, count: int) -> Array:
    """Return how far the level may go in the next year, in log-odds: quantiles at even steps.

    Parameters
    ----------
    levels
        The level of each year, the last first, in log-odds: first as it was found, then in each
        bootstrap replicate; shape (years, 1 + replicates).
    count
        How many quantiles.

    Examples
    --------
    Years that differ by no more than their samples would, and years that do:

    >>> rng = np.random.default_rng(0)
    >>> noise = rng.normal(0, 0.05, (5, 201))
    >>> still, moving = noise * 1, noise * 1
    >>> still[:, 0], moving[:, 0] = [0, 0.04, -0.02, 0.03, 0], [0, 0.5, 0.2, 0.7, 1.1]
    >>> [(wandering(each, 3).round(1) + 0).tolist() for each in (still, moving)]
    [[0.0, 0.0, 0.0], [-0.4, 0.0, 0.4]]
    """
    return ahead(np.diff(levels, axis=0), count)


def ahead(steps: Array, count: int) -> Array:
    """Return how far the next of some steps may go: quantiles of its distribution, at even chances.

    Parameters
    ----------
    steps
        Those that were, each as it was found, then in each bootstrap replicate; shape
        (steps, 1 + replicates).
    count
        How many quantiles.
    """
    score = -(FREEDOM + 1) / 2 * np.log1p((GRID / WANDER) ** 2 / FREEDOM)
    if len(steps):
        noise = np.atleast_2d(np.cov(steps[:, 1:]))
        found = steps[:, 0]
        for place, width in enumerate(GRID):
            spread = noise + width**2 * np.eye(len(steps))
            _, logdet = np.linalg.slogdet(spread)
            score[place] -= 0.5 * (logdet + found @ np.linalg.solve(spread, found))
    likely = np.exp(score - score.max())
    below = _below() @ likely / likely.sum()
    return np.interp(_evenly(count), below, STEPS)


@cache
def _below() -> Array:
    """Return the chance of a step below each of `STEPS`, by each width of `GRID`."""
    return np.asarray(ndtr(STEPS[:, None] / GRID))


def _whole_years(outcomes: Outcomes, year: npt.NDArray[np.int64]) -> list[int]:
    """Return the years that hold half a year or more, and enough of either outcome, last first."""
    found = []
    for number in range(int(year.max()) + 1):
        inside = year == number
        days, cases = outcomes.as_of[inside], outcomes.label[inside].sum()
        enough = min(cases, inside.sum() - cases) >= FEWEST
        if enough and days.max() - days.min() >= LONG_ENOUGH:
            found.append(number)
    return found


def _evenly(count: int) -> Array:
    """Return chances at even steps: a sample without the noise of one."""
    return (np.arange(count) + 0.5) / count


def _shifts(
    logits: Array, total: Array, positive: Array, spread: float, towards: Array | float = 0.0
) -> Array:
    """Return by how much logits are to be moved, in each replicate; see `level.shift`.

    Where it is drawn from its own distribution what each is pulled `towards`, few outcomes leave
    as much open as they should.
    """
    low, high = np.full(len(total), -20.0), np.full(len(total), 20.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        missed = (positive - total * expit(logits + middle[:, None])).sum(1)
        slope = missed - (middle - towards) / spread**2
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    return np.asarray((low + high) / 2)
