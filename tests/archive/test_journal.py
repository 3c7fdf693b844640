"""The journal: whatever lies in it is read as if it lay in the tables, before folding and after."""

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from xinheng.archive import Archive, folding, landing
from xinheng.archive.journal import Journal
from xinheng.archive.tables import STREAM
from xinheng.core.errors import IntegrityError
from xinheng.core.time import NEVER

from .city import City
from .department import ALPHA, BETA, TOML, Bureau
from .test_landing import COLUMNS, DELIVERIES, city_of, content

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAMED = TOML.replace('kind = "lifecycle"', 'kind = "enterprise"').replace("lifecycle", "enterprise")
NAMED = NAMED[: NAMED.index("[[skip]]")]
ENTERPRISE = """SELECT _row, code AS enterprise, number, '2026-01-05' AS occurred,
    '2026-01-05' AS known, name, 'active' AS status FROM penalties WHERE code IS NOT NULL"""
BY_NAME = """SELECT _row, name AS by_name, number, '2026-01-05' AS occurred,
    '2026-01-05' AS known, 'market' AS organ, 'true' AS food, 'label' AS violation,
    'fine' AS penalty_kind FROM penalties WHERE code IS NULL"""


def row(code: str, number: int, fine: float = 1, kind: str = "fine") -> str:
    return f"{code},P{number},2026-01-05,2026-01-20,label,{kind},{fine},"


def journals(archive: Archive) -> list[str]:
    return sorted(path.name for path in (archive.folder / "journal").glob("*"))


def tables(archive: Archive) -> list[str]:
    return sorted(path.name for path in (archive.folder / "tables").glob("*"))


def everything(city: City) -> dict[str, Any]:
    """Return all that an archive holds, as of every delivery, and the credit files."""
    archive = city.archive
    found = content(city)
    for upto in range(archive.sequence + 1):
        found[f"events up to {upto}"] = archive.events(upto=upto).table.to_pylist()
        found[f"penalties up to {upto}"] = sorted(
            archive.records("penalty", upto=upto).to_pylist(), key=repr
        )
    known = set(archive.enterprises()["id"].to_pylist())
    for code in sorted(known):
        found[code] = archive.credit_file(code, NEVER)
    return found


def check_that_all_ways_hold_the_same(
    folder: Path, deliveries: list[tuple[str, list[str]]]
) -> None:
    """Deliver into journals, into the tables, and into journals that are folded now and then."""
    found = []
    for little, folds in ((landing.LITTLE, False), (0, False), (landing.LITTLE, True)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(landing, "LITTLE", little)
            city = city_of(folder / f"{little} {folds}")
            for number, (name, rows) in enumerate(deliveries * 2, 1):
                at = datetime(2026, 6, number, tzinfo=UTC)
                city.deliver(name, *rows, header=COLUMNS, at=at)
                city.deliver(name, *rows[::2], header=COLUMNS, at=at)
                if folds and number % 2:
                    city.archive.fold(NOW)
                    assert city.archive.unfolded == 0
            found.append(everything(city))
            if little and not folds:
                assert tables(city.archive) == []
                city.archive.fold(NOW)
                found.append(everything(city))
                fresh = City(city.folder)
                found.append(everything(fresh))
            assert city.archive.verify() == []
    for other in found[1:]:
        for name in found[0]:
            assert other[name] == found[0][name], name


@settings(max_examples=3, deadline=None)
@given(deliveries=DELIVERIES)
def test_journal_folded_and_tables_hold_the_same(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str]]]
) -> None:
    check_that_all_ways_hold_the_same(tmp_path_factory.mktemp("city"), deliveries)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(deliveries=DELIVERIES)
def test_journal_folded_and_tables_hold_the_same_often(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str]]]
) -> None:
    check_that_all_ways_hold_the_same(tmp_path_factory.mktemp("city"), deliveries)


def test_a_small_delivery_is_one_file_and_touches_no_table(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    delivery = bureau.deliver(row(ALPHA, 1), row(BETA, 2), row(BETA, 3, kind="scolding")).delivery
    assert journals(bureau.archive) == ["00000001.arrow"]
    assert tables(bureau.archive) == []
    assert delivery.tables == {}
    rows = {"penalty": 2, "event": 6, "entity": 2, "stream": 3, "quarantined": 1}
    assert delivery.journal is not None
    assert delivery.journal.rows == rows


def test_what_lands_nothing_writes_nothing(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1))
    again = bureau.deliver(row(ALPHA, 1), row(ALPHA, 1)).delivery
    assert (again.files[0].duplicate, again.journal) == (2, None)
    assert journals(bureau.archive) == ["00000001.arrow"]
    assert bureau.archive.verify() == []


