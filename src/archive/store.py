"""The tables of the archive: Delta Lake, sorted by owner, read as the manifest publishes them.

Rows of small deliveries lie in a journal, each delivery's in one file, until they are folded into
the tables; whoever reads a table sees both as one.

Files never change once they are published, so a copy of the folder is a backup, and copying it
back restores it while nothing else uses it. Who copies holds the writer's lock meanwhile, best
with hard links, which takes no time and keeps what `vacuum` removes:
``flock archive/.lock cp -al archive copy``. Without the lock, `manifest` is copied first and
`tables` and `journal` after it, and `vacuum` and erasures have to wait: whatever a manifest names
stays as it is.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deltalake import DeltaTable, Transaction
from deltalake.transaction import AddAction
from filelock import FileLock, Timeout

from ..core.errors import InvalidError
from .disk import make, needing_room
from .journal import Journal
from .manifest import MOST, Manifest, State
from .overlay import NOTHING, Overlay
from .table import Snapshot, commit, force_commits, tidy
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
        self.journal = Journal(folder / "journal")
        self._snapshots: dict[str, tuple[State, Snapshot | None]] = {}

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Hold the one writer's lock, and yield a folder for drafts.

        What a writer that died left behind is undone first.

        Raises
        ------
        StorageError
            If the disk is full.
        """
        make(self.folder)
        drafts = self.folder / "drafts"
        with needing_room(self.folder), FileLock(self.folder / ".lock"):
            shutil.rmtree(drafts, ignore_errors=True)
            self._undo_unpublished()
            last = self.state().sequence
            self.journal.remove_after(last, MOST)
            self.manifest.remove_after(last)
            drafts.mkdir()
            try:
                yield drafts
            finally:
                shutil.rmtree(drafts, ignore_errors=True)

    @property
    def is_busy(self) -> bool:
        """Whether somebody is writing at this moment."""
        try:
            with FileLock(self.folder / ".lock", timeout=0):
                return False
        except Timeout:
            return True

    def state(self) -> State:
        """Return what is published now."""
        return self.manifest.state()

    def versions(self) -> dict[str, int]:
        """Return the published version of each table."""
        return self.manifest.tables()

    def names(self, state: State) -> list[str]:
        """Return the tables that have rows, in files or in journals, sorted."""
        told = {name for journal in state.journals.values() for name in journal.rows}
        return sorted(told | set(state.tables))

    def snapshot(self, name: str, state: State | None = None) -> Snapshot | None:
        """Return a table as published; None if nothing was written to it yet.

        Parameters
        ----------
        name
            Name of the table.
        state
            What was published when the reader began; what is published now when None.
        """
        state = state or self.state()
        then, known = self._snapshots.get(name, (None, None))
        if then is not state:
            known = self._renewed(name, state, known)
            self._snapshots[name] = state, known
        return known

    def _renewed(self, name: str, state: State, known: Snapshot | None) -> Snapshot | None:
        version = state.tables.get(name)
        overlay = self._overlay(name, state, known.overlay if known else NOTHING)
        if version is None and not overlay.told:
            return None
        if known is None or known.version != version:
            return Snapshot(self.path(name), schema_of(name), version, overlay)
        return known if known.overlay is overlay else known.under(overlay)

    def _overlay(self, name: str, state: State, known: Overlay) -> Overlay:
        telling = [(n, each) for n, each in state.journals.items() if name in each.rows]
        told = tuple(each.sha256 for _, each in telling)
        seen = len(known.told)
        if told[:seen] != known.told:
            known, seen = NOTHING, 0
        rows = [self.journal.read(n, each)[name] for n, each in telling[seen:]]
        return known.over(told[seen:], rows, schema_of(name))

    def path(self, name: str) -> Path:
        """Return the folder of a table."""
        return self.folder / "tables" / name

    def append(
        self, files: Mapping[str, Sequence[AddAction]], transaction: Transaction
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
            versions[name] = commit(folder, schema, adds, (), transaction)
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
            force_commits(path, version + 1, table.version())


def _committed(path: Path, version: int) -> bool:
    return (path / "_delta_log" / f"{version:020}.json").exists()


def _unchanged(table: DeltaTable, version: int) -> bool:
    if table.version() == version:
        return True
    then = DeltaTable(table.table_uri, version=version)
    return sorted(then.file_uris()) == sorted(table.file_uris())
