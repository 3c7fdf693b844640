"""The order of rows in the files of a table."""

import numpy as np
import pyarrow as pa

from .files import OWNER
from .journal import in_order

__all__ = ["EVENTS", "as_filed"]

EVENTS = "event"


def as_filed(name: str, table: pa.Table) -> pa.Table:
    """Sort rows by owner, and the events of one owner as the event view shows them.

    Events keep their order when they are read, if most of them lie in it.

    Parameters
    ----------
    name
        Name of the table.
    table
        Rows of it.
    """
    if name != EVENTS:
        return in_order(table)
    from .arrangement import NO_SPANS, Keys, laid_out

    table = table.combine_chunks()
    keys = Keys(*(table[name].to_numpy() for name in Keys._fields))
    unchanged = np.zeros(table.num_rows, bool)
    rows = laid_out(table[OWNER].to_numpy(), keys, unchanged, NO_SPANS).rows
    if (rows[1:] > rows[:-1]).all():
        return table
    return table.take(pa.array(rows))
