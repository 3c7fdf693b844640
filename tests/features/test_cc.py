"""Cases, complaints and reports 案件与投诉举报: each indicator by cases worked by hand."""

from dataclasses import replace
from math import log, log2
from typing import Any

import pytest

from .histories import Record, ended
from .worked import (
    TODAY,
    Case,
    Table,
    ago,
    case,
    check,
    in_time,
    late,
    not_for,
    restored,
    undone,
    worked,
)


def checked(days: int, key: float = 0, general: float = 0, who: int = 0) -> tuple[Record, ...]:
    """Return what is seen of a visit that tells of some items."""
    items = {"key": key, "general": general}
    return tuple(
        ago(days, f"inspection.{each}", "routine", value=number, enterprise=who)
        for each, number in items.items()
    )


def visited(days: int, code: str, severity: float) -> Record:
    return ago(days, "inspection", code, severity=severity)


def drawn(days: int, code: str, severity: float) -> Record:
    return ago(days, "random_check", code, severity=severity)


def failed(days: int, lot: int, item: str = "0401.lead", severity: float = 4) -> Record:
    return ago(days, "sampling", f"fail.{item}", case=lot, severity=severity)


def passed(days: int, *lots: int) -> tuple[Record, ...]:
    return tuple(ago(days, "sampling", "pass", case=lot) for lot in lots)


def ordered(days: int, within: float, **more: Any) -> Record:
    return ago(days, "rectification", value=within, **more)


def filed(days: int, code: str = "food.report", **more: Any) -> Record:
    return ago(days, "case_file", code, **more)


def referred(days: int, code: str = "food.report") -> Record:
    return ago(days, "case_file.referred", code)


def heard(days: int, code: str = "food.report.label.verified") -> Record:
    return ago(days, "complaint", code)


def accepted(days: int, code: str = "food.complaint.label") -> Record:
    return ago(days, "complaint.accepted", code)


def insured(people: float, days: int = 20) -> Record:
    return ago(days, "insurance", value=people)


def recalled(days: int, code: str) -> Record:
    severity = {"level1": 3, "level2": 2, "level3": 1}[code.split(".", maxsplit=1)[0]]
    return ago(days, "recall", code, severity=severity)


def accident(days: int, code: str, severity: float) -> Record:
    return ago(days, "incident", code, severity=severity)


def sued(days: int, code: str = "defendant.contract") -> Record:
    return ago(days, "litigation", code)


def told(days: int, story: int, credibility: float, code: str = "food.negative.hygiene") -> Record:
    return ago(days, "opinion", code, case=story, value=credibility)


CATEGORIES = tuple(
    ago(400, "enterprise.category", case=each, enterprise=who) for who, each in enumerate((7, 7, 8))
)
"""An enterprise, another of its category, and one of another."""
VOLUNTARY, ORDERED = "level2.voluntary.on_time", "level1.ordered.on_time"

