"""Landing: the records of a delivery that are new, written a part of the city at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake.transaction import AddAction

from ..core import time
from .collect import Collected
from .contract import Contract
from .files import Owners, write_file
from .identity import Compared, compare
from .members import ALONE, Members
from .numbering import Numbering
from .ordering import as_filed
from .parts import Group
from .project import SEEN, number_streams, project
from .register import Registered, register, register_people
from .store import Store
from .tables import PERSONAL, STREAM, record_schema
from .turns import in_turn
from .witnesses import witnesses

__all__ = ["Figures", "Landed", "Terms", "land"]

LITTLE, MANY = 20_000, 1_000_000
COMPARED = ["record", "content", "known_day", "version", "precedence", "sequence"]
LATE = (7, 30, 90, 365)
# By so many days what is only passed on stands behind what its issuer says.
RELAYED = 1 << 20

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the records of a delivery have in common.

    Attributes
    ----------
    source, sequence, received
        Who delivers, number of the delivery, and the day on which it came.
    trusted, delay
        Whether history counts from when it was known, and how many days after.
    members
        Where several deliveries land together, which: `sequence` is the number of the first.
    """

    source: str
    sequence: int
    received: int
    trusted: bool
    delay: int
    members: Members = ALONE

    def by_delivery(self, rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        """Yield the rows of each delivery that has some, with its number."""
        if self.members.count == 1:
            yield self.sequence, rows
            return
        sequences = rows["sequence"].to_numpy()
        for sequence in np.unique(sequences).tolist():
            yield sequence, rows.filter(pa.array(sequences == sequence))


@dataclass(slots=True)
class Figures:
    """What the manifest tells of a delivery: records, witnesses, and how late records came."""

    records: Counter[str] = field(default_factory=Counter)
    witnesses: Counter[str] = field(default_factory=Counter)
    lateness: dict[str, Numbers] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)

    def measure(self, kind: str, wide: pa.Table) -> None:
        """Count records of a kind that landed."""
        occurred = wide["occurred"].cast(pa.int32()).to_numpy()
        days = wide["known_day"].to_numpy() - occurred
        counts = np.bincount(np.searchsorted(LATE, days), minlength=len(LATE) + 1)
        self.records[kind] += wide.num_rows
        self.lateness[kind] = self.lateness.get(kind, 0) + counts
        self.newest[kind] = max(int(occurred.max()), self.newest.get(kind, int(occurred.max())))

    def merge(self, other: "Figures") -> None:
        """Add those of another part."""
        self.records.update(other.records)
        self.witnesses.update(other.witnesses)
        for kind, counts in other.lateness.items():
            self.lateness[kind] = self.lateness.get(kind, 0) + counts
        for kind, day in other.newest.items():
            self.newest[kind] = max(day, self.newest.get(kind, day))


@dataclass(slots=True)
class Landed:
    """What landed: rows and files for each table, and figures for the manifest.

    Attributes
    ----------
    rows
        Tables of few rows, which are not in files yet.
    figures
        Of each delivery, by its number.
    """

    rows: dict[str, list[pa.Table]] = field(default_factory=dict)
    files: dict[str, list[AddAction]] = field(default_factory=dict)
    figures: defaultdict[int, Figures] = field(default_factory=lambda: defaultdict(Figures))

    @property
    def is_little(self) -> bool:
        """Whether so few rows landed that a journal takes them."""
        count = sum(table.num_rows for tables in self.rows.values() for table in tables)
        return not self.files and count <= LITTLE

    def write(self, store: Store, name: str, table: pa.Table) -> None:
        """Take rows of a table, sorted by owner, and write them to a file if they are many."""
        if table.num_rows > LITTLE:
            add = write_file(store.path(name), as_filed(name, table))
            self.files.setdefault(name, []).append(add)
        else:
            self.take(name, table)

    def take(self, name: str, table: pa.Table) -> None:
        """Take rows of a table, to be written later."""
        if table.num_rows:
            self.rows.setdefault(name, []).append(table)

    def flush(self, store: Store, many: int = 1) -> None:
        """Write to files what was taken of tables that have many rows of it."""
        for name in list(self.rows):
            if sum(table.num_rows for table in self.rows[name]) >= many:
                table = as_filed(name, pa.concat_tables(self.rows.pop(name)))
                add = write_file(store.path(name), table)
                self.files.setdefault(name, []).append(add)

    def merge(self, other: "Landed") -> None:
        """Add what landed of another part."""
        for name, tables in other.rows.items():
            self.rows.setdefault(name, []).extend(tables)
        for name, files in other.files.items():
            self.files.setdefault(name, []).extend(files)
        for sequence, figures in other.figures.items():
            self.figures[sequence].merge(figures)


def land(store: Store, terms: Terms, collected: Collected, scheme: str) -> Landed:
    """Write what the archive lacks of a delivery into files that are not published yet.

    Parameters
    ----------
    store
        The archive's tables.
    terms
        What the records have in common.
    collected
        The records, checked and in parts; the fate of their rows is noted.
    scheme
        Identifier scheme of the enterprises.
    """
    stream = store.snapshot("stream")
    streams = Numbering(stream.read() if stream else STREAM.empty_table())
    people, new_people = register_people(store, collected, terms.sequence, terms.members)
    parts = register(store, collected, scheme, terms.sequence, people, terms.members)
    landed = Landed()
    for some, seen, entities in in_turn(partial(_land_part, store, terms, collected), parts):
        some.write(store, "event", number_streams(seen, streams))
        landed.merge(some)
        landed.take("entity", entities)
        landed.flush(store, MANY)
    landed.take("person", new_people)
    landed.take("stream", streams.new_rows())
    return landed


