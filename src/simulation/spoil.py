"""What goes wrong in deliveries: rows sent twice, and rows that are broken.

Every broken row is written down, so that a test can tell whether an intake finds just those.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..core.identifiers import ALPHABET
from .files import Delivered

__all__ = ["Broken", "spoil"]

TWICE, BROKEN = 0.003, 0.0015
NO_DAYS = ("2023/2/29", "20231131", "2022-13-05")
NO_WORD = "其他情形"


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that cannot be taken in, by the number a person would give it, and why."""

    source: str
    file: str
    row: int
    fault: str


def spoil(rng: np.random.Generator, delivered: Delivered) -> tuple[Delivered, list[Broken]]:
    """Repeat some rows of a file and break others; return it with what was broken.

    Every file that has a column to break has at least one broken row.
    """
    table = delivered.table
    columns = {
        "check character": delivered.code,
        "impossible date": delivered.day,
        "unknown code": delivered.word,
    }
    ways = [way for way, column in columns.items() if column]
    if not ways:
        return delivered, []
    sound = np.flatnonzero(table[[columns[way] for way in ways]].notna().all(axis=1))
    chosen = rng.permutation(sound)
    count = min(len(chosen), max(len(ways), round(BROKEN * len(table))))
    whole = chosen[count:]
    twice = np.sort(whole[rng.random(len(whole)) < TWICE])
    table = pd.concat([table, table.iloc[twice]], ignore_index=True).astype(object)
    broken = []
    for place, row in enumerate(np.sort(chosen[:count]).tolist()):
        way = ways[place % len(ways)]
        table.at[row, columns[way]] = BREAK[way](table.at[row, columns[way]])  # noqa: PD008
        broken.append(Broken(delivered.source, delivered.name, row + delivered.first_row, way))
    return replace(delivered, table=table), broken


def _mistype(code: object) -> str:
    """Replace the check character by the next one."""
    text = str(code)
    return text[:-1] + ALPHABET[(ALPHABET.index(text[-1]) + 1) % len(ALPHABET)]


def _no_day(value: object) -> str:
    """Return a day that no calendar has, in the style of the value."""
    slashes, packed, dashes = NO_DAYS
    text = str(value)
    return slashes if "/" in text else dashes if "-" in text else packed


BREAK: dict[str, Callable[[object], str]] = {
    "check character": _mistype,
    "impossible date": _no_day,
    "unknown code": lambda _: NO_WORD,
}
