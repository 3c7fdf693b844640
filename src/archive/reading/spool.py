"""What was read: rows of text, in memory while they are few and else in a file mapped into it."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...core.errors import InvalidError
from ..mapped import Mapped

__all__ = ["Fault", "Gathering", "Numbers", "Reading", "Spool", "check_names"]

ROOM = 64 << 20
PIECE = 1 << 15
FAULTS: dict[str, pa.DataType] = {"_row": pa.int64(), "text": pa.string(), "fault": pa.string()}
FAULTY = pa.schema(FAULTS)

Numbers = npt.NDArray[np.int64]
Fault = tuple[int, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a file holds.

    Attributes
    ----------
    names
        The file's columns.
    data
        `_row` (int64), the number of each row, ascending, then the file's columns as text. The
        number is what a person would call the row: the line on which it begins, the row of the
        sheet, or the count from 1. What is large lies in a file of the workspace that is mapped
        into memory, so that the system may drop and read it at will.
    faulty
        `_row`, `text` and `fault` of the rows that could not be split, untouched.
    sha256
        Digest of the file's bytes.
    mapped
        The files of the workspace that `data` lies in.
    """

    names: tuple[str, ...]
    data: pa.Table
    faulty: pa.Table
    sha256: str
    mapped: tuple[Mapped, ...] = ()

    def release(self) -> None:
        """Give back the memory of what was read of the workspace so far."""
        for file in self.mapped:
            file.release()


class Spool:
    """Tables one after the other, kept in memory up to 64 MiB and then written to a folder.

    A column that comes later is null in the tables before it.

    Parameters
    ----------
    folder
        Where to write; None keeps everything in memory.

    Examples
    --------
    >>> with Spool(None) as spool:
    ...     spool.add(pa.table({"a": ["1"]}))
    ...     spool.add(pa.table({"a": ["2"], "b": ["x"]}))
    >>> spool.load(pa.schema([("a", pa.string()), ("b", pa.string())])).to_pylist()
    [{'a': '1', 'b': None}, {'a': '2', 'b': 'x'}]
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: list[pa.Table] = []
        self._size = 0
        self._paths: list[Path] = []
        self.mapped: tuple[Mapped, ...] = ()
        self._writer: Any = None
        self._schema: pa.Schema | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_file()

    def add(self, table: pa.Table) -> None:
        """Append a table."""
        self._held.append(table)
        self._size += table.nbytes
        if self._folder is not None and self._size > ROOM:
            for held in self._held:
                self._write(held)
            self._held.clear()

    def load(self, schema: pa.Schema) -> pa.Table:
        """Return everything as one table, whose memory is the written file where there is one.

        The spool must have been left as a context before.
        """
        self.mapped = tuple(map(Mapped, self._paths))
        written = (pa.Table.from_batches(file.batches) for file in self.mapped)
        tables = [schema.empty_table(), *self._held, *written]
        return pa.concat_tables(tables, promote_options="default")

    def _write(self, table: pa.Table) -> None:
        if table.schema != self._schema:
            self._end_file()
            with tempfile.NamedTemporaryFile(
                dir=self._folder, suffix=".arrow", delete=False
            ) as file:
                self._paths.append(Path(file.name))
            self._schema = table.schema
            self._writer = pa.ipc.new_file(file.name, table.schema)
        self._writer.write_table(table, max_chunksize=PIECE)

    def _end_file(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Gathering:
    """The rows and the faults of one file, as they are found."""

    def __init__(self, workspace: Path | None) -> None:
        self._sound, self._faulty = Spool(workspace), Spool(workspace)
        self.rows = self.faults = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for spool in (self._sound, self._faulty):
            spool.__exit__()

    @property
    def found(self) -> bool:
        """Whether there is any row, sound or not."""
        return bool(self.rows or self.faults)

    def add(self, rows: Numbers, names: Sequence[str], columns: Iterable[Any]) -> None:
        """Append sound rows."""
        if len(rows):
            self.rows += len(rows)
            self._sound.add(pa.table([pa.array(rows), *columns], names=["_row", *names]))

    def set_aside(self, faults: Sequence[Fault]) -> None:
        """Append rows that could not be split."""
        if faults:
            self.faults += len(faults)
            columns = zip(*faults, strict=True)
            arrays = [
                pa.array(column, field.type) for column, field in zip(columns, FAULTY, strict=True)
            ]
            self._faulty.add(pa.table(arrays, schema=FAULTY))

    def reading(self, names: Sequence[str], sha256: str) -> Reading:
        """Return what was gathered."""
        self.__exit__()
        schema = pa.schema([("_row", pa.int64()), *((name, pa.string()) for name in names)])
        return Reading(
            names=tuple(names),
            data=self._sound.load(schema),
            faulty=self._faulty.load(FAULTY),
            sha256=sha256,
            mapped=self._sound.mapped,
        )


def check_names(path: Path | str, header: Sequence[str]) -> list[str]:
    """Return the names of columns: trimmed, `column_N` for one without, no two alike.

    Examples
    --------
    >>> check_names("a.csv", [" a ", ""])
    ['a', 'column_2']

    Raises
    ------
    InvalidError
        If two columns have one name, whatever its case, or one has the name `_row`.
    """
    names = [name.strip() or f"column_{place}" for place, name in enumerate(header, 1)]
    places: dict[str, int] = {"_row": 0}
    for place, name in enumerate(names, 1):
        if name.lower() in places:
            other = places[name.lower()]
            clash = f"column {other} has that name too" if other else "that name is reserved"
            raise InvalidError(
                f"{path}: column {place} is named {name!r}, but {clash}; rename one of them"
            )
        places[name.lower()] = place
    return names
