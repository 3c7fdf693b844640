"""The watch of a ledger: every run, every alarm that it told, and what people did about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError as NotUniqueError

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ..history import alone
from ..reviews.asked import Asked
from ..reviews.rows import date_of
from ..trail import Note, Trail
from ..trail.entry import aware
from .alarm import Act, Done, Kept, Series, Told, WatchRun
from .tables import ACT, ALARM, RUN

__all__ = ["AlarmsWanted", "Watch"]

LOCK = 0x58494E57415443  # of PostgreSQL's advisory locks, the one of who adds alarms
TRIES, WEEK = 5, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsWanted:
    """Which alarms are wanted; all where nothing is said.

    Parameters
    ----------
    since, until
        Day numbers, both included, at whose end they were told.
    kind, product, hazard
        Of what.
    is_open
        Whether nobody closed them.
    """

    since: int | None = None
    until: int | None = None
    kind: str | None = None
    product: str | None = None
    hazard: str | None = None
    is_open: bool | None = None


class Watch:
    """Runs and alarms in an operational database; rows are only ever added.

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
    >>> watch, now = Ledger("sqlite://").watch, datetime(2026, 3, 1, tzinfo=UTC)
    >>> told = Told(series=Series("signal", "tea", "lead"), of=20_512, strength=7.5, evidence={},
    ...             sentence={"zh": "茶叶中铅", "en": "lead in tea"})
    >>> run = WatchRun(at=now, actor="li", as_of=20_513, sequence=3, budget=5, bar=6.1, series=900)
    >>> watch.record(run, [told]).alarms
    1
    >>> [tuple(series)[:3] for series in watch.silent(20_520, weeks=13)]
    [('signal', 'tea', 'lead')]
    """

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def record(self, run: WatchRun, alarms: Sequence[Told]) -> WatchRun:
        """Append a run and what it told, all or nothing, and return it with its number.

        Returns
        -------
        That which was kept for the same day and the same last delivery before, if there is one:
        then nothing is written.
        """
        day = date_of(run.as_of)
        row = {name: getattr(run, name) for name in WatchRun.__slots__ if name != "id"}
        bar_set = None if run.bar_set is None else date_of(run.bar_set)
        row |= {"as_of": day, "alarms": len(alarms), "bar_set": bar_set}
        try:
            with self._engine.begin() as connection:
                alone(connection, LOCK)
                number = connection.execute(insert(RUN).returning(RUN.c.id), row).scalar_one()
                rows = [
                    {"run": number, "at": run.at, "as_of": day, **_row_of(told)} for told in alarms
                ]
                if rows:
                    connection.execute(insert(ALARM), rows)
        except NotUniqueError:
            pass
        [kept] = self._runs(RUN.c.as_of == day, RUN.c.sequence == run.sequence)
        return kept

    def last(self, until: int | None = None) -> WatchRun | None:
        """Return the newest run, of those up to a day number if one is given; None if none is."""
        chosen = [] if until is None else [RUN.c.as_of <= date_of(until)]
        order = RUN.c.as_of.desc(), RUN.c.id.desc()
        return next(iter(self._runs(*chosen, order=order)), None)

    def runs(self, *, before: int | None = None, limit: int = 100) -> list[WatchRun]:
        """Return runs, the newest first; only those with a smaller number than `before`."""
        chosen = [] if before is None else [RUN.c.id < before]
        return self._runs(*chosen, limit=limit)

    def state(self) -> tuple[int, int]:
        """Return what moves with every run, and with every act on an alarm."""
        runs, acts = (
            select(func.count()).select_from(each).scalar_subquery() for each in (RUN, ACT)
        )
        with self._engine.connect() as connection:
            found = connection.execute(select(runs, acts)).one()
        return int(found[0]), int(found[1])

    def silent(self, day: int, *, weeks: int) -> frozenset[Series]:
        """Return of which series an alarm was told, less than so long before or after a day.

        Parameters
        ----------
        day
            Day number.
        weeks
            For how many weeks a series is silent after an alarm.
        """
        names = (ALARM.c[name] for name in Series._fields)
        near = ALARM.c.as_of.between(
            date_of(day - weeks * WEEK + 1), date_of(day + weeks * WEEK - 1)
        )
        with self._engine.connect() as connection:
            return frozenset(Series(*row) for row in connection.execute(select(*names).where(near)))

    def page(
        self, wanted: AlarmsWanted, *, before: int | None = None, limit: int = 100
    ) -> list[Kept]:
        """Return alarms, the newest first.

        Parameters
        ----------
        wanted
            Which.
        before
            Only those with a smaller number; that of the last one gives the next page.
        limit
            How many at most.
        """
        chosen = [*_conditions(wanted)]
        if before is not None:
            chosen.append(ALARM.c.id < before)
        statement = select(ALARM.c.id).where(*chosen).order_by(ALARM.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return _kept(connection, [*connection.execute(statement).scalars()])

    def alarm(self, number: int) -> Kept:
        """Return an alarm, with what people did about it.

        Raises
        ------
        NotFoundError
            If there is none of that number.
        """
        with self._engine.connect() as connection:
            found = _kept(connection, [number])
        if not found:
            raise NotFoundError(f"there is no alarm {number}; the watch lists those there are")
        return found[0]

    def act(
        self,
        number: int,
        act: Act,
        *,
        at: datetime,
        actor: str,
        reason: str,
        purpose: str = "",
        asked: Asked | None = None,
    ) -> Kept:
        """Write down what somebody does about an alarm, and return it after that.

        Raises
        ------
        NotFoundError
            If there is no such alarm.
        ConflictError
            If it is closed, or open, already.
        InvalidError
            If no reason is given, or the same key was used for something else.
        """
        if not reason:
            raise InvalidError(f"to {act} alarm {number}, give a reason")
        for _ in range(TRIES):
            try:
                return self._acted(number, Done(at, actor, act, reason), purpose, asked)
            except NotUniqueError:
                continue  # somebody else acted: the next try says so, if it matters
        raise ConflictError(f"others act on alarm {number} all the time; try again")

    def _acted(self, number: int, done: Done, purpose: str, asked: Asked | None) -> Kept:
        found = self.alarm(number)
        if self._was_asked(number, done.actor, asked):
            return found
        if done.act is not Act.NOTE and found.is_open is (done.act is Act.REOPEN):
            now = "open" if found.is_open else "closed"
            raise ConflictError(f"alarm {number} is {now} already; it can be noted on")
        row = {
            "alarm": number,
            "position": len(found.acts),
            **{name: getattr(done, name) for name in Done.__slots__},
            "key": asked and asked.key,
            "asked": asked and asked.digest,
        }
        with self._trail.begin(self._engine) as (connection, note):
            connection.execute(insert(ACT), row)
            note(_note(found, done, purpose))
        return self.alarm(number)

    def _was_asked(self, number: int, actor: str, asked: Asked | None) -> bool:
        """Tell whether the same was done by the same key; refuse a key of something else."""
        if asked is None:
            return False
        chosen = (ACT.c.actor == actor) & (ACT.c.key == asked.key)
        with self._engine.connect() as connection:
            row = connection.execute(select(ACT.c.alarm, ACT.c.asked).where(chosen)).first()
        if row is not None and (row.alarm, row.asked) != (number, asked.digest):
            raise InvalidError(
                f"the key {asked.key!r} was used for another act, on alarm {row.alarm}; give "
                "every act a key of its own"
            )
        return row is not None

    def _runs(
        self,
        *chosen: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (RUN.c.id.desc(),),
        limit: int = 1,
    ) -> list[WatchRun]:
        """Return the first of the runs that are chosen, in some order."""
        statement = select(RUN).where(*chosen).order_by(*order).limit(limit)
        with self._engine.connect() as connection:
            return [*map(_run, connection.execute(statement).mappings())]


def _conditions(wanted: AlarmsWanted) -> Iterator[ColumnElement[bool]]:
    for name in ("kind", "product", "hazard"):
        value = getattr(wanted, name)
        if value is not None:
            yield ALARM.c[name] == value
    if wanted.since is not None:
        yield ALARM.c.as_of >= date_of(wanted.since)
    if wanted.until is not None:
        yield ALARM.c.as_of <= date_of(wanted.until)
    if wanted.is_open is not None:
        closed = ALARM.c.id.in_(_closed())
        yield ~closed if wanted.is_open else closed


def _closed() -> Any:
    """Return a question for the alarms that were closed, and not reopened since."""
    later = ACT.alias()
    moves = later.c.act != Act.NOTE.value
    last = (
        select(func.max(later.c.position))
        .where(later.c.alarm == ACT.c.alarm, moves)
        .scalar_subquery()
    )
    return select(ACT.c.alarm).where(ACT.c.act == Act.CLOSE.value, ACT.c.position == last)


def _kept(connection: Connection, numbers: Sequence[int]) -> list[Kept]:
    """Return the alarms of some numbers, in their order."""
    acts = select(ACT).where(ACT.c.alarm.in_(numbers)).order_by(ACT.c.alarm, ACT.c.position)
    rows = connection.execute(select(ALARM).where(ALARM.c.id.in_(numbers))).mappings().all()
    done = {
        number: tuple(map(_done, some))
        for number, some in groupby(connection.execute(acts).mappings(), itemgetter("alarm"))
    }
    found = {
        row["id"]: Kept(
            id=row["id"],
            run=row["run"],
            at=aware(row["at"]),
            as_of=time.day(row["as_of"]),
            told=_told(row),
            acts=done.get(row["id"], ()),
        )
        for row in rows
    }
    return [found[number] for number in numbers if number in found]


def _run(row: RowMapping) -> WatchRun:
    bar_set = None if row["bar_set"] is None else time.day(row["bar_set"])
    days = {"as_of": time.day(row["as_of"]), "bar_set": bar_set}
    return WatchRun(**{**row, "at": aware(row["at"]), **days})


def _done(row: RowMapping) -> Done:
    return Done(aware(row["at"]), row["actor"], Act(row["act"]), row["reason"])


def _row_of(told: Told) -> dict[str, Any]:
    detail = {
        "sentence": dict(told.sentence),
        "records": [*told.records],
        "evidence": dict(told.evidence),
    }
    row = {"of": date_of(told.of), "strength": told.strength, "detail": detail}
    return told.series._asdict() | row


def _told(row: RowMapping) -> Told:
    detail = {**row["detail"], "records": tuple(row["detail"]["records"])}
    series = Series(*(row[name] for name in Series._fields))
    return Told(series=series, of=time.day(row["of"]), strength=row["strength"], **detail)


def _note(found: Kept, done: Done, purpose: str) -> Note:
    return Note.of(
        at=done.at,
        actor=done.actor,
        purpose=purpose,
        action=f"{done.act} alarm",
        subject=f"alarm {found.id}",
        detail={"position": len(found.acts)},
    )
