"""Deliveries read plainly, by other means than the archive's: every row as text, by its number."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine as calamine

from xinheng.archive import Source

__all__ = ["Rows", "read_plainly", "skipped"]

Rows = dict[int, dict[str, str | None]]


def read_plainly(source: Source, folder: Path) -> dict[str, Rows]:
    """Return the rows of each file of a delivery."""
    found = {}
    for name, file in source.declaration.files.items():
        [path] = folder.glob(file.path)
        if file.reader == "csv":
            found[name] = _csv(path.read_bytes().decode(file.encoding), file.delimiter)
        elif file.reader == "json-lines":
            found[name] = _json_lines(path.read_text("utf-8-sig"))
        elif file.reader == "parquet":
            table = pq.read_table(path)
            lines = [table.column_names, *(row.values() for row in table.to_pylist())]
            found[name] = _rows(enumerate(lines))
        else:
            book = calamine.CalamineWorkbook.from_path(path)
            lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
            found[name] = _rows(enumerate(lines, 1), whole=True)
    return found


def skipped(source: Source, file: str, rows: Rows) -> set[int]:
    """Return the rows that a mapping leaves out, by its own words over plain text."""
    if source.declaration.files[file].lookup:
        return set(rows)
    names = list(next(iter(rows.values()), {}))
    table = {name: pa.array([row[name] for row in rows.values()], pa.string()) for name in names}
    found: set[int] = set()
    with duckdb.connect() as connection:
        connection.register("plain", pa.table({"_row": list(rows), **table}))
        for skip in source.declaration.skip:
            if skip.file == file and rows:
                chosen = connection.sql(f"SELECT _row FROM plain WHERE {skip.where}")
                found.update(row for (row,) in chosen.fetchall())
    return found


def _csv(text: str, delimiter: str) -> Rows:
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    numbered, start = [], 1
    for cells in lines:
        numbered.append((start, cells))
        start = lines.line_num + 1
    return _rows((number, cells) for number, cells in numbered if cells)


def _json_lines(text: str) -> Rows:
    lines = {
        number: json.loads(line, parse_int=str, parse_float=str)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    }
    names = dict.fromkeys(name for line in lines.values() for name in line)
    return {
        number: {name: _text(line.get(name)) for name in names} for number, line in lines.items()
    }


def _rows(numbered: Any, *, whole: bool = False) -> Rows:
    """Name the cells of rows by the first; numbers without a fraction have none where `whole`."""
    (_, names), *body = numbered
    return {
        number: {name: _text(cell, whole=whole) for name, cell in zip(names, cells, strict=True)}
        for number, cells in body
        if not whole or any(cell != "" for cell in cells)
    }


def _text(cell: Any, *, whole: bool = False) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="microseconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float) and whole and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool | dict | list):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)
