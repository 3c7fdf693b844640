"""Tables of the operational database; rows are only ever added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

__all__ = ["AUDIT", "GRADE", "METADATA", "PROMOTION", "audit_row"]

METADATA = MetaData()

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

GRADE = Table(
    "grade",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("enterprise", String(100), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("level", String(2), nullable=False),
    Column("model_level", String(2), nullable=False),
    Column("previous", String(2)),
    Column("probability", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("margin", Float, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("policy", String(100), nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Index("grade_of_enterprise", "enterprise", "as_of", "id"),
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
