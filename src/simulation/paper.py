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
from .miswriting import Written as Kind
from .miswriting import miswritten
from .records import SCHEMAS, spooled
from .spoil import Broken, Spoiler

__all__ = ["Paper", "Written", "write_paper"]

CORRECTED = 0.006
HEADED = ("csv", "csv-gb18030", "excel")
TRUE_CODE, ISSUER = "_code", "_issuer"

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
    known
        Column of the day on which the department entered a record; -1 if it never did.
    hides, blurred
        Share of the rows in which the department does not know the credit code, and the columns
        by which it then names an enterprise, with what each of them is.
    record
        Kind and column of the number of what is passed on for another department; `rows` tells
        that department's source in a column `_issuer`, which is not written.
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
    known: str = "known"
    hides: float = 0.0
    blurred: Mapping[str, Kind] = field(default_factory=dict)
    record: tuple[str, str] | None = None
    code: str = ""
    day: str = ""
    word: str = ""
    delimiter: str = ","

    @property
    def ways(self) -> Mapping[str, str]:
        """The columns that may be broken, by what is done to them."""
        ways = {
            "check character": self.code if self.hides < 1 else "",
            "impossible date": self.day,
            "unknown code": self.word,
        }
        return {way: column for way, column in ways.items() if column}


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes
    ----------
    paper, rows
        Which file, and how many rows it has.
    broken
        The rows that are broken.
    links
        `row` and true `code` of the rows that do not tell it.
    relayed
        `number` and `issuer` of the records that are passed on for another department.
    """

    paper: Paper
    rows: int
    broken: list[Broken]
    links: pa.Table
    relayed: pa.Table


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
    empty = _written(rng, paper, desk, SCHEMAS[paper.kind].empty_table())
    file = open_file(
        folder / paper.source / paper.name, paper.format, _shown(empty).schema, paper.delimiter
    )
    links, relayed = [_linked(empty, 0)], [_relayed(paper, empty)]
    for batch in spooled(parts, paper.kind):
        known = _known(rng, paper, batch, end)
        if known.num_rows:
            row = spoiler.row
            table = spoiler.spoil(_written(rng, paper, desk, known))
            file.write(_shown(table))
            links.append(_linked(table, row))
            relayed.append(_relayed(paper, table))
    file.close()
    return Written(
        paper,
        spoiler.row - first,
        spoiler.broken,
        pa.concat_tables(links),
        pa.concat_tables(relayed),
    )


def _written(rng: np.random.Generator, paper: Paper, desk: Desk, batch: pa.Table) -> pa.Table:
    """Return rows as the department writes them; what begins with `_` is not shown."""
    table = pa.table(dict(paper.rows(desk, batch)))
    return _hidden(rng, paper, table) if paper.hides else table


def _hidden(rng: np.random.Generator, paper: Paper, table: pa.Table) -> pa.Table:
    """Take the credit code out of some rows, which then name the enterprise as people do."""
    codes = table[paper.code].combine_chunks()
    hidden = rng.random(table.num_rows) < paper.hides
    table = table.append_column(TRUE_CODE, pc.if_else(pa.array(hidden), codes, None))
    for column, what in paper.blurred.items():
        texts = table[column].combine_chunks()
        blurred = miswritten(rng, what, texts.filter(pa.array(hidden)).to_pylist())
        mended = pc.replace_with_mask(texts, pa.array(hidden), pa.array(blurred, pa.string()))
        table = table.set_column(table.schema.get_field_index(column), column, mended)
    place = table.schema.get_field_index(paper.code)
    return table.set_column(place, paper.code, pc.if_else(pa.array(hidden), None, codes))


def _shown(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if not name.startswith("_")])


def _linked(table: pa.Table, first: int) -> pa.Table:
    """Return the numbers of the rows without a code, the first being `first`, and the code."""
    if TRUE_CODE not in table.column_names:
        return pa.table({"row": pa.array([], pa.int64()), "code": pa.array([], pa.string())})
    rows = pa.array(np.arange(first, first + table.num_rows))
    linked = pa.table({"row": rows, "code": table[TRUE_CODE]})
    return linked.filter(pc.is_valid(linked["code"]))


def _relayed(paper: Paper, table: pa.Table) -> pa.Table:
    if paper.record is None:
        return pa.table({"number": pa.array([], pa.string()), "issuer": pa.array([], pa.string())})
    relayed = pa.table({"number": table[paper.record[1]], "issuer": table[ISSUER]})
    return relayed.filter(pc.is_valid(relayed["issuer"]))


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
    known = batch[paper.known].to_numpy()
    batch = batch.filter(pa.array((known >= 0) & (known < end)))
    return batch.take(pa.array(np.argsort(batch[paper.known].to_numpy(), kind="stable")))


def _with(table: pa.Table, column: str, values: npt.NDArray[np.generic]) -> pa.Table:
    place = table.schema.get_field_index(column)
    return table.set_column(place, table.schema.field(place), pa.array(values))
