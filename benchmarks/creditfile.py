"""How fast the credit file of one enterprise is read, from a warm process.

The store holds records of ten kinds about every market entity of the city, in fifty-odd deliveries
that went through intake. The peers look the same enterprises up in the same Parquet files, table
by table: DuckDB, with its cache of footers and with access to files, and the filter of pyarrow's
data sets; neither makes entries of the rows. `agree` says that both find the same records,
versions, witnesses and later changes.

Target: 15 ms, also for the slowest in twenty.
"""

import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
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
from .measuring import Peak, apart, is_quick, told

FULL, QUICK = 3_690_000, 100_000
LOOKUPS, WARMING, COMPARED, NAMED = 1_000, 50, 50, 5
AS_OF, MILLISECONDS, SEED = day("2026-06-01"), 15.0, 1
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
        _each(owners[LOOKUPS:], lambda owner: credit_file(store, owner, AS_OF))
        gc.collect()
        took, files = _each(owners[:LOOKUPS], lambda owner: credit_file(store, owner, AS_OF))
    p50, p95, slowest = np.percentile(took, [50, 95, 100])
    named, _ = _each(names[:NAMED].to_pylist(), lambda name: archive.credit_file(name, AS_OF))
    figures = {
        "entries_per_file": sum(map(len, files)) / len(files),
        "p50_ms": p50,
        "p95_ms": p95,
        "max_ms": slowest,
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
    return figures, agree


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
    missed = []
    if found["p95_ms"] > MILLISECONDS:
        missed.append(f"{MILLISECONDS:g} ms, 95 in 100: {found['p95_ms']:.1f} ms")
    told("creditfile", ratios, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
