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
    >>> numbering.extend(pa.array(["a", "b", "a"]))
    >>> numbering.extend(pa.array(["b", "c"]))
    >>> numbering.numbers(pa.array(["c", "x", None])).tolist()
    [2, -1, -1]
    >>> numbering.new_rows(7)["key"].to_pylist()
    ['a', 'b', 'c']
    """

    def __init__(self, table: pa.Table) -> None:
        self._keys: pa.Array = table.sort_by("number")["key"].combine_chunks()
        self._stored = len(self._keys)
        self._lock = Lock()

    def extend(self, keys: pa.Array) -> None:
        """Give numbers to those keys that have none, in the order given."""
        with self._lock:
            distinct = pc.unique(keys.drop_null())
            fresh = distinct.filter(pc.invert(pc.is_in(distinct, value_set=self._keys)))
            self._keys = pa.concat_arrays([self._keys, fresh])

    def numbers(self, keys: pa.Array) -> npt.NDArray[np.int32]:
        """Return the number of each text, -1 for one that has none or is null."""
        found = pc.fill_null(pc.index_in(keys, value_set=self._keys), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int32)

    def new_rows(self, sequence: int) -> pa.Table:
        """Return the rows of `tables.STREAM` that are not stored yet."""
        numbers = np.arange(self._stored, len(self._keys), dtype=np.int32)
        sequences = np.full(len(numbers), sequence, dtype=np.int32)
        new = [pa.array(numbers), self._keys.slice(self._stored), pa.array(sequences)]
        return pa.Table.from_arrays(new, schema=STREAM)
