"""Rows that are posted land as if their department had delivered them, and are answered at once."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from xinheng.archive import Archive, read_source, told_by_file, told_by_kind
from xinheng.archive.posting import Posted
from xinheng.core.errors import InvalidError, MappingError, NotFoundError

from .city import City
from .department import ALPHA, BETA, HEADER, RECEIVED, TOML, Bureau
from .test_landing import COLUMNS, DELIVERIES, city_of, content

LOOKUP = """
[files.names]
path = "names.csv"
reader = "csv"
lookup = true

[[records]]
"""


def cells(text: str, header: str = HEADER) -> dict[str, str | None]:
    return dict(zip(header.split(","), text.split(","), strict=True))


def row(code: str, number: int, fine: str = "1", kind: str = "fine") -> str:
    return f"{code},P{number},2026-01-05,2026-01-20,label,{kind},{fine},"


def post(bureau: Bureau, *rows: str, at: datetime = RECEIVED) -> Posted:
    source = read_source(bureau.source)
    return bureau.archive.post(source, {"penalties": [cells(each) for each in rows]}, at)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def test_each_row_is_answered_with_its_fate_and_faults(bureau: Bureau) -> None:
    posted = post(
        bureau,
        row(ALPHA, 1),
        row(ALPHA, 1),
        row(BETA, 2, kind="scolding", fine="much"),
        row("", 3),
        row(BETA, 4, kind="draft"),
        row(BETA, 5),
    )
    settled = posted.rows["penalties"]
    assert [(each.row, each.fate) for each in settled] == [
        (1, "accepted"),
        (2, "duplicate"),
        (3, "quarantined"),
        (4, "review"),
        (5, "skipped"),
        (6, "accepted"),
    ]
    assert sorted(fault["field"] for fault in settled[2].faults) == ["fine", "penalty_kind"]
    assert settled[0].faults == ()
    [file] = posted.receipt.delivery.files
    assert (file.rows, file.accepted, file.duplicate) == (6, 2, 1)
    assert (file.quarantined, file.review, sum(file.skipped.values())) == (1, 1, 1)
    assert posted.receipt.landed
    assert bureau.archive.verify() == []


def test_a_row_that_is_there_already_is_a_duplicate(bureau: Bureau) -> None:
    bureau.deliver(row(ALPHA, 1))
    posted = post(bureau, row(ALPHA, 1), row(ALPHA, 2))
    assert [each.fate for each in posted.rows["penalties"]] == ["duplicate", "accepted"]
    assert bureau.deliver(row(ALPHA, 1), row(ALPHA, 2)).delivery.files[0].duplicate == 2


def test_the_same_post_lands_once(bureau: Bureau) -> None:
    first = post(bureau, row(ALPHA, 1))
    again = post(bureau, row(ALPHA, 1), at=RECEIVED + timedelta(days=1))
    assert not again.receipt.landed
    assert again.receipt.delivery == first.receipt.delivery
    assert again.rows == first.rows
    mapping = bureau.source / "penalty.sql"
    mapping.write_text(mapping.read_text() + "\n")
    mended = post(bureau, row(ALPHA, 1))
    assert mended.receipt.landed
    assert mended.rows["penalties"][0].fate == "duplicate"


ONE, OTHER = (f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,{fine},,{ALPHA}" for fine in (1, 2))


@settings(max_examples=5, deadline=None)
@given(deliveries=DELIVERIES)
@example(deliveries=[("bureau", [ONE]), ("bureau", [ONE, OTHER])])
def test_posts_and_files_make_the_same_archive(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str]]]
) -> None:
    folder = tmp_path_factory.mktemp("city")
    files, posts = city_of(folder / "files"), city_of(folder / "posts")
    for number, (name, rows) in enumerate(deliveries, 1):
        at = datetime(2026, 6, number, tzinfo=UTC)
        files.deliver(name, *rows, header=COLUMNS, at=at)
        source = read_source(posts.folder / "sources" / name)
        given_rows = {"penalties": [cells(each, COLUMNS) for each in rows]}
        posts.archive.post(source, given_rows, at)
    first, second = (as_numbered_from_one(each) for each in (files, posts))
    for name in first:
        assert first[name] == second[name], name


def as_numbered_from_one(city: City) -> dict[str, Any]:
    """Return what an archive holds without what tells a file from a post."""
    found = content(city)
    least = {"files": 1, "posts": 0}[city.folder.name]  # a file's first line is its header

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            some = {k: plain(v) for k, v in value.items() if k not in {"digest", "sha256"}}
            return some | ({"row": value["row"] - least} if "row" in value else {})
        if isinstance(value, str):  # a fault may name another row
            return re.sub(r"\brow (\d+)", lambda row: f"row {int(row[1]) - least}", value)
        return [plain(each) for each in value] if isinstance(value, list | tuple) else value

    return {name: sorted(map(repr, plain(value))) for name, value in found.items()}


@pytest.mark.parametrize("reader", ["excel", "postgresql", "json-lines", "parquet"])
def test_rows_of_any_source_can_be_posted(tmp_path: Path, reader: str) -> None:
    path = "public.penalties" if reader == "postgresql" else "penalties.*"
    toml = TOML.replace('"penalties.csv"', f'"{path}"').replace('"csv"', f'"{reader}"')
    toml = toml.replace('"postgresql"', '"postgresql"\nconnection = "BUREAU"\norder = ["code"]')
    bureau = Bureau(tmp_path, source__toml=toml)
    posted = post(bureau, row(ALPHA, 1))
    assert posted.rows["penalties"][0].fate == "accepted"
    [entry] = bureau.archive.credit_file(ALPHA, 30_000)
    assert (entry.number, entry.origin.row) == ("P1", 1)


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ({"fines": [{}]}, NotFoundError, "no file of bureau 'fines'.*penalties"),
        ({}, InvalidError, "nothing was posted"),
        ({"penalties": []}, InvalidError, "nothing was posted"),
        ({"penalties": [{"fine": 3}]}, InvalidError, "row 1 of penalties: fine is 3, not text"),
        ({"penalties": [{"fine": "\ud83d"}]}, InvalidError, r"penalties hold '\\ud83d', which"),
        ({"penalties": [{"\ud83d": "1"}]}, InvalidError, r"penalties hold '\\ud83d', which"),
        ({"penalties": [{"_row": "3"}]}, InvalidError, "'_row', but that name is reserved"),
        ({"penalties": [{"a": "3", "A": "4"}]}, InvalidError, "column 1 has that name too"),
        ({"penalties": [{"code": ALPHA}]}, MappingError, "the SQL does not run"),
    ],
)
def test_what_cannot_be_taken_in_is_explained_and_nothing_lands(
    bureau: Bureau, rows: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=f"(?s){words}"):
        bureau.archive.post(read_source(bureau.source), rows, RECEIVED)
    assert bureau.archive.sequence == 0


def test_rows_that_the_mapping_joins_have_to_be_posted_too(tmp_path: Path) -> None:
    sql = """SELECT p._row, p.code AS enterprise, p.number, p.day AS occurred, p.day AS known,
        'market' AS organ, 'true' AS food, n.violation, 'fine' AS penalty_kind
        FROM penalties AS p JOIN names AS n ON n.name = p.name"""
    lifecycle = TOML.partition('[[records]]\nkind = "lifecycle"')[0]
    toml = lifecycle.replace("[[records]]\n", LOOKUP.lstrip(), 1)
    bureau = Bureau(tmp_path, source__toml=toml, penalty__sql=sql)
    mine = [{"code": ALPHA, "number": "1", "day": "2026-01-05", "name": "a"}]
    source, names = read_source(bureau.source), [{"name": "a", "violation": "label"}]
    with pytest.raises(InvalidError, match=r"reads 'names.csv', which it joins .* as 'names'"):
        bureau.archive.post(source, {"penalties": mine}, RECEIVED)
    posted = bureau.archive.post(source, {"penalties": mine, "names": names}, RECEIVED)
    assert [each.fate for each in posted.rows["penalties"]] == ["accepted"]
    assert [each.fate for each in posted.rows["names"]] == ["skipped"]


def test_a_post_counts_at_once_for_every_reader(bureau: Bureau) -> None:
    reader = Archive(bureau.archive.folder)
    for number in range(3):
        post(bureau, row(ALPHA, number))
        assert reader.sequence == number + 1
        assert reader.records("penalty").num_rows == number + 1
        assert len(reader.credit_file(ALPHA, 30_000)) == number + 1


TWO = TOML.replace(
    "[[records]]",
    """[files.visits]
