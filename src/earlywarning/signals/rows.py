"""Rows: signals of one source, each of a series or of a product, as they were known on any day."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core import time
from ..counts import Integers
from ..tally import Tally

__all__ = ["Mask", "Numbers", "Rows"]

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Rows(NamedTuple):
    """Versions of records.

    Attributes
    ----------
    row
        The series or the product of each; shape (n,), as all that follow.
    told, available, withdrawn
        The day on which a record was told first, and those between which this version stood.
    sequence, record, entity
        Number of the delivery, of the record, and of the enterprise, -1 for none.
    event
        What several records of a row tell of, such as a lot; -1 where no other tells of the same.

    Examples
    --------
    One that was told on day 3, came on day 9, and was taken back on day 20:

    >>> rows = Rows(*(np.array([each]) for each in (0, 3, 9, 20, 1, 7, -1, -1)))
    >>> [len(rows.known(day).row) for day in (8, 9, 19, 20)]
    [0, 1, 1, 0]
    """

    row: Integers
    told: Integers
    available: Integers
    withdrawn: Integers
    sequence: Integers
    record: Numbers
    entity: Integers
    event: Numbers

    def take(self, chosen: Mask | Numbers) -> "Rows":
        """Return some of them."""
        return Rows(
            self.row[chosen],
            self.told[chosen],
            self.available[chosen],
            self.withdrawn[chosen],
            self.sequence[chosen],
            self.record[chosen],
            self.entity[chosen],
            self.event[chosen],
        )

    def known(self, day: int) -> "Rows":
        """Return the versions that stood at the end of a day, one of each event."""
        return self.take(time.is_counted(self.available, self.withdrawn, day + 1)).once()

    def newly(self, day: int, since: int, sequence: int) -> "Rows":
        """Return those known at the end of a day that were not on another, or not delivered."""
        known = self.known(day)
        return known.take((known.available > since) | (known.sequence > sequence))

    def first(self) -> "Rows":
        """Return the first version of each event, as if told on the day it was known here."""
        order = np.lexsort((self.available, self.record))
        begins = np.append(True, np.diff(self.record[order]) != 0)[: len(order)]
        first = self.take(order[begins])
        return first._replace(told=first.available).once()

    def once(self) -> "Rows":
        """Return one record of each event: that which was told first."""
        some = np.flatnonzero(self.event >= 0)
        event = self.event[some]
        order = np.lexsort((self.record[some], self.told[some], event))
        again = np.append(False, np.diff(event[order]) == 0)[: len(order)]
        kept = np.ones(len(self.row), bool)
        kept[some[order][again]] = False
        return self.take(kept)

    @property
    def tally(self) -> Tally:
        """On which day which row was told of."""
        return Tally.of(self.row, self.told)
