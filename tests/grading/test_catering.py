"""The quantitative grade of catering: which of those given is in force, from when to when."""

from typing import Any

import pytest

from xinheng.core.time import NEVER, day
from xinheng.grading import CateringGrade, catering_grades

from .world import events_of, record, rows_of

AT = day("2025-03-01")


def given(grade: str, when: int = AT - 100, **more: Any) -> dict[str, Any]:
    ordinal = {"A": 0.0, "B": 1.0, "C": 2.0}[grade]
    return record(1, f"catering_grade:{grade}", when, severity=ordinal, value=80.0, **more)


def ended(when: int, known: int | None = None) -> dict[str, int]:
    return {"ended": when, "ended_available": when if known is None else known}


def licence(when: int = AT - 900, **more: Any) -> dict[str, Any]:
    return record(1, "licence:operation.", when, **more)


def found(as_of: int, *records: dict[str, Any]) -> tuple[str, str | None]:
    row = catering_grades(events_of(*records), rows_of((1, as_of))).iloc[0]
    grade = row["catering_grade"]
    return str(row["state"]), grade if isinstance(grade, str) else None


REVOKED = record(1, "licence_event:operation.revoked", AT - 9)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), ("never_given", None)),
        ((given("B"),), ("in_force", "B")),
        ((given("B", AT),), ("never_given", None)),  # not yet available
        ((given("B", available=AT),), ("never_given", None)),
        ((given("A"), given("C", AT - 50)), ("in_force", "C")),  # the last one counts,
        ((given("C"), given("A", AT - 50)), ("in_force", "A")),  # worse or better
        ((given("A", AT - 50, available=AT - 10), given("C", AT - 40)), ("in_force", "C")),
        ((given("A"), given("C", AT - 50, withdrawn=AT - 1)), ("in_force", "A")),  # never given
        ((given("A"), given("C", AT - 50, withdrawn=AT)), ("in_force", "C")),
        ((given("B", **ended(AT)),), ("in_force", "B")),  # its last day
        ((given("B", **ended(AT - 1)),), ("expired", None)),
        ((given("B", **ended(AT - 9, known=AT)),), ("in_force", "B")),  # the end is not known yet
        ((given("A"), given("C", AT - 50, **ended(AT - 1))), ("expired", None)),  # A is superseded
        ((given("B"), licence()), ("in_force", "B")),
        ((given("B"), licence(**ended(AT - 1))), ("lapsed", None)),
        ((given("B"), licence(**ended(AT))), ("in_force", "B")),
        ((given("B"), licence(**ended(AT - 1)), licence(AT - 9)), ("in_force", "B")),
        ((given("B"), licence(**ended(AT - 1)), record(1, "licence:production.2401", AT - 9)),
         ("lapsed", None)),  # a licence to produce is none to trade
        ((given("B"), licence(), REVOKED), ("lapsed", None)),
        ((given("B"), licence(), {**REVOKED, "withdrawn": AT - 1}), ("in_force", "B")),
        ((given("B"), licence(), REVOKED, record(1, "licence_event:operation.granted", AT - 5)),
         ("in_force", "B")),
    ],
)  # fmt: skip
def test_the_grade_in_force(
    records: tuple[dict[str, Any], ...], expected: tuple[str, str | None]
) -> None:
    assert found(AT, *records) == expected


def test_a_grade_stands_from_the_day_after_to_its_last_day() -> None:
    one = given("B", AT, **ended(AT + 365, known=AT))
    states = {AT: "never_given", AT + 1: "in_force", AT + 365: "in_force", AT + 366: "expired"}
    assert {when: found(when, one)[0] for when in states} == states


def test_what_is_told_of_the_grade_given_last() -> None:
    events = events_of(given("A", AT - 300), given("C", AT - 50, **ended(AT - 9, known=AT - 50)))
    table = catering_grades(events, rows_of((2, AT), (1, AT), (1, AT - 200)))
    assert table.index.tolist() == [(2, AT), (1, AT), (1, AT - 200)]
    assert table["state"].tolist() == ["never_given", "expired", "in_force"]
    assert table["given"].tolist() == [NEVER, AT - 50, AT - 300]
    assert table["until"].tolist() == [NEVER, AT - 9, NEVER]
    assert table["score"].isna().tolist() == [True, False, False]
    records = dict(zip(events.occurred.tolist(), events.record.tolist(), strict=True))
    assert table["record"].tolist() == [-1, records[AT - 50], records[AT - 300]]
    assert table["catering_grade"].cat.categories.tolist() == [str(g) for g in CateringGrade]


def test_no_rows_have_no_grades() -> None:
    assert catering_grades(events_of(), rows_of().astype(int)).empty
