"""Dense numbers for texts, given once and never changed: event streams and the like."""

from threading import Lock

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .tables import STREAM

__all__ = ["Numbering"]


class Numbering:
    """Texts in the order of their numbers, and how many of them are not stored yet.

    Parameters
    ----------
    table
        Stored rows of `tables.STREAM`, in any order.

    Examples
    --------
    >>> numbering = Numbering(STREAM.empty_table())
    >>> numbering.extend(pa.array(["a", "b", "a"]), 7)
    >>> numbering.extend(pa.array(["b", "c"]), 8)
    >>> numbering.numbers(pa.array(["c", "x", None])).tolist()
    [2, -1, -1]
    >>> numbering.new_rows()["sequence"].to_pylist()
    [7, 7, 8]
    """

    def __init__(self, table: pa.Table) -> None:
        self._keys: pa.Array = table.sort_by("number")["key"].combine_chunks()
        self._stored = len(self._keys)
        self._sequences: list[int] = []
        self._lock = Lock()

    def extend(self, keys: pa.Array, sequence: int) -> None:
        """Give numbers to those keys of a delivery that have none, in the order given."""
        with self._lock:
            distinct = pc.unique(keys.drop_null())
            fresh = distinct.filter(pc.invert(pc.is_in(distinct, value_set=self._keys)))
            self._keys = pa.concat_arrays([self._keys, fresh])
            self._sequences += [sequence] * len(fresh)

    def numbers(self, keys: pa.Array) -> npt.NDArray[np.int32]:
        """Return the number of each text, -1 for one that has none or is null."""
        found = pc.fill_null(pc.index_in(keys, value_set=self._keys), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int32)

    def lacks(self, keys: pa.Array) -> bool:
        """Tell whether a key has no number yet."""
        return not pc.all(pc.is_in(keys, value_set=self._keys), min_count=0).as_py()

    def new_rows(self) -> pa.Table:
        """Return the rows of `tables.STREAM` that are not stored yet."""
        numbers = np.arange(self._stored, len(self._keys), dtype=np.int32)
        sequences = pa.array(self._sequences, pa.int32())
        new = [pa.array(numbers), self._keys.slice(self._stored), sequences]
        return pa.Table.from_arrays(new, schema=STREAM)
