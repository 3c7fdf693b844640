"""The store: what was published is there, and what a dead writer left behind is not."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Transaction

from xinheng.archive.entries import Delivery
from xinheng.archive.files import write_file
from xinheng.archive.store import Store
from xinheng.archive.tables import STREAM
from xinheng.core.errors import InvalidError

AT = datetime(2026, 6, 1, tzinfo=UTC)


def rows(number: int, sequence: int) -> pa.Table:
    return pa.table([[number], [f"key {number}"], [sequence]], schema=STREAM)


def write(store: Store, sequence: int, *, publish: bool = True) -> None:
    """Append one row and publish it, or die before."""
    with store.writing():
        add = write_file(store.path("stream"), rows(sequence, sequence))
        done = Transaction(f"{sequence:02}digest", sequence)
        tables = store.append({"stream": [add], "event": []}, done)
        if publish:
            store.manifest.publish(
                Delivery(
                    sequence=sequence,
                    source="bureau",
                    department="bureau",
                    digest=f"{sequence:02}digest",
                    received=AT,
                    files=(),
                    records={},
                    faults={},
                    tables=tables,
                )
            )


def numbers(store: Store) -> list[int]:
    snapshot = store.snapshot("stream")
    return sorted(snapshot.read()["number"].to_pylist()) if snapshot else []


def test_an_empty_store_has_no_table(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    assert store.snapshot("stream") is None
    assert store.versions() == {}
    assert not store.folder.exists()


def test_what_was_not_published_is_never_seen_and_is_undone(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    write(store, 1, publish=False)
    assert numbers(store) == []
    write(store, 1)
    assert numbers(store) == [1]
    for _ in range(3):
        write(store, 2, publish=False)
    assert numbers(store) == [1]
    write(store, 2)
    assert numbers(store) == [1, 2]
    assert sorted(
        DeltaTable(str(store.path("stream"))).to_pyarrow_table()["number"].to_pylist()
    ) == [
        1,
        2,
    ]


def test_what_is_undone_is_undone_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    write(store, 1)
    write(store, 2, publish=False)
    versions = []
    for _ in range(3):
        with store.writing():
            versions.append(DeltaTable(str(store.path("stream"))).version())
    assert len(set(versions)) == 1
    assert numbers(store) == [1]


def test_a_table_that_nobody_published_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    write(store, 1)
    write_file(store.path("event"), rows(1, 1))
    with store.writing():
        assert [path.name for path in (store.folder / "tables").iterdir()] == ["stream"]


def test_a_table_that_is_older_than_published_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    write(store, 1)
    backup = tmp_path / "backup"
    shutil.copytree(store.path("stream"), backup)
    write(store, 2)
    shutil.rmtree(store.path("stream"))
    shutil.copytree(backup, store.path("stream"))
    with (
        pytest.raises(InvalidError, match=r"at version 0 but version 1 was published"),
        store.writing(),
    ):
        pass


def test_drafts_are_there_while_writing_and_gone_afterwards(tmp_path: Path) -> None:
    store = Store(tmp_path / "archive")
    left = store.folder / "drafts" / "left"
    left.mkdir(parents=True)
    with store.writing() as drafts:
        assert list(drafts.iterdir()) == []
        (drafts / "some").write_text("x")
    assert not (store.folder / "drafts").exists()


def test_a_snapshot_is_that_of_the_version_published(tmp_path: Path) -> None:
    store, reader = Store(tmp_path / "archive"), Store(tmp_path / "archive")
    write(store, 1)
    first = reader.snapshot("stream")
    assert reader.snapshot("stream") is first
    write(store, 2)
    assert numbers(reader) == [1, 2]
    assert first.read()["number"].to_pylist() == [1]
