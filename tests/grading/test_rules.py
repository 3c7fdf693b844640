"""Statutory rules: each with the records that trigger it and lift it, and none before its law."""

from typing import Any

import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import day
from xinheng.features import evidence
from xinheng.grading import STATUTES, AtLeast, Level, Rules

from .world import TODAY, events_of, record, rows_of


def met(as_of: str | int, *records: dict[str, Any]) -> set[str]:
    when = as_of if isinstance(as_of, int) else day(as_of)
    conditions = STATUTES.conditions(events_of(*records), rows_of((1, when)))
    return {rule for rule in STATUTES.ids if conditions[rule].iloc[0]}


def ended(when: str) -> dict[str, int]:
    return {"ended": day(when), "ended_available": day(when)}


def listed(name: str, **more: Any) -> dict[str, Any]:
    return record(1, f"list_entry:{name}.reason", "2025-01-10", **more)


LISTS = [
    ("serious_dishonesty", "serious_dishonesty"),
    ("judgment_defaulter", "judgment_defaulter"),
    ("abnormal", "abnormal_operation"),
    ("serious_quality", "serious_quality"),
    ("ecommerce_blacklist", "ecommerce_blacklist"),
    ("prepaid_evasion", "prepaid_evasion"),
]


@pytest.mark.parametrize(("name", "rule"), LISTS)
def test_an_open_entry_triggers_and_removal_lifts(name: str, rule: str) -> None:
    entry = listed(name, **ended("2025-06-01"))
    assert met("2025-01-10", entry) == set()  # not yet available
    assert met("2025-01-11", entry) == {rule}
    assert met("2025-06-01", entry) == {rule}
    assert met("2025-06-02", entry) == set()


@pytest.mark.parametrize(("name", "rule"), LISTS)
def test_a_withdrawn_entry_never_triggers_again(name: str, rule: str) -> None:
    entry = listed(name, withdrawn=day("2025-03-01"))
    assert met("2025-03-01", entry) == {rule}
    assert met("2025-03-02", entry) == set()


@pytest.mark.parametrize("name", ["serious_dishonesty", "abnormal", "prepaid_evasion"])
def test_repair_lifts_the_lists_of_market_regulation(name: str) -> None:
    assert met("2025-04-02", listed(name, repaired=day("2025-04-01"))) == set()


def test_mortgage_arrears_count_for_two_years() -> None:
    entry = listed("mortgage_arrears")
    assert met(day("2025-01-10") + 730, entry) == {"mortgage_arrears"}
    assert met(day("2025-01-10") + 731, entry) == set()


def test_a_revoked_licence_triggers_until_one_is_granted_again() -> None:
    granted = record(1, "licence_event:production.granted", "2020-01-01")
    revoked = record(1, "licence_event:production.revoked", "2025-01-10")
    again = record(1, "licence_event:production.granted", "2025-09-01")
    assert met("2025-01-10", granted, revoked) == set()
    assert met("2025-01-11", granted, revoked) == {"licence_revoked"}
    assert met("2025-01-11", revoked) == {"licence_revoked"}
    other = record(1, "licence_event:operation.granted", "2025-09-01")
    assert met("2025-09-02", granted, revoked, other) == {"licence_revoked"}
    assert met("2025-09-02", granted, revoked, again) == set()
    copy = record(1, "licence_event:production.reissued", "2025-09-01")
    assert met("2025-09-02", granted, revoked, copy) == {"licence_revoked"}
    assert (
        met("2025-01-11", granted, record(1, "licence_event:production.cancelled", "2025-01-10"))
        == set()
    )


@pytest.mark.parametrize(
    ("stream", "severity", "rules"),
    [
        ("penalty:market.food.unlicensed", 4.0, {"production_stopped"}),
        ("penalty:market.food.unlicensed", 2.0, set()),  # a fine
        ("penalty:market.food.unlicensed", 5.0, set()),  # a revocation is its own rule
        ("penalty:market.general.prices", 4.0, set()),  # not for food safety
        ("penalty:other.food.fire", 4.0, set()),
    ],
)
def test_an_order_to_stop_production_triggers_while_in_force(
    stream: str, severity: float, rules: set[str]
) -> None:
    order = record(1, stream, "2025-01-10", severity=severity, **ended("2025-03-01"))
    assert met("2025-02-01", order) == rules
    assert met("2025-03-02", order) == set()


def test_a_death_counts_for_three_years_and_an_outbreak_not() -> None:
    death = record(1, "incident:death", "2025-01-10", severity=3.0)
    assert met(day("2025-01-10") + 1096, death) == {"fatal_food_accident"}
    assert met(day("2025-01-10") + 1097, death) == set()
    assert met("2025-02-01", record(1, "incident:outbreak", "2025-01-10", severity=1.0)) == set()


def test_a_major_work_safety_accident_counts_for_ever() -> None:
    assert met(TODAY, record(1, "incident:work_safety", "2001-01-10")) == {"major_safety_accident"}


def test_records_of_another_enterprise_trigger_nothing() -> None:
    assert met("2025-02-01", record(2, "list_entry:serious_dishonesty.food", "2025-01-10")) == set()


@pytest.mark.parametrize("rule", list(STATUTES), ids=lambda rule: rule.id)
def test_every_rule_has_names_basis_and_a_date(rule: Any) -> None:
    assert rule.zh
    assert rule.en
    assert rule.basis
    assert not rule.holds(rule.effective_from - 1)
    assert rule.holds(rule.effective_from)
    assert rule.holds(rule.effective_to)


def test_the_record_behind_a_rule_is_found() -> None:
    entry = listed("serious_dishonesty")
    found = evidence(STATUTES.catalogue, "serious_dishonesty", events_of(entry), 1, TODAY)
    assert found.table()["code"].tolist() == ["serious_dishonesty.reason"]


def test_rules_are_written_and_read() -> None:
    assert Rules.from_json(STATUTES.to_json()) == STATUTES
    for text in ("", "[]", "{}", '{"dates": {}, "conditions": {}}'):
        with pytest.raises(InvalidError, match="no rules"):
            Rules.from_json(text)


def test_rules_are_found_by_id() -> None:
    assert STATUTES["licence_revoked"].zh == "食品生产经营许可证被吊销"
    with pytest.raises(NotFoundError, match="did you mean 'licence_revoked'"):
        STATUTES["licence_revoke"]
    with pytest.raises(InvalidError, match="share an id"):
        Rules((*STATUTES, STATUTES["licence_revoked"]))


def test_what_applied_says_what_it_alone_would_give() -> None:
    applied = STATUTES.applied(Level.A, [("judgment_defaulter", AtLeast(Level.D))])
    assert [(rule.id, rule.alone) for rule in applied] == [("judgment_defaulter", Level.D)]
