"""Leases: of all processes of an installation, one at a time does something.

A lease is held as long as the process lives that took it, and is free as soon as it ends, however
it ends: no clock decides that, and no clock that is wrong can. On PostgreSQL it is an advisory
lock of a connection; beside an SQLite file, a lock on a file.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from .engine import file_of

__all__ = ["Lease"]

TAKE = text("SELECT pg_try_advisory_lock(:number)")
FREE = text("SELECT pg_advisory_unlock(:number)")


class Lease:
    """The right to do something, for one process at a time.

    Parameters
    ----------
    engine
        The database of the installation.
    name
        What is done.

    Examples
    --------
    >>> from xinheng.ledger.engine import open_engine
    >>> Lease(open_engine("sqlite://"), "fold").held()
    True
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._connection: Connection | None = None
        file = file_of(engine.url.render_as_string(hide_password=False))
        self._lock = None if file is None else FileLock(_beside(file, name), thread_local=False)

    def held(self) -> bool:
        """Take the lease if it is free, and tell whether it is ours.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database does not answer. A lease that was held is lost then.
        """
        if self._engine.dialect.name == "sqlite":
            return self._lock is None or self._locked(self._lock)
        return self._advised()

    def release(self) -> None:
        """Give the lease back; nothing happens if it is not held."""
        if self._lock is not None:
            self._lock.release(force=True)
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.execute(FREE, {"number": self._number})
            with suppress(SQLAlchemyError):
                connection.close()  # it is of no pool, so that it ends, and what it held with it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _locked(self, lock: FileLock) -> bool:
        if not lock.is_locked:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return False
        return True

    def _advised(self) -> bool:
        if self._connection is None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                ours = connection.execute(TAKE, {"number": self._number}).scalar_one()
            except SQLAlchemyError:
                connection.close()
                raise
            if not ours:
                connection.close()
                return False
            connection.detach()
            self._connection = connection
            return True
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            raise
        return True


def _beside(file: Path, name: str) -> str:
    return str(file.with_suffix(f".{name}.lock"))
