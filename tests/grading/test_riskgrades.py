"""Risk grades by hand: what gives points and what moves a grade, from which day to which."""

from typing import Any

import pandas as pd
import pytest

from xinheng.core.errors import InvalidError, PolicyError
from xinheng.core.time import NEVER, day, months
from xinheng.grading import RiskTable, risk_entries, risk_grades

from .world import events_of, record, rows_of

TABLE = RiskTable.default()
TEXT = TABLE.text
AT = day("2025-03-01")
YEAR, THREE_YEARS = months(12), months(36)


def graded(as_of: int, *records: dict[str, Any]) -> dict[str, Any]:
    found = risk_grades(TABLE, events_of(*records), rows_of((1, as_of))).iloc[0].to_dict()
    return {str(name): value for name, value in found.items()}


def over(column: str, days: list[int], *records: dict[str, Any]) -> dict[int, Any]:
    table = risk_grades(TABLE, events_of(*records), rows_of(*((1, when) for when in days)))
    return dict(zip(days, table[column], strict=True))


def ended(when: int, known: int | None = None) -> dict[str, int]:
    return {"ended": when, "ended_available": when if known is None else known}


def licence(category: str, points: float, when: int = AT - 400, **more: Any) -> dict[str, Any]:
    return record(1, f"licence:production.{category}", when, value=points, **more)


NOODLES, MEAT, FORMULA = licence("0103", 13.5), licence("0401", 34.0), licence("2901", 34.0)

# ---------------------------------------------------------------- static points


@pytest.mark.parametrize(
    ("records", "points"),
    [
        ((), 34),  # nothing is known: as for the worst band
        ((NOODLES,), 13.5),
        ((NOODLES, licence("2401", 26.0)), 26),  # the riskiest counts, once
        ((NOODLES, MEAT), 34),
        ((NOODLES, licence("0401", 34.0, **ended(AT - 1))), 13.5),
        ((NOODLES, licence("0401", 34.0, **ended(AT))), 34),  # valid to this day
        ((licence("0401", 34.0, **ended(AT - 1)),), 34),  # nothing valid is known
        ((NOODLES, licence("0401", 34.0, available=AT)), 13.5),
        ((NOODLES, licence("0401", 34.0, withdrawn=AT - 1)), 13.5),
        ((FORMULA,), 36),  # for groups with needs of their own
        ((licence("2701", 34.0),), 36),
        ((NOODLES, record(1, "insurance", AT - 30, value=49.0)), 13.5),
        ((NOODLES, record(1, "insurance", AT - 30, value=50.0)), 14.5),
        ((NOODLES, record(1, "insurance", AT - 30, value=200.0)), 15.5),
        ((NOODLES, record(1, "insurance", AT - 60, value=600.0),
          record(1, "insurance", AT - 30, value=60.0)), 16.5),  # the most of three months
        ((NOODLES, record(1, "insurance", AT - 92, value=600.0)), 13.5),
        ((record(1, "insurance", AT - 30, value=600.0),), 37),
        ((FORMULA, record(1, "insurance", AT - 30, value=600.0), licence("3001", 39.0)), 40),
    ],
)  # fmt: skip
def test_static_points_are_those_of_what_is_made(
    records: tuple[dict[str, Any], ...], points: float
) -> None:
    found = graded(AT, *records)
    assert (found["static"], found["dynamic"], found["score"]) == (points, 0, points)
    told = risk_entries(TABLE, events_of(*records), 1, AT)
    assert sum(entry.points for entry in told if entry.part in ("category", "static")) == points


# --------------------------------------------------------------- dynamic points


def item(code: str, severity: float, times: float = 1.0, when: int = AT - 9) -> dict[str, Any]:
    word = {1.0: "minor", 2.0: "serious", 3.0: "critical"}[severity]
    return record(1, f"inspection_item:{word}.{code}", when, severity=severity, value=times)


def visit(key: float, general: float, when: int = AT - 9) -> tuple[dict[str, Any], ...]:
    return (
        record(1, "inspection.key:routine", when, value=key),
        record(1, "inspection.general:routine", when, value=general),
    )


def review(lost: float, when: int = AT - 9) -> dict[str, Any]:
    return record(1, "licence_review:0103", when, value=lost)


def failed(severity: float, case: int, when: int = AT - 9) -> dict[str, Any]:
    return record(1, "sampling:fail.0103.lead", when, severity=severity, case=case)


