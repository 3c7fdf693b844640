"""The reviews of a ledger: cases opened, acts appended one at a time, and what takes effect."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError as NotUniqueError

from ...core import time
from ...core.errors import ConflictError, InvalidError
from ..trail import Note, Trail
from .acts import UNDECIDED, Act
from .asked import Asked
from .case import OBJECTION, Case, Event, Opening, refusal, step
from .decisions import decisions
from .overrides import Overrides
from .piles import Piles
from .queue import Place, Wanted, clocked, ended, queued, waiting
from .rows import setting_of
from .tables import CASE, EVENT, SCAN, SETTING
from .telling import overtaken, told_now
from .writing import append, effects, opened, read_case, read_cases

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Reviews"]

TRIES, MANY = 5, 1_000
AUDITED = ("decision", "level", "until", "outcome", "reason_code", "due", "by")


class Reviews:
    """Cases in an operational database; rows are only ever added.

    Parameters
    ----------
    engine
        The database, with its tables.
    trail
        Its audit trail.

    Attributes
    ----------
    piles
        How many cases wait where.
    """

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail
        self._read = Overrides()
        self.piles = Piles(engine)

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
                case = opened(connection, opening, event, asked)
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
        for _ in range(TRIES):
            try:
                return self._acted(number, act, at, actor, detail, seen, purpose, asked)
            except NotUniqueError:
                continue  # somebody else acted: the next try says so, if it matters
        raise ConflictError(f"others act on case {number} all the time; try again")

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
            return read_case(connection, number, day)

    def cases(self, numbers: Iterable[int], day: int) -> list[Case]:
        """Return cases as they stand on a day, in the order of their numbers as given."""
        wanted = [*numbers]
        found = {
            case.id: case
            for some in _batches(wanted)
            for case in self._chosen(CASE.c.id.in_(some), day)
        }
        return [found[number] for number in wanted]

    def of(self, enterprise: int, day: int) -> list[Case]:
        """Return all cases of an enterprise, by its dense number, oldest first."""
        return self._chosen(CASE.c.number == enterprise, day)

    def undecided(self, enterprises: Collection[int], day: int) -> list[Case]:
        """Return the cases of enterprises, by dense number, that are not decided yet."""
        found = (self._chosen(CASE.c.number.in_(some), day) for some in _batches([*enterprises]))
        return [case for cases in found for case in cases if case.state in UNDECIDED]

    def ended(self, day: int) -> list[Case]:
        """Return the cases whose level has ended by a day, which is not written down yet."""
        return self.cases(ended(self._engine, day), day)

    def clocked(self, day: int) -> list[Case]:
        """Return the cases of which a clock runs."""
        return self.cases(clocked(self._engine), day)

    def queue(
        self, wanted: Wanted, day: int, *, after: Place | None = None, limit: int = 100
    ) -> list[Place]:
        """Return the places of cases, those whose clock ends first before the others."""
        return queued(self._engine, wanted, day, after, limit)

    def waiting(self) -> frozenset[int]:
        """Return the dense numbers of the enterprises with a case that is not decided yet."""
        return waiting(self._engine)

    def decisions(self, as_of: int) -> "Iterator[pa.Table]":
        """Yield what was decided before a day, as a table in parts; see `decisions`."""
        return decisions(self._engine, as_of)

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
                settings = map(setting_of, connection.execute(rows).mappings())
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
                    cases.append(opened(connection, opening, event, None))
                    note(_note(cases[-1], event, ""))
        except NotUniqueError:
            raise ConflictError(
                f"somebody else looked through the changes after {after} meanwhile, and opened "
                "the cases; nothing was opened twice"
            ) from None
        return cases

    def _chosen(self, chosen: ColumnElement[bool], day: int) -> list[Case]:
        with self._engine.connect() as connection:
            return read_cases(connection, chosen, day)

    def _acted(
        self,
        number: int,
        act: Act,
        at: datetime,
        actor: str,
        detail: Mapping[str, Any],
        seen: int | None,
        purpose: str,
        asked: Asked | None,
    ) -> Case:
        """Append an act once.

        Raises
        ------
        sqlalchemy.exc.IntegrityError
            If somebody else acted at the same moment.
        """
        done = self.answered(actor, asked, at, number)
        if done is not None:
            return done
        day = time.day_of(at)
        case = self.case(number, day)
        if seen is not None and seen != case.version:
            raise overtaken(case, seen, actor)
        if why := refusal(case, act, actor):
            raise ConflictError(told_now(case, actor, f"{why}."))
        event = Event(position=case.version, at=at, actor=actor, act=act, detail=detail)
        after = step(case, event)
        with self._trail.begin(self._engine) as (connection, note):
            append(connection, after, asked)
            note(_note(after, event, purpose))
            for other in effects(connection, case, after, day):
                append(connection, other, None)
                note(_note(other, other.events[-1], purpose))
        return after

    def _refuse_twice(self, opening: Opening) -> Case:
        raise ConflictError(
            f"a case was opened for change {opening.change} of enterprise {opening.enterprise} "
            "before; act on that one"
        )


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield numbers by as many as one statement takes."""
    for start in range(0, len(numbers), MANY):
        yield numbers[start : start + MANY]


def _of_objection() -> ColumnElement[bool]:
    objections = select(CASE.c.id).where(CASE.c.cause == OBJECTION)
    return EVENT.c.case.in_(objections)


def _note(case: Case, event: Event, purpose: str) -> Note:
    told = {name: event.detail[name] for name in AUDITED if name in event.detail}
    if event.act is Act.OPEN:
        told |= {"cause": case.opening.cause, "change": case.opening.change}
    return Note.of(
        at=event.at,
        actor=event.actor,
        purpose=purpose,
        action=f"{event.act} review",
        subject=case.opening.enterprise,
        detail={"case": case.id, "position": event.position, "state": case.state.value, **told},
    )
