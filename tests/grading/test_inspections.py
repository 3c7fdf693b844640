"""Inspection plans by hand: what three gradings ask for together, and errors that teach."""

from typing import Any

import pandas as pd
import pytest

from xinheng.core.errors import InvalidError, NotFoundError, PolicyError
from xinheng.core.time import NEVER, day, months
from xinheng.features import Events
from xinheng.grading import InspectionPolicy, Level, plan_inspections, side_by_side

from .world import events_of, record, rows_of

POLICY = InspectionPolicy.default()
TEXT = POLICY.text
AT = day("2025-03-01")
YEAR, TWO_YEARS = months(12), months(24)
CHECKED = record(1, "inspection:routine.pass", AT - 100)
PRODUCER = record(1, "enterprise.population:producer", AT - 900)
OPERATOR = record(1, "enterprise.population:operator", AT - 900)


def licence(category: str, points: float) -> dict[str, Any]:
    return record(1, f"licence:production.{category}", AT - 400, value=points)


def points(lost: float) -> dict[str, Any]:
    """Say for how many dynamic points an award is to be had."""
    return record(1, "licence_review:0103", AT - 9, value=lost / 60)


def planned(level: str | None, *records: dict[str, Any], at: int = AT) -> dict[str, Any]:
    code = -1 if level is None else int(Level.of(level))
    events, rows = events_of(*records), rows_of((1, at))
    found = plan_inspections(POLICY, events, side_by_side(events, rows, levels=[code]))
    return {str(name): value for name, value in found.iloc[0].to_dict().items()}


def stopped(steps: int) -> dict[str, Any]:
    kind = {1: "fine", 2: "stoppage"}[steps]
    return record(1, f"penalty.kind:market.food.{kind}", AT - 9)


A = (licence("0103", 13.5),)
B = (licence("0401", 34.0),)
C = (licence("0401", 34.0), stopped(1))
D = (licence("0401", 34.0), stopped(2))


@pytest.mark.parametrize(
    ("own", "grade", "visits_by_level"),
    [
        (A, "A", {"A+": 1, "B": 1, "C": 1, "E": 1, None: 1}),
        (B, "B", {"A+": 1, "A": 1, "B": 1, "C": 2, "D": 2, "E": 2, None: 1}),
        (C, "C", {"A+": 2, "A": 2, "B": 2, "C": 3, "D": 3, "E": 3, None: 2}),
        (D, "D", {"A+": 3, "A": 3, "B": 3, "C": 4, "D": 4, "E": 4, None: 3}),
    ],
)
def test_the_risk_grade_of_a_producer_sets_the_range_and_credit_the_place_in_it(
    own: tuple[dict[str, Any], ...], grade: str, visits_by_level: dict[str | None, int]
) -> None:
    for level, visits in visits_by_level.items():
        found = planned(level, PRODUCER, CHECKED, *own)
        assert found["risk_grade"] == grade
        assert found["visits"] == visits, level
        assert found["least"] <= visits <= found["most"]
        assert found["key"] == (grade in "CD")


@pytest.mark.parametrize(
    ("who", "shares"),
    [
        (PRODUCER, [0.02, 0.05, 0.15, 0.4, 0.8, 1.0, 0.15]),
        (OPERATOR, [0.03, 0.03, 0.03, 0.2, 1.0, 1.0, 0.03]),
        (CHECKED, [0.01, 0.03, 0.05, 0.21, 0.61, 1.0, 0.05]),
    ],
)
def test_credit_sets_the_share_drawn_and_the_intensity(
    who: dict[str, Any], shares: list[float]
) -> None:
    levels = [*map(str, Level), None]
    found = [planned(level, who) for level in levels]
    assert [row["share"] for row in found] == shares
    words = ["lowered", "lowered", "normal", "raised", "targeted", "targeted", "normal"]
    assert [row["intensity"] for row in found] == words


@pytest.mark.parametrize(
    ("records", "level", "visits"),
    [
        ((CHECKED, record(1, "catering_grade:A", AT - 9)), "A", 0),
        ((CHECKED, record(1, "catering_grade:A", AT - 9)), "D", 1),
        ((CHECKED, record(1, "catering_grade:B", AT - 9)), "A", 1),
        ((CHECKED, record(1, "catering_grade:C", AT - 9)), "A", 1),
        ((CHECKED, record(1, "catering_grade:C", AT - 9)), "E", 2),
        ((CHECKED,), "B", 0),
        ((CHECKED,), "C", 1),
        ((), "B", 1),  # never fully checked
    ],
)
def test_the_catering_grade_of_an_operator_sets_the_range(
    records: tuple[dict[str, Any], ...], level: str, visits: int
) -> None:
    assert planned(level, OPERATOR, *records)["visits"] == visits


def test_other_entities_are_only_drawn() -> None:
    found = planned("E", CHECKED)
    assert (found["population"], found["visits"], found["share"]) == ("entity", 0, 1.0)
    assert (found["due"], found["key"]) == (NEVER, False)


