"""Statutory rules: each with the records that trigger it and lift it, and none before its law."""

from dataclasses import replace
from typing import Any

import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import NEVER, day, show
from xinheng.features import evidence
from xinheng.grading import STATUTES, AtLeast, Level, Policy, Rules, Worse

from .world import TODAY, events_of, record, rows_of

POLICY = Policy.default().on(TODAY)


def met(as_of: str, *records: dict[str, Any]) -> set[str]:
    conditions = STATUTES.conditions(events_of(*records), rows_of((1, day(as_of))))
    return {rule for rule in STATUTES.ids if conditions[rule].iloc[0]}


def ended(when: str) -> dict[str, int]:
    return {"ended": day(when), "ended_available": day(when)}


def listed(name: str, **more: Any) -> dict[str, Any]:
    return record(1, f"list_entry:{name}.reason", "2025-01-10", **more)


def days_met(rule: str, *records: dict[str, Any], since: str, to: str) -> list[str]:
    """Return the stretches on which a rule is met from one day to another, as texts."""
    days = range(day(since), day(to) + 1)
    asked = rows_of(*((1, when) for when in days))
    found = Rules((STATUTES[rule],)).conditions(events_of(*records), asked)[rule]
    stretches: list[list[int]] = []
    for when, flag in zip(days, found, strict=True):
        if flag and stretches and stretches[-1][1] == when - 1:
            stretches[-1][1] = when
        elif flag:
            stretches.append([when, when])
    return [f"{show(start)} to {show(stop)}" for start, stop in stretches]


REMOVED = ended("2025-06-01")
GRANTED, REVOKED = "licence_event:production.granted", "licence_event:production.revoked"
STOPPED = "penalty.kind:market.food.stoppage"
NO_TERM, TERM = "judgment_defaulter.not_performing", "judgment_defaulter.evasion"


def penalty(when: str, case: int, severity: float = 2.0, **more: Any) -> dict[str, Any]:
    return record(1, "penalty:market.food.label", when, case=case, severity=severity, **more)


def offence(when: str, kind: str = "label", **more: Any) -> dict[str, Any]:
    return record(1, f"penalty.violation:food.{kind}", when, severity=2.0, **more)


