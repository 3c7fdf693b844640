"""Fitting a calibrator: penalised maximum likelihood, with bootstrap replicates.

The logit is linear in the slopes at the knots, so the penalised likelihood is concave and has
one maximum under the bound `slope >= SLOPE_MIN`. The penalties pull towards a slope of one (the
booster's own opinion) and against changes of slope; both fade as outcomes accumulate. Half a
violation and half a non-violation at the middle knot keep the level finite.

Replicates are those of the weighted Bayesian bootstrap (Rubin 1981; Newton, Polson and Xu 2021):
every group, usually an enterprise, gets an exponential weight, so that no replicate ever loses
one kind of outcome altogether, and the slopes that the penalties pull towards are drawn from
their own distribution, so that where data are few the interval is wide, not just smooth.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..core.errors import InvalidError
from .calibrator import Calibrator, integral

__all__ = ["SLOPE_MIN", "fit_calibrator"]

SLOPE_MIN = 0.05
FEWEST_GROUPS = 10
BINS = 1024
TOWARDS_ONE = 2.0
AGAINST_BENDING = 20.0
STEPS = 100
HALVINGS = 30
TOLERANCE = 1e-9

Array = npt.NDArray[np.float64]


def fit_calibrator(
    margins: npt.ArrayLike,
    outcomes: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    knots: int = 8,
    replicates: int = 200,
    seed: int = 0,
    groups: npt.ArrayLike | None = None,
) -> Calibrator:
    """Fit a strictly increasing calibrator; the same arguments give the same calibrator.

    Parameters
    ----------
    margins
        Log-odds of the booster on rows later than those it was trained on; shape (n,).
    outcomes
        1 where the violation came, 0 where not; shape (n,).
    weights
        Weight of each row, above zero; all one if not given.
    knots
        How many knots, put at quantiles of the margins; fewer where margins coincide.
    replicates
        How many bootstrap replicates are kept for the intervals.
    seed
        Seed of the replicates.
    groups
        What is drawn together in a replicate, such as the enterprise; each row by itself if
        not given.

    Raises
    ------
    InvalidError
        If lengths differ, a number is not finite, there are fewer than ten groups, or all
        outcomes are the same: then nothing can be said about probabilities.

    Notes
    -----
    Beyond 1,024 rows the likelihood is taken over equal-count groups of neighbouring margins.
    With few rows the penalties decide: the slope stays near one.

    Examples
    --------
    >>> margins = np.linspace(-3, 3, 400)
    >>> outcomes = np.arange(400) % 7 < margins + 3
    >>> calibrator = fit_calibrator(margins, outcomes, replicates=20)
    >>> bool(np.all(np.diff(calibrator.probability(margins)) > 0))
    True
    """
    data = _Data.of(margins, outcomes, weights, groups)
    places = _knots(data.margins, knots)
    basis = _binned(
        np.column_stack(
            [integral(places, unit, 0.0, data.margins) for unit in np.eye(places.size)]
        ),
        data.starts,
    )
    middle = basis[np.searchsorted(np.cumsum(data.totals(data.weights)), data.size / 2)]
    penalty = _penalty(places.size)
    problem = _Problem.of(basis - middle, penalty)
    rng = np.random.default_rng(seed)
    counts = [data.counts(data.weights)]
    targets = np.ones((1 + replicates, 1 + places.size))
    spread = np.linalg.cholesky(np.linalg.inv(penalty))
    for replicate in range(1, 1 + replicates):
        drawn = rng.exponential(size=data.groups)
        counts.append(data.counts(data.weights * drawn[data.group]))
        targets[replicate, 1:] += spread @ rng.normal(size=places.size)
    totals, positives = (np.array(part) for part in zip(*counts, strict=True))
    found = problem.solve(totals, positives, targets)
    slopes, offsets = found[:, 1:], found[:, 0] - found[:, 1:] @ middle
    return Calibrator(places, slopes[0], offsets[0], slopes[1:], offsets[1:])


@dataclass(frozen=True, slots=True)
class _Data:
    """Rows sorted by margin, cut into equal-count bins that start at `starts`."""

    margins: Array
    outcomes: Array
    weights: Array
    group: npt.NDArray[np.intp]
    groups: int
    starts: npt.NDArray[np.intp]

    @classmethod
    def of(
        cls,
        margins: npt.ArrayLike,
        outcomes: npt.ArrayLike,
        weights: npt.ArrayLike | None,
        groups: npt.ArrayLike | None,
    ) -> "_Data":
        margin = np.asarray(margins, np.float64)
        outcome = np.asarray(outcomes, np.float64)
        weight = np.ones_like(margin) if weights is None else np.asarray(weights, np.float64)
        group = np.arange(margin.size) if groups is None else np.asarray(groups)
        shapes = {part.shape for part in (margin, outcome, weight, group)}
        if len(shapes) != 1 or margin.ndim != 1:
            raise InvalidError(f"margins, outcomes, weights and groups differ in shape: {shapes}")
        if not (np.isfinite(margin).all() and np.isfinite(weight).all() and (weight > 0).all()):
            raise InvalidError("margins must be finite, and weights finite and above zero")
        if not np.isin(outcome, (0.0, 1.0)).all():
            raise InvalidError("outcomes must be 0 or 1")
        names, member = np.unique(group, return_inverse=True)
        if names.size < FEWEST_GROUPS:
            raise InvalidError(
                f"{margin.size} rows of {names.size} groups are too few to calibrate on; "
                f"give outcomes of at least {FEWEST_GROUPS}, better of some hundreds"
            )
        if outcome.min() == outcome.max():
            raise InvalidError(
                f"all {margin.size} outcomes are {outcome[0]:.0f}: a probability needs both kinds; "
                "check the label, or widen the calibration window"
            )
        order = np.argsort(margin, kind="stable")
        bins = min(margin.size, BINS)
        starts = np.linspace(0, margin.size, bins, endpoint=False).astype(np.intp)
        weight = weight / weight.mean()
        return cls(margin[order], outcome[order], weight[order], member[order], names.size, starts)

    @property
    def size(self) -> float:
        return float(self.weights.sum())

    def totals(self, weights: Array) -> Array:
        """Return the weight in each bin."""
        return np.add.reduceat(weights, self.starts)

    def counts(self, weights: Array) -> tuple[Array, Array]:
        """Return total weight and weight of violations in each bin."""
        return self.totals(weights), self.totals(weights * self.outcomes)


def _binned(columns: Array, starts: npt.NDArray[np.intp]) -> Array:
    sizes = np.diff(np.append(starts, len(columns)))
    return np.add.reduceat(columns, starts, axis=0) / sizes[:, None]


def _knots(margins: Array, count: int) -> Array:
    """Return up to `count` quantiles from 1 % to 99 %, at least a thousandth of the span apart."""
    if count < 2:
        raise InvalidError(f"{count} knots make no curve; give at least 2")
    wanted = np.quantile(margins, np.linspace(0.01, 0.99, count))
    gap = (margins[-1] - margins[0]) / 1000
    kept = [wanted[0]]
    for place in wanted[1:]:
        if place > kept[-1] + gap:
            kept.append(place)
    return np.array(kept if len(kept) > 1 else [kept[0] - 0.5, kept[0] + 0.5])


def _penalty(size: int) -> Array:
    """Return the quadratic form of the penalties on the slopes."""
    bending = np.diff(np.eye(size), n=2, axis=0) if size > 2 else np.zeros((0, size))
    return TOWARDS_ONE * np.eye(size) + AGAINST_BENDING * bending.T @ bending


@dataclass(frozen=True, slots=True)
class _Problem:
    """Penalised likelihoods in (logit at the middle, slopes), many weightings at once."""

    design: Array
    penalty: Array

    @classmethod
    def of(cls, basis: Array, penalty: Array) -> "_Problem":
        return cls(np.column_stack([np.ones(len(basis)), basis]), np.pad(penalty, ((1, 0), (1, 0))))

    def solve(self, total: Array, positive: Array, target: Array) -> Array:
        """Return the maximum for each weighting, by Newton's method within the bounds.

        `total` and `positive` have shape (weightings, bins); `target`, what the penalties pull
        towards, and the result have shape (weightings, 1 + K).
        Slopes that the gradient presses against their bound stay there for the step.
        """
        size = self.design.shape[1]
        outer = (self.design[:, :, None] * self.design[:, None, :]).reshape(-1, size * size)
        low = np.array([-np.inf, *[SLOPE_MIN] * (size - 1)])
        rate = (positive.sum(1) + 0.5) / (total.sum(1) + 1)
        theta = np.ones((len(total), size))
        theta[:, 0] = logit(rate)
        loss = self._loss(theta, total, positive, target)
        for _ in range(STEPS):
            chance = expit(theta @ self.design.T)
            middle = expit(theta[:, 0])
            gradient = (total * chance - positive) @ self.design + (theta - target) @ self.penalty
            gradient[:, 0] += middle - 0.5
            curvature = (total * chance * (1 - chance)) @ outer
            hessian = curvature.reshape(-1, size, size) + self.penalty
            hessian[:, 0, 0] += middle * (1 - middle)
            held = (theta <= low) & (gradient > 0)
            hessian[held[:, :, None] | held[:, None, :]] = 0.0
            hessian += held[:, :, None] * np.eye(size)
            step = np.linalg.solve(hessian, np.where(held, 0.0, gradient)[:, :, None])[:, :, 0]
            length = np.ones(len(total))
            for _ in range(HALVINGS):
                tried = np.maximum(theta - length[:, None] * step, low)
                now = self._loss(tried, total, positive, target)
                if np.all(now <= loss + TOLERANCE):
                    break
                length[now > loss + TOLERANCE] /= 2
            moved = np.abs(tried - theta).max()
            theta, loss = tried, now
            if moved < TOLERANCE:
                break
        return theta

    def _loss(self, theta: Array, total: Array, positive: Array, target: Array) -> Array:
        height = theta @ self.design.T
        fit = (total * np.logaddexp(0.0, height) - positive * height).sum(1)
        away = theta - target
        prior = ((away @ self.penalty) * away).sum(1) / 2
        return np.asarray(fit + prior + np.logaddexp(0.0, theta[:, 0]) - theta[:, 0] / 2)
