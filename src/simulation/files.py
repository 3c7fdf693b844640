"""Files as departments write them; the same content gives the same bytes."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["Delivered", "dashed", "dates", "packed", "slashed", "write"]

Format = Literal["csv", "csv-gb18030", "excel", "json-lines", "parquet"]
EPOCH, NO_DAY = date(1970, 1, 1), -1


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file of a department.

    Attributes
    ----------
    source, name, format
        Folder of its mapping, file name and format.
    table
        Its rows under the department's own column names.
    code, day, word
        Columns of the credit code, of a date and of a coded word, for those who break rows;
        empty where the file has none.
    delimiter
        Between the fields of a CSV file.
    """

    source: str
    name: str
    format: Format
    table: pd.DataFrame
    code: str = ""
    day: str = ""
    word: str = ""
    delimiter: str = ","

    @property
    def first_row(self) -> int:
        """What a person calls the first row of data."""
        return 2 if self.format in ("csv", "csv-gb18030", "excel") else 1


def dates(days: pd.Series) -> pd.Series:
    """Return day numbers as dates, None for one that does not come (-1)."""
    return _each(days, lambda d: d)


def slashed(days: pd.Series) -> pd.Series:
    """Return day numbers as 2024/3/5."""
    return _each(days, lambda d: f"{d.year}/{d.month}/{d.day}")


def packed(days: pd.Series) -> pd.Series:
    """Return day numbers as 20240305."""
    return _each(days, lambda d: f"{d:%Y%m%d}")


def dashed(days: pd.Series) -> pd.Series:
    """Return day numbers as 2024-03-05."""
    return _each(days, date.isoformat)


def write(delivered: Delivered, folder: Path) -> Path:
    """Write a file into the folder of its delivery and return its path."""
    path = folder / delivered.name
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[delivered.format](delivered, path)
    return path


def _each(days: pd.Series, style: Callable[[date], object]) -> pd.Series:
    places, unique = pd.factorize(days.to_numpy(np.int64))
    shown = [None if n == NO_DAY else style(EPOCH + timedelta(days=int(n))) for n in unique]
    return pd.Series(np.array([*shown, None], dtype=object)[places], days.index, dtype=object)


def _cells(table: pd.DataFrame) -> list[list[object]]:
    rows = table.astype(object).where(table.notna(), None)
    return [[_plain(value) for value in row] for row in rows.itertuples(index=False)]


def _plain(value: object) -> object:
    """Return a value without numpy, and a whole number without a fraction."""
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _csv(delivered: Delivered, path: Path) -> None:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=delivered.delimiter, lineterminator="\r\n")
    lines.writerow(delivered.table.columns)
    lines.writerows(_cells(delivered.table))
    encoding = "gb18030" if delivered.format == "csv-gb18030" else "utf-8-sig"
    path.write_bytes(text.getvalue().encode(encoding))


def _excel(delivered: Delivered, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 (as Excel has it)
    sheet = book.add_worksheet("Sheet1")
    for place, row in enumerate([list(delivered.table.columns), *_cells(delivered.table)]):
        sheet.write_row(place, 0, row)
    book.close()


def _json_lines(delivered: Delivered, path: Path) -> None:
    names = list(delivered.table.columns)
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)
        for row in _cells(delivered.table)
    ]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _parquet(delivered: Delivered, path: Path) -> None:
    columns = {
        name: pa.array([_plain(value) for value in column], from_pandas=True)
        for name, column in delivered.table.astype(object).items()
    }
    pq.write_table(pa.table({str(name): column for name, column in columns.items()}), path)


WRITERS: Mapping[Format, Callable[[Delivered, Path], None]] = {
    "csv": _csv,
    "csv-gb18030": _csv,
    "excel": _excel,
    "json-lines": _json_lines,
    "parquet": _parquet,
}
