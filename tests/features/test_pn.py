"""Penalties and negative lists 处罚与负面名单: each indicator by cases worked by hand."""

from math import log10
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
    mended,
    mended_late,
    restored,
    undone,
    worked,
)

MONTH = 365.25 / 12
REMOVED = (ended(TODAY - 1),)


def fined(days: int, code: str = "market.food.label", **more: Any) -> Record:
    return ago(days, "penalty", code, **{"severity": 2, "value": 1.5, **more})


def detained(code: str) -> Record:
    return ago(9, "penalty.kind", code, severity=6)


def broke(days: int, code: str = "food.label") -> Record:
    """Return what is seen of a penalty by its violation, whoever decided it."""
    return ago(days, "penalty.violation", code, severity=2)


def abnormal(days: int, reason: str = "report_missing", severity: float = 1, **more: Any) -> Record:
    return ago(days, "list_entry", f"abnormal.{reason}", severity=severity, **more)


def serious(days: int, **more: Any) -> Record:
    return ago(days, "list_entry", "serious_dishonesty.unlicensed", severity=1, **more)


def listed(days: int, code: str, **more: Any) -> Record:
    return ago(days, "list_entry", code, **more)


def criticised(
    days: int, what: str = "market.food.", violation: str = "label"
) -> tuple[Record, Record]:
    """Return what is seen of a public criticism: by its violation, and by its kind."""
    return (
        fined(days, what + violation, severity=1, value=0),
        ago(days, "penalty.kind", f"{what}criticism", severity=1),
    )


def due(days: int, within: float, **more: Any) -> Record:
    return ago(days, "penalty.due", "market.food", severity=2, value=within, **more)


