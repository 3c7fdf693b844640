"""The store of grades: what every run gave, whole or not at all, and known by its digest.

The grades of a run are a folder of Parquet files, sorted by enterprise and cut into pieces of a few
megabytes, so that one enterprise is found without reading the others; and a manifest with the
SHA-256 of each. The digest of the manifest stands in the ledger: what differs from it in one byte
is refused.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from ...archive.disk import force, make, needing_room
from ...core.errors import IntegrityError, NotFoundError
from .columns import ADDED, SCHEMA

__all__ = ["GradeStore"]

MANIFEST, FORM, ROWS, SHOWN = "manifest.json", 1, 65_536, 12
LOCK, DRAFT = ".writing", "." + "[0-9a-f]" * 32


@dataclass(frozen=True, slots=True)
class GradeStore:
    """The grades of all runs in a folder."""

    folder: Path

    def write(self, blocks: Iterable[pa.Table], about: Mapping[str, Any]) -> str:
        """Write the grades of a run and return their digest.

        One writer is at work at a time; whoever comes second waits. A draft that lies there when
        the turn comes has no living writer, whose lock ended with it, and is removed.

        Parameters
        ----------
        blocks
            Tables of `SCHEMA`, by rising enterprise; each is written before the next is asked for.
        about
            What run it is; part of the digest.

        Raises
        ------
        StorageError
            If there is no room.
        """
        make(self.folder)
        with FileLock(self.folder / LOCK):
            self._tidy()
            draft = self.folder / f".{uuid4().hex}"
            try:
                with needing_room(self.folder):
                    digest = _written(draft, blocks, about)
                if not self._place(digest).exists():
                    draft.rename(self._place(digest))
                    force(self.folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        return digest

    def read(
        self,
        digest: str,
        *,
        columns: Sequence[str] | None = None,
        enterprise: int | None = None,
    ) -> pa.Table:
        """Read grades of a run.

        Parameters
        ----------
        digest
            From the ledger.
        columns
            Those wanted; all when None.
        enterprise
            Dense number of the only one wanted; then no more is read than the piece it lies in.

        Raises
        ------
        NotFoundError
            If the run is not in the folder.
        IntegrityError
            If it is not as it was written.
        """
        tables = [*self.pieces(digest, columns=columns, enterprise=enterprise)]
        fields = {field.name: field for field in (*SCHEMA, *ADDED)}
        empty = pa.schema([fields[name] for name in columns or SCHEMA.names]).empty_table()
        return pa.concat_tables(tables) if tables else empty

    def pieces(
        self,
        digest: str,
        *,
        columns: Sequence[str] | None = None,
        enterprise: int | None = None,
    ) -> Iterator[pa.Table]:
        """Yield grades of a run piece by piece; see `read`."""
        place = self._place(digest)
        for part in self._manifest(digest)["parts"]:
            if enterprise is not None and not part["first"] <= enterprise <= part["last"]:
                continue
            table = _read(place / part["file"], part["sha256"], columns, enterprise)
            yield table

    def _manifest(self, digest: str) -> dict[str, Any]:
        path = self._place(digest) / MANIFEST
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            raise NotFoundError(
                f"the grades {digest[:SHOWN]}, which the ledger names, are not in {self.folder}; "
                "set XINHENG_GRADES to where they are, or bring them back from a copy"
            ) from None
        _check(text, digest, path)
        found: dict[str, Any] = json.loads(text)
        return found

    def _place(self, digest: str) -> Path:
        return self.folder / digest

    def _tidy(self) -> None:
        """Remove the drafts of writers that were killed."""
        for draft in self.folder.glob(DRAFT):
            shutil.rmtree(draft, ignore_errors=True)


def _written(draft: Path, blocks: Iterable[pa.Table], about: Mapping[str, Any]) -> str:
    """Write grades and their manifest to a folder, and return the digest."""
    draft.mkdir()
    parts = [_part(draft, n, table) for n, table in enumerate(_cut(blocks))]
    text = json.dumps({"form": FORM, "about": about, "parts": parts}, indent=1)
    (draft / MANIFEST).write_text(text, "utf-8")
    force(*draft.iterdir(), draft)
    return hashlib.sha256(text.encode()).hexdigest()


def _part(folder: Path, number: int, table: pa.Table) -> dict[str, Any]:
    path = folder / f"part-{number:05}.parquet"
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS)
    who = table["enterprise"]
    return {
        "file": path.name,
        "rows": table.num_rows,
        "first": who[0].as_py(),
        "last": who[-1].as_py(),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def _cut(blocks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Put tables together, or cut them, to pieces of `ROWS` rows; the last may have fewer."""
    waiting: list[pa.Table] = []
    for block in blocks:
        waiting.append(block)
        while sum(map(len, waiting)) >= ROWS:
            whole = pa.concat_tables(waiting)
            yield _single(whole[:ROWS])
            waiting = [whole[ROWS:]]
    rest = pa.concat_tables(waiting) if waiting else SCHEMA.empty_table()
    if rest.num_rows:
        yield _single(rest)


def _single(table: pa.Table) -> pa.Table:
    """Return a table in one piece, with one dictionary for each column."""
    return table.unify_dictionaries().combine_chunks()


def _read(
    path: Path, sha256: str, columns: Sequence[str] | None, enterprise: int | None
) -> pa.Table:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"{path} is gone; bring it back from a copy") from None
    _check(content, sha256, path)
    wanted = None if columns is None else [*dict.fromkeys(["enterprise", *columns])]
    file = pq.ParquetFile(pa.BufferReader(content))
    there = file.schema_arrow.names
    table = file.read(columns=wanted and [name for name in wanted if name in there])
    for field in ADDED:
        if field.name in (wanted or ()) and field.name not in there:
            table = table.append_column(field, pa.nulls(len(table), field.type))
    if enterprise is not None:
        at = np.searchsorted(table["enterprise"].to_numpy(), [enterprise, enterprise + 1])
        table = table.slice(at[0], at[1] - at[0])
    return table if columns is None else table.select(columns)


def _check(content: bytes, sha256: str, path: Path) -> None:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise IntegrityError(
            f"{path} is not as it was written, so no grade of it counts; bring it back from a copy"
        )
