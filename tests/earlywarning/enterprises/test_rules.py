"""Rules of warning: each with the records that meet it, and the days on which they do."""

import math
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from scipy.stats import binom

from xinheng.core.errors import DeclarationError
from xinheng.core.time import day, show
from xinheng.earlywarning.enterprises import WARNINGS
from xinheng.earlywarning.enterprises.surge import surge
from xinheng.features import Catalogue, compute
from xinheng.grading import STATUTES, Rules

from ...grading.world import events_of, indicator, record, rows_of

SHARED = {
    "fatal_food_accident", "mass_food_accident", "production_stopped", "three_penalties",
    "repeated_offence",
}  # fmt: skip


def days_met(rule: str, *records: dict[str, Any]) -> list[str]:
    """Return the stretches of 2024 to 2027 on which a rule is met."""
    days = range(day("2024-01-01"), day("2027-12-31") + 1)
    alone = Rules((WARNINGS[rule],))
    found = alone.conditions(events_of(*records), rows_of(*((1, each) for each in days)))[rule]
    stretches: list[list[int]] = []
    for when, flag in zip(days, found, strict=True):
        if flag and stretches and stretches[-1][1] == when - 1:
            stretches[-1][1] = when
        elif flag:
            stretches.append([when, when])
    return [f"{show(start)} to {show(stop)}" for start, stop in stretches]


def ended(when: str, told: str | None = None) -> dict[str, int]:
    return {"ended": day(when), "ended_available": day(told or when)}


def term(since: str, until: str, **more: Any) -> dict[str, Any]:
    """The clocks of what is valid to a day that was told when it was granted."""
    return {"ended": day(until), "ended_available": day(since), **more}


def penalty(when: str, case: int, severity: float = 2.0) -> dict[str, Any]:
    return record(1, "penalty:market.food.label", when, case=case, severity=severity)


def licence(since: str, until: str, kind: str = "operation", **more: Any) -> dict[str, Any]:
    return record(1, f"licence:{kind}.", since, **term(since, until), **more)


def certificate(since: str, until: str, scheme: str = "haccp", **more: Any) -> dict[str, Any]:
    clocks = {"value": float(day(until) - day(since)), **term(since, until), **more}
    return record(1, f"certificate:{scheme}", since, **clocks)


def failed(when: str, severity: float, lot: int, item: str = "lead") -> dict[str, Any]:
    return record(1, f"sampling:fail.0104.{item}", when, severity=severity, case=lot)


def complaints(*days: str) -> list[dict[str, Any]]:
    return [record(1, "complaint:food.complaint.taste.unverified", each) for each in days]


