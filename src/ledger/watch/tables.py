"""Tables of the watch; rows are only ever added, and the database refuses anything else."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from ..tables import METADATA

__all__ = ["ACT", "ALARM", "NAME", "RUN"]

NAME = 200
"""A product, a hazard and a place have so many characters at most."""

RUN = Table(
    "watch_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("budget", Float, nullable=False),
    Column("bar", Float),
    Column("bar_set", Date),
    Column("series", Integer, nullable=False),
    Column("alarms", Integer, nullable=False),
    UniqueConstraint("as_of", "sequence", name="watch_run_once"),
)

ALARM = Table(
    "watch_alarm",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("run", ForeignKey("watch_run.id"), nullable=False, index=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("of", Date, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("product", String(NAME), nullable=False),
    Column("hazard", String(NAME), nullable=False),
    Column("lens", String(20), nullable=False),
    Column("place", String(NAME), nullable=False),
    Column("strength", Float),
    Column("detail", JSON, nullable=False),
    Index("watch_alarm_as_of", "as_of", "id"),
    Index("watch_alarm_of_product", "product", "id"),
    Index("watch_alarm_of_hazard", "hazard", "id"),
)

ACT = Table(
    "watch_act",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("alarm", ForeignKey("watch_alarm.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("act", String(10), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("key", String(255)),
    Column("asked", String(64)),
    UniqueConstraint("alarm", "position", name="watch_act_place"),
    UniqueConstraint("actor", "key", name="watch_act_key"),
)
