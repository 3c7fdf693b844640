"""Postings: in which rows each key stands, mapped from files.

The keys of names are pairs of neighbouring signs, so that two characters are enough to find one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .folding import PARTED

__all__ = ["Postings", "distinct", "is_pair", "pairs_of", "pairs_of_texts"]

ENDED, WIDTH, LOW = "\n", np.uint32(16), np.uint32(0xFFFF)
PAIR, ROWS = 2, 250_000

Number = TypeVar("Number", bound=np.integer[Any])
Rows = npt.NDArray[np.int32]
Keys = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The rows of each key, rising.

    Attributes
    ----------
    keys
        Those that stand somewhere, rising; shape (k,).
    starts
        Where the rows of each begin among `rows`; shape (k + 1,).
    rows
        Row numbers.
    """

    keys: Keys
    starts: npt.NDArray[np.int64]
    rows: Rows

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Map the postings of a name in a folder."""
        found = (np.load(_path(folder, name, part), "r") for part in ("keys", "starts", "rows"))
        return cls(*found)

    def of(self, key: int) -> Rows:
        """Return the rows of a key."""
        place = int(np.searchsorted(self.keys, np.uint32(key)))
        if place == len(self.keys) or self.keys[place] != key:
            return np.empty(0, np.int32)
        return self.rows[self.starts[place] : self.starts[place + 1]]

    @staticmethod
    def write(folder: Path, name: str, parts: Iterable[tuple[Keys, Rows]]) -> None:
        """Write postings.

        Parameters
        ----------
        folder, name
            Where, and under which name.
        parts
            Keys and the row in which each stands, in any order and any number of times; the rows
            of a part come after those of the part before.
        """
        counted = [_counted(keys, rows) for keys, rows in parts]
        keys = distinct(np.concatenate([np.empty(0, np.uint32), *(k for k, _, _ in counted)]))
        sizes = np.zeros(len(keys) + 1, np.int64)
        for some, counts, _ in counted:
            sizes[1 + np.searchsorted(keys, some)] += counts
        starts = np.cumsum(sizes)
        np.save(_path(folder, name, "keys"), keys)
        np.save(_path(folder, name, "starts"), starts)
        shape, place = (int(starts[-1]),), _path(folder, name, "rows")
        rows = np.lib.format.open_memmap(place, "w+", np.int32, shape)
        filled = starts[:-1].copy()
        for some, counts, theirs in counted:
            at = np.searchsorted(keys, some)
            begin = np.cumsum(counts) - counts
            rows[np.repeat(filled[at] - begin, counts) + np.arange(len(theirs))] = theirs
            filled[at] += counts
        rows.flush()


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the different values, rising: by sorting, in a tenth of the time of `np.unique`."""
    ordered = np.sort(values)
    return ordered[_starts(ordered)]


def pairs_of(text: str) -> list[int]:
    """Return the keys of a folded text: its pairs of neighbouring signs.

    Examples
    --------
    >>> [hex(pair) for pair in pairs_of("AB")], pairs_of("A")
    (['0x410042'], [])
    """
    signs = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return list(dict.fromkeys(_keys(signs[:-1], signs[1:]).tolist()))


def is_pair(text: str) -> bool:
    """Tell whether a folded text is one pair of which no other has the key.

    Examples
    --------
    >>> is_pair("米粉"), is_pair("米粉店"), is_pair("\N{CJK UNIFIED IDEOGRAPH-20BB7}野")
    (True, False, False)
    """
    return len(text) == PAIR and max(text) <= chr(LOW)


def pairs_of_texts(texts: pa.ChunkedArray) -> Iterable[tuple[Keys, Rows]]:
    """Yield the pairs of folded texts, and the row of the text in which each stands."""
    for first in range(0, len(texts), ROWS):
        whole = ENDED.join(texts.slice(first, ROWS).to_pylist())
        signs = np.frombuffer(whole.encode("utf-32-le"), np.uint32)
        ends = signs == ord(ENDED)
        rows = np.cumsum(ends, dtype=np.int32) + np.int32(first)
        parts = ends | (signs == ord(PARTED))
        within = ~(parts[:-1] | parts[1:])
        yield _keys(signs[:-1][within], signs[1:][within]), rows[:-1][within]


def _keys(first: Keys, second: Keys) -> Keys:
    """Return two signs as one key; the few that share one are told apart by whoever looks."""
    found: Keys = ((first & LOW) << WIDTH) | (second & LOW)
    return found


def _counted(keys: Keys, rows: Rows) -> tuple[Keys, npt.NDArray[np.int64], Rows]:
    """Return each key once, in how many rows it stands, and the rows, key by key."""
    packed = distinct((keys.astype(np.uint64) << np.uint64(32)) | rows.astype(np.uint64))
    high = (packed >> np.uint64(32)).astype(np.uint32)
    starts = _starts(high)
    counts = np.diff(np.append(starts, len(high)))
    return high[starts], counts, (packed & np.uint64(0xFFFFFFFF)).astype(np.int32)


def _starts(ordered: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return where in ordered values another one begins."""
    begins = np.ones(len(ordered), bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(begins)


def _path(folder: Path, name: str, part: str) -> Path:
    return folder / f"{name}.{part}.npy"
