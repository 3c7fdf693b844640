"""The history of scheduled jobs: who asked, what ran, how it ended; rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from .tables import METADATA
from .trail.entry import aware

__all__ = ["JOB_END", "JOB_REQUEST", "JOB_RUN", "JobRequest", "JobRun", "Jobs"]

JOB_REQUEST = Table(
    "job_request",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job", String(50), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
)

JOB_RUN = Table(
    "job_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("job", String(50), nullable=False, index=True),
    Column("slot", DateTime(timezone=True)),
    Column("attempt", Integer, nullable=False),
    Column("request", ForeignKey("job_request.id"), unique=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("host", String(100), nullable=False),
    UniqueConstraint("job", "slot", "attempt", name="job_run_once"),
)

JOB_END = Table(
    "job_end",
    METADATA,
    Column("run", ForeignKey("job_run.id"), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("counts", JSON, nullable=False),
    Column("excerpt", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class JobRequest:
    """That somebody wants a job to run now.

    Attributes
    ----------
    id, job, at, actor
        Its number, which job, since when, and who asked.
    """

    id: int
    job: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job.

    Attributes
    ----------
    id, job
        Its number, and which job.
    slot
        The moment by the timetable that it is for; None of one that somebody asked for.
    attempt
        The how manieth try, from 1.
    request
        The number of the request that it answers, if any.
    started, ended
        When; `ended` is None while it runs.
    actor, host
        Who ran it, and on which machine.
    outcome
        `running`, `done`, `failed`, `late` (took too long and was stopped), or `lost` (who ran it
        was gone before it ended).
    counts
        What the command counted.
    excerpt
        The end of what it told, without personal data.
    """

    id: int
    job: str
    slot: datetime | None
    attempt: int
    request: int | None
    started: datetime
    actor: str
    host: str
    ended: datetime | None
    outcome: str
    counts: Mapping[str, Any]
    excerpt: str


class Jobs:
    """The history of jobs in a ledger.

    Parameters
    ----------
    engine
        The database.

    Examples
    --------
    >>> from datetime import UTC
    >>> from xinheng.ledger import Ledger
    >>> jobs, now = Ledger("sqlite://").jobs, datetime(2026, 1, 1, tzinfo=UTC)
    >>> run = jobs.start("grades", at=now, actor="li", host="m1", slot=now)
    >>> jobs.start("grades", at=now, actor="li", host="m2", slot=now) is None
    True
    >>> jobs.end(run, "done", at=now, counts={"made": 1})
    True
    >>> jobs.last("grades").outcome
    'done'
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def request(self, job: str, *, at: datetime, actor: str) -> int:
        """Ask for a run of a job; return the number of the request."""
        row = {"job": job, "at": at, "actor": actor}
        with self._engine.begin() as connection:
            key = connection.execute(insert(JOB_REQUEST), row).inserted_primary_key
        return int(key[0]) if key else 0

    def requests(self) -> list[JobRequest]:
        """Return the requests that no run has taken up, oldest first."""
        taken = select(JOB_RUN.c.request).where(JOB_RUN.c.request.is_not(None))
        statement = (
            select(JOB_REQUEST).where(JOB_REQUEST.c.id.not_in(taken)).order_by(JOB_REQUEST.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(statement).mappings().all()
        return [JobRequest(**{**row, "at": aware(row["at"])}) for row in rows]

    def start(
        self,
        job: str,
        *,
        at: datetime,
        actor: str,
        host: str,
        slot: datetime | None = None,
        attempt: int = 1,
        request: int | None = None,
    ) -> int | None:
        """Begin a run; return its number, or None if this very one was begun before."""
        row = {
            "job": job, "slot": slot and slot.astimezone(UTC), "attempt": attempt,
            "request": request, "at": at, "actor": actor, "host": host,
        }  # fmt: skip
        try:
            with self._engine.begin() as connection:
                key = connection.execute(insert(JOB_RUN), row).inserted_primary_key
        except IntegrityError:
            return None
        return int(key[0]) if key else 0

    def end(
        self,
        run: int,
        outcome: str,
        *,
        at: datetime,
        counts: Mapping[str, Any] | None = None,
        excerpt: str = "",
    ) -> bool:
        """Write down how a run ended; False if it was said to have ended before."""
        row = {
            "run": run, "at": at, "outcome": outcome, "counts": dict(counts or {}),
            "excerpt": excerpt,
        }  # fmt: skip
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(JOB_END), row)
        except IntegrityError:
            return False
        return True

    def runs(self, job: str | None = None, *, before: int = 0, limit: int = 100) -> list[JobRun]:
        """Return runs, newest first: of one job or of all, those before a run's number."""
        statement = _joined().order_by(JOB_RUN.c.id.desc()).limit(limit)
        if job is not None:
            statement = statement.where(JOB_RUN.c.job == job)
        if before:
            statement = statement.where(JOB_RUN.c.id < before)
        return self._read(statement)

    def run(self, run: int) -> JobRun | None:
        """Return one run; None if there is none of that number."""
        return next(iter(self._read(_joined().where(JOB_RUN.c.id == run))), None)

    def last(self, job: str, outcome: str | None = None) -> JobRun | None:
        """Return the newest run of a job, or the newest of one outcome; None if there is none."""
        statement = _joined().where(JOB_RUN.c.job == job).order_by(JOB_RUN.c.id.desc()).limit(1)
        if outcome is not None:
            statement = statement.where(_outcome() == outcome)
        return next(iter(self._read(statement)), None)

    def latest(self, now: datetime) -> dict[str, JobRun]:
        """Return the newest run for a slot of the timetable that has come, by job.

        A clock that was ahead for a while has left runs for slots that are still to come; those say
        nothing of what is due.
        """
        newest = (
            select(func.max(JOB_RUN.c.id))
            .where(JOB_RUN.c.slot <= now.astimezone(UTC))
            .group_by(JOB_RUN.c.job)
        )
        return {run.job: run for run in self._read(_joined().where(JOB_RUN.c.id.in_(newest)))}

    def _read(self, statement: Select[Any]) -> list[JobRun]:
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(statement).mappings()]


def _outcome() -> Any:
    return func.coalesce(JOB_END.c.outcome, "running")


def _joined() -> Select[Any]:
    run = JOB_RUN.c
    return select(
        run.id, run.job, run.slot, run.attempt, run.request, run.actor, run.host,
        run.at.label("started"), JOB_END.c.at.label("ended"), _outcome().label("outcome"),
        JOB_END.c.counts, JOB_END.c.excerpt,
    ).select_from(JOB_RUN.outerjoin(JOB_END, JOB_END.c.run == run.id))  # fmt: skip


def _run(row: RowMapping) -> JobRun:
    moments = {
        name: None if row[name] is None else aware(row[name])
        for name in ("slot", "started", "ended")
    }
    texts = {"counts": row["counts"] or {}, "excerpt": row["excerpt"] or ""}
    return JobRun(**{**row, **moments, **texts})
