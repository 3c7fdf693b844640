"""Cases: on which day which series had one, and the weeks that end on any day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from .counts import Counts, Integers

__all__ = ["WEEK", "Cases"]

WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Cases of series, each on the day from which on it was known.

    Attributes
    ----------
    products, hazards
        Names; a series is one of each.
    product, hazard
        Places of them; shape (series,).
    series, day
        Which series had a case, and on which day (from 1970-01-01), in order of days; shape (n,).

    Examples
    --------
    >>> cases = Cases.of(["tea", "ham", "tea"], ["lead", "lead", "lead"], [9, 3, 17])
    >>> cases.counts(last=17, weeks=2).cases.tolist()
    [[0, 0], [1, 1]]
    >>> cases.products[cases.product[1]], cases.hazards[cases.hazard[1]]
    ('tea', 'lead')
    """

    products: tuple[str, ...]
    hazards: tuple[str, ...]
    product: Integers
    hazard: Integers
    series: Integers
    day: Integers

    @classmethod
    def of(cls, products: Sequence[str], hazards: Sequence[str], days: npt.ArrayLike) -> Self:
        """Return cases by the names of product and hazard, one of each per case; shape (n,)."""
        when = np.asarray(days, np.int32)
        order = np.argsort(when, kind="stable")
        names, product = np.unique(np.asarray(products, str), return_inverse=True)
        faults, hazard = np.unique(np.asarray(hazards, str), return_inverse=True)
        pairs, series = np.unique(product * len(faults) + hazard, return_inverse=True)
        return cls(
            tuple(names.tolist()),
            tuple(faults.tolist()),
            (pairs // len(faults)).astype(np.int32),
            (pairs % len(faults)).astype(np.int32),
            series[order].astype(np.int32),
            when[order],
        )

    def counts(self, last: int, weeks: int) -> Counts:
        """Return the cases of so many weeks, the last of which ends with a day."""
        first = last + 1 - weeks * WEEK
        kept = slice(*np.searchsorted(self.day, (first, last + 1)))
        place = self.series[kept].astype(np.int64) * weeks + (self.day[kept] - first) // WEEK
        found = np.bincount(place, minlength=len(self.product) * weeks)
        shaped = found.reshape(len(self.product), weeks).astype(np.int32)
        return Counts(shaped, self.product, self.hazard)
