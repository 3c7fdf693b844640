"""A tally: on which day something was told of which row."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from .counts import Integers

__all__ = ["WEEK", "Tally"]

WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What was told, in order of days.

    Attributes
    ----------
    row, day
        Of which row, on which day (from 1970-01-01); shape (n,).

    Examples
    --------
    >>> tally = Tally.of([1, 0, 1], [9, 3, 17])
    >>> tally.weeks(rows=2, last=17, weeks=2).tolist()
    [[0, 0], [1, 1]]
    """

    row: Integers
    day: Integers

    @classmethod
    def of(cls, rows: npt.ArrayLike, days: npt.ArrayLike) -> Self:
        """Return a tally of rows and days in any order."""
        day = np.asarray(days, np.int32)
        order = np.argsort(day, kind="stable")
        return cls(np.asarray(rows, np.int32)[order], day[order])

    def weeks(self, rows: int, last: int, weeks: int) -> Integers:
        """Return how often, row by row, in each of so many weeks, the last of which ends on a day.

        Returns
        -------
        numpy.ndarray
            Shape (rows, weeks), the oldest week first.
        """
        first = last + 1 - weeks * WEEK
        kept = slice(*np.searchsorted(self.day, (first, last + 1)))
        place = self.row[kept].astype(np.int64) * weeks + (self.day[kept] - first) // WEEK
        found = np.bincount(place, minlength=rows * weeks)
        return found.reshape(rows, weeks).astype(np.int32)

    def between(self, first: int, after: int) -> Self:
        """Return what was told from a day on and before another."""
        kept = slice(*np.searchsorted(self.day, (first, after)))
        return type(self)(self.row[kept], self.day[kept])
