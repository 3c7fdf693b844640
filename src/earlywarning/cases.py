"""Cases: on which day which series had one, and the weeks that end on any day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from .counts import Counts, Integers, Reports
from .tally import WEEK, Tally

__all__ = ["WEEK", "Cases", "Told"]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a source tells beside cases: complaints about products, alerts of series.

    Attributes
    ----------
    name
        What tells it.
    tally
        On which day, of which row.
    rows
        How many rows there are.
    of
        The row that is about each series, -1 where none is; shape (series,).
    """

    name: str
    tally: Tally
    rows: int
    of: Integers


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
    tested
        On which day which product was tested, where that is known of all.
    told
        What else is told of series, by source.

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
    tested: Tally | None = None
    told: tuple[Told, ...] = ()

    @classmethod
    def of(cls, products: Sequence[str], hazards: Sequence[str], days: npt.ArrayLike) -> Self:
        """Return cases by the names of product and hazard, one of each per case; shape (n,)."""
        names, product = np.unique(np.asarray(products, str), return_inverse=True)
        faults, hazard = np.unique(np.asarray(hazards, str), return_inverse=True)
        return cls.coded(tuple(names.tolist()), tuple(faults.tolist()), product, hazard, days)

    @classmethod
    def coded(
        cls,
        products: tuple[str, ...],
        hazards: tuple[str, ...],
        product: npt.ArrayLike,
        hazard: npt.ArrayLike,
        days: npt.ArrayLike,
    ) -> Self:
        """Return cases by the places of their product and hazard among all; shape (n,) each."""
        width = max(len(hazards), 1)
        pairs, series = np.unique(
            np.asarray(product, np.int64) * width + np.asarray(hazard, np.int64),
            return_inverse=True,
        )
        tally = Tally.of(series, days)
        return cls(
            products,
            hazards,
            (pairs // width).astype(np.int32),
            (pairs % width).astype(np.int32),
            tally.row,
            tally.day,
        )

    @property
    def begun(self) -> int | None:
        """The first day on which anything was told or tested; None if nothing was."""
        tallies = [self.tested, *(each.tally for each in self.told)]
        days = [self.day, *(each.day for each in tallies if each is not None)]
        return min((int(each[0]) for each in days if len(each)), default=None)

    def counts(self, last: int, weeks: int) -> Counts:
        """Return the cases of so many weeks, the last of which ends with a day."""
        tested = None
        if self.tested is not None:
            tested = self.tested.weeks(len(self.products), last, weeks)[self.product]
        return Counts(
            Tally(self.series, self.day).weeks(len(self.product), last, weeks),
            self.product,
            self.hazard,
            tested,
            tuple(
                Reports(each.name, each.tally.weeks(each.rows, last, weeks), each.of)
                for each in self.told
            ),
        )
