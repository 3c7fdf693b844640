"""Supposing: what indicators would see of an enterprise if further records had been delivered."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..core import time
from ..core.errors import unknown
from .collect import Collected
from .contract import Contract
from .database import workbench
from .extract import Opened
from .files import Owners
from .intake import gather
from .kinds import KINDS
from .known import Known
from .landing import Landed, Terms, land
from .lookup import Registration
from .posting import reading_of
from .reading.spool import FAULTY
from .source import Clocks, Declaration, File, Records, Source
from .spans import HAPPENING
from .store import Store
from .view import READ, EventView, read, viewed, vocabulary_of

__all__ = ["Fault", "Supposed", "suppose"]

Cells = Mapping[str, str | None]
OWN = "enterprise"
NOBODY = "supposed"
TOO_LATE = "known on {known}, so that it does not count as of {as_of}: name an earlier day"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of a record, which is told by its place, from 0 on."""

    place: int
    field: str
    value: str | None
    fault: str


@dataclass(frozen=True, slots=True)
class Supposed:
    """What comes of records that are supposed.

    Attributes
    ----------
    view
        The events of the enterprise, as if the records had been delivered.
    faults
        Everything that is wrong; then the view is what it is without any of the records.
    known
        Places of the records that the archive has already, which change nothing.
    """

    view: EventView
    faults: tuple[Fault, ...]
    known: tuple[int, ...]


def suppose(
    store: Store,
    about: Registration,
    records: Sequence[Cells],
    as_of: int,
    received: datetime,
    upto: int | None = None,
) -> Supposed:
    """Take records in as if a department delivered them whose clocks are trusted; write nothing.

    They are held against the same contracts, compared with what is there, and seen through the
    same streams as those of a delivery.

    Parameters
    ----------
    store
        The archive's tables.
    about
        Whose records they are.
    records
        The `kind` of each, and the fields of its contract but `enterprise`, as text.
    as_of
        Day number before which each of them has to be known.
    received
        The present moment.
    upto
        Last delivery to see; the newest when None.
    """
    faults = tuple(_misnamed(records))
    if faults:
        return Supposed(_view(store, about, upto, Landed()), faults, ())
    with tempfile.TemporaryDirectory(prefix="xinheng-") as name, workbench():
        source, opened = _source(about, records), _opened(about, records)
        fates, known = opened.fates(), Known(store, about.scheme)
        collected = gather(source, opened, fates, received, Path(name), known)
        found = _faults(collected, as_of, time.day_of(received))
        faults = tuple(sorted(found, key=lambda each: each.place))
        if faults:
            return Supposed(_view(store, about, upto, Landed()), faults, ())
        sequence, day = store.state().sequence + 1, time.day_of(received)
        terms = Terms(source.name, sequence, day, trusted=True, delay=0)
        landed = land(store, terms, collected, about.scheme)
        again = [
            int(row)
            for each in collected.fates.values()
            for row in each.among(0, each.last + 1, "duplicate")
        ]
        return Supposed(_view(store, about, upto, landed), (), tuple(sorted(again)))


def _fields(contract: Contract) -> list[str]:
    return [field.name for field in contract.columns if field.name != OWN]


def _misnamed(records: Sequence[Cells]) -> Iterator[Fault]:
    """Find kinds and fields that there are not."""
    for place, record in enumerate(records):
        kind = record.get("kind")
        contract = KINDS.get(kind or "")
        if contract is None:
            yield Fault(place, "kind", kind, unknown("kind of record", kind, KINDS))
            continue
        names = _fields(contract)
        for name in record:
            if name not in ("kind", *names):
                fault = unknown(f"field of {kind}", name, ["kind", *names])
                yield Fault(place, name, record[name], fault)


def _numbered(records: Sequence[Cells]) -> dict[str, list[int]]:
    """Return the places of the records of each kind."""
    found: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        found.setdefault(str(record["kind"]), []).append(place)
    return found


def _source(about: Registration, records: Sequence[Cells]) -> Source:
    """Return a mapping whose files are called by kinds and hold the fields of their contracts."""
    kinds = _numbered(records)
    declaration = Declaration(
        title=NOBODY,
        department=NOBODY,
        scheme=about.scheme,
        clocks=Clocks(backfill="trusted"),
        files={kind: File(path=kind, reader="csv") for kind in kinds},
        records=[Records(kind=kind, rows=kind, sql=kind) for kind in kinds],
    )
    return Source(NOBODY, Path(), declaration, {kind: f'FROM "{kind}"' for kind in kinds}, "")


def _opened(about: Registration, records: Sequence[Cells]) -> Opened:
    readings = {}
    for kind, places in _numbered(records).items():
        names = _fields(KINDS[kind])
        cells: list[Cells] = [
            {OWN: about.code, **{name: records[place].get(name) or None for name in names}}
            for place in places
        ]
        readings[kind] = reading_of(places, cells, FAULTY.empty_table(), "")
    return Opened({kind: Path(kind) for kind in readings}, readings, "")


def _faults(collected: Collected, as_of: int, today: int) -> Iterator[Fault]:
    for faults in collected.faults.values():
        for window in faults.windows:
            for row, some in faults.window(window).items():
                for each in some:
                    field, value = each.get("field", "kind"), each.get("value")
                    yield Fault(row, field, value, each["fault"])
    for mapped in collected.mapped:
        for part in range(collected.parts):
            table = mapped.runs.read(part, ["_row", "known_day"])
            for row in table.to_pylist() if table is not None else ():
                known = row["known_day"]
                if known is not None and as_of <= known <= today:
                    told = TOO_LATE.format(known=time.show(known), as_of=time.show(as_of))
                    yield Fault(row["_row"], "known", time.show(known), told)


def _view(store: Store, about: Registration, upto: int | None, landed: Landed) -> EventView:
    """Return the events of an enterprise, those that landed among them."""
    state, owners = store.state(), Owners.of(np.array([about.owner]))
    tables = [
        pa.concat_tables(
            [
                read(store, state, name, columns, upto, owners),
                *(table.select(columns) for table in landed.rows.get(name, ())),
            ]
        ).combine_chunks()
        for name, columns in (("event", READ), ("lifecycle", list(HAPPENING)))
    ]
    rows, happenings = tables
    new = [key for table in landed.rows.get("stream", ()) for key in table["key"].to_pylist()]
    names = vocabulary_of(store, state, new)
    return EventView(viewed(rows.rename_columns({"entity": OWN}), happenings), names)
