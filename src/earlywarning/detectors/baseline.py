"""The baseline: which past weeks a week is held against, and which part of the year each is of."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError

__all__ = ["YEAR", "Baseline", "baseline"]

YEAR = 52
"""Weeks."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Weeks of reference.

    Attributes
    ----------
    lags
        How many weeks back each lies, the latest first.
    parts
        Which part of the year each is of; 0 is that of the week itself.
    """

    lags: Numbers
    parts: Numbers

    @property
    def runs(self) -> Numbers:
        """Where runs of weeks begin that follow each other in one part, and where the last ends."""
        turns = (np.diff(self.lags) > 1) | (np.diff(self.parts) != 0)
        return np.concatenate([[0], np.flatnonzero(turns) + 1, [len(self.lags)]])


@lru_cache
def baseline(years: int, half: int, periods: int, skipped: int) -> Baseline:
    """Return the weeks of reference of so many years.

    Weeks at most `half` from the same week of another year are one part of the year; the weeks
    between are cut into `periods - 1` parts of equal length, the earlier ones a week longer where
    they are not equal (Noufaily et al. 2013, section 3.1). One period takes the first part alone
    (Farrington et al. 1996).

    Parameters
    ----------
    years
        At least 1.
    half
        Half the window, in weeks.
    periods
        At least 1.
    skipped
        How many weeks just past are left out.

    Raises
    ------
    InvalidError
        If a year has no room for that.

    Examples
    --------
    >>> baseline(1, 1, 1, 4).lags.tolist()
    [51, 52, 53]
    >>> np.bincount(baseline(1, 3, 10, 0).parts).tolist()
    [10, 5, 5, 5, 5, 5, 5, 5, 5, 5]
    """
    between = YEAR - 2 * half - 1
    if years < 1 or half < 0 or periods < 1 or skipped < 0 or between < periods - 1:
        raise InvalidError(
            f"{years} years, {half} weeks on both sides, {periods} parts and {skipped} weeks left "
            f"out are no baseline; a year has {YEAR} weeks, each part needs one"
        )
    if skipped > YEAR - half - 1:
        raise InvalidError(f"{skipped} weeks left out reach into the year before; leave out fewer")
    sizes = [len(each) for each in np.array_split(np.arange(between), max(periods - 1, 1))]
    turn = np.repeat(np.arange(1, len(sizes) + 1), sizes)[::-1]
    part = np.concatenate([np.zeros(2 * half + 1, np.int64), turn])
    lags = np.arange(skipped + 1, YEAR * years + half + 1)
    parts = part[(lags + half) % YEAR]
    kept = parts == 0 if periods == 1 else np.ones(len(lags), np.bool_)
    return Baseline(lags[kept], parts[kept])
