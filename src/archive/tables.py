"""The columns of every table in the store."""

import pyarrow as pa

from .kinds import KINDS
from .numbering import SCHEMA as NUMBERING

__all__ = ["EVENT", "HELD", "LINEAGE", "NUMBERING", "record_schema"]

LINEAGE = pa.schema(
    [
        ("sequence", pa.int32()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("received", pa.timestamp("us", tz="UTC")),
        ("available", pa.int32()),
        ("known_day", pa.int32()),
        ("record", pa.binary()),
        ("content", pa.binary()),
        ("target", pa.binary()),
        ("version", pa.int32()),
        ("entity", pa.int32()),
        ("bucket", pa.int32()),
    ]
)

EVENT = pa.schema(
    [
        ("entity", pa.int32()),
        ("stream", pa.int32()),
        ("record", pa.int64()),
        ("case", pa.int64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("version", pa.int32()),
        ("ended", pa.int32()),
        ("severity", pa.float64()),
        ("value", pa.float64()),
        ("sequence", pa.int32()),
        ("bucket", pa.int32()),
    ]
)

HELD = pa.schema(
    [
        ("sequence", pa.int32()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("source_row", pa.string()),
        ("faults", pa.string()),
    ]
)


def record_schema(kind: str) -> pa.Schema:
    """Return the columns of a record table: the contract's, then where each record is from."""
    contract = KINDS[kind].schema()
    return pa.schema([*contract, *LINEAGE])