CASES: Table = {
    "CC01": {
        "value": [case(2, failed(9, 1), failed(9, 1, "0401.colour"), failed(30, 2), *passed(9, 3))],
        "edge": [case(1, failed(365, 2), failed(366, 3)), case(1, failed(1, 2), failed(0, 3))],
        "late": [case(0, late(failed(9, 1))), case(1, in_time(failed(9, 1)))],
        "withdrawn": [case(1, failed(9, 1), undone(failed(9, 2))), case(1, restored(failed(9, 1)))],
        "missing": [case(0), case(0, *passed(9, 1))],
    },
    "CC02": {
        # 20 lots at the usual rate are mixed in; alone in the city, the usual rate is one's own
        "value": [
            case((1 + 20 * 0.1) / 30, failed(9, 1), *passed(9, *range(2, 11))),
            case(0, *passed(9, 1)),
            # a lot that failed two items is one lot, in the usual rate too
            case((1 + 20 * 0.5) / 22, failed(9, 1), failed(9, 1, "0401.colour"), *passed(9, 2)),
            # one of the two lots of its category failed, and one of the three of the city
            case(
                (0 + 20 * (1 + 20 / 3) / (2 + 20)) / (1 + 20),
                *CATEGORIES,
                *passed(9, 1),
                replace(failed(9, 2), enterprise=1),
                *(replace(lot, enterprise=2) for lot in passed(9, 3)),
            ),
        ],
        "edge": [
            case((1 + 20 * 0.5) / 22, failed(1096, 1), *passed(9, 2)),
            case(0, failed(1097, 1), *passed(9, 2)),
            case((1 + 20 * 0.5) / 22, failed(1, 1), *passed(1, 2), failed(0, 3)),
        ],
        "late": [case(0, late(failed(9, 1)), *passed(9, 2))],
        "withdrawn": [
            case(0, undone(failed(9, 1)), *passed(9, 2)),
            case(0.5, restored(failed(9, 1)), *passed(9, 2)),
        ],
        "missing": [case(0.022)],
    },
    "CC03": {
        "value": [case(4, failed(9, 1, severity=3), failed(30, 2))],
        "edge": [
            case(4, failed(730, 2), failed(731, 3, severity=5)),
            case(4, failed(1, 2), failed(0, 3, severity=5)),
        ],
        "late": [case(3, failed(9, 1, severity=3), late(failed(9, 2)))],
        "withdrawn": [
            case(3, failed(9, 1, severity=3), undone(failed(9, 2))),
            case(4, restored(failed(9, 2))),
        ],
        "missing": [case(0), case(0, *passed(9, 1))],
    },
    "CC04": {
        "value": [
            case(1, failed(9, 1), failed(99, 2), failed(9, 1, "0401.x"), failed(99, 1, "0401.x")),
            case(1, failed(9, 1), failed(99, 2), failed(100, 3)),
            case(0, failed(9, 1), failed(99, 2, "0501.lead")),
            # what is not told is not the same
            case(0, failed(9, 1, "."), failed(99, 2, ".")),
            case(0, failed(9, 1, "0401."), failed(99, 2, "0401.")),
            case(0, failed(9, 1, ".lead"), failed(99, 2, ".lead")),
        ],
        "edge": [
            case(1, failed(9, 1), failed(730, 2)),
            case(0, failed(9, 1), failed(731, 2)),
            case(1, failed(1, 1), failed(9, 2)),
            case(0, failed(0, 1), failed(9, 2)),
        ],
        "late": [case(0, failed(9, 1), late(failed(99, 2)))],
        "withdrawn": [
            case(0, failed(9, 1), undone(failed(99, 2))),
            case(1, failed(9, 1), restored(failed(99, 2))),
        ],
        "missing": [case(0)],
    },
    "CC05": {
        "value": [
            case((3 * 3 + 4) / 2, *checked(9, 3, 4), *checked(99)),
            case(3, *checked(9, 1), population="operator"),
            # without a visit, the mean over the visits to others
            case(
                (3 * (1 + 0 + 2) + 4) / 3,
                *checked(9, 1, who=1),
                *checked(99, 0, 4, who=1),
                *checked(9, 2, who=2),
            ),
            # the mean of its category is 1, that of the city 2.5, which ten visits weigh
            case(
                3 * (1 + 10 * 2.5) / (1 + 10),
                *CATEGORIES,
                *checked(9, 1, who=1),
                *checked(9, 4, who=2),
            ),
        ],
        "edge": [
            case(3, *checked(365, 1), *checked(366, general=4)),
            case(3, *checked(1, 1), *checked(0, general=4)),
        ],
        "late": [case(3, *checked(9, 1), *map(late, checked(8, 5)))],
        "withdrawn": [
            case(3, *checked(9, 1), *map(undone, checked(8, 5))),
            case(9, *checked(9, 1), *map(restored, checked(8, 5))),
        ],
        "population": [not_for("entity", *checked(9, 1))],
        "missing": [case(1), case(1, *checked(400, 1, 4))],
    },
    "CC06": {
        "value": [
            case(
                2,
                visited(9, "random_general.corrected", 1),
                visited(9, "random_key.pending", 2),
                visited(9, "routine.refused", 4),
            ),
            case(3, visited(9, "random_key.pending", 2), drawn(9, "random_key.dishonest", 3)),
            case(2, visited(9, "random_key.pending", 2), drawn(9, ".corrected", 1)),
        ],
        "edge": [
            case(1, visited(730, "random_key.x", 1), visited(731, "random_key.y", 4)),
            case(1, visited(1, "random_key.x", 1), visited(0, "random_key.y", 4)),
            case(1, drawn(730, "random_key.corrected", 1), drawn(731, "random_key.refused", 4)),
        ],
        "late": [case(0, late(visited(9, "random_key.pending", 2)))],
        "withdrawn": [
            case(0, undone(visited(9, "random_key.pending", 2))),
            case(2, restored(visited(9, "random_key.pending", 2))),
        ],
        "missing": [case(0)],
    },
    "CC07": {
        "value": [
            case(
                1,
                ordered(30, 29),
                ordered(30, 30),
                ordered(30, 10, happened=(ended(TODAY - 5),)),
            )
        ],
        "late": [
            case(0, late(ordered(30, 10))),
            case(1, ordered(30, 10, happened=(ended(TODAY - 5, TODAY),))),
            case(0, ordered(30, 10, happened=(ended(TODAY - 5, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(ordered(30, 10))), case(1, restored(ordered(30, 10)))],
        "missing": [case(0)],
    },
    "CC08": {
        "value": [case(2, ago(9, "obstruction", "entry"), ago(9, "obstruction", "records"))],
        "edge": [
            case(1, ago(1096, "obstruction", "entry"), ago(1097, "obstruction", "entry")),
            case(1, ago(1, "obstruction", "entry"), ago(0, "obstruction", "entry")),
        ],
        "late": [
            case(0, late(ago(9, "obstruction", "entry"))),
            case(1, in_time(ago(9, "obstruction", "entry"))),
        ],
        "withdrawn": [
            case(0, undone(ago(9, "obstruction", "entry"))),
            case(1, restored(ago(9, "obstruction", "entry"))),
        ],
        "missing": [case(0)],
    },
    "CC09": {
        "value": [
            case(1, filed(9), filed(9, "general.report")),
            case(3, filed(9, ended=TODAY - 2), referred(9)),
            case(2, filed(9, "food."), filed(20), referred(20, "general.")),
        ],
        "edge": [
            # a referral counts from its own day, however long ago the case was filed
            case(2, filed(1200), referred(900)),
            case(3, *(each for days in (1096, 1097) for each in (filed(days), referred(days)))),
            case(3, *(each for days in (1, 0) for each in (filed(days), referred(days)))),
        ],
        "late": [case(1, filed(9), late(referred(9))), case(3, filed(9), in_time(referred(9)))],
        "withdrawn": [case(0, undone(filed(9))), case(1, restored(filed(9)))],
        "missing": [case(0)],
    },
    "CC10": {
        "value": [
            case(
                2,
                accepted(9),
                accepted(9, "food.report."),
                accepted(9, "general.report.price"),
                heard(9),
            ),
            case(2, accepted(9), accepted(30), insured(80)),
            case(0.5, accepted(9), accepted(30), insured(400)),
            case(1, accepted(9), accepted(30), insured(200)),
        ],
        "edge": [
            case(1, accepted(365), accepted(366)),
            case(1, accepted(1), accepted(0)),
            case(0.5, accepted(9), insured(200, 183)),
            case(1, accepted(9), insured(200, 184)),
        ],
        "late": [
            case(0, late(accepted(9))),
            case(1, accepted(9), late(insured(200))),
            case(0.5, in_time(accepted(9)), in_time(insured(200))),
        ],
        "withdrawn": [case(0, undone(accepted(9))), case(1, restored(accepted(9)))],
        "missing": [case(0), case(0, insured(400))],
    },
    "CC11": {
        "value": [
            case(log(3 / (1 / 3 + 1)), heard(1), heard(9), heard(100)),
            case(
                log(1 / (3 / 3 + 1)),
                heard(100),
                heard(200),
                heard(300, "food.complaint..unverified"),
            ),
            case(
                log(2), heard(1), *(heard(d, "general.complaint.price.verified") for d in (1, 99))
            ),
        ],
        "edge": [
            case(log(2 / (1 / 3 + 1)), heard(91), heard(92)),
            case(log(1 / (1 / 3 + 1)), heard(365), heard(366)),
            case(log(2), heard(1), heard(0)),
        ],
        "late": [case(log(2), heard(1), late(heard(9))), case(log(3), heard(1), in_time(heard(9)))],
        "withdrawn": [case(0, undone(heard(9))), case(log(2), restored(heard(9)))],
        "missing": [case(0)],
    },
    "CC12": {
        "value": [
            case(
                1,
                heard(9),
                heard(9, "food.report.label.unverified"),
                heard(9, "food.complaint.label.verified"),
                heard(9, "general.report.price.verified"),
            )
        ],
        "edge": [case(1, heard(730), heard(731)), case(1, heard(1), heard(0))],
        "late": [case(0, late(heard(9))), case(1, in_time(heard(9)))],
        "withdrawn": [case(0, undone(heard(9))), case(1, restored(heard(9)))],
        "missing": [case(0)],
    },
    "CC13": {
        "value": [
            case(2, recalled(9, VOLUNTARY)),
            case(0.5, recalled(9, "level3.voluntary.on_time")),
            case(1 + 2, recalled(9, "level3.ordered.on_time")),
            case(1 + 3, recalled(9, "level3.voluntary.late")),
            case(3 + 2 + 3, recalled(9, "level1.ordered.late")),
            case(5 + 2, recalled(9, ORDERED), recalled(30, VOLUNTARY)),
        ],
        "edge": [
            case(8, *(recalled(days, "level1.ordered.late") for days in (1096, 1097))),
            case(8, *(recalled(days, "level1.ordered.late") for days in (1, 0))),
            case(0.5, *(recalled(days, "level3.voluntary.on_time") for days in (1096, 1097))),
        ],
        "late": [case(2, recalled(9, VOLUNTARY), late(recalled(9, ORDERED)))],
        "withdrawn": [
            case(2, recalled(9, VOLUNTARY), undone(recalled(9, ORDERED))),
            case(7, recalled(9, VOLUNTARY), restored(recalled(9, ORDERED))),
        ],
        "missing": [case(0)],
    },
    "CC14": {
        "value": [case(2, accident(9, "outbreak", 1), accident(90, "mass", 2))],
        "edge": [
            case(2, accident(1826, "mass", 2), accident(1827, "death", 3)),
            case(2, accident(1, "mass", 2), accident(0, "death", 3)),
        ],
        "late": [case(1, accident(9, "outbreak", 1), late(accident(90, "mass", 2)))],
        "withdrawn": [
            case(0, undone(accident(9, "death", 3))),
            case(3, restored(accident(9, "death", 3))),
        ],
        "missing": [case(0)],
    },
    "CC15": {
        "value": [
            case(1, sued(9), sued(9, "plaintiff.contract"), sued(9, "defendant.other")),
            case(
                log2(5),
                sued(9),
                sued(9, "defendant.product_liability"),
                sued(9, "defendant.labour"),
                sued(9, "defendant.lending"),
            ),
        ],
        "edge": [case(1, sued(1096), sued(1097)), case(1, sued(1), sued(0))],
        "late": [case(0, late(sued(9))), case(1, in_time(sued(9)))],
        "withdrawn": [case(0, undone(sued(9))), case(1, restored(sued(9)))],
        "missing": [case(0)],
    },
    "CC16": {
        "value": [
            # a story counts once, as credible as its most credible teller
            case(0.75 + 0.5, told(9, 1, 0.25), told(8, 1, 0.75), told(7, 1, 0.5), told(9, 2, 0.5)),
            case(0.5, told(9, 1, 0.5), told(9, 2, 0.75, "general.negative.price")),
            # a piece that praises, or takes no side, is no bad word
            case(0.5, told(9, 1, 0.5), told(9, 2, 0.75, "food.positive.hygiene")),
            case(0.5, told(9, 1, 0.5), told(9, 1, 0.75, "food.neutral.hygiene")),
        ],
        "edge": [
            case(0.5, told(91, 1, 0.5), told(92, 2, 0.75)),
            case(0.5, told(91, 1, 0.5), told(92, 1, 0.75)),
            case(0.5, told(1, 1, 0.5), told(0, 2, 0.75)),
        ],
        "late": [case(0.25, told(9, 1, 0.25), late(told(8, 1, 0.75)))],
        "withdrawn": [
            case(0.25, told(9, 1, 0.25), undone(told(8, 1, 0.75))),
            case(0.75, told(9, 1, 0.25), restored(told(8, 1, 0.75))),
        ],
        "missing": [case(0)],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
