"""The tables of the archive: Delta Lake, sorted by owner, read as the manifest publishes them."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deltalake import DeltaTable, Transaction
from deltalake.transaction import AddAction
from filelock import FileLock

from ..core.errors import InvalidError
from .manifest import Manifest
from .table import Snapshot, commit, tidy
from .tables import schema_of

__all__ = ["Store"]


class Store:
    """Named tables in a folder.

    Parameters
    ----------
    folder
        Root of the archive; created on first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest(folder / "manifest")
        self._snapshots: dict[str, Snapshot] = {}

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the one writer's lock, and yield a folder for drafts.

        What a writer that died left behind is undone first.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        drafts = self.folder / "drafts"
        with FileLock(self.folder / ".lock"):
            shutil.rmtree(drafts, ignore_errors=True)
            self._undo_unpublished()
            drafts.mkdir()
            try:
                yield drafts
            finally:
                shutil.rmtree(drafts, ignore_errors=True)

    def versions(self) -> dict[str, int]:
        """Return the published version of each table."""
        return self.manifest.tables()

    def snapshot(self, name: str) -> Snapshot | None:
        """Return a table as published; None if nothing was written to it yet."""
        version = self.versions().get(name)
        if version is None:
            return None
        known = self._snapshots.get(name)
        if known is None or known.version != version:
            known = Snapshot(self.path(name), schema_of(name), version)
            self._snapshots[name] = known
        return known

    def path(self, name: str) -> Path:
        """Return the folder of a table."""
        return self.folder / "tables" / name

    def append(
        self, files: Mapping[str, Sequence[AddAction]], digest: str, sequence: int
    ) -> dict[str, int]:
        """Add files to tables and return the versions that a manifest entry has to name.

        Small files are put together on the way, so that neither their number nor the time to
        find a record grows with the number of deliveries.
        """
        versions = self.versions()
        for name, adds in files.items():
            if not adds:
                continue
            folder, schema = self.path(name), schema_of(name)
            versions[name] = commit(folder, schema, adds, (), Transaction(digest, sequence))
            merged = tidy(folder, schema, Snapshot(folder, schema, versions[name]))
            if merged.adds:
                versions[name] = commit(folder, schema, merged.adds, merged.removes)
        return versions

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


def _committed(path: Path, version: int) -> bool:
    return (path / "_delta_log" / f"{version:020}.json").exists()


def _unchanged(table: DeltaTable, version: int) -> bool:
    if table.version() == version:
        return True
    then = DeltaTable(table.table_uri, version=version)
    return sorted(then.file_uris()) == sorted(table.file_uris())
