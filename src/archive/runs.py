"""Records of a delivery on disk, cut into parts by owner, to be read back a part at a time."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import ipc

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
    parts
        How many parts there are.
    """

    def __init__(self, path: Path, parts: int) -> None:
        self._path, self._parts = path, parts
        self._places: list[list[int]] = [[] for _ in range(parts)]
        self._batches = 0
        self.count = 0
        self._sink: pa.NativeFile | None = None
        self._writer: ipc.RecordBatchFileWriter | None = None

    def add(self, piece: Piece) -> None:
        """Keep a piece."""
        if not piece.table.num_rows:
            return
        if self._writer is None:
            self._sink = pa.OSFile(str(self._path), "wb")
            self._writer = ipc.new_file(self._sink, piece.table.schema)
        table = piece.table.combine_chunks()
        self.count += table.num_rows
        start = 0
        for part, end in enumerate(piece.ends.tolist()):
            for batch in table.slice(start, end - start).to_batches() if end > start else ():
                self._writer.write_batch(batch)
                self._places[part].append(self._batches)
                self._batches += 1
            start = end

    def close(self) -> None:
        """End writing."""
        if self._writer is not None and self._sink is not None:
            self._writer.close()
            self._sink.close()

    def read(self, part: int, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Return the rows of one part in the order in which they came; None if it has none."""
        if not self._places[part]:
            return None
        with pa.memory_map(str(self._path)) as source:
            names = ipc.open_file(source).schema.names
            wanted = None if columns is None else [names.index(name) for name in columns]
            reader = ipc.open_file(source, options=ipc.IpcReadOptions(included_fields=wanted))
            batches = [reader.get_batch(place) for place in self._places[part]]
        return pa.Table.from_batches(batches)
