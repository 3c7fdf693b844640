"""Linking on the way in: a record without a code finds its enterprise, or waits with candidates."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from xinheng.archive.known import Known, hinted
from xinheng.core.time import NEVER, day

from .city import City
from .department import ALPHA, BETA

REGISTER_TOML = """
title = "Register of a made-up city"
department = "registrar"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.penalties]
path = "penalties.csv"
reader = "csv"

[[records]]
kind = "enterprise"
rows = "penalties"
sql = "enterprise.sql"

[[records]]
kind = "licence"
rows = "penalties"
sql = "licence.sql"
"""
REGISTER = {
    "source__toml": REGISTER_TOML,
    "enterprise__sql": """SELECT _row, code AS enterprise, 'E' || _row AS number,
        '2026-01-05' AS occurred, '2026-01-05' AS known, name, address FROM penalties""",
    "licence__sql": """SELECT _row, code AS enterprise, 'L' || _row AS number,
        '2026-01-05' AS occurred, '2026-01-05' AS known, licence, 'food' AS type FROM penalties""",
}
COMPLAINTS_TOML = (
    REGISTER_TOML[: REGISTER_TOML.index("[[records]]")]
    + """
[[records]]
kind = "complaint"
rows = "penalties"
sql = "complaint.sql"

[[records]]
kind = "lifecycle"
rows = "penalties"
sql = "lifecycle.sql"
"""
)
SELECTED = """SELECT _row, nullif(code, '') AS enterprise, number, '2026-02-05' AS occurred,
    '2026-02-06' AS known, {} name AS by_name, address AS by_address, licence AS by_licence
    FROM penalties WHERE of IS {}"""
COMPLAINTS = {
    "source__toml": COMPLAINTS_TOML,
    "complaint__sql": SELECTED.format(
        "'complaint' AS type, 'true' AS food, x AS longitude, y AS latitude,", "NULL"
    ),
    "lifecycle__sql": SELECTED.format("of, 'withdrawn' AS change,", "NOT NULL").replace(
        "02-06", "03-06"
    ),
}
COLUMNS = "code,number,name,address,licence,x,y,of"
CITY = "信衡市宝安区云禾街道沐谷路"
ALPHA_SAYS = f"{ALPHA},,云禾米粉店,{CITY}12号3栋101,JY24403990000018,,,"
BETA_SAYS = f"{BETA},,沐谷海鲜酒楼,{CITY}90号501,JY24403990000026,,,"


@pytest.fixture
def city(tmp_path: Path) -> City:
    city = City(tmp_path)
    city.add("registrar", **REGISTER)
    city.add("hotline", **COMPLAINTS)
    city.deliver("registrar", ALPHA_SAYS, BETA_SAYS, header=COLUMNS)
    return city


def complaints(city: City) -> dict[str, tuple[str | None, str | None]]:
    """Return the enterprise of each complaint and by what it was linked."""
    rows = city.table("complaint")
    return {row["number"]: (row["enterprise"], row["linked"]) for row in rows}


def held(city: City) -> dict[str, list[dict[str, Any]]]:
    rows = city.archive.held("review").to_pylist()
    return {json.loads(row["source_row"])["number"]: json.loads(row["faults"]) for row in rows}


def test_what_is_certain_lands_and_says_by_what_it_was_linked(city: City) -> None:
    receipt = city.deliver(
        "hotline",
        f"{BETA},C0,云禾米粉店,{CITY}12号3栋101,,,,",
        ",C1,,,JY24403990000018,,,",
        f",C2,云禾米粉店,{CITY}12号3栋101,,,,",
        header=COLUMNS,
    )
    file = receipt.delivery.files[0]
    assert (file.accepted, file.review) == (3, 0)
    assert complaints(city) == {
        "C0": (BETA, None),
        "C1": (ALPHA, "licence"),
        "C2": (ALPHA, "name and address"),
    }
    view, codes = city.archive.events(), city.archive.enterprises()["id"].to_pylist()
    seen = [
        codes[event["enterprise"]]
        for event in view.table.to_pylist()
        if view.vocabulary[event["stream"]][0] == "complaint"
    ]
    assert sorted(seen) == sorted([BETA, ALPHA, ALPHA])


def test_the_hints_are_not_kept_with_the_record(city: City) -> None:
    city.deliver("hotline", ",C1,,,JY24403990000018,,,", header=COLUMNS)
    names = city.archive.records("complaint").column_names
    assert not [name for name in names if name.startswith("by_")]
    assert city.archive.personal("complaint").num_rows == 0


def test_what_is_not_certain_waits_with_its_candidates(city: City) -> None:
    """A name that the register does not know so, at another address, is near and no more."""
    receipt = city.deliver(
        "hotline", f",C1,云禾米粉馆,{CITY}200号7栋808,,,,", ",C2,全无此店,,,,,", header=COLUMNS
    )
    file = receipt.delivery.files[0]
    assert (file.accepted, file.quarantined, file.review) == (0, 0, 2)
    assert receipt.delivery.faults == {}
    waiting = held(city)
    [near] = waiting["C1"]
    assert (near["kind"], near["field"]) == ("complaint", "enterprise")
    candidates = json.loads(near["value"])
    assert candidates[0]["code"] == ALPHA
    assert candidates[0]["name"] == "云禾米粉店"
    assert [json.loads(note["value"]) for note in waiting["C2"]] == [[]]
    assert complaints(city) == {}


def test_a_record_without_code_or_hint_waits_and_says_nothing(city: City) -> None:
    city.deliver("hotline", ",C1,,,,,,", header=COLUMNS)
    assert held(city) == {"C1": []}


def test_a_wrong_code_is_a_fault_though_the_hints_are_right(city: City) -> None:
    row = f"123,C1,云禾米粉店,{CITY}12号3栋101,JY24403990000018,,,"
    receipt = city.deliver("hotline", row, header=COLUMNS)
    assert receipt.delivery.files[0].quarantined == 1


def test_a_linked_record_is_the_same_as_one_that_named_its_code(city: City) -> None:
    city.deliver("hotline", f"{ALPHA},C1,,,,,,", header=COLUMNS)
    again = city.deliver("hotline", ",C1,,,JY24403990000018,,,", header=COLUMNS)
    assert again.delivery.files[0].duplicate == 1
    assert complaints(city) == {"C1": (ALPHA, None)}


def test_enterprises_that_came_since_are_found(city: City) -> None:
    late = f"{BETA},,沐谷海鲜酒楼二店,{CITY}91号,JY24403990000034,,,"
    row = ",C1,,,JY24403990000034,,,"
    city.deliver("hotline", row, header=COLUMNS)
    assert complaints(city) == {}
    city.deliver("registrar", late, header=COLUMNS)
    city.deliver("hotline", row, ",C2,,,JY24403990000026,,,", header=COLUMNS)
    assert complaints(city) == {"C1": (BETA, "licence"), "C2": (BETA, "licence")}


@pytest.mark.parametrize("hints", ["", f"云禾米粉馆,{CITY}200号7栋808,"])
def test_a_complaint_with_a_place_lands_without_its_enterprise(city: City, hints: str) -> None:
    row = f",C1,{hints or ',,'},114.1,22.5,"
    receipt = city.deliver("hotline", row, header=COLUMNS)
    assert receipt.delivery.files[0].accepted == 1
    assert complaints(city) == {"C1": (None, None)}
    assert city.archive.events().table["enterprise"].to_pylist().count(None) == 0
    [place] = city.archive.places().to_pylist()
    assert (place["longitude"], place["available"]) == (114.1, day("2026-02-06"))


def test_a_place_withdrawn_no_longer_counts(city: City) -> None:
    city.deliver("hotline", ",C1,,,,114.1,22.5,", ",C2,,,,114.2,22.5,", header=COLUMNS)
    later = city.deliver("hotline", ",C1,,,,,,complaint", header=COLUMNS)
    assert later.delivery.files[0].accepted == 1
    withdrawn = {p["longitude"]: p["withdrawn"] for p in city.archive.places().to_pylist()}
    assert withdrawn == {114.1: day("2026-03-06"), 114.2: NEVER}
    before = city.archive.places(upto=2)
    assert sorted(before["longitude"].to_pylist()) == [114.1, 114.2]


def test_a_place_withdrawn_by_another_department_stays(city: City) -> None:
    """What has no enterprise belongs to who delivered it."""
    city.add("other", **COMPLAINTS)
    city.deliver("hotline", ",C1,,,,114.1,22.5,", header=COLUMNS)
    city.deliver("other", ",C1,,,,,,complaint", header=COLUMNS)
    assert city.archive.places()["withdrawn"].to_pylist() == [NEVER]


def test_a_linked_complaint_is_withdrawn_by_a_linked_change(city: City) -> None:
    city.deliver("hotline", ",C1,,,JY24403990000018,114.1,22.5,", header=COLUMNS)
    assert city.archive.places().num_rows == 1
    city.deliver("hotline", f",C1,云禾米粉店,{CITY}12号3栋101,,,,complaint", header=COLUMNS)
    assert city.archive.places()["withdrawn"].to_pylist() == [day("2026-03-06")]


def test_another_scheme_does_not_find_them(city: City) -> None:
    store, hints = city.archive._store, {"by_licence": "JY24403990000018"}
    columns = ("enterprise", "by_licence", "by_name", "by_address")
    table = pa.table({name: pa.array([hints.get(name)], pa.string()) for name in columns})
    assert hinted(table, columns[1:]).to_pylist() == [True]
    found = {
        scheme: Known(store, scheme).link(table)["code"][0].as_py() for scheme in ("uscc", "u")
    }
    assert found == {"uscc": ALPHA, "u": None}
