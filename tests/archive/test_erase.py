"""Erasure: what names a person is gone from every file, and nothing else changes."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from xinheng.archive import read_source
from xinheng.archive.hashing import owner_numbers
from xinheng.archive.held import Selection
from xinheng.core.errors import NotFoundError

from .department import ALPHA, BETA, Bureau, delivery
from .test_journal import BY_NAME, NAMED
from .test_journal import ENTERPRISE as BY_CODE

PERSON, OTHER, NAME, PLACE = "ID-4711-甲", "ID-0815-乙", "信衡市明月小吃店", "信衡市芳瑞路8号"
TOML = """
title = "People of a made-up district"
department = "district bureau"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.people]
path = "penalties.csv"
reader = "csv"

[[records]]
kind = "post"
rows = "people"
sql = "post.sql"

[[records]]
kind = "enterprise"
rows = "people"
sql = "enterprise.sql"
"""
POST = """SELECT _row, code AS enterprise, number, day AS occurred, day AS known, person, role
FROM people WHERE person IS NOT NULL"""
ENTERPRISE = """SELECT _row, code AS enterprise, number, day AS occurred, day AS known, name,
    address, 'established' AS status FROM people WHERE name IS NOT NULL"""
HEADER = "code,number,day,person,role,name,address"
ROWS = [
    f"{ALPHA},1,2026-01-05,{PERSON},director,,",
    f"{BETA},2,2026-01-05,{PERSON},principal,,",
    f"{BETA},3,2026-01-05,{OTHER},director,,",
    f"{ALPHA},4,2026-01-05,,,{NAME},{PLACE}",
    f"{BETA},5,2026-01-05,,,信衡市清风面馆,",
    f"{ALPHA},6,2026-02-30,{PERSON},director,,",
    f"{ALPHA},7,2026-02-30,,,{NAME},{PLACE}",
    f",8,2026-01-05,,,{NAME},{PLACE}",
]


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    enterprise = ENTERPRISE.replace("'established'", "'active'")
    files = {"source__toml": TOML, "post__sql": POST, "enterprise__sql": enterprise}
    bureau = Bureau(tmp_path, **files)
    [file] = bureau.deliver(*ROWS, header=HEADER).delivery.files
    assert (file.accepted, file.quarantined, file.review) == (5, 2, 1)
    return bureau


def everywhere(bureau: Bureau, text: str) -> list[Path]:
    """Return the files of the archive, of any table and age, whose columns hold a text."""
    import pyarrow.parquet as pq

    found = []
    for path in bureau.archive.folder.rglob("*"):
        if path.suffix == ".parquet":
            cells = str(pq.read_table(path).to_pylist())
        elif path.is_file():
            cells = path.read_text(errors="replace")
        else:
            continue
        found += [path] if text in cells else []
    return found


def now() -> datetime:
    return datetime.now(UTC)


def test_a_person_is_gone_and_posts_stay(bureau: Bureau) -> None:
    events, files = bureau.archive.events().table, bureau.archive.deliveries()
    people = bureau.archive.records("post")["person"].to_pylist()
    assert everywhere(bureau, PERSON)
    erased = bureau.archive.erase_person(PERSON, now())
    assert (erased.texts, erased.records, erased.aside) == (1, 2, 1)
    assert everywhere(bureau, PERSON) == []
    assert everywhere(bureau, OTHER)
    assert bureau.archive.events().table.equals(events)
    assert sorted(bureau.archive.records("post")["person"].to_pylist()) == sorted(people)
    assert bureau.archive.deliveries() == files
    assert bureau.archive.held("quarantined").num_rows == 2
    assert bureau.archive.verify() == []


def test_the_number_of_an_erased_person_stands_nowhere(bureau: Bureau) -> None:
    """Whoever guesses an identifier could work out its number, and see that it was here."""
    [number] = owner_numbers("person", pa.array([PERSON])).tolist()
    bureau.archive.compact(now())
    assert everywhere(bureau, str(number))
    bureau.archive.erase_person(PERSON, now())
    assert everywhere(bureau, str(number)) == []


def test_an_erasure_that_died_before_its_files_were_removed_is_ended_by_the_next(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("xinheng.archive.archive.purge", die)
        with pytest.raises(KeyboardInterrupt):
            bureau.archive.erase_person(PERSON, now())
    assert everywhere(bureau, PERSON)
    with pytest.raises(NotFoundError, match="nothing was erased"):
        bureau.archive.erase_person(PERSON, now())
    assert everywhere(bureau, PERSON) == []


def test_an_enterprise_loses_its_name_and_keeps_its_records(bureau: Bureau) -> None:
    events = bureau.archive.events().table
    erased = bureau.archive.erase_enterprise(ALPHA, now())
    assert (erased.texts, erased.records, erased.aside) == (2, 1, 2)
    assert everywhere(bureau, NAME) == everywhere(bureau, PLACE) == []
    assert [p["value"] for p in bureau.archive.personal("enterprise").to_pylist()] == [
        "信衡市清风面馆"
    ]
    assert bureau.archive.events().table.equals(events)
    assert bureau.archive.enterprise(ALPHA) is not None
    assert bureau.archive.verify() == []


def test_texts_are_gone_wherever_the_rows_lay_and_whatever_the_clock_says(bureau: Bureau) -> None:
    assert bureau.archive.unfolded == 1
    bureau.archive.fold(now())
    bureau.deliver(*ROWS[1:], f"{ALPHA},9,2026-01-05,,,{NAME},", header=HEADER)
    held = {path.suffix for path in everywhere(bureau, NAME)}
    assert held == {".arrow", ".parquet"}
    before = bureau.archive.enterprises(), bureau.archive.events().table
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    bureau.archive.erase_enterprise(ALPHA, long_ago)
    assert bureau.archive.erase_person(PERSON, long_ago).texts == 1
    assert everywhere(bureau, NAME) == everywhere(bureau, PERSON) == []
    assert (bureau.archive.enterprises(), bureau.archive.events().table) == before
    assert bureau.archive.unfolded == 0
    assert bureau.archive.verify() == []


def test_rows_of_others_that_came_near_tell_its_code_and_no_name(tmp_path: Path) -> None:
    files = {"source__toml": NAMED, "enterprise__sql": BY_CODE, "penalty__sql": BY_NAME}
    bureau, header = Bureau(tmp_path, **files), "code,number,name"
    told, known = "信衡市明月小吃店（东）", "信衡市明月小吃店(东)"
    bureau.deliver(f"{ALPHA},1,{told}", f"{BETA},2,信衡市明日小吃店(东)", header=header)
    bureau.deliver(",3,信衡市明目小吃店(东)", header=header)
    assert everywhere(bureau, known)
    assert bureau.archive.erase_enterprise(ALPHA, now()).aside == 1
    assert everywhere(bureau, told) == everywhere(bureau, known) == []
    [row] = bureau.archive.waiting("review", Selection())
    assert row.source_row["name"] == "信衡市明目小吃店(东)"
    names = {each["code"]: each["name"] for each in row.candidates}
    assert names == {ALPHA: None, BETA: "信衡市明日小吃店(东)"}
    assert bureau.archive.verify() == []


def test_who_comes_again_after_erasure_is_somebody_new(bureau: Bureau) -> None:
    before = bureau.archive.records("post")["person"].to_pylist()
    bureau.archive.erase_person(PERSON, now())
    bureau.deliver(f"{ALPHA},9,2026-03-01,{PERSON},director,,", header=HEADER)
    [new] = [r for r in bureau.archive.records("post").to_pylist() if r["number"] == "9"]
    assert new["person"] not in before


def test_nobody_known_is_refused_and_nothing_is_published(bureau: Bureau) -> None:
    with pytest.raises(NotFoundError, match="nothing was erased"):
        bureau.archive.erase_person("ID-nobody", now())
    bureau.archive.erase_enterprise(ALPHA, now())
    with pytest.raises(NotFoundError, match="nothing was erased"):
        bureau.archive.erase_enterprise(ALPHA, now())
    assert read_source(bureau.source)
    assert delivery


def test_the_directory_forgets_the_name_of_an_erased_enterprise(bureau: Bureau) -> None:
    directory = bureau.archive.directory()
    assert [directory.listed(row).name for row in directory.coded(ALPHA)] == [NAME]
    assert any("directory" in path.parts for path in everywhere(bureau, NAME))
    bureau.archive.erase_enterprise(ALPHA, now())
    assert everywhere(bureau, NAME) == []
    again = bureau.archive.directory()
    assert [again.listed(row).name for row in again.coded(ALPHA)] == [None]
