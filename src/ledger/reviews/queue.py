"""The queue: cases by state, district, level and clock, those that are due first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.engine import Engine

from ...core import time
from .acts import UNDECIDED, Act, State
from .tables import CASE, DISTRICT, EVENT

__all__ = ["Place", "Wanted", "clocked", "ended", "is_last", "queued", "waiting"]

NEVER = date.max


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a case in the queue.

    Parameters
    ----------
    due, case
        The day on which its clock ends, and its number.
    number
        Dense number of its enterprise; -1 in a place that was not read from the queue.
    """

    due: int
    case: int
    number: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases are wanted; all where nothing is said.

    Parameters
    ----------
    states
        Where they stand.
    district, level, cause, enterprise
        As when they were opened; the enterprise by its code.
    overdue
        Whether only those are wanted whose clock has run out.
    """

    states: frozenset[State] | None = None
    district: str | None = None
    level: str | None = None
    cause: str | None = None
    enterprise: str | None = None
    overdue: bool = False


def queued(
    engine: Engine, wanted: Wanted, day: int, after: Place | None, limit: int
) -> list[Place]:
    """Return the places of cases, those whose clock ends first before the others.

    Parameters
    ----------
    engine
        The operational database.
    wanted
        Which.
    day
        Day number, on which a level that people set may have ended.
    after
        The place after which to begin.
    limit
        How many at most.
    """
    due = func.coalesce(EVENT.c.due, NEVER)
    chosen = [is_last(), CASE.c.id == EVENT.c.case, *_conditions(wanted, day)]
    if after is not None:
        start = _date(after.due)
        chosen.append(or_(due > start, and_(due == start, CASE.c.id > after.case)))
    found = select(due, CASE.c.id, CASE.c.number).where(*chosen)
    statement = found.order_by(due, CASE.c.id).limit(limit)
    with engine.connect() as connection:
        return [Place(_day(when), *numbers) for when, *numbers in connection.execute(statement)]


def waiting(engine: Engine, cause: str | None = None) -> frozenset[int]:
    """Return the dense numbers of the enterprises with a case that is not decided yet."""
    chosen = [is_last(), CASE.c.id == EVENT.c.case]
    chosen.append(EVENT.c.state.in_([state.value for state in UNDECIDED]))
    if cause is not None:
        chosen.append(CASE.c.cause == cause)
    statement = select(CASE.c.number).where(*chosen)
    with engine.connect() as connection:
        return frozenset(connection.execute(statement).scalars())


def ended(engine: Engine, day: int) -> list[int]:
    """Return the cases whose level has ended by a day, which is not written down yet."""
    noted = EVENT.alias()
    told = exists().where((noted.c.case == EVENT.c.case) & (noted.c.act == Act.EXPIRE.value))
    until = [EVENT.c.until < _date(day), or_(_held(), EVENT.c.state == State.EXPIRED.value)]
    statement = select(EVENT.c.case).where(is_last(), *until, ~told).order_by(EVENT.c.case)
    with engine.connect() as connection:
        return [*connection.execute(statement).scalars()]


def clocked(engine: Engine) -> list[int]:
    """Return the cases of which a clock runs."""
    running = [is_last(), EVENT.c.due.is_not(None)]
    with engine.connect() as connection:
        statement = select(EVENT.c.case).where(*running).order_by(EVENT.c.case)
        return [*connection.execute(statement).scalars()]


def is_last() -> ColumnElement[bool]:
    """Tell whether an act is the last of its case."""
    later = EVENT.alias()
    follows = (later.c.case == EVENT.c.case) & (later.c.position == EVENT.c.position + 1)
    return ~exists().where(follows)


def _conditions(wanted: Wanted, day: int) -> Iterator[ColumnElement[bool]]:
    district = wanted.district and wanted.district[:DISTRICT]
    for name in ("level", "cause", "enterprise"):
        value = getattr(wanted, name)
        if value is not None:
            yield CASE.c[name] == value
    if district is not None:
        yield CASE.c.district == district
    if wanted.overdue:
        yield EVENT.c.due < _date(day)
    if wanted.states is not None:
        yield or_(*(_stands(state, _date(day)) for state in sorted(wanted.states)))


def _stands(state: State, today: date) -> ColumnElement[bool]:
    """Tell whether a case stands somewhere, though its last act may have left it elsewhere."""
    stands, over = EVENT.c.state == state.value, and_(_held(), EVENT.c.until < today)
    return or_(stands, over) if state is State.EXPIRED else and_(stands, ~over)


def _held() -> ColumnElement[bool]:
    return EVENT.c.state.in_([State.IN_FORCE.value, State.LIFTING.value])


def _date(day: int) -> date:
    return NEVER if day == time.NEVER else date.fromisoformat(time.show(day))


def _day(found: Any) -> int:
    when = date.fromisoformat(found) if isinstance(found, str) else found
    return time.NEVER if when == NEVER else time.day(when)
