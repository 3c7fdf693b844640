"""Mentions: who told of what on which day, in texts; and how often, by how many, since when."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["TOLD", "Mentions", "spread"]

TOLD = pa.schema(
    [
        ("first", pa.int32()),
        ("times", pa.int64()),
        ("enterprises", pa.int64()),
        ("sources", pa.int64()),
    ]
)
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Mentions:
    """Texts that name products, one for each record that has one.

    Attributes
    ----------
    text
        Product fields, as they were written.
    day
        Day number from which each was available.
    enterprise, source
        Whom it is about, and who delivered it; either may be missing.
    record
        Key of the record.

    Examples
    --------
    >>> mentions = Mentions.of(["月饼", "生腌"], [9, 7], ["A", None], ["court", "tax"])
    >>> len(mentions), len(mentions.before(9))
    (2, 1)
    """

    text: pa.Array
    day: npt.NDArray[np.int32]
    enterprise: pa.Array
    source: pa.Array
    record: npt.NDArray[np.int64]

    @classmethod
    def of(
        cls,
        text: object,
        day: npt.ArrayLike,
        enterprise: object,
        source: object,
        record: npt.ArrayLike | None = None,
    ) -> Self:
        """Build it from columns of any kind that Arrow or numpy reads.

        Where no keys of records are given, their places stand for them.
        """
        words, whom, whose = (_texts(column) for column in (text, enterprise, source))
        keys = np.arange(len(words)) if record is None else np.asarray(record, np.int64)
        return cls(words, np.asarray(day, np.int32), whom, whose, keys)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.day)

    def before(self, day: int) -> Self:
        """Return those that were available before a day."""
        rows = pa.array(np.flatnonzero(self.day < day))
        return type(self)(
            self.text.take(rows),
            self.day[rows.to_numpy()],
            self.enterprise.take(rows),
            self.source.take(rows),
            self.record[rows.to_numpy()],
        )

    def records(self, group: Rows, rows: Rows, wanted: Rows) -> pa.Array:
        """Return the keys of the records of some groups, the latest first; see `told`."""
        order = np.lexsort((self.record[rows], -self.day[rows], group))
        ends = np.searchsorted(group[order], [wanted, wanted + 1])
        at, _ = spread(*ends)
        keys = self.record[rows[order][at]]
        offsets = np.concatenate([[0], np.cumsum(ends[1] - ends[0])])
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(keys, pa.int64()))

    def told(self, group: Rows, rows: Rows, groups: int) -> pa.Table:
        """Return `TOLD` of each of so many groups: first day, and how many rows, whom and whose.

        Parameters
        ----------
        group, rows
            Each pair puts a row into a group; a row may be in several, and each group has one.
        groups
            Groups are numbered from 0 to this, exclusive.
        """
        first = np.full(groups, np.iinfo(np.int32).max, np.int32)
        np.minimum.at(first, group, self.day[rows])
        columns = (
            first,
            np.bincount(group, minlength=groups),
            _distinct(self.enterprise, group, rows, groups),
            _distinct(self.source, group, rows, groups),
        )
        return pa.table([pa.array(column) for column in columns], schema=TOLD)


def _texts(column: object) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else []
    return (
        column.cast(pa.string()) if isinstance(column, pa.Array) else pa.array(column, pa.string())
    )


def _distinct(names: pa.Array, group: Rows, rows: Rows, groups: int) -> npt.NDArray[np.int64]:
    """Return how many names there are in each group, the missing not counted."""
    codes = pc.fill_null(pc.dictionary_encode(names).indices, -1).to_numpy().astype(np.int64)
    many = int(codes.max(initial=0)) + 1
    kept = codes[rows] >= 0
    pairs = np.unique(group[kept].astype(np.int64) * many + codes[rows[kept]])
    return np.bincount(pairs // many, minlength=groups)


def spread(starts: Rows, ends: Rows) -> tuple[Rows, Rows]:
    """Return every place from each start to its end, and which start it is of.

    Examples
    --------
    >>> [each.tolist() for each in spread(np.array([3, 9]), np.array([5, 10]))]
    [[3, 4, 9], [0, 0, 1]]
    """
    sizes = ends - starts
    pair = np.repeat(np.arange(len(starts)), sizes)
    return np.arange(len(pair)) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes), pair