# Over 2024 to 2032, the stretches on which each rule is met, both days included. A record counts
# from the day after it was available, to the day on which what lifts it became available.
TABLE: list[tuple[str, str, list[dict[str, Any]], list[str]]] = [
    *(
        (rule, case, [listed(name, **more)], [f"2025-01-11 to {last}"])
        for name, rule in [
            ("serious_dishonesty", "serious_dishonesty"),
            ("abnormal", "abnormal_operation"),
            ("serious_quality", "serious_quality"),
            ("ecommerce_blacklist", "ecommerce_blacklist"),
            ("prepaid_evasion", "prepaid_evasion"),
        ]
        for case, more, last in [
            ("removed", REMOVED, "2025-06-01"),
            ("removal known later", ended("2025-06-01") | {"ended_available": day("2025-07-04")},
             "2025-07-04"),
            ("withdrawn", {"withdrawn": day("2025-03-01")}, "2025-03-01"),
            ("repaired", {"repaired": day("2025-04-01")}, "2025-04-01"),
        ]
    ),
    ("serious_dishonesty", "term of three years", [listed("serious_dishonesty")],
     ["2025-01-11 to 2028-01-11"]),
    ("serious_dishonesty", "reinstated after false material",
     [listed("serious_dishonesty", repaired=day("2025-06-01"), withdrawn=day("2025-07-01")),
      listed("serious_dishonesty", available=day("2025-07-01"))],
     ["2025-01-11 to 2025-06-01", "2025-07-02 to 2028-01-11"]),
    ("abnormal_operation", "no term", [listed("abnormal")], ["2025-01-11 to 2032-12-31"]),
    ("judgment_defaulter", "removed by the court",
     [record(1, f"list_entry:{NO_TERM}", "2025-01-10", **REMOVED)], ["2025-01-11 to 2025-06-01"]),
    ("judgment_defaulter", "withdrawn",
     [record(1, f"list_entry:{TERM}", "2025-01-10", withdrawn=day("2025-03-01"))],
     ["2025-01-11 to 2025-03-01"]),
    ("judgment_defaulter", "not for the regulator to repair",
     [record(1, f"list_entry:{TERM}", "2025-01-10", repaired=day("2025-03-01"), **REMOVED)],
     ["2025-01-11 to 2025-06-01"]),
    ("judgment_defaulter", "no term for who can pay and does not",
     [record(1, f"list_entry:{NO_TERM}", "2025-01-10")], ["2025-01-11 to 2032-12-31"]),
    ("judgment_defaulter", "two years and at most three more",
     [record(1, f"list_entry:{TERM}", "2025-01-10")], ["2025-01-11 to 2030-01-10"]),
    ("licence_revoked", "granted anew",
     [record(1, GRANTED, "2020-01-01"), record(1, REVOKED, "2025-01-10"),
      record(1, GRANTED, "2025-09-01")], ["2025-01-11 to 2025-09-01"]),
    ("licence_revoked", "the grant is not on file", [record(1, REVOKED, "2025-01-10")],
     ["2025-01-11 to 2032-12-31"]),
    ("licence_revoked", "revocation withdrawn",
     [record(1, REVOKED, "2025-01-10", withdrawn=day("2025-05-05"))],
     ["2025-01-11 to 2025-05-05"]),
    ("licence_revoked", "a licence of another kind and a copy lift nothing",
     [record(1, REVOKED, "2025-01-10"), record(1, "licence_event:operation.granted", "2025-02-01"),
      record(1, "licence_event:production.reissued", "2025-03-01")], ["2025-01-11 to 2032-12-31"]),
    ("licence_revoked", "of trade", [record(1, "licence_event:operation.revoked", "2025-01-10"),
      record(1, "licence_event:operation.granted", "2025-02-01")], ["2025-01-11 to 2025-02-01"]),
    ("licence_revoked", "cancelled is not revoked",
     [record(1, "licence_event:production.cancelled", "2025-01-10")], []),
    ("production_stopped", "performed", [record(1, STOPPED, "2025-01-10", **REMOVED)],
     ["2025-01-11 to 2025-06-01"]),
    ("production_stopped", "withdrawn",
     [record(1, STOPPED, "2025-01-10", withdrawn=day("2025-02-01"))], ["2025-01-11 to 2025-02-01"]),
    ("production_stopped", "closed", [record(1, "penalty.kind:market.food.closure", "2025-01-10",
     **REMOVED)], ["2025-01-11 to 2025-06-01"]),
    ("production_stopped", "restricted", [record(1, "penalty.kind:market.food.restriction",
     "2025-01-10", **REMOVED)], ["2025-01-11 to 2025-06-01"]),
    *(("production_stopped", f"not {kind}", [record(1, f"penalty.kind:{kind}", "2025-01-10")], [])
      for kind in ("market.food.fine", "market.food.revocation", "market.food.occupation_ban",
                   "market.general.stoppage", "other.food.stoppage")),
    ("fatal_food_accident", "three years", [record(1, "incident:death", "2025-01-10")],
     ["2025-01-11 to 2028-01-11"]),
    ("fatal_food_accident", "found wrong",
     [record(1, "incident:death", "2025-01-10", withdrawn=day("2025-02-10"))],
     ["2025-01-11 to 2025-02-10"]),
    ("fatal_food_accident", "not by an outbreak", [record(1, "incident:outbreak", "2025-01-10")],
     []),
    ("mass_food_accident", "three years", [record(1, "incident:mass", "2025-01-10")],
     ["2025-01-11 to 2028-01-11"]),
    ("mass_food_accident", "found wrong",
     [record(1, "incident:mass", "2025-01-10", withdrawn=day("2025-02-10"))],
     ["2025-01-11 to 2025-02-10"]),
    ("three_penalties", "until the first is a year old",
     [penalty("2025-01-10", 1), penalty("2025-05-05", 2), penalty("2025-12-31", 3)],
     ["2026-01-01 to 2026-01-10"]),
    ("three_penalties", "one withdrawn on review",
     [penalty("2025-01-10", 1), penalty("2025-02-10", 2, withdrawn=day("2025-06-01")),
      penalty("2025-03-10", 3)], ["2025-03-11 to 2025-06-01"]),
    ("three_penalties", "repair does not undo that they were imposed",
     [penalty("2025-01-10", 1, repaired=day("2025-04-01")), penalty("2025-02-10", 2),
      penalty("2025-03-10", 3)], ["2025-03-11 to 2026-01-10"]),
    ("three_penalties", "a warning is a penalty, too",
     [penalty("2025-01-10", 1, 1.0), penalty("2025-02-10", 2, 1.0), penalty("2025-03-10", 3, 1.0)],
     ["2025-03-11 to 2026-01-10"]),
    ("three_penalties", "two decisions of a case are one",
     [penalty("2025-01-10", 1), penalty("2025-01-20", 1), penalty("2025-03-10", 3)], []),
    ("three_penalties", "an order to stop and a revocation are not counted",
     [penalty("2025-01-10", 1), penalty("2025-02-10", 2), penalty("2025-03-10", 3, 4.0),
      penalty("2025-03-11", 4, 5.0)], []),
    ("three_penalties", "only for food safety", [penalty("2025-01-10", 1), penalty("2025-02-10", 2),
     record(1, "penalty:market.general.prices", "2025-03-10", case=3, severity=2.0)], []),
    ("repeated_offence", "for a year from the second decision",
     [offence("2024-06-01"), offence("2025-01-10")], ["2025-01-11 to 2026-01-10"]),
    ("repeated_offence", "on the last day of the year",
     [offence("2024-01-11"), offence("2025-01-10")], ["2025-01-11 to 2026-01-10"]),
    ("repeated_offence", "a day later it is none",
     [offence("2024-01-10"), offence("2025-01-10")], []),
    ("repeated_offence", "another kind of offence is none",
     [offence("2024-06-01", "hygiene"), offence("2025-01-10")], []),
    ("repeated_offence", "the second withdrawn",
     [offence("2024-06-01"), offence("2025-01-10", withdrawn=day("2025-02-02"))],
     ["2025-01-11 to 2025-02-02"]),
    ("repeated_offence", "the first withdrawn",
     [offence("2024-06-01", withdrawn=day("2025-02-02")), offence("2025-01-10")],
     ["2025-01-11 to 2025-02-02"]),
    ("repeated_offence", "the second repaired",
     [offence("2024-06-01"), offence("2025-01-10", repaired=day("2025-12-12"))],
     ["2025-01-11 to 2025-12-12"]),
    ("mortgage_arrears", "two years, removed or not",
     [listed("mortgage_arrears", **REMOVED)], ["2025-01-11 to 2027-01-10"]),
    ("mortgage_arrears", "repaired",
     [listed("mortgage_arrears", repaired=day("2025-04-01"))], ["2025-01-11 to 2025-04-01"]),
    ("mortgage_arrears", "withdrawn",
     [listed("mortgage_arrears", withdrawn=day("2025-03-01"))], ["2025-01-11 to 2025-03-01"]),
    ("major_safety_accident", "for ever", [listed("safety_accident", **REMOVED)],
     ["2025-01-11 to 2032-12-31"]),
    ("major_safety_accident", "withdrawn",
     [listed("safety_accident", withdrawn=day("2025-03-01"))], ["2025-01-11 to 2025-03-01"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "records", "stretches"),
    [(rule, records, stretches) for rule, _, records, stretches in TABLE],
    ids=[f"{rule}: {case}" for rule, case, _, _ in TABLE],
)
def test_records_trigger_a_rule_and_lift_it_on_the_day(
    rule: str, records: list[dict[str, Any]], stretches: list[str]
) -> None:
    assert days_met(rule, *records, since="2024-01-01", to="2032-12-31") == stretches


def test_the_table_triggers_and_lifts_every_rule() -> None:
    triggered = {rule for rule, _, _, stretches in TABLE if stretches}
    lifted = {rule for rule, *_, found in TABLE if found and not found[-1].endswith("2032-12-31")}
    assert triggered == lifted == set(STATUTES.ids)


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
    applied = STATUTES.applied(Level.A, [("judgment_defaulter", AtLeast(Level.D))], TODAY, {})
    assert [(rule.id, rule.alone) for rule in applied] == [("judgment_defaulter", Level.D)]
    assert applied[0].basis == STATUTES["judgment_defaulter"].basis


def test_the_moves_of_shenzhen_rest_on_their_rule_for_three_years() -> None:
    ending = [rule.id for rule in STATUTES if rule.effective_to != NEVER]
    moves = [rule for rule, effect in POLICY.rules.items() if isinstance(effect, Worse)]
    assert ending == moves
    for rule in ending:
        assert STATUTES[rule].effective_from == day("2021-08-09")
        assert STATUTES[rule].effective_to == day("2024-08-08")


def test_policy_goes_on_with_them_and_says_why() -> None:
    last, after = day("2024-08-08"), day("2024-08-09")
    rule = STATUTES["prepaid_evasion"]
    assert POLICY.applies(rule, [last, after, TODAY]).all()
    assert not replace(POLICY, continued={}).applies(rule, [after, TODAY]).any()
    effects = [(rule.id, Worse(2, Level.D))]
    [before] = STATUTES.applied(Level.A, effects, last, POLICY.continued)
    [since] = STATUTES.applied(Level.A, effects, after, POLICY.continued)
    assert before.basis == rule.basis
    assert since.basis == f"{rule.basis} (to 2024-08-08; {POLICY.continued[rule.id]})"
    assert "未能查明" in since.basis
    assert "no renewal was found" in since.basis
