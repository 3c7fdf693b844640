"""Tables of many small deliveries: files are put together, and nothing else changes."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import table as module
from xinheng.archive.files import Owners, write_file
from xinheng.archive.table import Snapshot, commit, tidy
from xinheng.archive.tables import HELD

from .department import ALPHA, BETA, Bureau

SCHEMA = pa.schema([("owner", pa.int64()), ("number", pa.int64()), ("sequence", pa.int32())])
LATER = pa.schema([*SCHEMA, ("said", pa.string())])
MANY, SMALL = 4, 6


@pytest.fixture(autouse=True)
def few_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY", MANY)
    monkeypatch.setattr(module, "SMALL", SMALL)


def append(folder: Path, rows: pa.Table, schema: pa.Schema = SCHEMA) -> Snapshot:
    """Append rows and put files together, as the store does."""
    version = commit(folder, schema, [write_file(folder, rows)])
    merged = tidy(folder, schema, Snapshot(folder, schema, version))
    if merged.adds:
        version = commit(folder, schema, merged.adds, merged.removes)
    return Snapshot(folder, schema, version)


def rows(owners: list[int], sequence: int) -> pa.Table:
    numbers = [sequence * 100 + i for i in range(len(owners))]
    return pa.table([sorted(owners), numbers, [sequence] * len(owners)], schema=SCHEMA)


def as_set(table: pa.Table) -> set[tuple[object, ...]]:
    found = [tuple(row.values()) for row in table.to_pylist()]
    assert len(set(found)) == len(found)
    return set(found)


DELIVERIES = st.lists(st.lists(st.integers(-3, 3), min_size=1, max_size=8), min_size=1, max_size=12)


@settings(deadline=None, max_examples=20)
@given(deliveries=DELIVERIES, owner=st.integers(-3, 3))
def test_what_is_put_together_is_all_there_and_every_past_is_read(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[list[int]], owner: int
) -> None:
    folder, expected = tmp_path_factory.mktemp("table") / "some", [set()]
    pasts = []
    for sequence, owners in enumerate(deliveries, 1):
        table = rows(owners, sequence)
        pasts.append(append(folder, table))
        expected.append(expected[-1] | as_set(table))
        small = pasts[-1].listed.rows[pasts[-1].listed.rows < SMALL]
        assert len(small) < MANY
    newest = pasts[-1]
    for upto, known in enumerate(expected):
        assert as_set(newest.read(upto=upto)) == known
        some = newest.read(["number"], Owners.of(np.array([owner])), upto)
        assert sorted(some["number"].to_pylist()) == sorted(n for o, n, _ in known if o == owner)
    for past, known in zip(pasts, expected[1:], strict=True):
        assert as_set(past.read()) == known  # whoever still reads an earlier version
        assert past.count == len(known)
    for piece in newest.pieces(["owner"]):
        found = piece["owner"].to_numpy()
        assert (found[1:] >= found[:-1]).all()


def test_large_files_are_left_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    large = append(folder, rows([1] * SMALL, 1)).listed.names
    for sequence in range(2, 2 + MANY):
        snapshot = append(folder, rows([sequence], sequence))
    assert snapshot.listed.rows.tolist() != [1] * MANY
    assert len(snapshot.listed.names) == 2
    assert set(large) < set(snapshot.listed.names)


def test_a_column_added_later_is_null_before_and_after_files_are_put_together(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "some"
    for sequence in range(1, MANY):
        append(folder, rows([sequence], sequence))
    said = rows([9], MANY).append_column("said", pa.array(["new"]))
    for sequence in (MANY, MANY + 1):
        before = Snapshot(folder, LATER, sequence - 2)
        assert set(before.read(["said"])["said"].to_pylist()) <= {None, "new"}
        now = pa.array([sequence], pa.int32())
        snapshot = append(folder, said.set_column(2, SCHEMA.field(2), now), LATER)
        found = {row["sequence"]: row["said"] for row in snapshot.read().to_pylist()}
        assert found == {n: "new" if n >= MANY else None for n in range(1, sequence + 1)}
    assert len(snapshot.listed.names) < MANY
    assert as_set(Snapshot(folder, SCHEMA, snapshot.version).read(["sequence"])) == {
        (n,) for n in range(1, MANY + 2)
    }


@pytest.mark.usefixtures("into_tables")
def test_an_archive_of_many_small_deliveries_is_that_of_one_that_is_never_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name, many in (("tidy", MANY), ("plain", 10_000)):
        monkeypatch.setattr(module, "MANY", many)
        bureau = Bureau(tmp_path / name)
        for day in range(1, 12):
            bureau.deliver(
                f"{(ALPHA, BETA)[day % 2]},P{day},2026-01-05,2026-01-20,label,fine,{day},",
                f"{ALPHA},P1,2026-01-05,2026-02-{day:02},label,fine,{day},",
                f"{BETA},P0,2026-01-05,2026-01-20,,fine,{day},",
                f"{ALPHA},P{day // 2},2026-03-{day:02},2026-04-01,,,,withdrawn",
                at=datetime(2026, 6, day, tzinfo=UTC),
            )
        archive = bureau.archive
        order = [(column, "ascending") for column in ("sequence", "row")]
        found.append(
            [
                (
                    archive.events(upto=upto).table.to_pylist(),
                    archive.records("penalty", upto=upto).sort_by(order).to_pylist(),
                    archive.records("lifecycle", upto=upto).sort_by(order).to_pylist(),
                )
                for upto in (*range(12), None)
            ]
            + [archive.held("quarantined").to_pylist(), archive.enterprises().to_pylist()]
        )
        sizes = archive._store.snapshot("penalty").listed.rows
        assert (sum(sizes < SMALL) < MANY) == (name == "tidy")
    assert found[0] == found[1]
    assert found[0][-3][0]


def test_files_of_other_deliveries_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [pa.table([[number], ["f"], [2], ["{}"], ["[]"]], schema=HELD) for number in range(1, 4)]
    version = commit(tmp_path, HELD, [write_file(tmp_path, each) for each in rows])
    snapshot = Snapshot(tmp_path, HELD, version)
    opened: list[str] = []
    read = module.read_file
    monkeypatch.setattr(
        module, "read_file", lambda path, *rest: opened.append(path) or read(path, *rest)
    )
    assert snapshot.read(["sequence"], since=2, upto=2)["sequence"].to_pylist() == [2]
    assert len(opened) == 1
    assert sorted(snapshot.read(["row", "sequence"], since=2)["sequence"].to_pylist()) == [2, 3]
    assert len(opened) == 3
