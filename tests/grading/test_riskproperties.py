"""Any history: risk points are the sum of their records, and a fault never makes a grade better."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.time import NEVER
from xinheng.features import Events
from xinheng.grading import RiskPart, RiskTable, risk_entries, risk_grades
from xinheng.grading.cards import marks

from ..features.histories import Record, build
from .world import rows_of

TABLE = RiskTable.default()
FIRST, LAST = 19_000, 20_400
GOOD = (
    ("licence", "production.0101"),
    ("licence", "production.2401"),
    ("licence", "production.2901"),
    ("insurance", ""),
    ("inspection", "routine.pass"),
    ("licence_review", "0101"),
    ("certificate", "haccp"),
    ("certificate", "gmp"),
    ("award", "city"),
)
FAULTS = (
    ("inspection.key", "routine"),
    ("inspection.general", "routine"),
    ("sampling", "fail.0401.lead"),
    ("sampling.level", "fail.national.production"),
    ("rectification", ""),
    ("penalty.kind", "market.food.fine"),
    ("penalty.kind", "market.food.stoppage"),
    ("list_entry", "abnormal.x"),
    ("list_entry", "serious_dishonesty.x"),
    ("complaint", "food.report.label.verified"),
    ("recall", "level1.ordered.late"),
    ("incident", "death"),
    ("obstruction", "violence"),
    ("staff_exam", "officer.failed"),
)
ITEMS = (("inspection_item", "serious.4.2"), ("inspection_item", "minor.12.1"))
VOCABULARY = (*GOOD, *FAULTS, *ITEMS)
DAYS = st.integers(FIRST, LAST + 600)


@st.composite
def records(draw: st.DrawFn, among: tuple[tuple[str, str], ...] = VOCABULARY) -> Record:
    kind, code = draw(st.sampled_from(among))
    occurred = draw(st.integers(FIRST, LAST))
    return Record(
        kind=kind,
        code=code,
        enterprise=draw(st.integers(0, 1)),
        case=draw(st.integers(1, 3)),
        occurred=occurred,
        available=occurred + draw(st.sampled_from((0, 0, 1, 200))),
        severity=float(draw(st.integers(1, 5))),
        value=draw(st.sampled_from((0.0, 0.1, 1.0, 3.0, 34.0, 250.0))),
        ended=draw(st.sampled_from((NEVER, NEVER, occurred + 60, occurred + 500))),
    )


HISTORIES = st.lists(records(), max_size=14)


def graded(own: list[Record], *days: int) -> pd.DataFrame:
    rows = rows_of(*((number, when) for when in days for number in (1, 0)))
    return risk_grades(TABLE, build(own, VOCABULARY), rows)


@given(HISTORIES, DAYS)
@settings(max_examples=30)
def test_the_points_of_the_entries_sum_to_the_points(own: list[Record], as_of: int) -> None:
    table, events = graded(own, as_of), build(own, VOCABULARY)
    for number in range(2):
        row = table.loc[(number, as_of)]
        told = risk_entries(TABLE, events, number, as_of)

        def points(*parts: RiskPart, told=told) -> float:
            return round(sum(e.points for e in told if e.part in parts), 2)

        assert points(RiskPart.CATEGORY, RiskPart.STATIC) == row["static"] <= 40
        assert points(RiskPart.DYNAMIC) == row["dynamic"] <= 60
        raised = max((e.points for e in told if e.part is RiskPart.RAISE), default=0)
        lowered = max((-e.points for e in told if e.part is RiskPart.LOWER), default=0)
        place = "ABCD".index(row["by_score"])
        moved = min(place + raised, 3) if raised else max(place - lowered, 0)
        assert row["risk_grade"] == "ABCD"[int(moved)]
        assert row["score"] == pytest.approx(row["static"] + row["dynamic"])


@given(HISTORIES, records(FAULTS), DAYS)
@settings(max_examples=40)
def test_a_fault_never_makes_a_grade_better(own: list[Record], fault: Record, as_of: int) -> None:
    before, after = graded(own, as_of), graded([*own, fault], as_of)
    assert (after["score"] >= before["score"]).all()
    assert (after["risk_grade"].cat.codes >= before["risk_grade"].cat.codes).all()


@given(HISTORIES, records((("certificate", "haccp"), ("award", "city"))), DAYS)
@settings(max_examples=30)
def test_a_certificate_or_an_award_never_makes_it_worse(
    own: list[Record], good: Record, as_of: int
) -> None:
    before, after = graded(own, as_of), graded([*own, good], as_of)
    assert (after["score"] == before["score"]).all()
    assert (after["risk_grade"].cat.codes <= before["risk_grade"].cat.codes).all()


@given(HISTORIES, DAYS)
@settings(max_examples=30)
def test_nothing_from_the_future_is_seen(own: list[Record], as_of: int) -> None:
    known = [r for r in own if r.occurred < as_of and (r.available or 0) < as_of]
    pd.testing.assert_frame_equal(graded(own, as_of), graded(known, as_of))


@given(HISTORIES, st.lists(DAYS, min_size=1, max_size=3, unique=True))
@settings(max_examples=15)
def test_rows_do_not_know_of_each_other(own: list[Record], days: list[int]) -> None:
    whole, events = graded(own, *days), build(own, VOCABULARY)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(marks, "TOGETHER", 2)
        pd.testing.assert_frame_equal(graded(own, *days), whole)
    alone = [alone_of(events, *pair) for pair in whole.index]
    pd.testing.assert_frame_equal(pd.concat(alone), whole)


def alone_of(events: Events, number: int, when: int) -> pd.DataFrame:
    return risk_grades(TABLE, events.of(number), rows_of((number, when)))
