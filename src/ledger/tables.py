"""Tables of the operational database; rows are only ever added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

__all__ = ["AUDIT", "CHANGE", "METADATA", "PROMOTION", "RUN", "audit_row"]

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
    Column("run", ForeignKey("grading_run.id"), nullable=False, index=True),
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


def audit_row(
    at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a row of the audit trail; moments among the details are left out."""
    plain = {key: value for key, value in detail.items() if key != "at"}
    return {"at": at, "actor": actor, "action": action, "subject": subject, "detail": plain}
