"""The cumulative sum: log-likelihood ratios added up, begun anew whenever they are below zero."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..counts import Counts, Floats, cumulative
from .detector import NONE
from .parameters import check_positive

__all__ = ["Cusum"]


@dataclass(frozen=True, slots=True)
class Cusum:
    """The sum of evidence that cases have become more frequent by a factor, never below zero.

    Each week adds its log-likelihood ratio (Page 1954). Where the number tested is known, that of
    a binomial distribution whose odds are multiplied (Steiner, Cook, Farewell and Treasure 2000),
    and else that of a Poisson distribution whose mean is (Lucas 1985). What is in control follows
    from the series' own past at each week: the mean under Jeffreys' prior, which is half a case
    more than there were. Without a past, a week adds nothing. No score where the sum is zero.

    Parameters
    ----------
    times
        By what odds or means are multiplied where a series is out of control, above 1; 2 is what
        the papers use.
    past, lag
        How many weeks tell what is in control, and how many lie between them and the week itself.

    Examples
    --------
    Half a case in ten weeks is in control; each of the last two weeks has one:

    >>> counts = Counts(np.array([[0] * 13 + [1, 1]]), np.zeros(1, int), np.zeros(1, int))
    >>> Cusum(past=10, lag=2).scores(counts).round(3).tolist()
    [[1.286]]
    """

    times: float = 2.0
    past: int = 104
    lag: int = 13
    name: str = "cusum"

    def __post_init__(self) -> None:
        check_positive(self.name, past=self.past, lag=self.lag, times=self.times)

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return the sum at the end of each of the last weeks; see `Detector.scores`."""
        first = counts.weeks - last
        sums = np.empty((last, counts.series))
        total = np.zeros(counts.series)
        for week, evidence in enumerate(self._evidence(counts)):
            total = np.maximum(total + evidence, 0.0)
            if week >= first:
                sums[week - first] = total
        return np.where(sums > 0, sums, NONE).T

    def _evidence(self, counts: Counts) -> Iterator[Floats]:
        """Yield the log-likelihood ratio of all series, week by week."""
        cases = cumulative(counts.cases)
        tested = None if counts.tested is None else cumulative(counts.tested)
        for week in range(counts.weeks):
            stop = max(week - self.lag, 0)
            start = max(stop - self.past, 0)
            usual = cases[stop] - cases[start] + 0.5
            found = cases[week + 1] - cases[week]
            if stop == 0:
                yield np.zeros(counts.series)
            elif tested is None:
                yield found * np.log(self.times) - (self.times - 1) * usual / (stop - start)
            else:
                share = usual / (tested[stop] - tested[start] + 1)
                number = tested[week + 1] - tested[week]
                yield found * np.log(self.times) - number * np.log1p((self.times - 1) * share)
