"""The slope of probabilities: how sure one can be of it, where the next model is another one.

A calibrator is fitted on margins out of time, each block's by a model of its own. It tells the
slope that these have together. But the model that it is put on is none of them, and it meets other
years: its slope differs from theirs as theirs differ from each other, beyond what their samples
would. That is a meta-analysis with random effects (Higgins, Thompson and Spiegelhalter 2009): what
counts for one more is not how sure their mean is, but how far one lies from the other. Some four
blocks say little of that, so the prior is that of the level (`drift.ahead`).
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ...grading import Calibrator
from ..cohorts import Array
from .counts import Counts, Outcomes
from .drift import ahead

__all__ = ["sloped"]

FEWEST, STEPS, HELD = 20, 20, 1.0


def sloped(
    calibrator: Calibrator, outcomes: Outcomes, block: npt.NDArray[np.int64], seed: int
) -> Calibrator:
    """Return a calibrator whose replicates know how far the slope of one more model may lie off.

    Parameters
    ----------
    calibrator
        As it was fitted; it stays, its replicates turn about the mean of what they promise.
    outcomes
        What it was fitted on.
    block
        By which model the margin of each row is, from 0 on.
    seed
        Of the replicates.
    """
    replicates = calibrator.replicate_offsets.size
    rng = np.random.default_rng([seed, FEWEST])
    counted = Counts.of(outcomes, block, replicates, rng)
    logits = calibrator.logit(counted.margins)
    middle = float(np.average(logits, weights=counted.total[0].sum(0)))
    telling = _telling(outcomes.label, block)
    each = [
        _slopes(logits - middle, counted.total[:, number], counted.positive[:, number])
        for number in telling
    ]
    slopes = np.reshape(each, (len(telling), 1 + replicates))
    off = ahead(_contrasts(len(telling)) @ slopes, replicates)
    turned = np.exp(rng.permutation(off) * np.sqrt(1 + 1 / max(1, len(telling))))
    return replace(
        calibrator,
        replicate_slopes=calibrator.replicate_slopes * turned[:, None],
        replicate_offsets=middle + turned * (calibrator.replicate_offsets - middle),
    )


def _telling(label: Array, block: npt.NDArray[np.int64]) -> list[int]:
    """Return the blocks with enough of either outcome to tell a slope by."""
    rows, cases = np.bincount(block), np.bincount(block, label)
    return np.flatnonzero(np.minimum(cases, rows - cases) >= FEWEST).tolist()


def _contrasts(count: int) -> Array:
    """Return orthonormal rows that are blind to what all have in common: Helmert's."""
    rows = np.tril(np.ones((count, count)), -1)[1:]
    rows[np.arange(count - 1), np.arange(1, count)] = -np.arange(1, count)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _slopes(logits: Array, total: Array, positive: Array) -> Array:
    """Return the slope of outcomes on logits in each replicate, level and slope a little held."""
    level, slope = np.zeros(len(total)), np.ones(len(total))
    for _ in range(STEPS):
        chance = expit(level[:, None] + slope[:, None] * logits)
        missed, told = positive - total * chance, total * chance * (1 - chance)
        rise, turn = missed.sum(1) - level * HELD, missed @ logits - (slope - 1) * HELD
        even, mixed, steep = told.sum(1) + HELD, told @ logits, told @ logits**2 + HELD
        size = even * steep - mixed**2
        level = level + np.clip((steep * rise - mixed * turn) / size, -1, 1)
        slope = slope + np.clip((even * turn - mixed * rise) / size, -1, 1)
    return slope
