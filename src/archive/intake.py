"""Taking in a delivery: read, map, check, settle every row, publish all or nothing."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .check import check
from .database import workbench
from .extract import WORKERS, Opened, connect, extract, open_delivery, skipped_rows
from .identity import conflicts, fresh, identify
from .kinds import KINDS
from .manifest import Delivery
from .numbering import Numbering
from .project import project
from .settle import Fates, Mapped, settle
from .source import Records, Source
from .store import Store
from .tables import HELD, NUMBERING, record_schema

__all__ = ["Receipt", "ingest"]

COMPARED = ["_row", "number", "record", "content", "known_day"]
NO_RECORD = "no record came of this row and no [[skip]] names it"
PARTICULAR, WHICHEVER = re.compile(r"\b(row|is|for) ([0-9]+|[A-Z])\b"), r"\1 …"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a delivery: whether it landed now or had landed before, and its counts."""

    landed: bool
    delivery: Delivery

    @property
    def useful(self) -> bool:
        """Whether any row of it is in the archive."""
        return any(file.accepted + file.duplicate + file.review for file in self.delivery.files)


def ingest(store: Store, source: Source, folder: Path, received: datetime) -> Receipt:
    """Take in the delivery of a source that lies in `folder`.

    Parameters
    ----------
    store
        The archive's store.
    source
        Its mapping.
    folder
        Folder with the files of one delivery.
    received
        The moment of delivery, with its zone.

    Returns
    -------
    Receipt
        With the counts of each file; `landed` is False where the same files had landed by the
        same mapping before, and nothing was written.

    Raises
    ------
    NotFoundError, InvalidError, MappingError
        If files are missing, cannot be read, or do not fit the mapping. Nothing is written.
    """
    opened = open_delivery(source, folder)
    with store.writing(), workbench():
        earlier = store.manifest.find(opened.digest)
        if earlier is not None:
            return Receipt(landed=False, delivery=earlier)
        with connect(source, opened) as connection, ThreadPoolExecutor(WORKERS) as pool:
            skipped = skipped_rows(connection, source, opened)
            checks = [
                pool.submit(_checked, source, r, extract(connection, source, r), received)
                for r in source.declaration.records
            ]
            mapped = [check.result() for check in checks]
        mapped = _compared(store, mapped)
        fates = settle(opened, mapped, skipped)
        latest = store.manifest.latest()
        delivery = Delivery(
            sequence=latest.sequence + 1 if latest else 1,
            source=source.name,
            department=source.declaration.department,
            digest=opened.digest,
            received=received,
            files=fates.counts,
            records={},
            faults=_top_faults(opened, mapped, fates),
            tables={},
        )
        tables = _tables(store, source, opened, mapped, fates, delivery)
        versions = store.append(tables, opened.digest, delivery.sequence)
        landed = {kind: tables[kind].num_rows for kind in KINDS if kind in tables}
        delivery = delivery.model_copy(update={"records": landed, "tables": versions})
        store.manifest.publish(delivery)
    return Receipt(landed=True, delivery=delivery)


def _checked(source: Source, records: Records, table: pa.Table, received: datetime) -> Mapped:
    contract = KINDS[records.kind]
    declaration = source.declaration
    codes = {f.name: CodeTable.load(f.codes) for f in contract.fields if f.codes}
    for field, name in records.codes.items():
        codes[field] = CodeTable.read(source.folder / declaration.tables[name])
    typed, faults = check(
        contract,
        table,
        scheme=declaration.scheme,
        zone=source.zone,
        received=time.day_of(received),
        codes=codes,
    )
    identified = identify(contract, typed, declaration.scheme, source.name)
    unlinked = pc.is_null(identified["enterprise"]).to_numpy()
    if contract.place:
        unlinked &= pc.is_null(identified["longitude"]).to_numpy()
    nothing = np.zeros(identified.num_rows, dtype=bool)
    return Mapped(
        records.kind, records.rows, identified, faults, nothing, unlinked, nothing.astype(np.int32)
    )


def _compared(store: Store, mapped: list[Mapped]) -> list[Mapped]:
    """Find contradictions, duplicates and corrections among rows that are otherwise sound."""
    contradicted = []
    for m, sound in zip(mapped, _sound(mapped), strict=True):
        more = conflicts(KINDS[m.kind], m.records.select(COMPARED).filter(sound))
        contradicted.append(replace(m, faults=pa.concat_tables([m.faults, more])))
    pairs = list(zip(contradicted, _sound(contradicted), strict=True))
    for kind in dict.fromkeys(m.kind for m in contradicted):
        mine = [(m, sound) for m, sound in pairs if m.kind == kind]
        records = [m.records.select(COMPARED).filter(sound) for m, sound in mine]
        is_fresh, version = fresh(pa.concat_tables(records), store.scan(kind))
        ends = np.cumsum([some.num_rows for some in records])[:-1]
        for (m, sound), new, number in zip(
            mine, np.split(is_fresh, ends), np.split(version, ends), strict=True
        ):
            m.fresh[sound], m.version[sound] = new, number
    return contradicted


def _sound(mapped: list[Mapped]) -> list[npt.NDArray[np.bool_]]:
    """Tell which records lie in rows that are neither quarantined nor wait for review."""
    held: dict[str, list[npt.NDArray[np.int64]]] = {}
    for m in mapped:
        held.setdefault(m.file, []).extend([m.faults["row"].to_numpy(), m.rows[m.unlinked]])
    return [~np.isin(m.rows, np.concatenate(held[m.file])) for m in mapped]


