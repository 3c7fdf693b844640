"""Excel workbooks, read whole: a sheet has a million rows at most."""

import hashlib
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from ...core.errors import InvalidError, NotFoundError
from .reader import Reader
from .rendering import render_value
from .spool import Gathering, Reading, check_names

__all__ = ["read_excel"]

UNPACKED = 1 << 30
CELLS = 1 << 25
REACH = 64
DIGITS = 16
ROW = re.compile(rb"""\br\s*=\s*["'][A-Za-z]*([0-9]{1,})["']""")
COLUMN = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,})[0-9]""")
FAR_ROW = re.compile(ROW.pattern.replace(b"{1,", b"{6,"))
FAR_COLUMN = re.compile(COLUMN.pattern.replace(b"{1,", b"{2,"))

DAMAGE = (
    calamine.CalamineError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_excel(path: Path, reader: Reader, workspace: Path | None) -> Reading:
    """Read one sheet of a workbook.

    Raises
    ------
    NotFoundError
        If there is no such sheet.
    InvalidError
        If the workbook is damaged or vast, or has no header.
    """
    name, cells = _sheet(path, reader)
    texts = [[render_value(cell) or None for cell in row] for row in cells]
    filled = [number for number, row in enumerate(texts, 1) if any(row) and number >= reader.header]
    if not filled or (reader.header and filled[0] != reader.header):
        where = f"row {reader.header}" if reader.header else "any row"
        raise InvalidError(
            f"{path}, sheet {name!r}, has no header in {where}; expected names of columns"
        )
    width = max(place for n in filled for place, cell in enumerate(texts[n - 1], 1) if cell)
    header, body = texts[filled[0] - 1][:width], filled[1:]
    columns = [pa.array([texts[n - 1][i] for n in body], pa.string()) for i in range(width)]
    names = check_names(path, [cell or "" for cell in header])
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with Gathering(workspace) as gathering:
        gathering.add(np.array(body, dtype=np.int64), names, columns)
        return gathering.reading(names, digest)


def _sheet(path: Path, reader: Reader) -> tuple[str, list[list[Any]]]:
    try:
        _refuse_vast(path)
        book = calamine.CalamineWorkbook.from_path(path)
        name = reader.sheet or next(iter(book.sheet_names), "")
        if name not in book.sheet_names:
            raise NotFoundError.among(f"sheet (in {path})", name, book.sheet_names)
        return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except DAMAGE as error:
        raise InvalidError(
            f"{path} is no Excel workbook, or damaged ({error}): open and save it in Excel"
        ) from None


def _refuse_vast(path: Path) -> None:
    """Refuse a workbook that would take more memory than any sheet of records needs."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > UNPACKED:
            raise InvalidError(
                f"{path} unpacks to {size / 2**30:.1f} GiB, and a workbook is read whole, up to "
                f"{UNPACKED >> 30} GiB; save the sheet as CSV"
            )
        for part in archive.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                rows, columns = _extent(archive, part)
                if rows * columns > CELLS:
                    raise InvalidError(
                        f"{path} has a sheet of {rows} rows and {columns} columns ({part}), more "
                        f"than {CELLS} cells; delete what stands far outside of the table, or "
                        "save the sheet as CSV"
                    )


def _extent(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """Return how many rows and columns a sheet has; more of both where that is few enough."""
    rows, columns = _farthest(archive, part, FAR_ROW, FAR_COLUMN)
    rows, columns = max(rows, 10**5), max(columns, 26)
    return _farthest(archive, part, ROW, COLUMN) if rows * columns > CELLS else (rows, columns)


def _farthest(
    archive: zipfile.ZipFile, part: str, row: re.Pattern[bytes], column: re.Pattern[bytes]
) -> tuple[int, int]:
    rows, columns, rest = 0, 0, b""
    with archive.open(part) as sheet:
        while piece := sheet.read(1 << 20):
            block = rest + piece
            rows = max([rows, *map(_whole, row.findall(block))])
            columns = max([columns, *map(_number, set(column.findall(block)))])
            rest = block[-REACH:]
    return rows, columns


def _whole(digits: bytes) -> int:
    """Return a number, or another that is as vast: Python takes some thousand digits at most.

    Examples
    --------
    >>> _whole(b"0017"), _whole(b"9" * 5000) > 10**15
    (17, True)
    """
    return int(digits.lstrip(b"0")[:DIGITS] or b"0")


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters[:DIGITS].upper():
        number = 26 * number + letter - ord("A") + 1
    return number
