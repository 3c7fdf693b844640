"""Tables of downgrade warnings; rows are only ever added, which the database enforces."""

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

__all__ = ["CASE", "DISTRICT", "EVENT", "GROUND", "SETTING"]

DISTRICT = 20
"""Of the name of a district that has no code, so many characters are kept."""

CASE = Table(
    "downgrade_case",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, index=True),
    Column("enterprise", String(100), nullable=False),
    Column("district", String(DISTRICT)),
    Column("as_of", Date, nullable=False),
    Column("level", String(2), nullable=False),
    Column("days", Integer, nullable=False),
    Column("basis", String(500), nullable=False),
    Column("follows", ForeignKey("downgrade_case.id")),
)

GROUND = Table(
    "downgrade_ground",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case", ForeignKey("downgrade_case.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("identity", String(64), nullable=False),
    Column("rule", String(100), nullable=False),
    Column("since", Date, nullable=False),
    Column("detail", JSON, nullable=False),
    UniqueConstraint("number", "identity", name="downgrade_ground_once"),
)
"""An enterprise has each ground once, whatever became of the warning that rests on it."""

EVENT = Table(
    "downgrade_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case", ForeignKey("downgrade_case.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("act", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("due", Date),
    Column("first", Date),
    Column("until", Date),
    Column("detail", JSON, nullable=False),
    Column("key", String(255)),
    Column("asked", String(64)),
    UniqueConstraint("case", "position", name="downgrade_event_place"),
    UniqueConstraint("actor", "key", name="downgrade_event_key"),
    Index("downgrade_event_of_state", "state", "due"),
)
"""`state`, `due`, `first` and `until` are those after the act, for whoever searches."""

SETTING = Table(
    "downgrade_level",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("case", ForeignKey("downgrade_case.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("number", Integer, nullable=False, index=True),
    Column("level", String(2)),
    Column("first", Date),
    Column("until", Date),
    Column("basis", String(500), nullable=False),
)
"""What a warning sets from the day after `at` on; without a level, nothing any more."""
