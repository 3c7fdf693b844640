"""Files as departments write them, batch by batch; the same content gives the same bytes."""

import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from ..core.errors import InvalidError

__all__ = ["Format", "Writer", "open_file"]

Format = Literal["csv", "csv-gb18030", "excel", "json-lines", "parquet", "postgresql"]
MOST_ROWS = 1_048_575


class Writer(Protocol):
    """Writes the rows of one file."""

    def write(self, table: pa.Table) -> None:
        """Write more rows."""

    def close(self) -> None:
        """Finish the file."""


def open_file(path: Path, form: Format, schema: pa.Schema, delimiter: str = ",") -> Writer:
    """Open a file for its rows; one without rows still has its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return WRITERS[form](path, schema, delimiter)


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema, delimiter: str, encoding: str) -> None:
        self.file = path.open("wb")
        self.encoding = encoding
        self.options = pa.csv.WriteOptions(
            include_header=False, delimiter=delimiter, quoting_style="none"
        )
        self.file.write((delimiter.join(schema.names) + "\n").encode(encoding))

    def write(self, table: pa.Table) -> None:
        text = io.BytesIO()
        pa.csv.write_csv(table, text, self.options)
        content = text.getvalue()
        if self.encoding == "gb18030":
            content = content.decode().encode("gb18030")
        self.file.write(content)

    def close(self) -> None:
        self.file.close()


class _Excel:
    def __init__(self, path: Path, schema: pa.Schema, _: str) -> None:
        import xlsxwriter

        options = {"default_date_format": "yyyy-mm-dd", "constant_memory": True}
        self.path, self.rows = path, 0
        self.book = xlsxwriter.Workbook(path, options)
        self.book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 (as Excel has it)
        self.sheet = self.book.add_worksheet("Sheet1")
        self.sheet.write_row(0, 0, schema.names)

    def write(self, table: pa.Table) -> None:
        if self.rows + table.num_rows > MOST_ROWS:
            raise InvalidError(
                f"{self.path} would have more than {MOST_ROWS:,} rows, which Excel cannot hold; "
                "simulate fewer enterprises"
            )
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self.rows += 1
            self.sheet.write_row(self.rows, 0, row)

    def close(self) -> None:
        self.book.close()


class _JsonLines:
    def __init__(self, path: Path, _: pa.Schema, __: str) -> None:
        self.file = path.open("w", encoding="utf-8")

    def write(self, table: pa.Table) -> None:
        self.file.writelines(
            json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist()
        )

    def close(self) -> None:
        self.file.close()


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema, _: str) -> None:
        self.writer = pq.ParquetWriter(path, schema)

    def write(self, table: pa.Table) -> None:
        self.writer.write_table(table)

    def close(self) -> None:
        self.writer.close()


class _Postgresql:
    """A CSV file without byte order mark, and a script that loads it into a server.

    The rows of a table have no order, so each gets its number in a column of its own.
    """

    def __init__(self, path: Path, schema: pa.Schema, _: str) -> None:
        self.file, self.rows = path.open("wb"), 0
        table = f"{path.parent.name.removeprefix('city-')}.{path.stem}"
        columns = [f'    "{field.name}" {SQL_TYPES[str(field.type)]}' for field in schema]
        (path.parent / LOAD).write_text(
            LOADING.format(
                table=table,
                schema=table.partition(".")[0],
                file=path.name,
                columns=",\n".join([f'    "{ORDER}" bigint PRIMARY KEY', *columns]),
            ),
            encoding="utf-8",
        )
        self.file.write((",".join([ORDER, *schema.names]) + "\n").encode())

    def write(self, table: pa.Table) -> None:
        numbers = pa.array(range(self.rows + 1, self.rows + table.num_rows + 1), pa.int64())
        self.rows += table.num_rows
        options = pa.csv.WriteOptions(include_header=False, quoting_style="none")
        pa.csv.write_csv(table.add_column(0, ORDER, numbers), self.file, options)

    def close(self) -> None:
        self.file.close()


LOAD, ORDER = "load.sql", "序号"
SQL_TYPES = {
    "string": "text",
    "date32[day]": "date",
    "int64": "bigint",
    "double": "double precision",
}
LOADING = """\
-- Load this delivery into a PostgreSQL server, with psql in this folder:
--     psql "$DATABASE" --file load.sql
CREATE SCHEMA IF NOT EXISTS {schema};
DROP TABLE IF EXISTS {table};
CREATE TABLE {table} (
{columns}
);
\\copy {table} FROM '{file}' WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')
"""
WRITERS: Mapping[Format, Callable[[Path, pa.Schema, str], Writer]] = {
    "csv": lambda path, schema, delimiter: _Csv(path, schema, delimiter, "utf-8-sig"),
    "csv-gb18030": lambda path, schema, delimiter: _Csv(path, schema, delimiter, "gb18030"),
    "excel": _Excel,
    "json-lines": _JsonLines,
    "parquet": _Parquet,
    "postgresql": _Postgresql,
}
