"""The history of grades: every run that gave some, and every level that changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Self

from sqlalchemy import Connection, RowMapping, func, insert, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError as Conflict

from ..core import time
from ..core.errors import IntegrityError
from .tables import CHANGE, RUN

__all__ = ["CHANGES", "Change", "History", "Remembered", "Run", "alone"]

BATCH = 5_000
CHANGES = 0x58494E43484E47  # of PostgreSQL's advisory locks, the one of who adds changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run: who was graded as of which day, from what, and where the grades lie.

    Parameters
    ----------
    id
        Number of the run, from 1 on; 0 before the ledger has it.
    after
        Number of the run that it continues; 0 if it is the first.
    at, actor
        When it was made, and by whom.
    as_of
        Day number.
    reason
        `start`, `monthly`, or the ids of the named events, parted by blanks.
    everybody
        Whether it graded all that were known, not only those of an event.
    sequence, bundle, policy
        The last delivery seen, the digest of the bundle, name and version of the policy.
    enterprises, first, changed, held
        How many were graded, for the first time, with another level than before, and how many
        hysteresis held where they were.
    levels
        How many have each level.
    digest
        Of the grades, by which they are found and known to be whole.
    """

    id: int = 0
    after: int
    at: datetime
    actor: str
    as_of: int
    reason: str
    everybody: bool
    sequence: int
    bundle: str
    policy: str
    enterprises: int
    first: int
    changed: int
    held: int
    levels: Mapping[str, int]
    digest: str

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """Return the run of a row."""
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        return cls(**{**row, "at": at, "as_of": time.day(row["as_of"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A level that changed: of whom, in which run, from what to what, and why.

    Parameters
    ----------
    id
        Number of the change, which rises from run to run.
    number, enterprise
        Dense number of the enterprise, and its code, which another may share under another scheme.
    run, as_of
        The run, and its day number; None where records that were posted changed the level before
        a run did.
    level, previous
        The level now, and the one before.
    cause
        The causes, parted by blanks: putting exactly these back gives the level before.
    detail
        What is known of them, such as the indicators that moved.
    """

    id: int
    number: int
    enterprise: str
    run: int | None
    as_of: int
    level: str
    previous: str
    cause: str
    detail: Mapping[str, Any]


class History:
    """Runs and changes in an operational database; nothing of it is ever altered.

    Parameters
    ----------
    engine
        The database, with its tables.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._runs: tuple[Run, ...] = ()

    def record(self, run: Run, changes: Iterable[Mapping[str, Any]]) -> Run:
        """Append a run with its changes, all or nothing, and return it with its number.

        Parameters
        ----------
        run
            The run.
        changes
            `number`, `enterprise`, `level`, `previous`, `cause` and `detail` of each, the last as
            text in JSON.

        Raises
        ------
        IntegrityError
            If another run continued the same one meanwhile.
        """
        row = {name: getattr(run, name) for name in Run.__slots__ if name != "id"}
        row |= {"as_of": date.fromisoformat(time.show(run.as_of)), "levels": dict(run.levels)}
        try:
            with self._engine.begin() as connection:
                alone(connection, CHANGES)
                statement = insert(RUN).returning(RUN.c.id)
                number = connection.execute(statement, row).scalar_one()
                left = iter(changes)
                while part := [*islice(left, BATCH)]:
                    rows = [{**each, "run": number, "as_of": row["as_of"]} for each in part]
                    connection.execute(insert(CHANGE), rows)
        except Conflict as error:
            raise IntegrityError(
                f"another run continued run {run.after} meanwhile, so this one was not kept; give "
                "the command again"
            ) from error
        return replace(run, id=number)

    def runs(self) -> list[Run]:
        """Return all runs, oldest first; those that were read before are not read again."""
        known = self._runs
        last = known[-1].id if known else 0
        statement = select(RUN).where(RUN.c.id > last).order_by(RUN.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(statement).mappings()
            found = (*known, *map(Run.of, rows))
        self._runs = found
        return [*found]

    def remembered(self) -> "Remembered":
        """Return the history of now, whose runs are told from memory from here on."""
        return Remembered(self._engine, self.runs())

    def last(self) -> int:
        """Return the number of the newest run, 0 if there is none."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(RUN.c.id))).scalar_one() or 0

    def changes(
        self,
        *,
        number: int | None = None,
        run: int | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[Change]:
        """Return changes, oldest first.

        Parameters
        ----------
        number, run
            Of which enterprise, in which run; any if None.
        after
            Only those with a greater id. Who adds changes does so alone, all of them or none, so no
            change ever comes to stand before one that was seen.
        limit
            How many at most; all if None.
        """
        statement = select(CHANGE).where(CHANGE.c.id > after).order_by(CHANGE.c.id).limit(limit)
        if number is not None:
            statement = statement.where(CHANGE.c.number == number)
        if run is not None:
            statement = statement.where(CHANGE.c.run == run)
        with self._engine.connect() as connection:
            return [_change(row) for row in connection.execute(statement).mappings()]

    def shifts(self, run: int) -> list[tuple[int, str, str, date]]:
        """Return all changes of a run and of those after it, in their order.

        Returns
        -------
        list of (int, str, str, date)
            Dense number of the enterprise, its level before and after, and the day as of which.
        """
        columns = (CHANGE.c.number, CHANGE.c.previous, CHANGE.c.level, CHANGE.c.as_of)
        statement = select(*columns).where(CHANGE.c.run >= run).order_by(CHANGE.c.id)
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    def newest_change(self) -> int:
        """Return the number of the newest change, 0 if there is none."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.max(CHANGE.c.id))).scalar_one() or 0

    def moved(self, after: int = 0) -> tuple[int, list[tuple[int, int]]]:
        """Return who moved in changes after one, and when last.

        Returns
        -------
        newest : int
            Number of the newest change; `after` if there is none.
        moved : list of (int, int)
            Dense number of each enterprise, and day number of the last run that moved it.
        """
        last, day = func.max(CHANGE.c.id), func.max(CHANGE.c.as_of)
        statement = select(CHANGE.c.number, day, last).where(CHANGE.c.id > after)
        with self._engine.connect() as connection:
            rows = connection.execute(statement.group_by(CHANGE.c.number)).all()
        newest = max((row[2] for row in rows), default=after)
        return newest, [(number, time.day(moved)) for number, moved, _ in rows]


class Remembered(History):
    """The history as it was after its newest run: runs are told from memory, whatever comes later.

    Parameters
    ----------
    engine
        From where changes are still read.
    runs
        What is remembered, oldest first.
    """

    def __init__(self, engine: Engine, runs: Iterable[Run]) -> None:
        super().__init__(engine)
        self._runs = tuple(runs)

    def runs(self) -> list[Run]:
        """Return the runs that are remembered, oldest first."""
        return [*self._runs]

    def last(self) -> int:
        """Return the number of the newest run that is remembered, 0 if there is none."""
        return self._runs[-1].id if self._runs else 0


def alone(connection: Connection, lock: int) -> None:
    """Let nobody else add rows of a kind until a transaction ends: SQLite lets nobody anyhow.

    Numbers are given as rows are added and seen as they are committed, which so is one order.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def _change(row: RowMapping) -> Change:
    fields = {name: row[name] for name in Change.__slots__}
    return Change(**fields | {"as_of": time.day(row["as_of"])})