def _land_part(
    store: Store, terms: Terms, collected: Collected, registered: Registered
) -> tuple[Landed, pa.Table, pa.Table]:
    landed, seen = Landed(), [SEEN.empty_table()]
    issued: dict[str, pa.Table] = {}
    for group in registered.part.groups:
        kind = group.contract.kind
        stored = _stored(store, kind, group.records, issued.get(kind))
        wide = _land_group(store, terms, collected, registered, group, stored, landed)
        if wide is not None:
            issued[kind] = wide.select(COMPARED)
            seen.append(project(group.contract, wide))
    events = pa.concat_tables([table for table in seen if table.num_rows] or seen[:1])
    owners = events["owner"].to_numpy()
    if (owners[1:] < owners[:-1]).any():
        events = events.take(pa.array(np.argsort(owners, kind="stable")))
    return landed, events, registered.new


def _land_group(
    store: Store,
    terms: Terms,
    collected: Collected,
    registered: Registered,
    group: Group,
    stored: pa.Table,
    landed: Landed,
) -> pa.Table | None:
    contract, records = group.contract, group.records
    found = compare(records, stored, relay=group.relay)
    _settle(collected, group, found)
    if not found.fresh.all():
        told = records.append_column("agrees", pa.array(found.agrees))
        told = told.filter(pa.array(~found.fresh))
        seen = witnesses(store, terms, contract.kind, told, stored, registered)
        landed.write(store, "witness", seen)
        for sequence, some in terms.by_delivery(seen):
            landed.figures[sequence].witnesses[contract.kind] += some.num_rows
    records = records.append_column("version", pa.array(found.version))
    if not found.fresh.all():
        records = records.filter(pa.array(found.fresh))
    if not records.num_rows:
        return None
    wide = _wide(terms, contract, records, registered, relay=group.relay)
    landed.write(store, contract.kind, wide)
    landed.write(store, "personal", _personal(contract, records, wide))
    for sequence, some in terms.by_delivery(wide):
        landed.figures[sequence].measure(contract.kind, some)
    return wide


def _stored(store: Store, kind: str, records: pa.Table, issued: pa.Table | None) -> pa.Table:
    """Return the versions that records may be about: in the archive, and just `issued`."""
    parts = [pa.schema([record_schema(kind).field(name) for name in COMPARED]).empty_table()]
    snapshot = store.snapshot(kind)
    if snapshot is not None:
        parts.append(snapshot.read(COMPARED, Owners.of(records["owner"].to_numpy())))
    if issued is not None:
        parts.append(issued)
    stored = pa.concat_tables(parts)
    relayed = pc.less(stored["precedence"], pc.subtract(stored["known_day"], RELAYED // 2))
    return stored.append_column("relayed", relayed)


def _settle(collected: Collected, group: Group, found: Compared) -> None:
    rows, files = group.records["_row"].to_numpy(), group.records["file"].to_numpy()
    for file, name in group.names.items():
        landing = found.fresh if len(group.names) == 1 else found.fresh & (files == file)
        collected.fates[name].landed(rows if landing.all() else rows[landing])


def _wide(
    terms: Terms, contract: Contract, records: pa.Table, registered: Registered, *, relay: bool
) -> pa.Table:
    """Add to landing records where they are from and from when they may be used."""
    count = records.num_rows
    known = records["known_day"].to_numpy()
    available = time.available(
        known, np.full(count, terms.received, np.int32), trusted=terms.trusted, delay=terms.delay
    )
    given: Mapping[str, pa.Array] = {
        **terms.members.placed(records, terms.sequence),
        "entity": registered.entities(records),
        "available": pa.array(available, pa.int32()),
        "precedence": pa.array(known - np.int32(RELAYED) if relay else known),
    } | {person.name: registered.persons(records[person.name]) for person in contract.persons}
    schema = record_schema(contract.kind)
    nothing = pa.nulls(count, pa.int64())
    held = set(records.column_names)
    columns = [
        given[name] if name in given else records[name] if name in held else nothing
        for name in schema.names
    ]
    return pa.Table.from_arrays(
        [column.cast(each.type) for column, each in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _personal(contract: Contract, records: pa.Table, wide: pa.Table) -> pa.Table:
    """Return the texts of records that can name a person, one row for each."""
    parts = [PERSONAL.empty_table()]
    for each in contract.personal:
        said = pc.is_valid(records[each.name])
        some = wide.filter(said)
        columns = {
            "kind": pa.repeat(contract.kind, some.num_rows),
            "field": pa.repeat(each.name, some.num_rows),
            "value": records[each.name].filter(said),
        }
        parts.append(
            pa.table(
                [columns[name] if name in columns else some[name] for name in PERSONAL.names],
                schema=PERSONAL,
            )
        )
    table = pa.concat_tables(parts)
    return table.take(pa.array(np.argsort(table["owner"].to_numpy(), kind="stable")))
