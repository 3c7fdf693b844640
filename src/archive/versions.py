"""Versions: every version of the records of a kind, and the days between which it stood."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core.time import NEVER
from .kinds import contract_of
from .spans import HAPPENING, ROW, folded
from .store import Store
from .view import read

__all__ = ["VERSION", "called", "versions"]

VERSION = ("entity", "record", "sequence", "known_day", "occurred")
"""What is told of each version beside its fields and its days."""


def versions(
    store: Store, kind: str, fields: Sequence[str], *, upto: int | None = None
) -> pa.Table:
    """Read each version of the records of a kind.

    Parameters
    ----------
    store
        The archive's tables.
    kind
        Kind of record.
    fields
        Fields of it that are wanted.
    upto
        Last delivery to see; the newest when None.

    Returns
    -------
    pyarrow.Table
        `VERSION` and the fields, and `available` and `withdrawn`: the day from which on it is
        known here, and the one from which on another version stands in its place, or none.

    Raises
    ------
    NotFoundError
        If there is no such kind.
    """
    state = store.state()
    wanted = dict.fromkeys((*VERSION, *fields, *ROW[:-1]))
    rows = read(store, state, contract_of(kind).kind, list(wanted), upto)
    happenings = read(store, state, "lifecycle", HAPPENING, upto)
    never = pa.array(np.full(rows.num_rows, NEVER, np.int32))
    spans = folded(rows.select(ROW[:-1]).append_column(ROW[-1], never), happenings)
    found = rows.take(spans["row"]).select([*VERSION, *fields])
    for name in ("available", "withdrawn"):
        found = found.append_column(name, spans[name])
    return found


def called(
    store: Store, records: Sequence[int], kinds: Sequence[str]
) -> dict[int, tuple[str, str]]:
    """Return of which kind some records are, and what their departments call them.

    Parameters
    ----------
    store
        The archive's tables.
    records
        The archive's own numbers.
    kinds
        Where they are looked for; those that are of none are left out.
    """
    wanted, found = pa.array(records, pa.int64()), dict[int, tuple[str, str]]()
    for kind in kinds:
        table = read(store, store.state(), contract_of(kind).kind, ("record", "number"))
        table = table.filter(pc.is_in(table["record"], value_set=wanted))
        numbers = table["number"].to_pylist()
        found |= {
            record: (kind, number)
            for record, number in zip(table["record"].to_pylist(), numbers, strict=True)
        }
    return found
