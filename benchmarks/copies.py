"""An archive as large as the city's, made of copies of a small one that went through intake.

A copy has enterprises, records, cases and persons of its own, and its days are moved a little,
enterprise by enterprise. What indicators are computed from is written: events, what happened to
records, and the register; the wide tables, which they do not read, are left out.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import Transaction

from xinheng.archive import Archive, read_source
from xinheng.archive.entries import Delivery
from xinheng.archive.files import write_file
from xinheng.archive.hashing import hash_texts
from xinheng.archive.ordering import as_filed
from xinheng.archive.store import Store
from xinheng.archive.tables import schema_of
from xinheng.core.time import NEVER
from xinheng.simulation import simulate

__all__ = ["AT", "Original", "copied", "original", "told"]

AT = datetime(2030, 1, 1, tzinfo=UTC)
SOURCES = Path("data/sources")
DAYS = 28
CLOCKS = ("occurred", "available", "ended")
THREADS, PATTERN = 2, 64

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Original:
    """The small city: its tables, by name, and how many enterprises it has."""

    tables: dict[str, pa.Table]
    enterprises: int
    relations: npt.NDArray[np.bool_]


def original(
    folder: Path, enterprises: int, years: int, seed: int, producers: int | None = None
) -> Original:
    """Make up a small city, take in its deliveries, and read what is copied."""
    city = simulate(
        folder / "city", seed, enterprises=enterprises, years=years, producers=producers
    )
    archive = Archive(folder / "small")
    for name in city.delivering:
        delivery = folder / "city" / "deliveries" / name
        archive.ingest(read_source(SOURCES / name), delivery, AT)
    archive.compact(AT)
    store = Store(folder / "small")
    tables = {}
    for name in ("event", "lifecycle", "entity", "stream"):
        snapshot = store.snapshot(name)
        assert snapshot is not None  # noqa: S101
        tables[name] = snapshot.read().combine_chunks()
    kinds = pc.starts_with(tables["stream"].sort_by("number")["key"], "relation")
    return Original(tables, tables["entity"].num_rows, kinds.to_numpy(zero_copy_only=False))


def copied(city: Original, folder: Path, copies: int) -> Archive:
    """Write so many copies of a city as one archive, a file for each."""
    store = Store(folder)
    with store.writing(), ThreadPoolExecutor(THREADS) as pool:
        for name in ("event", "lifecycle", "entity", "stream"):
            store.path(name).mkdir(parents=True)
        write: Callable[[int], dict[str, Any]] = lambda n: _written(store, city, n, copies)  # noqa: E731
        parts = list(pool.map(write, range(copies)))
        files = {name: [part[name] for part in parts] for name in parts[0]}
        files["stream"] = [write_file(store.path("stream"), city.tables["stream"])]
        versions = store.append(files, Transaction("copies", 1))
        store.manifest.publish(_delivery(1, versions))
    return Archive(folder)


def told(archive: Archive, rows: int, day: int, seed: int) -> None:
    """Add a delivery of so many new records of a day, about enterprises drawn by chance.

    They are of the kinds of records that the archive's last days had, as far as one file shows.
    """
    store, rng = Store(archive.folder), np.random.default_rng(seed)
    snapshot, register = store.snapshot("event"), store.snapshot("entity")
    assert snapshot is not None  # noqa: S101
    assert register is not None  # noqa: S101
    known = register.read(["owner", "number"])
    pattern = archive.events(part=(0, PATTERN)).table
    like = pattern.filter(pc.greater(pattern["occurred"], day - DAYS)).combine_chunks()
    like = like.take(rng.integers(0, like.num_rows, rows))
    whose = rng.integers(0, known.num_rows, rows)
    given = {
        "owner": known["owner"].take(whose),
        "entity": known["number"].take(whose),
        "record": rng.integers(-(2**63), 2**63 - 1, rows),
        "occurred": np.full(rows, day),
        "available": np.full(rows, day),
        "ended": np.full(rows, NEVER),
        "sequence": np.full(rows, archive.sequence + 1),
    }
    given |= {name: like[name] for name in ("stream", "case", "severity", "value")}
    given |= {name: np.zeros(rows) for name in ("version", "precedence")}
    schema = schema_of("event")
    table = pa.table({n: pa.array(v) if isinstance(v, np.ndarray) else v for n, v in given.items()})
    table = table.select(schema.names).cast(schema)
    with store.writing():
        file = write_file(store.path("event"), as_filed("event", table))
        versions = store.append({"event": [file]}, Transaction("copies", archive.sequence + 1))
        store.manifest.publish(_delivery(archive.sequence + 1, versions))


def _written(store: Store, city: Original, number: int, copies: int) -> dict[str, Any]:
    return {
        name: write_file(store.path(name), as_filed(name, table))
        for name, table in _copy(city, number, copies)
    }


def _copy(city: Original, number: int, copies: int) -> Iterator[tuple[str, pa.Table]]:
    """Yield the tables of one copy, whose owners are a range of their own."""
    rng = np.random.default_rng(number)
    width = 2**64 // copies
    low = -(2**63) + number * width
    owners = np.sort(rng.integers(low, low + width - 1, city.enterprises))
    moved = rng.integers(0, DAYS, city.enterprises)
    codes = pc.list_element(pc.split_pattern(city.tables["entity"]["key"], ":", max_splits=1), 1)
    order = city.tables["entity"]["number"].to_numpy()
    before = hash_texts(codes.combine_chunks()).view(np.int64)
    names = pc.binary_join_element_wise(f"{number}-", codes, "").combine_chunks()
    after = hash_texts(names).view(np.int64)
    place = {"owner": owners[order], "number": order + number * city.enterprises}
    yield "entity", _with(city.tables["entity"], **place, key=_keys(names))
    for name in ("event", "lifecycle"):
        table = city.tables[name].filter(pc.is_valid(city.tables[name]["entity"]))
        entity = table["entity"].to_numpy()
        columns: dict[str, Any] = {
            "owner": owners[entity],
            "entity": entity + number * city.enterprises,
            "record": _mixed(table["record"].to_numpy(), number),
            "sequence": np.ones(len(entity)),
        }
        days = moved[entity].astype(np.int32)
        if name == "event":
            case = table["case"].to_numpy()
            tied = city.relations[table["stream"].to_numpy()]
            columns["case"] = np.where(tied, _named(case, before, after), _mixed(case, number))
            for clock in CLOCKS:
                day = table[clock].to_numpy()
                columns[clock] = np.where(day == NEVER, NEVER, day + days)
        else:
            columns["about"] = _mixed(table["about"].to_numpy(), number)
            columns["available"] = table["available"].to_numpy() + days
            occurred = table["occurred"].cast(pa.int32()).to_numpy() + days
            columns["occurred"] = pa.array(occurred).cast(pa.date32())
        yield name, _with(table, **columns)


def _with(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        at, kind = table.column_names.index(name), table.schema.field(name).type
        array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
        table = table.set_column(at, table.schema.field(name), array.cast(kind))
    return table


def _keys(names: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise("uscc", names, ":")


def _mixed(numbers: Numbers, copy: int) -> Numbers:
    """Return numbers that are others in every copy, and differ where they did."""
    with np.errstate(over="ignore"):
        return (numbers ^ np.int64(copy)) * np.int64(-7046029254386353131)


def _named(case: Numbers, before: Numbers, after: Numbers) -> Numbers:
    """Return the cases of the copies of those that records name."""
    order = np.argsort(before)
    place = np.searchsorted(before[order], case).clip(max=len(before) - 1)
    known = before[order][place] == case
    return np.where(known, after[order][place], case)


def _delivery(sequence: int, versions: dict[str, int]) -> Delivery:
    return Delivery(
        sequence=sequence,
        source="copies",
        department="benchmark",
        digest=f"{sequence:064}",
        received=AT,
        files=(),
        records={},
        faults={},
        tables=versions,
    )
