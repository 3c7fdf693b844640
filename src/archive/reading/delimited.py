"""Delimited text split into rows that each know their line, with nothing lost on the way.

Clean text, where quotes stand only around fields, goes through Arrow. From a stray quote to the
end of its block, text goes record by record through the `csv` module.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ...core.errors import InvalidError
from ..turns import in_turn
from .careful import split_carefully
from .lines import Records, clean_until, count_fields, find_records
from .reader import Reader
from .spool import Fault, Gathering, Numbers, Reading, check_names
from .text import LONGEST, TextFile

__all__ = ["Rows", "read_delimited", "split"]

TERMINATORS = "\r\n"

Block = tuple[bytes, bool]
Columns = list[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of a text: their first lines, their columns, and (line, text, fault) of the rest.

    `count` is how many lines the text has.
    """

    lines: Numbers
    columns: Columns
    faults: list[Fault]
    count: int

    def after(self, line: int) -> "Rows":
        """Return the same rows further down, after so many lines."""
        faults = [(number + line, text, fault) for number, text, fault in self.faults]
        return replace(self, lines=self.lines + line, faults=faults)


@dataclass(frozen=True, slots=True)
class _Head:
    """The header, the rows before it that could not be split, and the text after it."""

    header: list[str]
    faults: list[Fault]
    text: bytes
    last: bool
    line: int


def read_delimited(path: Path, reader: Reader, workspace: Path | None) -> Reading:
    """Read a CSV file.

    Raises
    ------
    InvalidError
        If there is no header, or it is ambiguous or divided by another delimiter, or the text
        does not fit its encoding.
    """
    file = TextFile(path, reader)
    with Gathering(workspace) as gathering:
        found = split(file.blocks(), reader.delimiter, max(reader.header, 1))
        header = next(found, None)
        if not isinstance(header, list):
            raise InvalidError(
                f"{path} has no header in line {max(reader.header, 1)} or after; "
                "expected the names of columns"
            )
        _check_delimiter(path, header, reader.delimiter)
        names = check_names(path, header)
        for rows in found:
            gathering.add(rows.lines, names, rows.columns)
            gathering.set_aside(rows.faults)
        return gathering.reading(names, file.digest.hexdigest())


def split(blocks: Iterable[bytes], delimiter: str, first: int) -> Iterator[Any]:
    r"""Split a text into its header, a list of names, and then `Rows` for each part of it.

    Parameters
    ----------
    blocks
        UTF-8 text; a block ends where a line does. Blank lines are no rows.
    delimiter
        One ASCII character.
    first
        Number of the line from which on the header is looked for.

    Examples
    --------
    >>> header, rows = split([b"a,b\n1,2\n3\n"], ",", 1)
    >>> header, rows.lines.tolist(), rows.faults
    (['a', 'b'], [2], [(3, '3', '1 field where the header has 2')])
    """
    stream = _last_known(blocks)
    head = _find_header(stream, delimiter, first)
    if head is None:
        return
    yield head.header
    if head.faults:
        yield Rows(np.empty(0, dtype=np.int64), [], head.faults, 0)
    width, line = len(head.header), head.line
    parts = _parts(chain([(head.text, head.last)], stream), delimiter, width)
    for rows in in_turn(partial(_rows, delimiter=delimiter, width=width), parts):
        yield rows.after(line)
        line += rows.count


def _check_delimiter(path: Path, header: list[str], delimiter: str) -> None:
    others = [mark for mark in ",;\t|" if mark != delimiter and mark in header[0]]
    if len(header) == 1 and others:
        raise InvalidError(
            f"{path} is declared with the delimiter {delimiter!r}, but its header "
            f"{header[0]!r} looks divided by {others[0]!r}; declare that delimiter"
        )


