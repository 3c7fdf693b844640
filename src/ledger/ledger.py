"""The operational database: who decided what, and when; append-only."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, insert, make_url, select
from sqlalchemy.engine import Engine

from .history import History
from .promotions import Promotion, Promotions
from .tables import AUDIT, METADATA, audit_row

__all__ = ["Ledger"]


class Ledger:
    """Promotions, grade history and audit.

    Parameters
    ----------
    url
        SQLAlchemy URL; for SQLite the file and its folder are created when missing.

    Attributes
    ----------
    promotions
        The history of champions.
    history
        The history of grades.

    Examples
    --------
    >>> from datetime import UTC
    >>> ledger = Ledger("sqlite://")
    >>> now = datetime(2026, 1, 1, tzinfo=UTC)
    >>> ledger.promote("ab" * 32, purpose="grade", actor="li", reason="first", at=now)
    >>> ledger.champion("grade")[:4]
    'abab'
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        METADATA.create_all(self._engine)
        self.promotions = Promotions(self._engine)
        self.history = History(self._engine)

    def promote(self, bundle: str, *, purpose: str, actor: str, reason: str, at: datetime) -> None:
        """Name a bundle, by its digest, the champion for a purpose, whatever came before."""
        self.promotions.record(Promotion(at, actor, reason, purpose, bundle))

    def champion(self, purpose: str) -> str:
        """Return the digest of the champion for a purpose; see `Promotions.champion`."""
        return self.promotions.champion(purpose)

    def audit(
        self, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
    ) -> None:
        """Append what somebody did or read."""
        with self._engine.begin() as connection:
            connection.execute(insert(AUDIT), audit_row(at, actor, action, subject, detail))

    def audited(self, subject: str) -> list[dict[str, Any]]:
        """Return the audit trail of a subject, oldest first."""
        statement = select(AUDIT).where(AUDIT.c.subject == subject).order_by(AUDIT.c.id)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=60000")

    return engine
