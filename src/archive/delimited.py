"""Delimited text split into rows that each know their line, with nothing lost on the way.

Clean text, where quotes stand only around fields, goes through Arrow. Text with stray quotes
goes record by record through the `csv` module: what cannot be split is set aside a line at a
time, so that one open quote does not swallow the rows after it.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

__all__ = ["Fault", "Split", "split"]

LF, CR, QUOTE = 10, 13, 34
BLOCK = 1 << 20
TERMINATORS = "\r\n"

Numbers = npt.NDArray[np.int64]
Fault = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of a text: their columns, their first lines, and (line, text, fault) of the rest."""

    header: list[str]
    columns: "list[pa.ChunkedArray[Any]]"
    lines: Numbers
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class _Records:
    """Where the records of a clean text begin and end, in bytes, and what they hold."""

    start: Numbers
    end: Numbers
    line: Numbers
    fields: Numbers


def split(data: bytes, delimiter: str, first: int) -> Split | None:
    """Split UTF-8 text into rows; None if there is not even a header.

    Parameters
    ----------
    data
        The text, from its header on; blank lines are no rows.
    delimiter
        One ASCII character.
    first
        Number of the line on which `data` begins.
    """
    found = _records(data, ord(delimiter))
    if found is None:
        return _carefully(data.decode(), delimiter, first)
    if not len(found.start):
        return None
    header = next(csv.reader([data[found.start[0] : found.end[0]].decode()], delimiter=delimiter))
    wrong = found.fields != len(header)
    wrong[0] = False
    faults = [
        (int(found.line[i]) + first, _text(data[found.start[i] : found.end[i]]), _ragged(n, header))
        for i, n in zip(np.flatnonzero(wrong), found.fields[wrong], strict=True)
    ]
    lines = found.line[1:][~wrong[1:]] + first
    if not len(lines):
        return Split(header, [pa.chunked_array([], pa.string()) for _ in header], lines, faults)
    table = _arrow(data, delimiter, header, found)
    if table.num_rows != len(lines):
        return _carefully(data.decode(), delimiter, first)
    return Split(header, table.columns, lines, faults)


def _arrow(data: bytes, delimiter: str, header: list[str], found: _Records) -> pa.Table:
    names = [str(place) for place in range(len(header))]
    longest = int(np.max(found.end - found.start))
    body: Any = pa.BufferReader(pa.py_buffer(data).slice(int(found.end[0])))
    return pacsv.read_csv(
        body,
        pacsv.ReadOptions(column_names=names, block_size=max(1 << 22, 2 * longest)),
        pacsv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=b'"' in data,
            invalid_row_handler=lambda _: "skip",
        ),
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )


def _records(data: bytes, delimiter: int) -> _Records | None:
    """Find the records of a text, block by block; None if a quote is not where it belongs."""
    whole = np.frombuffer(data, dtype=np.uint8)
    ends, counts, lines = [], [], [np.zeros(1, dtype=np.int64)]
    quoted, fields, line = False, 1, 0
    for begin in range(0, len(whole), BLOCK):
        block = whole[begin : begin + BLOCK]
        quote = block == QUOTE
        inside = np.logical_xor.accumulate(quote) ^ quoted
        if not _orderly(whole, np.flatnonzero(quote) + begin, delimiter, closing=quoted):
            return None
        terminators = _terminators(whole, block, begin)
        end = terminators[~inside[terminators]]
        delimiters = np.flatnonzero((block == delimiter) & ~inside)
        places = np.append(np.searchsorted(delimiters, end), len(delimiters))
        count = np.diff(places, prepend=0)
        count[0] += fields - 1
        fields = int(count[-1]) + 1
        counts.append(count[:-1] + 1)
        lines.append(np.searchsorted(terminators, end) + 1 + line)
        line += len(terminators)
        ends.append(end + begin)
        quoted = bool(inside[-1])
    if quoted:
        return None
    end = np.concatenate([*ends, [len(whole)]])
    start = np.append(0, end[:-1] + 1)
    filled = _filled(whole, start, end)
    count = np.concatenate([*counts, [fields]])
    return _Records(start[filled], end[filled], np.concatenate(lines)[filled], count[filled])


def _terminators(
    whole: npt.NDArray[np.uint8], block: npt.NDArray[np.uint8], begin: int
) -> npt.NDArray[np.intp]:
    """Return where in a block lines end: at each line feed, and carriage return without one."""
    returns = np.flatnonzero(block == CR)
    if not len(returns):
        return np.flatnonzero(block == LF)
    following = returns[returns + begin + 1 < len(whole)]
    paired = following[whole[following + begin + 1] == LF]
    lone = np.setdiff1d(returns, paired, assume_unique=True)
    return np.sort(np.concatenate([np.flatnonzero(block == LF), lone]))


def _orderly(
    whole: npt.NDArray[np.uint8], quotes: npt.NDArray[np.intp], delimiter: int, *, closing: bool
) -> bool:
    """Tell whether every quote opens or closes a field, or stands doubled within one.

    Quotes open and close by turns; the first one closes if `closing`.
    """
    edges = [delimiter, LF, CR, QUOTE]
    opening, ending = quotes[int(closing) :: 2], quotes[int(not closing) :: 2]
    before = whole[opening[opening > 0] - 1]
    after = whole[ending[ending < len(whole) - 1] + 1]
    return bool(np.isin(before, edges).all() and np.isin(after, edges).all())


def _filled(whole: npt.NDArray[np.uint8], start: Numbers, end: Numbers) -> npt.NDArray[np.bool_]:
    """Tell which records hold anything at all; a lone carriage return is nothing."""
    filled = end - start > 0
    single = np.flatnonzero(end - start == 1)
    filled[single[whole[start[single]] == CR]] = False
    return filled


def _carefully(text: str, delimiter: str, first: int) -> Split | None:
    lines = list(io.StringIO(text, newline=""))
    header: list[str] | None = None
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    faults: list[Fault] = []
    for number, end, cells in _parsed(lines, delimiter):
        raw = "".join(lines[number:end]).rstrip(TERMINATORS)
        if isinstance(cells, str):
            faults.append((number + first, raw, cells))
        elif header is None:
            header = cells
        elif len(cells) != len(header):
            faults.append((number + first, raw, _ragged(len(cells), header)))
        else:
            rows.append([cell or None for cell in cells])
            numbers.append(number + first)
    if header is None:
        return None
    columns = [
        pa.chunked_array([pa.array([row[place] for row in rows], pa.string())])
        for place in range(len(header))
    ]
    return Split(header, columns, np.array(numbers, dtype=np.int64), faults)


def _parsed(lines: list[str], delimiter: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """Yield (first line, line after, cells or fault) of each record that is not blank."""
    at = 0
    while at < len(lines):
        begin = at
        reader = csv.reader(
            (lines[i] for i in range(begin, len(lines))), delimiter=delimiter, strict=True
        )
        try:
            for cells in reader:
                if cells:
                    yield at, begin + reader.line_num, cells
                at = begin + reader.line_num
        except csv.Error as error:
            yield at, at + 1, f"a quote is not closed, or not doubled inside a field ({error})"
            at += 1


def _ragged(count: int, header: list[str]) -> str:
    return f"{count} fields where the header has {len(header)}"


def _text(record: bytes) -> str:
    return record.decode().rstrip(TERMINATORS)
