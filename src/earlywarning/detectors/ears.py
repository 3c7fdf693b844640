"""EARS C2: the week against the mean and the standard deviation of weeks shortly before."""

from dataclasses import dataclass

import numpy as np

from ..counts import Counts, Floats, trailing
from .detector import NONE
from .parameters import check_positive

__all__ = ["Ears"]


@dataclass(frozen=True, slots=True)
class Ears:
    """Standard deviations by which a week is above the mean of weeks that ended shortly before.

    The statistic C2 of the Early Aberration Reporting System (Hutwagner, Thompson, Seeman and
    Treadwell 2003), which alarms from 3 on. Weeks without a case, and those with too few before
    them, have no score.

    Parameters
    ----------
    baseline, lag
        How many weeks the mean is taken over, and how many lie between them and the week itself,
        so that what has just begun does not count as usual.
    floor
        The least standard deviation, above zero: rare series often have none. The `minSigma` of
        the R package surveillance, for which 0.5 or 1 is advised there.

    Examples
    --------
    Four cases, after one in the seven weeks that count; those between do not:

    >>> cases = np.array([[0, 0, 0, 1, 0, 0, 0, 5, 5, 4]])
    >>> counts = Counts(cases, np.zeros(1, int), np.zeros(1, int))
    >>> Ears().scores(counts).round(2).tolist()
    [[7.71]]
    """

    baseline: int = 7
    lag: int = 2
    floor: float = 0.5
    name: str = "ears"

    def __post_init__(self) -> None:
        check_positive(self.name, floor=self.floor)

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return C2 at the end of each of the last weeks; see `Detector.scores`."""
        width = last + self.lag + self.baseline
        cases = counts.cases[:, -width:].astype(np.float64)
        mean, spread = self._usual(cases)
        above = (cases - mean) / np.maximum(spread, self.floor)
        return np.where((cases > 0) & ~np.isnan(mean), above, NONE)[:, -last:]

    def _usual(self, cases: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation before each week, NaN where weeks are too few."""
        means = trailing(cases, self.baseline) / self.baseline
        squares = trailing(cases**2, self.baseline) - self.baseline * means**2
        spreads = np.sqrt(np.maximum(squares, 0.0) / (self.baseline - 1))
        found = np.full((2, *cases.shape), np.nan)
        before = slice(self.baseline - 1, -self.lag - 1)
        found[:, :, self.lag + self.baseline :] = means[:, before], spreads[:, before]
        return found[0], found[1]
