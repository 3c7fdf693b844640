"""What goes wrong in deliveries: rows sent twice, and rows that are broken.

Every broken row is written down, so that a test can tell whether an intake finds just those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..core.identifiers import ALPHABET
from .arrays import Who

__all__ = ["Broken", "Spoiler"]

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


@dataclass(slots=True)
class Spoiler:
    """Repeats some rows of a file and breaks others, and remembers which it broke.

    Every file that has a column to break has at least one broken row, if it has any row.

    Attributes
    ----------
    source, file
        The file whose rows they are.
    ways
        Column that is broken, by what is done to it.
    row
        What a person calls the next row.
    """

    rng: np.random.Generator
    source: str
    file: str
    ways: Mapping[str, str]
    row: int
    broken: list[Broken] = field(default_factory=list)

    def spoil(self, table: pa.Table) -> pa.Table:
        """Return a batch with some of its rows broken and others repeated at its end."""
        if self.ways and table.num_rows:
            table = self._repeat(self._break(table))
        self.row += table.num_rows
        return table

    def _break(self, table: pa.Table) -> pa.Table:
        sound = np.ones(table.num_rows, bool)
        for column in self.ways.values():
            sound &= table[column].is_valid().to_numpy(zero_copy_only=False)
        least = 0 if self.broken else len(self.ways)
        chosen = self.rng.permutation(np.flatnonzero(sound))
        chosen = np.sort(chosen[: max(least, self.rng.binomial(table.num_rows, BROKEN))])
        ways = list(self.ways)
        for place, way in enumerate(ways):
            rows = chosen[place :: len(ways)]
            if len(rows):
                table = _replaced(table, self.ways[way], rows, BREAK[way])
        for place, row in enumerate(chosen.tolist()):
            way = ways[place % len(ways)]
            self.broken.append(Broken(self.source, self.file, self.row + row, way))
        return table

    def _repeat(self, table: pa.Table) -> pa.Table:
        first = len(self.broken) - sum(each.row >= self.row for each in self.broken)
        rows = {each.row - self.row for each in self.broken[first:]}
        again = np.flatnonzero(self.rng.random(table.num_rows) < TWICE)
        again = again[~np.isin(again, list(rows))]
        return pa.concat_tables([table, table.take(pa.array(again))]) if len(again) else table


def _replaced(
    table: pa.Table, column: str, rows: Who,
    change: Callable[[str], str],
) -> pa.Table:  # fmt: skip
    mask = np.zeros(table.num_rows, bool)
    mask[rows] = True
    values = table[column].take(pa.array(rows)).to_pylist()
    whole = table[column].combine_chunks()
    changed = pc.replace_with_mask(whole, pa.array(mask), pa.array([change(v) for v in values]))
    return table.set_column(table.schema.get_field_index(column), column, changed)


def _mistype(code: str) -> str:
    """Replace the check character by the next one."""
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]


def _no_day(text: str) -> str:
    """Return a day that no calendar has, in the style of the value."""
    slashes, packed, dashes = NO_DAYS
    return slashes if "/" in text else dashes if "-" in text else packed


BREAK: Mapping[str, Callable[[str], str]] = {
    "check character": _mistype,
    "impossible date": _no_day,
    "unknown code": lambda _: NO_WORD,
}
