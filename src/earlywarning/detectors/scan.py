"""The Poisson scan: the window that ends now whose cases are the least likely by chance."""

from dataclasses import dataclass

import numpy as np

from ..counts import Counts, Floats, cumulative
from .detector import NONE
from .parameters import check_positive

__all__ = ["Scan"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The largest log-likelihood ratio of the windows that end with the week.

    That of c cases where e are expected is `c log(c / e) - (c - e)` if c is above e (Kulldorff
    1997 and 2001; with an expectation from the past, Neill 2009). What is expected in a window
    comes from the series' own weeks before it. A window longer than the past before it is left
    out.

    Parameters
    ----------
    longest
        Weeks of the longest window; the shortest is one.
    past
        Weeks before a window that tell what is usual; fewer where there are not so many.
    floor
        The least number of cases that is expected in a window, above zero.

    Examples
    --------
    Three cases in two weeks, after one in the 16 before: e is 1/8.

    >>> cases = np.array([[0] * 9 + [1] + [0] * 6 + [1, 2]])
    >>> counts = Counts(cases, np.zeros(1, int), np.zeros(1, int))
    >>> Scan(longest=4).scores(counts).round(3).tolist()
    [[6.659]]
    """

    longest: int = 26
    past: int = 104
    floor: float = 0.05
    name: str = "scan"

    def __post_init__(self) -> None:
        check_positive(self.name, longest=self.longest, past=self.past, floor=self.floor)

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return the ratio at the end of each of the last weeks; see `Detector.scores`."""
        cases = counts.cases[:, -(last + self.longest + self.past) :]
        total = cumulative(cases)
        stop = np.arange(len(total) - last, len(total))
        best = np.full((last, counts.series), NONE)
        for weeks in range(1, self.longest + 1):
            start = stop - weeks
            first = np.maximum(start - self.past, 0)
            scanned = np.flatnonzero(start - first >= weeks)
            start, first = start[scanned], first[scanned]
            found = total[stop[scanned]] - total[start]
            share = weeks / (start - first)
            usual = (total[start] - total[first]) * share[:, np.newaxis]
            ratio = _ratio(found, np.maximum(usual, self.floor))
            best[scanned] = np.maximum(best[scanned], ratio)
        return best.T


def _ratio(found: Floats, expected: Floats) -> Floats:
    above = found > expected
    times = np.divide(found, expected, out=np.ones_like(found), where=above)
    return np.where(above, found * np.log(times) - (found - expected), NONE)
