"""Members: the deliveries that land together, and whose each row of all their rows is.

Rows of deliveries that are taken in together are numbered through; where they came and went, they
have the numbers and files that they had in their own delivery.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["ALONE", "Members"]

Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Deliveries whose rows are numbered through, in their order.

    Attributes
    ----------
    before
        How many rows stand before those of each.
    files
        The place of a file in its own delivery, by its place among those of all: a row for each
        delivery.

    Examples
    --------
    >>> members = Members.of([2, 1], [["a"], ["a", "b"]], ["a", "b"])
    >>> members.whose(np.array([1, 2, 3])).tolist(), members.own(np.array([1, 2, 3])).tolist()
    ([0, 0, 1], [1, 2, 1])
    """

    before: Numbers
    files: npt.NDArray[np.int16]

    @classmethod
    def of(
        cls, rows: Sequence[int], files: Sequence[Sequence[str]], everywhere: Sequence[str]
    ) -> "Members":
        """Return deliveries by how many rows each has, and by the names of files, in order."""
        before = np.concatenate([[0], np.cumsum(rows)[:-1]]).astype(np.int64)
        places = [[[*mine].index(n) if n in mine else -1 for n in everywhere] for mine in files]
        return cls(before, np.array(places, np.int16).reshape(len(before), len(everywhere)))

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.before)

    def whose(self, rows: Numbers) -> Places:
        """Return the place of the delivery that each row is of."""
        return np.searchsorted(self.before, rows, "left") - 1

    def own(self, rows: Numbers) -> Numbers:
        """Return the number that each row has in its own delivery."""
        own: Numbers = rows - self.before[self.whose(rows)]
        return own

    def first(self, wanted: Numbers, told: Sequence[tuple[Numbers, Numbers]]) -> Places:
        """Return the first delivery that tells of each of some numbers.

        Parameters
        ----------
        wanted
            The numbers, ascending.
        told
            Numbers, all of which are wanted, and the rows that tell of them.
        """
        first = np.full(len(wanted), self.count, np.intp)
        for numbers, rows in told:
            np.minimum.at(first, np.searchsorted(wanted, numbers), self.whose(rows))
        return first

    def placed(self, columns: Mapping[str, pa.ChunkedArray], sequence: int) -> dict[str, pa.Array]:
        """Return `sequence`, `row` and `file` of rows in their own deliveries.

        Parameters
        ----------
        columns
            `_row` and `file` of each, among those of all.
        sequence
            Number of the first delivery.
        """
        rows = columns["_row"].to_numpy()
        if self.count == 1:
            numbered = pa.repeat(pa.scalar(sequence, pa.int32()), len(rows))
            return {"sequence": numbered, "row": columns["_row"], "file": columns["file"]}
        whose = self.whose(rows)
        return {
            "sequence": pa.array((sequence + whose).astype(np.int32)),
            "row": pa.array(rows - self.before[whose]),
            "file": pa.array(self.files[whose, columns["file"].to_numpy()]),
        }


ALONE = Members(np.zeros(1, np.int64), np.zeros((1, 0), np.int16))
"""One delivery that lands alone."""
