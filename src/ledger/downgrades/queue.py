"""The queue: warnings by state, district and clock, those that are due first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.engine import Engine

from ...core import time
from .acts import Act, State
from .tables import CASE, DISTRICT, EVENT

__all__ = ["Piled", "Place", "Wanted", "begun", "clocked", "ended", "latest", "piled", "queued"]

NEVER = date.max
SETTING = (State.SERVED, State.IN_FORCE, State.ESCALATED, State.LIFTING)
"""States, as acts leave them, in which a level may begin or end by itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a warning in the queue.

    Parameters
    ----------
    due, case
        The day on which its clock ends, `time.NEVER` where none runs, and its number.
    """

    due: int
    case: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which warnings are wanted; all where nothing is said.

    Parameters
    ----------
    states
        Where they stand.
    district, enterprise
        As when they were drafted; the enterprise by its code.
    due_by
        Those alone of which a clock of ours ends on a day or before; yesterday for what is overdue.
    """

    states: frozenset[State] | None = None
    district: str | None = None
    enterprise: str | None = None
    due_by: int | None = None


@dataclass(frozen=True, slots=True)
class Piled:
    """How many warnings stand somewhere, and of how many a clock of ours has run out."""

    state: State
    count: int
    overdue: int


def queued(
    engine: Engine, wanted: Wanted, day: int, after: Place | None, limit: int
) -> list[Place]:
    """Return the places of warnings, those whose clock ends first before the others.

    Parameters
    ----------
    engine
        The operational database.
    wanted
        Which.
    day
        Day number, by which a level may have begun or ended.
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
    statement = select(due, CASE.c.id).where(*chosen).order_by(due, CASE.c.id).limit(limit)
    with engine.connect() as connection:
        return [Place(_day(when), number) for when, number in connection.execute(statement)]


def latest(engine: Engine, wanted: Wanted, day: int, before: int | None, limit: int) -> list[int]:
    """Return the numbers of warnings, those that were drafted last first.

    Parameters
    ----------
    engine, wanted, day, limit
        See `queued`.
    before
        The number of the warning after which to begin.
    """
    chosen = [is_last(), CASE.c.id == EVENT.c.case, *_conditions(wanted, day)]
    if before is not None:
        chosen.append(CASE.c.id < before)
    statement = select(CASE.c.id).where(*chosen).order_by(CASE.c.id.desc()).limit(limit)
    with engine.connect() as connection:
        return [*connection.execute(statement).scalars()]


def piled(engine: Engine, day: int) -> tuple[Piled, ...]:
    """Return how many warnings stand where on a day, as far as there are any."""
    found = []
    with engine.connect() as connection:
        for state in State:
            stands = [is_last(), _stands(state, _date(day))]
            count, late = (
                connection.execute(select(func.count()).where(*stands, *more)).scalar_one()
                for more in ([], [_runs(day - 1)])
            )
            if count:
                found.append(Piled(state, count, late))
    return tuple(found)


def begun(engine: Engine, day: int) -> list[int]:
    """Return the warnings whose level has begun by a day, which is not written down yet."""
    return _unnoted(engine, Act.BEGIN, EVENT.c.first <= _date(day))


def ended(engine: Engine, day: int) -> list[int]:
    """Return the warnings whose level has ended by a day, which is not written down yet."""
    return _unnoted(engine, Act.EXPIRE, EVENT.c.until < _date(day))


def clocked(engine: Engine) -> list[int]:
    """Return the warnings of which a clock runs."""
    running = [is_last(), EVENT.c.due.is_not(None)]
    with engine.connect() as connection:
        statement = select(EVENT.c.case).where(*running).order_by(EVENT.c.case)
        return [*connection.execute(statement).scalars()]


def is_last() -> ColumnElement[bool]:
    """Tell whether an act is the last of its warning."""
    later = EVENT.alias()
    follows = (later.c.case == EVENT.c.case) & (later.c.position == EVENT.c.position + 1)
    return ~exists().where(follows)


def _unnoted(engine: Engine, act: Act, *conditions: ColumnElement[bool]) -> list[int]:
    noted = EVENT.alias()
    told = exists().where((noted.c.case == EVENT.c.case) & (noted.c.act == act.value))
    over = [*_names(SETTING), State.EXPIRED.value]
    chosen = [is_last(), EVENT.c.state.in_(over), *conditions, ~told]
    with engine.connect() as connection:
        statement = select(EVENT.c.case).where(*chosen).order_by(EVENT.c.case)
        return [*connection.execute(statement).scalars()]


def _conditions(wanted: Wanted, day: int) -> Iterator[ColumnElement[bool]]:
    if wanted.enterprise is not None:
        yield CASE.c.enterprise == wanted.enterprise
    if wanted.district is not None:
        yield CASE.c.district == wanted.district[:DISTRICT]
    if wanted.due_by is not None:
        yield _runs(wanted.due_by)
    if wanted.states is not None:
        yield or_(false(), *(_stands(state, _date(day)) for state in sorted(wanted.states)))


def _runs(day: int) -> ColumnElement[bool]:
    """Tell whether a clock of ours ends by a day: that of the enterprise has a level after it."""
    return and_(EVENT.c.due <= _date(day), EVENT.c.first.is_(None))


def _stands(state: State, today: date) -> ColumnElement[bool]:
    """Tell whether a warning stands somewhere, though its last act may have left it elsewhere."""
    left = EVENT.c.state == state.value
    over = and_(EVENT.c.state.in_(_names(SETTING)), EVENT.c.until < today)
    begins = and_(
        EVENT.c.state == State.SERVED.value, EVENT.c.first <= today, EVENT.c.until >= today
    )
    match state:
        case State.EXPIRED:
            return or_(left, over)
        case State.IN_FORCE:
            return or_(and_(left, ~over), begins)
        case State.SERVED:
            return and_(left, EVENT.c.first > today)
    unended = or_(EVENT.c.until.is_(None), EVENT.c.until >= today)
    return and_(left, unended) if state in SETTING else left


def _names(states: tuple[State, ...]) -> list[str]:
    return [each.value for each in states]


def _date(day: int) -> date:
    return NEVER if day == time.NEVER else date.fromisoformat(time.show(day))


def _day(found: Any) -> int:
    when = date.fromisoformat(found) if isinstance(found, str) else found
    return time.NEVER if when == NEVER else time.day(when)
