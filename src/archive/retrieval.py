"""The rows of one owner in a file, read as soon as can be."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .files import BYTES, OWNER, PLAIN, Numbers, groups_of, metadata_of, plain_at

__all__ = ["read_owner"]

GROUPS = 20_000
REPEATED = 3  # bytes a row up to which the texts of a column are few and said often

Row = dict[str, Any]


class Columns(NamedTuple):
    """How the columns of a row group are kept that have values.

    Attributes
    ----------
    plain
        Those whose numbers stand in the file as they are: name, where they begin, and their type.
    packed, repeated
        All others, and which of them have few texts.
    """

    plain: tuple[tuple[str, int, np.dtype[Any]], ...]
    packed: tuple[str, ...]
    repeated: tuple[str, ...]


def read_owner(path: str, columns: Sequence[str], owner: int) -> list[Row]:
    """Read the rows of one owner, as `files.read_file` does, but sooner.

    Where the owner lies is looked up before anything else is read, nothing is read beyond it, or
    before it of numbers that stand as they are, and columns without any value are left alone: a
    row may lack what is null.

    Parameters
    ----------
    path
        A file whose rows are sorted by owner.
    columns
        Columns to return; those that the file lacks are left out.
    owner
        Whose rows.
    """
    held = groups_of(path)
    first, last = held.high.searchsorted(owner), held.low.searchsorted(owner, "right")
    rows: list[Row] = []
    for group in range(int(first), int(last)):
        numbers = _owners_of(path, group)
        start, stop = (int(numbers.searchsorted(owner, side)) for side in ("left", "right"))
        if start < stop:
            rows += _read(path, group, tuple(columns), start, stop)
    return rows


def _owners_of(path: str, group: int) -> Numbers:
    """Return the owner of each row of a row group."""
    held = groups_of(path)
    if held.plain[group] < 0:
        with pq.ParquetFile(path, metadata=metadata_of(path)) as parquet:
            table = parquet.read_row_group(group, columns=[OWNER], use_threads=False)
        return np.asarray(table[OWNER].to_numpy())
    file = os.open(path, os.O_RDONLY)
    try:
        owners = os.pread(file, int(held.rows[group]) * BYTES, int(held.plain[group]))
    finally:
        os.close(file)
    return np.frombuffer(owners, "<i8")


def _read(path: str, group: int, columns: tuple[str, ...], start: int, stop: int) -> list[Row]:
    """Read some rows of a row group that follow each other."""
    kept = _kept(path, group, columns)
    told = _plain(path, kept, start, stop)
    if kept.packed:
        told |= _read_upto(path, group, kept, stop).slice(start).to_pydict()
    return [dict(zip(told, row, strict=True)) for row in zip(*told.values(), strict=True)]


def _plain(path: str, kept: Columns, start: int, stop: int) -> dict[str, list[int | float]]:
    """Read numbers that stand in the file as they are."""
    told = {}
    file = os.open(path, os.O_RDONLY)
    try:
        for name, begin, kind in kept.plain:
            room = kind.itemsize
            found = os.pread(file, (stop - start) * room, begin + start * room)
            told[name] = np.frombuffer(found, kind).tolist()
    finally:
        os.close(file)
    return told


def _read_upto(path: str, group: int, kept: Columns, stop: int) -> pa.Table:
    """Read the first rows of the packed columns of a row group."""
    metadata = metadata_of(path)
    with (
        pa.OSFile(path) as source,
        pq.ParquetFile(source, metadata=metadata, read_dictionary=kept.repeated) as file,
    ):
        batches = file.iter_batches(
            stop, row_groups=[group], columns=list(kept.packed), use_threads=False
        )
        found, count = [], 0
        while count < stop:
            found.append(next(batches))
            count += found[-1].num_rows
    return pa.Table.from_batches(found).slice(0, stop)


@lru_cache(maxsize=GROUPS)
def _kept(path: str, group: int, columns: tuple[str, ...]) -> Columns:
    """Return how the columns of a row group are kept that have values."""
    metadata = metadata_of(path)
    rows = metadata.row_group(group)
    plain, packed, repeated = [], [], []
    for place in range(rows.num_columns):
        column = rows.column(place)
        name = column.path_in_schema
        empty = column.statistics is not None and column.statistics.null_count == rows.num_rows
        if name not in columns or empty:
            continue
        if (begin := plain_at(metadata, group, place)) >= 0:
            plain.append((name, begin, PLAIN[column.physical_type]))
            continue
        packed.append(name)
        texts = column.physical_type == "BYTE_ARRAY"
        if texts and column.total_uncompressed_size < REPEATED * rows.num_rows:
            repeated.append(name)
    return Columns(tuple(plain), tuple(packed), tuple(repeated))
