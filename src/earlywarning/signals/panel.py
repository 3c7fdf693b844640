"""A panel: signals by series, as they were known at the end of any day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..alarm import Lens
from ..cases import Cases, Told
from ..counts import Integers
from .rows import Rows

__all__ = ["Panel"]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Series of hazards in products, perhaps narrowed to places, and what is told of them.

    Attributes
    ----------
    lens
        What products are narrowed to.
    products, places
        The name of each product, and what it is narrowed to, "" for nothing.
    hazards
        Names.
    product, hazard
        Places of the product and the hazard of each series; shape (series,).
    severity
        How severe the hazard of each series is, from 1 to 5; 0 where no class was told.
    main, cases
        The source of cases of series, and these.
    tests
        Lots that were tested, by product, where there are any.
    by_series, by_product
        What else is told, by source.
    """

    lens: Lens
    products: tuple[str, ...]
    places: tuple[str, ...]
    hazards: tuple[str, ...]
    product: Integers
    hazard: Integers
    severity: Integers
    main: str
    cases: Rows
    tests: Rows | None
    by_series: Mapping[str, Rows]
    by_product: Mapping[str, Rows]

    @property
    def watched(self) -> int:
        """How many series there are, and products that are told of as a whole."""
        return len(self.product) + (len(self.products) if self.by_product else 0)

    def known(self, day: int) -> Cases:
        """Return all as it was known at the end of a day, each record on the day it was told."""
        return self._cases(lambda rows: rows.known(day))

    def first(self) -> Cases:
        """Return all as it was known first, on the day it was known here: for backtests."""
        return self._cases(Rows.first)

    def newly(self, day: int, since: int, sequence: int) -> Rows:
        """Return cases of series that became known after a day, or by a later delivery.

        What came late or was corrected is told of weeks that are over: those are to be looked at
        again, and no others.
        """
        return _newly([self.cases, *self.by_series.values()], day, since, sequence)

    def newly_reported(self, day: int, since: int, sequence: int) -> Rows:
        """Return what was told of products and became known so; see `newly`."""
        none = self.cases.take(np.zeros(0, np.int64))
        return _newly([none, *self.by_product.values()], day, since, sequence)

    def _cases(self, view: Callable[[Rows], Rows]) -> Cases:
        tally = view(self.cases).tally
        all_of = np.arange(len(self.product), dtype=np.int32)
        by_series = [
            Told(name, view(rows).tally, len(self.product), all_of)
            for name, rows in self.by_series.items()
        ]
        by_product = [
            Told(name, view(rows).tally, len(self.products), self.product)
            for name, rows in self.by_product.items()
        ]
        return Cases(
            self.products,
            self.hazards,
            self.product,
            self.hazard,
            tally.row,
            tally.day,
            None if self.tests is None else view(self.tests).tally,
            (*by_series, *by_product),
        )


def _newly(sources: Sequence[Rows], day: int, since: int, sequence: int) -> Rows:
    new = [rows.newly(day, since, sequence) for rows in sources]
    return Rows(*(np.concatenate(columns) for columns in zip(*new, strict=True)))
