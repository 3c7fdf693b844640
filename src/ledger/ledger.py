"""The operational database: who decided what, and when; append-only."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import select
from sqlalchemy.engine import Engine

from .engine import file_of, open_engine
from .history import History
from .lease import Lease
from .postings import Postings
from .promotions import Promotion, Promotions
from .revision import open_ready
from .tables import AUDIT, ENTRY
from .trail import Note, Pace, Proof, Trail
from .trail.entry import aware

if TYPE_CHECKING:
    from ..core.settings import Settings

__all__ = ["Ledger"]

SQLITE_HASTE, HASTE = 0.5, 2.0


class Ledger:
    """Promotions, grade history and audit.

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

    Attributes
    ----------
    promotions
        The history of champions.
    history
        The history of grades.
    postings
        Records that programs handed over.
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

    def __init__(self, url: str, proof: Proof | None = None, pace: Pace | None = None) -> None:
        self._engine = open_ready(url)
        self._writer = _writer(url, self._engine)
        self.trail = Trail(self._writer, proof, file_of(url), pace)
        self.promotions = Promotions(self._engine, self.trail)
        self.history = History(self._engine)
        self.postings = Postings(self._engine)

    @classmethod
    def open(cls, settings: "Settings") -> Self:
        """Open the ledger of an installation, its audit trail anchored."""
        url = settings.ledger
        in_memory = file_of(url) is None and url.startswith("sqlite")
        return cls(url, None if in_memory else Proof.of(settings))

    def lease(self, name: str) -> Lease:
        """Return the right to do something alone among all processes; see `lease`."""
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
        self.trail.write(
            Note.of(
                at=at, actor=actor, purpose=purpose, action=action, subject=subject, detail=detail
            )
        )

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

    def close(self) -> None:
        """Anchor the audit trail, and release the connections."""
        self.trail.close()
        self._writer.dispose()
        self._engine.dispose()


def _writer(url: str, engine: Engine) -> Engine:
    """Return an engine that gives up soon, for entries that can wait on disk."""
    if engine.dialect.name != "sqlite":
        return open_engine(url, HASTE)
    return engine if file_of(url) is None else open_engine(url, SQLITE_HASTE, create=False)
