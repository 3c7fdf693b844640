"""Spans: what every enterprise contributes to a dated table, kept so that it can be replaced."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from .events import Events
from .intervals import Ints, Rows, Stretches

__all__ = ["Spans"]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Columns of equal length, a row for each stretch `start < as_of <= stop` of days.

    Parameters
    ----------
    enterprise
        Whose events it comes from, as a dense number.
    key
        What it counts for: a group, another enterprise, a person.
    number
        What it carries: the number of a record, or an amount.
    start, stop
        Day numbers.
    """

    enterprise: npt.NDArray[np.int32]
    key: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    start: npt.NDArray[np.int32]
    stop: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.enterprise)

    @classmethod
    def of_events(cls, events: Events, rows: Rows, start: Ints, stop: Ints) -> "Spans":
        """Return the stretches of some events, by their case, with the numbers of their records."""
        return cls.of(events.enterprise[rows], events.case[rows], events.record[rows], start, stop)

    @classmethod
    def of(
        cls, enterprise: npt.NDArray[np.int32], key: Ints, number: Ints, start: Ints, stop: Ints
    ) -> "Spans":
        """Return spans of columns that count days in more room than is needed."""
        return cls(enterprise, key, number, start.astype(np.int32), stop.astype(np.int32))

    @classmethod
    def joined(cls, parts: Iterable["Spans"]) -> "Spans":
        """Put the spans of different enterprises together, sorted by enterprise."""
        whole = cls.together(parts)
        if (whole.enterprise[1:] >= whole.enterprise[:-1]).all():
            return whole
        return whole.take(np.argsort(whole.enterprise, kind="stable"))

    @classmethod
    def together(cls, parts: Iterable["Spans"]) -> "Spans":
        """Put spans together as they come."""
        several = [EMPTY, *parts]
        return cls(*(np.concatenate([getattr(p, f.name) for p in several]) for f in fields(cls)))

    def equals(self, other: "Spans") -> bool:
        """Tell whether the rows are the same, in the same order."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return all(np.array_equal(one, two) for one, two in pairs)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool] | slice) -> "Spans":
        """Return some rows."""
        return Spans(*(getattr(self, f.name)[rows] for f in fields(self)))

    def spliced(self, enterprises: npt.NDArray[np.int32], now: "Spans") -> "Spans":
        """Return the spans after those of some enterprises were replaced.

        Parameters
        ----------
        enterprises
            Dense numbers, rising.
        now
            Their spans as they are now, sorted by enterprise.

        Returns
        -------
        Sorted by enterprise; the same object where nothing is another than before.
        """
        first, last = (np.searchsorted(self.enterprise, enterprises, s) for s in ("left", "right"))
        size = last - first
        rows = np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())
        if self.take(rows).equals(now):
            return self
        kept = np.ones(len(self), np.bool_)
        kept[rows] = False
        return Spans.joined([self.take(kept), now])

    def from_enterprises(self, enterprises: Iterable[int]) -> "Spans":
        """Return the spans of some enterprises, rising, where they are sorted."""
        parts = [self.from_enterprise(each) for each in enterprises]
        return parts[0] if len(parts) == 1 else Spans.together(parts)

    def from_enterprise(self, enterprise: int) -> "Spans":
        """Return the spans of one enterprise, where they are sorted."""
        first, last = (np.searchsorted(self.enterprise, enterprise, s) for s in ("left", "right"))
        return self.take(slice(int(first), int(last)))

    def live(self, as_of: int) -> "Spans":
        """Return the spans that hold as of a day."""
        return self.take((self.start < as_of) & (as_of <= self.stop))

    def stretches(self, key: Ints) -> Stretches:
        """Return the days of each span under another key."""
        return key, self.start.astype(np.int64), self.stop.astype(np.int64)


EMPTY = Spans(
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.int32),
    np.empty(0, np.int32),
)
