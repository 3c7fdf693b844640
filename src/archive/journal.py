"""The journal: rows of small deliveries, a file for each, until they are folded into the tables.

A file holds the rows of every table that a delivery adds to. It is complete and on disk before the
manifest names it, never changes, and is read only if its bytes have the digest that the manifest
says.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from ..core.errors import IntegrityError
from .disk import force, make
from .entries import Journaled
from .files import OWNER
from .tables import schema_of

__all__ = ["Journal"]

READ = 128  # twice as many as are folded at the latest
TABLE = b"table"


class Journal:
    """Files named by the number of their delivery.

    Parameters
    ----------
    folder
        Where they lie; created by the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sequence: int) -> Path:
        """Return the file of a delivery."""
        return self._folder / f"{sequence:08d}.arrow"

    def paths(self) -> Iterator[tuple[int, Path]]:
        """Yield every file that is there, with the number of its delivery."""
        for path in sorted(self._folder.glob("*.arrow")):
            yield int(path.stem), path

    def write(self, sequence: int, rows: Mapping[str, Sequence[pa.Table]]) -> Journaled:
        """Write the rows of a delivery, by table; nobody reads them before they are published.

        Raises
        ------
        pyarrow.ArrowInvalid
            If rows do not have the columns of their table. Nothing is written.
        """
        tables = {name: in_order(pa.concat_tables(some)) for name, some in rows.items()}
        written = _written(tables)
        make(self._folder)
        with self.path(sequence).open("wb") as stream:
            stream.write(written)
            stream.flush()
            os.fsync(stream.fileno())
        force(self._folder)
        return Journaled(
            sha256=hashlib.sha256(written).hexdigest(),
            rows={name: table.num_rows for name, table in tables.items()},
        )

    def read(self, sequence: int, journaled: Journaled) -> Mapping[str, pa.Table]:
        """Return the rows of a delivery by table, each sorted by owner.

        Raises
        ------
        IntegrityError
            If the file is missing, or not what was published.
        """
        return _read(self.path(sequence), journaled.sha256)

    def check(self, sequence: int, journaled: Journaled) -> None:
        """Read a file anew, and compare it with what was published of it.

        Raises
        ------
        IntegrityError
            If it is missing, or not what was published.
        """
        path = self.path(sequence)
        tables = _read.__wrapped__(path, journaled.sha256)
        found = {name: table.num_rows for name, table in tables.items()}
        if found != journaled.rows:
            raise IntegrityError(f"{path} has the rows {found} and must have {journaled.rows}")

    def replaced(self, sequences: Iterable[int]) -> None:
        """Let the files of some deliveries be as old as their being in the tables."""
        for sequence in sequences:
            os.utime(self.path(sequence))

    def remove_after(self, sequence: int, most: int = 1) -> None:
        """Remove what a writer left that died before it published the next deliveries."""
        for each in range(1, most + 1):
            self.path(sequence + each).unlink(missing_ok=True)


def in_order(table: pa.Table) -> pa.Table:
    """Sort rows by owner, as every table keeps them; those of nobody stay as they are."""
    if OWNER not in table.column_names:
        return table
    owners = table[OWNER].to_numpy()
    if (owners[1:] >= owners[:-1]).all():
        return table
    return table.take(pa.array(np.argsort(owners, kind="stable")))


def _written(tables: Mapping[str, pa.Table]) -> pa.Buffer:
    """Return a stream for each table, one after the other, each with the table's name."""
    sink = pa.BufferOutputStream()
    for name, table in tables.items():
        schema = schema_of(name)
        columns = table.cast(schema).combine_chunks()
        named = columns.replace_schema_metadata({TABLE: name.encode()})
        with ipc.new_stream(sink, named.schema) as writer:
            writer.write_table(named)
    return sink.getvalue()


@lru_cache(maxsize=READ)
def _read(path: Path, sha256: str) -> Mapping[str, pa.Table]:
    """Read a file, which never changes once it is published."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"{path} is missing; restore it from a backup") from None
    if hashlib.sha256(found).hexdigest() != sha256:
        raise IntegrityError(
            f"{path} is damaged: its {len(found):,} bytes do not have the digest that was "
            "published; restore it from a backup"
        )
    source, tables = pa.BufferReader(found), {}
    while source.tell() < source.size():
        table = ipc.open_stream(source).read_all()
        tables[table.schema.metadata[TABLE].decode()] = table.replace_schema_metadata()
    return tables
