"""Upkeep of the tables: putting files in order, removing old ones, and checking what is there.

What any of these does is published like a delivery: whole or not at all. Readers that hold an
older state keep it until `vacuum` removes the files.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from ..core.errors import IntegrityError
from .disk import force
from .entries import Delivery
from .files import OWNER, Owners, is_whole, write_file
from .folding import fold_in
from .kinds import KINDS
from .ordering import EVENTS, as_filed
from .store import Store
from .table import Rewriting, Snapshot, commit, removed
from .tables import schema_of

__all__ = ["Finding", "Swept", "compact", "purge", "vacuum", "verify"]

FULL = 1_000_000
SORTED = [(OWNER, "ascending"), ("sequence", "ascending")]


def compact(store: Store, at: datetime) -> dict[str, tuple[int, int]]:
    """Fold journals in, and sort every table whose files overlap into files that do not.

    Afterwards the records of one enterprise lie side by side, however many deliveries told of
    it, and its events as the event view shows them. No row changes.

    Parameters
    ----------
    store
        The archive's tables.
    at
        The present moment.

    Returns
    -------
    dict
        For each table that was put in order: how many files it had, and has.
    """
    found = {}
    with store.writing():
        fold_in(store, at)
        versions = store.versions()
        for name in sorted(versions):
            snapshot = store.snapshot(name)
            if snapshot is None or OWNER not in schema_of(name).names or _orderly(snapshot):
                continue
            rewriting = _sorted(store.path(name), snapshot)
            versions[name] = commit(
                store.path(name), schema_of(name), rewriting.adds, rewriting.removes
            )
            found[name] = (len(rewriting.removes), len(rewriting.adds))
        if found:
            store.manifest.publish_upkeep("compact", at, versions)
    return found


def _orderly(snapshot: Snapshot) -> bool:
    """Tell whether no owner lies in two files, and there are no more files than there need be."""
    listed = snapshot.listed
    order = np.argsort(listed.low)
    apart = listed.high[order][:-1] < listed.low[order][1:]
    return bool(apart.all()) and len(listed.names) <= _parts(snapshot)


def _parts(snapshot: Snapshot) -> int:
    return 1 << max(0, int(np.ceil(np.log2(max(1, snapshot.count) / FULL))))


def _sorted(folder: Path, snapshot: Snapshot) -> Rewriting:
    adds, parts = [], _parts(snapshot)
    for part in range(parts):
        table = snapshot.read(owners=Owners.part(part, parts))
        if table.num_rows:
            adds.append(write_file(folder, _filed(folder.name, table), changes=False))
    names = snapshot.listed.names
    return Rewriting(adds, [removed(folder / name, changes=False) for name in names])


def _filed(name: str, table: pa.Table) -> pa.Table:
    """Put rows in order by owner, and those of one as they came: events as they are shown."""
    return as_filed(name, table) if name == EVENTS else table.sort_by(SORTED)


@dataclass(frozen=True, slots=True)
class Swept:
    """What `vacuum` removed: how many files, and how many bytes they had."""

    files: int
    bytes: int


def vacuum(store: Store, at: datetime, keep: timedelta) -> Swept:
    """Remove files that no published table has, and folded journals, once `keep` is over.

    It begins when a file was replaced, or when it was written if no table ever had it.

    Parameters
    ----------
    store
        The archive's tables.
    at
        The present moment.
    keep
        How long a reader may hold a state that is no longer the newest.
    """
    limit = (at - keep).timestamp()
    with store.writing():
        return _removed(path for path in _unwanted(store) if path.stat().st_mtime <= limit)


def purge(store: Store) -> Swept:
    """Remove the same files at once, however young; for what must be gone, such as a name."""
    with store.writing():
        return _removed(_unwanted(store))


def _removed(paths: Iterable[Path]) -> Swept:
    files = freed = 0
    folders = set()
    for path in paths:
        size = path.stat().st_size
        path.unlink()
        folders.add(path.parent)
        files, freed = files + 1, freed + size
    force(*folders)  # else what was erased may be back after a power cut
    return Swept(files, freed)


def _unwanted(store: Store) -> Iterator[Path]:
    state = store.state()
    for name in state.tables:
        snapshot = store.snapshot(name, state)
        wanted = set(snapshot.listed.names) if snapshot else set()
        yield from (p for p in store.path(name).glob("*.parquet") if p.name not in wanted)
    yield from (path for n, path in store.journal.paths() if n not in state.journals)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be: in which table, and what."""

    table: str
    problem: str