@pytest.mark.parametrize(
    ("records", "points"),
    [
        ((), 0),
        (visit(2, 3), 11),
        ((*visit(2, 3), *visit(1, 0, AT - 90)), 15),
        (visit(9, 30), 40),  # the totals of visits give so much at most
        ((item("4.2", 1.0),), 1),
        ((item("4.2", 2.0),), 3),
        ((item("12.1", 3.0),), 5),
        ((item("1.2", 2.0, times=3),), 9),
        ((item("1.2", 2.0, times=9),), 10),  # of one head so much at most
        ((item("1.2", 2.0, times=9), item("11.2", 2.0, times=9)), 20),
        ((item("1.2", 2.0), *visit(5, 5)), 3),  # heads are told: totals do not stand for them
        ((item("1.2", 2.0), *visit(5, 5, AT - 90)), 28),  # of another visit they do
        ((item("K03", 3.0), *visit(5, 5)), 25),  # no head is told
        (tuple(item(f"{head}.1", 3.0, times=9) for head in range(1, 13)), 60),
        ((review(0.1),), 6),
        ((review(0.1), review(0.2)), 12),
        ((review(0.1), record(1, "inspection:routine.pass", AT - 5)), 0),  # inspected since
        ((failed(1.0, 1),), 4),
        ((failed(3.0, 1), failed(5.0, 1)), 10),  # a lot counts by its worst item
        ((failed(3.0, 1), failed(5.0, 2)), 16),
        ((failed(4.0, 1), failed(5.0, 2), failed(5.0, 3)), 20),
        ((record(1, "staff_exam:officer.failed", AT - 9),) * 3, 6),
        ((record(1, "staff_exam:officer.passed", AT - 9),), 0),
        ((record(1, "complaint:food.report.label.verified", AT - 9),), 2),
        ((record(1, "complaint:food.report.label.unverified", AT - 9),), 0),
        ((record(1, "rectification", AT - 40, value=30.0),), 6),
        ((record(1, "list_entry:abnormal.unreachable", AT - 9),) * 2, 4),
        ((record(1, "list_entry:serious_dishonesty.other", AT - 9),), 10),
    ],
)
def test_dynamic_points_are_those_of_how_it_is_made(
    records: tuple[dict[str, Any], ...], points: float
) -> None:
    found = graded(AT, NOODLES, *records)
    assert (found["static"], found["dynamic"], found["score"]) == (13.5, points, 13.5 + points)
    told = risk_entries(TABLE, events_of(NOODLES, *records), 1, AT)
    assert sum(entry.points for entry in told if entry.part == "dynamic") == points


@pytest.mark.parametrize(
    ("one", "window", "points"),
    [
        (visit(1, 0, AT)[0], YEAR, 4),
        (visit(0, 1, AT)[1], YEAR, 1),
        (item("4.2", 2.0, when=AT), YEAR, 3),
        (failed(1.0, 1, AT), YEAR, 4),
        (review(0.1, AT), YEAR, 6),
        (record(1, "staff_exam:officer.failed", AT), YEAR, 3),
        (record(1, "complaint:food.report.label.verified", AT), YEAR, 2),
        (record(1, "list_entry:serious_dishonesty.other", AT), THREE_YEARS, 10),
    ],
)
def test_points_last_from_the_day_after_to_the_end_of_their_window(
    one: dict[str, Any], window: int, points: float
) -> None:
    days = {AT: 0, AT + 1: points, AT + window: points, AT + window + 1: 0}
    assert over("dynamic", list(days), NOODLES, one) == days
    withdrawn = {**one, "withdrawn": AT + 5}
    assert over("dynamic", [AT + 5, AT + 6], NOODLES, withdrawn) == {AT + 5: points, AT + 6: 0}
    [told] = [e for e in risk_entries(TABLE, events_of(one), 1, AT + 9) if e.part == "dynamic"]
    assert told.until == AT + window + 1
    assert (told.occurred, told.points, told.full) == (AT, points, points)


def test_a_rectification_counts_while_it_is_overdue() -> None:
    late = record(1, "rectification", AT, value=30.0, **ended(AT + 90, known=AT + 95))
    days = {AT + 30: 0, AT + 31: 6, AT + 95: 6, AT + 96: 0}
    assert over("dynamic", list(days), NOODLES, late) == days


# ------------------------------------------------------------------------ grades


@pytest.mark.parametrize(
    ("points", "grade"),
    [(13.5, "A"), (30.0, "A"), (30.01, "B"), (45.0, "B"), (45.01, "C"), (60.0, "C"), (60.01, "D")],
)
def test_the_upper_bound_belongs_to_the_better_grade(points: float, grade: str) -> None:
    static = min(points, 40.0)
    found = graded(AT, licence("0103", static), review((points - static) / 60))
    assert found["score"] == pytest.approx(points)
    assert (found["by_score"], found["risk_grade"]) == (grade, grade)


def stopped(kind: str, when: int = AT - 9, **more: Any) -> dict[str, Any]:
    return record(1, f"penalty.kind:market.food.{kind}", when, **more)


