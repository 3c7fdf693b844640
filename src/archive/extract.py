"""From the files of a delivery to records, by the SQL of its source mapping.

DuckDB runs the statements over Arrow tables in memory, with no way to reach a file, the
network or an extension.
"""

import hashlib
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.codes import CodeTable
from ..core.errors import InvalidError, MappingError, NotFoundError
from .database import closed
from .kinds import KINDS
from .readers import Reading, read
from .source import Records, Source

__all__ = ["WORKERS", "Opened", "Skipped", "extract", "open_delivery", "skipped_rows"]

WORKERS = 2  # each holds one table in memory

Rows = npt.NDArray[np.int64]
Skipped = Mapping[str, Mapping[str, Rows]]


@dataclass(frozen=True, slots=True)
class Opened:
    """The files of a delivery, read as text, with their digests."""

    paths: Mapping[str, Path]
    readings: Mapping[str, Reading]
    sha256: Mapping[str, str]
    digest: str


def open_delivery(source: Source, folder: Path) -> Opened:
    """Read every file that a source declares from a delivery folder.

    Raises
    ------
    NotFoundError
        If the folder or a declared file is missing.
    InvalidError
        If several files match one declaration, or the delivery holds no row at all.
    """
    if not folder.is_dir():
        raise NotFoundError(
            f"{folder} is no folder; give the folder that holds the files of one delivery of "
            f"{source.name}: {', '.join(f.path for f in source.declaration.files.values())}"
        )
    paths = {name: _one(folder, f.path) for name, f in source.declaration.files.items()}
    readers = [file.as_reader() for file in source.declaration.files.values()]
    with ThreadPoolExecutor(WORKERS) as pool:
        digests = pool.map(_sha256, paths.values())
        readings = dict(zip(paths, pool.map(read, paths.values(), readers), strict=True))
        sha256 = dict(zip(paths, digests, strict=True))
    if not any(r.table.num_rows or r.faulty.num_rows for r in readings.values()):
        raise InvalidError(f"the delivery in {folder} is empty: none of its files has a row")
    parts = [source.name, source.digest, *(f"{n}={d}" for n, d in sorted(sha256.items()))]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Opened(paths, readings, sha256, digest)


def connect(source: Source, opened: Opened) -> duckdb.DuckDBPyConnection:
    """Open a closed database in which each file and code table is a table."""
    connection = closed()
    for name, table in source.declaration.tables.items():
        connection.register(name, CodeTable.read(source.folder / table).table)
    for name, reading in opened.readings.items():
        connection.register(f"{name}_delivered", reading.table)
    connection.execute("SET threads = 1")  # else a join leaves rows in no order
    connection.execute("SET lock_configuration = true")
    return connection


def skipped_rows(connection: duckdb.DuckDBPyConnection, source: Source, opened: Opened) -> Skipped:
    """Return, by file and reason, the rows that the mapping leaves out, and hide them.

    A file that is only joined to others is left out whole. Afterwards the connection shows
    each file under its own name without the rows left out; a row that several reasons fit is
    counted with the first.
    """
    skipped: dict[str, dict[str, Rows]] = {}
    for name, file in source.declaration.files.items():
        delivered = f'FROM "{name}_delivered"'
        connection.execute(f'CREATE TEMP VIEW "{name}" AS {delivered}')
        skipped[name] = {}
        if file.lookup:
            skipped[name]["lookup"] = opened.readings[name].table["_row"].to_numpy()
            continue
        for skip in source.declaration.skip:
            if skip.file == name:
                where = f"{source.name}: [[skip]] {skip.reason!r}"
                found = _run(connection, f"SELECT _row {delivered} WHERE {skip.where}", where)
                rows = np.setdiff1d(found["_row"].to_numpy(), _rows(skipped[name]))
                if len(rows):
                    skipped[name][skip.reason] = np.append(
                        skipped[name].get(skip.reason, rows[:0]), rows
                    )
        if skipped[name]:
            connection.register(f"{name}_skipped", pa.table({"_row": _rows(skipped[name])}))
            connection.execute(
                f'CREATE OR REPLACE TEMP VIEW "{name}" AS {delivered} '
                f'WHERE _row NOT IN (FROM "{name}_skipped")'
            )
    return skipped


def _rows(by_reason: Mapping[str, Rows]) -> Rows:
    return np.concatenate([np.empty(0, dtype=np.int64), *by_reason.values()])


def extract(connection: duckdb.DuckDBPyConnection, source: Source, records: Records) -> pa.Table:
    """Run one SELECT and return `_row` and all columns of the contract, null where not given.

    Raises
    ------
    MappingError
        If the SQL does not run, or yields a column that the contract lacks, or no `_row`.
    """
    where = f"{source.name}/{records.sql}"
    table = _run(connection, source.statements[records.sql], where)
    contract = KINDS[records.kind]
    names = [field.name for field in contract.columns]
    _check_rows(connection, table, records, where)
    for column in table.column_names:
        if column not in (*names, "_row"):
            error = NotFoundError.among(f"column of {records.kind}", column, names)
            raise MappingError(f"{where}: {error}")
    for field in contract.columns:
        if field.name not in table.column_names:
            if field.required:
                raise MappingError(
                    f"{where} does not select {field.name!r} ({field.doc}), which every "
                    f"{records.kind} needs; it selects {', '.join(table.column_names)}"
                )
            table = table.append_column(field.name, pa.nulls(table.num_rows, pa.string()))
    return table.select(["_row", *names])


def _check_rows(
    connection: duckdb.DuckDBPyConnection, table: pa.Table, records: Records, where: str
) -> None:
    if "_row" not in table.column_names:
        raise MappingError(f"{where} must select _row, the row number of {records.rows!r}")
    if not pa.types.is_integer(table["_row"].type):
        raise MappingError(
            f"{where} selects a _row of type {table['_row'].type}, expected the whole number that "
            f"{records.rows!r} has; select _row as it stands"
        )
    rows = connection.sql(f'SELECT _row FROM "{records.rows}"').to_arrow_table()["_row"]
    selected = pc.fill_null(table["_row"].cast(pa.int64()), -1)
    foreign = ~np.isin(selected.to_numpy(), rows.to_numpy())
    if foreign.any():
        example = table["_row"].filter(pa.array(foreign))[0].as_py()
        raise MappingError(
            f"{where} selects _row {example}, which is no row of {records.rows!r}; "
            f"select _row from that file, not from one joined to it"
        )


def _run(connection: duckdb.DuckDBPyConnection, sql: str, where: str) -> pa.Table:
    try:
        kinds = [statement.type for statement in connection.extract_statements(sql)]
        if kinds != [duckdb.StatementType.SELECT]:
            found = ", ".join(kind.name for kind in kinds) or "none"
            raise MappingError(f"{where}: expected one SELECT statement, found {found}")
        return connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        words = re.sub(r"_delivered\b", "", str(error))
        raise MappingError(f"{where}: the SQL does not run. {words}") from None


def _one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(path.name for path in found)
        raise InvalidError(
            f"{folder} holds {len(found)} files for {pattern!r} ({names}); a delivery has one: "
            "put each delivery into a folder of its own"
        )
    exists = [path.name for path in folder.iterdir() if path.is_file()]
    raise NotFoundError.among(f"file (in {folder})", pattern, exists)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
