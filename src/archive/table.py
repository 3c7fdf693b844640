"""A table of the archive: a Delta table whose files are sorted by owner."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, Transaction
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from ..core.errors import IntegrityError
from .disk import force
from .files import OWNER, Owners, read_file, write_file
from .ordering import as_filed
from .overlay import NOTHING, Overlay
from .retrieval import read_owner

__all__ = ["Listed", "Rewriting", "Snapshot", "commit", "force_commits", "removed", "tidy"]

SMALL = 131_072
MANY = 16
NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Listed:
    """The files of a snapshot: their names, sizes, rows, and whose rows of which deliveries."""

    names: tuple[str, ...]
    sizes: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]


NO_NUMBERS = np.empty(0, np.int64)
NO_FILES = Listed((), *[NO_NUMBERS] * 6)


class Snapshot:
    """A table as published, with the rows of it that lie in journals; it never changes.

    Parameters
    ----------
    folder
        The table's folder.
    schema
        Its columns as known today.
    version
        Version of the Delta table; None if all its rows lie in journals.
    overlay
        The rows that lie in journals.
    """

    def __init__(
        self,
        folder: Path,
        schema: pa.Schema,
        version: int | None,
        overlay: Overlay = NOTHING,
    ) -> None:
        self._folder, self._schema = folder, schema
        self.version, self.overlay = version, overlay
        self._listed = NO_FILES if version is None else None

    def under(self, overlay: Overlay) -> "Snapshot":
        """Return the same files with other rows in journals."""
        other = Snapshot(self._folder, self._schema, self.version, overlay)
        other._listed = self._listed
        return other

    @property
    def listed(self) -> Listed:
        """The files of this snapshot, in order of their names."""
        if self._listed is None:
            self._listed = _list(DeltaTable(str(self._folder), version=self.version))
        return self._listed

    @property
    def paths(self) -> list[str]:
        """Where the files of this snapshot lie."""
        return [str(self._folder / name) for name in self.listed.names]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return int(self.listed.rows.sum()) + self.overlay.count

    def read(
        self,
        columns: Sequence[str] | None = None,
        owners: Owners | None = None,
        upto: int | None = None,
        since: int = 0,
    ) -> pa.Table:
        """Read rows.

        Parameters
        ----------
        columns
            Columns to return; all when None.
        owners
            Whose rows; all when None.
        upto, since
            Last and first delivery sequence to see; the newest when None, and the oldest.
        """
        wanted = list(columns) if columns is not None else list(self._schema.names)
        some = upto is not None or since > 0
        extra = ["sequence"] if some and "sequence" not in wanted else []
        last = NEWEST if upto is None else upto
        pieces = list(self.pieces(wanted + extra, owners, last, since))
        if not pieces:
            return pa.schema([self._schema.field(name) for name in wanted]).empty_table()
        table = pa.concat_tables(pieces)
        if some:
            seen = table["sequence"].to_numpy()
            table = table.filter(pa.array((seen >= since) & (seen <= last)))
        return table.select(wanted)

    def rows_of(self, owner: int, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Read the rows of one owner, as fast as it goes; see `retrieval`."""
        listed = self.listed
        rows: list[dict[str, Any]] = []
        for place in np.flatnonzero((listed.low <= owner) & (listed.high >= owner)):
            path = self._folder / listed.names[place]
            with _there(path):
                rows += read_owner(str(path), columns, owner)
        return rows + self.overlay.rows_of(owner, columns)

    def pieces(
        self,
        columns: Sequence[str],
        owners: Owners | None = None,
        upto: int = NEWEST,
        since: int = 0,
    ) -> Iterator[pa.Table]:
        """Read each file that has rows of some owners, and of deliveries from `since` to `upto`.

        Journals come last. Rows of other owners are left out, those of other deliveries in the
        same file are not.
        """
        owners = owners or Owners()
        listed = self.listed
        within = (listed.first <= upto) & (listed.last >= since)
        for place in np.flatnonzero(within & owners.overlap(listed.low, listed.high)):
            path = self._folder / listed.names[place]
            with _there(path):
                piece = read_file(str(path), self._schema, columns, owners)
            if piece is not None:
                yield piece
        yield from self.overlay.pieces(columns, owners)


