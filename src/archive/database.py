"""Closed DuckDB: SQL over tables in memory, with no way to a file, the network or an extension."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

__all__ = ["closed", "locked", "workbench"]

Setting = str | bool | int | float | list[str]

CLOSED: dict[str, Setting] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
MEMORY = "1GB"
MAPPINGS, WORKBENCH = "mappings", "workbench"
OPENING = Lock()


def closed(name: str = ":memory:", drafts: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a closed database in memory, in which naive moments are UTC whatever the machine is.

    Parameters
    ----------
    name
        Databases of one name share an engine.
    drafts
        Folder for what does not fit into memory; without it everything must.
    """
    room: dict[str, Setting] = {}
    if drafts is not None:
        room = {"temp_directory": str(drafts / "duckdb"), "memory_limit": MEMORY}
    connection = duckdb.connect(name, config=CLOSED | room)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def locked(drafts: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a closed database whose settings no statement can change, for the SQL of mappings.

    It works on one thread, else a join leaves rows in no order. Those without drafts share an
    engine, and so cost next to nothing; what one shows, no other sees.
    """
    if drafts is None:
        return _engine(MAPPINGS).cursor()
    return _lock(closed(drafts=drafts))


def _lock(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("SET threads = 1")
    connection.execute("SET lock_configuration = true")
    return connection


def _engine(name: str) -> duckdb.DuckDBPyConnection:
    """Return an engine of this process, which stays open: a child has its own."""
    with OPENING:
        return _opened(name, os.getpid())


@cache
def _opened(name: str, process: int) -> duckdb.DuckDBPyConnection:
    engine = closed(f":memory:{name} {process}")
    return _lock(engine) if name == MAPPINGS else engine


@contextmanager
def workbench(**tables: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a closed database that shows Arrow tables, datasets or readers under their names.

    All of them share an engine, and so cost next to nothing; what one shows, no other sees.

    Examples
    --------
    >>> import pyarrow as pa
    >>> with workbench(numbers=pa.table({"n": [1, 2]})) as connection:
    ...     connection.sql("SELECT sum(n) FROM numbers").fetchall()
    [(3,)]
    """
    with _engine(WORKBENCH).cursor() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
