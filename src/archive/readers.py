"""Files of a delivery as tables of text, each row with its number in the file.

A reader changes nothing and guesses nothing: every value stays text until a mapping casts it,
an empty field is null, and a row that cannot be split is set aside as it stands.
"""

import codecs
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine as calamine

from ..core.errors import InvalidError, NotFoundError
from .delimited import Fault, split
from .rendering import render_column, render_value

__all__ = ["READERS", "Reader", "Reading", "read"]

ENCODINGS = {"utf-8": "utf-8", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
SURE = 10
FAULT_TYPES: dict[str, pa.DataType] = {
    "_row": pa.int64(),
    "text": pa.string(),
    "fault": pa.string(),
}
FAULTY = pa.schema(FAULT_TYPES)


@dataclass(frozen=True, slots=True)
class Reader:
    """How a file is to be read.

    Attributes
    ----------
    kind
        Format of the file.
    encoding
        `utf-8` or `gb18030` (which covers GBK and GB 2312), for text.
    delimiter
        One ASCII character between the fields of a CSV file.
    sheet
        Name of the sheet of an Excel file; empty for the first one.
    header
        Number of the line or sheet row that names the columns; 0 for the first that is not
        empty. What stands before it is not read.
    """

    kind: Literal["csv", "excel", "json-lines", "parquet"]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header: int = 0

    def __post_init__(self) -> None:
        if self.encoding.lower() not in ENCODINGS:
            raise NotFoundError.among("encoding", self.encoding, ENCODINGS)
        one = len(self.delimiter) == 1 and self.delimiter.isascii()
        if not one or self.delimiter in '"\r\n':
            message = f"{self.delimiter!r} is no delimiter; give one ASCII character such as , or ;"
            raise InvalidError(message)
        if self.header < 0:
            message = f"the header cannot be in row {self.header}; rows count from 1"
            raise InvalidError(message)


READERS: Mapping[str, Reader] = {
    "csv": Reader("csv"),
    "csv-gb18030": Reader("csv", encoding="gb18030"),
    "excel": Reader("excel"),
    "json-lines": Reader("json-lines"),
    "parquet": Reader("parquet"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds.

    Attributes
    ----------
    table
        `_row` (int64), then the file's columns as text. `_row` is what a person would call the
        row: the line on which it begins, the row of the sheet, or the count from 1.
    faulty
        `_row`, `text` and `fault` of the rows that could not be split, untouched.
    """

    table: pa.Table
    faulty: pa.Table


def read(path: Path, reader: Reader | str) -> Reading:
    """Read a file as text.

    Parameters
    ----------
    path
        The file.
    reader
        How to read it, or the name of one of `READERS`.

    Raises
    ------
    NotFoundError
        If there is no such file, sheet or reader.
    InvalidError
        If the file is empty, is not what the reader expects, or names its columns ambiguously.
        A file with a header and no rows is read as no rows.
    """
    if isinstance(reader, str):
        if reader not in READERS:
            raise NotFoundError.among("reader", reader, READERS)
        reader = READERS[reader]
    if path.is_dir():
        raise InvalidError(f"{path} is a folder; expected a {reader.kind} file, give its path")
    if not path.exists():
        names = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise NotFoundError.among(f"file (in {path.parent})", path.name, names)
    if path.stat().st_size == 0:
        message = f"{path} is empty, it has no byte; expected a {reader.kind} file: ask for it anew"
        raise InvalidError(message)
    _check_format(path, reader)
    match reader.kind:
        case "csv":
            return _csv(path, reader)
        case "excel":
            return _excel(path, reader)
        case "json-lines":
            return _json_lines(path, reader)
        case "parquet":
            return _parquet(path)


def _check_format(path: Path, reader: Reader) -> None:
    """Refuse a file whose first bytes belong to another format."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    looks = "text"
    if head.startswith(b"PAR1"):
        looks = "parquet"
    elif head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        looks = "excel"
    elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head:
        looks = "UTF-16 text" if head[:1] in b"\xff\xfe" else "binary data"
    elif head.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        looks = "a web page"
    wanted = reader.kind if reader.kind in ("parquet", "excel") else "text"
    if looks != wanted:
        remedy = f"declare the reader {looks!r}" if looks in READERS else "ask for the right file"
        if looks == "text":
            remedy = "declare the reader 'csv' or 'json-lines', or ask for the right file"
        if looks == "UTF-16 text":
            remedy = "save it as UTF-8"
        message = f"{path} is declared as {reader.kind}, but looks like {looks}; {remedy}"
        raise InvalidError(message)


def _decoded(path: Path, reader: Reader) -> bytes:
    """Return a text file as UTF-8 bytes without byte order mark."""
    data = path.read_bytes()
    declared = ENCODINGS[reader.encoding.lower()]
    if declared == "gb18030":
        _refuse_hidden_utf8(path, data)
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = body.decode(declared)
    except UnicodeDecodeError as error:
        other = "gb18030" if declared == "utf-8" else "utf-8"
        likely = f"it is likely {other}" if _decodes(body, other) else f"nor is it {other}"
        byte, line = error.start + len(data) - len(body), body.count(b"\n", 0, error.start) + 1
        message = (
            f"{path} is declared as {declared}, but byte {byte} in line {line} does not fit; "
            f"{likely}: declare the encoding it has, or ask for the file anew"
        )
        raise InvalidError(message) from None
    return body if declared == "utf-8" else text.encode()


def _refuse_hidden_utf8(path: Path, data: bytes) -> None:
    """Refuse UTF-8 declared as GB18030, which would decode into wrong characters."""
    marked = data.startswith(codecs.BOM_UTF8)
    if marked or (_decodes(data, "utf-8") and sum(ord(c) > 127 for c in data.decode()) >= SURE):
        message = f"{path} is declared as gb18030, but is UTF-8 throughout; declare utf-8"
        raise InvalidError(message)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _csv(path: Path, reader: Reader) -> Reading:
    data = _decoded(path, reader)
    first = max(reader.header, 1)
    lines = io.BytesIO(data)
    skipped = sum(len(lines.readline()) for _ in range(first - 1))
    found = split(data[skipped:], reader.delimiter, first)
    if found is None:
        message = f"{path} has no header in line {first} or after; expected the names of columns"
        raise InvalidError(message)
    others = [mark for mark in ",;\t|" if mark != reader.delimiter and mark in found.header[0]]
    if len(found.header) == 1 and others:
        message = (
            f"{path} is declared with the delimiter {reader.delimiter!r}, but its header "
            f"{found.header[0]!r} looks divided by {others[0]!r}; declare that delimiter"
        )
        raise InvalidError(message)
    return _reading(path, found.header, found.columns, found.lines, found.faults)


def _parquet(path: Path) -> Reading:
    try:
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        message = f"{path} begins like Parquet, but is cut short or damaged ({error}): copy it anew"
        raise InvalidError(message) from None
    columns = [render_column(column) for column in table.columns]
    return _reading(path, table.column_names, columns, range(1, table.num_rows + 1), [])


def _excel(path: Path, reader: Reader) -> Reading:
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        name = reader.sheet or next(iter(book.sheet_names), "")
        if name not in book.sheet_names:
            raise NotFoundError.among(f"sheet (in {path})", name, book.sheet_names)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError) as error:
        message = f"{path} is no Excel workbook, or damaged ({error}): open and save it in Excel"
        raise InvalidError(message) from None
    texts = [[render_value(cell) or None for cell in row] for row in rows]
    filled = [number for number, row in enumerate(texts, 1) if any(row) and number >= reader.header]
    if not filled or (reader.header and filled[0] != reader.header):
        where = f"row {reader.header}" if reader.header else "any row"
        message = f"{path}, sheet {name!r}, has no header in {where}; expected names of columns"
        raise InvalidError(message)
    width = max(place for n in filled for place, cell in enumerate(texts[n - 1], 1) if cell)
    header, body = texts[filled[0] - 1][:width], filled[1:]
    columns = [pa.array([texts[n - 1][i] for n in body], pa.string()) for i in range(width)]
    return _reading(path, [cell or "" for cell in header], columns, body, [])


def _json_lines(path: Path, reader: Reader) -> Reading:
    lines = _decoded(path, reader).decode().split("\n")
    names: dict[str, None] = {}
    rows: list[tuple[int, dict[str, str | None]]] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, 1):
        if number < reader.header or not line.strip():
            continue
        try:
            row = DECODER.decode(line)
            dict.items(row)
            if "\\" in line or "[" in line or line.count("{") > 1:
                # an escape can be half a character, and what is nested can be so without end
                json.dumps(row, ensure_ascii=False, default=str).encode()
        except (ValueError, TypeError, RecursionError) as error:
            faults.append((number, line.rstrip("\r"), f"expected one JSON object a line: {error}"))
            continue
        names.update(dict.fromkeys(row))
        plain = (str, type(None))
        cells = {k: (v if type(v) in plain else render_value(v)) or None for k, v in row.items()}
        rows.append((number, cells))
    if not rows and not faults:
        raise InvalidError(f"{path} has nothing but blank lines; expected one JSON object a line")
    columns = [pa.array([row.get(name) for _, row in rows], pa.string()) for name in names]
    return _reading(path, list(names), columns, [number for number, _ in rows], faults)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice in one object"
        raise ValueError(message)
    return found


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal)


def _reading(
    path: Path,
    header: list[str],
    columns: "Iterable[pa.Array[Any] | pa.ChunkedArray[Any]]",
    rows: Iterable[int],
    faults: list[Fault],
) -> Reading:
    names = _names(path, header)
    table = pa.table([pa.array(rows, pa.int64()), *columns], names=["_row", *names])
    cells = [dict(zip(FAULTY.names, fault, strict=True)) for fault in faults]
    return Reading(table, pa.Table.from_pylist(cells, schema=FAULTY))


def _names(path: Path, header: list[str]) -> list[str]:
    """Return the names of columns: trimmed, `column_N` for one without, no two alike."""
    names = [name.strip() or f"column_{place}" for place, name in enumerate(header, 1)]
    places: dict[str, int] = {"_row": 0}
    for place, name in enumerate(names, 1):
        if name.lower() in places:
            other = places[name.lower()]
            clash = f"column {other} has that name too" if other else "that name is reserved"
            message = f"{path}: column {place} is named {name!r}, but {clash}; rename one of them"
            raise InvalidError(message)
        places[name.lower()] = place
    return names