def test_the_same_delivery_lands_once_before_folding_and_after(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    assert bureau.deliver(row(ALPHA, 1)).landed
    assert not bureau.deliver(row(ALPHA, 1)).landed
    assert bureau.archive.fold(NOW) == 1
    assert bureau.archive.fold(NOW) == 0
    assert not bureau.deliver(row(ALPHA, 1)).landed
    assert bureau.archive.records("penalty").num_rows == 1


def test_a_large_delivery_goes_into_the_tables_over_an_unfolded_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1), row(ALPHA, 2))
    with monkeypatch.context() as patch:
        patch.setattr(landing, "LITTLE", 5)
        large = bureau.deliver(row(ALPHA, 1), *(row(BETA, n) for n in range(9))).delivery
    assert (large.files[0].duplicate, large.journal, large.folded) == (1, None, 0)
    assert bureau.archive.unfolded == 1
    bureau.deliver(row(BETA, 0), row(BETA, 10))
    assert bureau.archive.verify() == []
    before = bureau.archive.events().table.to_pylist()
    assert bureau.archive.fold(NOW) == 2
    assert bureau.archive.events().table.to_pylist() == before
    assert bureau.archive.verify() == []


@pytest.mark.parametrize(
    ("name", "most", "expected"),
    [
        ("JOURNALS", 3, [1, 2, 3, 1, 2, 3, 1, 2]),
        ("ROWS", 16, [1, 2, 3, 1, 2, 3, 4, 1]),  # of 8 rows, and then of 4 rows each
    ],
)
def test_journals_are_folded_by_themselves_when_they_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int, expected: list[int]
) -> None:
    monkeypatch.setattr(folding, name, most)
    bureau = Bureau(tmp_path)
    unfolded = []
    for number in range(8):
        bureau.deliver(row(ALPHA, number))
        unfolded.append(bureau.archive.unfolded)
    assert unfolded == expected
    assert bureau.archive.records("penalty").num_rows == 8
    assert bureau.archive.verify() == []


def test_what_was_read_before_folding_stays_as_it_was(tmp_path: Path) -> None:
    bureau, store = Bureau(tmp_path), Archive(tmp_path / "archive")._store
    bureau.deliver(row(ALPHA, 1))
    first = store.snapshot("penalty")
    assert first is not None
    bureau.deliver(row(BETA, 2))
    second = store.snapshot("penalty")
    bureau.archive.fold(NOW)
    third = store.snapshot("penalty")
    assert [each.count for each in (first, second, third)] == [1, 2, 2]
    assert [each.read(["number"]).num_rows for each in (first, second, third)] == [1, 2, 2]
    assert first.read(upto=0).num_rows == 0
    assert second.read(upto=1)["number"].to_pylist() == ["P1"]


def broken(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("point", ["Store.append", "Manifest.publish_upkeep", "store.tidy"])
@pytest.mark.parametrize("then", [Archive.fold, Archive.compact])
def test_a_fold_that_dies_changes_nothing_and_is_done_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    then: Callable[[Archive, datetime], object],
) -> None:
    bureau = Bureau(tmp_path)
    for number in range(3):
        bureau.deliver(row(ALPHA, number), row(BETA, number, kind="scolding"))
    before = bureau.archive.events().table.to_pylist()
    names = {"Store": "store.Store", "Manifest": "manifest.Manifest"}
    owner, _, method = point.partition(".")
    with monkeypatch.context() as patch:
        patch.setattr(f"xinheng.archive.{names.get(owner, owner)}.{method}", broken)
        with pytest.raises(KeyboardInterrupt):
            bureau.archive.fold(NOW)
    archive = Archive(bureau.archive.folder)
    assert archive.unfolded == 3
    assert archive.events().table.to_pylist() == before
    assert archive.verify() == []
    then(archive, NOW)
    assert archive.unfolded == 0
    assert archive.events().table.to_pylist() == before
    assert archive.verify() == []


