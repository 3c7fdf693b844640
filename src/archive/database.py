"""Closed DuckDB: SQL over tables in memory, with no way to a file, the network or an extension."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

__all__ = ["closed", "workbench"]

Setting = str | bool | int | float | list[str]

CLOSED: dict[str, Setting] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
MEMORY = "1GB"


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
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def workbench(**tables: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a closed database that shows Arrow tables, datasets or readers under their names.

    One that is opened while another is open, in this thread or another, shares its engine and
    so costs next to nothing; what either shows, the other does not see.

    Examples
    --------
    >>> import pyarrow as pa
    >>> with workbench(numbers=pa.table({"n": [1, 2]})) as connection:
    ...     connection.sql("SELECT sum(n) FROM numbers").fetchall()
    [(3,)]
    """
    with closed(":memory:archive") as connection:
        for name, table in tables.items():
            connection.register(name, table)
        yield connection
