"""The tables of the archive: Delta Lake, append-only, partitioned by enterprise bucket."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from filelock import FileLock

from ..core.errors import InvalidError
from .manifest import Manifest

__all__ = ["Store"]

WRITERS = 2
# A digest stands once: a dictionary of digests only takes time and room.
UNREPEATED = ColumnProperties(dictionary_enabled=False)
PARQUET = WriterProperties(
    compression="SNAPPY", column_properties={"record": UNREPEATED, "content": UNREPEATED}
)


class Store:
    """Named tables in a folder, read at the versions that the manifest publishes.

    Parameters
    ----------
    folder
        Root of the archive; created on first write.
    buckets
        Into how many parts enterprises are hashed; fixed when the archive is created.
    """

    def __init__(self, folder: Path, buckets: int = 8) -> None:
        self.folder = folder
        self.manifest = Manifest(folder / "manifest")
        self._shape = folder / "buckets"
        self.buckets = int(self._shape.read_text()) if self._shape.exists() else buckets

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer's lock; what a writer that died left behind is undone first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            if not self._shape.exists():
                self._shape.write_text(str(self.buckets))
            self._undo_unpublished()
            yield

    def versions(self) -> dict[str, int]:
        """Return the published version of each table."""
        latest = self.manifest.latest()
        return dict(latest.tables) if latest else {}

    def read(
        self,
        name: str,
        schema: pa.Schema,
        columns: Sequence[str] | None = None,
        upto: int | None = None,
        bucket: int | None = None,
    ) -> pa.Table:
        """Read a table as published.

        Parameters
        ----------
        name, schema
            Which table, and its columns, for when nothing was written to it yet.
        columns
            Columns to return; all when None.
        upto
            Last delivery sequence to see; the newest when None.
        bucket
            The one bucket to read; all when None.
        """
        version = self.versions().get(name)
        if version is None:
            table = schema.empty_table()
            return table.select(list(columns)) if columns is not None else table
        wanted = list(columns) if columns is not None else list(schema.names)
        extra = ["sequence"] if upto is not None and "sequence" not in wanted else []
        table = DeltaTable(self._path(name), version=version).to_pyarrow_table(
            columns=wanted + extra,
            filters=None if bucket is None else [("bucket", "=", bucket)],
        )
        if upto is not None:
            table = table.filter(pc.less_equal(table["sequence"], upto))
        fields = [schema.field(column) for column in wanted]
        return table.select(wanted).cast(pa.schema(fields))

    def scan(self, name: str) -> ds.Dataset | None:
        """Return a table as published, to be read piece by piece; None if it is not there yet."""
        version = self.versions().get(name)
        if version is None:
            return None
        return DeltaTable(self._path(name), version=version).to_pyarrow_dataset()

    def append(self, tables: Mapping[str, pa.Table], digest: str, sequence: int) -> dict[str, int]:
        """Append to tables and return the versions that a manifest entry has to name."""
        commit = CommitProperties(app_transactions=[Transaction(digest, sequence)])
        filled = {name: table for name, table in tables.items() if table.num_rows}

        def write(name: str) -> int:
            write_deltalake(
                self._path(name),
                filled[name],
                mode="append",
                partition_by=["bucket"] if "bucket" in filled[name].column_names else None,
                writer_properties=PARQUET,
                commit_properties=commit,
            )
            return DeltaTable(self._path(name)).version()

        with ThreadPoolExecutor(WRITERS) as pool:
            largest_first = sorted(filled, key=lambda name: -filled[name].nbytes)
            written = dict(zip(largest_first, pool.map(write, largest_first), strict=True))
        return self.versions() | written

    def _undo_unpublished(self) -> None:
        published = self.versions()
        root = self.folder / "tables"
        for path in sorted(root.iterdir()) if root.is_dir() else []:
            if path.name not in published:
                shutil.rmtree(path)
                continue
            version = published[path.name]
            if _committed(path, version) and not _committed(path, version + 1):
                continue
            table = DeltaTable(str(path))
            if table.version() < version:
                raise InvalidError(
                    f"{path} is at version {table.version()} but version {version} was "
                    "published; restore the folder from a backup"
                )
            if not _unchanged(table, version):
                table.restore(version)

    def _path(self, name: str) -> str:
        return str(self.folder / "tables" / name)


def _committed(path: Path, version: int) -> bool:
    return (path / "_delta_log" / f"{version:020}.json").exists()


def _unchanged(table: DeltaTable, version: int) -> bool:
    if table.version() == version:
        return True
    then = DeltaTable(table.table_uri, version=version)
    return sorted(then.file_uris()) == sorted(table.file_uris())
