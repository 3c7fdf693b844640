"""Tables and views of a PostgreSQL database, read as text in one transaction that only reads."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow.compute as pc
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from ...core.errors import InvalidError, NotFoundError
from .delimited import split
from .reader import Reader
from .spool import Gathering, Reading, check_names
from .text import BLOCK, is_utf8

__all__ = ["read_postgresql"]

EXAMPLE = "postgresql://reader@db.example.org:5432/credit"
PATIENCE = 10
SOURCE = "source"  # a bare name would mean the text that a column is turned into
NAME = r'("(?:[^"]|"")+"|[^".]+)'
# What decides how PostgreSQL writes a value, whatever the server, the role or the machine says.
SETTINGS = {
    "bytea_output": "hex",
    "client_encoding": "UTF8",
    "datestyle": "ISO, YMD",
    "extra_float_digits": "1",
    "intervalstyle": "iso_8601",
    "lc_monetary": "C",
    "timezone": "UTC",
    "xmlbinary": "base64",
}
COLUMNS = """
SELECT attname, attcollation <> 0
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
WHERE nspname = %s AND relname = %s AND relkind IN ('r', 'v', 'm', 'f', 'p')
    AND attnum > 0 AND NOT attisdropped
ORDER BY attnum"""
TABLES = """
SELECT nspname || '.' || relname
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'v', 'm', 'f', 'p')
    AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT')"""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table or view: its name, where it is, and how to read it."""

    schema: str
    name: str
    place: str
    reader: Reader

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


def read_postgresql(name: str, reader: Reader, workspace: Path | None) -> Reading:
    """Read a table or view, its rows counted from 1 in the order of the declared columns.

    Every value is text as `::text` writes it, moments in UTC and dates in ISO form; null and
    empty text are null. The digest is that of the rows as they come. The role needs the right
    to `SELECT` and nothing else.

    Parameters
    ----------
    name
        `schema.table`, as it stands in the database; a part that has a point or a quote of its
        own stands in quotes.
    reader
        With the environment variable of the connection, the order and the timeout.
    workspace
        Folder for what is too large for memory.

    Raises
    ------
    NotFoundError
        If there is no such variable, table or column.
    InvalidError
        If the database cannot be reached, refuses, or takes too long, or if two rows are alike
        in the columns of the order.
    """
    found = re.fullmatch(rf"{NAME}\.{NAME}", name)
    if not found:
        raise InvalidError(
            f"{name!r} is no table of a database; write schema.table, such as credit.judgments"
        )
    schema, table = (_unquoted(part) for part in found.groups())
    address = _address(reader.connection)
    place = f"database {address.get('dbname', '')!r} on {address.get('host', 'this machine')}"
    source = _Table(schema, table, f"the {place} (address in {reader.connection})", reader)
    with _explained(source), _connected(address, reader.timeout) as connection:
        return _read(connection, source, workspace)


def _read(connection: Any, table: _Table, workspace: Path | None) -> Reading:
    columns = dict(connection.execute(COLUMNS, [table.schema, table.name]).fetchall())
    if not columns:
        exists = [name for (name,) in connection.execute(TABLES)]
        raise NotFoundError.among(f"table or view to read in {table.place}", table, exists)
    for column in table.reader.order:
        if column not in columns:
            raise NotFoundError.among(f"column (in {table})", column, columns)
    names = check_names(str(table), list(columns))
    digest = hashlib.sha256()
    row = 1
    with (
        Gathering(workspace) as gathering,
        connection.cursor().copy(_query(table, columns)) as copy,
    ):
        parts = split(_blocks(copy, digest, table), ",", 1)
        next(parts)
        for part in parts:
            repeated, *values = part.columns
            _refuse_repeated(table, repeated, row)
            gathering.add(np.arange(row, row + len(repeated)), names, values)
            row += len(repeated)
        return gathering.reading(names, digest.hexdigest())


def _query(table: _Table, columns: dict[str, bool]) -> sql.Composed:
    """Build the statement; its first column tells whether a row is like the one before it."""
    order = sql.SQL(", ").join(
        sql.SQL('{} COLLATE "C"' if columns[name] else "{}").format(sql.Identifier(SOURCE, name))
        for name in table.reader.order
    )
    texts = [sql.SQL("{}::text").format(sql.Identifier(SOURCE, name)) for name in columns]
    return sql.SQL(
        "COPY (SELECT {columns} FROM {table} AS {source} WINDOW ordered AS (ORDER BY {order}) "
        "ORDER BY {order}) TO STDOUT (FORMAT csv, HEADER)"
    ).format(
        columns=sql.SQL(", ").join(
            [sql.SQL("rank() OVER ordered <> row_number() OVER ordered"), *texts]
        ),
        table=sql.Identifier(table.schema, table.name),
        source=sql.Identifier(SOURCE),
        order=order,
    )


