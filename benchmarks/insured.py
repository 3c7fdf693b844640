"""A department that delivers how many heads every enterprise insured, month after month."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from xinheng.simulation.identifiers import credit_codes

__all__ = ["COLUMNS", "ENTERPRISES", "department", "made", "write"]

ENTERPRISES, PIECE = 3_690_000, 1_000_000
BROKEN, MENDED = 500, 10  # one row in so many breaks the contract, or says something else later
MOST_HEADS = 500
COLUMNS = ["code", "month", "day", "told", "heads"]
TOML = """
title = "Heads insured by month"
department = "social insurance"
scheme = "uscc"
[clocks]
backfill = "trusted"
[files.insured]
path = "insured.{reader}"
reader = "{reader}"
[[records]]
kind = "insurance"
rows = "insured"
sql = "insurance.sql"
"""
SQL = """SELECT _row, code AS enterprise, month AS number, day AS occurred, told AS known,
    heads AS insured FROM insured"""


def department(folder: Path, reader: str) -> Path:
    """Write the mapping of the department, which delivers in one format."""
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(TOML.format(reader=reader))
    (folder / "insurance.sql").write_text(SQL)
    return folder


def write(folder: Path, rows: int, suffix: str, *, mended: bool = False) -> Path:
    """Write a delivery of the first so many rows."""
    folder.mkdir(parents=True)
    path, schema = folder / f"insured.{suffix}", made(0, 1).schema
    opened = pq.ParquetWriter if suffix == "parquet" else pacsv.CSVWriter
    with opened(path, schema) as writer:
        for start, stop in _pieces(rows):
            writer.write_table(made(start, stop, mended=mended))
    return path


def made(start: int, stop: int, *, mended: bool = False) -> pa.Table:
    """Return rows of the delivery, all as text: every enterprise month after month.

    A second delivery may tell the same rows anew, with one in ten mended.
    """
    numbers = np.arange(start, stop)
    month, who = np.divmod(numbers, ENTERPRISES)
    heads = numbers * 7919 % MOST_HEADS
    if mended:
        heads = np.where(numbers % MENDED == 1, (heads + 1) % MOST_HEADS, heads)
    first = int(month[0])
    days = np.datetime64("2024-01-15") + np.arange(first, int(month[-1]) + 1) * 30
    columns = [
        _codes().take(pa.array(who)),
        *(
            _texts(np.datetime_as_string(moments), month - first)
            for moments in (days.astype("datetime64[M]"), days, days + 3)
        ),
        _texts([*map(str, range(MOST_HEADS)), "-1"], np.where(numbers % BROKEN == 0, -1, heads)),
    ]
    return pa.Table.from_arrays(columns, COLUMNS)


def _pieces(rows: int) -> Iterator[tuple[int, int]]:
    for start in range(0, rows, PIECE):
        yield start, min(start + PIECE, rows)


@cache
def _codes() -> pa.StringArray:
    return credit_codes(np.arange(ENTERPRISES), np.ones(ENTERPRISES, bool))


def _texts(distinct: npt.ArrayLike, places: npt.NDArray[np.int64]) -> pa.Array:
    texts = pa.array(np.asarray(distinct), pa.string())
    return pc.take(texts, pa.array(np.where(places < 0, len(texts) + places, places)))
