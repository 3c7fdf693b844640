"""The directory as it is asked: rows in order of names, mapped from files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from .folding import folded
from .postings import Postings, distinct, pairs_of
from .writing import LONGEST

__all__ = ["Directory", "Listed", "Rows"]

Rows = npt.NDArray[np.int32]
SHOWN = ("enterprise", "name", "district", "business", "categories")
FEW = 64


@dataclass(frozen=True, slots=True)
class Listed:
    """An enterprise as it is listed.

    Attributes
    ----------
    number, enterprise
        Its dense number, and its code: with its scheme where several schemes share it.
    name
        Its registered name, None where nobody told it.
    district, business, categories
        Where it is, its line of business, and the food categories it has or had a licence for.
    """

    number: int
    enterprise: str
    name: str | None
    district: str | None
    business: str | None
    categories: tuple[str, ...]


class Directory:
    """Everybody in the archive, found by what is known of them now.

    Whoever asks gets rows: numbers from 0 on in order of names, always rising.

    Parameters
    ----------
    folder
        Where `writing.write` put it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.key = folder.name
        """What tells it from the directory of another state of the archive."""
        self.number: Rows = self._array("number")
        """The dense number of each row."""
        self.row_of: Rows = self._array("row_of")
        """The row of each dense number."""
        self.place: Rows = self._array("codes.place")
        """The place of each row in the order of codes."""
        self.individual: npt.NDArray[np.bool_] = self._array("individual")
        """Whether each row is an individual operator, or may be one for all its code says."""
        self._sorted = {
            name: (self._array(f"{name}.keys"), self._array(f"{name}.rows"))
            for name in ("codes", "licences")
        }
        self._names = Postings.open(folder, "names")
        self._categories = Postings.open(folder, "categories")
        self._texts = _mapped(folder / "texts.arrow")

    def __len__(self) -> int:
        return len(self.number)

    @property
    def by_code(self) -> Rows:
        """All rows in the order of their codes."""
        rows: Rows = self._sorted["codes"][1]
        return rows

    @cached_property
    def districts(self) -> dict[str, int]:
        """The districts that enterprises are in, and the number of each in `district`."""
        return _numbered(self._texts["district"].dictionary)

    @cached_property
    def district(self) -> npt.NDArray[np.int16]:
        """The number of the district of each row, -1 where nobody told it."""
        return self._numbers("district")

    @cached_property
    def businesses(self) -> dict[str, int]:
        """The lines of business that enterprises are in, and the number of each in `business`."""
        return _numbered(self._texts["business"].dictionary)

    @cached_property
    def business(self) -> npt.NDArray[np.int16]:
        """The number of the line of business of each row, -1 where nobody told it."""
        return self._numbers("business")

    @cached_property
    def categories(self) -> dict[str, int]:
        """The lines of business and food categories that there are, and the key of each."""
        return _numbered(_mapped(self._folder / "terms.arrow")["category"])

    def coded(self, beginning: str) -> Rows:
        """Return whose codes begin so, as they are searched."""
        return self._beginning("codes", beginning)

    def licensed(self, beginning: str) -> Rows:
        """Return who has or had a licence whose number begins so."""
        return distinct(self._beginning("licences", beginning))

    def of_categories(self, names: Iterable[str]) -> Rows:
        """Return who is in some lines of business, or has or had a licence for food categories."""
        keys = [self.categories[name] for name in names if name in self.categories]
        found = [self._categories.of(key) for key in keys]
        return found[0] if len(found) == 1 else self.either(*found)

    @staticmethod
    def either(*lists: Rows) -> Rows:
        """Return the rows that are in any of some lists."""
        return distinct(np.concatenate([np.empty(0, np.int32), *lists]))

    def perhaps_named(self, words: Sequence[str]) -> Rows:
        """Return rows among which are all that have or had names with all of some folded words.

        Each word has two signs at least; `named` tells which of them are meant.
        """
        pairs = {pair for word in words for pair in pairs_of(word)}
        found = self.common([self._names.of(pair) for pair in pairs])
        return np.empty(0, np.int32) if found is None else found

    def common(self, lists: Sequence[Rows]) -> Rows | None:
        """Return the rows that are in each of some lists; None if there is no list."""
        return reduce(self._both, sorted(lists, key=len)) if lists else None

    def row(self, number: int) -> int:
        """Return the row of a dense number, -1 if it has none."""
        return int(self.row_of[number]) if number < len(self.row_of) else -1

    def named(self, rows: Rows, words: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Tell of rows whether they have or had names with all of some folded words."""
        names = self._texts["folded"].take(pa.array(rows))
        found = np.ones(len(rows), bool)
        for word in words:
            found &= pc.match_substring(names, word).to_numpy(zero_copy_only=False)
        return found

    def listed(self, row: int) -> Listed:
        """Return who stands in a row."""
        said = {name: self._texts[name][row].as_py() for name in SHOWN}
        said["categories"] = tuple(said["categories"] or ())
        return Listed(int(self.number[row]), **said)

    def _beginning(self, name: str, beginning: str) -> Rows:
        keys, rows = self._sorted[name]
        start = folded(beginning).encode()[:LONGEST]
        if not 0 < len(start) <= keys.itemsize:
            return np.empty(0, np.int32)
        after = start[:-1] + bytes([start[-1] + 1])
        first, last = np.searchsorted(keys, np.array([start, after], keys.dtype))
        if last - first < FEW or name != "codes":
            return np.sort(rows[first:last])
        return np.flatnonzero((self.place >= first) & (self.place < last)).astype(np.int32)

    def _both(self, few: Rows, many: Rows) -> Rows:
        """Return what two lists have in common; the first is the shorter one."""
        if len(few) * FEW < len(many):
            places = np.searchsorted(many, few)
            places[places == len(many)] = 0
            return few[many[places] == few] if len(many) else few[:0]
        here = np.zeros(len(self), bool)
        here[many] = True
        return few[here[few]]

    def _numbers(self, name: str) -> npt.NDArray[np.int16]:
        indices = pc.fill_null(self._texts[name].indices, -1)
        numbers: npt.NDArray[np.int16] = indices.to_numpy().astype(np.int16)
        return numbers

    def _array(self, name: str) -> Any:
        return np.load(self._folder / f"{name}.npy", "r")


def _numbered(texts: pa.Array) -> dict[str, int]:
    return {text: place for place, text in enumerate(texts.to_pylist())}


def _mapped(path: Path) -> pa.RecordBatch:
    return ipc.open_file(pa.memory_map(str(path))).get_batch(0)