CASES: Table = {
    "PN01": {
        "value": [
            case(4, abnormal(90, "unreachable", 3), abnormal(80, "concealment", 4)),
            case(
                3,
                abnormal(90, "unreachable", 3),
                abnormal(80, "concealment", 4, happened=REMOVED),
            ),
            case(1, abnormal(5000)),
            case(0, serious(9)),
        ],
        "late": [
            case(0, late(abnormal(9))),
            case(1, abnormal(9, happened=(ended(TODAY - 5, TODAY),))),
            case(0, abnormal(9, happened=(ended(TODAY - 5, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(abnormal(9))), case(1, restored(abnormal(9)))],
        "repaired": [case(1, mended(abnormal(9))), case(0, mended(abnormal(9, happened=REMOVED)))],
        "missing": [case(0)],
    },
    "PN02": {
        "value": [case(2, abnormal(9), abnormal(400, happened=REMOVED), serious(9))],
        "edge": [
            case(1, abnormal(1096), abnormal(1097)),
            case(1, abnormal(1), abnormal(0)),
        ],
        "late": [case(1, late(abnormal(9)), in_time(abnormal(9)))],
        "withdrawn": [case(0, undone(abnormal(9))), case(1, restored(abnormal(9)))],
        "repaired": [case(1, mended(abnormal(9)))],
        "missing": [case(0)],
    },
    "PN03": {
        "value": [
            case(1, serious(9), serious(8)),
            case(1, serious(5000)),
            case(0, serious(9, happened=REMOVED)),
            case(0, abnormal(9)),
        ],
        "late": [
            case(0, late(serious(9))),
            case(1, serious(9, happened=(ended(TODAY - 5, TODAY),))),
        ],
        "withdrawn": [case(0, undone(serious(9))), case(1, restored(serious(9)))],
        "repaired": [case(1, mended(serious(9))), case(0, mended(serious(9, happened=REMOVED)))],
        "missing": [case(0)],
    },
    "PN04": {
        "value": [
            case(2, serious(9, happened=REMOVED), serious(900, ended=TODAY - 1), serious(9)),
            case(0, serious(9)),
            case(0, serious(9, ended=TODAY)),
        ],
        "edge": [
            case(1, *(serious(days, happened=REMOVED) for days in (1826, 1827))),
            case(1, *(serious(days, happened=REMOVED) for days in (2, 0))),
        ],
        "late": [
            case(0, serious(9, happened=(ended(TODAY - 5, TODAY),))),
            case(1, serious(9, happened=(ended(TODAY - 5, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(serious(9, ended=TODAY - 2)))],
        "repaired": [case(1, mended(serious(9, ended=TODAY - 2)))],
        "missing": [case(0)],
    },
    "PN05": {
        "value": [
            case(2, listed(9, "judgment_defaulter.evasion")),
            case(1, listed(9, "consumption_limit.")),
            case(2, listed(9, "consumption_limit."), listed(9, "judgment_defaulter.other")),
            case(
                1,
                listed(9, "consumption_limit."),
                listed(9, "judgment_defaulter.other", happened=REMOVED),
            ),
        ],
        "late": [
            case(0, late(listed(9, "judgment_defaulter.evasion"))),
            case(2, listed(9, "judgment_defaulter.other", happened=(ended(TODAY - 5, TODAY),))),
        ],
        "withdrawn": [
            case(0, undone(listed(9, "judgment_defaulter.evasion"))),
            case(2, restored(listed(9, "judgment_defaulter.evasion"))),
        ],
        "repaired": [case(2, mended(listed(9, "judgment_defaulter.evasion")))],
        "missing": [case(0)],
    },
    "PN06": {
        "value": [
            case(2, fined(9), fined(30, "market.general.price")),
            case(1, fined(9), fined(9, severity=1), fined(9, "other.general.tax")),
            # a criticism weighs as a warning does, and counts
            case(2, fined(9), *criticised(9), *criticised(9, "other.food.", "label")),
            case(1, *criticised(9, "market.general.", "price")),
        ],
        "edge": [
            case(1, fined(1096), fined(1097)),
            case(1, fined(1), fined(0)),
            case(1, *criticised(1096), *criticised(1097)),
            case(1, *criticised(1), *criticised(0)),
        ],
        "late": [case(0, late(fined(9))), case(1, in_time(fined(9)))],
        "withdrawn": [case(1, undone(fined(9)), fined(9)), case(1, restored(fined(9)))],
        "repaired": [
            case(1, mended(fined(9)), fined(9)),
            case(1, mended_late(fined(9))),
            case(0, *map(mended, criticised(9))),
        ],
        "missing": [case(0)],
    },
    "PN07": {
        "value": [
            case(1, fined(9), fined(30, value=7.5)),
            case(log10(2.5), fined(9), fined(9, "other.general.tax", value=30)),
            case(0, fined(9, value=0)),
        ],
        "edge": [
            case(1, fined(1096, value=9), fined(1097)),
            case(1, fined(1, value=9), fined(0)),
        ],
        "late": [case(1, fined(9, value=9), late(fined(9)))],
        "withdrawn": [case(0, undone(fined(9))), case(1, restored(fined(9, value=9)))],
        "repaired": [case(0, mended(fined(9))), case(1, mended_late(fined(9, value=9)))],
        "missing": [case(0)],
    },
    "PN08": {
        "value": [
            case(4, fined(9), fined(9, severity=4)),
            case(1, fined(9, severity=1)),
            case(2, fined(9), fined(9, "other.food.label", severity=5)),
            # the police detain whom a market regulator cannot
            case(6, fined(9, severity=5), detained("other.food.detention")),
            case(6, detained("other.general.detention")),
            case(0, detained("other.food.revocation")),
        ],
        "edge": [
            case(5, fined(1096, severity=5), fined(1097, severity=6)),
            case(5, fined(1, severity=5), fined(0, severity=6)),
        ],
        "late": [case(2, fined(9), late(fined(9, severity=4)))],
        "withdrawn": [
            case(2, fined(9), undone(fined(9, severity=4))),
            case(4, fined(9), restored(fined(9, severity=4))),
        ],
        "repaired": [case(2, fined(9), mended(fined(9, severity=4)))],
        "missing": [case(0)],
    },
    "PN09": {
        "value": [
            case(2, fined(9), fined(9, "other.food.label"), fined(9, "market.general.price"))
        ],
        "edge": [case(1, fined(365), fined(366)), case(1, fined(1), fined(0))],
        "late": [case(0, late(fined(9))), case(1, in_time(fined(9)))],
        "withdrawn": [case(0, undone(fined(9))), case(1, restored(fined(9)))],
        "repaired": [case(0, mended(fined(9))), case(1, mended_late(fined(9)))],
        "missing": [case(0)],
    },
    "PN10": {
        "value": [
            case(1, broke(9), broke(374)),
            case(0, broke(9), broke(375)),
            case(2, broke(9), broke(100), broke(200)),
            case(0, broke(9), broke(9)),
            case(0, fined(9), fined(100)),
            case(0, broke(9), broke(100, "food.hygiene")),
            case(0, broke(9, "general.price"), broke(100, "general.price")),
        ],
        "edge": [
            # the repeat lies in the window, what it repeats may lie before it
            case(1, broke(730), broke(900)),
            case(0, broke(731), broke(900)),
            case(0, broke(0), broke(9)),
        ],
        "late": [case(0, broke(9), late(broke(100))), case(1, broke(9), in_time(broke(100)))],
        "withdrawn": [
            case(0, broke(9), undone(broke(100))),
            case(1, broke(9), restored(broke(100))),
        ],
        "repaired": [case(0, broke(9), mended(broke(100))), case(0, mended(broke(9)), broke(100))],
        "missing": [case(0)],
    },
    "PN11": {
        "value": [
            case(9 / MONTH, fined(9), fined(400)),
            case(400 / MONTH, fined(9, "market.general.price"), fined(400)),
        ],
        "edge": [
            case(1826 / MONTH, fined(1826)),
            case(60, fined(1827)),
            case(1 / MONTH, fined(1), fined(0)),
        ],
        "late": [case(400 / MONTH, late(fined(9)), fined(400))],
        "withdrawn": [
            case(400 / MONTH, undone(fined(9)), fined(400)),
            case(9 / MONTH, restored(fined(9)), fined(400)),
        ],
        "repaired": [case(400 / MONTH, mended(fined(9)), fined(400))],
        "missing": [case(60)],
    },
    "PN12": {
        "value": [
            # due 15 days after it was decided, and overdue from the day after that
            case(1, due(16, 15), due(15, 15), due(9, 15)),
            case(2, due(5000, 15), due(90, 60)),
            case(0, due(90, 15, happened=REMOVED)),
        ],
        "late": [
            case(0, late(due(90, 15))),
            case(1, due(90, 15, happened=(ended(TODAY - 5, TODAY),))),
            case(0, due(90, 15, happened=(ended(TODAY - 5, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(due(90, 15))), case(1, restored(due(90, 15)))],
        "repaired": [case(1, mended(due(90, 15)))],
        "missing": [case(0), case(0, fined(90))],
    },
    "PN13": {
        "value": [
            case(3, fined(9, "other.general.tax"), listed(9, "tax_arrears.other")),
            case(1, fined(9, "other.food.label"), fined(9)),
            case(2, listed(9, "tax_arrears.other", happened=REMOVED), abnormal(9)),
        ],
        "edge": [
            case(
                3,
                *(fined(days, "other.general.tax") for days in (1096, 1097, 0)),
                *(listed(days, "tax_arrears.") for days in (1096, 1097, 0)),
            ),
            case(3, fined(1, "other.general.tax"), listed(1, "tax_arrears.")),
        ],
        "late": [case(2, late(fined(9, "other.general.tax")), listed(9, "tax_arrears."))],
        "withdrawn": [
            case(2, undone(fined(9, "other.general.tax")), listed(9, "tax_arrears.")),
            case(2, restored(listed(9, "tax_arrears."))),
        ],
        "repaired": [case(1, mended(fined(9, "other.general.tax")))],
        "missing": [case(0)],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
