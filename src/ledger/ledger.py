"""The operational database: who decided what, and when; append-only but for holdings."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import Connection, Table, delete, false, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from .deliveries import Deliveries
from .downgrades import Downgrades
from .engine import PATIENCE, file_of, open_engine
from .history import History
from .holdings import KEYS, Holding, joined, separate
from .jobs import Jobs
from .lease import Lease
from .postings import Postings
from .promotions import Promotion, Promotions
from .reviews import Reviews
from .revision import open_ready
from .tables import AUDIT, ENTRY
from .trail import Note, Pace, Page, Place, Proof, Sought, Trail, search
from .trail.entry import Entry, aware
from .trail.room import Room
from .watch import Watch

if TYPE_CHECKING:
    from ..core.settings import Settings

__all__ = ["Ledger", "Step"]

Row = TypeVar("Row")
SQLITE_HASTE, HASTE, HELD = 0.5, 2.0, 5.0
ALONE = 0x58494E48455000  # of PostgreSQL's advisory locks, the one of steps


@dataclass(frozen=True, slots=True)
class Step:
    """A change of holdings and the entry of the audit trail that tells of it, in one transaction.

    Attributes
    ----------
    note
        Appends an entry.
    """

    connection: Connection
    note: Callable[[Note], None]

    def holding(
        self,
        table: Table,
        write: Callable[[Row], Mapping[str, Any]],
        read: Callable[[Mapping[str, Any]], Row],
    ) -> Holding[Row]:
        """Return rows that are changed within the step; see `Holding`."""
        return Holding(joined(self.connection), table, write, read)

    def alone(self) -> None:
        """Wait for all other steps that want to be alone; what is read from now on stays so."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(ALONE)))
        else:
            self.connection.execute(delete(KEYS).where(false()))


