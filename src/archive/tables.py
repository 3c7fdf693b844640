"""The columns of every table in the store."""

import pyarrow as pa

from .kinds import KINDS

__all__ = ["DECISION", "ENTITY", "EVENT", "HELD", "LINEAGE", "PERSON", "PERSONAL", "SETTLED"]
__all__ += ["STREAM", "WITNESS", "record_schema", "schema_of"]

# Whose row it is: the number of `hashing.owner_numbers`, by which every table is sorted.
OWNER = ("owner", pa.int64())
SEQUENCE = ("sequence", pa.int32())

LINEAGE = pa.schema(
    [
        OWNER,
        ("entity", pa.int32()),
        ("record", pa.int64()),
        ("content", pa.int64()),
        ("about", pa.int64()),
        ("version", pa.int32()),
        ("available", pa.int32()),
        ("known_day", pa.int32()),
        ("precedence", pa.int32()),
        SEQUENCE,
        ("file", pa.int16()),
        ("row", pa.int64()),
        ("linked", pa.string()),
    ]
)

EVENT = pa.schema(
    [
        OWNER,
        ("entity", pa.int32()),
        ("stream", pa.int32()),
        ("record", pa.int64()),
        ("case", pa.int64()),
        ("occurred", pa.int32()),
        ("available", pa.int32()),
        ("version", pa.int32()),
        ("precedence", pa.int32()),
        ("ended", pa.int32()),
        ("severity", pa.float64()),
        ("value", pa.float64()),
        SEQUENCE,
    ]
)

ENTITY = pa.schema([OWNER, ("number", pa.int32()), ("key", pa.string()), SEQUENCE])
PERSON = ENTITY
STREAM = pa.schema([("number", pa.int32()), ("key", pa.string()), SEQUENCE])

PERSONAL = pa.schema(
    [
        OWNER,
        ("entity", pa.int32()),
        ("kind", pa.string()),
        ("record", pa.int64()),
        ("field", pa.string()),
        ("value", pa.string()),
        SEQUENCE,
        ("row", pa.int64()),
    ]
)

WITNESS = pa.schema(
    [
        OWNER,
        ("entity", pa.int32()),
        ("kind", pa.string()),
        ("record", pa.int64()),
        ("agrees", pa.bool_()),
        ("known_day", pa.int32()),
        ("available", pa.int32()),
        SEQUENCE,
        ("file", pa.int16()),
        ("row", pa.int64()),
    ]
)

HELD = pa.schema(
    [
        SEQUENCE,
        ("file", pa.string()),
        ("row", pa.int64()),
        ("source_row", pa.string()),
        ("faults", pa.string()),
    ]
)
# Rows set aside that were tried again, or that wait again because a decision was taken back.
SETTLED = pa.schema(
    [
        ("held", pa.int32()),
        ("file", pa.string()),
        ("row", pa.int64()),
        SEQUENCE,
        ("waits", pa.bool_()),
    ]
)

DECISION = pa.schema(
    [
        SEQUENCE,
        ("held", pa.int32()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("kind", pa.string()),
        ("enterprise", pa.string()),
        ("by", pa.string()),
        ("reason", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("revoked", pa.bool_()),
    ]
)

SCHEMAS = {
    "decision": DECISION,
    "entity": ENTITY,
    "event": EVENT,
    "person": PERSON,
    "personal": PERSONAL,
    "quarantined": HELD,
    "review": HELD,
    "settled": SETTLED,
    "stream": STREAM,
    "witness": WITNESS,
}


def record_schema(kind: str) -> pa.Schema:
    """Return the columns of a record table: where each record is from, then the contract's.

    Neither the enterprise's code nor a text that can name a person is among them.
    """
    apart = {"enterprise", *(field.name for field in KINDS[kind].personal)}
    said = [field for field in KINDS[kind].schema() if field.name not in apart]
    return pa.schema([*LINEAGE, *said])


def schema_of(name: str) -> pa.Schema:
    """Return the columns of any table of the store by its name."""
    return SCHEMAS[name] if name in SCHEMAS else record_schema(name)
