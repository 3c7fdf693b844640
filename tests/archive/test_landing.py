"""Landing: in however many parts and pieces a delivery is worked on, the archive is the same."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive import collect as collecting
from xinheng.archive.collect import _parts
from xinheng.archive.extract import extract
from xinheng.core.identifiers import uscc_check_character

from .city import RELAY, City
from .department import HEADER, LIFECYCLE, PENALTY, TOML

BODIES = [f"91440300MA5XNG{number:03}" for number in range(10, 90, 10)]
CODES = [body + uscc_check_character(body) for body in BODIES]

RECORDS = """
[[records]]
kind = "complaint"
rows = "penalties"
sql = "complaint.sql"

[[records]]
kind = "ban"
rows = "penalties"
sql = "ban.sql"

[[skip]]
"""
# A row may yield a penalty of each of two enterprises, a complaint with a place, and a ban.
ANOTHER = PENALTY.replace("code AS", "another AS").replace("IS NULL", "IS NULL AND another <> ''")
FILES = {
    "penalty__sql": f"{PENALTY} UNION ALL {ANOTHER}",
    "lifecycle__sql": LIFECYCLE.replace("'penalty'", "kind"),
    "complaint__sql": """SELECT _row, code AS enterprise, document AS number, decided AS occurred,
        published AS known, 'complaint' AS type, 'true' AS food, '114.1' AS longitude,
        '22.' || fine AS latitude
        FROM penalties WHERE change IS NULL AND fine = '2'""",
    "ban__sql": """SELECT _row, another AS enterprise, document AS number, decided AS occurred,
        published AS known, 'holder ' || fine AS person, 'lifetime' AS type
        FROM penalties WHERE change IS NULL AND fine = '3'""",
}
COLUMNS = f"{HEADER},another"

ROWS = st.builds(
    "{},{},{},{},{},{},{},,{}".format,
    st.sampled_from([*CODES, *CODES, "", "123"]),
    st.sampled_from(["P1", "P2", "P3", ""]),
    st.sampled_from(["2026-01-05", "2026-01-05", "2026-02-30"]),
    st.sampled_from(["2026-01-20", "2026-01-20", "2026-01-21", "2026-02-22"]),
    st.sampled_from(["label", "label", "label", ""]),
    st.sampled_from(["fine", "fine", "fine", "draft", "scolding"]),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from([*CODES, "", ""]),
)
CHANGES = st.builds(
    "{},{},2026-03-01,{},,{},,{},".format,
    st.sampled_from([*CODES, ""]),
    st.sampled_from(["P1", "P2"]),
    st.sampled_from(["2026-03-02", "2026-03-03"]),
    st.sampled_from(["penalty", "complaint", "ban"]),
    st.sampled_from(["withdrawn", "reinstated", "undone"]),
)
DELIVERIES = st.lists(
    st.tuples(
        st.sampled_from(["bureau", "credit"]),
        st.lists(st.one_of(ROWS, ROWS, CHANGES), min_size=1, max_size=40),
    ),
    min_size=1,
    max_size=3,
)
KINDS = ("penalty", "lifecycle", "complaint", "ban", "personal", "witness")


def city_of(folder: Path) -> City:
    """Return a city in which a bureau delivers, and another department passes on."""
    city = City(folder)
    for name, toml in (("bureau", TOML), ("credit", RELAY)):
        city.add(name, source__toml=toml.replace("[[skip]]\n", RECORDS.lstrip()), **FILES)
    return city


def content(city: City) -> dict[str, Any]:
    """Return all that an archive holds, but for the dense numbers, which may be others."""
    archive, found = city.archive, {}
    store = archive._store
    people = store.snapshot("person")
    persons = people.read().sort_by("number")["key"].to_pylist() if people else []
    for kind in KINDS:
        rows = city.table(kind)
        for row in rows:
            if row.get("person") is not None:
                row["person"] = persons[row["person"]]
        found[kind] = sorted(rows, key=repr)
    view, codes = archive.events(), archive.enterprises()["id"].to_pylist()
    events = view.table.to_pylist()
    for event in events:
        event["stream"] = view.vocabulary[event["stream"]]
        event["enterprise"] = codes[event["enterprise"]]
        event["case"] = 0 if event["stream"][0] == "ban" else event["case"]  # a person's number
    found["events"] = sorted(events, key=repr)
    found["places"] = archive.places().to_pylist()
    found["enterprises"] = sorted(codes)
    found["people"] = sorted(persons)
    for fate in ("quarantined", "review"):
        found[fate] = archive.held(fate).to_pylist()
    found["deliveries"] = [
        delivery.model_dump(exclude={"tables", "folded", "journal"})
        for delivery in archive.deliveries()
    ]
    return found


def in_pieces(*arguments: Any) -> Iterator[pa.Table]:
    """Yield what a mapping yields, four rows at a time."""
    for piece in extract(*arguments):
        for start in range(0, piece.num_rows, 4):
            yield piece.slice(start, 4)


def check_that_parts_and_pieces_change_nothing(
    folder: Path, deliveries: list[tuple[str, list[str]]]
) -> None:
    """Take deliveries in whole, and again in parts and pieces."""
    found = []
    for small in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            if small:
                patch.setattr(collecting, "PART", 8)
                patch.setattr(collecting, "extract", in_pieces)
            city = city_of(folder / f"{small}")
            for number, (name, rows) in enumerate(deliveries, 1):
                at = datetime(2026, 6, number, tzinfo=UTC)
                city.deliver(name, *rows, header=COLUMNS, at=at)
            found.append(content(city))
    one, other = found
    for name in one:
        assert one[name] == other[name], name


@settings(max_examples=8, deadline=None)
@given(deliveries=DELIVERIES)
def test_in_parts_and_pieces_the_archive_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str]]]
) -> None:
    check_that_parts_and_pieces_change_nothing(tmp_path_factory.mktemp("city"), deliveries)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(deliveries=DELIVERIES)
def test_in_parts_and_pieces_the_archive_is_the_same_often(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str]]]
) -> None:
    check_that_parts_and_pieces_change_nothing(tmp_path_factory.mktemp("city"), deliveries)


def test_rows_are_cut_into_parts_that_are_powers_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "PART", 8)
    assert [_parts(rows) for rows in (1, 8, 9, 16, 17, 32, 33)] == [1, 1, 2, 2, 4, 4, 8]
    assert _parts(10**9) == 1024


@pytest.mark.parametrize("order", ["", "ORDER BY _row DESC", "ORDER BY hash(_row)"])
def test_of_equal_rows_the_first_of_the_file_lands(tmp_path: Path, order: str) -> None:
    city = City(tmp_path)
    city.add("bureau", penalty__sql=f"{PENALTY} {order}")
    row = f"{CODES[0]},P1,2026-01-05,2026-01-20,label,fine,1.5,"
    other = f"{CODES[1]},P1,2026-01-05,2026-01-20,label,fine,1.5,"
    city.deliver("bureau", row, other, row, row, other)
    found = city.archive.records("penalty")
    assert sorted(found["row"].to_pylist()) == [2, 3]
    city.deliver("bureau", *[row.replace("1.5", "2").replace("01-20", "02-20")] * 3)
    assert sorted(row["row"] for row in city.table("penalty")) == [2, 2, 3]


def test_a_row_whose_one_record_contradicts_still_counts_as_first_for_its_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which rows contradict others hangs on the file alone, not on the parts it is cut into."""
    one, two = CODES[0], CODES[1]
    rows = (
        f"{one},P1,2026-01-05,2026-01-20,label,fine,1,,",
        f"{one},P1,2026-01-05,2026-01-20,label,fine,9,,{two}",  # contradicts row 2
        f"{two},P1,2026-01-05,2026-01-20,label,fine,5,,",  # contradicts row 3
    )
    found = []
    for part in (1_000_000, 1):
        monkeypatch.setattr(collecting, "PART", part)
        for names in ((one, two), (two, one)):
            city = city_of(tmp_path / f"{part}{names[0]}")
            swapped = [row.replace(one, "x").replace(two, names[1]) for row in rows]
            city.deliver("bureau", *(row.replace("x", names[0]) for row in swapped), header=COLUMNS)
            found.append(city.archive.held("quarantined")["row"].to_pylist())
    assert len({tuple(rows) for rows in found}) == 1, found
