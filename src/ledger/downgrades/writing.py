"""Writing: drafts and acts as rows, and what takes effect by them, in the transaction of others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, delete, false, insert, select
from sqlalchemy.engine import Connection

from ...core.errors import InvalidError, NotFoundError
from ..history import alone
from ..reviews.asked import Asked
from ..reviews.rows import date_of
from ..trail.entry import aware
from .acts import ESCALATED, Act, State
from .content import step
from .downgrade import Downgrade, Event, fold, refusal
from .draft import Draft
from .rows import draft_of, event_of, ground_of, row_of_draft, row_of_ground
from .severity import severity
from .tables import CASE, EVENT, GROUND, SETTING

__all__ = ["append", "drafted", "effects", "in_turn", "known_grounds", "read_case", "read_cases"]

LOCK = 0x58494E444F574E  # of PostgreSQL's advisory locks, the one of who drafts


def read_cases(connection: Connection, chosen: ColumnElement[bool], day: int) -> list[Downgrade]:
    """Return the warnings whose row is chosen as they stand on a day, oldest first."""
    numbers = select(CASE.c.id).where(chosen)
    acts = select(EVENT).where(EVENT.c.case.in_(numbers)).order_by(EVENT.c.case, EVENT.c.position)
    grounds = select(GROUND).where(GROUND.c.case.in_(numbers)).order_by(GROUND.c.case, GROUND.c.id)
    rows = connection.execute(select(CASE).where(chosen).order_by(CASE.c.id)).mappings().all()
    done, why = (
        {
            number: [*some]
            for number, some in groupby(
                connection.execute(statement).mappings().all(), itemgetter("case")
            )
        }
        for statement in (acts, grounds)
    )
    return [
        fold(row["id"], draft_of(row, map(ground_of, why[row["id"]])), told, day)
        for row in rows
        for told in ([*map(event_of, done[row["id"]])],)
    ]


def read_case(connection: Connection, number: int, day: int) -> Downgrade:
    """Return a warning as it stands on a day.

    Raises
    ------
    NotFoundError
        If there is none of that number.
    """
    found = read_cases(connection, CASE.c.id == number, day)
    if not found:
        raise NotFoundError(f"there is no warning {number}; the queue lists those there are")
    return found[0]


def in_turn(connection: Connection) -> None:
    """Wait for all others that draft: what is read from now on stays so until the end."""
    alone(connection, LOCK)
    if connection.dialect.name == "sqlite":
        connection.execute(delete(CASE).where(false()))


def known_grounds(connection: Connection, number: int) -> Mapping[str, Mapping[str, int]]:
    """Return by rule the records on which warnings of an enterprise rest, each with the last."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    mine = select(GROUND).where(GROUND.c.number == number).order_by(GROUND.c.id)
    for row in connection.execute(mine).mappings():
        found[row["rule"]] |= dict.fromkeys(row["detail"]["records"], row["case"])
    return found


def drafted(connection: Connection, draft: Draft, event: Event) -> Downgrade:
    """Add a draft that rests on its grounds, and return the warning.

    Where it names none to follow, it follows the newest milder one in force on the day of the act.

    Raises
    ------
    InvalidError
        If it follows a warning that is not in force, or not milder.
    NotFoundError
        If there is none of that number.
    """
    if draft.follows is None:
        draft = replace(draft, follows=_milder(connection, draft, event.today))
    else:
        _check_followed(read_case(connection, draft.follows, event.today), draft)
    kept = insert(CASE).returning(CASE.c.id)
    number = connection.execute(kept, row_of_draft(draft)).scalar_one()
    rows = [row_of_ground(each, number, draft.number) for each in draft.grounds]
    connection.execute(insert(GROUND), rows)
    found = fold(number, draft, [event], event.today)
    append(connection, found, None)
    return found


def append(connection: Connection, found: Downgrade, asked: Asked | None) -> None:
    """Append the last act of a warning."""
    event = found.events[-1]
    row = {
        "case": found.id,
        "position": event.position,
        "at": aware(event.at),
        "actor": event.actor,
        "act": event.act.value,
        "state": found.state.value,
        "due": date_of(found.due),
        "first": date_of(found.first),
        "until": date_of(found.until),
        "detail": dict(event.detail),
        "key": asked and asked.key,
        "asked": asked and asked.digest,
    }
    connection.execute(insert(EVENT), row)


def effects(connection: Connection, before: Downgrade, after: Downgrade) -> Iterable[Downgrade]:
    """Keep what takes effect by an act, and yield the warning that it escalates."""
    if after.held != before.held:
        level, first, until = after.held or (None, None, None)
        row = {
            "case": after.id,
            "at": aware(after.events[-1].at),
            "number": after.draft.number,
            "level": level,
            "first": date_of(first),
            "until": date_of(until),
            "basis": after.draft.basis,
        }
        connection.execute(insert(SETTING), row)
    confirmed = after.state is State.CONFIRMED and before.state is not State.LIFTING
    if confirmed and before.state is not State.CONFIRMED and after.draft.follows is not None:
        yield from _escalated(connection, after, after.draft.follows)


def _escalated(connection: Connection, by: Downgrade, number: int) -> Iterable[Downgrade]:
    """Yield the warning that another escalates, after that; nothing if it counts no more."""
    last = by.events[-1]
    found = read_case(connection, number, last.today)
    milder = severity(found.level) < severity(by.level)
    if milder and not refusal(found, Act.ESCALATE, last.actor):
        event = Event(
            position=found.version,
            at=last.at,
            actor=last.actor,
            act=Act.ESCALATE,
            detail={"by": by.id},
        )
        yield step(found, event)


def _milder(connection: Connection, draft: Draft, day: int) -> int | None:
    """Return the newest warning in force that a draft escalates; None if it escalates none."""
    standing = [
        each.id
        for each in read_cases(connection, CASE.c.number == draft.number, day)
        if each.state in ESCALATED and severity(each.level) < severity(draft.level)
    ]
    return max(standing, default=None)


def _check_followed(found: Downgrade, draft: Draft) -> None:
    """Refuse to escalate what is of another, counts no more, or is as severe."""
    if found.draft.number != draft.number or found.state not in ESCALATED:
        raise InvalidError(
            f"warning {found.id} is of {found.draft.enterprise} and {found.state}; only one of "
            f"{draft.enterprise} that is in force is escalated"
        )
    if severity(draft.level) <= severity(found.level):
        raise InvalidError(
            f"warning {found.id} sets {found.level} already; {draft.level} does not escalate it"
        )
