"""How fast the credit file of one enterprise is read, from a warm process.

The store holds records of ten kinds about every market entity of the city, in fifty-odd deliveries
that went through intake. The peers look the same enterprises up in the same Parquet files, table
by table: DuckDB, with its cache of footers and with access to files, and the filter of pyarrow's
data sets; neither makes entries of the rows. `agree` says that both find the same records,
versions, witnesses and later changes.

The same is measured once more after `compact`, as an archive that is looked after has it.

Target: 15 ms, also for the slowest in twenty.
"""

import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable

from xinheng.archive import Archive
from xinheng.archive.creditfile import Entry, credit_file
from xinheng.archive.hashing import owner_numbers
from xinheng.archive.store import Store
from xinheng.core.time import day

from .desks import DESKS, codes, filled
from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK = 3_690_000, 100_000
LOOKUPS, WARMING, COMPARED, NAMED = 1_000, 50, 50, 5
AS_OF, MILLISECONDS, SEED = day("2026-06-01"), 15.0, 1
COMPACTED = datetime(2026, 6, 1, tzinfo=UTC)
LEFT = {"entity", "content", "known"}  # columns that a credit file does not show

Found = Counter[tuple[str, int]]
Lookup = Callable[[int], Found]


def measured(folder: Path, enterprises: int) -> tuple[dict[str, float], bool]:
    """Look enterprises up, and compare some with the peers."""
    who = np.random.default_rng(SEED).choice(enterprises, LOOKUPS + WARMING, replace=False)
    names = codes(who)
    owners = owner_numbers("uscc", names).tolist()
    archive, store = Archive(folder / "archive"), Store(folder / "archive")
    with Peak() as peak:
        times, files = _looked_up(store, owners)
    named, _ = _each(names[:NAMED].to_pylist(), lambda name: archive.credit_file(name, AS_OF))
    figures = {
        "entries_per_file": sum(map(len, files)) / len(files),
        **times,
        "by_identifier_p50_ms": float(np.median(named)),
        "peak_gb": peak.own_gb,
    }
    agree = True
    for name, lookup in PEERS.items():
        with lookup(folder / "archive" / "tables") as look_up:
            look_up(owners[-1])
            took, found = _each(owners[:COMPARED], look_up)
        figures[f"{name}_p50_ms"] = float(np.median(took))
        agree &= list(found) == [_counted(entries) for entries in files[:COMPARED]]
    with lasting() as seconds:
        archive.compact(COMPACTED)
    times, again = _looked_up(store, owners)
    figures |= {f"compacted_{name}": took for name, took in times.items()}
    return figures | {"compact_s": seconds()}, agree and again == files


def _looked_up(store: Store, owners: list[int]) -> tuple[dict[str, float], list[Any]]:
    """Read the credit files of all but the last owners, which are read to begin with."""

    def look_up(owner: int) -> tuple[Entry, ...]:
        return credit_file(store, owner, AS_OF)

    _each(owners[LOOKUPS:], look_up)
    gc.collect()
    took, files = _each(owners[:LOOKUPS], look_up)
    p50, p95, slowest = np.percentile(took, [50, 95, 100])
    return {"p50_ms": p50, "p95_ms": p95, "max_ms": slowest}, files


def _each(given: Iterable[Any], work: Callable[[Any], Any]) -> tuple[list[float], list[Any]]:
    """Do something for one after the other; return how many milliseconds each took, and what."""
    took, found = [], []
    for one in given:
        start = time.perf_counter()
        found.append(work(one))
        took.append((time.perf_counter() - start) * 1000)
    return took, found


def _counted(entries: Iterable[Entry]) -> Found:
    """Return how many versions, witnesses, texts and later changes of each record there are."""
    found: Found = Counter()
    for entry in entries:
        found[entry.kind, entry.record] = entry.versions
        found["witness", entry.record] = len(entry.witnesses)
        found["personal", entry.record] = len(entry.personal)
        found["lifecycle", entry.record] += len(entry.happened)
    return +found


def _columns(files: list[str]) -> list[str]:
    return [name for name in pq.read_schema(files[0]).names if name not in LEFT]


def _tables(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Return the Parquet files of each table that a credit file is made of."""
    for name in sorted({desk.kind for desk in DESKS} | {"witness", "personal"}):
        yield name, DeltaTable(str(folder / name)).file_uris()


def _about(name: str) -> str:
    """Return the column that names the record that a row is about."""
    return "about" if name == "lifecycle" else "record"


@contextmanager
def by_duckdb(folder: Path) -> Iterator[Lookup]:
    """Look up by one prepared statement for each table, with footers kept in memory."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET parquet_metadata_cache = true")
        place = {}
        for name, files in _tables(folder):
            columns = _columns(files)
            connection.read_parquet(files).select(*columns).create_view(f"{name}_rows")
            connection.execute(f"PREPARE {name} AS FROM {name}_rows WHERE owner = $1")
            place[name] = columns.index(_about(name))

        def look_up(owner: int) -> Found:
            found: Found = Counter()
            for name, at in place.items():
                rows = connection.execute(f"EXECUTE {name}({owner})").fetchall()
                found.update((name, row[at]) for row in rows)
            return found

        yield look_up


@contextmanager
def by_pyarrow(folder: Path) -> Iterator[Lookup]:
    """Look up by the filter of a data set for each table."""
    tables = {
        name: (ds.dataset(files, format="parquet"), _columns(files))
        for name, files in _tables(folder)
    }

    def look_up(owner: int) -> Found:
        found: Found = Counter()
        for name, (table, columns) in tables.items():
            rows = table.to_table(columns=columns, filter=ds.field("owner") == owner)
            found.update((name, record) for record in rows[_about(name)].to_pylist())
        return found

    yield look_up


PEERS = {"duckdb": by_duckdb, "pyarrow": by_pyarrow}


def main() -> None:
    """Measure, print what was found, and one JSON object last."""
    enterprises = QUICK if is_quick(__doc__) else FULL
    with tempfile.TemporaryDirectory() as name:
        records = apart(filled, Path(name), enterprises)
        found, agree = apart(measured, Path(name), enterprises)
    figures = {"enterprises": enterprises, "records": records}
    figures |= {key: round(value, 2) for key, value in found.items()}
    ratios = {peer: round(found[f"{peer}_p50_ms"] / found["p50_ms"], 1) for peer in PEERS}
    missed = [
        f"{MILLISECONDS:g} ms, {name}: {found[name]:.1f}"
        for name in ("p50_ms", "p95_ms", "compacted_p50_ms", "compacted_p95_ms")
        if found[name] > MILLISECONDS
    ]
    told("creditfile", ratios, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
