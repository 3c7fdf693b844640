"""The event view: what happened to every enterprise, with each event's spans of validity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core.time import NEVER
from .files import Owners
from .manifest import State
from .spans import CLOCKS, HAPPENING, ROW, folded, touched
from .store import Store
from .table import Snapshot
from .tables import EVENT, schema_of

__all__ = ["READ", "EventView", "events", "read", "viewed", "vocabulary_of"]

SCHEMA = pa.schema(
    [
        ("enterprise", pa.int32()),
        ("stream", pa.int32()),
        ("record", pa.int64()),
        ("case", pa.int64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("withdrawn", pa.int32()),
        ("repaired", pa.int32()),
        ("ended", pa.int32()),
        ("ended_available", pa.int32()),
        ("severity", pa.float64()),
        ("value", pa.float64()),
    ]
)
READ = [name for name in EVENT.names if name not in ("owner", "sequence")]
VOCABULARIES = 16

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EventView:
    """Events sorted by enterprise and day, and what each stream number stands for.

    Attributes
    ----------
    table
        Columns of `SCHEMA`; clocks are Shanghai day numbers, `core.time.NEVER` where a day
        does not come. The rows of one record and stream are its spans, of which at most one
        counts as of any day.
    vocabulary
        (kind, code) by stream number.
    """

    table: pa.Table
    vocabulary: tuple[tuple[str, str], ...]


def events(store: Store, *, upto: int | None = None, owners: Owners | None = None) -> EventView:
    """Read the event view of an archive.

    Parameters
    ----------
    store
        The archive's store.
    upto
        Last delivery to see (any past state can be read); the newest when None.
    owners
        Whose events; all when None.
    """
    state = store.state()  # so that all tables are read as one delivery left them
    rows = read(store, state, "event", READ, upto, owners)
    happenings = read(store, state, "lifecycle", HAPPENING, upto, owners)
    table = viewed(rows.rename_columns({"entity": "enterprise"}), happenings)
    return EventView(table, vocabulary_of(store, state))


def vocabulary_of(
    store: Store, state: State, more: Iterable[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Return (kind, code) by stream number, as a state has it; after them those of `more` keys."""
    streams = store.snapshot("stream", state)
    known = _vocabulary(streams) if streams else ()
    return (*known, *map(_named, more)) if more else known


def read(
    store: Store,
    state: State,
    name: str,
    columns: Sequence[str],
    upto: int | None = None,
    owners: Owners | None = None,
) -> pa.Table:
    """Read rows of a table as a state has it, each column in one piece.

    Parameters
    ----------
    store, state
        The archive's store, and what it published when the reading began.
    name, columns
        The table, and the columns of it.
    upto, owners
        Last delivery to see, and whose rows; all when None.
    """
    snapshot = store.snapshot(name, state)
    if snapshot is None:
        schema = schema_of(name)
        return pa.schema([schema.field(column) for column in columns]).empty_table()
    past = upto is not None and upto < state.sequence
    return snapshot.read(columns, owners, upto if past else None).combine_chunks()


@lru_cache(maxsize=VOCABULARIES)
def _vocabulary(streams: Snapshot) -> tuple[tuple[str, str], ...]:
    """Return (kind, code) by stream number, of a table that never changes."""
    return tuple(map(_named, streams.read(["number", "key"]).sort_by("number")["key"].to_pylist()))


def _named(key: str) -> tuple[str, str]:
    kind, _, code = key.partition("\x1f")
    return kind, code


def viewed(rows: pa.Table, happenings: pa.Table) -> pa.Table:
    """Give every event its spans, and put them in order: most events keep one."""
    from .arrangement import Keys, Spans, laid_out

    if not rows.num_rows:
        return SCHEMA.empty_table()
    changed = touched(rows, happenings)
    some = np.flatnonzero(changed)
    spans = folded(rows.select(ROW).take(pa.array(some)), happenings)
    layout = laid_out(
        rows["enterprise"].to_numpy(),
        Keys(*(rows[name].to_numpy() for name in Keys._fields)),
        changed,
        Spans(some[spans["row"].to_numpy()], spans["available"].to_numpy()),
    )
    columns = {
        name: _taken(rows[name].chunk(0), layout.rows)
        for name in SCHEMA.names
        if name in rows.column_names
    }
    available, ended = columns["available"], columns["ended"]
    columns |= {name: np.full(len(ended), NEVER, np.int32) for name in ("withdrawn", "repaired")}
    columns["ended_available"] = np.where(ended == NEVER, ended, available)
    for name in CLOCKS:
        columns[name][layout.places] = spans[name].to_numpy().take(layout.spans)
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _taken(column: pa.Array, places: Numbers) -> Any:
    """Return some values of a column, in half the time that `take` needs if some are null."""
    from .arrangement import take

    if not column.null_count:
        return take(column.to_numpy(), places)
    bits, values = (np.frombuffer(each, np.uint8) for each in column.buffers())
    here = slice(column.offset, column.offset + len(column))
    valid = take(np.unpackbits(bits, bitorder="little")[here], places)
    found = take(values.view(column.type.to_pandas_dtype())[here], places)
    buffers = [pa.py_buffer(each) for each in (np.packbits(valid, bitorder="little"), found)]
    return pa.Array.from_buffers(column.type, len(places), buffers)