IDLE = record(1, "enterprise.status:stopped", "2020-01-01", severity=2.0)
GONE = record(1, "licence_event:operation.cancelled", "2026-02-01")
TABLE: list[tuple[str, str, list[dict[str, Any]], list[str]]] = [
    ("food_accident", "a year", [record(1, "incident:outbreak", "2025-01-10")],
     ["2025-01-11 to 2026-01-10"]),
    ("two_penalties", "until a third", [penalty("2025-01-10", 1), penalty("2025-03-01", 2),
     penalty("2025-04-01", 3)], ["2025-03-02 to 2025-04-01", "2026-01-11 to 2026-03-01"]),
    ("two_penalties", "of one case", [penalty("2025-01-10", 1), penalty("2025-03-01", 1)], []),
    ("two_penalties", "one that stopped the business is none",
     [penalty("2025-01-10", 1), penalty("2025-03-01", 2, 4.0)], []),
    ("two_penalties", "of others", [penalty("2025-01-10", 1),
     record(1, "penalty:market.general.label", "2025-03-01", case=2)], []),
    ("obstruction", "a year", [record(1, "obstruction:entry", "2025-01-10")],
     ["2025-01-11 to 2026-01-10"]),
    ("referred_to_police", "food alone", [record(1, "case_file.referred:food.", "2025-01-10"),
     record(1, "case_file.referred:general.", "2026-06-01")], ["2025-01-11 to 2026-01-10"]),
    ("recall_ordered", "ordered", [record(1, "recall:level2.ordered.on_time", "2025-01-10")],
     ["2025-01-11 to 2026-01-10"]),
    ("recall_ordered", "late", [record(1, "recall:level3.voluntary.late", "2025-01-10")],
     ["2025-01-11 to 2026-01-10"]),
    ("recall_ordered", "in time", [record(1, "recall:level1.voluntary.on_time", "2025-01-10")], []),
    ("unsafe_sample", "of class 4", [failed("2025-01-10", 4.0, 1)], ["2025-01-11 to 2025-04-11"]),
    ("unsafe_sample", "of class 3", [failed("2025-01-10", 3.0, 1)], []),
    ("repeated_failure", "two lots", [failed("2025-01-10", 2.0, 1), failed("2025-06-01", 2.0, 2)],
     ["2025-06-02 to 2026-01-10"]),
    ("repeated_failure", "two records of a lot",
     [failed("2025-01-10", 2.0, 1), failed("2025-06-01", 2.0, 1)], []),
    ("repeated_failure", "two items",
     [failed("2025-01-10", 2.0, 1), failed("2025-06-01", 2.0, 2, "mould")], []),
    ("certificate_withdrawn", "before its term",
     [certificate("2024-01-01", "2026-12-31", **ended("2025-03-01"))],
     ["2025-03-02 to 2026-02-28"]),
    ("certificate_withdrawn", "told later",
     [certificate("2024-01-01", "2026-12-31", **ended("2025-03-01", "2025-04-10"))],
     ["2025-04-11 to 2026-02-28"]),
    ("certificate_withdrawn", "ran out", [certificate("2023-01-01", "2025-03-01")], []),
    ("certificate_withdrawn", "another of the scheme",
     [certificate("2024-01-01", "2026-12-31", **ended("2025-03-01")),
      certificate("2025-06-01", "2028-05-31")], ["2025-03-02 to 2025-06-01"]),
    ("certificate_withdrawn", "another scheme helps nothing",
     [certificate("2024-01-01", "2026-12-31", "gmp", **ended("2025-03-01")),
      certificate("2025-06-01", "2028-05-31")], ["2025-03-02 to 2026-02-28"]),
    ("certificate_withdrawn", "no term",
     [record(1, "certificate:fssc22000", "2024-01-01", **ended("2025-03-01"))],
     ["2025-03-02 to 2026-02-28"]),
    ("certificate_withdrawn", "iso",
     [certificate("2024-01-01", "2026-12-31", "iso22000", **ended("2025-03-01"))],
     ["2025-03-02 to 2026-02-28"]),
    ("licence_lapsing", "in sixty days", [licence("2021-05-01", "2026-04-30")],
     ["2026-03-02 to 2026-04-30"]),
    ("licence_lapsing", "renewed in time", [licence("2021-05-01", "2026-04-30"),
     licence("2026-03-20", "2031-04-30")], ["2026-03-02 to 2026-03-20"]),
    ("licence_lapsing", "of production, while that of trade goes on",
     [licence("2021-05-01", "2026-04-30", "production"), licence("2022-05-01", "2029-04-30")],
     ["2026-03-02 to 2026-04-30"]),
    ("licence_lapsing", "not in business", [licence("2021-05-01", "2026-04-30"), IDLE], []),
    ("licence_lapsed", "none in its place", [licence("2021-05-01", "2026-04-30")],
     ["2026-05-01 to 2026-07-29"]),
    ("licence_lapsed", "granted anew", [licence("2021-05-01", "2026-04-30"),
     licence("2026-05-20", "2031-04-30")], ["2026-05-01 to 2026-05-20"]),
    ("licence_lapsed", "of production",
     [licence("2021-05-01", "2026-04-30", "production")], ["2026-05-01 to 2026-07-29"]),
    ("licence_lapsed", "given up", [licence("2021-05-01", "2026-04-30"), GONE], []),
    ("licence_lapsed", "not in business", [licence("2021-05-01", "2026-04-30"), IDLE], []),
    ("overdue_rectification", "until it is reported",
     [record(1, "rectification", "2025-01-10", value=20.0, **ended("2025-06-01"))],
     ["2025-01-31 to 2025-06-01"]),
    ("overdue_rectification", "in time",
     [record(1, "rectification", "2025-01-10", value=20.0, **ended("2025-01-20"))], []),
    ("overdue_rectification", "forgotten after two years",
     [record(1, "rectification", "2025-01-10", value=20.0)], ["2025-01-31 to 2027-01-10"]),
    ("unperformed_penalty", "until it is performed",
     [record(1, "penalty.due:market.food", "2025-01-10", value=15.0, **ended("2025-06-01"))],
     ["2025-01-26 to 2025-06-01"]),
    ("complaint_surge", "three in a month after a quiet year",
     complaints("2026-03-01", "2026-03-05", "2026-03-20"), ["2026-03-21 to 2026-03-31"]),
    ("complaint_surge", "two are too few", complaints("2026-03-01", "2026-03-05"), []),
    ("complaint_surge", "three are usual here",
     complaints(*(f"2025-{m:02}-{d:02}" for m in range(1, 13) for d in (3, 13, 23)),
                "2026-01-03", "2026-01-13", "2026-01-23"),
     # within a month and a half of the first one ever there is hardly a past
     ["2025-01-24 to 2025-02-02"]),
    ("verified_reports", "two in half a year",
     [record(1, "complaint:food.report.taste.verified", "2025-01-10"),
      record(1, "complaint:food.report.taste.verified", "2025-03-01"),
      record(1, "complaint:food.complaint.taste.verified", "2025-03-05")],
     ["2025-03-02 to 2025-07-12"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "case", "records", "expected"), TABLE)
def test_a_rule_is_met_on_these_days(
    rule: str, case: str, records: list[dict[str, Any]], expected: list[str]
) -> None:
    assert days_met(rule, *records) == expected, case


def test_every_rule_of_our_own_is_in_the_table_and_the_others_are_statutory() -> None:
    assert {rule for rule, *_ in TABLE} == set(WARNINGS.ids) - SHARED
    assert all(WARNINGS[rule] is STATUTES[rule] for rule in SHARED)


def test_rules_are_written_and_read_as_statutory_ones_are() -> None:
    assert Rules.from_json(WARNINGS.to_json()) == WARNINGS


@pytest.mark.parametrize("late", [3, 4, 7])
@pytest.mark.parametrize("before", [0, 1, 5, 30])
def test_the_bound_of_a_surge_is_never_below_the_binomial_tail(late: int, before: int) -> None:
    found = _excess([*[20] * late, *[200] * before])
    share, both = 30 / 395, late + before
    tail = binom.sf(late - 1, both, share)
    if late > both * share:
        assert math.exp(-found) >= tail * (1 - 1e-9)
        assert found == pytest.approx(_by_hand(late, before, share))


def _by_hand(late: int, before: int, share: float) -> float:
    both, told = late + before, late * math.log(late / ((late + before) * share))
    return told + (before * math.log(before / (both * (1 - share))) if before else 0.0)


def _excess(ages: list[int], established: int = 4000) -> float:
    """Return the excess of complaints so many days old; the threshold is one in one and a bit."""
    built = surge("complaint:food.*", window=30, past=365, least=1, unlikely=math.exp(1e-12))
    today = day("2026-03-01")
    records = [record(1, "complaint:food.x", today - age) for age in ages]
    records.append(record(1, "enterprise.established", today - established,
                          value=float(today - established)))  # fmt: skip
    catalogue = Catalogue((indicator("IH09", "激增", "surge", expression=built),))
    return float(compute(catalogue, events_of(*records), rows_of((1, today))).to_numpy()[0, 0])


@given(ages=st.lists(st.integers(1, 394), max_size=12), one=st.integers(1, 30))
def test_one_more_of_late_makes_a_surge_stronger(ages: list[int], one: int) -> None:
    assert _excess([*ages, one]) >= _excess(ages) - 1e-9


def test_of_a_young_enterprise_the_past_is_as_long_as_it_is_old() -> None:
    assert _excess([5, 6, 7], established=60) == pytest.approx(3 * math.log(2))
    assert _excess([5, 6, 7], established=10) == pytest.approx(3 * math.log(2))
    assert _excess([5, 6, 7], established=90) == pytest.approx(3 * math.log(3))


@pytest.mark.parametrize("wrong", [{"window": 0}, {"past": 0}, {"least": 0}, {"unlikely": 1.0}])
def test_a_surge_of_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError, match="give numbers from 1 on"):
        surge("complaint", **{"window": 30, "past": 365, "least": 3, "unlikely": 9.0, **wrong})