RAISES = [
    (stopped("fine"), 1),
    (stopped("confiscation"), 1),
    (stopped("stoppage"), 2),
    (stopped("closure"), 2),
    (stopped("restriction"), 2),
    (stopped("revocation"), 2),
    (record(1, "sampling.level:fail.national.production", AT - 9), 1),
    (record(1, "sampling.level:fail.provincial.distribution", AT - 9), 1),
    (record(1, "incident:outbreak", AT - 9), 1),
    (record(1, "incident:mass", AT - 9), 2),
    (record(1, "incident:death", AT - 9), 2),
    (record(1, "recall:level1.ordered.on_time", AT - 9), 1),
    (record(1, "recall:level3.voluntary.late", AT - 9), 1),
    (record(1, "obstruction:entry", AT - 9), 1),
    (record(1, "obstruction:violence", AT - 9), 2),
    (record(1, "obstruction:false_evidence", AT - 9), 2),
]
NO_RAISES = [
    stopped("warning"),
    record(1, "penalty.kind:market.general.fine", AT - 9),
    record(1, "penalty.kind:other.food.fine", AT - 9),
    record(1, "sampling.level:fail.city.production", AT - 9),
    record(1, "sampling.level:pass.national.production", AT - 9),
    record(1, "recall:level1.voluntary.on_time", AT - 9),
]


@pytest.mark.parametrize(("one", "steps"), RAISES)
def test_what_raises_a_grade_does_for_a_year(one: dict[str, Any], steps: int) -> None:
    grades = {AT - 9: "A", AT - 8: "ABC"[steps], AT - 9 + YEAR: "ABC"[steps], AT - 8 + YEAR: "A"}
    assert over("risk_grade", list(grades), NOODLES, one) == grades
    lifted = {**one, "withdrawn": AT}
    assert over("risk_grade", [AT, AT + 1], NOODLES, lifted) == {AT: "ABC"[steps], AT + 1: "A"}
    told = [e for e in risk_entries(TABLE, events_of(NOODLES, one), 1, AT) if e.part == "raise"]
    assert max(entry.points for entry in told) == steps


@pytest.mark.parametrize("one", NO_RAISES)
def test_what_does_not_raise_a_grade(one: dict[str, Any]) -> None:
    assert graded(AT, NOODLES, one)["risk_grade"] == "A"


def test_the_widest_raise_counts_once_and_nothing_is_beyond_d() -> None:
    both = graded(AT, NOODLES, stopped("fine"), stopped("stoppage"), *[r for r, _ in RAISES])
    assert (both["by_score"], both["raised"], both["risk_grade"]) == ("A", 2, "C")
    worst = graded(AT, licence("0401", 40.0), review(0.5), stopped("stoppage"))
    assert (worst["by_score"], worst["raised"], worst["risk_grade"]) == ("D", 0, "D")


HACCP = record(1, "certificate:haccp", AT - 100)
GMP = record(1, "certificate:gmp", AT - 100)
AWARD = record(1, "award:city", AT - 100, severity=1.0)
OLD_MEAT = licence("0401", 34.0, AT - THREE_YEARS - 1)


@pytest.mark.parametrize(
    ("records", "grade"),
    [
        ((MEAT,), "B"),
        ((MEAT, HACCP), "A"),
        ((MEAT, GMP), "A"),
        ((MEAT, AWARD), "A"),
        ((MEAT, HACCP, GMP, AWARD), "A"),
        ((licence("0401", 34.0), review(0.4), HACCP, GMP, AWARD), "B"),  # one grade, not three
        ((MEAT, {**HACCP, **ended(AT - 1)}), "B"),
        ((MEAT, {**HACCP, **ended(AT)}), "A"),
        ((MEAT, {**HACCP, "withdrawn": AT - 1}), "B"),
        ((MEAT, record(1, "certificate:iso22000", AT - 100)), "B"),
        ((MEAT, {**AWARD, "occurred": AT - THREE_YEARS - 1}), "B"),
        ((FORMULA, HACCP), "B"),  # the law demands it of infant formula
        ((FORMULA, GMP), "B"),
        ((licence("2801", 34.0), HACCP), "B"),
        ((FORMULA, AWARD), "A"),
        ((MEAT, licence("2901", 34.0, **ended(AT - 1)), HACCP), "A"),
        ((NOODLES, HACCP), "A"),  # there is none better
        ((MEAT, HACCP, stopped("fine")), "C"),  # nothing lowers while something raises
        ((OLD_MEAT,), "A"),  # three years without breach
        ((licence("0401", 34.0, AT - THREE_YEARS),), "B"),  # a day short
        ((OLD_MEAT, stopped("warning", AT - THREE_YEARS)), "B"),  # a breach in the three years
        ((OLD_MEAT, stopped("warning", AT - THREE_YEARS - 1)), "A"),
        ((OLD_MEAT, stopped("warning", AT - 9, withdrawn=AT - 1)), "A"),
        ((OLD_MEAT, stopped("warning", AT - 9, repaired=AT - 1)), "A"),
        ((OLD_MEAT, record(1, "sampling:fail.0401.lead", AT - 900, severity=1.0)), "B"),
        ((OLD_MEAT, record(1, "incident:outbreak", AT - 900)), "B"),
        ((OLD_MEAT, record(1, "recall:level3.ordered.on_time", AT - 900)), "B"),
        ((OLD_MEAT, record(1, "penalty.kind:market.general.fine", AT - 9)), "A"),
    ],
)
def test_what_lowers_a_grade(records: tuple[dict[str, Any], ...], grade: str) -> None:
    assert graded(AT, *records)["risk_grade"] == grade


