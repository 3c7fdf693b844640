"""The reviews of a ledger: cases opened, acts appended one at a time, and what takes effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError as NotUniqueError

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ..trail import Note, Trail
from .acts import Act, State
from .case import OBJECTION, Case, Event, Opening, fold, refusal, step
from .overrides import Overrides, Setting
from .queue import Place, Wanted, queued, waiting
from .tables import CASE, EVENT, SCAN, SETTING

__all__ = ["Asked", "Reviews"]

AUDITED = ("cause", "decision", "level", "until", "outcome", "reason_code", "change")


@dataclass(frozen=True, slots=True)
class Asked:
    """How a program asked, so that asking twice does something once.

    Parameters
    ----------
    key
        Of the program's own choice, another for each act.
    digest
        Of all that was asked.
    """

    key: str
    digest: str


class Reviews:
    """Cases in an operational database; rows are only ever added.

    Parameters
    ----------
    engine
        The database, with its tables.
    trail
        Its audit trail.
    """

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail
        self._read = Overrides()

    def open(
        self,
        opening: Opening,
        *,
        at: datetime,
        actor: str,
        detail: Mapping[str, Any],
        purpose: str = "",
        asked: Asked | None = None,
    ) -> Case:
        """Open a case.

        Parameters
        ----------
        opening
            Which grade, and why.
        at, actor, detail
            When, by whom, and what was said; see `Event`.
        purpose
            For the audit.
        asked
            Where a program may ask twice.

        Raises
        ------
        ConflictError
            If a case was opened for the same change of level.
        InvalidError
            If the same key was used for something else.
        """
        before = self.answered(actor, asked, at)
        if before is not None:
            return before
        event = Event(position=0, at=at, actor=actor, act=Act.OPEN, detail=detail)
        try:
            with self._trail.begin(self._engine) as (connection, note):
                case = _opened(connection, opening, event, asked)
                note(_note(case, event, purpose))
        except NotUniqueError:
            return self.answered(actor, asked, at) or self._refuse_twice(opening)
        return case

    def act(
        self,
        number: int,
        act: Act,
        *,
        at: datetime,
        actor: str,
        detail: Mapping[str, Any],
        seen: int | None = None,
        purpose: str = "",
        asked: Asked | None = None,
    ) -> Case:
        """Append an act to a case, with all that takes effect by it, or nothing.

        Parameters
        ----------
        number, act
            The case, and what is done.
        at, actor, detail
            When, by whom, and what was said; see `Event`.
        seen
            The version of the case on which it rests; any if None.
        purpose, asked
            As for `open`.

        Returns
        -------
        The case after it.

        Raises
        ------
        NotFoundError
            If there is no such case.
        ConflictError
            If somebody else acted since, or the act is not allowed now: with what happened, and
            what is allowed.
        InvalidError
            If the same key was used for something else.
        """
        before = self.answered(actor, asked, at, number)
        if before is not None:
            return before
        day = time.day_of(at)
        case = self.case(number, day)
        if seen is not None and seen != case.version:
            raise _overtaken(case, seen, actor)
        if why := refusal(case, act, actor):
            raise ConflictError(_told(case, actor, f"{why}."))
        event = Event(position=case.version, at=at, actor=actor, act=act, detail=detail)
        after = step(case, event)
        try:
            with self._trail.begin(self._engine) as (connection, note):
                _append(connection, after, asked)
                note(_note(after, event, purpose))
                for other in _effects(connection, case, after, day):
                    _append(connection, other, None)
                    note(_note(other, other.events[-1], purpose))
        except NotUniqueError:
            done = self.answered(actor, asked, at, number)
            if done is not None:
                return done
            raise _overtaken(self.case(number, day), case.version, actor) from None
        return after

    def answered(
        self, actor: str, asked: Asked | None, at: datetime, number: int | None = None
    ) -> Case | None:
        """Return the case on which the same was done before by the same key; None if it was not.

        Raises
        ------
        InvalidError
            If something else was.
        """
        if asked is None:
            return None
        chosen = (EVENT.c.actor == actor) & (EVENT.c.key == asked.key)
        with self._engine.connect() as connection:
            row = connection.execute(select(EVENT.c.case, EVENT.c.asked).where(chosen)).first()
        if row is None:
            return None
        if row.asked != asked.digest or number not in {None, row.case}:
            raise InvalidError(
                f"the key {asked.key!r} was used for another act, on case {row.case}; give every "
                "act a key of its own"
            )
        return self.case(row.case, time.day_of(at))

    def case(self, number: int, day: int) -> Case:
        """Return a case as it stands on a day, after all its acts.

        Raises
        ------
        NotFoundError
            If there is none of that number.
        """
        with self._engine.connect() as connection:
            return _case(connection, number, day)

    def cases(self, numbers: Iterable[int], day: int) -> list[Case]:
        """Return cases as they stand on a day, in the order of their numbers as given."""
        with self._engine.connect() as connection:
            return [_case(connection, number, day) for number in numbers]

    def of(self, enterprise: int, day: int) -> list[Case]:
        """Return all cases of an enterprise, by its dense number, oldest first."""
        statement = select(CASE.c.id).where(CASE.c.number == enterprise).order_by(CASE.c.id)
        with self._engine.connect() as connection:
            return [
                _case(connection, each, day) for each in connection.execute(statement).scalars()
            ]

    def queue(
        self, wanted: Wanted, day: int, *, after: Place | None = None, limit: int = 100
    ) -> list[Place]:
        """Return the places of cases, those whose clock ends first before the others."""
        return queued(self._engine, wanted, day, after, limit)

    def waiting(self) -> frozenset[int]:
        """Return the dense numbers of the enterprises with a case that is not decided yet."""
        return waiting(self._engine)

    def everything(self, day: int) -> list[Case]:
        """Return all cases as they stand on a day, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(CASE).order_by(CASE.c.id)).mappings().all()
            order = select(EVENT).order_by(EVENT.c.case, EVENT.c.position)
            events = connection.execute(order).mappings().all()
        told = {number: [*some] for number, some in groupby(events, key=itemgetter("case"))}
        return [
            fold(row["id"], _opening(row), [_event(each) for each in told[row["id"]]], day)
            for row in rows
        ]

    def state(self) -> tuple[int, int]:
        """Return what moves with every setting, and with every act on an objection.

        These are numbers of rows: the newest number alone may be overtaken by an earlier one that
        is committed later.
        """
        settings = select(func.count()).select_from(SETTING).scalar_subquery()
        acts = select(func.count()).select_from(EVENT).where(_of_objection()).scalar_subquery()
        with self._engine.connect() as connection:
            found = connection.execute(select(settings, acts)).one()
        return int(found[0]), int(found[1])

    def contested(self) -> frozenset[int]:
        """Return the dense numbers of enterprises with an objection that is not decided yet."""
        return waiting(self._engine, OBJECTION)

    def overrides(self) -> Overrides:
        """Return all that people ever set; read again only where something was added."""
        found, rows = self._read, select(SETTING).order_by(SETTING.c.id)
        with self._engine.connect() as connection:
            many = select(func.count()).select_from(SETTING)
            if connection.execute(many).scalar_one() != len(found.settings):
                settings = map(_setting, connection.execute(rows).mappings())
                found = self._read = Overrides(tuple(settings))
        return found

    def scanned(self) -> int:
        """Return the number of the last change of level that was looked through, 0 if none."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(SCAN.c.change))).scalar_one() or 0

    def record_scan(
        self,
        found: Sequence[tuple[Opening, Mapping[str, Any]]],
        *,
        after: int,
        change: int,
        at: datetime,
        actor: str,
    ) -> list[Case]:
        """Open the cases that changes of level ask for, all or none.

        Parameters
        ----------
        found
            The openings, with what is said of each.
        after, change
            The changes after one, up to another, were looked through.
        at, actor
            When, and by whom.

        Raises
        ------
        ConflictError
            If somebody else looked the same changes through meanwhile.
        """
        row = {"after": after, "at": at, "actor": actor, "change": change, "opened": len(found)}
        cases = []
        try:
            with self._trail.begin(self._engine) as (connection, note):
                connection.execute(insert(SCAN), row)
                for opening, detail in found:
                    event = Event(position=0, at=at, actor=actor, act=Act.OPEN, detail=detail)
                    cases.append(_opened(connection, opening, event, None))
                    note(_note(cases[-1], event, ""))
        except NotUniqueError:
            raise ConflictError(
                f"somebody else looked through the changes after {after} meanwhile, and opened "
                "the cases; nothing was opened twice"
            ) from None
        return cases

    def _refuse_twice(self, opening: Opening) -> Case:
        raise ConflictError(
            f"a case was opened for change {opening.change} of enterprise {opening.enterprise} "
            "before; act on that one"
        )


def _of_objection() -> ColumnElement[bool]:
    objections = select(CASE.c.id).where(CASE.c.cause == OBJECTION)
    return EVENT.c.case.in_(objections)


def _case(connection: Connection, number: int, day: int) -> Case:
    row = connection.execute(select(CASE).where(CASE.c.id == number)).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no case {number}; the queue lists those there are")
    told = select(EVENT).where(EVENT.c.case == number).order_by(EVENT.c.position)
    events = [_event(each) for each in connection.execute(told).mappings()]
    return fold(number, _opening(row), events, day)


def _opened(connection: Connection, opening: Opening, event: Event, asked: Asked | None) -> Case:
    row = {
        "number": opening.number,
        "enterprise": opening.enterprise,
        "cause": opening.cause,
        "as_of": _date(opening.as_of),
        "level": opening.level,
        "change": opening.change,
        "district": opening.district,
    }
    number = connection.execute(insert(CASE).returning(CASE.c.id), row).scalar_one()
    case = fold(number, opening, [event], time.day_of(event.at))
    _append(connection, case, asked)
    return case


def _append(connection: Connection, case: Case, asked: Asked | None) -> None:
    """Append the last act of a case."""
    event = case.events[-1]
    row = {
        "case": case.id,
        "position": event.position,
        "at": _aware(event.at),
        "actor": event.actor,
        "act": event.act.value,
        "state": case.state.value,
        "due": _date(case.due),
        "until": _date(case.until),
        "detail": dict(event.detail),
        "key": asked and asked.key,
        "asked": asked and asked.digest,
    }
    connection.execute(insert(EVENT), row)


def _effects(connection: Connection, before: Case, after: Case, day: int) -> Iterable[Case]:
    """Keep what takes effect by an act, and yield the cases that it replaces."""
    if after.state is before.state or after.decision is None:
        return
    decided, last = after.decision, after.events[-1]
    row = {
        "case": after.id,
        "at": _aware(last.at),
        "number": after.opening.number,
        "first": _date(day + 1),
    }
    if after.state is State.IN_FORCE and before.state is not State.LIFTING:
        told, second = decided.detail, last.actor if last.act is Act.AGREE else None
        row |= {"level": told["level"], "until": _date(after.until), "by": decided.actor}
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
    for number in connection.execute(select(CASE.c.id).where(other)).scalars().all():
        case = _case(connection, number, day)
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


def _note(case: Case, event: Event, purpose: str) -> Note:
    told = {name: event.detail[name] for name in AUDITED if name in event.detail}
    return Note.of(
        at=event.at,
        actor=event.actor,
        purpose=purpose,
        action=f"{event.act} review",
        subject=case.opening.enterprise,
        detail={"case": case.id, "position": event.position, "state": case.state.value, **told},
    )


def _overtaken(case: Case, seen: int, actor: str) -> ConflictError:
    since = "; ".join(f"{event.actor}: {event.act}{_said(event)}" for event in case.events[seen:])
    happened = (
        f"since version {seen} this happened: {since}."
        if since
        else (f"there is no version {seen} yet, the newest is {case.version}.")
    )
    return ConflictError(_told(case, actor, happened))


def _told(case: Case, actor: str, what: str) -> str:
    allowed = ", ".join(case.allowed(actor))
    return f"case {case.id}: {what} It is {case.state}; {actor} can now: {allowed}"


def _said(event: Event) -> str:
    told = [str(event.detail[name]) for name in ("decision", "level") if event.detail.get(name)]
    return f" ({' '.join(told)})" if told else ""


def _opening(row: RowMapping) -> Opening:
    told = {name: row[name] for name in Opening.__slots__}
    return Opening(**told | {"as_of": time.day(row["as_of"])})


def _event(row: RowMapping) -> Event:
    return Event(
        position=row["position"],
        at=_aware(row["at"]),
        actor=row["actor"],
        act=Act(row["act"]),
        detail=row["detail"],
    )


def _setting(row: RowMapping) -> Setting:
    until = time.NEVER if row["until"] is None else time.day(row["until"])
    told = {name: row[name] for name in Setting.__slots__}
    return Setting(
        **told | {"at": _aware(row["at"]), "first": time.day(row["first"]), "until": until}
    )


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromisoformat(time.show(day))


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