def verify(store: Store) -> Iterator[Finding]:
    """Check that everything that was published is there, whole, and adds up.

    Every file exists, with the bytes that were written and the rows that its table says, and
    every journal with those that its delivery says; rows are in the order of owners; each
    delivery's records, quarantined and waiting rows are all there; and enterprises, persons and
    streams are numbered without a gap.
    """
    try:
        state = store.state()
        deliveries = store.manifest.deliveries()[: state.sequence]
    except IntegrityError as error:
        yield Finding("manifest", str(error))
        return
    lost = set()
    for number, journaled in state.journals.items():
        try:
            store.journal.check(number, journaled)
        except IntegrityError as error:
            lost |= set(journaled.rows)
            yield Finding("journal", str(error))
    for name in store.names(state):
        snapshot = Snapshot(store.path(name), schema_of(name), state.tables.get(name))
        try:
            broken = list(_broken_files(store.path(name), name, snapshot))
        except DeltaError as error:
            words = f"{store.path(name)} cannot be read ({error}); restore it from a backup"
            broken = [Finding(name, words)]
        yield from broken
        whole = None if broken or name in lost else store.snapshot(name, state)
        if whole is not None:
            yield from _broken_rows(name, whole, deliveries)


def _broken_files(folder: Path, name: str, snapshot: Snapshot) -> Iterator[Finding]:
    listed = snapshot.listed
    for file, size, rows in zip(listed.names, listed.sizes, listed.rows, strict=True):
        path = folder / file
        if not path.exists():
            yield Finding(name, f"{path} is missing; restore it from a backup")
            continue
        if path.stat().st_size != size:
            words = f"{path} has {path.stat().st_size:,} bytes and must have {size:,}"
            yield Finding(name, f"{words}; restore it from a backup")
            continue
        if not is_whole(path):
            yield Finding(name, f"{path} is damaged; restore it from a backup")
            continue
        found = pq.read_metadata(path).num_rows
        if found != rows:
            yield Finding(name, f"{path} has {found:,} rows and must have {rows:,}")


def _broken_rows(
    name: str, snapshot: Snapshot, deliveries: Sequence[Delivery]
) -> Iterator[Finding]:
    schema = schema_of(name)
    counted: dict[int, int] = {}
    numbers = []
    columns = [each for each in (OWNER, "sequence", "number", "entity") if each in schema.names]
    for piece in snapshot.pieces(columns):
        if OWNER in columns:
            owners = piece[OWNER].to_numpy()
            if (owners[1:] < owners[:-1]).any():
                yield Finding(name, "a file is not in the order of owners; compact the archive")
        for sequence, count in zip(*np.unique(piece["sequence"], return_counts=True), strict=True):
            counted[int(sequence)] = counted.get(int(sequence), 0) + int(count)
        if schema.field(columns[-1]).type == pa.int32() and name in ("entity", "person", "stream"):
            numbers.append(piece["number"].to_numpy())
    if numbers:
        found = np.sort(np.concatenate(numbers))
        if not np.array_equal(found, np.arange(len(found))):
            yield Finding(name, "numbers are not 0, 1, 2 and so on; restore it from a backup")
    yield from _missing(name, counted, deliveries)


def _missing(
    name: str, counted: dict[int, int], deliveries: Sequence[Delivery]
) -> Iterator[Finding]:
    """Hold the rows of a table against what the manifest says of each delivery."""
    for delivery in deliveries:
        if name in KINDS:
            said = delivery.records.get(name, 0)
        elif name in ("quarantined", "review"):
            said = sum(getattr(file, name) for file in delivery.files)
        elif name == "witness":
            said = sum(delivery.witnesses.values())
        else:
            continue
        found = counted.get(delivery.sequence, 0)
        if found != said:
            yield Finding(
                name,
                f"delivery {delivery.sequence} ({delivery.source}) has {found:,} rows and must "
                f"have {said:,}; restore the archive from a backup",
            )
