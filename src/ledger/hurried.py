"""Connections to PostgreSQL that are not waited for: a server that hangs is as good as gone."""

from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

__all__ = ["connect"]


class Hurried(Connection[Any]):
    """A connection that is closed if the server has not answered in time.

    The server's own limits do nothing where it hangs, and those of the network nothing where its
    machine lives.

    Attributes
    ----------
    seconds
        How long an answer may take.
    """

    seconds: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for an answer, but not for ever."""
        try:
            return super().wait(gen, interval, timeout or self.seconds)
        except OperationalError:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.pgconn.finish()
            raise OperationalError(f"the server did not answer in {self.seconds:g} s") from None


def connect(seconds: float, *words: Any, **named: Any) -> Hurried:
    """Connect; whatever is asked from then on has to be answered in so many seconds."""
    connection = Hurried.connect(*words, **named)
    connection.seconds = seconds
    return connection