@pytest.mark.parametrize(
    ("visit", "full"),
    [
        ("routine.pass", True),
        ("routine.corrected", True),
        ("random_general.fail", True),
        ("random_key.pending", True),
        ("routine.none", False),
        ("routine.uncontactable", False),
        ("routine.refused", False),
        ("complaint.fail", False),
        ("reinspection.pass", False),
    ],
)
def test_a_full_check_is_due_two_years_after_the_last(visit: str, *, full: bool) -> None:
    found = planned("A", OPERATOR, record(1, f"inspection:{visit}", AT - 100))
    assert found["checked"] == (AT - 100 if full else NEVER)
    assert found["due"] == (AT - 100 + TWO_YEARS if full else AT)


def test_a_visit_is_planned_in_the_year_in_which_a_full_check_is_due() -> None:
    last = record(1, "inspection:routine.pass", AT)
    grade = record(1, "catering_grade:A", AT)
    due_in_a_year = AT + TWO_YEARS - YEAR
    days = {AT + 1: 0, due_in_a_year: 0, due_in_a_year + 1: 1, AT + 3000: 1}
    for when, visits in days.items():
        found = planned("A", OPERATOR, last, grade, at=when)
        assert (found["visits"], found["due"]) == (visits, AT + TWO_YEARS)


@pytest.mark.parametrize(
    ("category", "key"), [("2701", True), ("2801", True), ("2901", True), ("3001", False)]
)
def test_producers_of_special_food_have_priority(category: str, *, key: bool) -> None:
    good = record(1, "award:city", AT - 9, severity=1.0)
    assert planned("A", PRODUCER, licence(category, 14.0), good)["key"] == key
    assert not planned("A", OPERATOR, licence(category, 14.0), good)["key"]


def test_rows_keep_their_order_over_editions() -> None:
    first = TEXT[TEXT.index("[[edition]]") :]
    second = first.replace("design-1", "design-2").replace("2000-01-01", "2025-01-01")
    second = second.replace('"E" = { share = 1.0', '"E" = { share = 0.9')
    first = first.replace("2000-01-01", "2000-01-01\neffective_to = 2024-12-31")
    text = TEXT[: TEXT.index("[[edition]]")] + second + first
    policy = InspectionPolicy.parse(text, "two.toml")
    rows = rows_of((1, AT), (2, AT - 300), (3, AT), (4, AT - 301))
    gradings = side_by_side(Events.none(), rows, levels=[5, 5, 5, 5])
    found = plan_inspections(policy, Events.none(), gradings)
    assert found.index.tolist() == gradings.index.tolist()
    assert found["share"].tolist() == [0.9, 1.0, 0.9, 1.0]
    pd.testing.assert_frame_equal(found[gradings.columns.tolist()], gradings)
    none = side_by_side(Events.none(), rows_of().astype(int))
    assert plan_inspections(policy, Events.none(), none).empty


def test_gradings_from_elsewhere_are_refused() -> None:
    gradings = side_by_side(Events.none(), rows_of((1, AT))).drop(columns="risk_grade")
    with pytest.raises(InvalidError, match="lack risk_grade; take them from side_by_side"):
        plan_inspections(POLICY, Events.none(), gradings)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "producer"', 'name = "operator"', r"population.name = .*each once of: entity, op"),
        ('name = "producer"', 'name = "maker"', r"name = 'maker': expected one of: entity"),
        ('visits_by = "risk"', 'visits_by = "credit"', r"expected one of: risk, catering, nothing"),
        ('visits_by = "risk"', 'visits_by = "catering"', r"no key 'edition\[0\].population\[0\]"),
        ("D = { least = 3", "E = { least = 3", r"population\[0\].visits.D is missing"),
        ("least = 3, most = 4", "least = 4, most = 3", r"most = 3: expected a number not below"),
        ('"C" = { share = 0.4', '"C" = { share = 4', r"credit.C.share = 4.0: expected a share"),
        ('"none" = { share = 0.15', '"F" = { share = 0.15', r"credit.none is missing"),
        ('take = "least"', 'take = "mean"', r"credit.A\+.take = 'mean': expected one of: least, m"),
        ('intensity = "lowered"', 'intensity = "none"', r"expected one of: lowered, normal, rai"),
        ('["C", "D"]', '["C", "E"]', r"risk_grades = 'E': expected of: A, B, C, D"),
        ('"inspection:routine.[cfp]*"', '"visit"', r"full_checks: there is no kind of rec"),
        ('"licence:*.27??"', '"licenses"', r"licences: there is no kind of record 'licenses'"),
        ("gap = 3", "gaps = 3", r"edition\[0\].gap is missing"),
    ],
)  # fmt: skip
def test_an_error_names_file_key_value_and_what_was_expected(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError, match=says) as caught:
        InspectionPolicy.parse(TEXT.replace(old, new, 1), "plan.toml")
    assert str(caught.value).startswith("plan.toml: ")


def test_a_policy_that_is_not_there_is_told(tmp_path: Any) -> None:
    with pytest.raises(NotFoundError, match="no inspection policy file"):
        InspectionPolicy.load(tmp_path / "none.toml")
