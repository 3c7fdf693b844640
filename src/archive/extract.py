"""From the files of a delivery to records, by the SQL of its source mapping.

DuckDB runs the statements over Arrow tables, with no way to reach a file, the network or an
extension, and their rows stream out piece by piece.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ..core.codes import CodeTable
from ..core.errors import InvalidError, MappingError, NotFoundError
from .check import typed
from .contract import HINTS
from .database import locked
from .fates import Fates
from .kinds import KINDS
from .reading import Reading, read
from .source import File, Records, Source

__all__ = ["Opened", "connect", "extract", "leave_out", "open_delivery"]

READERS = 2
PIECE = 262_144
FEW = 10_000  # rows that fit into memory whatever a mapping does with them
# What these yield differs from run to run, so that the same delivery would land otherwise.
CLOCKS = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")
FICKLE = (
    "gen_random_uuid",
    "get_current_time",
    "get_current_timestamp",
    "now",
    "random",
    "setseed",
    "today",
    "transaction_timestamp",
    "uuid",
    "uuidv4",
    "uuidv7",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """The files of a delivery, read as text, with a digest over all of them."""

    paths: Mapping[str, Path]
    readings: Mapping[str, Reading]
    digest: str

    def fates(self) -> dict[str, Fates]:
        """Return the fates of each file's rows, none of which is known yet."""
        return {
            name: Fates(
                [rows.to_numpy() for rows in reading.data["_row"].chunks],
                reading.faulty["_row"].to_numpy(),
            )
            for name, reading in self.readings.items()
        }


def open_delivery(source: Source, folder: Path, drafts: Path) -> Opened:
    """Read every file that a source declares from a delivery folder.

    Parameters
    ----------
    source
        The mapping.
    folder
        Folder with the files of one delivery.
    drafts
        Folder for what does not fit into memory.

    Raises
    ------
    NotFoundError
        If the folder or a declared file is missing.
    InvalidError
        If several files match one declaration, or the delivery holds no row at all.
    """
    files = source.declaration.files
    if not folder.is_dir():
        raise NotFoundError(
            f"{folder} is no folder; give the folder that holds the files of one delivery of "
            f"{source.name}: {', '.join(file.path for file in files.values())}"
        )
    paths = {name: _found(folder, file) for name, file in files.items()}
    readers = [file.as_reader() for file in files.values()]
    with ThreadPoolExecutor(READERS) as pool:
        found = pool.map(read, paths.values(), readers, [drafts] * len(paths))
        readings = dict(zip(paths, found, strict=True))
    if not any(r.data.num_rows or r.faulty.num_rows for r in readings.values()):
        raise InvalidError(f"the delivery in {folder} is empty: none of its files has a row")
    digests = sorted(f"{name}={reading.sha256}" for name, reading in readings.items())
    parts = "\n".join([source.name, source.digest, *digests])
    return Opened(paths, readings, hashlib.sha256(parts.encode()).hexdigest())


def connect(source: Source, opened: Opened, drafts: Path) -> duckdb.DuckDBPyConnection:
    """Open a closed database in which each file and code table is a table."""
    few = sum(reading.data.num_rows for reading in opened.readings.values()) <= FEW
    connection = locked(None if few else drafts)
    for name, table in source.declaration.tables.items():
        connection.register(name, CodeTable.read(source.folder / table).table)
    for name, reading in opened.readings.items():
        connection.register(f"{name}_delivered", reading.data)
    return connection


def leave_out(
    connection: duckdb.DuckDBPyConnection, source: Source, fates: Mapping[str, Fates]
) -> None:
    """Note the rows that the mapping leaves out, and hide them.

    A file that is only joined to others is left out whole. Afterwards the connection shows
    each file under its own name without the rows left out; a row that several reasons fit is
    counted with the first.
    """
    for name, file in source.declaration.files.items():
        delivered = f'FROM "{name}_delivered"'
        connection.execute(f'CREATE TEMP VIEW "{name}" AS {delivered}')
        if file.lookup:
            fates[name].skip("lookup", fates[name].split())
            continue
        hidden = []
        for skip in source.declaration.skip:
            if skip.file == name:
                where = f"{source.name}: [[skip]] {skip.reason!r}"
                chosen = f"SELECT _row {delivered} WHERE {skip.where}"
                rows = _select(connection, chosen, where).to_arrow_table()["_row"]
                fates[name].skip(skip.reason, rows.to_numpy())
                hidden += rows.chunks
        if hidden:
            left_out = pa.chunked_array(hidden, pa.int64())
            connection.register(f"{name}_skipped", pa.table({"_row": left_out}))
            connection.execute(
                f'CREATE OR REPLACE TEMP VIEW "{name}" AS {delivered} '
                f'WHERE _row NOT IN (FROM "{name}_skipped")'
            )


