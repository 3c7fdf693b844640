"""First deliveries: which one told of each record first."""

import numpy as np
import numpy.typing as npt

from .files import Owners
from .store import Store
from .view import read

__all__ = ["first_deliveries"]

Numbers = npt.NDArray[np.int64]


def first_deliveries(
    store: Store, *, upto: int | None = None, owners: Owners | None = None
) -> tuple[Numbers, Numbers]:
    """Return the records of the event view, ascending, and the delivery that first told of each.

    Parameters
    ----------
    store
        The archive's tables.
    upto
        Last delivery to see; the newest when None.
    owners
        Whose records; all when None.
    """
    rows = read(store, store.state(), "event", ["record", "sequence"], upto, owners)
    record = rows["record"].to_numpy()
    sequence = rows["sequence"].to_numpy().astype(np.int64)
    order = np.lexsort((sequence, record))
    record, sequence = record[order], sequence[order]
    first = np.ones(len(record), bool)
    first[1:] = record[1:] != record[:-1]
    return record[first], sequence[first]
