"""Upkeep: files are put in order and removed without a row changing, and damage is found."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from xinheng.archive import Archive, Store, upkeep
from xinheng.archive.entries import sealed
from xinheng.archive.table import Listed
from xinheng.archive.upkeep import purge
from xinheng.core.errors import IntegrityError

from .department import ALPHA, BETA, Bureau

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def row(code: str, number: int, fine: float = 1, kind: str = "fine") -> str:
    return f"{code},P{number},2026-01-05,2026-01-20,label,{kind},{fine},"


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setattr("xinheng.archive.landing.LITTLE", 0)  # into the tables at once
    bureau = Bureau(tmp_path)
    for number in range(6):
        wrong = row(ALPHA, 100 + number, kind="scolding")
        bureau.deliver(row(ALPHA, number), row(BETA, number), row(ALPHA, 50, number), wrong)
    return bureau


def everything(archive: Archive) -> list[object]:
    order = [("sequence", "ascending"), ("row", "ascending")]
    penalties = archive.records("penalty").sort_by(order)
    return [
        penalties.to_pylist(),
        archive.events().table.to_pylist(),
        archive.held("quarantined").to_pylist(),
        archive.enterprises().to_pylist(),
    ]


def files(archive: Archive, name: str = "penalty") -> list[Path]:
    return sorted((archive.folder / "tables" / name).glob("*.parquet"))


def test_compaction_and_vacuum_change_no_row_and_leave_one_file(bureau: Bureau) -> None:
    before = everything(bureau.archive)
    done = bureau.archive.compact(NOW)
    assert done["penalty"] == (6, 1)
    assert everything(bureau.archive) == before
    assert everything(Archive(bureau.archive.folder)) == before
    assert bureau.archive.verify() == []
    assert bureau.archive.compact(NOW) == {}
    assert len(files(bureau.archive)) == 7
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert bureau.archive.vacuum(later, timedelta(days=1)).files == 0
    swept = bureau.archive.vacuum(later, timedelta(0))
    assert swept.files >= 6
    assert swept.bytes > 0
    assert len(files(bureau.archive)) == 1
    assert everything(Archive(bureau.archive.folder)) == before
    assert bureau.archive.verify() == []


@pytest.mark.parametrize(("full", "orderly"), [(5, True), (9, False)])
def test_files_are_in_order_if_no_fewer_would_do_however_uneven_they_are(
    monkeypatch: pytest.MonkeyPatch, full: int, *, orderly: bool
) -> None:
    monkeypatch.setattr(upkeep, "FULL", full)
    rows, low = np.array([1, 1, 8, 7]), np.array([0, 10, 20, 30])
    listed = Listed(("a", "b", "c", "d"), rows, rows, low, low + 5, rows, rows)
    snapshot = mock.Mock(listed=listed, count=17)
    assert upkeep._orderly(snapshot) is orderly


@pytest.mark.parametrize("little", [0, 20_000])
def test_whoever_reads_keeps_files_however_old_that_were_replaced_just_now(
    little: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinheng.archive.landing.LITTLE", little)
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 0))
    bureau.deliver(row(ALPHA, 1))
    for path in bureau.archive.folder.rglob("*.*"):
        os.utime(path, (0, 0))
    store = Store(bureau.archive.folder)
    state = store.state()
    bureau.archive.fold(NOW)
    bureau.archive.compact(NOW)
    now = datetime.now(UTC) + timedelta(seconds=5)
    assert bureau.archive.vacuum(now, timedelta(days=1)).files == 0
    snapshot = store.snapshot("penalty", state)
    assert snapshot is not None
    assert snapshot.read(["number"])["number"].to_pylist() == ["P0", "P1"]
    assert bureau.archive.vacuum(now, timedelta(0)).files >= 2


def test_whoever_reads_what_is_removed_meanwhile_is_told(bureau: Bureau) -> None:
    store = Store(bureau.archive.folder)
    snapshot = store.snapshot("penalty")
    assert snapshot is not None
    assert snapshot.count == 18
    owner = bureau.archive.owner(ALPHA)
    bureau.archive.compact(NOW)
    purge(store)
    with pytest.raises(IntegrityError, match="is missing: an erasure or `vacuum` removed it"):
        snapshot.read(["number"])
    with pytest.raises(IntegrityError, match="is missing: an erasure or `vacuum` removed it"):
        snapshot.rows_of(owner, ["number"])


def test_what_lands_during_a_check_is_no_finding(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = upkeep.is_whole

    def landing(path: Path) -> bool:
        bureau.deliver(row(ALPHA, len(bureau.archive.deliveries()) + 200))
        return checked(path)

    archive = Archive(bureau.archive.folder)
    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "is_whole", landing)
        assert archive.verify() == []
    assert archive.sequence > 6


def test_deliveries_go_on_after_compaction(bureau: Bureau) -> None:
    bureau.archive.compact(NOW)
    receipt = bureau.deliver(row(ALPHA, 0), row(ALPHA, 7))
    assert receipt.delivery.files[0].duplicate == 1
    assert receipt.delivery.files[0].accepted == 1
    assert bureau.archive.verify() == []


def test_compaction_that_dies_before_it_is_published_leaves_what_was(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(bureau.archive)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("xinheng.archive.manifest.Manifest.publish_upkeep", die)
        with pytest.raises(KeyboardInterrupt):
            bureau.archive.compact(NOW)
    archive = Archive(bureau.archive.folder)
    assert everything(archive) == before
    assert archive.compact(NOW)["penalty"] == (6, 1)
    assert everything(archive) == before
    assert archive.verify() == []


def test_a_missing_a_cut_and_a_damaged_file_are_found(bureau: Bureau) -> None:
    first, second, third, *_ = files(bureau.archive)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-10])
    third.write_bytes(bytes(third.stat().st_size))
    problems = [finding.problem for finding in bureau.archive.verify()]
    assert len(problems) == 3
    assert all("restore it from a backup" in problem for problem in problems)
    for path, words in ((first, "is missing"), (second, "must have"), (third, "is damaged")):
        [problem] = [problem for problem in problems if path.name in problem]
        assert words in problem


def test_a_delivery_whose_rows_are_not_all_there_is_found(bureau: Bureau) -> None:
    path = bureau.archive.folder / "manifest" / "00000002.json"
    told = bureau.archive.deliveries()[1]
    path.write_text(sealed(told.model_copy(update={"records": {"penalty": 4}})))
    [finding] = Archive(bureau.archive.folder).verify()
    assert finding.table == "penalty"
    assert "delivery 2 (bureau) has 3 rows and must have 4" in finding.problem