def _refuse_repeated(table: _Table, repeated: Any, first: int) -> None:
    place = pc.index(repeated, "t").as_py()
    if place >= 0:
        raise InvalidError(
            f"rows {first + place - 1} and {first + place} of {table} are alike in "
            f"{', '.join(table.reader.order)}, so that rows cannot be counted the same way "
            "again; add to `order` a column that tells them apart"
        )


def _blocks(copy: Iterable[Any], digest: Any, table: _Table) -> Iterator[bytes]:
    """Yield what the server sends, a row at a time, in blocks."""
    held: list[bytes] = []
    size = 0
    for row in copy:
        held.append(row)
        size += len(row)
        if size >= BLOCK:
            yield _checked(b"".join(held), digest, table)
            held, size = [], 0
    if held:
        yield _checked(b"".join(held), digest, table)


def _checked(block: bytes, digest: Any, table: _Table) -> bytes:
    if not is_utf8(block):
        raise InvalidError(
            f"{table} holds bytes that are no UTF-8: {table.place} was made without an encoding "
            "(SQL_ASCII); ask for a view that yields convert_from(column, 'GB18030')"
        )
    digest.update(block)
    return block


def _address(variable: str) -> dict[str, Any]:
    text = os.environ.get(variable, "")
    if not text.strip():
        raise NotFoundError(
            f"the environment variable {variable} is not set; put the address of the database "
            f"there, such as {variable}={EXAMPLE}, and its password into ~/.pgpass"
        )
    try:
        address = {key: str(value) for key, value in conninfo_to_dict(text).items()}
        ports = address.get("port", "5432").split(",")
        sound = all(port.isdigit() for port in ports) and "@" not in address.get("host", "")
    except psycopg.Error:
        sound = False
    if not sound:
        raise InvalidError(
            f"the environment variable {variable} holds no address of a PostgreSQL database; "
            f"write it like {EXAMPLE}, with %40, %2F and %3A for @, / and : in a name or password"
        )
    return {"connect_timeout": str(PATIENCE), "application_name": "xinheng"} | address


@contextmanager
def _connected(address: dict[str, Any], timeout: int) -> Iterator[Any]:
    """Open a transaction that reads and sees the database as it is at one moment."""
    with psycopg.connect(**address) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        for name, value in {**SETTINGS, "statement_timeout": f"{timeout}s"}.items():
            connection.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield connection


@contextmanager
def _explained(table: _Table) -> Iterator[None]:
    """Say in our words what the database refuses: its own may quote the address."""
    try:
        yield
    except errors.QueryCanceled:
        raise InvalidError(
            f"{table} took longer than {table.reader.timeout} s and was given up; set a longer "
            f"`timeout`, or ask for an index on {', '.join(table.reader.order)}"
        ) from None
    except errors.InsufficientPrivilege as error:
        raise InvalidError(
            f"{table} may not be read ({error.diag.message_primary}); ask the owner of "
            f"{table.place} for GRANT USAGE ON SCHEMA {table.schema} and "
            f"GRANT SELECT ON {table} to the role of this address"
        ) from None
    except psycopg.OperationalError as error:
        if error.sqlstate is None:
            raise InvalidError(f"{table.place} {_unreachable(str(error))}") from None
        raise InvalidError(f"{table.place} refuses: {error.diag.message_primary}") from None
    except psycopg.Error as error:
        raise InvalidError(
            f"{table} of {table.place} cannot be read: {error.diag.message_primary}"
        ) from None


def _unreachable(words: str) -> str:
    """Say why there is no connection, and what to do."""
    for sign, meaning in REASONS.items():
        if sign in words:
            return meaning
    return "ended the connection or never opened one; look into the log of its server"


REASONS = {
    "onnection refused": "refuses connections; check host and port, and that the server runs",
    "imeout": "does not answer; check the host, and that no firewall lies between",
    "resolve host": "cannot be found: its host has no address; check the name of the host",
    "translate host": "cannot be found: its host has no address; check the name of the host",
    "no password supplied": "asks for a password; put it into ~/.pgpass",
    "password authentication failed": "does not accept the role or its password; check both",
    "pg_hba.conf": "does not let this machine or role in; ask its owner for a line in pg_hba.conf",
    "does not exist": "does not exist, or its role does not; check both in the address",
    "SSL": "and this machine do not agree on SSL; check sslmode in the address",
}


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
