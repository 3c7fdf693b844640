"""What a record must look like to enter the archive, and what indicators see of it."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["Contract", "Field", "Stream"]

Type = Literal["text", "integer", "number", "date", "instant", "boolean"]

SQL_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "instant": "VARCHAR",
    "boolean": "BOOLEAN",
}
ARROW_TYPES: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a record kind.

    Attributes
    ----------
    name, doc, unit
        Column name, meaning in plain words, and unit where it has one.
    type
        How the text of the source is read; what cannot be read so is quarantined.
    required
        Whether a record without it is quarantined.
    codes
        Name of the code table of `core` that lists its values, valid on the day it happened.
    personal
        Whether it can name a person; such a field never reaches an indicator.
    low, high
        Smallest and largest value that is possible.
    """

    name: str
    type: Type
    doc: str
    required: bool = False
    codes: str | None = None
    unit: str = ""
    personal: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """What indicators see of a record: one narrow event, in SQL over the record's columns.

    A stream is named `kind`; `code` tells its events apart ("routine.fail"). `where` leaves
    records out. `case` is a text whose hash groups events (a lot, a licence, a brand).
    """

    kind: str
    code: str = "''"
    severity: str = "NULL"
    value: str = "NULL"
    case: str = "NULL"
    ended: str = "NULL"
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Contract:
    """A record kind: its fields, what identifies it, and the streams it feeds.

    Every kind also has the fields of `COMMON`. A record is identified by its kind, its
    enterprise and the fields of `key`; the same key with other content is a correction. A kind
    with `place` may name a place (`longitude`, `latitude`) instead of an enterprise; it is then
    identified by source and key.
    """

    kind: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    streams: tuple[Stream, ...] = ()
    place: bool = False
    key: tuple[str, ...] = ("number",)

    @property
    def columns(self) -> tuple[Field, ...]:
        """All fields, the common ones first."""
        return COMMON + self.fields

    def schema(self) -> pa.Schema:
        """Return the Arrow schema of checked records, without the archive's own columns."""
        return pa.schema([(field.name, ARROW_TYPES[field.type]) for field in self.columns])


COMMON = (
    Field("enterprise", "text", "identifier of the enterprise in the source's scheme"),
    Field("number", "text", "what the department calls this record", required=True),
    Field("occurred", "date", "the day it happened", required=True),
    Field(
        "known", "instant", "when the authority had it; a bare date means by its end", required=True
    ),
)
