"""Ours, of several sources: what spreads shows in tests, in complaints, and in kin products.

Each source tells by a Bayes factor of its own how much likelier its counts are if something
spreads (`factors`); independent sources multiply. Three things are shared:

- What is told of a whole product, such as complaints, does not say which hazard is meant. At most
  one of the hazards of a product is thought to spread, so they compete for it: the one whose tests
  fail has it.
- A hazard either spreads in general or does not. Where it spreads in some products, it is likelier
  in each other one.
- Numbers tested take the place of weeks, and what is usual of a hazard that a product never had
  is what is usual of it in all products.

Where nothing spreads, the mean of the score's exponential is at most about 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from ..counts import Counts, Floats, Integers, Reports, trailing
from .detector import NONE
from .factors import factor, summed, window

__all__ = ["Joint"]

LARGE = 50.0
"""No logarithm of a factor counts for more."""


@dataclass(frozen=True, slots=True)
class Joint:
    """The logarithm of the Bayes factor that a series spreads, by all that is told of it.

    Parameters
    ----------
    windows
        How many weeks something may have spread; the mean over them is taken.
    past
        Weeks before a window that tell what is usual; fewer where there are not so many.
    times, told
        How many times the usual rate there is of cases, and of what else is told, of what spreads.
    floor
        Least mean of a rate before any own case: a week, where numbers tested are not known.
    certain
        How much the mean before any own case is trusted: as much as so many own cases.
    steady
        How steady other sources are: their weekly rate is known as well as from so many reports,
        however many there are.
    shows
        Chance that what spreads shows in another source.
    least
        How many cases there must be in the longest window.
    breaks
        Prior chance that something spreads in a product.
    general, kin, alone
        Prior chances that a hazard spreads in general, and that it spreads in a product if it
        does, and if it does not.

    Examples
    --------
    Two lots that fail say little, and more where people complain of the product:

    >>> from xinheng.earlywarning import Reports
    >>> cases = np.zeros((2, 104), int)
    >>> cases[:, -2:] = 1
    >>> calls = np.ones((2, 104), int)
    >>> calls[0, -4:] = 5
    >>> counts = Counts(
    ...     cases, np.array([0, 1]), np.array([0, 1]), np.full((2, 104), 9),
    ...     (Reports("complaint", calls, np.array([0, 1])),),
    ... )
    >>> Joint().scores(counts).round(1).tolist()
    [[3.9], [1.2]]
    """

    windows: tuple[int, ...] = (4, 8, 13)
    past: int = 208
    times: float = 4.0
    told: float = 3.0
    floor: float = 0.1
    certain: float = 1.0
    steady: float = 10.0
    shows: float = 0.7
    least: int = 1
    breaks: float = 0.02
    general: float = 0.02
    kin: float = 0.5
    alone: float = 0.005
    name: str = "joint"

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return logarithms at the end of each of the last weeks; see `Detector.scores`."""
        kept = counts.ending(last + max(self.windows) + self.past)
        factors = [self._own(kept, weeks, last) for weeks in self.windows]
        cases = trailing(kept.cases, max(self.windows), last)
        mean = logsumexp(factors, axis=0) - np.log(len(factors))
        found = np.where(cases >= self.least, mean, NONE)
        return found + np.where(np.isfinite(found), self._kin(mean, kept.hazard), 0)

    def reported(self, reports: Sequence[Reports], last: int = 1) -> Floats:
        """Return how alarming is what sources tell of the same rows, before any test has failed.

        Parameters
        ----------
        reports
            Sources whose rows are the same products.
        last
            How many weeks are asked for.

        Returns
        -------
        numpy.ndarray
            Logarithms of Bayes factors at the end of each of the last weeks; shape (rows, last).
        """
        factors = [
            sum(self._shown(each, weeks, last) for each in reports) for weeks in self.windows
        ]
        return np.asarray(logsumexp(factors, axis=0) - np.log(len(factors)), np.float64)

    def _own(self, counts: Counts, weeks: int, last: int) -> Floats:
        """Return the factor of each series by its tests and all else that is told of it."""
        found = self._tests(counts, weeks, last)
        for reports in counts.reports:
            shown = self._shown(reports, weeks, last)
            found = found + np.where(reports.of[:, None] >= 0, shown[reports.of], 0)
        return np.asarray(found - self._rivals(found, counts.product), np.float64)

    def _tests(self, counts: Counts, weeks: int, last: int) -> Floats:
        if counts.tested is None:
            seen = window(counts.cases, np.ones_like(counts.cases), weeks, self.past, last)
            return factor(seen, self.floor, self.certain, self.times)
        seen = window(counts.cases, counts.tested, weeks, self.past, last)
        cases, tested = (summed(each, counts.hazard) for each in (seen.before, seen.exposure))
        mean = (cases + self.certain) / (tested + self.certain / self.floor)
        return factor(seen, mean[counts.hazard], self.certain, self.times)

    def _shown(self, reports: Reports, weeks: int, last: int) -> Floats:
        """Return the factor of each row of a source, against the volume of its other rows."""
        told = reports.told
        others = (told.sum(axis=0) - told + 1) / len(told)
        seen = window(told, others, weeks, self.past, last)
        mean = (self.certain + seen.before) / (self.certain + seen.exposure)
        known = 1 / (1 / (self.steady * weeks) + 1 / (self.certain + seen.before))
        none = np.zeros_like(seen.now)
        alike = seen._replace(before=none, exposure=none)
        surely = factor(alike, mean, known, self.told)
        return np.asarray(
            np.logaddexp(np.log1p(-self.shows), np.log(self.shows) + surely), np.float64
        )

    def _rivals(self, found: Floats, product: Integers) -> Floats:
        """Return how far the hazards of a product together explain what is told of it."""
        most = np.full((int(product.max(initial=-1)) + 1, found.shape[1]), -np.inf)
        np.maximum.at(most, product, found)
        most, hazards = most[product], np.bincount(product)[product, None]
        mean = most + np.log(summed(np.exp(found - most), product)[product] / hazards)
        return np.asarray(
            np.logaddexp(np.log1p(-self.breaks), np.log(self.breaks) + mean), np.float64
        )

    def _kin(self, found: Floats, hazard: Integers) -> Floats:
        """Return by how much a hazard that spreads in other products raises the odds of each."""
        likely = np.expm1(np.minimum(found, LARGE))
        apart = np.log1p(self.kin * likely) - np.log1p(self.alone * likely)
        others = summed(apart, hazard)[hazard] - apart
        general = expit(np.log(self.general) - np.log1p(-self.general) + others)
        raised = general * self.kin + (1 - general) * self.alone
        usual = self.general * self.kin + (1 - self.general) * self.alone
        return np.asarray(np.log(raised / usual), np.float64)