def extract(
    connection: duckdb.DuckDBPyConnection, source: Source, records: Records, fates: Fates
) -> Iterator[pa.Table]:
    """Run one SELECT and yield its rows, typed for the contract, piece by piece.

    Raises
    ------
    MappingError
        If the SQL does not run, or yields a column that the contract lacks, or no `_row`, or a
        `_row` that its file lacks.
    """
    where = f"{source.name}/{records.sql}"
    mapping = _select(connection, source.statements[records.sql], where)
    _check_columns(mapping, records, where)
    statement = typed(KINDS[records.kind], mapping.columns, f"({mapping.sql_query()}\n)")
    try:
        for batch in connection.sql(statement).to_arrow_reader(PIECE):
            piece = pa.Table.from_batches([batch])
            _check_rows(piece["_row"], fates, records, where)
            yield piece
    except duckdb.Error as error:
        raise _explained(error, where) from None


def _check_columns(mapping: duckdb.DuckDBPyRelation, records: Records, where: str) -> None:
    contract = KINDS[records.kind]
    names = [field.name for field in contract.columns]
    if "_row" not in mapping.columns:
        raise MappingError(f"{where} must select _row, the row number of {records.rows!r}")
    kind = str(mapping.types[mapping.columns.index("_row")])
    if "INT" not in kind:
        found = "string" if kind == "VARCHAR" else kind
        raise MappingError(
            f"{where} selects a _row of type {found}, expected the whole number that "
            f"{records.rows!r} has; select _row as it stands"
        )
    for column in mapping.columns:
        if column not in (*names, *HINTS, "_row"):
            error = NotFoundError.among(f"column of {records.kind}", column, [*names, *HINTS])
            raise MappingError(f"{where}: {error}")
    for field in contract.columns:
        if field.required and field.name not in mapping.columns:
            raise MappingError(
                f"{where} does not select {field.name!r} ({field.doc}), which every "
                f"{records.kind} needs; it selects {', '.join(mapping.columns)}"
            )


def _check_rows(rows: pa.ChunkedArray, fates: Fates, records: Records, where: str) -> None:
    foreign = ~fates.exist(pc.fill_null(rows, -1).to_numpy())
    if foreign.any():
        example = rows.filter(pa.array(foreign))[0].as_py()
        raise MappingError(
            f"{where} selects _row {example}, which is no row of {records.rows!r}; "
            f"select _row from that file, not from one joined to it"
        )


def _select(connection: duckdb.DuckDBPyConnection, sql: str, where: str) -> duckdb.DuckDBPyRelation:
    try:
        kinds = [statement.type for statement in connection.extract_statements(sql)]
        if kinds != [duckdb.StatementType.SELECT]:
            found = ", ".join(kind.name for kind in kinds) or "none"
            raise MappingError(f"{where}: expected one SELECT statement, found {found}")
        _refuse_fickle(sql, where)
        return connection.sql(sql)
    except duckdb.Error as error:
        raise _explained(error, where) from None


def _refuse_fickle(sql: str, where: str) -> None:
    text = sql.encode()
    starts = [start for start, _ in duckdb.tokenize(sql)]
    words = [
        text[start:end].decode(errors="replace").strip().lower()
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
    ]
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in CLOCKS or (word in FICKLE and following.startswith("(")):
            raise MappingError(
                f"{where} asks for {word}, which differs from run to run, so that the same "
                "delivery would land otherwise another time; take the moment from the delivery"
            )


def _explained(error: duckdb.Error, where: str) -> MappingError:
    words = re.sub(r"_delivered\b", "", str(error))
    return MappingError(f"{where}: the SQL does not run. {words}")


def _found(folder: Path, file: File) -> Path:
    if file.reader == "postgresql":
        return Path(file.path)
    pattern = file.path
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
