"""Records of a delivery on disk, cut into parts by owner, to be read back a part at a time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import ipc

from .mapped import Mapped

__all__ = ["Piece", "Runs", "cut"]


class Piece:
    """Rows in the order of their parts, and where each part ends."""

    __slots__ = ("ends", "table")

    def __init__(self, table: pa.Table, ends: npt.NDArray[np.int64]) -> None:
        self.table, self.ends = table, ends


def cut(table: pa.Table, part: npt.NDArray[np.int64], parts: int) -> Piece:
    """Put rows in the order of their parts, those of one part as they were.

    Examples
    --------
    >>> piece = cut(pa.table({"n": [1, 2, 3]}), np.array([1, 0, 1]), 2)
    >>> piece.table["n"].to_pylist(), piece.ends.tolist()
    ([2, 1, 3], [1, 3])
    """
    if parts > 1:
        smallest = np.min_scalar_type(parts)
        table = table.take(pa.array(np.argsort(part.astype(smallest), kind="stable")))
    return Piece(table, np.cumsum(np.bincount(part, minlength=parts)))


class Runs:
    """Pieces of one mapping's records, kept in a file until their parts are read.

    Parameters
    ----------
    path
        The file, which must not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ends: list[list[int]] = []
        self._kept: Mapped | None = None
        self.count = 0
        self._writer: ipc.RecordBatchFileWriter | None = None

    def add(self, piece: Piece) -> None:
        """Keep a piece."""
        if not piece.table.num_rows:
            return
        if self._writer is None:
            self._writer = ipc.new_file(str(self._path), piece.table.schema)
        [batch] = piece.table.combine_chunks().to_batches()
        self._writer.write_batch(batch)
        self._ends.append([0, *piece.ends.tolist()])
        self.count += batch.num_rows

    def close(self) -> None:
        """End writing; from here on parts are read, from the file as it is mapped into memory."""
        if self._writer is not None:
            self._writer.close()
            self._kept = Mapped(self._path)

    def read(self, part: int, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Return the rows of one part in the order in which they came; None if it has none."""
        if self._kept is None:
            return None
        found = []
        for batch, ends in zip(self._kept.batches, self._ends, strict=True):
            start, stop = ends[part], ends[part + 1]
            if start < stop:
                some = batch if columns is None else batch.select(columns)
                found.append(some.slice(start, stop - start))
        return pa.Table.from_batches(found) if found else None

    def release(self) -> None:
        """Give back the memory of what was read so far, once it is no longer needed."""
        if self._kept is not None:
            self._kept.release()
