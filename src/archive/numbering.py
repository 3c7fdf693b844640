"""Dense numbers for texts, given once and never changed: enterprises and event streams."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Numbering"]

SCHEMA = pa.schema([("number", pa.int32()), ("key", pa.string()), ("sequence", pa.int32())])


@dataclass(frozen=True, slots=True)
class Numbering:
    """Texts in the order of their numbers, and how many of them are not stored yet."""

    keys: pa.Array
    added: int = 0

    @classmethod
    def from_table(cls, table: pa.Table) -> "Numbering":
        """Build from stored rows of `SCHEMA`, in any order."""
        ordered = table.sort_by("number")
        return cls(ordered["key"].combine_chunks())

    def extended(self, keys: pa.Array) -> "Numbering":
        """Return a numbering that also has `keys`, the new ones in the order given.

        Examples
        --------
        >>> Numbering(pa.array(["a"])).extended(pa.array(["b", "a", "b", "c"])).keys.to_pylist()
        ['a', 'b', 'c']
        """
        distinct = pc.unique(keys.drop_null())
        fresh = distinct.filter(pc.invert(pc.is_in(distinct, value_set=self.keys)))
        return Numbering(pa.concat_arrays([self.keys, fresh]), self.added + len(fresh))

    def numbers(self, keys: pa.Array) -> npt.NDArray[np.int32]:
        """Return the number of each text, -1 for one that has none or is null."""
        found = pc.fill_null(pc.index_in(keys, value_set=self.keys), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int32)

    def new_rows(self, sequence: int) -> pa.Table:
        """Return the rows of `SCHEMA` that are not stored yet."""
        start = len(self.keys) - self.added
        return pa.Table.from_arrays(
            [
                pa.array(np.arange(start, len(self.keys), dtype=np.int32)),
                self.keys.slice(start),
                pa.array(np.full(self.added, sequence, dtype=np.int32)),
            ],
            schema=SCHEMA,
        )
