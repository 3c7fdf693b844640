"""Leases: which of several processes or machines does what only one may do at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, DateTime, Engine, String, Table, insert, or_, update
from sqlalchemy.exc import IntegrityError

from .tables import METADATA

__all__ = ["LEASE", "Lease", "Leases"]

LEASE = Table(
    "lease",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("token", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Lease:
    """That one holder alone may do something until a moment.

    Attributes
    ----------
    name
        What may be done.
    holder
        By whom: unique to a process.
    until
        When it ends by itself.
    """

    name: str
    holder: str
    until: datetime


class Leases:
    """The leases of a ledger: each is held by one at most, and ends when nobody renews it.

    Clocks of the machines that share a ledger have to agree better than the span of a lease.

    Parameters
    ----------
    engine
        The database.

    Examples
    --------
    >>> from datetime import UTC
    >>> from xinheng.ledger import Ledger
    >>> leases = Ledger("sqlite://").leases
    >>> now, span = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=1)
    >>> leases.take("job/grades", "a", now, span).holder
    'a'
    >>> leases.take("job/grades", "b", now, span) is None
    True
    >>> leases.take("job/grades", "b", now + span, span).holder
    'b'
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, name: str, holder: str, now: datetime, span: timedelta) -> Lease | None:
        """Take a lease that nobody holds, or renew one's own; None where another holds it."""
        until = now + span
        free = or_(LEASE.c.until <= now, LEASE.c.holder == holder)
        taken = (
            update(LEASE)
            .where(LEASE.c.name == name, free)
            .values(holder=holder, until=until, token=LEASE.c.token + 1)
        )
        row = {"name": name, "holder": holder, "until": until, "token": 1}
        with self._engine.begin() as connection:
            if connection.execute(taken).rowcount:
                return Lease(name, holder, until)
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(LEASE), row)
        except IntegrityError:
            return None
        return Lease(name, holder, until)

    def release(self, lease: Lease, now: datetime) -> None:
        """Let go of a lease before it ends; one that another has taken since stays."""
        mine = (LEASE.c.name == lease.name, LEASE.c.holder == lease.holder)
        with self._engine.begin() as connection:
            connection.execute(update(LEASE).where(*mine).values(until=now))
