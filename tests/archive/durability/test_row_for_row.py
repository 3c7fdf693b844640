"""Every row that departments delivered is found in the archive, once, or is said to be left out."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from xinheng.archive import KINDS, Archive, Delivery, Store, read_source
from xinheng.simulation import simulate

from ..department import RECEIVED
from .conftest import Material
from .operations import CITY_SOURCES
from .plain import Rows, read_plainly, skipped

FATES = ("accepted", "duplicate", "quarantined", "review", "skipped")
Place = tuple[int, str, int]  # delivery, file, row


@dataclass
class Found:
    """Where the rows of an archive are from, by their fate."""

    landed: dict[Place, set[tuple[str, int]]] = field(default_factory=dict)
    witnesses: dict[Place, set[tuple[str, int]]] = field(default_factory=dict)
    held: dict[str, dict[Place, str]] = field(default_factory=dict)


def look(archive: Archive) -> Found:
    """Read what stands in the tables."""
    found, names = Found(), {}
    for delivery in archive.deliveries():
        names |= {(delivery.sequence, n): file.file for n, file in enumerate(delivery.files)}

    def place(row: dict[str, int]) -> Place:
        return row["sequence"], names[row["sequence"], row["file"]], row["row"]

    columns = ["sequence", "file", "row", "record"]
    for kind in KINDS:
        for row in archive.records(kind).select(columns).to_pylist():
            found.landed.setdefault(place(row), set()).add((kind, row["record"]))
    told = Store(archive.folder).snapshot("witness")
    for row in told.read([*columns, "kind"]).to_pylist() if told else ():
        found.witnesses.setdefault(place(row), set()).add((row["kind"], row["record"]))
    for fate in ("quarantined", "review"):
        rows = archive.held(fate).to_pylist()
        found.held[fate] = {(r["sequence"], r["file"], r["row"]): r["source_row"] for r in rows}
        assert len(found.held[fate]) == len(rows)
    return found


def hold(archive: Archive, deliveries: Path) -> Counter[str]:
    """Hold an archive against its deliveries row for row; return how many rows had which fate."""
    found, total = look(archive), Counter[str]()
    assert set().union(*found.witnesses.values()) <= set().union(*found.landed.values())
    left = {**found.landed, **found.held["quarantined"], **found.held["review"]}
    for delivery in archive.deliveries():
        source = read_source(CITY_SOURCES / delivery.source)
        plain = read_plainly(source, deliveries / delivery.source)
        for counted in delivery.files:
            rows = plain[counted.file]
            places = {(delivery.sequence, counted.file, row): row for row in rows}
            fates = _fates(found, places) | {"skipped": skipped(source, counted.file, rows)}
            total.update({fate: len(some) for fate, some in fates.items()})
            where = f"{delivery.source}/{counted.path}"
            total["duplicate"] += len(_others(fates, rows))
            _add_up(delivery, counted.file, fates, rows, where)
            _same_text(found, places, rows, where)
            told = {row for place, row in places.items() if found.witnesses.get(place)}
            said = {tuple(rows[row].values()) for row in fates["accepted"] | told}
            for row in _others(fates, rows) - told:
                same = tuple(rows[row].values()) in said
                assert same, f"{where}, row {row}: no record says the same"
            for each in places:
                left.pop(each, None)
    assert not left, f"rows that nobody delivered: {list(left)[:5]}"
    return total


def _fates(found: Found, places: dict[Place, int]) -> dict[str, set[int]]:
    return {
        "accepted": {row for place, row in places.items() if place in found.landed},
        "quarantined": {row for place, row in places.items() if place in found.held["quarantined"]},
        "review": {row for place, row in places.items() if place in found.held["review"]},
    }


def _others(fates: dict[str, set[int]], rows: Rows) -> set[int]:
    return set(rows) - set().union(*fates.values())


def _add_up(
    delivery: Delivery, file: str, fates: dict[str, set[int]], rows: Rows, where: str
) -> None:
    [counted] = [each for each in delivery.files if each.file == file]
    assert sum(map(len, fates.values())) == len(set().union(*fates.values())), where
    assert len(rows) == counted.rows, where
    for fate in ("accepted", "quarantined", "review"):
        assert len(fates[fate]) == getattr(counted, fate), f"{where}: {fate}"
    assert len(fates["skipped"]) == sum(counted.skipped.values()), where
    assert len(_others(fates, rows)) == counted.duplicate, where


def _same_text(found: Found, places: dict[Place, int], rows: Rows, where: str) -> None:
    for fate in found.held.values():
        for place, row in places.items():
            if place in fate:
                assert json.loads(fate[place]) == rows[row], f"{where}, row {row}"


def traced(archive: Archive, code: str) -> set[tuple[str, str, int, str, int]]:
    """Return where the records of an enterprise are from, as lineage tells it."""
    found = {
        (each.kind, each.department, each.sequence, each.file, each.row)
        for each in archive.lineage(archive.enterprise(code)).values()
    }
    for each in archive.lineage(archive.enterprise(code)):
        for trace in archive.trace(str(each), code):
            found |= {
                (trace.kind, t.origin.department, t.origin.sequence, t.origin.file, t.origin.row)
                for t in trace.told
                if t.version is not None
            }
    return found


def stands(archive: Archive) -> dict[str, set[tuple[str, str, int, str, int]]]:
    """Return where the records of every enterprise are from, as their tables tell it."""
    deliveries = {each.sequence: each for each in archive.deliveries()}
    found: dict[str, set[tuple[str, str, int, str, int]]] = {}
    for kind in KINDS:
        columns = ["enterprise", "sequence", "file", "row"]
        for row in archive.records(kind).select(columns).to_pylist():
            by = deliveries[row["sequence"]]
            where = (kind, by.department, by.sequence, by.files[row["file"]].file, row["row"])
            if row["enterprise"] is not None:
                found.setdefault(row["enterprise"], set()).add(where)
    return found


def test_every_row_of_some_departments_has_one_fate(material: Material, tmp_path: Path) -> None:
    material.start("later city", tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    total = hold(archive, material.folder / "city" / "deliveries")
    assert {"accepted", "quarantined", "skipped"} <= {fate for fate, n in total.items() if n}
    told = stands(archive)
    for code in sorted(told)[::60]:
        assert traced(archive, code) == told[code], code


@pytest.mark.slow
def test_every_row_of_a_whole_city_has_one_fate(tmp_path: Path) -> None:
    city = simulate(tmp_path / "city", 7, enterprises=1000, producers=200, years=5)
    archive = Archive(tmp_path / "archive")
    for name in city.delivering:
        folder = city.folder / "deliveries" / name
        archive.ingest(read_source(CITY_SOURCES / name), folder, RECEIVED)
    total = hold(archive, city.folder / "deliveries")
    assert len(archive.deliveries()) == len(city.delivering) == 72
    assert all(total[fate] for fate in FATES)
    delivered = sum(n for name, n in city.rows.items() if name.split("/")[0] in city.delivering)
    counted = sum(file.rows for each in archive.deliveries() for file in each.files)
    assert counted == delivered
    told = stands(archive)
    for code in sorted(told)[::25]:
        assert traced(archive, code) == told[code], code
