"""Deliveries of webhooks: every attempt, and what came of it; rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Engine,
    Index,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
)

from .tables import METADATA
from .trail.entry import aware

__all__ = ["DELIVERY", "Deliveries", "Sent"]

LONGEST = 500

DELIVERY = Table(
    "webhook_delivery",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("webhook", String(40), nullable=False),
    Column("message", String(100), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("status", Integer),
    Column("took_ms", Integer, nullable=False),
    Column("problem", String(LONGEST), nullable=False),
    Index("webhook_delivery_of", "webhook", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One attempt to deliver changes.

    Attributes
    ----------
    id
        Its number, 0 before the ledger has it.
    webhook, message
        To whom, and by which id the receiver knows what it has already.
    at, attempt
        When, and how many times by then.
    first, last, changes
        Numbers of the first and the last change, and how many there are.
    status
        What the receiver answered; None if it did not.
    took_ms
        How long that took.
    problem
        Why it counts as not delivered; empty if it was.
    """

    id: int = 0
    webhook: str
    message: str
    at: datetime
    attempt: int
    first: int
    last: int
    changes: int
    status: int | None
    took_ms: int
    problem: str

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Self:
        """Return the attempt of a row."""
        return cls(**{**row, "at": aware(row["at"])})


class Deliveries:
    """The attempts in an operational database.

    Parameters
    ----------
    engine
        The database, with its tables.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, sent: Sent) -> Sent:
        """Append an attempt, and return it with its number."""
        row = {name: getattr(sent, name) for name in Sent.__slots__ if name != "id"}
        row["problem"] = sent.problem[:LONGEST]
        with self._engine.begin() as connection:
            statement = insert(DELIVERY).returning(DELIVERY.c.id)
            return replace(sent, id=connection.execute(statement, row).scalar_one())

    def newest(self) -> dict[str, Sent]:
        """Return the newest attempt by webhook."""
        newest = select(func.max(DELIVERY.c.id)).group_by(DELIVERY.c.webhook)
        statement = select(DELIVERY).where(DELIVERY.c.id.in_(newest))
        with self._engine.connect() as connection:
            found = map(Sent.of, connection.execute(statement).mappings())
            return {each.webhook: each for each in found}

    def of(self, webhook: str, *, before: int | None = None, limit: int) -> list[Sent]:
        """Return attempts of a webhook, the newest first; those with a smaller id than `before`."""
        mine = select(DELIVERY).where(DELIVERY.c.webhook == webhook)
        if before is not None:
            mine = mine.where(DELIVERY.c.id < before)
        statement = mine.order_by(DELIVERY.c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [Sent.of(row) for row in connection.execute(statement).mappings()]
