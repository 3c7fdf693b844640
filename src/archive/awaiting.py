"""Happenings whose record the archive does not have, or not yet: it may come from elsewhere."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .collect import LIFECYCLE
from .files import Owners
from .sets import Numbers, among, unique
from .store import Store

__all__ = ["TOLD", "awaiting", "counted"]

TOLD = ("owner", "about", "of", "number", "change", "occurred", "sequence", "file", "row")
PART = 1_000_000


def awaiting(store: Store) -> Iterator[pa.Table]:
    """Yield the happenings that await their record, a part of the city at a time.

    Only the numbers of records are read, and only of kinds and owners that something happened to.

    Parameters
    ----------
    store
        The archive's tables.

    Yields
    ------
    pyarrow.Table
        `owner`, `about`, `of`, `number`, `change`, `occurred`, `sequence`, `file` and `row` of
        lifecycle records.
    """
    snapshot = store.snapshot(LIFECYCLE)
    if snapshot is None:
        return
    parts = 1 << (snapshot.count // PART).bit_length()
    for part in range(parts):
        happened = snapshot.read(TOLD, Owners.part(part, parts))
        for kind in pc.unique(happened["of"]).to_pylist():
            some = happened.filter(pc.equal(happened["of"], kind))
            alone = some.filter(pa.array(~among(some["about"].to_numpy(), _there(store, some))))
            if alone.num_rows:
                yield alone


def counted(store: Store) -> Counter[tuple[str, str]]:
    """Return how many happenings await their record, by source and kind of the record."""
    found: Counter[tuple[str, str]] = Counter()
    for some in awaiting(store):
        numbers, counts = np.unique(some["sequence"], return_counts=True)
        for sequence, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            source = store.manifest.delivery(sequence).source
            found[source, some["of"][0].as_py()] += count
    return found


def _there(store: Store, happened: pa.Table) -> Numbers:
    """Return the records that are there, of those of one kind to which something happened."""
    about = unique(happened["about"].to_numpy())
    snapshot = store.snapshot(happened["of"][0].as_py())
    owners = Owners.of(happened["owner"].to_numpy())
    pieces = snapshot.pieces(["record"], owners) if snapshot else ()
    records = (piece["record"].to_numpy() for piece in pieces)
    found = [each[among(each, about)] for each in records]
    return unique(np.concatenate([np.empty(0, np.int64), *found]))
