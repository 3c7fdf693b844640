"""Shares of a contribution: to the records that work its way, and to no other."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinheng.explaining.records import shares_of, ways_of
from xinheng.features import Catalogue, Evidence, Expression, count, evidence, latest, total

from ..features.histories import Record, build
from ..features.test_effects import OTHER, found, told
from ..features.test_indicator import declare

HIT, CLEAN = "market.food.label", "other.tax"
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
    shares = shares_of(result, 0.354)
    assert {*zip(codes, shares.round(9).tolist(), strict=True)} == {
        ("daily.late", 0.333333333),
        ("daily.on_time", 0),
    }
    assert len(shares) == 5


def test_hits_raise_a_rate_of_one_s_own_and_clean_visits_lower_it() -> None:
    result = found("IH_RATE_OWN", *told("inspection.critical:routine", 2, 0, 0, 1))
    assert shares_of(result, 0.2) == pytest.approx([0.5, 0, 0, 0.5])
    assert shares_of(result, -0.2) == pytest.approx([0, 0.5, 0.5, 0])
    assert ways_of(result, 0.2).tolist() == [1, -1, -1, 1]


def test_a_low_score_raises_the_risk_by_as_much_as_it_lies_below_the_mean() -> None:
    result = found(
        "IH_SCORE_3Y",
        *told("inspection.score:routine", 60, 80, 100),
        *told("inspection.score:routine", 100, 100, who=OTHER),
    )
    city, value = 88.0, (240 - 3 * 88) / 6
    below = [city + value - x for x in (60, 80)]
    assert shares_of(result, 0.1) == pytest.approx([*np.array(below) / sum(below), 0])
    assert shares_of(result, -0.1) == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("contribution", [0.124, -0.124])
def test_the_last_score_is_one_record_s_whichever_way_it_works(contribution: float) -> None:
    result = found("IH_SCORE_LAST", *told("inspection.score:routine", 60, 80, 100))
    assert shares_of(result, contribution).tolist() == [0, 0, 1]
    assert not ways_of(result, contribution).any()


@pytest.mark.parametrize("contribution", [0.108, -0.108])
def test_no_record_has_a_share_in_what_is_usual_in_a_group(contribution: float) -> None:
    result = found(
        "IH_RATE_CATEGORY_FAULT", *told("inspection:routine.fail", 1, 1, field="severity")
    )
    assert shares_of(result, contribution).tolist() == [0, 0]


def test_where_all_work_the_other_way_none_has_a_share() -> None:
    result = of(HITS, penalties(HIT, HIT))
    assert shares_of(result, -0.1).tolist() == [0, 0]
    assert ways_of(result, -0.1).tolist() == [-1, -1]


def test_the_rule_of_the_operator_decides_where_there_is_no_way_or_nothing_moves() -> None:
    assert shares_of(of(HITS, penalties(HIT, HIT), direction=0), -0.1).tolist() == [0.5, 0.5]
    assert shares_of(of(HITS / N, penalties(HIT)), 0.1).tolist() == [1]
    assert shares_of(of(latest("penalty"), [Record("penalty", 10, value=2)]), -0.1).tolist() == [1]
    rule = of(HITS, penalties(HIT, HIT))
    assert shares_of(rule, 0.0).tolist() == rule.shares.tolist()


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
    ways, shares = ways_of(whole, contribution), shares_of(whole, contribution)
    assert shares.sum() == pytest.approx(1) or not shares.any()
    assume(ways.any())
    assert ((shares > 0) == (ways > 0)).all()
    for share, number in zip(shares.tolist(), whole.events.record.tolist(), strict=True):
        rest = of(EXPRESSIONS[name], [r for n, r in enumerate(records) if n != number], direction)
        if len(rest.events) and share > 0:
            moved = (whole.value - rest.value) * direction * np.sign(contribution)
            assert moved > 0
