"""Tables of the operational database; rows are only ever added, but for those of holdings."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

__all__ = [
    "AUDIT",
    "CHANGE",
    "ENTRY",
    "METADATA",
    "POSTED",
    "POSTING",
    "PROMOTION",
    "RUN",
    "SETTLED",
]

METADATA = MetaData()


class Written(TypeDecorator[Any]):
    """JSON that is given as text, and read as what it says."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Leave the text as it is."""


PROMOTION = Table(
    "promotion",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("reason", String(1000), nullable=False),
)

RUN = Table(
    "grading_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("after", Integer, nullable=False, unique=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("everybody", Boolean, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("policy", String(200), nullable=False),
    Column("enterprises", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("levels", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
)

CHANGE = Table(
    "grade_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", ForeignKey("grading_run.id"), index=True),
    Column("number", Integer, nullable=False, index=True),
    Column("enterprise", String(100), nullable=False, index=True),
    Column("as_of", Date, nullable=False),
    Column("level", String(2), nullable=False),
    Column("previous", String(2), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("detail", Written, nullable=False),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("action", String(50), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", JSON, nullable=False),
)

"""The audit of ledgers before there were chains: read, and written no longer."""

ENTRY = Table(
    "audit_entry",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("chain", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("action", String(50), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("chain", "position", name="audit_entry_place"),
    Index("audit_entry_at", "at"),
    Index("audit_entry_by_actor", "actor", "at"),
    Index("audit_entry_by_purpose", "purpose", "at"),
    Index("audit_entry_by_action", "action", "at"),
    Index("audit_entry_by_subject", "subject", "at"),
)

POSTING = Table(
    "posting",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("receipt", String(36), nullable=False, unique=True),
    Column("holder", String(100), nullable=False),
    Column("key", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("source", String(100), nullable=False),
    Column("rows", Integer, nullable=False),
    UniqueConstraint("holder", "key", name="posting_once"),
)
"""Records that were accepted."""

POSTED = Table(
    "posting_body",
    METADATA,
    Column("posting", ForeignKey("posting.id"), primary_key=True),
    Column("body", Text, nullable=False),
)
"""What was sent: the one table of which rows are deleted, for they may name persons."""

SETTLED = Table(
    "posting_outcome",
    METADATA,
    Column("posting", ForeignKey("posting.id"), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("state", String(10), nullable=False),
    Column("delivery", Integer),
    Column("digest", String(64)),
    Column("detail", Text, nullable=False),
)
"""What came of each."""