@contextmanager
def _there(path: Path) -> Iterator[None]:
    """Explain that a file is gone that a published table has."""
    try:
        yield
    except FileNotFoundError:
        raise IntegrityError(
            f"{path} is missing: an erasure or `vacuum` removed it while it was being read, then "
            "read again; or it was lost, then `xinheng archive verify` names it"
        ) from None


def _list(table: DeltaTable) -> Listed:
    actions = pa.table(table.get_add_actions(flatten=True))
    order = [
        name for name in ("min.sequence", f"min.{OWNER}", "path") if name in actions.column_names
    ]
    actions = actions.sort_by([(name, "ascending") for name in order])
    count = actions.num_rows
    bounds = []
    for statistic, otherwise in (
        (f"min.{OWNER}", -(2**63)),
        (f"max.{OWNER}", NEWEST),
        ("min.sequence", 0),
        ("max.sequence", NEWEST),
    ):
        if statistic in actions.column_names:
            found = pc.fill_null(actions[statistic].cast(pa.int64()), otherwise)
            bounds.append(found.to_numpy())
        else:
            bounds.append(np.full(count, otherwise, np.int64))
    return Listed(
        tuple(actions["path"].to_pylist()),
        actions["size_bytes"].to_numpy(),
        actions["num_records"].to_numpy(),
        *bounds,
    )


def commit(
    folder: Path,
    schema: pa.Schema,
    adds: Sequence[AddAction],
    removes: Sequence[RemoveAction] = (),
    transaction: Transaction | None = None,
) -> int:
    """Add files to a table and take files away, at once; return its new version.

    It is on disk then, but nobody reads it before the manifest names it.
    """
    properties = CommitProperties(app_transactions=[transaction] if transaction else None)
    hooks = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)
    columns = Schema.from_arrow(schema)
    if not DeltaTable.is_deltatable(str(folder)):
        create_table_with_add_actions(
            str(folder), columns, list(adds), commit_properties=properties, mode="error"
        )
        force_commits(folder, 0, 0)
        return 0
    table = DeltaTable(str(folder))
    before = table.version()
    known = {field.name for field in table.schema().fields}
    fresh = [field for field in columns.fields if field.name not in known]
    if fresh:
        table.alter.add_columns(fresh)
    table.create_write_transaction(
        [*adds, *removes],
        "append",
        columns,
        commit_properties=properties,
        post_commithook_properties=hooks,
    )
    table.update_incremental()
    force_commits(folder, before + 1, table.version())
    return table.version()


def force_commits(folder: Path, first: int, last: int) -> None:
    """Wait until some versions of a table are on disk; Delta itself does not."""
    log = folder / "_delta_log"
    force(*(log / f"{version:020}.json" for version in range(first, last + 1)), log, folder)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """Files to add to a table and to take away from it, together."""

    adds: Sequence[AddAction] = ()
    removes: Sequence[RemoveAction] = ()


def tidy(folder: Path, schema: pa.Schema, snapshot: Snapshot) -> Rewriting:
    """Put many small files together into one, so that their number stays small for ever."""
    listed = snapshot.listed
    small = np.flatnonzero(listed.rows < SMALL)
    if len(small) < MANY:
        return Rewriting()
    everyone = Owners()
    pieces = [
        read_file(str(folder / listed.names[place]), schema, schema.names, everyone)
        for place in small
    ]
    table = pa.concat_tables([piece for piece in pieces if piece is not None])
    add = write_file(folder, as_filed(folder.name, table), changes=False)
    names = [listed.names[place] for place in small]
    return Rewriting([add], [removed(folder / name, changes=False) for name in names])


def removed(path: Path, *, changes: bool) -> RemoveAction:
    """Return what takes a file out of its table; `vacuum` removes the file itself.

    It tells the age of a file by its time, which from now on is when the file was replaced.
    """
    os.utime(path)
    return RemoveAction(path.name, changes, int(path.stat().st_mtime * 1000))
