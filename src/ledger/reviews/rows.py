"""Rows of reviews, as the database has them and as the program does."""

from datetime import UTC, date, datetime

from sqlalchemy import RowMapping

from ...core import time
from .acts import Act
from .case import Event, Opening
from .overrides import Setting

__all__ = ["aware", "date_of", "event_of", "opening_of", "setting_of"]


def opening_of(row: RowMapping) -> Opening:
    """Return which grade the case of a row reviews."""
    told = {name: row[name] for name in Opening.__slots__}
    return Opening(**told | {"as_of": time.day(row["as_of"])})


def event_of(row: RowMapping) -> Event:
    """Return the act of a row."""
    return Event(
        position=row["position"],
        at=aware(row["at"]),
        actor=row["actor"],
        act=Act(row["act"]),
        detail=row["detail"],
    )


def setting_of(row: RowMapping) -> Setting:
    """Return the level set of a row."""
    until = time.NEVER if row["until"] is None else time.day(row["until"])
    told = {name: row[name] for name in Setting.__slots__}
    return Setting(
        **told | {"at": aware(row["at"]), "first": time.day(row["first"]), "until": until}
    )


def date_of(day: int | None) -> date | None:
    """Return a day number as a date."""
    return None if day is None else date.fromisoformat(time.show(day))


def aware(at: datetime) -> datetime:
    """Return a moment in UTC: SQLite forgets the zone of what it is given."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
