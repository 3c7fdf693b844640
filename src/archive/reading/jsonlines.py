"""JSON lines: one object a line, whose names are columns in the order in which they appear."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...core.errors import InvalidError
from ..turns import in_turn
from .reader import Reader
from .rendering import render_value
from .spool import Fault, Gathering, Numbers, Reading, check_names
from .text import TextFile
from .uniform import take_apart

__all__ = ["read_json_lines"]

MOST = 4096
CELLS = 1 << 22
BLANKS = " \t\r"

Row = dict[str, Any]
Columns = Mapping[str, "pa.Array[Any]"]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """What some lines hold: numbers and columns of rows, the lines that are no object."""

    pieces: list[tuple[Numbers, Columns]]
    faults: list[Fault]


def read_json_lines(path: Path, reader: Reader, workspace: Path | None) -> Reading:
    """Read a file of JSON objects; a line that is none is set aside.

    Raises
    ------
    InvalidError
        If there are only blank lines, more than 4096 names, or names that differ by case only.
    """
    file = TextFile(path, reader)
    names: dict[str, None] = {}
    with Gathering(workspace) as gathering:
        for lines in in_turn(partial(_lines, header=reader.header), _numbered(file)):
            for rows, columns in lines.pieces:
                names.update(dict.fromkeys(columns))
                known = check_names(path, _few(path, names))
                missing = pa.nulls(len(rows), pa.string())
                gathering.add(rows, known, [columns.get(name, missing) for name in names])
            gathering.set_aside(lines.faults)
        if not gathering.found:
            raise InvalidError(
                f"{path} has nothing but blank lines; expected one JSON object a line"
            )
        return gathering.reading(check_names(path, list(names)), file.digest.hexdigest())


def _numbered(file: TextFile) -> Iterator[tuple[int, bytes]]:
    """Yield the line on which each block begins, and the block."""
    line = 1
    for block in file.blocks(ends=(b"\n",)):
        yield line, block
        line += block.count(b"\n")


def _lines(numbered: tuple[int, bytes], header: int) -> _Lines:
    first, block = numbered
    columns = take_apart(block) if header <= first else None
    if columns is not None:
        count = len(next(iter(columns.values())))
        return _Lines([(np.arange(first, first + count), columns)], [])
    numbers, rows, faults = _decoded(block.decode().split("\n"), first, header)
    names = dict.fromkeys(name for shape in dict.fromkeys(map(tuple, rows)) for name in shape)
    step = max(CELLS // max(len(names), 1), 1)
    pieces = [
        (np.array(numbers[at : at + step], dtype=np.int64), _columns(rows[at : at + step], names))
        for at in range(0, len(rows), step)
    ]
    return _Lines(pieces, faults)


def _decoded(
    lines: Sequence[str], first: int, header: int
) -> tuple[list[int], list[Row], list[Fault]]:
    """Return the lines that are objects, as such, with their numbers, and the others."""
    numbers: list[int] = []
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, first):
        text = line.strip(BLANKS)
        if number < header or not text or text.isspace():
            continue
        try:
            rows.append(_object(text))
        except (ValueError, TypeError, RecursionError) as error:
            faults.append((number, line.rstrip("\r"), f"expected one JSON object a line: {error}"))
            continue
        numbers.append(number)
    return numbers, rows, faults


def _object(text: str) -> Row:
    """Return one object with its numbers as they are written and what is nested as JSON."""
    try:
        row, end = scan(text, 0)
    except StopIteration:
        end = -1
    if end != len(text):
        AS_WRITTEN.decode(text)
    dict.keys(row)
    nested = [name for name, value in row.items() if type(value) in (dict, list)]
    if nested:
        exact = DECODER.decode(text)
        row.update((name, render_value(exact[name])) for name in nested)
    if "\\ud" in text or "\\uD" in text:
        json.dumps(row, ensure_ascii=False).encode()  # an escape can be half a character
    return row


def _columns(rows: list[Row], names: Collection[str]) -> Columns:
    if all(map(tuple(names).__eq__, map(tuple, rows))):
        values: list[Sequence[Any]] = list(zip(*map(dict.values, rows), strict=True))
    else:
        values = [[row.get(name) for row in rows] for name in names]
    return {name: _column(column) for name, column in zip(names, values, strict=True)}


def _column(values: Sequence[Any]) -> "pa.Array[Any]":
    try:
        column = pa.array(values, pa.string())
    except pa.ArrowTypeError:
        texts = [v if v is None or type(v) is str else render_value(v) for v in values]
        column = pa.array(texts, pa.string())
    return pc.if_else(pc.equal(column, ""), None, column)


def _few(path: Path, names: Collection[str]) -> Sequence[str]:
    some = list(names)
    if len(some) > MOST:
        raise InvalidError(
            f"{path} has more than {MOST} names, among them {some[-1]!r}; a name stands for a "
            "column: ask for lines whose objects have the same names"
        )
    return some


def _once(pairs: list[tuple[str, Any]]) -> Row:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a name stands twice in one object"
        raise ValueError(message)
    return found


AS_WRITTEN = json.JSONDecoder(object_pairs_hook=_once, parse_float=str, parse_int=str)
scan: Callable[[str, int], tuple[Row, int]] = vars(AS_WRITTEN)["scan_once"]
DECODER = json.JSONDecoder(object_pairs_hook=_once)