class Ledger:
    """Promotions, grade history, reviews, holdings and audit.

    Parameters
    ----------
    url
        SQLAlchemy URL. SQLite's file and its folder are made where they are missing, and an older
        one is upgraded; PostgreSQL has to be of the program's revision.
    proof
        Where the audit trail is anchored, and waits while the database is gone; without it,
        nothing proves the trail.
    pace
        How often the trail is committed and anchored.
    patience
        Seconds to wait for others; a service waits for less than a command, as others wait for it.

    Attributes
    ----------
    promotions
        The history of champions.
    history
        The history of grades.
    reviews
        The reviews of grades by people.
    jobs
        The history of scheduled jobs.
    deliveries
        The attempts to deliver webhooks.
    postings
        Records that programs handed over.
    watch
        The runs and alarms of early warning.
    downgrades
        The downgrade warnings of enterprises.
    trail
        The audit trail.

    Raises
    ------
    InvalidError
        If the ledger is newer than the program; also, but for SQLite, if it is older.
    NotFoundError
        If there is none, but for SQLite.

    Examples
    --------
    >>> from datetime import UTC
    >>> ledger = Ledger("sqlite://")
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> ledger.promote("ab" * 32, purpose="grade", actor="li", reason="first", at=now)
    >>> ledger.champion("grade")[:4]
    'abab'
    """

    def __init__(
        self,
        url: str,
        proof: Proof | None = None,
        pace: Pace | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._engine = open_ready(url, patience)
        in_memory = self._engine.dialect.name == "sqlite" and file_of(url) is None
        self._writer = self._engine if in_memory else _hasty(url)
        self._holder = self._engine if in_memory else open_engine(url, HELD, create=False)
        self._room = None if proof is None else Room(proof.folder)
        self.trail = Trail(self._writer, proof, file_of(url), pace)
        self.promotions = Promotions(self._engine, self.trail)
        self.history = History(self._engine)
        self.reviews = Reviews(self._engine, self.trail)
        self.jobs = Jobs(self._engine)
        self.deliveries = Deliveries(self._engine)
        self.postings = Postings(self._engine)
        self.watch = Watch(self._engine, self.trail)
        self.downgrades = Downgrades(self._engine, self.trail)

    @classmethod
    def open(cls, settings: "Settings", patience: float = PATIENCE) -> Self:
        """Open the ledger of an installation, its audit trail anchored."""
        url = settings.ledger
        in_memory = file_of(url) is None and url.startswith("sqlite")
        return cls(url, None if in_memory else Proof.of(settings), patience=patience)

    def answers(self) -> bool:
        """Tell, within moments, whether the database answers at all."""
        try:
            with self._writer.connect() as connection:
                connection.execute(select(ENTRY.c.position).limit(1))
        except SQLAlchemyError:
            return False
        return True

    def unrecorded(self) -> str:
        """Say why what is done cannot be recorded at the moment; empty if it can be.

        The database alone is not enough: anchors are on disk, and so are entries while many come.
        """
        return "" if self._room is None else self._room.trouble()

    def lease(self, name: str) -> Lease:
        """Return the lease for what only one process at a time does; see `ledger.lease`."""
        return Lease(self._engine, name)

    def promote(self, bundle: str, *, purpose: str, actor: str, reason: str, at: datetime) -> None:
        """Name a bundle, by its digest, the champion for a purpose, whatever came before."""
        self.promotions.record(Promotion(at, actor, reason, purpose, bundle))

    def champion(self, purpose: str) -> str:
        """Return the digest of the champion for a purpose; see `Promotions.champion`."""
        return self.promotions.champion(purpose)

    def audit(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        purpose: str = "",
    ) -> None:
        """Append what somebody did or read, and what for; it is kept when this returns.

        No personal data belongs here: an enterprise is named by its code, and who acts by the
        name of an account.

        Raises
        ------
        StorageError
            If neither the database nor the disk takes it: then nothing may be handed out.
        InvalidError
            If a text is too long.
        """
        self.begin_audit(
            at=at, actor=actor, action=action, subject=subject, detail=detail, purpose=purpose
        ).result()

    def begin_audit(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        purpose: str = "",
    ) -> Future[Entry]:
        """Do what `audit` does, but return at once what tells when it is kept, or why not."""
        return self.trail.begin_write(
            Note.of(
                at=at, actor=actor, purpose=purpose, action=action, subject=subject, detail=detail
            )
        )

    def holding(
        self,
        table: Table,
        write: Callable[[Row], Mapping[str, Any]],
        read: Callable[[Mapping[str, Any]], Row],
    ) -> Holding[Row]:
        """Return rows of which each change stands by itself; see `Holding`."""
        return Holding(separate(self._holder), table, write, read)

    @contextmanager
    def step(self) -> Iterator[Step]:
        """Begin a change of holdings that is kept together with its entry, or neither is.

        Examples
        --------
        >>> from xinheng.ledger import KEYS
        >>> ledger = Ledger("sqlite://")
        >>> with ledger.step() as step:
        ...     step.holding(KEYS, dict, dict).add("a1", {"holder": "hotline"})
        """
        with self.trail.begin(self._engine) as (connection, note):
            yield Step(connection, note)

    def audited(self, subject: str) -> list[dict[str, Any]]:
        """Return the audit trail of a subject, oldest first, from before there were chains too."""
        old = select(AUDIT).where(AUDIT.c.subject == subject).order_by(AUDIT.c.id)
        new = select(ENTRY).where(ENTRY.c.subject == subject).order_by(ENTRY.c.at, ENTRY.c.id)
        with self._engine.connect() as connection:
            before = [
                {**row, "at": aware(row["at"]), "purpose": ""}
                for row in connection.execute(old).mappings()
            ]
            since = [
                {**row, "at": aware(row["at"]), "detail": json.loads(row["detail"])}
                for row in connection.execute(new).mappings()
            ]
        return before + since

    def search(self, sought: Sought, after: Place | None = None, limit: int = 100) -> Page:
        """Return a page of the audit trail, the newest entries first; see `trail.search`.

        Examples
        --------
        >>> from datetime import UTC
        >>> ledger, now = Ledger("sqlite://"), datetime(2026, 1, 1, tzinfo=UTC)
        >>> for subject in ("E1", "E2"):
        ...     ledger.audit(at=now, actor="li", action="read grade", subject=subject, detail={})
        >>> [entry.subject for _, entry in ledger.search(Sought(actor="li"), limit=1).entries]
        ['E2']
        """
        return search(self._engine, sought, after, limit)

    def close(self) -> None:
        """Anchor the audit trail, and release the connections."""
        self.trail.close()
        for engine in (self._writer, self._holder, self._engine):
            engine.dispose()


def _hasty(url: str) -> Engine:
    """Return an engine that gives up soon, for entries that can wait on disk."""
    if file_of(url) is None:
        return open_engine(url, HASTE)
    return open_engine(url, SQLITE_HASTE, create=False)
