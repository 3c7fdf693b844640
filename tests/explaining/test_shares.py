"""Shares of a contribution: to the records that work its way, and to no other."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinheng.core.time import day, show
from xinheng.explaining import MissedDeadline, explain, to_text
from xinheng.explaining.records import Records, missed_of, shares_of, usual_of
from xinheng.explaining.sheet import _Page
from xinheng.explaining.wording import words_of
from xinheng.features import Catalogue, Evidence, Expression, count, evidence, latest, total
from xinheng.grading import STATUTES

from ..features.histories import Record, build
from ..features.test_effects import ONE, OTHER, STANDARD, found, told
from ..features.test_indicator import declare
from ..grading.world import TODAY, events_of, record
from .town import scorer, town

HIT, CLEAN = "market.food.label", "other.tax"
LICENCE = record(ONE, "licence:operation.", TODAY - 800)
N, HITS = count("penalty"), count("penalty:market.*")
SUM = total("penalty")


def of(expression: Expression, records: Sequence[Record], direction: int = 1) -> Evidence:
    catalogue = Catalogue((declare(expression=expression, direction=direction, missing=-7),))
    return evidence(catalogue, "XX01", build([*records]), 0, 100)


def penalties(*codes: str) -> list[Record]:
    return [Record("penalty", 10 + n, code=code) for n, code in enumerate(codes)]


def test_late_reports_raise_the_risk_and_those_in_time_do_not() -> None:
    came, late = told("self_control:daily.on_time", 1, 1), told("self_control:daily.late", 1, 1, 1)
    result = found("EA07", *came, *late)
    codes = [result.events.vocabulary[stream][1] for stream in result.events.stream]
    shares = shares_of(result, 0.354).records
    assert {*zip(codes, shares.round(9).tolist(), strict=True)} == {
        ("daily.late", 0.333333333),
        ("daily.on_time", 0),
    }
    assert len(shares) == 5


def test_hits_raise_a_rate_of_one_s_own_and_clean_visits_lower_it() -> None:
    result = found("IH_RATE_OWN", *told("inspection.critical:routine", 2, 0, 0, 1))
    assert shares_of(result, 0.2).records == pytest.approx([0.5, 0, 0, 0.5])
    assert shares_of(result, -0.2).records == pytest.approx([0, 0.5, 0.5, 0])
    assert shares_of(result, 0.2).ways.tolist() == [1, -1, -1, 1]


def test_a_low_score_raises_the_risk_by_as_much_as_it_lies_below_the_mean() -> None:
    result = found(
        "IH_SCORE_3Y",
        *told("inspection.score:routine", 60, 80, 100),
        *told("inspection.score:routine", 100, 100, who=OTHER),
    )
    city, value = 88.0, (240 - 3 * 88) / 6
    below = [city + value - x for x in (60, 80)]
    assert shares_of(result, 0.1).records == pytest.approx([*np.array(below) / sum(below), 0])
    assert shares_of(result, -0.1).records == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("contribution", [0.124, -0.124])
def test_the_last_score_is_one_record_s_whichever_way_it_works(contribution: float) -> None:
    result = found("IH_SCORE_LAST", *told("inspection.score:routine", 60, 80, 100))
    assert shares_of(result, contribution).records.tolist() == [0, 0, 1]
    assert not shares_of(result, contribution).ways.any()


@pytest.mark.parametrize("contribution", [0.108, -0.108])
def test_no_record_has_a_share_in_what_is_usual_in_a_group(contribution: float) -> None:
    result = found(
        "IH_RATE_CATEGORY_FAULT", *told("inspection:routine.fail", 1, 1, field="severity")
    )
    assert shares_of(result, contribution).records.tolist() == [0, 0]


def test_where_all_work_the_other_way_none_has_a_share() -> None:
    result = of(HITS, penalties(HIT, HIT))
    assert shares_of(result, -0.1).records.tolist() == [0, 0]
    assert shares_of(result, -0.1).ways.tolist() == [-1, -1]


def test_the_rule_of_the_operator_decides_where_there_is_no_way_or_nothing_moves() -> None:
    undirected = of(HITS, penalties(HIT, HIT), direction=0)
    assert shares_of(undirected, -0.1).records.tolist() == [0.5, 0.5]
    assert shares_of(of(HITS / N, penalties(HIT)), 0.1).records.tolist() == [1]
    last = of(latest("penalty"), [Record("penalty", 10, value=2)])
    assert shares_of(last, -0.1).records.tolist() == [1]


@pytest.mark.parametrize(
    ("name", "records", "risk"),
    [
        ("PN08", told("penalty:market.food.label", 2, field="severity"), 1),
        ("CC03", told("sampling:fail.0101.x", 1, field="severity"), 1),
        ("PN11", told("penalty:market.food.label", 1), 1),
        (
            "EA06",
            [record(ONE, "licence:operation.", TODAY - 800), *told("incident:outbreak", 1)],
            1,
        ),
        ("RL11", told("staff_exam:officer.passed", 0, field="severity"), -1),
        ("EA01", told("certificate:haccp", 1, 1), -1),
    ],
)
def test_a_record_that_can_work_one_way_only_is_never_named_for_the_other(
    name: str, records: list[dict[str, Any]], risk: int
) -> None:
    result = found(name, *records)
    assert shares_of(result, 0.1 * risk).records.sum() == pytest.approx(1)
    assert not shares_of(result, -0.1 * risk).records.any()


def test_officers_in_post_lower_the_risk_and_the_failed_exam_raises_it() -> None:
    post = [record(ONE, "staff:officer", TODAY - 300)] * 2
    result = found("RL11", *post, *told("staff_exam:officer.failed", 1, field="severity"))
    assert shares_of(result, -0.1).records.tolist() == [0.5, 0.5, 0]
    assert shares_of(result, 0.1).records.tolist() == [0, 0, 1]


def test_a_deadline_that_was_missed_has_its_share_with_its_day() -> None:
    began = record(ONE, "enterprise.established", TODAY - 900, value=float(day("2021-05-05")))
    filed = record(ONE, "annual_report.due:on_time", "2024-06-30")
    result = found("RL01", began, filed)
    assert result.value == 2
    assert shares_of(result, 0.3).deadlines.tolist() == [0.5, 0.5]
    assert not shares_of(result, 0.3).records.any()
    first, second = missed_of(result, 0.3)
    assert first.to_dict() == {
        "due": "2023-06-30",
        "share": 0.5,
        "contribution": 0.15,
        "against": False,
    }
    assert show(second.due) == "2025-06-30"
    assert [(each.share, each.against) for each in missed_of(result, -0.3)] == [(0, True)] * 2


def test_records_and_deadlines_share_one_contribution() -> None:
    late = STANDARD["RL01"].expression + count("penalty")
    catalogue = Catalogue((declare(expression=late, direction=1),))
    began = record(ONE, "enterprise.established", TODAY - 900, value=float(day("2024-05-05")))
    events = events_of(began, *told("penalty:other.tax", 1, 1))
    shares = shares_of(evidence(catalogue, "XX01", events, ONE, TODAY), 0.1)
    assert sorted(shares.records.tolist()) == pytest.approx([0, 1 / 3, 1 / 3])
    assert shares.deadlines.tolist() == pytest.approx([1 / 3])


def test_the_condition_of_a_rule_is_met_by_what_raises_it_alone() -> None:
    acts = ("granted", 900), ("revoked", 20)
    events = events_of(
        *(record(ONE, f"licence_event:production.{act}", TODAY - days) for act, days in acts),
        record(ONE, "licence_event:operation.granted", TODAY - 10),
    )
    rule = evidence(STATUTES.catalogue, "licence_revoked", events, ONE, TODAY)
    (met,) = Records(events.of(ONE), TODAY, {}).meeting(rule)
    assert (met.code, met.share, met.contribution, met.against) == (
        "production.revoked",
        1,
        0,
        False,
    )


EXPRESSIONS = {
    "count": N,
    "total": SUM,
    "ratio": HITS / N,
    "difference": HITS - 2 * count("penalty:other.*"),
    "shrunk rate": (HITS + 3 * 0.3) / (N + 3),
    "mean": SUM / N,
    "shrunk mean": (SUM - 2.5 * N) / (N + 3),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
@given(
    drawn=st.lists(st.tuples(st.sampled_from((HIT, CLEAN)), st.integers(-9, 9)), max_size=6),
    direction=st.sampled_from((-1, 1)),
    contribution=st.sampled_from((-0.2, 0.2)),
)
def test_without_a_record_that_has_a_share_the_value_works_less_that_way(
    name: str, drawn: list[tuple[str, int]], direction: int, contribution: float
) -> None:
    records = [Record("penalty", 10 + n, code=c, value=x) for n, (c, x) in enumerate(drawn)]
    whole = of(EXPRESSIONS[name], records, direction)
    found = shares_of(whole, contribution)
    ways, shares = found.ways, found.records
    assert shares.sum() == pytest.approx(1) or not shares.any()
    assume(ways.any())
    assert ((shares > 0) == (ways > 0)).all()
    sharing = set(whole.events.record[shares > 0].tolist())

    def without(numbers: set[int]) -> float:
        rest = of(EXPRESSIONS[name], [r for n, r in enumerate(records) if n not in numbers])
        return (whole.value - rest.value) * direction * np.sign(contribution)

    for number in sharing if len(records) > 1 else ():
        alone = without({number})
        assert alone > 0 or (alone == 0 and without(sharing) > 0)


def test_the_median_that_stands_in_is_told_with_its_outcomes() -> None:
    reviews = [told("licence_review:0101", x, who=OTHER)[0] for x in (0.1, 0.2, 0.3, 0.4, 0.6)]
    operator = record(ONE, "enterprise.population:operator", TODAY - 900)
    (usual,) = usual_of(found("RL08", operator, *reviews))
    assert (usual.group, usual.outcomes, usual.own, usual.total) == ("category", 5, 0, None)
    assert usual.value == pytest.approx(0.3)
    own = told("licence_review:0101", 0.25)
    assert usual_of(found("RL08", operator, *reviews, *own)) == ()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", ["截至2025-06-30应报送，未报送", "截至2025-06-30应报送，未报送（作用相反）"]),
        (
            "en",
            [
                "due on 2025-06-30, not filed",
                "due on 2025-06-30, not filed (works the other way)",
            ],
        ),
    ],
)
def test_a_deadline_that_was_missed_is_told_by_its_day(language: str, told: list[str]) -> None:
    found = explain(scorer(), town(), 7, TODAY)
    name = next(iter(found.records))
    due = day("2025-06-30")
    missed = (
        MissedDeadline(due, 1.0, 0.2, against=False),
        MissedDeadline(due, 0.0, 0.0, against=True),
    )
    late = replace(found, records={name: ()}, missed={name: missed})
    assert _Page(words_of(language), language, late)._behind(name) == told
    text = to_text(late)
    assert "100% = +0.200  due on 2025-06-30, not filed 截至2025-06-30应报送，未报送" in text
    assert "other way 作用相反  due on" in text
    assert "no record 无记录" not in text.split(f"records behind {name}")[1].split("policy")[0]
