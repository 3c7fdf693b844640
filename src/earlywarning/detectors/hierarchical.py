"""Ours: how much likelier recent cases are if something spreads, by a hierarchical model.

A series' cases in some weeks are Poisson with a rate of its own, of which its past tells: a gamma
distribution, which own cases narrow. Its mean before any case is one number for all series, or the
rate of the hazard in all products where the number tested is known. If it has begun to spread, the
rate is several times as high.
Both predict counts by negative binomial distributions. The ratio of these predictions is a Bayes
factor, and an e-value: where nothing spreads, its mean is at most 1, in each window and in the mean
over windows, whatever the series.

That a hazard spreads in one product lowers the bar in others: a factor on the prior odds, of mean 1
over all series that have cases.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from ..counts import Counts, Floats, Integers, trailing
from .detector import NONE
from .factors import Window, factor, summed, window

__all__ = ["Hierarchical"]


@dataclass(frozen=True, slots=True)
class Hierarchical:
    """The logarithm of the Bayes factor that a series spreads, against that it goes on as usual.

    Parameters
    ----------
    windows
        How many weeks something may have spread; the mean over them is taken.
    past
        Weeks before a window that tell what is usual; fewer where there are not so many.
    times
        How many times the usual rate there is of what spreads.
    floor
        Least mean of a rate before any own case, a week.
    certain
        How much the mean before any own case is trusted: as much as so many own cases.
    least
        How many cases there must be in the longest window.
    spill
        How much a hazard that surely spreads in one product raises the odds in another.
    odds
        Prior odds that a series spreads.

    Examples
    --------
    Three cases in a month after none in two years are some two hundred times as likely where
    something spreads:

    >>> counts = Counts(np.array([[0] * 104 + [1, 0, 1, 1]]), np.zeros(1, int), np.zeros(1, int))
    >>> float(np.exp(Hierarchical(windows=(4,)).scores(counts)[0, 0]).round())
    218.0
    """

    windows: tuple[int, ...] = (4, 8, 13)
    past: int = 208
    times: float = 8.0
    floor: float = 0.1
    certain: float = 1.0
    least: int = 2
    spill: float = 1.0
    odds: float = 0.01
    name: str = "hierarchical"

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return logarithms at the end of each of the last weeks; see `Detector.scores`."""
        factors = [self._factor(counts, weeks, last) for weeks in self.windows]
        cases = trailing(counts.cases, max(self.windows), last)
        mean = logsumexp(factors, axis=0) - np.log(len(factors))
        found = np.where(cases >= self.least, mean, NONE)
        return found + np.log(self._bar(found, counts.hazard))

    def _factor(self, counts: Counts, weeks: int, last: int) -> Floats:
        """Return the logarithm of the Bayes factor of the cases in a window of so many weeks."""
        exposed = np.ones_like(counts.cases) if counts.tested is None else counts.tested
        seen = window(counts.cases, exposed, weeks, self.past, last)
        mean = self._mean(counts, seen)
        return factor(seen, mean, self.certain, self.times)

    def _mean(self, counts: Counts, seen: Window) -> Floats | float:
        """Return the mean rate of each series before any own case."""
        if counts.tested is None:
            return self.floor
        cases, tested = (summed(each, counts.hazard) for each in (seen.before, seen.exposure))
        pooled = (cases + self.certain) / (tested + self.certain / self.floor)
        return np.asarray(pooled[counts.hazard], np.float64)

    def _bar(self, found: Floats, hazard: Integers) -> Floats:
        """Return the factors on prior odds: larger where the hazard spreads in other products."""
        sure = expit(np.log(self.odds) + found)
        others = summed(sure, hazard)[hazard] - sure
        raised = 1 + self.spill * others
        some = np.isfinite(found)
        mean = (raised * some).sum(axis=0) / np.maximum(some.sum(axis=0), 1)
        return np.asarray(raised / np.where(mean > 0, mean, 1), np.float64)
