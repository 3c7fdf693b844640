"""Onsets: the weeks in which a hazard began to spread in a product, labelled afterwards by a rule.

A label looks ahead, as no detector may: it is what detectors are held against.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import poisson

from ..cases import WEEK, Cases
from ..counts import Floats, Integers, trailing

__all__ = ["Onsets", "Rule", "label"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When a week with a case is an onset.

    Attributes
    ----------
    most, early
        Cases that there are at least in the weeks of `ahead`, and in the first half of them.
    times
        How many times what was usual there are at least. Usual is the rate of the weeks of `past`,
        with half a case more, adjusted to how many cases there were of all series.
    chance
        Probability of so many cases under what was usual, at most.
    ahead, past
        Weeks from the onset on, and before it.
    apart
        Weeks from one onset of a series to the next, at least.
    """

    most: int = 8
    early: int = 4
    times: float = 4.0
    chance: float = 1e-6
    ahead: int = 26
    past: int = 104
    apart: int = 104


@dataclass(frozen=True, slots=True, eq=False)
class Onsets:
    """Where something began to spread.

    Attributes
    ----------
    series, day
        Which series, and the day of its first case; shape (n,).
    """

    series: Integers
    day: Integers

    def within(self, first: int, after: int) -> "Onsets":
        """Return those of a span of days."""
        kept = (self.day >= first) & (self.day < after)
        return Onsets(self.series[kept], self.day[kept])


def label(cases: Cases, first: int, after: int, rule: Rule | None = None) -> Onsets:
    """Return the onsets in the weeks of a span, by a rule that reads what came later.

    Parameters
    ----------
    cases
        All there are; weeks are counted from the first day of the span, forwards and backwards.
    first, after
        Days.
    rule
        By default that of `Rule`.

    Examples
    --------
    Lead in tea, a case a week after two years of one, while ham has one a week all the time:

    >>> tea, ham = [1, *range(730, 800, 7)], [*range(0, 900, 7)]
    >>> names = ["tea"] * len(tea) + ["ham"] * len(ham)
    >>> found = label(Cases.of(names, ["lead"] * len(names), tea + ham), 728, 900)
    >>> found.series.tolist(), found.day.tolist()
    ([1], [730])
    """
    rule = rule or Rule()
    past = min(-(-(first - int(cases.day[0])) // WEEK), rule.past)
    last = max(int(cases.day[-1]), after - 1)
    weeks = past + -(-(last + 1 - first) // WEEK)
    counts = cases.counts(first - past * WEEK + weeks * WEEK - 1, weeks).cases
    ahead, early = _leading(counts, rule.ahead), _leading(counts, rule.ahead // 2)
    before = _before(counts, rule.past)
    volume = _leading(counts.sum(axis=0), rule.ahead) / np.maximum(
        _before(counts.sum(axis=0), rule.past), 1
    )
    usual = (before + 0.5) * volume
    met = (
        (counts > 0)
        & (ahead >= rule.most)
        & (early >= rule.early)
        & (ahead >= rule.times * usual)
        & (poisson.sf(ahead - 1, usual) < rule.chance)
    )
    met[:, :past] = False
    met[:, past + -(-(after - first) // WEEK) :] = False
    series, week = _apart(np.argwhere(met), rule.apart)
    begun = first + (week - past) * WEEK
    return Onsets(series.astype(np.int32), _first_cases(cases, series, begun))


def _leading(counts: npt.NDArray[np.int32], weeks: int) -> Floats:
    """Return sums over so many weeks from each on."""
    return trailing(np.atleast_2d(counts)[:, ::-1], weeks)[:, ::-1]


def _before(counts: npt.NDArray[np.int32], weeks: int) -> Floats:
    """Return sums over so many weeks before each."""
    sums = trailing(np.atleast_2d(counts), weeks)
    return np.hstack([np.zeros((len(sums), 1)), sums[:, :-1]])


def _apart(
    places: npt.NDArray[np.int64], apart: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return, of series and weeks, the first of each series and those far enough after one."""
    kept: list[tuple[int, int]] = []
    for series, week in places.tolist():
        if not kept or kept[-1][0] != series or week - kept[-1][1] >= apart:
            kept.append((series, week))
    found = np.array(kept, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _first_cases(
    cases: Cases, series: npt.NDArray[np.int64], begun: npt.NDArray[np.int64]
) -> Integers:
    """Return the day of the first case of each series from the begin of a week on."""
    days = [
        int(cases.day[(cases.series == one) & (cases.day >= when)][0])
        for one, when in zip(series, begun, strict=True)
    ]
    return np.array(days, np.int32)
