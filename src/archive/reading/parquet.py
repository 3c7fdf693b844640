"""Parquet files, read a few rows at a time and rendered as text."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ...core.errors import InvalidError
from ..turns import in_turn
from .rendering import is_doubtful, is_plain, render_column
from .spool import Gathering, Reading, check_names

__all__ = ["read_parquet"]

PIECE = 16 << 20
MOST = 1 << 16
STREAMED: Mapping[str, Any] = {"buffer_size": 1 << 20, "pre_buffer": False}


def read_parquet(path: Path, workspace: Path | None) -> Reading:
    """Read a Parquet file.

    Raises
    ------
    InvalidError
        If the file is damaged, holds text that is not UTF-8, or names its columns ambiguously.
    """
    try:
        with pq.ParquetFile(path, **STREAMED) as file, ThreadPoolExecutor(1) as pool:
            names = check_names(path, file.schema_arrow.names)
            digest = pool.submit(_sha256, path)
            return _gathered(path, file, names, workspace, digest.result)
    except InvalidError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise InvalidError(
            f"{path} begins like Parquet, but is cut short or damaged ({error}): copy it anew"
        ) from None


def _gathered(
    path: Path, file: Any, names: list[str], workspace: Path | None, digest: Callable[[], str]
) -> Reading:
    render = partial(_rendered, path=path, exact=_exact(file))
    row = 1
    with Gathering(workspace) as gathering:
        for count, columns in in_turn(render, _batches(file)):
            gathering.add(np.arange(row, row + count), names, columns)
            row += count
        if row - 1 != file.metadata.num_rows:
            message = f"of {file.metadata.num_rows} rows {row - 1} can be read"
            raise ValueError(message)
        return gathering.reading(names, digest())


def _rendered(batch: Any, path: Path, exact: Collection[str]) -> tuple[int, list[Any]]:
    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            columns.append(render_column(column, exact=name in exact))
        except InvalidError as error:
            raise InvalidError(
                f"{path}, column {name!r}, holds {error}; ask for it in UTF-8"
            ) from None
    return batch.num_rows, columns


def _exact(file: Any) -> Collection[str]:
    """Return the columns of which some value needs the longer rendering."""
    doubtful = [field.name for field in file.schema_arrow if is_doubtful(field.type)]
    exact: set[str] = set()
    if doubtful:
        for batch in _batches(file, doubtful):
            exact.update(name for name in doubtful if not is_plain(batch.column(name)))
    return exact


def _batches(file: Any, columns: list[str] | None = None) -> Any:
    """Read rows in pieces of some 16 MiB."""
    groups = [file.metadata.row_group(place) for place in range(file.metadata.num_row_groups)]
    size = max((g.total_byte_size / max(g.num_rows, 1) for g in groups), default=0)
    rows = int(PIECE / max(size, 1))
    return file.iter_batches(min(max(rows, 1), MOST), columns=columns)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
