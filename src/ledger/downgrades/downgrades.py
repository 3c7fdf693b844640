"""The downgrade warnings of a ledger: drafts, acts one at a time, and what takes effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError as NotUniqueError

from ...core import time
from ...core.errors import ConflictError, InvalidError
from ..reviews.asked import Asked
from ..trail import Note, Trail
from .acts import Act
from .content import step
from .downgrade import Downgrade, Event, refusal
from .draft import Draft, Ground
from .queue import Piled, Place, Wanted, begun, clocked, ended, latest, piled, queued
from .rows import warned_of
from .tables import CASE, EVENT, SETTING
from .telling import overtaken, told_now
from .warnings import Warnings
from .writing import append, drafted, effects, in_turn, known_grounds, read_case, read_cases

__all__ = ["Downgrades", "Drafted"]

TRIES, MANY = 5, 1_000
AUDITED = ("level", "period", "answer", "method", "document", "due", "by", "earlier")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of a draft.

    Attributes
    ----------
    case
        The warning that was drafted; that which rests on the same grounds, the last of them, where
        there is nothing new.
    is_new
        Whether it was drafted now.
    """

    case: Downgrade
    is_new: bool


class Downgrades:
    """Downgrade warnings in an operational database; rows are only ever added.

    Parameters
    ----------
    engine
        The database, with its tables.
    trail
        Its audit trail.

    Examples
    --------
    >>> from datetime import UTC
    >>> from xinheng.ledger import Ledger
    >>> from xinheng.ledger.downgrades import Draft, Ground
    >>> text = {"zh": "两批抽检不合格", "en": "two samples failed"}
    >>> ground = Ground(
    ...     rule="failed_twice", records=("sampling/1",), since=20_513, basis="design", text=text
    ... )
    >>> draft = Draft(number=7, enterprise="E1", as_of=20_513, grounds=(ground,), level="D",
    ...               days=90, basis="design")
    >>> downgrades, now = Ledger("sqlite://").downgrades, datetime(2026, 3, 1, tzinfo=UTC)
    >>> [each.is_new for each in downgrades.draft([draft, draft], at=now, actor="watch")]
    [True, False]
    """

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail
        self._read = Warnings()

    def draft(
        self,
        drafts: Sequence[Draft],
        *,
        at: datetime,
        actor: str,
        detail: Mapping[str, Any] | None = None,
        purpose: str = "",
    ) -> list[Drafted]:
        """Keep drafts, all or none, each on the grounds that are new alone.

        Nobody is warned twice for the same: a ground is known, whatever became of the warning, if
        all its records were named for the same rule before. To ask twice does something once.

        Parameters
        ----------
        drafts
            What is proposed.
        at, actor
            When, and by whom.
        detail
            What is said of each, such as the clock by which it is decided; see `Event`.
        purpose
            For the audit.

        Returns
        -------
        What came of each, in the order of the drafts.

        Raises
        ------
        InvalidError, NotFoundError
            If one escalates a warning that is not in force or not milder.
        """
        found = []
        with self._trail.begin(self._engine) as (connection, note):
            in_turn(connection)
            for draft in drafts:
                fresh, earlier = _fresh(draft, known_grounds(connection, draft.number))
                if not fresh:
                    known = read_case(connection, earlier[-1], time.day_of(at))
                    found.append(Drafted(known, is_new=False))
                    continue
                told = {**(detail or {}), **({"earlier": earlier} if earlier else {})}
                event = Event(position=0, at=at, actor=actor, act=Act.DRAFT, detail=told)
                case = drafted(connection, replace(draft, grounds=tuple(fresh)), event)
                note(_note(case, event, purpose))
                found.append(Drafted(case, is_new=True))
        return found

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
    ) -> Downgrade:
        """Append an act to a warning, with all that takes effect by it, or nothing.

        Parameters
        ----------
        number, act
            The warning, and what is done.
        at, actor, detail
            When, by whom, and what was said; see `Event`.
        seen
            The version of the warning on which it rests; any if None.
        purpose
            For the audit.
        asked
            Where a program may ask twice.

        Returns
        -------
        The warning after it.

        Raises
        ------
        NotFoundError
            If there is no such warning, or no level is written so.
        ConflictError
            If somebody else acted since, or the act is not allowed now: with what happened, and
            what is allowed.
        InvalidError
            If what is said is not enough or does not fit, or the same key was used for something
            else.
        """
        for _ in range(TRIES):
            try:
                return self._acted(number, act, at, actor, detail, seen, purpose, asked)
            except NotUniqueError:
                continue  # somebody else acted: the next try says so, if it matters
        raise ConflictError(f"others act on warning {number} all the time; try again")

    def answered(
        self, actor: str, asked: Asked | None, at: datetime, number: int | None = None
    ) -> Downgrade | None:
        """Return the warning on which the same was done before by the same key; None if it was not.

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
                f"the key {asked.key!r} was used for another act, on warning {row.case}; give "
                "every act a key of its own"
            )
        return self.case(row.case, time.day_of(at))

    def case(self, number: int, day: int) -> Downgrade:
        """Return a warning as it stands on a day, after all its acts.

        Raises
        ------
        NotFoundError
            If there is none of that number.
        """
        with self._engine.connect() as connection:
            return read_case(connection, number, day)

    def cases(self, numbers: Iterable[int], day: int) -> list[Downgrade]:
        """Return warnings as they stand on a day, in the order of their numbers as given."""
        wanted = [*numbers]
        found = {
            case.id: case
            for start in range(0, len(wanted), MANY)
            for case in self._chosen(CASE.c.id.in_(wanted[start : start + MANY]), day)
        }
        return [found[number] for number in wanted]

    def of(self, enterprise: int, day: int) -> list[Downgrade]:
        """Return all warnings of an enterprise, by its dense number, oldest first."""
        return self._chosen(CASE.c.number == enterprise, day)

    def known(self, enterprise: int) -> Mapping[str, Mapping[str, int]]:
        """Return by rule the records on which warnings of an enterprise (dense number) rest.

        Each record with the last of the warnings, whatever became of that.
        """
        with self._engine.connect() as connection:
            return known_grounds(connection, enterprise)

    def queue(
        self, wanted: Wanted, day: int, *, after: Place | None = None, limit: int = 100
    ) -> list[Place]:
        """Return the places of warnings, those whose clock ends first before the others."""
        return queued(self._engine, wanted, day, after, limit)

    def latest(
        self, wanted: Wanted, day: int, *, before: int | None = None, limit: int = 100
    ) -> list[Downgrade]:
        """Return warnings as they stand on a day, those that were drafted last first."""
        return self.cases(latest(self._engine, wanted, day, before, limit), day)

    def piles(self, day: int) -> tuple[Piled, ...]:
        """Return how many warnings stand where on a day, and how many are overdue."""
        return piled(self._engine, day)

    def begun(self, day: int) -> list[Downgrade]:
        """Return the warnings whose level has begun by a day, which is not written down yet."""
        return self.cases(begun(self._engine, day), day)

    def ended(self, day: int) -> list[Downgrade]:
        """Return the warnings whose level has ended by a day, which is not written down yet."""
        return self.cases(ended(self._engine, day), day)

    def clocked(self, day: int) -> list[Downgrade]:
        """Return the warnings of which a clock runs."""
        return self.cases(clocked(self._engine), day)

    def state(self) -> int:
        """Return what moves with everything that warnings set."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(SETTING)).scalar_one())

    def marks(self) -> int:
        """Return what moves with every act on a warning: how many there were."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(EVENT)).scalar_one())

    def warnings(self) -> Warnings:
        """Return all that warnings ever set; read again only where something was added."""
        found, rows = self._read, select(SETTING).order_by(SETTING.c.id)
        if self.state() != len(found.settings):
            with self._engine.connect() as connection:
                settings = map(warned_of, connection.execute(rows).mappings())
                found = self._read = Warnings(tuple(settings))
        return found

    def _chosen(self, chosen: ColumnElement[bool], day: int) -> list[Downgrade]:
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
    ) -> Downgrade:
        """Append an act once.

        Raises
        ------
        sqlalchemy.exc.IntegrityError
            If somebody else acted at the same moment.
        """
        done = self.answered(actor, asked, at, number)
        if done is not None:
            return done
        before = self.case(number, time.day_of(at))
        if seen is not None and seen != before.version:
            raise overtaken(before, seen, actor)
        if why := refusal(before, act, actor):
            raise ConflictError(told_now(before, actor, f"{why}."))
        event = Event(position=before.version, at=at, actor=actor, act=act, detail=detail)
        after = step(before, event)
        with self._trail.begin(self._engine) as (connection, note):
            append(connection, after, asked)
            note(_note(after, event, purpose))
            for other in effects(connection, before, after):
                append(connection, other, None)
                note(_note(other, other.events[-1], purpose))
        return after


def _fresh(draft: Draft, known: Mapping[str, Mapping[str, int]]) -> tuple[list[Ground], list[int]]:
    """Return the grounds of a draft that are new, and the warnings that rest on the others."""
    fresh, earlier, named = list[Ground](), set[int](), set[tuple[str, str]]()
    for ground in draft.grounds:
        told = known.get(ground.rule, {})
        earlier |= {told[record] for record in ground.records if record in told}
        new = {(ground.rule, record) for record in ground.records if record not in told}
        if new - named:
            fresh.append(ground)
        named |= new
    return fresh, sorted(earlier)


def _note(case: Downgrade, event: Event, purpose: str) -> Note:
    told = {name: event.detail[name] for name in AUDITED if name in event.detail}
    if event.act is Act.DRAFT:
        told |= {"level": case.level, "period": case.period, "follows": case.draft.follows}
        told["grounds"] = [ground.identity for ground in case.grounds]
    return Note.of(
        at=event.at,
        actor=event.actor,
        purpose=purpose,
        action=f"{event.act} downgrade",
        subject=case.draft.enterprise,
        detail={"case": case.id, "position": event.position, "state": case.state.value, **told},
    )
