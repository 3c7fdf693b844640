"""Holdings: what is so at present, such as who has which key; what happened is in the audit.

All tables have one shape: a key, a row as JSON, and a stamp that is another after each change. A
change is made to the row that was read or not at all, by which nothing that others did meanwhile
is lost, whatever the number of threads, processes and machines.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    String,
    Table,
    bindparam,
    delete,
    select,
    tuple_,
)
from sqlalchemy import update as renew
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from ..core.errors import IntegrityError, InvalidError, OutageError
from .tables import METADATA

__all__ = ["ACCOUNTS", "FAILURES", "KEYS", "PENDING", "SESSIONS", "Holding", "joined", "separate"]

Row = TypeVar("Row")
Connect = Callable[[], AbstractContextManager[Connection]]

LONGEST = 100
AT_ONCE = 500
INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _table(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("key", String(LONGEST), primary_key=True),
        Column("stamp", String(16), nullable=False),
        Column("row", JSON, nullable=False),
    )


KEYS = _table("access_key")
ACCOUNTS = _table("access_account")
SESSIONS = _table("access_session")
FAILURES = _table("access_failure")
PENDING = _table("access_pending")


def separate(engine: Engine) -> Connect:
    """Return what connects for each statement, which is a transaction by itself."""
    return engine.execution_options(isolation_level="AUTOCOMMIT").connect


def joined(connection: Connection) -> Connect:
    """Return what connects to a transaction that has begun, and leaves it open."""
    return lambda: nullcontext(connection)


class Holding(Generic[Row]):
    """One table of rows by their keys, each read and changed as a whole.

    Parameters
    ----------
    connect
        As by `separate` or `joined`.
    table
        Of the shape of this module.
    write, read
        Make a row into what JSON can hold, and back; `read` refuses what it does not know.

    Examples
    --------
    >>> from xinheng.ledger import Ledger
    >>> visits = Ledger("sqlite://").holding(KEYS, lambda n: {"n": n}, lambda row: row["n"])
    >>> visits.add("li", 1)
    >>> visits.change("li", lambda count: (count or 0) + 1)
    2
    >>> visits.get("li"), visits.get("wang")
    (2, None)
    """

    def __init__(
        self,
        connect: Connect,
        table: Table,
        write: Callable[[Row], Mapping[str, Any]],
        read: Callable[[Mapping[str, Any]], Row],
    ) -> None:
        self._connect = connect
        self._table = table
        self._write = write
        self._read = read
        key, stamp = table.c.key, table.c.stamp
        self._of_key = select(stamp, table.c.row).where(key == bindparam("of"))
        this = key == bindparam("of"), stamp == bindparam("was")
        self._renew, self._remove = renew(table).where(*this), delete(table).where(*this)
        later = key > bindparam("last")
        self._after = select(key, stamp, table.c.row).where(later).order_by(key).limit(AT_ONCE)

    def get(self, key: str) -> Row | None:
        """Return the row of a key by one reading of the index; None where there is none.

        Raises
        ------
        OutageError
            If the database does not answer.
        IntegrityError
            If the row is not of this version of the program.
        """
        if not _possible(key):
            return None
        with self._open() as connection:
            return self._found(connection, key)[1]

    def add(self, key: str, row: Row) -> None:
        """Add a row.

        Raises
        ------
        InvalidError
            If the key is taken, or cannot be one.
        OutageError
            If the database does not answer.
        """
        with self._open() as connection:
            if not self._insert(connection, key, row):
                raise InvalidError(f"there is {key!r} already; choose another name")

    def change(self, key: str, change: Callable[[Row | None], Row | None]) -> Row | None:
        """Put what `change` makes of the row of a key in its place, in one step; return it.

        Parameters
        ----------
        key
            Whose row.
        change
            Gets None where there is no row, and returns None where there is to be none. It is
            called again where somebody else was faster, so it does nothing else.

        Raises
        ------
        InvalidError
            If the key cannot be one.
        OutageError, IntegrityError
            As for `get`.
        """
        with self._open() as connection:
            while True:
                stamp, before = self._found(connection, key) if _possible(key) else (None, None)
                after = change(before)
                if self._put(connection, key, stamp, before, after):
                    return after

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield every key with its row, in the order of keys, a few hundred in memory at once.

        Raises
        ------
        OutageError, IntegrityError
            As for `get`.
        """
        for found in self._pages():
            for key, _, row in found:
                yield key, self._understood(key, row)

    def prune(self, over: Callable[[Row], bool]) -> int:
        """Remove every row that is over, unless it was changed meanwhile; return how many.

        Raises
        ------
        OutageError, IntegrityError
            As for `get`.
        """
        place, count = tuple_(self._table.c.key, self._table.c.stamp), 0
        for found in self._pages():
            old = [(key, stamp) for key, stamp, row in found if over(self._understood(key, row))]
            if old:
                with self._open() as connection:
                    count += connection.execute(delete(self._table).where(place.in_(old))).rowcount
        return count

    def _pages(self) -> Iterator[Sequence[Any]]:
        last = ""
        while True:
            with self._open() as connection:
                found = connection.execute(self._after, {"last": last}).all()
            if found:
                yield found
            if len(found) < AT_ONCE:
                return
            last = found[-1][0]

    def _found(self, connection: Connection, key: str) -> tuple[str | None, Row | None]:
        found = connection.execute(self._of_key, {"of": key}).one_or_none()
        return (None, None) if found is None else (found[0], self._understood(key, found[1]))

    def _put(
        self,
        connection: Connection,
        key: str,
        stamp: str | None,
        before: Row | None,
        after: Row | None,
    ) -> bool:
        """Put a row in the place of that of a stamp; False where that is no longer there."""
        if stamp is None:
            return after is None or self._insert(connection, key, after)
        this = {"of": key, "was": stamp}
        if after is None:
            return connection.execute(self._remove, this).rowcount == 1
        if after == before:
            return True
        values = {"stamp": _stamp(), "row": self._write(after)}
        return connection.execute(self._renew, this | values).rowcount == 1

    def _insert(self, connection: Connection, key: str, row: Row) -> bool:
        if not _possible(key):
            raise InvalidError(f"a key of the ledger has 1 to {LONGEST} letters that can be stored")
        insert = INSERTS[connection.dialect.name](self._table)
        insert = insert.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        values = {"key": key, "stamp": _stamp(), "row": self._write(row)}
        return bool(connection.execute(insert, values).rowcount == 1)

    def _understood(self, key: str, row: Mapping[str, Any]) -> Row:
        try:
            return self._read(row)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise IntegrityError(
                f"the row {key[:12]!r} of {self._table.name} in the ledger is not as this version "
                f"writes them: {error}. Use the version that wrote it, or remove the row"
            ) from error

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        try:
            with self._connect() as connection:
                yield connection
        except (DBAPIError, NoConnectionError) as error:
            raise OutageError(
                f"the ledger does not answer ({type(error).__name__}), so {self._table.name} can "
                "be neither read nor changed; try again in a moment"
            ) from error


def _possible(key: str) -> bool:
    """Tell whether a database can have such a key."""
    if not 0 < len(key) <= LONGEST or "\0" in key:
        return False
    return key.isascii() or not any("\ud800" <= each <= "\udfff" for each in key)


def _stamp() -> str:
    return secrets.token_hex(8)