path = "visits.csv"
reader = "csv"

[[records]]
kind = "inspection"
rows = "visits"
sql = "visit.sql"

[[records]]""",
    1,
)
VISIT = "SELECT _row, code AS enterprise FROM visits"


def test_files_that_nothing_is_joined_to_may_be_left_out(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path, source__toml=TWO, visit__sql=VISIT)
    posted = post(bureau, row(ALPHA, 1))
    assert [file.file for file in posted.receipt.delivery.files] == ["penalties"]
    assert posted.rows["penalties"][0].fate == "accepted"


def by_kind(number: int, **more: str | None) -> dict[str, str | None]:
    fields = {"kind": "penalty", "enterprise": ALPHA, "number": f"P{number}", "food": "true"}
    days = {"occurred": "2026-01-05", "known": "2026-01-20", "organ": "market"}
    return {**fields, **days, "violation": "label", "penalty_kind": "fine", "fine": "1", **more}


def post_by_kind(bureau: Bureau, *records: dict[str, str | None]) -> Posted:
    told = told_by_kind(read_source(bureau.source), records)
    return bureau.archive.post_told(told, RECEIVED)


def test_records_by_kind_are_those_that_the_mapping_makes(bureau: Bureau) -> None:
    post(bureau, row(ALPHA, 1))
    later = {"kind": "lifecycle", "enterprise": ALPHA, "number": "P1", "of": "penalty",
             "change": "withdrawn", "occurred": "2026-02-01", "known": "2026-02-01"}  # fmt: skip
    posted = post_by_kind(bureau, by_kind(1), later, by_kind(2, fine="much"), by_kind(3))
    assert {name: [(e.row, e.fate) for e in rows] for name, rows in posted.rows.items()} == {
        "posted_penalty": [(1, "duplicate"), (3, "quarantined"), (4, "accepted")],
        "posted_lifecycle": [(2, "accepted")],
    }
    entries = bureau.archive.credit_file(ALPHA, 30_000)
    assert {each.number: each.state for each in entries} == {"P1": "withdrawn", "P3": "stands"}
    assert bureau.archive.verify() == []
    again = post_by_kind(bureau, by_kind(1), later, by_kind(2, fine="much"), by_kind(3))
    assert (again.receipt.landed, again.rows) == (False, posted.rows)


def test_rows_by_kind_that_were_set_aside_are_tried_again(bureau: Bureau) -> None:
    post_by_kind(bureau, by_kind(1, fine="much"), by_kind(2))
    source = read_source(bureau.source)
    again = bureau.archive.replay(source, 1, RECEIVED)
    assert again.delivery.files[0].quarantined == 1


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"kind": "award"}, r"record 1: there is no kind .* bureau delivers 'award'"),
        (by_kind(1, fines="3"), "record 1: there is no field of penalty 'fines'; did you mean"),
    ],
)
def test_a_kind_or_field_that_there_is_not_is_refused(
    bureau: Bureau, record: dict[str, str | None], words: str
) -> None:
    with pytest.raises(InvalidError, match=words):
        told_by_kind(read_source(bureau.source), [record])


def test_whom_rows_are_about_is_known_before_they_land(bureau: Bureau) -> None:
    rows = [row(BETA, 1), row(ALPHA, 2), row(BETA, 3), row("", 4)]
    told = told_by_file(read_source(bureau.source), {"penalties": [cells(each) for each in rows]})
    assert bureau.archive.meant(told, RECEIVED) == (f"uscc:{BETA}", f"uscc:{ALPHA}")
    assert bureau.archive.sequence == 0
    bad = told_by_file(read_source(bureau.source), {"penalties": [{"code": ALPHA}]})
    with pytest.raises(MappingError, match="the SQL does not run"):
        bureau.archive.meant(bad, RECEIVED)
