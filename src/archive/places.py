"""Records that have a place, and their spans of validity."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core.time import NEVER
from .spans import HAPPENING, ROW, folded
from .store import Store
from .view import read

__all__ = ["place_records"]

PLACES = pa.schema(
    [
        ("kind", pa.string()),
        ("code", pa.string()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("withdrawn", pa.int32()),
    ]
)
ORDER = ("occurred", "record", "available")
READ = ("type", "food", "topic", "longitude", "latitude", "occurred", *ROW[:-1])


def place_records(store: Store, *, upto: int | None = None) -> pa.Table:
    """Read the records that have a place, as columns of `PLACES`."""
    state = store.state()
    rows = read(store, state, "complaint", READ, upto)
    happenings = read(store, state, "lifecycle", HAPPENING, upto)
    rows = rows.append_column("ended", pa.array(np.full(rows.num_rows, NEVER, np.int32)))
    spans = folded(rows.select(ROW), happenings)
    found = rows.take(spans["row"])
    about = pc.if_else(found["food"], "food", "general")
    topic = pc.fill_null(found["topic"], "")
    code = pc.binary_join_element_wise(about, found["type"], topic, ".")
    columns = {
        "kind": pa.repeat("complaint", spans.num_rows),
        "code": code,
        "occurred": found["occurred"].cast(pa.int32()),
        "record": found["record"],
        **{name: found[name] for name in ("longitude", "latitude")},
        **{name: spans[name] for name in ("available", "withdrawn")},
    }
    placed = pc.and_(pc.is_valid(found["longitude"]), pc.is_valid(found["latitude"]))
    table = pa.table(columns).filter(placed).sort_by([(name, "ascending") for name in ORDER])
    return table.select(PLACES.names).cast(PLACES)
