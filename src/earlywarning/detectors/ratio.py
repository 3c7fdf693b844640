"""The one-line ratio: recent cases over what is usual of the series itself."""

from dataclasses import dataclass

import numpy as np

from ..counts import Counts, Floats, trailing
from .detector import NONE

__all__ = ["Ratio"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Cases of the last weeks over a constant and the usual number in as many weeks.

    Parameters
    ----------
    recent, past
        How many weeks are recent, and how many before them are usual; fewer where there are not
        so many.
    more
        Added to what is usual, so that a first case is not infinitely alarming.
    least
        How many recent cases there must be.

    Examples
    --------
    Three cases in four weeks, after one in the eight before:

    >>> counts = Counts(np.array([[0] * 7 + [1, 0, 2, 0, 1]]), np.zeros(1, int), np.zeros(1, int))
    >>> Ratio().scores(counts).tolist()
    [[3.0]]
    """

    recent: int = 4
    past: int = 104
    more: float = 0.5
    least: int = 2
    name: str = "ratio"

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return the ratio at the end of each of the last weeks; see `Detector.scores`."""
        recent = trailing(counts.cases, self.recent, last)
        before = trailing(counts.cases, self.recent + self.past, last) - recent
        end = np.arange(counts.weeks - last, counts.weeks) + 1
        weeks = np.clip(end - self.recent, 1, self.past)
        usual = before * self.recent / weeks
        return np.where(recent >= self.least, recent / (self.more + usual), NONE)
