"""Writing: acts as rows, and what takes effect by them, in the transaction of others."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.engine import Connection

from ...core import time
from ...core.errors import NotFoundError
from ..history import alone
from .acts import Act, State
from .asked import Asked
from .case import Case, Event, Opening, fold, step
from .rows import aware, date_of, event_of, opening_of
from .tables import CASE, DISTRICT, EVENT, SETTING

__all__ = ["append", "effects", "opened", "read_case", "read_cases"]

LOCK = 0x58494E52 << 32  # of PostgreSQL's advisory locks, the first of those of enterprises


def read_cases(connection: Connection, chosen: ColumnElement[bool], day: int) -> list[Case]:
    """Return the cases whose row is chosen as they stand on a day, oldest first."""
    numbers = select(CASE.c.id).where(chosen)
    acts = select(EVENT).where(EVENT.c.case.in_(numbers)).order_by(EVENT.c.case, EVENT.c.position)
    rows = connection.execute(select(CASE).where(chosen).order_by(CASE.c.id)).mappings().all()
    events = connection.execute(acts).mappings().all()
    told = {number: [*map(event_of, some)] for number, some in groupby(events, itemgetter("case"))}
    return [fold(row["id"], opening_of(row), told[row["id"]], day) for row in rows]


def read_case(connection: Connection, number: int, day: int) -> Case:
    """Return a case as it stands on a day.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    found = read_cases(connection, CASE.c.id == number, day)
    if not found:
        raise NotFoundError(f"there is no case {number}; the queue lists those there are")
    return found[0]


def opened(connection: Connection, opening: Opening, event: Event, asked: Asked | None) -> Case:
    """Open a case and return it."""
    opening = replace(opening, district=opening.district and opening.district[:DISTRICT])
    row = {
        "number": opening.number,
        "enterprise": opening.enterprise,
        "cause": opening.cause,
        "as_of": date_of(opening.as_of),
        "level": opening.level,
        "change": opening.change,
        "district": opening.district,
    }
    number = connection.execute(insert(CASE).returning(CASE.c.id), row).scalar_one()
    case = fold(number, opening, [event], time.day_of(event.at))
    append(connection, case, asked)
    return case


def append(connection: Connection, case: Case, asked: Asked | None) -> None:
    """Append the last act of a case."""
    event = case.events[-1]
    row = {
        "case": case.id,
        "position": event.position,
        "at": aware(event.at),
        "actor": event.actor,
        "act": event.act.value,
        "state": case.state.value,
        "due": date_of(case.due),
        "until": date_of(case.until),
        "detail": dict(event.detail),
        "key": asked and asked.key,
        "asked": asked and asked.digest,
    }
    connection.execute(insert(EVENT), row)


def effects(connection: Connection, before: Case, after: Case, day: int) -> Iterable[Case]:
    """Keep what takes effect by an act, and yield the cases that it replaces."""
    if after.state is before.state or after.decision is None:
        return
    alone(connection, LOCK | after.opening.number)
    decided, last = after.decision, after.events[-1]
    row = {
        "case": after.id,
        "at": aware(last.at),
        "number": after.opening.number,
        "first": date_of(day + 1),
    }
    if after.state is State.IN_FORCE and before.state is not State.LIFTING:
        told, second = decided.detail, last.actor if last.act is Act.AGREE else None
        row |= {"level": told["level"], "until": date_of(after.until), "by": decided.actor}
        row |= {"second": second, "reason": told["reason"], "basis": told["basis"]}
        connection.execute(insert(SETTING), row)
        yield from _replaced(connection, after, day)
    elif after.state is State.LIFTED:
        proposed = before.proposal or last
        second = last.actor if last.act is Act.AGREE else None
        row |= {"level": None, "by": proposed.actor, "second": second, "until": None}
        row |= {"reason": proposed.detail["reason"], "basis": proposed.detail.get("basis", "")}
        connection.execute(insert(SETTING), row)


def _replaced(connection: Connection, by: Case, day: int) -> Iterable[Case]:
    """Yield the other cases of the enterprise whose level counted until now."""
    other = (CASE.c.number == by.opening.number) & (CASE.c.id != by.id)
    for case in read_cases(connection, other, day):
        if case.state in {State.IN_FORCE, State.LIFTING}:
            last = by.events[-1]
            yield step(
                case,
                Event(
                    position=case.version,
                    at=last.at,
                    actor=last.actor,
                    act=Act.REPLACE,
                    detail={"by": by.id},
                ),
            )
