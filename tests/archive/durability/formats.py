"""One made-up department that delivers the same rows in every format."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from xinheng.archive import Source, read_source

from ..department import HEADER, LIFECYCLE, PENALTY, TOML, department

__all__ = ["FORMATS", "formatted", "written"]

FORMATS = {
    "csv": ('"csv"', "penalties.csv"),
    "csv-gb18030": ('"csv"\nencoding = "gb18030"', "penalties.csv"),
    "excel": ('"excel"', "penalties.xlsx"),
    "json-lines": ('"json-lines"', "penalties.jsonl"),
    "parquet": ('"parquet"', "penalties.parquet"),
}
COLUMNS = [*HEADER.split(","), "备注"]


def formatted(folder: Path, form: str) -> Source:
    """Write the department's mapping for one format, and read it."""
    reader, name = FORMATS[form]
    toml = TOML.replace('"penalties.csv"', f'"{name}"').replace('"csv"', reader)
    texts = {"penalty__sql": PENALTY, "lifecycle__sql": LIFECYCLE}
    return read_source(department(folder / form, source__toml=toml, **texts))


def written(folder: Path, form: str, rows: Sequence[Sequence[str]]) -> Path:
    """Write one delivery of rows, each with a cell for every column; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FORMATS[form][1]
    cells = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    if form.startswith("csv"):
        text = "".join(",".join(row) + "\n" for row in [COLUMNS, *rows])
        path.write_bytes(text.encode("gb18030" if "gb" in form else "utf-8"))
    elif form == "excel":
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for number, row in enumerate([COLUMNS, *rows]):
                page.write_row(number, 0, row)
    elif form == "json-lines":
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in cells]
        path.write_text("".join(lines), encoding="utf-8")
    else:
        table = pa.Table.from_pylist(
            [{name: cell or None for name, cell in row.items()} for row in cells],
            schema=pa.schema([(name, pa.string()) for name in COLUMNS]),
        )
        pq.write_table(table, path, row_group_size=4)
    return path