def test_a_certificate_lowers_the_grade_to_the_day_on_which_it_is_withdrawn() -> None:
    own = MEAT, {**HACCP, "withdrawn": AT + 30}
    assert over("risk_grade", [AT + 30, AT + 31], *own) == {AT + 30: "A", AT + 31: "B"}


# ------------------------------------------------------------------ form and rows


def test_rows_keep_their_order_and_say_whom_the_table_is_meant_for() -> None:
    events = events_of(
        record(1, "enterprise.population:producer", AT - 10),
        record(2, "enterprise.population:operator", AT - 10),
        NOODLES,
    )
    rows = rows_of((2, AT), (1, AT), (9, AT), (1, AT - 500))
    found = risk_grades(TABLE, events, rows)
    assert found.index.tolist() == list(rows.itertuples(index=False, name=None))
    assert found["applies"].tolist() == [False, True, False, False]
    assert found["static"].tolist() == [34, 13.5, 34, 34]
    assert risk_grades(TABLE, events, rows_of().astype(int)).empty
    with pytest.raises(InvalidError, match="the rows lack as_of"):
        risk_grades(TABLE, events, pd.DataFrame({"enterprise": [1]}))


def test_each_row_is_graded_by_the_edition_of_its_day() -> None:
    first = TEXT[TEXT.index("[[edition]]") :]
    second = first.replace("design-1", "design-2").replace("unknown = 34", "unknown = 20")
    second = second.replace("2000-01-01", "2025-01-01")
    first = first.replace("2000-01-01", "2000-01-01\neffective_to = 2024-12-31")
    table = RiskTable.parse(TEXT[: TEXT.index("[[edition]]")] + first + second, "two.toml")
    days = [day("2024-12-31"), day("2025-01-01")]
    found = risk_grades(table, events_of(), rows_of(*((1, when) for when in days)))
    assert found["static"].tolist() == [34, 20]
    assert [risk_entries(table, events_of(), 1, when)[0].points for when in days] == [34, 20]
    with pytest.raises(PolicyError, match="says nothing about 1999-12-31"):
        risk_grades(table, events_of(), rows_of((1, day("1999-12-31"))))


def test_the_entry_of_what_is_not_known_names_no_record() -> None:
    [told] = risk_entries(TABLE, events_of(), 1, AT)
    assert (told.part, told.record, told.points) == ("category", None, 34)
    assert told.until == NEVER


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("static = 40", "static = 30", r"limits = \[30.0, 60.0\]: expected .* that sum to 100"),
        ("most = 45", "most = 25", r"grade.most = \[30.0, 25.0, .*expected bounds that rise"),
        ("most = 100", "most = 90", r"grade.most = .*up to 100"),
        ('name = "B"', 'name = "F"', r"grade\[1\].name = 'F': expected one of: A, B, C, D"),
        ('name = "B"', 'name = "A"', r"grade.name = .*expected A, B, C and D, in this order"),
        ("steps = 2", "steps = 3", r"raise\[0\].steps = 3: expected 1 to 2 grades"),
        ("steps = 2\n", "", r"raise\[0\].steps is missing; expected a whole number"),
        ("[[edition.category]]", "[[edition.kind]]", r"edition\[0\].category is missing"),
        ("by_value = { 50 = 1", "by_value = { many = 1", r"'many' is no value; expected a number"),
        ('id = "scale"', 'id = "consumers"', r"two lines are named 'consumers'"),
        ('cap = "exams"', 'cap = "exam"', r"no cap 'exam'; did you mean 'exams'"),
        ("after = 36", "after = -1", r"lower\[0\].after = -1.0: expected a number over 0"),
        ('streams = ["inspection"]', 'streams = ["visit"]', r"unless\[0\]: there is no kind"),
        ("unknown = 34", "unknown = 0", r"limits.unknown = 0.0: expected a number over 0"),
    ],
)  # fmt: skip
def test_an_error_names_file_key_value_and_what_exists(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=says) as caught:
        RiskTable.parse(TEXT.replace(old, new, 1), "risk.toml")
    assert str(caught.value).startswith("risk.toml: ")
