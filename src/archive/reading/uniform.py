"""JSON lines that are all written alike, taken apart all at once.

Most files are written by a program: every line is a flat object with the same names in the same
order, without an escape. Whatever is not exactly that is left to the decoder.
"""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["take_apart"]

QUOTE, OPEN, CLOSE, COLON, COMMA, END, BRACKET, CONTROL = range(1, 9)
MARKS = np.zeros(256, dtype=np.uint8)
MARKS[:32] = CONTROL
MARKS[[*b'"{}:,\n[]']] = [QUOTE, OPEN, CLOSE, COLON, COMMA, END, BRACKET, BRACKET]
BARE = r"^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$"

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


def take_apart(block: bytes) -> "dict[str, pa.Array[Any]] | None":
    r"""Return the columns of a block of lines, or None if the lines are not all written alike.

    Examples
    --------
    >>> columns = take_apart(b'{"a": "x", "b": 1.10}\n{"a": null, "b": true}\n')
    >>> {name: column.to_pylist() for name, column in columns.items()}
    {'a': ['x', None], 'b': ['1.10', 'true']}
    >>> take_apart(b'{"a": "x"}\n{"b": "x"}\n') is None
    True
    """
    text = block.replace(b"\r\n", b"\n") if b"\r" in block else block
    text += b"" if text.endswith(b"\n") else b"\n"
    names = _names(text[: text.index(b"\n")])
    if not names or b"\\" in text:
        return None
    whole = np.frombuffer(text, dtype=np.uint8)
    marks = MARKS.take(whole)
    place = np.flatnonzero(marks)
    mark = marks[place]
    quotes = mark == QUOTE
    inside = np.logical_xor.accumulate(quotes)
    outer = ~inside & ~quotes
    shape = np.array([OPEN, *[COLON, COMMA] * (len(names) - 1), COLON, CLOSE, END], np.uint8)
    if outer.sum() % len(shape) or (mark[outer].reshape(-1, len(shape)) != shape).any():
        return None
    if (inside & ((mark == END) | (mark == CONTROL))).any():
        return None
    return _columns(whole, place[outer].reshape(-1, len(shape)), names, int(quotes.sum()))


def _names(line: bytes) -> list[str]:
    """Return the names of an object, none if it is no object or has a name twice."""
    try:
        found = json.loads(line, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return []
    pairs = isinstance(found, list) and all(isinstance(pair, tuple) for pair in found)
    names = [name for name, _ in found] if pairs else []
    return names if len(set(names)) == len(names) else []


def _columns(
    whole: Bytes, grid: Places, names: list[str], quotes: int
) -> "dict[str, pa.Array[Any]] | None":
    """Cut out the values between the marks of each line; None if any is not as it must be."""
    starts = np.append(0, grid[:-1, -1] + 1)
    if (grid[:, 0] != starts).any() or (grid[:, -2] + 1 != grid[:, -1]).any():
        return None
    columns = {}
    needed = 2 * grid.shape[0] * len(names)
    for number, name in enumerate(names):
        opening, colon, closing = (grid[:, 2 * number + step] for step in range(3))
        if not _alike(whole, opening + 1, colon):
            return None
        start = colon + 1 + (whole[colon + 1] == ord(" "))
        string = whole[start] == ord('"')
        if (string & ((whole[closing - 1] != ord('"')) | (closing - start < 2))).any():
            return None
        needed += 2 * int(string.sum())
        values = _cut(whole, start + string, closing - string)
        if not _bare(values.filter(~string)):
            return None
        empty = start + string == closing - string
        null = ~string & (whole[start] == ord("n"))
        columns[name] = pc.if_else(empty | null, None, values)
    return columns if quotes == needed else None


def _alike(whole: Bytes, start: Places, end: Places) -> bool:
    """Tell whether the bytes are the same in every line."""
    length = int(end[0] - start[0])
    if (end - start != length).any():
        return False
    first = whole[start[0] : end[0]]
    return all((whole[start + place] == byte).all() for place, byte in enumerate(first))


def _cut(whole: Bytes, start: Places, end: Places) -> "pa.Array[Any]":
    """Return the text between places that ascend."""
    offsets = np.stack([start, end], axis=1).astype(np.int32).ravel()
    both = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(whole))
    return both.take(pa.array(np.arange(0, len(offsets), 2)))


def _bare(values: "pa.Array[Any]") -> bool:
    """Tell whether all values are numbers, truth values or null."""
    return bool(pc.all(pc.match_substring_regex(pc.unique(values), BARE), min_count=0).as_py())
