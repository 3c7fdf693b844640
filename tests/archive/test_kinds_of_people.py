"""Kinds about persons worked by hand: what is refused, and who is the same in what is seen."""

from typing import Any

import pyarrow as pa
import pytest

from xinheng.archive import KINDS
from xinheng.archive.project import project
from xinheng.archive.tables import record_schema
from xinheng.core.time import day, show

from .checking import checked
from .department import ALPHA

WHEN = {"number": "N0", "occurred": "2026-01-05", "known": "2026-01-20"}
PEOPLE = ("post", "ban", "staff", "staff_exam")


def seen(kind: str, **fields: Any) -> dict[str, Any]:
    """Return the one event of a record of which some fields are given."""
    schema = record_schema(kind)
    given = {"entity": 1, "record": 1, "available": day("2026-01-21"), "version": 0}
    given |= {"sequence": 1, "owner": 5, "number": "N0", **fields}
    columns = [pa.array([given.get(name)], schema.field(name).type) for name in schema.names]
    place = schema.names.index("occurred")
    columns[place] = pa.array([day("2026-01-05")], pa.int32()).cast(pa.date32())
    table = pa.table(columns, schema=schema)
    [event] = project(KINDS[kind], table).to_pylist()
    stream, code = event["key"].split("\x1f")
    return event | {"stream": stream, "code": code}


def faults(kind: str, **fields: str) -> str:
    """Return the faults of a record, in the order in which they are found."""
    contract = KINDS[kind]
    row = dict.fromkeys(field.name for field in contract.columns) | WHEN | fields
    found = checked(contract, [{"_row": 2, "enterprise": ALPHA, **row}]).faults
    return "; ".join(f"{fault['field']}: {fault['fault']}" for fault in found.to_pylist())


# kind, fields, and what is seen: code, severity, value, end
SEEN = [
    ("post", {"role": "executive"}, ("executive", None, None, "never")),
    ("post", {"role": "shareholder", "until": 20_000}, ("shareholder", None, None, "2024-10-04")),
    ("ban", {"type": "lifetime"}, ("lifetime", 3.0, None, "never")),
    ("ban", {"type": "judgment_defaulter"}, ("judgment_defaulter", 2.0, None, "never")),
    ("staff", {"role": "director"}, ("director", None, None, "never")),
    ("staff_exam", {"role": "officer", "passed": True}, ("officer.passed", 0.0, None, "never")),
    ("staff_exam", {"passed": False, "score": 41.0}, (".failed", 1.0, 41.0, "never")),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), SEEN)
def test_a_record_about_a_person_is_seen(
    kind: str, fields: dict[str, Any], expected: tuple[object, ...]
) -> None:
    event = seen(kind, person=7, **fields)
    assert event["stream"] == kind
    found = (event["code"], event["severity"], event["value"], show(event["ended"]))
    assert found == expected


GIVEN = {
    "post": {"role": "principal"},
    "ban": {"type": "lifetime"},
    "staff": {"role": "officer"},
    "staff_exam": {"passed": True},
}


def test_a_person_is_the_same_case_whatever_the_record_is_about() -> None:
    first = {seen(kind, person=7, **GIVEN[kind])["case"] for kind in PEOPLE}
    second = {seen(kind, person=8, **GIVEN[kind])["case"] for kind in PEOPLE}
    assert len(first) == len(second) == 1
    assert not first & second
    assert seen("staff_exam", passed=True)["case"] == 0


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("post", {"person": "A-17", "role": "director", "until": "2027-01-04"}),
        ("ban", {"person": "A-17", "type": "five_years", "until": "2031-01-04"}),
        ("staff", {"person": "A-17", "role": "officer"}),
        ("staff_exam", {"role": "director", "passed": "true", "score": "88.5"}),
    ],
)
def test_a_sound_record_about_a_person_has_no_fault(kind: str, fields: dict[str, str]) -> None:
    assert faults(kind, **fields) == ""


# kind, fields, and how the faults begin
REFUSED = [
    ("post", {"role": "director"}, "person: required but empty"),
    ("post", {"person": "A", "role": "owner"}, "role: there is no post_role 'owner'"),
    ("post", {"person": "A", "role": "director", "until": "now"}, "until: expected a date"),
    ("ban", {"person": " ", "type": "lifetime"}, "person: required but empty"),
    ("ban", {"person": "A", "type": "ten_years"}, "type: there is no ban 'ten_years'"),
    ("staff", {"person": "A"}, "role: required but empty"),
    ("staff", {"person": "A", "role": "cook"}, "role: there is no staff_role 'cook'"),
    ("staff_exam", {}, "passed: required but empty"),
    ("staff_exam", {"passed": "yes", "score": "-1"}, "score: must be at least 0"),
]


@pytest.mark.parametrize(("kind", "fields", "words"), REFUSED)
def test_a_record_about_a_person_that_cannot_be_is_refused(
    kind: str, fields: dict[str, str], words: str
) -> None:
    assert faults(kind, **fields).startswith(words)
