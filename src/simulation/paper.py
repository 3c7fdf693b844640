"""A file of a department, and how it is written from the city's records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Mask
from .desk import Desk
from .files import Format, open_file
from .records import SCHEMAS, spooled
from .spoil import Broken, Spoiler

__all__ = ["Paper", "Written", "write_paper"]

CORRECTED = 0.006
HEADED = ("csv", "csv-gb18030", "excel")

Rows = Callable[[Desk, pa.Table], Mapping[str, pa.Array]]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a department.

    Attributes
    ----------
    source, name, format
        Folder of its mapping, file name and format.
    kind
        The records it is written from.
    rows
        Turns a batch of them into the department's own columns.
    where
        Which of them belong into it; all if not given.
    later
        Columns with a day that may not have come yet.
    corrected
        Column that some rows get wrong at first, and by what factor.
    code, day, word
        Columns of the credit code, of a date and of a coded word, for those who break rows;
        empty where the file has none.
    delimiter
        Between the fields of a CSV file.
    """

    source: str
    name: str
    format: Format
    kind: str
    rows: Rows
    where: Callable[[pa.Table], Mask] | None = None
    later: tuple[str, ...] = ()
    corrected: tuple[str, float] | None = None
    code: str = ""
    day: str = ""
    word: str = ""
    delimiter: str = ","

    @property
    def ways(self) -> Mapping[str, str]:
        """The columns that may be broken, by what is done to them."""
        ways = {
            "check character": self.code,
            "impossible date": self.day,
            "unknown code": self.word,
        }
        return {way: column for way, column in ways.items() if column}


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: its paper, how many rows it has, and which of them are broken."""

    paper: Paper
    rows: int
    broken: list[Broken] = field(default_factory=list)


def write_paper(
    paper: Paper, parts: Sequence[Path], desk: Desk, folder: Path, seed: int, end: int
) -> Written:
    """Write a file of a department: all that it knew before the day `end`.

    Parameters
    ----------
    parts
        Folders of the spooled records.
    folder
        Where the deliveries go; the file goes into the folder of its source.
    seed
        Of the city; with the name of the file it decides what goes wrong in it.
    """
    rng = np.random.default_rng([seed, crc32(f"{paper.source}/{paper.name}".encode())])
    first = 2 if paper.format in HEADED else 1
    spoiler = Spoiler(rng, paper.source, paper.name, paper.ways, first)
    empty = _written(paper, desk, SCHEMAS[paper.kind].empty_table())
    path = folder / paper.source / paper.name
    file = open_file(path, paper.format, empty.schema, paper.delimiter)
    for batch in spooled(parts, paper.kind):
        known = _known(rng, paper, batch, end)
        if known.num_rows:
            file.write(spoiler.spoil(_written(paper, desk, known)))
    file.close()
    return Written(paper, spoiler.row - first, spoiler.broken)


def _written(paper: Paper, desk: Desk, batch: pa.Table) -> pa.Table:
    return pa.table(dict(paper.rows(desk, batch)))


def _known(rng: np.random.Generator, paper: Paper, batch: pa.Table, end: int) -> pa.Table:
    """Return a file's records entered before a day, corrected ones again, without later days."""
    if paper.where is not None:
        batch = batch.filter(pa.array(paper.where(batch)))
    if paper.corrected is not None:
        column, factor = paper.corrected
        value = batch[column].to_numpy()
        wrong = np.flatnonzero((rng.random(len(value)) < CORRECTED) & (value > 0))
        again = batch.take(pa.array(wrong))
        again = _with(again, column, (value[wrong] * factor).astype(value.dtype))
        later = again["known"].to_numpy() + rng.integers(8, 60, len(wrong)).astype(np.int32)
        batch = pa.concat_tables([batch, _with(again, "known", later)])
    for column in paper.later:
        days = batch[column].to_numpy()
        batch = _with(batch, column, np.where(days < end, days, -1).astype(np.int32))
    batch = batch.filter(pc.less(batch["known"], end))
    return batch.take(pa.array(np.argsort(batch["known"].to_numpy(), kind="stable")))


def _with(table: pa.Table, column: str, values: npt.NDArray[np.generic]) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(place), pa.array(values))
