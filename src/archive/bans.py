"""Bans of persons that name no enterprise, as events."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .kinds import contract_of
from .project import project
from .spans import HAPPENING
from .store import Store
from .tables import record_schema
from .view import EventView, read, viewed

__all__ = ["bans"]

NOBODY = -1


def bans(store: Store, *, upto: int | None = None) -> EventView:
    """Read the events of bans that name a person and no enterprise; their enterprise is -1."""
    state, contract = store.state(), contract_of("ban")
    records = read(store, state, contract.kind, record_schema(contract.kind).names, upto)
    records = records.filter(pc.is_null(records["entity"]))
    nobody = pa.array(np.full(records.num_rows, NOBODY, np.int32))
    records = records.set_column(records.column_names.index("entity"), "entity", nobody)
    seen = project(contract, records).combine_chunks()
    keys = seen["key"].cast(pa.string())
    names = pc.unique(keys)
    names = names.take(pc.sort_indices(names))
    table = seen.append_column("stream", pc.index_in(keys, names))
    table = table.drop_columns("key").rename_columns({"entity": "enterprise"}).combine_chunks()
    happenings = read(store, state, "lifecycle", HAPPENING, upto)
    vocabulary = tuple(tuple(key.split("\x1f")) for key in names.to_pylist())
    return EventView(viewed(table, happenings), vocabulary)
