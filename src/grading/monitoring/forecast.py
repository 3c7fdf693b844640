"""Forecasts: what a month should have been, by the months before it, in three ways of guessing.

Every array is series x months. A forecast of a month with a gap of g rests on nothing of the g
months before it, so that several months together are judged by what was known before the first.
"""

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["SEASONAL", "YEAR", "changes", "counts", "shifted"]

Array = npt.NDArray[np.float64]

YEAR = 12
SEASONAL = "seasonal"
SHORT = 3
YEARS = 3
ENOUGH = 50.0
GROWTH = 2.0


def counts(numbers: Array, gap: int) -> dict[str, Array]:
    """Return forecasts of counts by name: `recent`, `short` and `seasonal`; NaN where too early.

    Parameters
    ----------
    numbers
        Counts, series x months.
    gap
        How many months before each one are not looked at.

    Examples
    --------
    A count that comes every third month is foreseen by its season and not by its mean:

    >>> told = counts(np.tile([9.0, 0.0, 0.0], (1, 12)), gap=0)
    >>> [told[name][0, -3].item() for name in ("recent", "seasonal")]
    [3.0, 9.0]
    """
    past = shifted(numbers, gap + 1)
    year = _mean(past, YEAR)
    return {"recent": year, "short": _mean(past, SHORT), SEASONAL: _seasonal(numbers, year)}


def changes(values: Array, gap: int) -> dict[str, Array]:
    """Return forecasts of values that move slowly, by name; NaN where too early.

    `last` is the last one known, `drift` goes on as the year before, `seasonal` changes as it did
    a year ago from the same month, and `recent` is the mean of a year. A month without a value is
    passed over.
    """
    places = _known_places(values)
    held = np.take_along_axis(values, places, axis=1)
    last = shifted(held, gap + 1)
    steps = held - shifted(held, 1)
    then = np.take_along_axis(shifted(values, YEAR), places, axis=1)
    year_ago = shifted(values, YEAR) - shifted(then, gap + 1)
    return {
        "last": last,
        "drift": last + (gap + 1) * _mean(shifted(steps, gap + 1), YEAR),
        SEASONAL: last + year_ago,
        "recent": _known_mean(shifted(values, gap + 1), YEAR),
    }


def _known_places(values: Array) -> npt.NDArray[np.intp]:
    """Return for each month the number of the last one up to it that has a value."""
    places = np.where(np.isnan(values), 0, np.arange(values.shape[1]))
    return np.asarray(np.maximum.accumulate(places, axis=1))


def _known_mean(values: Array, months: int) -> Array:
    known = ~np.isnan(values)
    many = _mean(known.astype(np.float64), months)
    total = _mean(np.where(known, values, 0.0), months)
    enough = many * months >= SHORT
    return np.divide(total, many, out=np.full_like(values, np.nan), where=enough)


def shifted(values: Array, months: int) -> Array:
    """Return values so many months later, NaN before the first."""
    moved = np.full_like(values, np.nan)
    if months < values.shape[1]:
        moved[:, months:] = values[:, : values.shape[1] - months]
    return moved


def _seasonal(numbers: Array, year: Array) -> Array:
    """Return the mean of the same month in earlier years, each raised to the level of this one."""
    ago = np.stack(
        [
            shifted(numbers, YEAR * years) * _growth(year, shifted(year, YEAR * years))
            for years in range(1, YEARS + 1)
        ]
    )
    known = ~np.isnan(ago)
    total = np.where(known, ago, 0.0).sum(0)
    mean = np.divide(total, known.sum(0), out=np.full_like(numbers, np.nan), where=known[0])
    return np.asarray(mean)


def _growth(year: Array, before: Array) -> Array:
    """Return how many times as much came in a year as in an earlier one; 1 where few came."""
    growth = np.ones_like(year)
    told = YEAR * np.minimum(year, before) >= ENOUGH
    growth[told] = np.clip(year[told] / before[told], 1 / GROWTH, GROWTH)
    return growth


def _mean(values: Array, months: int) -> Array:
    found = np.full_like(values, np.nan)
    if values.shape[1] >= months:
        found[:, months - 1 :] = sliding_window_view(values, months, axis=1).mean(-1)
    return found
