"""Cases: the numbers by which records of other enterprises mean one."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .hashing import hash_texts
from .store import Store
from .view import read

__all__ = ["cases"]

CASES = pa.schema([("enterprise", pa.int32()), ("scheme", pa.int32()), ("case", pa.int64())])


def cases(store: Store, *, upto: int | None = None) -> pa.Table:
    """Read by which case records mean each enterprise, as columns of `CASES`.

    A case is the number of a code. Codes are told apart by a number for their scheme, which means
    the same in this table only.

    Parameters
    ----------
    store
        The archive's tables.
    upto
        Last delivery to see: who came later is meant by nobody yet. The newest when None.
    """
    keys = read(store, store.state(), "entity", ["number", "key"], upto).sort_by("number")
    parts = pc.split_pattern(keys["key"], ":", max_splits=1)
    schemes = pc.list_element(parts, 0).combine_chunks().dictionary_encode()
    codes = pc.list_element(parts, 1).combine_chunks()
    columns = keys["number"], schemes.indices, pa.array(hash_texts(codes).view(np.int64))
    return pa.table(list(columns), names=CASES.names).cast(CASES)
