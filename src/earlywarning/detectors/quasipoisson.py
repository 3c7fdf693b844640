"""Quasi-Poisson regression of counts on the part of the year and a trend, of many series at once.

The design is a factor and at most one slope, so that a step of iteratively reweighted least squares
is some sums over each part of the year, and no matrix is solved. Steps start and stop as those of
R's `glm`, so that what is fitted is equal where a mean is zero and no estimate is finite, too.
Compiled code is kept on disk as long as this file is the same: what it calls has to be in it too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["Reference", "Rules", "forecast"]

TOLERANCE = 1e-8
YEARS_OF_TREND = 3

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]


def compiled(function: Function) -> Function:
    """Compile a function; other threads run meanwhile."""
    return cast("Function", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


class Reference(NamedTuple):
    """What each week that is forecast is held against.

    Attributes
    ----------
    lags, parts
        Of weeks of reference, the latest first; part 0 is that of the week that is forecast.
    runs
        Where each run of weeks begins that follow each other in one part, and where the last ends.
    periods
        How many parts there are.
    week, weeks
        Which weeks are forecast, and the first so many weeks of reference that each has.
    years
        How many years of reference each has.
    critical
        The least ratio of a slope to its standard error with which each keeps the trend.
    """

    lags: Numbers
    parts: Numbers
    runs: Numbers
    periods: int
    week: Numbers
    weeks: Numbers
    years: Numbers
    critical: Floats


class Rules(NamedTuple):
    """How models are fitted.

    Attributes
    ----------
    trend
        Whether there may be one.
    threshold
        Weeks with residuals above it are weighted down; infinity fits once.
    steps
        How many a fit may take.
    """

    trend: bool
    threshold: float
    steps: int


class Room(NamedTuple):
    """Room for one fit.

    Attributes
    ----------
    cases, logs, prior
        Of each week of reference: cases, the logarithm of those and a tenth, and prior weights.
    mean, working
        Of each week: the fitted mean, and the weight in the last step.
    total, middle, squares, level
        Of each part of the year: the sum of those weights, the mean time and the sum of squares
        about it under them, and the logarithm of the mean at time 0.
    seen, moment
        Of each part: sums of cases, and of cases and time, under prior weights.
    """

    cases: Floats
    logs: Floats
    prior: Floats
    mean: Floats
    working: Floats
    total: Floats
    middle: Floats
    squares: Floats
    level: Floats
    seen: Floats
    moment: Floats


class Fit(NamedTuple):
    """A fit: whether it converged, its slope, the squares of time about the parts' mean times."""

    converged: bool
    slope: float
    squares: float
    freedom: int


@compiled
def _room(weeks: int, parts: int) -> Room:
    return Room(
        np.empty(weeks),
        np.empty(weeks),
        np.empty(weeks),
        np.empty(weeks),
        np.empty(weeks),
        np.empty(parts),
        np.empty(parts),
        np.empty(parts),
        np.empty(parts),
        np.empty(parts),
        np.empty(parts),
    )


@compiled
def _sum_up(room: Room, reference: Reference, weeks: int) -> None:
    """Sum the weights of the step up in each part of the year."""
    room.total[:], room.middle[:], room.squares[:] = 0.0, 0.0, 0.0
    for run in range(len(reference.runs) - 1):
        first, last = reference.runs[run], min(reference.runs[run + 1], weeks)
        total, middle, squares = 0.0, 0.0, 0.0
        for i in range(first, last):
            weight = room.prior[i] * room.mean[i]
            room.working[i] = weight
            time = -float(reference.lags[i])
            total += weight
            middle += weight * time
            squares += weight * time * time
        part = reference.parts[first]
        room.total[part] += total
        room.middle[part] += middle
        room.squares[part] += squares
    for part in range(len(room.total)):
        if room.total[part] > 0:
            room.middle[part] /= room.total[part]
            room.squares[part] -= room.total[part] * room.middle[part] ** 2


