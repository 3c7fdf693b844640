"""The rows of one owner in a file, read as soon as can be."""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .files import BYTES, OWNER, Numbers, groups_of, metadata_of

__all__ = ["read_owner"]

GROUPS = 100_000
REPEATED = 3  # bytes a row up to which the texts of a column are few and said often

Row = dict[str, Any]


def read_owner(path: str, columns: Sequence[str], owner: int) -> list[Row]:
    """Read the rows of one owner, as `files.read_file` does, but sooner.

    Where the owner lies is looked up before anything else is read, nothing is read beyond it,
    and columns without any value are left alone: a row may lack what is null.

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
            rows += _read_upto(path, group, tuple(columns), stop).slice(start).to_pylist()
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


def _read_upto(path: str, group: int, columns: tuple[str, ...], stop: int) -> pa.Table:
    """Read the first rows of a row group."""
    metadata = metadata_of(path)
    filled, repeated = _filled(path, group, columns)
    with pq.ParquetFile(path, metadata=metadata, read_dictionary=repeated) as file:
        batches = file.iter_batches(
            stop, row_groups=[group], columns=list(filled), use_threads=False
        )
        found, count = [], 0
        while count < stop:
            found.append(next(batches))
            count += found[-1].num_rows
    return pa.Table.from_batches(found).slice(0, stop)


@lru_cache(maxsize=GROUPS)
def _filled(
    path: str, group: int, columns: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which columns of a row group have values, and which of them few texts."""
    metadata = metadata_of(path).row_group(group)
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
