"""A convoy: postings that are taken in together, and land as if one came after the other.

Each of them stays a delivery of its own, with its number, its digest, its entry and the numbers
of its rows. What costs the same for one row as for many is done once for all: mapping, checking,
comparing, one journal, and one publication, so that all of them are there or none.

That is as if they had come one by one, as long as nothing that one tells changes what becomes of
another. So postings travel together up to the first that tells again of a record, or whose
enterprise has to be found by what others may tell; it comes first in the next convoy.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate, takewhile
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..core import time
from .collect import Collected
from .entries import Within
from .extract import Opened
from .fates import Fates
from .faults import Faults
from .folding import fold_in, is_due
from .intake import Receipt, described, gather, keep, put_aside, terms_of
from .known import Known
from .landing import Landed, land
from .manifest import MOST
from .members import Members
from .posting import Posted, Told, became
from .reading import Reading
from .source import Source
from .store import Store

__all__ = ["ROWS", "post_together"]

ROWS = 2_000
"""How many rows travel together, at most."""


@dataclass(frozen=True, slots=True)
class _Convoy:
    """Postings, the mapping of all of them, and all of their rows as those of one delivery."""

    told: tuple[Told, ...]
    source: Source
    opened: Opened
    members: Members


def post_together(
    store: Store,
    told: Sequence[Told],
    received: Sequence[datetime],
    known: Known | None = None,
) -> list[Posted]:
    """Take in as many of the first postings as can land together, as if one came after the other.

    Parameters
    ----------
    store
        The archive's tables.
    told
        Postings by one mapping, in the order in which they came.
    received
        When each came; rising.
    known
        What is known of enterprises; read anew when None.

    Returns
    -------
    list of Posted
        What became of each that landed. None did where the first cannot travel with others:
        `posting.post` takes it in.
    """
    with store.writing() as drafts:
        some = list(takewhile(lambda each: not store.manifest.find(each.opened.digest), told))
        count = _company(some, received)
        while count > 1:
            convoy = _formed(some[:count])
            folder = drafts / str(count)
            folder.mkdir()
            linking = known or Known(store, convoy.source.declaration.scheme)
            fates = convoy.opened.fates()
            collected = gather(convoy.source, convoy.opened, fates, received[0], folder, linking)
            apart = _apart(collected, convoy.members)
            if apart == count:
                return _land(store, convoy, collected, received)
            count = apart
        return []


def _company(told: Sequence[Told], received: Sequence[datetime]) -> int:
    """Return how many of the first may travel together, by what is seen of them from outside."""
    if not told:
        return 0
    first, day = told[0], time.day_of(received[0])
    sizes = accumulate(_rows(each) for each in told)
    count = 0
    for each, at, rows in zip(told[:MOST], received, sizes, strict=False):
        same = each.source.digest == first.source.digest and time.day_of(at) == day
        if not same or rows > ROWS or not each.is_plain:
            break
        count += 1
    return count


def _rows(told: Told) -> int:
    return sum(reading.data.num_rows for reading in told.opened.readings.values())


def _formed(told: Sequence[Told]) -> _Convoy:
    """Number the rows of postings through, as if they stood in the files of one delivery."""
    files = [[*each.opened.readings] for each in told]
    source = _wider([each.source for each in told])
    members = Members.of([_last(each) for each in told], files, [*source.declaration.files])
    readings = {}
    for name in source.declaration.files:
        parts = [
            _shifted(each.opened.readings[name].data, before)
            for each, before in zip(told, members.before.tolist(), strict=True)
            if name in each.opened.readings
        ]
        table = pa.concat_tables(parts)
        faulty = next(e.opened.readings[name].faulty for e in told if name in e.opened.readings)
        readings[name] = Reading(tuple(table.column_names[1:]), table, faulty, "")
    paths = {name: Path(file.path) for name, file in source.declaration.files.items()}
    digests = "\n".join(each.opened.digest for each in told)
    opened = Opened(paths, readings, hashlib.sha256(digests.encode()).hexdigest())
    return _Convoy(tuple(told), source, opened, members)


def _wider(sources: Sequence[Source]) -> Source:
    """Return the mapping of all kinds that some mappings by kind of one department have."""
    declared = [each.declaration for each in sources]
    records = {record.kind: record for each in declared for record in each.records}
    update = {
        "files": {name: file for each in declared for name, file in each.files.items()},
        "records": [*records.values()],
    }
    return replace(
        sources[0],
        declaration=declared[0].model_copy(update=update),
        statements={name: sql for each in sources for name, sql in each.statements.items()},
    )


def _last(told: Told) -> int:
    """Return the greatest number of a row."""
    readings = told.opened.readings.values()
    return max(int(reading.data["_row"].to_numpy()[-1]) for reading in readings)


def _shifted(data: pa.Table, before: int) -> pa.Table:
    return data.set_column(0, "_row", pa.array(data["_row"].to_numpy() + before))


def _apart(collected: Collected, members: Members) -> int:
    """Return how many of the first tell each of records of its own, each of them once."""
    found = [
        (table["record"].to_numpy(), table["_row"].to_numpy())
        for mapped in collected.mapped
        for part in range(collected.parts)
        if (table := mapped.runs.read(part, ["record", "_row"])) is not None
    ]
    records, rows = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((rows, records))
    again = order[1:][records[order][1:] == records[order][:-1]]
    return int(members.whose(rows[again]).min(initial=members.count))


def _land(
    store: Store, convoy: _Convoy, collected: Collected, received: Sequence[datetime]
) -> list[Posted]:
    """Write what the archive lacks of a convoy, and publish it."""
    if is_due(store):
        fold_in(store, received[0])
    first, members = store.state().sequence + 1, convoy.members
    last, source = first + members.count - 1, convoy.source
    terms = terms_of(source, first, received[0], members)
    landed = land(store, terms, collected, source.declaration.scheme)
    shares = _shares(convoy, collected)
    for sequence, told, own in zip(range(first, last + 1), convoy.told, shares, strict=True):
        put_aside(store, landed, told.opened, own, sequence)
    within = _within(landed, first, last)
    kept = keep(store, landed, convoy.opened.digest, last)
    entries = []
    for place, (told, own) in enumerate(zip(convoy.told, shares, strict=True)):
        figures, sequence = landed.figures[first + place], first + place
        entry = described(told.source, told.opened, own, received[place], figures, sequence)
        where = {"folded": kept.folded, "tables": dict(kept.tables), "within": within[place]}
        entries.append(entry.model_copy(update=where))
    entries[-1] = entries[-1].model_copy(update={"journal": kept.journals.get(last)})
    store.manifest.publish(*entries)
    return [
        Posted(Receipt(landed=True, delivery=entry), {n: became(own, n) for n in own.fates})
        for entry, own in zip(entries, shares, strict=True)
    ]


def _shares(convoy: _Convoy, collected: Collected) -> list[Collected]:
    """Return what was found in each posting, under the numbers of its own rows."""
    faulty = {name: each.table() for name, each in collected.faults.items()}
    shares = []
    for place, told in enumerate(convoy.told):
        before, count = int(convoy.members.before[place]), _last(told)
        fates: dict[str, Fates] = {}
        faults: dict[str, Faults] = {}
        for name in told.opened.readings:
            fates[name] = collected.fates[name].share(before, count)
            faults[name] = collected.faults[name].share(place, fates[name])
            rows = faulty[name]["row"].to_numpy() - before
            mine = faulty[name].filter(pa.array((rows > 0) & (rows <= count)))
            faults[name].add(mine.set_column(0, "row", pa.array(mine["row"].to_numpy() - before)))
            faults[name].close(name)
        shares.append(Collected((), collected.parts, fates, faults))
    return shares


def _within(landed: Landed, first: int, last: int) -> list[Within | None]:
    """Return the rows of each delivery by table; None of all if some are in files already."""
    if not landed.is_little:
        return [None] * (last - first + 1)
    rows: list[dict[str, int]] = [{} for _ in range(first, last + 1)]
    for name, tables in landed.rows.items():
        sequences = np.concatenate([table["sequence"].to_numpy() for table in tables])
        for sequence, count in zip(*np.unique(sequences, return_counts=True), strict=True):
            rows[int(sequence) - first][name] = int(count)
    return [Within(last=last, rows=each) for each in rows]