def _tables(
    store: Store,
    source: Source,
    opened: Opened,
    mapped: list[Mapped],
    fates: Fates,
    delivery: Delivery,
) -> dict[str, pa.Table]:
    entities = Numbering.from_table(store.read("entity", NUMBERING))
    streams = Numbering.from_table(store.read("stream", NUMBERING))
    tables: dict[str, list[pa.Table]] = {}
    for m in mapped:
        landing = m.records.append_column("version", pa.array(m.version)).filter(m.fresh)
        if not landing.num_rows:
            continue
        codes = landing["enterprise"].dictionary_encode().combine_chunks()
        keys = pc.binary_join_element_wise(source.declaration.scheme, codes.dictionary, ":")
        entities = entities.extended(keys)
        entity = pa.array(entities.numbers(keys)).take(codes.indices)
        wide = _wide(store, source, m, landing, entity, delivery)
        tables.setdefault(m.kind, []).append(wide)
        events, streams = project(KINDS[m.kind], wide, streams)
        tables.setdefault("event", []).append(events)
    complete = {name: pa.concat_tables(parts) for name, parts in tables.items()}
    complete["entity"] = entities.new_rows(delivery.sequence)
    complete["stream"] = streams.new_rows(delivery.sequence)
    for fate in ("quarantined", "review"):
        complete[fate] = _set_aside(opened, mapped, fates, fate, delivery.sequence)
    return complete


def _wide(
    store: Store,
    source: Source,
    m: Mapped,
    landing: pa.Table,
    entity: pa.Array,
    delivery: Delivery,
) -> pa.Table:
    """Add to landing records where they are from and from when they may be used."""
    count, clocks = landing.num_rows, source.declaration.clocks
    available = time.available(
        landing["known_day"].to_numpy(),
        np.full(count, time.day_of(delivery.received), dtype=np.int32),
        trusted=clocks.backfill == "trusted",
        delay=clocks.delay_days,
    )
    columns: Mapping[str, pa.Array] = {
        "sequence": pa.repeat(pa.scalar(delivery.sequence, pa.int32()), count),
        "file": pa.repeat(m.file, count),
        "row": landing["_row"],
        "received": pa.repeat(pa.scalar(delivery.received, pa.timestamp("us", tz="UTC")), count),
        "available": pa.array(available, pa.int32()),
        "entity": entity,
        "bucket": pa.array(pc.fill_null(entity, 0).to_numpy() % store.buckets),
    }
    for name, column in columns.items():
        landing = landing.append_column(name, column)
    schema = record_schema(m.kind)
    return landing.select(schema.names).cast(schema)


def _set_aside(
    opened: Opened, mapped: list[Mapped], fates: Fates, fate: str, sequence: int
) -> pa.Table:
    """Return the source rows of one fate, untouched, with every fault they have."""
    rows = []
    for name, reading in opened.readings.items():
        chosen = fates.by_file[name][fate]
        if not len(chosen):
            continue
        faults = _faults_of(mapped, name)
        texts = {
            row.pop("_row"): json.dumps(row, ensure_ascii=False)
            for row in reading.table.filter(
                pc.is_in(reading.table["_row"], value_set=pa.array(chosen, pa.int64()))
            ).to_pylist()
        }
        for broken in reading.faulty.to_pylist():
            texts[broken["_row"]] = json.dumps({"": broken["text"]}, ensure_ascii=False)
            faults.setdefault(broken["_row"], []).append({"fault": broken["fault"]})
        unexplained = [{"fault": NO_RECORD}]
        for row in chosen:
            found = faults.get(int(row), unexplained if fate == "quarantined" else [])
            rows.append(
                {
                    "sequence": sequence,
                    "file": name,
                    "row": int(row),
                    "source_row": texts[int(row)],
                    "faults": json.dumps(found, ensure_ascii=False),
                }
            )
    return pa.Table.from_pylist(rows, schema=HELD)


def _faults_of(mapped: list[Mapped], file: str) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    for m in mapped:
        if m.file == file:
            for fault in m.faults.to_pylist():
                found.setdefault(fault.pop("row"), []).append(fault)
    return found


def _top_faults(
    opened: Opened, mapped: list[Mapped], fates: Fates, most: int = 20
) -> dict[str, int]:
    """Count faults of one sort together, whichever row or character each of them names."""
    tally = Counter(
        f"{m.kind}.{field}: {PARTICULAR.sub(WHICHEVER, fault)}"
        for m in mapped
        for field, fault in zip(
            m.faults["field"].to_pylist(), m.faults["fault"].to_pylist(), strict=True
        )
    )
    for name, reading in opened.readings.items():
        tally.update(f"{name}: {fault}" for fault in reading.faulty["fault"].to_pylist())
        explained = [reading.faulty["_row"], *(m.faults["row"] for m in mapped if m.file == name)]
        rows = fates.by_file[name]["quarantined"]
        silent = int(np.sum(~np.isin(rows, np.concatenate(explained))))
        tally.update({f"{name}: {NO_RECORD}": silent} if silent else {})
    return dict(tally.most_common(most))
