"""Scores by hand: what every line of the default card takes or gives, from which day to which."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER, day, months, show
from xinheng.features import Events
from xinheng.grading import AtLeast, Entry, Policy, ScoreCard, entries, score

from .world import events_of, record, rows_of

CARD = ScoreCard.default()
AT = day("2025-03-01")
YEAR, THREE_YEARS = months(12), months(36)


def scored(as_of: int, *records: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = score(CARD, events_of(*records), rows_of((1, as_of))).iloc[0].to_dict()
    return found


def over(days: Iterable[int], *records: dict[str, Any], part: str = "deductions") -> dict[int, Any]:
    """Return a part of the score by day."""
    asked = rows_of(*((1, when) for when in days))
    return dict(zip(asked["as_of"], score(CARD, events_of(*records), asked)[part], strict=True))


def told(as_of: int, *records: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """Return full and final points of the records behind a score, by line."""
    found: dict[str, list[tuple[float, float]]] = {}
    for entry in entries(CARD, events_of(*records), 1, as_of):
        found.setdefault(entry.line, []).append((entry.full, entry.points))
    return found


def only(as_of: int, *records: dict[str, Any], line: str) -> Entry:
    [found] = [e for e in entries(CARD, events_of(*records), 1, as_of) if e.line == line]
    return found


def one_a_day(events: Events) -> Events:
    """Let all streams of a day be fed by one record."""
    return replace(events, record=events.occurred.astype(np.int64))


def ended(when: int, known: int | None = None) -> dict[str, int]:
    return {"ended": when, "ended_available": when if known is None else known}


def licence(category: str, **more: Any) -> dict[str, Any]:
    return record(1, f"licence:production.{category}", AT - 500, **more)


# ------------------------------------------------------- the score to begin with


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("01 21", 100),
        ("02 03 08 12 13 14 18 20 23 26 32", 97),
        ("06 07 09 10 11 15 16 17 19 22 24 25 31", 94),
        ("04 05 27 28 29 30", 90),
    ],
)
def test_a_licence_gives_the_score_of_its_group(groups: str, expected: float) -> None:
    own = [
        record(number, f"licence:production.{group}01", AT - 9)
        for number, group in enumerate(groups.split(), 1)
    ]
    found = score(CARD, events_of(*own), rows_of(*((one["enterprise"], AT) for one in own)))
    assert set(found["initial"]) == {expected}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), 90),
        ((licence(""),), 90),
        ((licence("0101"), licence("2401")), 94),
        ((licence("2401"), licence("0101"), licence("0801")), 94),
        ((licence("0101"), licence("0401", **ended(AT - 1))), 100),
        ((licence("0101"), licence("0401", **ended(AT))), 90),  # valid to this day
        ((licence("0101"), licence("0401", **ended(AT - 9, known=AT))), 90),  # not yet known
        ((licence("0101", **ended(AT - 1)),), 90),  # nothing valid is known
        ((licence("0101"), licence("0401", available=AT)), 100),
        ((licence("0101"), licence("0401", withdrawn=AT - 1)), 100),
        ((record(1, "licence:operation.2401", AT - 9),), 94),
    ],
)
def test_the_worst_band_of_the_valid_licences_counts(
    records: tuple[dict[str, Any], ...], expected: float
) -> None:
    assert scored(AT, *records)["initial"] == expected


def test_the_licence_behind_the_score_is_named() -> None:
    own = (licence("0101"), licence("0401", **ended(AT + 100, known=AT - 500)))
    begin = [entry for entry in entries(CARD, events_of(*own), 1, AT) if entry.part == "initial"]
    assert [(entry.line, entry.code, entry.points) for entry in begin] == [
        ("band_1", "production.0101", 0),
        ("band_4", "production.0401", 90),
    ]
    assert [entry.until for entry in begin] == [NEVER, AT + 101]
    [unknown] = entries(CARD, events_of(), 1, AT)
    assert (unknown.part, unknown.points, unknown.record, unknown.occurred) == (
        "initial", 90, None, None,
    )  # fmt: skip


# -------------------------------------------------------------------- deductions

ONES = [
    ("penalty.kind:market.food.fine", {}, "fine", 8),
    ("penalty.kind:market.general.fine", {}, "fine", 8),
    ("penalty.kind:market.food.confiscation", {}, "fine", 8),
    ("penalty.kind:market.food.suspension", {}, "fine", 8),
    ("penalty.kind:market.food.downgrade", {}, "fine", 8),
    ("penalty.kind:market.food.other", {}, "fine", 8),
    ("penalty.kind:market.food.stoppage", {}, "stoppage", 25),
    ("penalty.kind:market.general.closure", {}, "stoppage", 25),
    ("penalty.kind:market.food.restriction", {}, "stoppage", 25),
    ("penalty.kind:market.food.occupation_ban", {}, "stoppage", 25),
    ("recall:level1.ordered.on_time", {}, "recall_ordered", 10),
    ("recall:level3.voluntary.late", {}, "recall_late", 15),
    ("complaint:food.report.label.verified", {}, "verified_report", 3),
    ("obstruction:violence", {}, "obstruction", 20),
    ("inspection.key:routine", {"value": 1.0}, "key_item", 5),
    ("inspection.key:reinspection", {"value": 2.0}, "key_item", 10),
    ("inspection.general:random_general", {"value": 4.0}, "general_item", 4),
    ("sampling:fail.0401.lead", {"severity": 1.0}, "sampling_failure", 6),
    ("sampling:fail.0401.lead", {"severity": 2.0}, "sampling_failure", 6),
    ("sampling:fail.0401.mould", {"severity": 3.0}, "sampling_failure", 10),
    ("sampling:fail.0401.lead", {"severity": 4.0}, "sampling_failure", 15),
    ("sampling:fail.0401.salmonella", {"severity": 5.0}, "sampling_failure", 25),
    ("sampling:fail..", {"severity": 1.0}, "sampling_failure", 6),
]


@pytest.mark.parametrize(("stream", "more", "line", "points"), ONES)
def test_a_record_costs_its_points_and_fades(
    stream: str, more: dict[str, Any], line: str, points: float
) -> None:
    one = record(1, stream, AT, **more)
    ages = (1, 100, YEAR, 2 * YEAR, THREE_YEARS)
    left = {AT + age: -round(points * 0.5 ** (age / 365), 2) for age in ages}
    assert (left[AT + YEAR], left[AT + 2 * YEAR]) == (-points / 2, -points / 4)
    assert over(left, one) == left
    assert over((AT, AT + THREE_YEARS + 1), one) == {AT: 0, AT + THREE_YEARS + 1: 0}
    assert told(AT + 100, one)[line] == [(-points, left[AT + 100])]
    assert only(AT + 100, one, line=line).until == AT + THREE_YEARS + 1


@pytest.mark.parametrize(
    ("stream", "more"),
    [
        ("penalty.kind:market.food.warning", {}),
        ("penalty.kind:market.food.criticism", {}),
        ("penalty.kind:other.food.fine", {}),
        ("penalty:market.food.label", {"severity": 2.0}),
        ("recall:level1.voluntary.on_time", {}),
        ("complaint:food.report.label.unverified", {}),
        ("complaint:food.complaint.label.verified", {}),
        ("complaint:general.report.price.verified", {}),
        ("sampling:pass", {}),
        ("sampling.counterfeit", {}),
        ("inspection:routine.fail", {"severity": 3.0}),
        ("inspection.key:routine", {"value": 0.0}),
        ("inspection.general:routine", {}),
        ("list_entry:consumption_limit.x", {}),
        ("licence_event:production.suspended", {}),
    ],
)
def test_other_records_cost_nothing(stream: str, more: dict[str, Any]) -> None:
    found = scored(AT + 1, record(1, stream, AT, **more))
    assert (found["deductions"], found["bonus"], found["grade"]) == (0, 0, "B")


@pytest.mark.parametrize(("stream", "more", "line", "points"), ONES[:1] + ONES[-1:])
def test_what_becomes_known_late_counts_late_and_has_faded_since(
    stream: str, more: dict[str, Any], line: str, points: float
) -> None:
    one = record(1, stream, AT, available=AT + 99, **more)
    assert scored(AT + 99, one)["deductions"] == 0
    assert told(AT + 100, one)[line] == [(-points, -round(points * 0.5 ** (100 / 365), 2))]


@pytest.mark.parametrize(
    ("stream", "more", "points"), [(stream, more, points) for stream, more, _, points in ONES]
)
def test_a_record_withdrawn_or_repaired_costs_nothing_from_the_next_day_on(
    stream: str, more: dict[str, Any], points: float
) -> None:
    for clock in ("withdrawn", "repaired"):
        one = record(1, stream, AT, **more, **{clock: AT + 50})
        left = -round(points * 0.5 ** (50 / 365), 2)
        assert over((AT + 50, AT + 51), one) == {AT + 50: left, AT + 51: 0}


def test_a_recall_that_was_ordered_and_late_costs_both() -> None:
    assert told(AT + 1, record(1, "recall:level1.ordered.late", AT)) == {
        "unknown": [(90, 90)],
        "recall_ordered": [(-10, -9.98)],
        "recall_late": [(-15, -14.97)],
    }


# ---- samples


def lot(number: int, when: int, item: str = "0401.lead", **more: Any) -> dict[str, Any]:
    return record(1, f"sampling:fail.{item}", when, **{"severity": 4.0, "case": number, **more})


def sampled(as_of: int, *records: dict[str, Any]) -> list[float]:
    return [full for full, _ in told(as_of, *records)["sampling_failure"]]


def test_a_lot_costs_by_its_worst_item() -> None:
    worst = lot(1, AT, "0401.salmonella", severity=5.0)
    found = told(AT + YEAR, lot(1, AT), worst, lot(2, AT, "0401.mould", severity=3.0))
    assert found["sampling_failure"] == [(-15, 0), (-25, -12.5), (-10, -5)]


def test_the_next_item_of_a_lot_counts_once_the_worst_is_withdrawn() -> None:
    worst = lot(1, AT, "0401.salmonella", severity=5.0, withdrawn=AT + YEAR - 1)
    assert told(AT + YEAR, lot(1, AT), worst)["sampling_failure"] == [(-15, -7.5)]


LEVELS = [("national", 22.5), ("provincial", 22.5), ("city", 15), ("district", 15)]


@pytest.mark.parametrize(("level", "points"), LEVELS)
def test_a_failure_of_the_state_or_the_province_costs_half_as_much_again(
    level: str, points: float
) -> None:
    ordered = record(1, f"sampling.level:fail.{level}.production", AT, case=1)
    events = one_a_day(events_of(lot(1, AT), ordered))
    [found] = [e for e in entries(CARD, events, 1, AT + 1) if e.line == "sampling_failure"]
    assert found.full == -points
    assert sampled(AT + 1, lot(1, AT), ordered) == [-15]  # of another record


@pytest.mark.parametrize(
    ("first", "points"),
    [
        (lot(1, AT - 1), -30),
        (lot(1, AT - YEAR), -30),
        (lot(1, AT - YEAR - 1), -15),
        (lot(1, AT), -15),  # of one day neither is the repeat
        (lot(2, AT - 1), -15),  # the same lot
        (lot(1, AT - 1, "0402.lead"), -15),
        (lot(1, AT - 1, "0401.mould"), -15),
        (lot(1, AT - 1, available=AT + 9), -30),
        (lot(1, AT - 1, available=AT + 10), -15),  # not known as of AT + 10
        (lot(1, AT - 1, withdrawn=AT + 10), -30),
        (lot(1, AT - 1, withdrawn=AT + 9), -15),
        (lot(1, AT - 1, repaired=AT + 9), -15),
        (record(1, "sampling:pass", AT - 1, case=1), -15),
        (record(2, "sampling:fail.0401.lead", AT - 1, case=1, severity=4.0), -15),
    ],
)
def test_the_same_item_again_within_a_year_costs_twice(
    first: dict[str, Any], points: float
) -> None:
    assert sampled(AT + 10, first, lot(2, AT))[-1] == points


@pytest.mark.parametrize("item", ["0401.", ".lead", "."])
def test_what_does_not_tell_item_and_category_is_no_repeat(item: str) -> None:
    assert sampled(AT + 1, lot(1, AT - 1, item), lot(2, AT, item)) == [-15, -15]


def test_factors_multiply() -> None:
    second = [lot(2, AT), record(1, "sampling.level:fail.national.catering", AT, case=2)]
    events = one_a_day(events_of(lot(1, AT - 1), *second))
    found = [e for e in entries(CARD, events, 1, AT + 1) if e.line == "sampling_failure"]
    assert [entry.full for entry in found] == [-15, -45]


# ---- visits


def visit(when: int, key: float, general: float) -> list[dict[str, Any]]:
    return [
        record(1, "inspection.key:routine", when, value=key),
        record(1, "inspection.general:routine", when, value=general),
    ]


def visited(as_of: int, *visits: list[dict[str, Any]]) -> tuple[float, list[tuple[float, float]]]:
    events = one_a_day(events_of(*(stream for each in visits for stream in each)))
    found = [e for e in entries(CARD, events, 1, as_of) if e.part == "deduction"]
    table = score(CARD, events, rows_of((1, as_of)))
    return table["deductions"].item(), [(entry.full, entry.points) for entry in found]


def test_a_visit_costs_fifteen_points_at_most_before_it_fades() -> None:
    assert visited(AT + YEAR, visit(AT, 2, 3)) == (-6.5, [(-10, -5), (-3, -1.5)])
    assert visited(AT + YEAR, visit(AT, 2, 9)) == (-7.5, [(-10, -5), (-5, -2.5)])
    assert visited(AT + YEAR, visit(AT, 4, 9)) == (-7.5, [(-15, -7.5), (0, 0)])
    # Of two visits each has its own limit.
    two = visited(AT + YEAR, visit(AT, 4, 9), visit(AT + YEAR - 1, 3, 1))
    assert two[0] == -7.5 - 14.97


# ---- what lasts


def order(due: float, **more: Any) -> dict[str, Any]:
    return record(1, "rectification", AT, value=due, **more)


def test_a_rectification_costs_while_it_is_overdue() -> None:
    late = order(30, **ended(AT + 90, known=AT + 95))
    days = {AT + 30: 0, AT + 31: -8, AT + 95: -8, AT + 96: 0}
    assert over(days, late) == days
    assert scored(AT + 40, order(30, **ended(AT + 20)))["deductions"] == 0
    assert scored(AT + 2000, order(30))["deductions"] == -8  # it does not fade
    assert scored(AT + 40, order(30), order(20))["deductions"] == -16
    assert only(AT + 40, late, line="overdue_rectification").until == NEVER  # not known yet


@pytest.mark.parametrize(("name", "points"), [("abnormal", -8), ("judgment_defaulter", -20)])
def test_an_entry_of_a_list_costs_while_it_stands(name: str, points: float) -> None:
    entry = record(1, f"list_entry:{name}.x", AT, **ended(AT + 2000))
    days = {AT: 0, AT + 1: points, AT + 2000: points, AT + 2001: 0}
    assert over(days, entry) == days
    other = record(1, f"list_entry:{name}.y", AT + 5)
    assert scored(AT + 9, entry, other)["deductions"] == points  # once, however many stand
    assert scored(AT + 9, {**entry, "withdrawn": AT + 8})["deductions"] == 0
    left = 0 if name == "abnormal" else points  # only the court removes a judgment defaulter
    assert scored(AT + 9, {**entry, "repaired": AT + 8})["deductions"] == left


# ---- annual reports

BEGAN = record(1, "enterprise.established", "2021-05-05", value=float(day("2021-05-05")))


def reported(year: int, code: str = "on_time", **more: Any) -> dict[str, Any]:
    return record(1, f"annual_report.due:{code}", f"{year}-06-30", **more)


@pytest.mark.parametrize(
    ("as_of", "records", "deadlines"),
    [
        ("2022-06-30", (), []),
        ("2022-07-01", (), ["2022-06-30"]),
        ("2024-07-01", (), ["2022-06-30", "2023-06-30", "2024-06-30"]),
        ("2025-06-30", (), ["2022-06-30", "2023-06-30", "2024-06-30"]),  # 1096 days are 36 months
        ("2025-07-01", (), ["2023-06-30", "2024-06-30", "2025-06-30"]),
        ("2024-07-01", (reported(2023),), ["2022-06-30", "2024-06-30"]),
        ("2024-07-01", (reported(2023, "late"),), ["2022-06-30", "2023-06-30", "2024-06-30"]),
        ("2023-07-01", (reported(2023, available=day("2023-07-01")), reported(2022)),
         ["2023-06-30"]),
    ],
)  # fmt: skip
def test_each_annual_report_that_did_not_come_in_time_costs(
    as_of: str, records: tuple[dict[str, Any], ...], deadlines: list[str]
) -> None:
    when = day(as_of)
    found = [
        entry
        for entry in entries(CARD, events_of(BEGAN, *records), 1, when)
        if entry.line == "annual_report_late"
    ]
    assert [show(entry.occurred) for entry in found] == deadlines
    assert all(entry.full == -4 and entry.record is None for entry in found)
    left = [round(4 * 0.5 ** ((when - day(each)) / 365), 2) for each in deadlines]
    assert [-entry.points for entry in found] == left
    assert [entry.until for entry in found] == [day(each) + THREE_YEARS + 1 for each in deadlines]
    assert scored(when, BEGAN, *records)["deductions"] == pytest.approx(-sum(left), abs=1e-9)


def test_who_is_not_known_to_have_begun_is_held_to_no_report() -> None:
    assert scored(AT)["deductions"] == 0


# ------------------------------------------------------------------------- bonus


def holds(scheme: str, **more: Any) -> dict[str, Any]:
    return record(1, f"certificate:{scheme}", AT - 100, **more)


def award(level: str, when: int = AT - 1) -> dict[str, Any]:
    levels = {"city": 1.0, "province": 2.0, "nation": 3.0}
    return record(1, f"award:{level}", when, severity=levels[level])


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((holds("haccp"),), 3),
        ((holds("iso22000"),), 2),
        ((holds("fssc22000"),), 2),
        ((holds("iso22000"), holds("fssc22000")), 2),
        ((holds("gmp"),), 2),
        ((holds("haccp"), holds("haccp")), 3),
        ((holds("haccp"), holds("iso22000"), holds("gmp")), 7),
        ((award("city"),), 2),
        ((award("province"),), 3),
        ((award("nation"),), 4),
        ((award("city"), award("nation"), award("city")), 4),
        ((holds("haccp"), holds("iso22000"), holds("gmp"), award("nation")), 8),
        ((award("nation", AT - THREE_YEARS),), 4),  # it does not fade
        ((award("nation", AT - THREE_YEARS - 1),), 0),
        ((holds("haccp", available=AT),), 0),
        ((holds("haccp", **ended(AT)),), 3),
        ((holds("haccp", **ended(AT - 1)),), 0),
        ((holds("haccp", **ended(AT - 50, known=AT)),), 3),  # the end is not known yet
        ((holds("haccp", withdrawn=AT),), 3),
        ((holds("haccp", withdrawn=AT - 1),), 0),
    ],
)
def test_the_bonus_is_of_what_stands(records: tuple[dict[str, Any], ...], expected: float) -> None:
    found = scored(AT, *records)
    assert (found["bonus"], found["score"], found["deductions"]) == (expected, 90 + expected, 0)


def test_what_is_beyond_the_cap_is_told_and_gives_nothing() -> None:
    four = [holds("haccp"), holds("iso22000"), holds("gmp"), award("nation")]
    found = told(AT, *four)
    assert [found[name] for name in ("haccp", "iso22000", "gmp", "award")] == [
        [(3, 3)], [(2, 2)], [(2, 2)], [(4, 1)],
    ]  # fmt: skip


def test_a_certificate_is_known_to_end_where_its_last_day_is() -> None:
    planned = holds("haccp", **ended(AT + 300, known=AT - 100))
    assert only(AT, planned, line="haccp").until == AT + 301
    assert only(AT, holds("haccp", withdrawn=AT + 5), line="haccp").until == NEVER


FINE = {"severity": 2.0}
BARS = [
    ([record(1, "list_entry:serious_dishonesty.x", AT - 9)], "serious_dishonesty"),
    ([record(1, "list_entry:judgment_defaulter.x", AT - 9)], "judgment_defaulter"),
    ([record(1, "list_entry:abnormal.x", AT - 9)], "abnormal_operation"),
    ([record(1, "penalty.kind:market.food.stoppage", AT - 9)], "production_stopped"),
    ([record(1, "incident:death", AT - 9)], "fatal_food_accident"),
    ([record(1, "incident:mass", AT - 9)], "mass_food_accident"),
    ([record(1, "licence_event:production.revoked", AT - 9)], "licence_revoked"),
    ([record(1, "penalty:market.food.label", AT - 99, case=1, **FINE),
      record(1, "penalty:market.food.records", AT - 50, case=2, **FINE),
      record(1, "penalty:market.food.hygiene", AT - 9, case=3, **FINE)], "three_penalties"),
    ([record(1, "penalty.violation:food.label", AT - 99, **FINE),
      record(1, "penalty.violation:food.label", AT - 9, **FINE)], "repeated_offence"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line"), BARS, ids=[line for _, line in BARS])
def test_under_a_direct_rule_there_is_no_bonus(rule: list[dict[str, Any]], line: str) -> None:
    assert scored(AT, holds("haccp"), *rule)["bonus"] == 0
    assert told(AT, holds("haccp"), *rule)["haccp"] == [(3, 0)]
    found = entries(CARD, events_of(holds("haccp"), *rule), 1, AT)
    assert [(e.line, e.points) for e in found if e.part == "bar"] == [(line, 0)] * len(rule)
    for clock in ("withdrawn", "available"):
        lifted = {**rule[-1], clock: AT - 1 if clock == "withdrawn" else AT}
        assert scored(AT, holds("haccp"), *rule[:-1], lifted)["bonus"] == 3


def test_every_rule_that_sets_a_level_bars_the_bonus() -> None:
    effects = Policy.default().on(AT).rules
    floors = {rule for rule, effect in effects.items() if isinstance(effect, AtLeast)}
    assert floors == set(CARD.on(AT).barred_by) == {line for _, line in BARS}


def test_a_penalty_of_revocation_bars_the_bonus_by_the_lowest_grade() -> None:
    revoked = record(1, "penalty.kind:market.food.revocation", AT - 9)
    found = scored(AT, holds("haccp"), revoked)
    assert (found["bonus"], found["grade"]) == (0, "D")
    assert told(AT, holds("haccp"), revoked)["licence_revocation"] == [(0, 0)]


def test_a_rule_bars_nothing_before_its_basis() -> None:
    early = day("2019-06-01")
    death = record(1, "incident:death", early - 9)
    certificate = record(1, "certificate:haccp", early - 9)
    days = {early: 3, day("2019-11-30"): 3, day("2019-12-01"): 0}
    assert over(list(days), certificate, death, part="bonus") == days


def test_a_stoppage_for_something_else_bars_nothing_nor_one_that_is_over() -> None:
    other = record(1, "penalty.kind:market.general.stoppage", AT - 9)
    assert scored(AT, holds("haccp"), other)["bonus"] == 3
    over = record(1, "penalty.kind:market.food.stoppage", AT - 9, **ended(AT - 1))
    found = scored(AT, holds("haccp"), over)
    assert found["bonus"] == 3
    assert found["deductions"] == -round(25 * 0.5 ** (9 / 365), 2)


# ------------------------------------------------------------------------ grades


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((licence("0101"),), (100, "A")),
        ((licence("0101"), order(30)), (92, "B")),
        ((licence("0801"), holds("haccp")), (100, "A")),
        ((licence("0801"), holds("gmp")), (99, "B")),
        ((licence("0101"), record(1, "list_entry:judgment_defaulter.x", AT)), (80, "B")),
        ((licence("0801"), record(1, "list_entry:judgment_defaulter.x", AT)), (77, "C")),
        ((licence("0401"), record(1, "list_entry:judgment_defaulter.x", AT),
          record(1, "list_entry:abnormal.x", AT)), (62, "C")),
        ((licence("0401"), record(1, "list_entry:judgment_defaulter.x", AT),
          record(1, "list_entry:abnormal.x", AT), order(30)), (54, "D")),
    ],
)  # fmt: skip
def test_the_grade_follows_the_score(
    records: tuple[dict[str, Any], ...], expected: tuple[float, str]
) -> None:
    found = scored(AT + 40, *records)
    assert (found["score"], found["grade"]) == expected


@pytest.mark.parametrize("act", ["granted", "renewed", "reissued"])
@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("penalty.kind:market.food.revocation", "production"),
        ("licence_event:production.revoked", "production"),
        ("licence_event:operation.revoked", "operation"),
    ],
)
def test_a_revocation_gives_the_lowest_grade_until_a_licence_is_granted_again(
    stream: str, kind: str, act: str
) -> None:
    revoked = record(1, stream, AT)
    before = record(1, f"licence_event:{kind}.granted", AT - 900)
    again = record(1, f"licence_event:{kind}.{act}", AT + 700, available=AT + 710)
    known = (licence("0101"), before, revoked, again)
    days = {AT: "A", AT + 1: "D", AT + 710: "D", AT + 711: "A" if act == "granted" else "D"}
    assert over(days, *known, part="grade") == days
    assert scored(AT + 1, *known)["score"] == 100
    repaired = {**revoked, "repaired": AT + 5}  # which no law knows
    assert scored(AT + 9, licence("0101"), repaired)["grade"] == "D"
    undone = {**again, "withdrawn": AT + 800}
    assert scored(AT + 801, licence("0101"), before, revoked, undone)["grade"] == "D"


# ------------------------------------------------------------------ form and rows


def test_rows_keep_their_order_and_say_whom_the_card_is_meant_for() -> None:
    events = events_of(
        record(1, "enterprise.population:producer", AT - 10),
        record(2, "enterprise.population:operator", AT - 10),
        record(3, "enterprise.population:operator", AT - 10),
        record(3, "enterprise.population:producer", AT - 5),
        record(2, "penalty.kind:market.food.fine", AT - YEAR),
    )
    rows = rows_of((3, AT), (1, AT), (2, AT), (3, AT - 6), (9, AT), (1, AT))
    found = score(CARD, events, rows)
    assert found.index.tolist() == list(rows.itertuples(index=False, name=None))
    assert found["applies"].tolist() == [True, True, False, False, False, True]
    assert found["deductions"].tolist() == [0, 0, -4, 0, 0, 0]
    assert found.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(("initial", "deductions", "bonus", "score"), "float64"),
        "grade": "str",
        "applies": "bool",
    }


def test_no_rows_have_no_scores() -> None:
    assert score(CARD, events_of(), rows_of().astype(int)).empty


def test_rows_without_a_day_are_refused() -> None:
    with pytest.raises(InvalidError, match="the rows lack as_of"):
        score(CARD, events_of(), pd.DataFrame({"enterprise": [1]}))
