"""What a record must look like to enter the archive, and what indicators see of it."""

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

__all__ = ["HINTS", "Contract", "Field", "Stream"]

HINTS = ("by_licence", "by_name", "by_address")

Type = Literal["text", "integer", "number", "date", "instant", "boolean", "person", "enterprise"]

SQL_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "instant": "VARCHAR",
    "boolean": "BOOLEAN",
    "person": "VARCHAR",
    "enterprise": "VARCHAR",
}
ARROW_TYPES: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
    "person": pa.int32(),
    "enterprise": pa.string(),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a record kind.

    Attributes
    ----------
    name, doc, unit
        Column name, meaning in plain words, and unit where it has one.
    type
        How the text of the source is read; what cannot be read so is quarantined. A `person` is
        the identifier of a natural person in the source's own terms: it is read as text and
        stored as a dense number that stands for the same person everywhere. An `enterprise` is
        its code in the source's scheme, which is checked and stored as codes are compared.
    required
        Whether a record without it is quarantined.
    codes
        Name of the code table of `core` that lists its values, valid on the day it happened.
    personal
        Whether it can name a person, as every `person` does. Such a text never reaches an
        indicator, and of a person only whether two records mean the same one.
    low, high
        Smallest and largest value that is possible.
    past
        Whether it is a day that had come when the record became known.
    later
        Whether it came to a kind of which there were records: one that says nothing of it says
        what it said before, and is no correction.

    Examples
    --------
    >>> Field("inspector", "person", "who inspected").personal
    True
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
    past: bool = False
    later: bool = False

    def __post_init__(self) -> None:
        if self.type == "person":
            object.__setattr__(self, "personal", True)


@dataclass(frozen=True, slots=True)
class Stream:
    """What indicators see of a record: one narrow event, in SQL over the record's columns.

    A stream is named `kind`; `code` tells its events apart ("routine.fail"). `where` leaves
    records out. `case` is a text whose hash groups events (a lot, a licence, a brand, a person).
    `occurred` is the day of the event, that of the record unless it is about another one. A day
    that lies ahead of what is known, such as one on which something is due, is seen once it has
    come: as of any day, only events that occurred before it count.
    """

    kind: str
    code: str = "''"
    severity: str = "NULL"
    value: str = "NULL"
    case: str = "NULL"
    occurred: str = "occurred"
    ended: str = "NULL"
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Contract:
    """A record kind: its fields, what identifies it, and the streams it feeds.

    Every kind also has the fields of `COMMON`. A record is identified by its kind, its
    enterprise and the fields of `key`; the same key with other content is a correction. What a
    correction feeds replaces what was seen before, so each record should feed a stream.

    Attributes
    ----------
    kind, zh, en
        Name in the archive, name in Chinese, and in English what one record is.
    fields, streams
        What it holds, and what indicators see of it.
    instead
        Fields that, all filled, may stand instead of an enterprise; such a record is identified
        by source and key.
    key
        Fields that identify a record of one enterprise.
    day
        Which day `occurred` is.
    basis
        Law or custom that the records come from.

    Examples
    --------
    >>> contract = Contract("visit", "走访", "Visit", (Field("by", "person", "who came"),))
    >>> [field.name for field in contract.columns], [field.name for field in contract.persons]
    (['enterprise', 'number', 'occurred', 'known', 'by'], ['by'])
    """

    kind: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    streams: tuple[Stream, ...] = ()
    instead: tuple[str, ...] = ()
    key: tuple[str, ...] = ("number",)
    day: str = ""
    basis: str = ""

    @property
    def columns(self) -> tuple[Field, ...]:
        """All fields, the common ones first."""
        return COMMON + self.fields

    @property
    def persons(self) -> tuple[Field, ...]:
        """The fields that hold a person, of whom only a number is stored."""
        return tuple(field for field in self.fields if field.type == "person")

    @property
    def personal(self) -> tuple[Field, ...]:
        """The other fields that can name a person, stored as they come."""
        return tuple(f for f in self.fields if f.personal and f.type != "person")

    def schema(self) -> pa.Schema:
        """Return the Arrow schema of checked records, without the archive's own columns."""
        return pa.schema([(field.name, ARROW_TYPES[field.type]) for field in self.columns])


COMMON = (
    Field("enterprise", "enterprise", "identifier of the enterprise in the source's scheme"),
    Field("number", "text", "what the department calls this record", required=True),
    Field("occurred", "date", "the day it happened", required=True),
    Field(
        "known", "instant", "when the authority had it; a bare date means by its end", required=True
    ),
)