@compiled
def _begin(room: Room, reference: Reference, weeks: int, slopes: int) -> tuple[float, float]:
    """Take the first step, from a mean of a tenth more than was counted; return the slope."""
    for i in range(weeks):
        room.mean[i] = room.cases[i] + 0.1
    _sum_up(room, reference, weeks)
    room.level[:], room.seen[:], room.moment[:] = 0.0, 0.0, 0.0
    across, squares, saturated = 0.0, 0.0, 0.0
    for i in range(weeks):
        part, time, prior = reference.parts[i], -float(reference.lags[i]), room.prior[i]
        answer = room.working[i] * room.logs[i] - 0.1 * prior
        room.level[part] += answer
        across += (time - room.middle[part]) * answer
        room.seen[part] += prior * room.cases[i]
        room.moment[part] += prior * room.cases[i] * time
        if room.cases[i] > 0:
            saturated += prior * room.cases[i] * (np.log(room.cases[i]) - 1)
    for part in range(len(room.total)):
        squares += room.squares[part]
        if room.total[part] > 0:
            room.level[part] /= room.total[part]
    slope = across / squares if slopes else 0.0
    for part in range(len(room.total)):
        room.level[part] -= slope * room.middle[part]
    return slope, saturated


@compiled
def _step(room: Room, slope: float, slopes: int) -> float:
    """Move the levels by one step from where the weights are summed up; return the slope."""
    across, squares, change = 0.0, 0.0, 0.0
    if slopes:
        for part in range(len(room.total)):
            away = room.moment[part] - room.middle[part] * room.seen[part]
            across += away
            squares += room.squares[part]
        change = across / squares
    for part in range(len(room.total)):
        if room.total[part] > 0:
            short = room.seen[part] / room.total[part] - 1
            room.level[part] += short - change * room.middle[part]
    return slope + change


@compiled
def _predict(room: Room, reference: Reference, weeks: int, slope: float) -> float:
    """Fill in means; return the sum that the deviance is made of."""
    ratio, total = np.exp(-slope), 0.0
    for run in range(len(reference.runs) - 1):
        first, last = reference.runs[run], min(reference.runs[run + 1], weeks)
        mean = np.exp(room.level[reference.parts[first]] - slope * reference.lags[first])
        for i in range(first, last):
            room.mean[i] = mean
            total += room.prior[i] * mean
            mean *= ratio
    for part in range(len(room.total)):
        total -= room.level[part] * room.seen[part] + slope * room.moment[part]
    return total


@compiled
def _fit(room: Room, reference: Reference, weeks: int, slopes: int, steps: int) -> Fit:
    """Fit by steps of weighted least squares; the means, and the weights of the last step, stay."""
    slope, saturated = _begin(room, reference, weeks, slopes)
    deviance = 2 * (_predict(room, reference, weeks, slope) + saturated)
    converged = False
    for _ in range(steps - 1):
        if not np.isfinite(deviance):
            break
        before = deviance
        _sum_up(room, reference, weeks)
        slope = _step(room, slope, slopes)
        deviance = 2 * (_predict(room, reference, weeks, slope) + saturated)
        if abs(deviance - before) < TOLERANCE * (abs(deviance) + 0.1):
            converged = True
            break
    freedom, squares = weeks, 0.0
    for part in range(len(room.total)):
        freedom -= room.total[part] > 0
        squares += room.squares[part]
    return Fit(converged, slope, squares if slopes else np.inf, freedom - slopes)


@compiled
def _dispersion(room: Room, weights: Floats, weeks: int, fit: Fit) -> float:
    """Return the mean square of relative residuals under weights; Pearson's under the fit's own."""
    total = 0.0
    for i in range(weeks):
        away = room.cases[i] / room.mean[i] - 1
        total += weights[i] * away * away
    return total / fit.freedom


