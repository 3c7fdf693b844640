"""Evidence: recomputed to the bit, shared by the rule of the operator, one in all."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import NotFoundError
from xinheng.core.time import day, show
from xinheng.features import (
    Aggregate,
    Catalogue,
    Evidence,
    Expression,
    Missed,
    build_references,
    count,
    distinct,
    evidence,
    if_missing,
    largest,
    latest,
    peaks,
    previous,
    recompute,
    recurrent,
    repeat,
    smallest,
    total,
)

from .histories import DAYS, NAN, VOCABULARY, Record, aggregates, build, histories, withdrawn
from .others import CASES, NONE
from .test_indicator import declare
from .test_matrix import FULL, PLACES, REGISTER, WHOLE, rows, whole


def found(expression: Expression, *records: Record, as_of: int = 100, **parts: Any) -> Evidence:
    catalogue = Catalogue((declare(expression=expression, **parts),))
    return evidence(catalogue, "XX01", build(records), 0, as_of)


def shares(expression: Expression, *records: Record) -> dict[int, float]:
    result = found(expression, *records)
    return dict(zip(result.events.record.tolist(), result.shares.tolist(), strict=True))


def penalty(occurred: int, **more: Any) -> Record:
    return Record("penalty", occurred, code=more.pop("code", "market.food.label"), **more)


FOUR = (
    penalty(10, case=1, value=5),
    penalty(20, case=1, value=1),
    penalty(30, case=2, value=NAN),
    penalty(40, case=3, value=2, code="other.tax"),
)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (count("penalty"), {0: 0.25, 1: 0.25, 2: 0.25, 3: 0.25}),
        (count("penalty", window=75), {2: 0.5, 3: 0.5}),
        (distinct("penalty", by="case"), {0: 1 / 6, 1: 1 / 6, 2: 1 / 3, 3: 1 / 3}),
        (distinct("penalty", by="code"), {0: 1 / 6, 1: 1 / 6, 2: 1 / 6, 3: 1 / 2}),
        (total("penalty"), {0: 5 / 8, 1: 1 / 8, 3: 2 / 8}),
        (largest("penalty"), {0: 1}),
        (smallest("penalty"), {1: 1}),
        (latest("penalty:market.*"), {1: 1}),
        (latest("penalty", field="occurred"), {3: 1}),
        (repeat("penalty", gap=10), {0: 0.25, 1: 0.5, 2: 0.25}),
        (recurrent("penalty"), {0: 1 / 6 * 2, 1: 1 / 3, 2: 1 / 3}),
        (previous("penalty"), {1: 1, 3: 0}),
        (previous("penalty:other.*"), {}),
        (peaks("penalty", by="case"), {0: 5 / 7, 3: 2 / 7}),
        (peaks("penalty:market.*", by="day"), {0: 5 / 6, 1: 1 / 6}),
        (count("penalty", window=25, cycle=(2, 5)), {0: 1 / 3, 1: 1 / 3, 2: 1 / 3}),
        (count("penalty", window=25, cycle=(2, 5), lag=20), {0: 1}),
        (count("complaint"), {}),
        (largest("complaint"), {}),
    ],
)
def test_a_value_is_shared_by_the_rule_of_its_operator(
    part: Aggregate, expected: dict[int, float]
) -> None:
    assert shares(part, *FOUR) == pytest.approx(expected)


def test_records_that_hold_an_extreme_together_share_it() -> None:
    two = penalty(10, value=5), penalty(20, value=5), penalty(30, value=4)
    assert shares(largest("penalty"), *two) == {0: 0.5, 1: 0.5}


def test_a_sum_of_nothing_but_zeros_is_shared_evenly() -> None:
    assert shares(total("penalty"), penalty(10, value=0), penalty(20, value=0)) == {0: 0.5, 1: 0.5}


def test_each_part_of_an_indicator_that_has_records_has_an_equal_part() -> None:
    both = count("penalty:market.*") + 2 * count("penalty:other.*") + count("complaint")
    assert shares(both, *FOUR) == pytest.approx({0: 1 / 6, 1: 1 / 6, 2: 1 / 6, 3: 1 / 2})


def test_a_missed_deadline_is_evidence_of_what_is_overdue() -> None:
    orders = [Record("rectification", 50, value=20), Record("rectification", 90, value=20)]
    assert shares(count("rectification", state="overdue"), *orders) == {0: 1}


def test_withdrawn_records_are_no_evidence() -> None:
    assert shares(count("penalty"), penalty(10, happened=(withdrawn(50),)), penalty(20)) == {1: 1}


def test_the_table_reads_in_the_order_of_the_effects() -> None:
    table = found(total("penalty"), *FOUR).table()
    assert table["record"].tolist() == [0, 3, 1]
    assert table["share"].sum() == 1
    assert table.loc[1, ["kind", "code", "occurred"]].tolist() == ["penalty", "other.tax", 40]


def test_a_value_that_rests_on_nothing_has_no_records() -> None:
    result = found(if_missing(latest("penalty"), 7))
    assert result.value == recompute(result) == 7
    assert len(result.events) == len(result.shares) == 0


def test_an_indicator_that_does_not_apply_has_no_evidence() -> None:
    result = found(count("penalty"), penalty(10), populations=("producer",))
    assert np.isnan(result.value)
    assert np.isnan(recompute(result))
    assert len(result.events) == 0


def test_a_rate_is_summarised_with_the_outcomes_of_ones_own() -> None:
    records = [
        *REGISTER,
        *(Record("enterprise.category", 0, enterprise=e, case=7 + e // 2) for e in range(3)),
        *(
            Record("inspection.critical", 10 + e, code="routine", enterprise=e, value=float(e))
            for e in (0, 1, 2, 2)
        ),
    ]
    events = build(records)
    catalogue = WHOLE.select(ids=["IH_RATE_CATEGORY"])
    references = build_references(catalogue, events)
    result = evidence(catalogue, "IH_RATE_CATEGORY", events, 0, 50, references=references)
    (usual,) = result.usual
    assert (usual.n, usual.total, usual.city_n, usual.city_total) == (2, 1, 4, 3)
    assert result.value == recompute(result) == usual.value == (1 + 20 * 0.75) / (2 + 20)
    assert [events.vocabulary[s][0] for s in result.events.stream] == ["inspection.critical"]
    assert result.shares.tolist() == [1]


def test_a_count_near_a_place_names_the_place_records() -> None:
    here = [
        Record("enterprise.longitude", 0, value=114.001),
        Record("enterprise.latitude", 0, value=22.5),
    ]
    asked = "CX_COMPLAINTS_NEAR", build(here), 0
    result = evidence(WHOLE.select(ids=asked[:1]), *asked, 50, places=PLACES)
    assert result.value == recompute(result) == 1
    assert result.places[0][1] == (0,)
    assert evidence(WHOLE.select(ids=asked[:1]), *asked, 25, places=PLACES).value == 0


def test_an_unknown_indicator_is_answered_with_those_that_exist() -> None:
    with pytest.raises(NotFoundError, match="no indicator 'PN7'; did you mean 'PN07'"):
        evidence(WHOLE, "PN7", build([penalty(10)]), 0, 100)


REPORTS = Missed(
    streams=("annual_report.due:on_time",),
    years=3,
    turn=(7, 1),
    start=latest("enterprise.established"),
)
TODAY = day("2026-03-02")


def filed(year: int, code: str = "on_time", **more: Any) -> Record:
    return Record("annual_report.due", day(f"{year + 1}-06-30"), code=code, case=year, **more)


def established(on: str) -> Record:
    return Record("enterprise.established", 10, value=day(on))


def test_deadlines_that_were_missed_are_evidence_beside_the_reports_that_met_the_others() -> None:
    records = established("2010-05-05"), filed(2022), filed(2023, "late"), filed(2019)
    result = found(REPORTS, *records, as_of=TODAY)
    assert result.value == recompute(result) == 2
    ((leaf, days),) = result.deadlines
    assert leaf == REPORTS
    assert [show(each) for each in days] == ["2024-06-30", "2025-06-30"]
    assert result.events.record.tolist() == [0, 1]
    assert result.shares.tolist() == [0, 0]
    table = result.table()
    assert table["kind"].tolist() == ["enterprise.established", "annual_report.due"]


def test_records_and_missed_deadlines_share_one_value() -> None:
    records = established("2024-05-05"), Record("penalty", TODAY - 9, code="other.tax")
    both = found(REPORTS + count("penalty"), *records, as_of=TODAY)
    assert [len(days) for _, days in both.deadlines] == [1]
    assert dict(zip(both.events.record.tolist(), both.shares.tolist(), strict=True)) == {
        0: 0,
        1: 0.5,
    }


def test_where_no_deadline_was_missed_none_is_named() -> None:
    records = established("2024-05-05"), filed(2024)
    result = found(REPORTS, *records, as_of=TODAY)
    assert result.value == recompute(result) == 0
    assert result.deadlines == ((REPORTS, ()),)
    assert result.shares.tolist() == [0, 0]
    assert found(REPORTS, *records, as_of=TODAY, populations=("producer",)).deadlines == ()


def holds(result: Evidence) -> None:
    assert np.array([recompute(result)]).tobytes() == np.array([result.value]).tobytes()
    assert (result.shares >= 0).all()
    rest = 1 - result.shares.sum()
    if any(days for _, days in result.deadlines):
        assert rest > 0
    elif len(result.events) and not result.deadlines:
        assert rest == pytest.approx(0)


@given(histories(), aggregates(), DAYS)
def test_any_aggregate_is_recomputed_from_its_evidence(
    records: list[Record], part: Aggregate, as_of: int
) -> None:
    catalogue = Catalogue((declare(expression=part, missing=-7, use="scheduling"),))
    events = build(records, VOCABULARY)
    for enterprise in range(3):
        holds(evidence(catalogue, "XX01", events, enterprise, as_of))


@settings(max_examples=15, deadline=None)
@given(histories(), DAYS, st.integers(0, 2))
def test_every_standard_indicator_is_recomputed_from_its_evidence(
    records: list[Record], as_of: int, enterprise: int
) -> None:
    events = build([*REGISTER, *records], FULL)
    references = build_references(WHOLE, events, cases=CASES, bans=NONE)
    values = whole(records, as_of, (enterprise,))
    for indicator in WHOLE:
        result = evidence(
            WHOLE, indicator.id, events, enterprise, as_of, references=references, places=PLACES
        )
        np.testing.assert_array_equal(result.value, values[indicator.id].item())
        holds(result)
    assert len(values) == len(rows([enterprise], [as_of]))
