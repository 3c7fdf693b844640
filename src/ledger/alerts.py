"""Alerts: what each monitoring run told, and what is still open; rows are only ever added."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
)

from .revision import open_ready
from .tables import METADATA

__all__ = ["ALERT", "MONITORING", "Alerts"]

MONITORING = Table(
    "monitoring",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("series", Integer, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("bars", JSON, nullable=False),
)

ALERT = Table(
    "alert",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("key", String(300), nullable=False),
    Column("state", String(10), nullable=False),
    Column("cause", String(30), nullable=False),
    Column("since", Date, nullable=False),
    Column("detail", JSON, nullable=False),
    Index("alert_of_key", "key", "id"),
)


class Alerts:
    """The alerts of an installation.

    Parameters
    ----------
    url
        SQLAlchemy URL of the ledger.

    Examples
    --------
    >>> from datetime import UTC
    >>> alerts = Alerts("sqlite://")
    >>> told = {"key": "delivery/city-tax", "state": "opened", "cause": "stopped",
    ...         "since": date(2026, 2, 1), "detail": {"source": "city-tax"}}
    >>> run = {"actor": "li", "bundle": "ab" * 32, "sequence": 3, "series": 900,
    ...        "questions": 1800, "bars": {"outcomes": 0.08}}
    >>> alerts.record(run, [told], as_of=date(2026, 3, 1), at=datetime(2026, 3, 1, tzinfo=UTC))
    >>> list(alerts.open())
    ['delivery/city-tax']
    """

    def __init__(self, url: str) -> None:
        self._engine = open_ready(url)

    def record(
        self,
        run: Mapping[str, Any],
        alerts: Sequence[Mapping[str, Any]],
        *,
        as_of: date,
        at: datetime,
    ) -> None:
        """Append a run and what it told, all or nothing.

        Parameters
        ----------
        run
            Columns of the table `monitoring`, without those given besides.
        alerts
            Columns of the table `alert`, likewise; `state` is `opened`, `changed` or `closed`.
        as_of, at
            First day of the month looked at, and when it was.
        """
        with self._engine.begin() as connection:
            connection.execute(insert(MONITORING), {**run, "as_of": as_of, "at": at})
            if alerts:
                rows = [{**each, "as_of": as_of, "at": at} for each in alerts]
                connection.execute(insert(ALERT), rows)

    def open(self) -> dict[str, dict[str, Any]]:
        """Return the alerts that no run has closed, by key: the latest that was told of each."""
        newest = select(func.max(ALERT.c.id)).group_by(ALERT.c.key)
        statement = (
            select(ALERT)
            .where(ALERT.c.id.in_(newest), ALERT.c.state != "closed")
            .order_by(ALERT.c.id)
        )
        with self._engine.connect() as connection:
            return {row["key"]: dict(row) for row in connection.execute(statement).mappings()}

    def history(self) -> list[dict[str, Any]]:
        """Return everything that was ever told, oldest first."""
        with self._engine.connect() as connection:
            found = connection.execute(select(ALERT).order_by(ALERT.c.id)).mappings()
            return [dict(row) for row in found]

    def runs(self) -> list[dict[str, Any]]:
        """Return every run, oldest first."""
        with self._engine.connect() as connection:
            found = connection.execute(select(MONITORING).order_by(MONITORING.c.id)).mappings()
            return [dict(row) for row in found]

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()
