"""Fitting a linear part: logistic regression whose slopes never go against their direction.

Each column is scaled, pulled in at five spreads, and has one slope under a ridge penalty; where
the catalogue says which way an indicator goes, the slope may not go the other way. Measured on
several cities, the bound costs nothing and steadies what correlated indicators would else trade
against each other.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from ...grading import Line, Linear
from ..cohorts import Array
from .scaling import Scaler

__all__ = ["fit_lines", "minimum"]

REACH = 5.0
MOST = 200_000
STEPS = 300


def fit_lines(
    values: Array,
    columns: Sequence[str],
    label: Array,
    weight: Array,
    directions: Mapping[str, int],
    penalties: Sequence[float],
) -> dict[float, Linear]:
    """Fit the linear part for each of some penalties.

    Parameters
    ----------
    values, columns
        The matrix, NaN where an indicator does not apply; shape (n, columns). Of more than 200,000
        rows every so manieth is taken: for one slope a column they are plenty.
    label, weight
        1 or 0 per row, and how much it counts.
    directions
        Monotone direction by column, 0 where not named.
    penalties
        A penalty of p pulls each slope, per spread of its column, towards zero with p / 2 times
        its square, beside the weighted sum of log losses.

    Examples
    --------
    >>> values = np.linspace(0, 1, 200)[:, None]
    >>> label = (np.arange(200) % 3 < 2 * values[:, 0]).astype(float)
    >>> weight = np.ones(200)
    >>> up = fit_lines(values, ["X"], label, weight, {"X": 1}, [1.0])[1.0]
    >>> down = fit_lines(values, ["X"], label, weight, {"X": -1}, [1.0])[1.0]
    >>> up.lines[0].slope > 0, down.lines
    (True, ())
    """
    from threadpoolctl import threadpool_limits

    step = -(-len(values) // MOST)
    values, label, weight = values[::step], label[::step], weight[::step]
    scaler = Scaler.of(values, REACH)
    design = scaler.scaled(values)
    signs = [directions.get(columns[place], 0) for place in scaler.kept]
    free = [0] * scaler.first.size
    bounds = [(None, None), *(_bound(sign) for sign in (*signs, *free))]
    found: dict[float, Linear] = {}
    rate = np.average(label, weights=weight).clip(1e-6, 1 - 1e-6)
    theta = np.zeros(1 + design.shape[1])
    theta[0] = np.log(rate / (1 - rate))
    with threadpool_limits(1):  # sums in one order, whatever the machine
        for penalty in sorted(penalties, reverse=True):
            theta = minimum(design, label, weight, penalty / step, bounds, theta)
            found[penalty] = _lines(scaler, columns, theta)
    return found


def _bound(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


def minimum(
    design: Array,
    label: Array,
    weight: Array,
    penalty: float,
    bounds: Sequence[tuple[float | None, float | None]],
    start: Array,
) -> Array:
    """Return base and slopes of the least penalised loss within the bounds.

    Parameters
    ----------
    design
        One column for each slope.
    label, weight
        1 or 0 per row, and how much it counts.
    penalty
        Pulls each slope towards zero with half of this times its square, beside the weighted sum
        of log losses.
    bounds, start
        Of the base, then of each slope.
    """

    def loss(theta: Array) -> tuple[float, Array]:
        margin = theta[0] + design @ theta[1:]
        error = weight * (expit(margin) - label)
        pull = penalty * theta[1:]
        value = weight @ (np.logaddexp(0.0, margin) - label * margin) + pull @ theta[1:] / 2
        return float(value), np.concatenate([[error.sum()], design.T @ error + pull])

    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS}
    )
    return np.asarray(found.x, np.float64)


def _lines(scaler: Scaler, columns: Sequence[str], theta: Array) -> Linear:
    """Write what was fitted as one line a column, in the column's own units."""
    slopes = dict(zip(scaler.kept.tolist(), range(scaler.kept.size), strict=True))
    effects = theta[1 + scaler.kept.size :]
    sharing = np.bincount(scaler.pattern[scaler.pattern >= 0], minlength=effects.size)
    lines = []
    for place, column in enumerate(columns):
        slope, low, high, centre, present, absent = (0.0,) * 6
        if (pattern := scaler.pattern[place]) >= 0:
            effect, share = float(effects[pattern] / sharing[pattern]), float(scaler.share[pattern])
            present, absent = -share * effect, (1 - share) * effect
        if place in slopes:
            number = slopes[place]
            mean, spread = float(scaler.mean[number]), float(scaler.spread[number])
            slope = float(theta[1 + number]) / spread
            centre = mean + float(scaler.centre[number]) * spread
            low, high = mean - scaler.reach * spread, mean + scaler.reach * spread
        if slope or present or absent:
            lines.append(Line(column, slope, low, high, centre, present, absent))
    return Linear(float(theta[0]), tuple(lines))
