"""Evaluations and awards 评价与表彰记录: each indicator by cases worked by hand."""

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
    not_for,
    restored,
    undone,
    worked,
)

YEAR = 365.25


def certified(code: str, **more: Any) -> Record:
    return ago(99, "certificate", code, **more)


def certificates(*codes: str) -> dict[str, list[Case]]:
    """Return the cases of a certificate: it holds through its last day, if that is known."""
    return {
        "value": [
            *(case(1, certified(code)) for code in codes),
            case(1, *map(certified, codes), certified(codes[0])),
            case(1, certified(codes[0], ended=TODAY)),
            case(0, certified(codes[0], ended=TODAY - 1)),
            case(0, certified("other")),
        ],
        "late": [
            case(0, late(certified(codes[0]))),
            case(1, certified(codes[0], happened=(ended(TODAY - 9, TODAY),))),
            case(0, certified(codes[0], happened=(ended(TODAY - 9, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(certified(codes[0]))), case(1, restored(certified(codes[0])))],
        "missing": [case(0)],
    }


def awarded(days: int, code: str, severity: float) -> Record:
    return ago(days, "award", code, severity=severity)


def rated(days: int, rating: str) -> Record:
    return ago(days, "tax_rating", rating, severity="ABMCD".index(rating))


def fined(days: int, code: str = "market.food.label", **more: Any) -> Record:
    return ago(days, "penalty", code, **{"severity": 2, **more})


def failed(days: int) -> Record:
    return ago(days, "sampling", "fail.0401.lead", severity=4)


def recalled(days: int, code: str) -> Record:
    return ago(days, "recall", code, severity=2)


def licence(days: int) -> Record:
    return ago(days, "licence", "main:a.0401")


def checked(days: int, code: str = "daily.on_time") -> Record:
    return ago(days, "self_control", code)


def serious(days: int, **more: Any) -> Record:
    return ago(days, "list_entry", "serious_dishonesty.other", severity=1, **more)


def abnormal(days: int, **more: Any) -> Record:
    return ago(days, "list_entry", "abnormal.unreachable", severity=3, **more)


PRICE = "market.general.price"
REMOVED = (ended(TODAY - 2),)
DONE = mended(fined(500))

CASES: Table = {
    "EA01": certificates("haccp"),
    "EA02": certificates("iso22000", "fssc22000"),
    "EA03": certificates("gmp"),
    "EA04": {
        "value": [case(2, awarded(9, "city", 1), awarded(90, "province", 2))],
        "edge": [
            case(1, awarded(1096, "city", 1), awarded(1097, "nation", 3)),
            case(1, awarded(1, "city", 1), awarded(0, "nation", 3)),
        ],
        "late": [case(1, awarded(9, "city", 1), late(awarded(90, "province", 2)))],
        "withdrawn": [
            case(0, undone(awarded(9, "city", 1))),
            case(1, restored(awarded(9, "city", 1))),
        ],
        "missing": [case(0)],
    },
    "EA05": {
        "value": [case(0, rated(400, "D"), rated(30, "A")), case(3, rated(700, "C"))],
        "edge": [
            case(4, rated(730, "D")),
            case(2, rated(731, "D")),
            case(4, rated(1, "D"), rated(0, "A")),
        ],
        "late": [case(4, rated(400, "D"), late(rated(30, "A")))],
        "withdrawn": [
            case(4, rated(400, "D"), undone(rated(30, "A"))),
            case(0, rated(400, "D"), restored(rated(30, "A"))),
        ],
        "missing": [case(2)],
    },
    "EA06": {
        "value": [
            case(731 / YEAR, failed(731), fined(1461)),
            case(9 / YEAR, ago(9, "incident", "mass", severity=2), fined(1461)),
            case(9 / YEAR, recalled(9, "level2.ordered.late"), fined(1461)),
            case(1461 / YEAR, recalled(9, "level2.voluntary.late"), fined(1461), fined(9, PRICE)),
            case(5, licence(3000), failed(2000)),
            case(731 / YEAR, licence(731), licence(9)),
        ],
        "late": [case(1461 / YEAR, late(failed(731)), fined(1461))],
        "withdrawn": [
            case(1461 / YEAR, undone(failed(731)), fined(1461)),
            case(731 / YEAR, restored(failed(731)), fined(1461)),
        ],
        "repaired": [case(731 / YEAR, mended(fined(731)), licence(1461))],
        "population": [not_for("entity", licence(1461)), not_for("entity", failed(731))],
        "missing": [case(0)],
    },
    "EA07": {
        "value": [
            case(0.5, checked(9), checked(8, "weekly.missed")),
            case(0.25, checked(9), *(checked(d, "monthly.late") for d in (8, 40, 70))),
            case(1, checked(9), checked(9, "self_inspection.on_time"), population="operator"),
            case(0, checked(9, "daily.missed")),
        ],
        "edge": [
            case(1, checked(365), checked(366, "daily.missed")),
            case(0, checked(365, "daily.missed"), checked(366)),
            case(1, checked(1), checked(0, "daily.missed")),
        ],
        "late": [
            case(1, checked(9), late(checked(8, "daily.missed"))),
            case(0.5, checked(9), in_time(checked(8, "daily.missed"))),
        ],
        "withdrawn": [
            case(1, checked(9), undone(checked(8, "daily.missed"))),
            case(0.5, checked(9), restored(checked(8, "daily.missed"))),
        ],
        "population": [not_for("entity", checked(9))],
        "missing": [case(0)],
    },
    "EA08": {
        "value": [
            case(0.5, DONE, fined(500)),
            case(0.25, DONE, fined(500), serious(500), abnormal(5)),
            # the list of serious dishonesty and the abnormal list count while they are open
            case(1, DONE, serious(500, happened=REMOVED), abnormal(500, happened=REMOVED)),
            case(
                0.75,
                *(mended(each(500, happened=REMOVED)) for each in (serious, abnormal)),
                DONE,
                fined(600),
            ),
            case(0.5, mended(fined(500, PRICE)), fined(500)),
            # a warning needs no repair
            case(1, DONE, fined(500, severity=1)),
            case(0, mended(fined(500, severity=1)), fined(500)),
        ],
        "edge": [
            # a penalty may be repaired a year after it was decided if it concerns food
            case(0.5, DONE, fined(366)),
            case(1, DONE, fined(365)),
            # after three months if not
            case(0.5, DONE, fined(92, PRICE)),
            case(1, DONE, fined(91, PRICE)),
            case(0.5, DONE, serious(366)),
            case(1, DONE, serious(365)),
            case(0.5, DONE, abnormal(1)),
            case(1, DONE, abnormal(0)),
            # three years later it is too late
            case(0.5, DONE, fined(1096), fined(1097)),
            case(0.5, DONE, fined(1096, PRICE), fined(1097, PRICE)),
            case(1 / 3, DONE, serious(1096), abnormal(1096), serious(1097), abnormal(1097)),
            case(0, mended(fined(1097)), fined(500)),
            case(0.5, mended(fined(1096)), fined(500)),
        ],
        "late": [
            case(1, DONE, late(fined(500))),
            case(0.5, DONE, in_time(fined(500))),
            case(0.5, DONE, abnormal(500, happened=(ended(TODAY - 5, TODAY),))),
        ],
        "withdrawn": [
            case(1, DONE, undone(fined(500))),
            case(0.5, DONE, restored(fined(500))),
            case(0, undone(DONE), fined(500)),
        ],
        "repaired": [
            case(0, fined(500)),
            case(1, mended(fined(500))),
            case(0, mended_late(fined(500))),
            case(0.5, mended(serious(500)), serious(500)),
            case(1, mended(abnormal(5))),
        ],
        "missing": [case(1), case(1, fined(9))],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
