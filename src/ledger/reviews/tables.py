"""Tables of reviews; rows are only ever added, and the database refuses anything else."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from ..tables import METADATA

__all__ = ["CASE", "DISTRICT", "EVENT", "SCAN", "SETTING"]

DISTRICT = 20
"""Of the name of a district that has no code, so many characters are kept."""

CASE = Table(
    "review_case",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, index=True),
    Column("enterprise", String(100), nullable=False),
    Column("cause", String(50), nullable=False, index=True),
    Column("as_of", Date, nullable=False),
    Column("level", String(2), nullable=False),
    Column("change", Integer, unique=True),
    Column("district", String(DISTRICT)),
)

EVENT = Table(
    "review_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case", ForeignKey("review_case.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("act", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("due", Date),
    Column("until", Date),
    Column("detail", JSON, nullable=False),
    Column("key", String(255)),
    Column("asked", String(64)),
    UniqueConstraint("case", "position", name="review_event_place"),
    UniqueConstraint("actor", "key", name="review_event_key"),
    Index("review_event_of_state", "state", "due"),
)
"""`state`, `due` and `until` are those of the case after the act, for whoever searches."""

SETTING = Table(
    "grade_override",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case", ForeignKey("review_case.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("number", Integer, nullable=False, index=True),
    Column("level", String(2)),
    Column("first", Date, nullable=False),
    Column("until", Date),
    Column("by", String(100), nullable=False),
    Column("second", String(100)),
    Column("reason", String(2000), nullable=False),
    Column("basis", String(500), nullable=False),
)
"""What people set in place of a grade; without a level, that nothing is set any more."""

SCAN = Table(
    "review_scan",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("after", Integer, nullable=False, unique=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("change", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
)
"""Which changes of level were looked through for cases: those after one, up to another."""
