"""Everybody: the contributions of many rows, block by block, as a Parquet file."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ...archive.disk import replacing
from ...core.errors import InvalidError
from ...features import Catalogue
from ...grading import Blend
from .additivity import hold
from .contributions import contributions

__all__ = ["write_contributions"]

CHECKED = 256
"""How many rows of a block, spread evenly, are held to the margin that the model gives them."""
KEYS = (("enterprise", pa.int32()), ("as_of", pa.int32()), ("base", pa.float64()))


def write_contributions(
    blend: Blend,
    catalogue: Catalogue,
    frames: Iterable[pd.DataFrame],
    path: Path,
    *,
    threads: int = 1,
) -> int:
    """Write what every indicator adds to the margin of every row, whole or not at all.

    Parameters
    ----------
    blend, catalogue
        The model, and its indicators in the order of its columns.
    frames
        Blocks of the matrix, by (enterprise, as_of) as index.
    path
        A Parquet file: `enterprise` and `as_of` as numbers, `base`, and one column for each
        indicator, float64 log-odds; a row of them sums to the margin.
    threads
        How many threads share the rows of a block.

    Returns
    -------
    How many rows were written.

    Raises
    ------
    InvalidError
        If a block has other columns than the catalogue.
    IntegrityError
        If a row of some of each block, spread evenly, does not sum to its margin.
    StorageError
        If there is no room.
    """
    schema = pa.schema([*KEYS, *((name, pa.float64()) for name in catalogue.ids)])
    rows = 0
    with (
        replacing(path) as draft,
        pq.ParquetWriter(
            draft, schema, compression="zstd", compression_level=1, use_dictionary=False
        ) as writer,
    ):
        for frame in frames:
            if list(frame.columns) != list(catalogue.ids):
                raise InvalidError(
                    f"a block has {frame.shape[1]} columns that are not the catalogue's "
                    f"{len(catalogue)}; compute it with the bundle's own catalogue"
                )
            writer.write_table(_table(blend, frame, schema, threads))
            rows += len(frame)
    return rows


def _table(blend: Blend, frame: pd.DataFrame, schema: pa.Schema, threads: int) -> pa.Table:
    values = frame.to_numpy(np.float64)
    parts, base = contributions(blend, values, threads)
    some = np.linspace(0, len(values) - 1, min(CHECKED, len(values))).astype(np.intp)
    hold(parts[some], base[some], blend.margins(values[some], threads))
    keys = (frame.index.get_level_values(name).to_numpy() for name in ("enterprise", "as_of"))
    columns = [*(key.astype(np.int32) for key in keys), base, *np.ascontiguousarray(parts.T)]
    return pa.table([pa.array(column) for column in columns], schema=schema)
