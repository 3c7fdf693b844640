"""Connections to PostgreSQL that are not waited for: a server that hangs is as good as gone."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError
from psycopg.abc import RV, PQGen
from psycopg.errors import ConnectionTimeout
from psycopg.pq import TransactionStatus

__all__ = ["Hurry"]

REST_S = 1.0


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


class Hurry:
    """Connects, and leaves a server that hangs alone for a moment, so that not all wait for it.

    Parameters
    ----------
    seconds
        How long whatever is asked may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._rests_until = 0.0

    def __call__(
        self, _dialect: object, _record: object, words: Sequence[Any], named: Mapping[str, Any]
    ) -> Hurried:
        """Return a connection, as SQLAlchemy's `do_connect` asks for one."""
        if monotonic() < self._rests_until:
            raise OperationalError("the server did not answer a moment ago, and is left alone")
        try:
            connection = Hurried.connect(*words, **named)
        except ConnectionTimeout:
            self._rests_until = monotonic() + REST_S
            raise
        connection.seconds = self._seconds
        return connection
