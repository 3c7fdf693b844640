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

from .disk import make
from .sets import among, ranges, unique

__all__ = [
    "Groups",
    "Owners",
    "groups_of",
    "is_whole",
    "metadata_of",
    "plain_at",
    "read_file",
    "write_file",
]

OWNER = "owner"
BOUNDED = (OWNER, "key")  # of these a file tells the smallest and the largest
LOGGED, OPEN = (OWNER, "sequence"), ("sequence",)  # whose bounds stand in the log of a table
FORGETFUL = ("person",)  # tables whose owners the log must not remember: they can be erased
GROUP = 4_096
GROUPS = {"event": 16_384}  # rows of a group in tables that are read as a whole more than by owner
PAGE, BYTES = 1 << 17, 8  # a page is never so small that this would be cut
PLAIN: dict[str, np.dtype[Any]] = {
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "DOUBLE": np.dtype("<f8"),
}
FILES, FOOTERS = 100_000, 512
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
        some = unique(numbers)
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
        return among(numbers, self.some)

    def rows(self, table: pa.Table, numbers: Numbers) -> pa.Table:
        """Return the wanted rows of a table that is sorted by owner.

        Parameters
        ----------
        table
            The table.
        numbers
            The owner of each row.
        """
        start, stop = (
            np.searchsorted(numbers, self.low),
            np.searchsorted(numbers, self.high, "right"),
        )
        near, numbers = table.slice(start, stop - start), numbers[start:stop]
        if self.some is None or not near.num_rows:
            return near
        first = np.searchsorted(self.some, numbers[0])
        some = self.some[first : np.searchsorted(self.some, numbers[-1], "right")]
        starts, stops = (np.searchsorted(numbers, some, side) for side in ("left", "right"))
        places = ranges(starts, stops - starts)
        return near if len(places) == near.num_rows else near.take(pa.array(places))


@dataclass(frozen=True, slots=True)
class Groups:
    """What the row groups of a file hold.

    Attributes
    ----------
    low, high, rows
        Smallest and largest owner of each, and how many rows it has.
    plain
        Where in the file its owners begin, one after the other as eight bytes; -1 where they are
        not kept so.
    """

    low: Numbers
    high: Numbers
    rows: Numbers
    plain: Numbers


@lru_cache(maxsize=FOOTERS)
def metadata_of(path: str) -> pq.FileMetaData:
    """Return what a file says of itself; files never change, so those in use are read once."""
    return pq.read_metadata(path)


@lru_cache(maxsize=FILES)
def groups_of(path: str) -> Groups:
    """Return what the row groups of a file hold: little enough to be kept of every file."""
    metadata = metadata_of(path)
    groups = [metadata.row_group(group) for group in range(metadata.num_row_groups)]
    rows = np.array([group.num_rows for group in groups], np.int64)
    if OWNER not in metadata.schema.names:
        low, high, plain = (np.full(len(groups), n) for n in (-(2**63), 2**63 - 1, -1))
        return Groups(low, high, rows, plain)
    place = metadata.schema.names.index(OWNER)
    statistics = [group.column(place).statistics for group in groups]
    return Groups(
        np.array([each.min for each in statistics], np.int64),
        np.array([each.max for each in statistics], np.int64),
        rows,
        np.array([plain_at(metadata, number, place) for number in range(len(groups))], np.int64),
    )


def plain_at(metadata: pq.FileMetaData, group: int, place: int) -> int:
    """Return where in a file the numbers of a column begin, if one page holds them as they are.

    It is -1 where they are not kept so: packed, with nulls between them, or in several pages.
    """
    column, schema = metadata.row_group(group).column(place), metadata.schema.column(place)
    if (
        column.physical_type not in PLAIN
        or schema.logical_type.type != "NONE"
        or column.compression != "UNCOMPRESSED"
        or column.has_dictionary_page
        or not (schema.max_definition_level == 0 or _has_no_null(column))
    ):
        return -1
    room = PLAIN[column.physical_type].itemsize * column.num_values
    if room > PAGE:
        return -1
    return int(column.data_page_offset + column.total_compressed_size - room)


def _has_no_null(column: pq.ColumnChunkMetaData) -> bool:
    told = column.statistics
    return told is not None and bool(told.has_null_count) and told.null_count == 0


def read_file(
    path: str, schema: pa.Schema, columns: Sequence[str], owners: Owners
) -> pa.Table | None:
    """Read columns of the rows of some owners; None if there are none.

    A column that the file lacks, because it was written before the column was thought of, is
    null.
    """
    held = groups_of(path)
    groups = np.flatnonzero(owners.overlap(held.low, held.high))
    if not len(groups):
        return None
    metadata = metadata_of(path)
    names = metadata.schema.to_arrow_schema().names
    inside = owners.some is None and (
        held.low[groups].min() >= owners.low and held.high[groups].max() <= owners.high
    )
    wanted = [name for name in columns if name in names]
    filtering = [] if inside or OWNER not in names or OWNER in wanted else [OWNER]
    with pq.ParquetFile(path, metadata=metadata) as file:
        table = file.read_row_groups(groups.tolist(), columns=wanted + filtering, use_threads=False)
    if not inside and OWNER in names:
        table = owners.rows(table, table[OWNER].to_numpy())
    if not table.num_rows:
        return None
    parts = [
        table[name].cast(schema.field(name).type)
        if name in names
        else pa.nulls(table.num_rows, schema.field(name).type)
        for name in columns
    ]
    return pa.Table.from_arrays(parts, names=list(columns))


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
    make(folder)
    sink = pa.BufferOutputStream()
    repeated = {n for n in table.column_names if n != OWNER and _repeats(table[n])}
    packed = {n for n in table.column_names if n in repeated or table[n].type == pa.string()}
    pq.write_table(
        _filled(table),
        sink,
        row_group_size=GROUPS.get(folder.name, GROUP),
        compression={n: "lz4" if n in packed else "none" for n in table.column_names},
        use_dictionary=list(repeated),
        write_statistics=[n for n in table.column_names if n in BOUNDED or _is_empty(table[n])],
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
        stats=json.dumps(_statistics(table, OPEN if folder.name in FORGETFUL else LOGGED)),
    )


def _filled(table: pa.Table) -> pa.Table:
    """Say which columns have a value in every row: these are read without looking for nulls."""
    fields = [field.with_nullable(table[field.name].null_count > 0) for field in table.schema]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


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


def _statistics(table: pa.Table, names: Sequence[str]) -> dict[str, object]:
    low, high, nulls = {}, {}, {}
    for name in names:
        if name in table.column_names and table.num_rows:
            numbers = table[name].to_numpy()
            low[name], high[name], nulls[name] = int(numbers.min()), int(numbers.max()), 0
    return {
        "numRecords": table.num_rows,
        "minValues": low,
        "maxValues": high,
        "nullCount": nulls,
    }
