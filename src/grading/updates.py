"""Updates: on which days grades are made, for everybody or for whom something happened to."""

from dataclasses import dataclass

from ..core.table import Table
from ..features.streams import read_streams

__all__ = ["NamedEvent", "Updates", "read_updates"]

LAST = 28  # every month has it


@dataclass(frozen=True, slots=True)
class NamedEvent:
    """An event that policy names: who has one is graded anew on the day after.

    Parameters
    ----------
    id
        What the policy calls it.
    streams
        Patterns of the records, as indicators read them (`features.count`).
    severity
        The least severity that counts; any, also none, where it is None.
    """

    id: str
    streams: tuple[str, ...]
    severity: float | None = None


@dataclass(frozen=True, slots=True)
class Updates:
    """When grades are made.

    Parameters
    ----------
    day_of_month
        The day of each month on which everybody is graded, 1 to 28.
    events
        What leads to a grade between two of these days.
    """

    day_of_month: int = 1
    events: tuple[NamedEvent, ...] = ()


def read_updates(edition: Table) -> Updates:
    """Read the table `updates` of an edition; without one, everybody is graded monthly.

    Raises
    ------
    PolicyError
        If a day is in no month, a stream is of no kind of record, or two events share an id.
    """
    if "updates" not in edition:
        return Updates()
    table = edition.table("updates")
    day = table.take("day_of_month", int, 1)
    if not 1 <= day <= LAST:
        table.refuse("day_of_month", day, f"a day of every month, 1 to {LAST}")
    events = tuple(map(_event, table.tables("event")))
    table.finish()
    names = [event.id for event in events]
    if len(set(names)) < len(names):
        table.refuse("event", names, "ids that differ")
    return Updates(day, events)


def _event(table: Table) -> NamedEvent:
    least = table.take("severity", float) if "severity" in table else None
    event = NamedEvent(table.take("id", str), read_streams(table, "streams"), least)
    table.finish()
    return event
