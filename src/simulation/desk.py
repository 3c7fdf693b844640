"""What a clerk looks up to write a file: codes, names, words, days and numbers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .licences import licence_numbers
from .records import spooled
from .register import REGISTER
from .vocabulary import WORDS

__all__ = ["Desk", "dashed", "dates", "figures", "numbered", "packed", "said", "slashed"]

EPOCH, DAYS = date(1970, 1, 1), 40_000

Numbers = npt.NDArray[np.integer[Any]]


class Desk:
    """Looks up enterprises in the registers of all parts of the city, and their licences.

    Only what is asked for is read, once.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._columns: dict[str, pa.Array] = {}

    def about(self, column: str, enterprise: pa.Array | Numbers) -> pa.Array:
        """Return a column of the register for enterprises, null for none (-1)."""
        if column not in self._columns:
            parts = [pq.read_table(each / REGISTER, columns=[column]) for each in self._folders]
            whole = pa.concat_tables(parts).combine_chunks()
            self._columns[column] = whole[column].chunk(0)
        return _taken(self._columns[column], enterprise)

    def code(self, enterprise: pa.Array | Numbers) -> pa.Array:
        """Return the unified social credit codes of enterprises."""
        return self.about("code", enterprise)

    def licence(self, enterprise: pa.Array | Numbers) -> pa.Array:
        """Return the food licence that each holds, null for one that has none."""
        if "licence" not in self._columns:
            self._columns["licence"] = _licensed(self._folders)
        return _taken(self._columns["licence"], enterprise)


def _licensed(folders: Sequence[Path]) -> pa.Array:
    """Return the numbers of the licences by enterprise."""
    count = sum(pq.read_metadata(each / REGISTER).num_rows for each in folders)
    place = np.full(count, -1, np.int64)
    numbers, total = [pa.array([], pa.string())], 0
    for batch in spooled(folders, "licence"):
        columns = (batch[name].to_numpy() for name in ("sort", "serial", "products"))
        numbers.append(licence_numbers(*columns))
        who = batch["enterprise"].to_numpy()
        place[who] = total + np.arange(len(who))
        total += len(who)
    return _taken(pa.concat_arrays(numbers), place)


def said(about: str, words: Mapping[str, str], places: pa.Array | Numbers) -> pa.Array:
    """Return what a department writes for the words of the city, null for none (-1).

    Examples
    --------
    >>> said("level", {"city": "市级", "province": "省级", "nation": "国家级"}, np.array([1, -1]))
    <pyarrow.lib.StringArray object at ...>
    [
      "省级",
      null
    ]
    """
    return _taken(pa.array([words.get(word) for word in WORDS[about]], pa.string()), places)


def figures(values: pa.ChunkedArray) -> pa.Array:
    """Return numbers with null for what was not given."""
    numbers = values.to_numpy()
    return pa.array(numbers, mask=np.isnan(numbers))


def dates(days: pa.Array | Numbers) -> pa.Array:
    """Return day numbers as dates, null for one that does not come (-1)."""
    numbers = _plain(days)
    return pa.array(numbers.astype(np.int32), mask=numbers < 0).cast(pa.date32())


def slashed(days: pa.Array | Numbers) -> pa.Array:
    """Return day numbers as 2024/3/5."""
    return _taken(_styles("slashed"), days)


def packed(days: pa.Array | Numbers) -> pa.Array:
    """Return day numbers as 20240305."""
    return _taken(_styles("packed"), days)


def dashed(days: pa.Array | Numbers) -> pa.Array:
    """Return day numbers as 2024-03-05."""
    return _taken(_styles("dashed"), days)


def numbered(
    prefix: str, numbers: pa.Array | Numbers, days: pa.Array | Numbers | None = None
) -> pa.Array:
    """Return numbers of records: a prefix, the year of a day if given, and nine digits.

    Examples
    --------
    >>> numbered("TS", np.array([7])).to_pylist()
    ['TS000000007']
    """
    digits = pc.utf8_lpad(pc.cast(pa.array(_plain(numbers)), pa.string()), 9, "0")
    if days is None:
        return pc.binary_join_element_wise(prefix, digits, "")
    year = pc.utf8_slice_codeunits(packed(days), 0, 4)
    return pc.binary_join_element_wise(prefix, "〔", year, "〕", digits, "号", "")


STYLES: Mapping[str, Callable[[date], str]] = {
    "slashed": lambda day: f"{day.year}/{day.month}/{day.day}",
    "packed": lambda day: f"{day:%Y%m%d}",
    "dashed": date.isoformat,
}


@cache
def _styles(style: str) -> pa.Array:
    write = STYLES[style]
    return pa.array([write(EPOCH + timedelta(days=number)) for number in range(DAYS)])


def _taken(words: pa.Array, places: pa.Array | Numbers) -> pa.Array:
    numbers = _plain(places)
    return words.take(pa.array(numbers, mask=numbers < 0))


def _plain(places: pa.Array | Numbers) -> Numbers:
    return places if isinstance(places, np.ndarray) else places.to_numpy(zero_copy_only=False)