def _find_header(blocks: Iterator[Block], delimiter: str, first: int) -> _Head | None:
    faults: list[Fault] = []
    line, rest = 1, b""
    for block, last in blocks:
        lines = (rest + block).splitlines(keepends=True)
        skipped = lines[: max(first - line, 0)]
        line, lines, rest = line + len(skipped), lines[len(skipped) :], b""
        for begin, after, cells in split_carefully(lines, delimiter, whole=last):
            if isinstance(cells, list):
                return _Head(cells, faults, b"".join(lines[after:]), last, line + after)
            if cells is None:
                lines, rest = lines[:begin], b"".join(lines[begin:])
            else:
                faults.append((line + begin, _text(lines[begin:after]), cells))
        line += len(lines)
    return None


def _parts(blocks: Iterable[Block], delimiter: str, width: int) -> Iterator[bytes | Rows]:
    """Yield text that is clean, and the rows of text that is not."""
    rest = b""
    for block, last in blocks:
        text = rest + block
        end, orderly = clean_until(text, delimiter)
        if end:
            yield text[:end]
        rest = text[end:]
        if rest and (last or not orderly or len(rest) > LONGEST):
            rows, rest = _carefully(rest, delimiter, width, whole=last)
            yield rows


def _last_known(blocks: Iterable[bytes]) -> Iterator[Block]:
    """Yield each block, and whether it is the last."""
    stream = iter(blocks)
    block = next(stream, None)
    while block is not None:
        following = next(stream, None)
        yield block, following is None
        block = following


def _rows(part: bytes | Rows, delimiter: str, width: int) -> Rows:
    if isinstance(part, Rows):
        return part
    found = find_records(part)
    if not len(found.start):
        return Rows(found.line, [], [], found.lines)
    table = _arrow(part, delimiter, width)
    wrong = np.zeros(len(found.start), dtype=bool)
    faults: list[Fault] = []
    if table is not None and table.num_rows != len(wrong):
        counts = count_fields(part, found, delimiter)
        wrong = counts != width
        faults = _ragged_rows(part, found, counts, width)
    if table is None or table.num_rows != len(wrong) - len(faults):
        return _carefully(part, delimiter, width, whole=True)[0]
    return Rows(found.line[~wrong], table.columns, faults, found.lines)


def _arrow(text: bytes, delimiter: str, width: int) -> pa.Table | None:
    """Return the rows of a clean text that have so many fields; None if Arrow cannot."""
    if text.startswith(codecs.BOM_UTF8):
        return None  # it would be taken for a byte order mark
    names = [str(place) for place in range(width)]
    try:
        return pacsv.read_csv(
            pa.BufferReader(text),
            pacsv.ReadOptions(column_names=names, block_size=len(text) + 1, use_threads=False),
            pacsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in text,
                invalid_row_handler=lambda _: "skip",
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _ragged_rows(text: bytes, found: Records, counts: Any, width: int) -> list[Fault]:
    return [
        (
            int(found.line[place]),
            _text([text[found.start[place] : found.end[place]]]),
            _ragged(int(counts[place]), width),
        )
        for place in np.flatnonzero(counts != width)
    ]


def _carefully(text: bytes, delimiter: str, width: int, *, whole: bool) -> tuple[Rows, bytes]:
    """Split text record by record; return the rows and the text left over."""
    lines = text.splitlines(keepends=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    faults: list[Fault] = []
    end = len(lines)
    for begin, after, cells in split_carefully(lines, delimiter, whole=whole):
        if cells is None:
            end = begin
        elif isinstance(cells, list) and len(cells) == width:
            rows.append(cells)
            numbers.append(begin)
        else:
            fault = cells if isinstance(cells, str) else _ragged(len(cells), width)
            faults.append((begin, _text(lines[begin:after]), fault))
    columns = [
        pa.array([row[place] or None for row in rows], pa.string()) for place in range(width)
    ]
    return Rows(np.array(numbers, dtype=np.int64), columns, faults, end), b"".join(lines[end:])


def _ragged(count: int, width: int) -> str:
    fields = "1 field" if count == 1 else f"{count} fields"
    return f"{fields} where the header has {width}"


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode().rstrip(TERMINATORS)
