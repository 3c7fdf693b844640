"""Surprise: how unlikely the latest months are, by how far forecasts of earlier months went astray.

A window of one, two, three or six months up to each month is held against its forecast, so that a
loud fault is heard at once and a quiet one when it lasts. How far a forecast usually goes astray
is measured on the months before, series by series: no two departments are equally regular.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import betainc, gammainc, gammaincc, ndtri, stdtr

from .forecast import SEASONAL, changes, counts, shifted

__all__ = ["WINDOWS", "Surprise", "of_counts", "of_shares", "of_values", "summed"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
Guess = Callable[[Array, int], Mapping[str, Array]]

WINDOWS = (1, 2, 3, 6)
PAST, FEWEST = 24, 7
CAREFUL, CAP = 1.1, 25.0
USUAL, TRUST = 0.15, 2.0
FREEDOM = 8.0
HALF = 0.5
LEAST = 1e-300


@dataclass(frozen=True, slots=True, eq=False)
class Surprise:
    """What was seen in windows of months up to each month, and how unlikely it is.

    Attributes
    ----------
    p
        Two-sided chance of something as far off; windows x series x months, NaN where the past is
        too short to tell.
    plain
        The same by the best forecast that knows no season.
    seen, expected
        What was counted or measured in each window, and its forecast.
    """

    p: Array
    plain: Array
    seen: Array
    expected: Array


def of_counts(numbers: Array, clump: Array | None = None) -> Surprise:
    """Judge counts, series x months; by Poisson's law, spread as the past was.

    Parameters
    ----------
    numbers
        The counts.
    clump
        Of each series, how many of what is counted come together: the least spread.

    Examples
    --------
    >>> steady = np.full((1, 48), 100.0)
    >>> fallen = steady.copy()
    >>> fallen[0, -1] = 40
    >>> [bool(of_counts(each).p[0, 0, -1] < 1e-6) for each in (steady, fallen)]
    [False, True]
    """
    least = np.ones((len(numbers), 1)) if clump is None else clump[:, None]
    found = []
    for window in WINDOWS:
        seen, guesses = _window(numbers, counts, window)
        found.append(_chosen(seen, guesses, window, _by_poisson(least)))
    return _gathered(found)


def of_shares(part: Array, whole: Array, clump: Array | None = None) -> Surprise:
    """Judge parts of wholes, both series x months; by the binomial law, spread as the past was.

    `clump` is as in `of_counts`.
    """
    least = np.ones((len(part), 1)) if clump is None else clump[:, None]
    found = []
    for window in WINDOWS:
        seen, guesses = _share_window(part, whole, window)
        law = _by_binomial(summed(whole, window), least)
        found.append(_chosen(seen, guesses, window, law))
    return _gathered(found)


def of_values(values: Array, error: Array) -> Surprise:
    """Judge measured values, series x months, each known to within its sampling error."""
    known = ~np.isnan(values)
    whole = np.where(known, values, 0.0)
    found = []
    for window in WINDOWS:
        many = summed(known.astype(np.float64), window)
        guesses = {
            name: _over(total, many)
            for name, total in _window(values, changes, window, known)[1].items()
        }
        floor = _over(np.sqrt(summed(np.where(known, error, 0.0) ** 2, window)), many)
        found.append(
            _chosen(_over(summed(whole, window), many), guesses, window, _by_student(floor))
        )
    return _gathered(found)


def _over(total: Array, many: Array) -> Array:
    return np.divide(total, many, out=np.full_like(total, np.nan), where=many > 0)


Law = Callable[[Array, Array, int], tuple[Array, Array]]
"""From what was seen and expected in windows: squared errors in units of law, and p-values."""


def _window(
    values: Array, guess: Guess, window: int, known: Bools | None = None
) -> tuple[Array, dict[str, Array]]:
    """Return sums over windows of months, and those of their forecasts, of known months alone."""
    total: dict[str, Array] = {}
    for back in range(window):
        for name, told in guess(values, window - 1 - back).items():
            moved = shifted(told if known is None else np.where(known, told, 0.0), back)
            total[name] = total[name] + moved if name in total else moved
    return summed(values, window), total


def _share_window(part: Array, whole: Array, window: int) -> tuple[Array, dict[str, Array]]:
    """Return parts over windows of months, and what earlier shares of the wholes would be."""
    total: dict[str, Array] = {}
    for back in range(window):
        gap = window - 1 - back
        above, below = counts(part, gap), counts(whole, gap)
        for name in above:
            share = (above[name] + HALF / 12) / (below[name] + 2 * HALF / 12)
            moved = shifted(np.clip(share, 0, 1) * whole, back)
            total[name] = total[name] + moved if name in total else moved
    return summed(part, window), total


def _chosen(seen: Array, guesses: Mapping[str, Array], window: int, law: Law) -> tuple[Array, ...]:
    """Judge by that forecast which, at each month, had erred least before."""
    names = list(guesses)
    expected = np.stack([guesses[name] for name in names])
    judged = [law(seen, each, window) for each in expected]
    chance = np.stack([p for _, p in judged])
    spread = np.stack([_mean(_past(shifted(errors, window))) for errors, _ in judged])
    spread[np.isnan(spread)] = np.inf
    plain = np.array([name != SEASONAL for name in names])
    best = np.argmin(spread, axis=0)
    unseasonal = np.argmin(np.where(plain[:, None, None], spread, np.inf), axis=0)
    return _pick(chance, best), _pick(chance, unseasonal), seen, _pick(expected, best)


def _pick(options: Array, which: Whole) -> Array:
    return np.asarray(np.take_along_axis(options, which[None], axis=0)[0])


def _past(values: Array) -> Array:
    """Return for each month those of the two years up to it, NaN before the first."""
    before = np.full((len(values), PAST - 1), np.nan)
    return sliding_window_view(np.hstack([before, values]), PAST, axis=1)


def _mean(past: Array) -> Array:
    """Return the mean over the past, NaN where too little of it is known."""
    known = ~np.isnan(past)
    many = known.sum(-1)
    total = np.where(known, past, 0.0).sum(-1)
    mean = np.divide(total, many, out=np.full_like(total, np.nan), where=many >= FEWEST)
    return np.asarray(mean)


def _spread(errors: Array, expected: Array, window: int, least: Array) -> tuple[Array, Array]:
    """Return how many times more counts vary than the law says, `least` or more.

    Only earlier windows tell that were as full as the one at hand; the fewer they are, the more
    weight has what is usual of any series. One month that went wrong altogether counts little.
    How well it is known comes with it, as degrees of freedom for Student's law: two for each
    window that does not overlap, since the spread cannot err below the law's.
    """
    past, size = _past(shifted(errors, window)), _past(shifted(expected, window))
    known = ~np.isnan(past)
    like = known & (size >= HALF * expected[..., None])
    many = like.sum(-1) / window
    mean = np.where(like, np.minimum(past, CAP), 0.0).sum(-1) / np.maximum(like.sum(-1), 1)
    usual = 1 + USUAL**2 * expected
    found = CAREFUL * (many * mean + TRUST * usual) / (many + TRUST)
    spread = np.where(known.sum(-1) >= FEWEST, np.maximum(found, least), np.nan)
    return spread, 2 * (many + TRUST)


def _by_poisson(least: Array) -> Law:
    def law(seen: Array, expected: Array, window: int) -> tuple[Array, Array]:
        errors = (seen - expected) ** 2 / np.maximum(expected, HALF)
        spread, freedom = _spread(errors, expected, window, least)
        mean = np.maximum(expected, HALF / 2) / spread
        count = seen / spread
        upper = np.where(seen > 0, gammainc(np.maximum(count, LEAST), mean), 1.0)
        lower = gammaincc(count + 1 / spread, mean)
        return errors, _two_sided(lower, upper, spread, freedom)

    return law


def _by_binomial(size: Array, least: Array) -> Law:
    def law(seen: Array, expected: Array, window: int) -> tuple[Array, Array]:
        share = np.clip(expected / np.maximum(size, 1), 1e-9, 1 - 1e-9)
        rarer = np.minimum(expected, size - expected)
        variance = np.maximum(size * share * (1 - share), HALF)
        errors = np.where(size > 0, (seen - expected) ** 2 / variance, np.nan)
        spread, freedom = _spread(errors, np.maximum(rarer, 0.0), window, least)
        count, total = seen / spread, size / spread
        rest = np.maximum(total - count, 0.0)
        upper = np.where(seen > 0, betainc(np.maximum(count, LEAST), rest + 1 / spread, share), 1.0)
        lower = np.where(
            seen < size, betainc(np.maximum(rest, LEAST), count + 1 / spread, 1 - share), 1.0
        )
        return errors, np.where(size > 0, _two_sided(lower, upper, spread, freedom), np.nan)

    return law


def _by_student(floor: Array) -> Law:
    """Judge by how far windows went astray that were not known much better than the one at hand."""

    def law(seen: Array, expected: Array, window: int) -> tuple[Array, Array]:
        errors = (seen - expected) ** 2
        past, sure = _past(shifted(errors, window)), _past(shifted(floor, window))
        like = sure >= HALF * floor[..., None]
        usual = CAREFUL * _mean(np.where(like, past, np.nan))
        scale = np.sqrt(np.maximum(usual, floor**2))
        p = 2 * stdtr(FREEDOM, -np.abs(seen - expected) / np.maximum(scale, LEAST))
        return errors, np.where(np.isnan(usual), np.nan, p)

    return law


def _two_sided(lower: Array, upper: Array, spread: Array, freedom: Array) -> Array:
    """Return two-sided chances with tails as heavy as the spread is unsure."""
    p = 2 * stdtr(freedom, ndtri(np.clip(np.minimum(lower, upper), LEAST, HALF)))
    return np.where(np.isnan(spread), np.nan, p)


def summed(values: Array, window: int) -> Array:
    """Return sums over so many months up to each, NaN where there are not as many."""
    found = np.full_like(values, np.nan)
    if values.shape[1] >= window:
        found[:, window - 1 :] = sliding_window_view(values, window, axis=1).sum(-1)
    return found


def _gathered(found: list[tuple[Array, ...]]) -> Surprise:
    p, plain, seen, expected = (np.stack(each) for each in zip(*found, strict=True))
    return Surprise(p, plain, seen, expected)