@compiled
def _weigh(
    room: Room, reference: Reference, weeks: int, fit: Fit, dispersion: float, threshold: float
) -> None:
    """Weigh down weeks whose standardised Anscombe residual is above the threshold."""
    total = 0.0
    for i in range(weeks):
        part, mean, cases = reference.parts[i], room.mean[i], room.cases[i]
        room.prior[i] = 1.0
        if cases > mean or threshold < 0:
            away = -reference.lags[i] - room.middle[part]
            leverage = room.working[i] * (1 / room.total[part] + away * away / fit.squares)
            residual = 1.5 * (cases ** (2 / 3) * mean ** (-1 / 6) - mean**0.5)
            residual /= (dispersion * (1 - leverage)) ** 0.5
            if residual > threshold:
                room.prior[i] = residual**-2
        total += room.prior[i]
    for i in range(weeks):
        room.prior[i] *= weeks / total


@compiled
def _fit_twice(
    room: Room, reference: Reference, weeks: int, slopes: int, rules: Rules
) -> tuple[Fit, float, float]:
    """Fit, and once more with past outbreaks weighted down.

    Return the dispersion, too, and that with which the errors of estimates are taken.
    """
    room.prior[:] = 1.0
    fit = _fit(room, reference, weeks, slopes, rules.steps)
    if not fit.converged:
        return fit, np.nan, np.nan
    dispersion = _dispersion(room, room.working, weeks, fit)
    if np.isinf(rules.threshold):
        return fit, max(dispersion, 1.0), dispersion
    _weigh(room, reference, weeks, fit, max(dispersion, 1.0), rules.threshold)
    fit = _fit(room, reference, weeks, slopes, rules.steps)
    dispersion = _dispersion(room, room.working, weeks, fit)
    return fit, max(dispersion, 1.0), _dispersion(room, room.prior, weeks, fit)


@compiled
def _predicted(room: Room, fit: Fit, scale: float) -> tuple[float, float]:
    """Return the logarithm of the mean of the week itself, and its standard error."""
    variance = 1 / room.total[0] + room.middle[0] ** 2 / fit.squares
    return room.level[0], (variance * scale) ** 0.5


@compiled
def _told(
    room: Room, reference: Reference, place: int, most: float, rules: Rules
) -> tuple[float, float, float, float]:
    """Fit with a trend, and without one if it may not be kept; return what is told of a week."""
    trend = rules.trend and reference.years[place] >= YEARS_OF_TREND
    for slopes in range(int(trend), -1, -1):
        fit, dispersion, scale = _fit_twice(room, reference, reference.weeks[place], slopes, rules)
        mean, error = _predicted(room, fit, scale)
        least = reference.critical[place] * (scale / fit.squares) ** 0.5
        kept = slopes == 0 or (abs(fit.slope) >= least and np.exp(mean) <= most)
        if fit.converged and kept:
            return mean, error, dispersion, float(slopes)
    return np.nan, np.nan, np.nan, np.nan


@compiled
def _take(room: Room, cases: Integers, reference: Reference, place: int) -> float:
    """Take in the cases of a series in the weeks of reference; return the most of a week."""
    most = 0.0
    for i in range(reference.weeks[place]):
        room.cases[i] = cases[reference.week[place] - reference.lags[i]]
        room.logs[i] = np.log(room.cases[i] + 0.1)
        most = max(most, room.cases[i])
    return most


@compiled
def forecast(
    cases: Integers,
    series: Numbers,
    place: Numbers,
    reference: Reference,
    rules: Rules,
    out: Floats,
) -> None:
    """Forecast weeks of series from their weeks of reference.

    Parameters
    ----------
    cases
        Shape (series, weeks).
    series, place
        What is forecast: of which series which week of those of the reference; shape (n,).
    reference
        What each week that is forecast is held against, at least one week.
    rules
        How models are fitted and kept.
    out
        What is filled in; shape (n, 4): the logarithm of the mean, its standard error, the
        dispersion, and whether a trend was kept. NaN where nothing converged.
    """
    room = _room(len(reference.lags), reference.periods)
    blank = np.full(len(reference.week), -1)
    for row in range(len(series)):
        week = place[row]
        most = _take(room, cases[series[row]], reference, week)
        if most == 0 and blank[week] >= 0:
            for each in range(4):
                out[row, each] = out[blank[week], each]
            continue
        told = _told(room, reference, week, most, rules)
        out[row, 0], out[row, 1], out[row, 2], out[row, 3] = told
        if most == 0:
            blank[week] = row