def test_a_journal_that_nobody_published_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1))
    with monkeypatch.context() as patch:
        patch.setattr("xinheng.archive.manifest.Manifest.publish", broken)
        with pytest.raises(KeyboardInterrupt):
            bureau.deliver(row(BETA, 2))
    assert journals(bureau.archive) == ["00000001.arrow", "00000002.arrow"]
    assert bureau.archive.records("penalty").num_rows == 1
    assert bureau.archive.verify() == []
    bureau.deliver(row(ALPHA, 1), row(ALPHA, 1))
    assert journals(bureau.archive) == ["00000001.arrow"]


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (Path.unlink, "is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "is damaged"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (damaged, "is damaged"),
    ],
)
def test_a_missing_a_cut_and_a_damaged_journal_are_found_and_never_read(
    tmp_path: Path, damage: Callable[[Path], object], words: str
) -> None:
    bureau = Bureau(tmp_path)
    for number in range(3):
        bureau.deliver(row(ALPHA, number))
    path = bureau.archive.folder / "journal" / "00000002.arrow"
    whole = path.read_bytes()
    damage(path)
    for archive in (bureau.archive, Archive(bureau.archive.folder)):
        [finding] = archive.verify()
        assert finding.table == "journal"
        assert f"{path} {words}" in finding.problem
        assert "restore it from a backup" in finding.problem
    path.write_bytes(whole)
    assert bureau.archive.verify() == []


def test_nobody_reads_a_damaged_journal(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1))
    damaged(bureau.archive.folder / "journal" / "00000001.arrow")
    archive = Archive(bureau.archive.folder)
    for read in (archive.events, archive.enterprises, lambda: archive.fold(NOW)):
        with pytest.raises(IntegrityError, match=r"00000001\.arrow is damaged"):
            read()


def test_folded_journals_stay_until_they_are_old(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1))
    bureau.archive.fold(NOW)
    bureau.deliver(row(BETA, 2))
    later = datetime.now(UTC) + timedelta(seconds=5)
    assert bureau.archive.vacuum(later, timedelta(days=1)).files == 0
    assert bureau.archive.vacuum(later, timedelta(0)).files == 1
    assert journals(bureau.archive) == ["00000002.arrow"]
    assert bureau.archive.verify() == []
    assert bureau.archive.records("penalty").num_rows == 2


def test_rows_of_other_columns_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    with pytest.raises(ValueError, match="names"):
        journal.write(1, {"stream": [STREAM.empty_table().rename_columns(["a", "b", "c"])]})
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_was_copied_back_is_read_as_it_is(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(row(ALPHA, 1))
    kept = {path: path.read_bytes() for path in bureau.archive.folder.rglob("*") if path.is_file()}
    bureau.deliver(row(ALPHA, 2))
    assert bureau.archive.records("penalty")["number"].to_pylist() == ["P1", "P2"]
    for path in bureau.archive.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    for path, held in kept.items():
        path.write_bytes(held)
    assert bureau.archive.sequence == 1
    assert bureau.archive.records("penalty")["number"].to_pylist() == ["P1"]
    bureau.deliver(row(ALPHA, 3))
    assert bureau.archive.records("penalty")["number"].to_pylist() == ["P1", "P3"]


def test_an_enterprise_that_only_a_journal_knows_is_found_by_its_name(tmp_path: Path) -> None:
    files = {"source__toml": NAMED, "enterprise__sql": ENTERPRISE, "penalty__sql": BY_NAME}
    bureau, header = Bureau(tmp_path, **files), "code,number,name"
    penalty = ",1,信衡市明月小吃店"
    [file] = bureau.deliver(penalty, header=header).delivery.files
    assert file.review == 1
    bureau.deliver(f"{ALPHA},2,信衡市明月小吃店", header=header)
    [file] = bureau.deliver(penalty, f"{BETA},3,信衡市清风面馆", header=header).delivery.files
    assert (file.accepted, file.review) == (2, 0)
    assert bureau.archive.unfolded == 3
    [entry] = bureau.archive.credit_file(ALPHA, NEVER, ["penalty"])
    assert (entry.number, entry.linked) == ("1", "name")


def test_a_copy_by_hard_links_stays_as_it_was_whatever_is_done_to_the_archive(
    tmp_path: Path,
) -> None:
    bureau = Bureau(tmp_path)
    for number in range(3):
        bureau.deliver(row(ALPHA, number))
        if number == 1:
            bureau.archive.fold(NOW)
    before = bureau.archive.records("penalty").to_pylist()
    shutil.copytree(bureau.archive.folder, tmp_path / "copy", copy_function=os.link)
    bureau.deliver(row(BETA, 4))
    bureau.archive.compact(NOW)
    bureau.archive.vacuum(datetime.now(UTC) + timedelta(seconds=5), timedelta(0))
    copy = Archive(tmp_path / "copy")
    assert (copy.sequence, copy.unfolded, copy.verify()) == (3, 1, [])
    assert copy.records("penalty").to_pylist() == before
