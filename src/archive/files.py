"""Parquet files whose rows are sorted by owner, read a row group at a time.

Every table of the archive keeps its rows so. What a file and each of its row groups hold is
known from their footers, so that the rows of a few owners are found without reading the rest.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake.transaction import AddAction

__all__ = ["Owners", "is_whole", "read_file", "read_owner", "write_file"]

OWNER = "owner"
BOUNDED = (OWNER, "key")  # columns that are looked for by their bounds in each row group
BOUNDED = (OWNER, "key")  # of these a file tells the smallest and the largest
GROUP = 4_096
FOOTERS = 20_000
INDEXES = 1_024
REPEATED = 3  # bytes a row up to which the texts of a column are few and said often
SAMPLE = 512

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Owners:
    """Which owners to read: all between two numbers, or some of them.

    Attributes
    ----------
    low, high
        Smallest and largest number.
    some
        The numbers wanted, ascending; None for all between.
    """

    low: int = -(2**63)
    high: int = 2**63 - 1
    some: Numbers | None = None

    @classmethod
    def of(cls, numbers: Numbers) -> "Owners":
        """Choose some owners."""
        some = np.unique(numbers)
        if not len(some):
            return cls(1, 0, some)
        return cls(int(some[0]), int(some[-1]), some)

    @classmethod
    def part(cls, number: int, parts: int) -> "Owners":
        """Choose one of `parts` equal ranges; see `hashing.part_of`."""
        width = 2**64 // parts
        return cls(-(2**63) + number * width, -(2**63) + (number + 1) * width - 1)

    def overlap(self, low: Numbers, high: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which ranges of numbers hold an owner that is wanted."""
        if self.some is None:
            return (high >= self.low) & (low <= self.high)
        found: npt.NDArray[np.bool_] = np.searchsorted(self.some, low) < np.searchsorted(
            self.some, high, "right"
        )
        return found

    def among(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which numbers are wanted."""
        if self.some is None:
            return (numbers >= self.low) & (numbers <= self.high)
        if not len(self.some):
            return np.zeros(len(numbers), bool)
        places = np.minimum(np.searchsorted(self.some, numbers), len(self.some) - 1)
        found: npt.NDArray[np.bool_] = self.some[places] == numbers
        return found


@dataclass(frozen=True, slots=True)
class _Footer:
    metadata: pq.FileMetaData
    low: Numbers
    high: Numbers


@lru_cache(maxsize=FOOTERS)
def _footer(path: str) -> _Footer:
    """Return what a file says of itself; files never change, so it is read once."""
    metadata = pq.read_metadata(path)
    groups = range(metadata.num_row_groups)
    if OWNER not in metadata.schema.names:
        return _Footer(metadata, *(np.full(len(groups), n) for n in (-(2**63), 2**63 - 1)))
    place = metadata.schema.names.index(OWNER)
    statistics = [metadata.row_group(group).column(place).statistics for group in groups]
    return _Footer(
        metadata,
        np.array([each.min for each in statistics], np.int64),
        np.array([each.max for each in statistics], np.int64),
    )


def read_file(
    path: str, schema: pa.Schema, columns: Sequence[str], owners: Owners
) -> pa.Table | None:
    """Read columns of the rows of some owners; None if there are none.

    A column that the file lacks, because it was written before the column was thought of, is
    null.
    """
    footer = _footer(path)
    groups = np.flatnonzero(owners.overlap(footer.low, footer.high))
    if not len(groups):
        return None
    names = footer.metadata.schema.to_arrow_schema().names
    inside = owners.some is None and (
        footer.low[groups].min() >= owners.low and footer.high[groups].max() <= owners.high
    )
    wanted = [name for name in columns if name in names]
    filtering = [] if inside or OWNER not in names or OWNER in wanted else [OWNER]
    with pq.ParquetFile(path, metadata=footer.metadata) as file:
        table = file.read_row_groups(groups.tolist(), columns=wanted + filtering, use_threads=False)
    if not inside and OWNER in names:
        chosen = owners.among(table[OWNER].to_numpy())
        if not chosen.all():
            table = table.filter(pa.array(chosen))
    if not table.num_rows:
        return None
    parts = [
        table[name].cast(schema.field(name).type)
        if name in names
        else pa.nulls(table.num_rows, schema.field(name).type)
        for name in columns
    ]
    return pa.Table.from_arrays(parts, names=list(columns))


def read_owner(path: str, columns: Sequence[str], owner: int) -> list[dict[str, Any]]:
    """Read the rows of one owner, as `read_file` does, but sooner.

    Where the owner lies is looked up before anything else is read, nothing is read beyond it,
    and columns without any value are left alone: a row may lack what is null.
    """
    footer = _footer(path)
    first, last = np.searchsorted(footer.high, owner), np.searchsorted(footer.low, owner, "right")
    rows: list[dict[str, Any]] = []
    for group in range(int(first), int(last)):
        numbers = _owners_of(path, group)
        start, stop = (int(np.searchsorted(numbers, owner, side)) for side in ("left", "right"))
        if start < stop:
            rows += _read_upto(path, group, tuple(columns), stop).slice(start).to_pylist()
    return rows


@lru_cache(maxsize=INDEXES)
def _owners_of(path: str, group: int) -> Numbers:
    """Return the owner of each row of a row group."""
    with pq.ParquetFile(path, metadata=_footer(path).metadata) as file:
        table = file.read_row_group(group, columns=[OWNER], use_threads=False)
    return np.asarray(table[OWNER].to_numpy())


def _read_upto(path: str, group: int, columns: tuple[str, ...], stop: int) -> pa.Table:
    """Read the first rows of a row group."""
    filled, repeated = _filled(path, group, columns)
    with pq.ParquetFile(path, metadata=_footer(path).metadata, read_dictionary=repeated) as file:
        batches = file.iter_batches(
            stop, row_groups=[group], columns=list(filled), use_threads=False
        )
        found, count = [], 0
        while count < stop:
            found.append(next(batches))
            count += found[-1].num_rows
    return pa.Table.from_batches(found).slice(0, stop)


@lru_cache(maxsize=FOOTERS)
def _filled(
    path: str, group: int, columns: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which columns of a row group have values, and which of them few texts."""
    metadata = _footer(path).metadata.row_group(group)
    filled, repeated = [], []
    for place in range(metadata.num_columns):
        column = metadata.column(place)
        empty = column.statistics is not None and column.statistics.null_count == metadata.num_rows
        if column.path_in_schema not in columns or empty:
            continue
        filled.append(column.path_in_schema)
        texts = column.physical_type == "BYTE_ARRAY"
        if texts and column.total_uncompressed_size < REPEATED * metadata.num_rows:
            repeated.append(column.path_in_schema)
    return tuple(filled), tuple(repeated)


def write_file(folder: Path, table: pa.Table, *, changes: bool = True) -> AddAction:
    """Write rows, sorted by owner, into a new file, and return what adds it to a Delta table.

    The file is called by the digest of its bytes, behind a mark that no other file has.

    Parameters
    ----------
    folder
        The table's folder.
    table
        The rows.
    changes
        Whether they are new to the table, and not only put in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=GROUP,
        compression="lz4",
        use_dictionary=[name for name in table.column_names if _repeats(table[name])],
        write_statistics=[
            name for name in table.column_names if name in BOUNDED or _is_empty(table[name])
        ],
    )
    content = sink.getvalue()
    path = folder / f"{uuid.uuid4().hex}-{hashlib.sha256(content).hexdigest()}.parquet"
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return AddAction(
        path=path.name,
        size=path.stat().st_size,
        partition_values={},
        modification_time=int(path.stat().st_mtime * 1000),
        data_change=changes,
        stats=json.dumps(_statistics(table)),
    )


def _repeats(column: pa.ChunkedArray) -> bool:
    """Tell whether values stand often enough that a dictionary saves time and room."""
    if _is_empty(column):
        return False
    step = max(1, len(column) // SAMPLE)
    some = column.take(pa.array(np.arange(0, len(column), step)))
    return bool(2 * pc.count_distinct(some).as_py() < len(some))


def _is_empty(column: pa.ChunkedArray) -> bool:
    return bool(column.null_count == len(column))


def is_whole(path: Path) -> bool:
    """Tell whether a file that `write_file` wrote still has the bytes that it is called by."""
    with path.open("rb") as stream:
        return path.stem.endswith("-" + hashlib.file_digest(stream, "sha256").hexdigest())


def _statistics(table: pa.Table) -> dict[str, object]:
    low, high, nulls = {}, {}, {}
    for name in (OWNER, "sequence"):
        if name in table.column_names and table.num_rows:
            numbers = table[name].to_numpy()
            low[name], high[name], nulls[name] = int(numbers.min()), int(numbers.max()), 0
    return {
        "numRecords": table.num_rows,
        "minValues": low,
        "maxValues": high,
        "nullCount": nulls,
    }
