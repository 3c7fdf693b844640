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


def decided(days: int, code: str = "market.food.fine", **more: Any) -> Record:
    return ago(days, "penalty.kind", code, **{"severity": 2, **more})


PRICE = "market.general.price"
MARKET, OTHERS = "market.general.fine", "other.general.fine"
REPAIRABLE = ("fine", "confiscation", "suspension", "other")
LASTING = ("warning", "criticism", "downgrade", "restriction", "stoppage", "closure",
           "occupation_ban", "revocation", "detention")  # fmt: skip
REMOVED = (ended(TODAY - 2),)
DONE = mended(decided(500))

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
            case(0.5, DONE, decided(500)),
            case(0.25, DONE, decided(500), serious(500), abnormal(5)),
            # an entry that was removed was repaired, whether the removal is called that or not
            case(
                0.75,
                DONE,
                serious(500, happened=REMOVED),
                abnormal(5, happened=REMOVED),
                decided(600),
            ),
            case(
                0.75,
                DONE,
                *(mended(each(500, happened=REMOVED)) for each in (serious, abnormal)),
                decided(600),
            ),
            case(0.5, mended(decided(500, OTHERS)), decided(500)),
            # a penalty that was performed is public still
            case(0.5, DONE, decided(500, happened=REMOVED)),
            # kinds that need no repair or have none
            *(case(1, DONE, decided(500, f"market.food.{kind}")) for kind in LASTING),
            *(
                case(0, mended(decided(500, f"market.food.{kind}")), decided(500))
                for kind in LASTING
            ),
            *(
                case(
                    0.25,
                    mended(decided(500, f"{of}.{kind}")),
                    *(
                        decided(500, f"{of}.{kind}")
                        for of in ("market.food", "market.general", "other.general")
                    ),
                )
                for of in ("market.food", "market.general")
                for kind in REPAIRABLE
            ),
        ],
        "edge": [
            # a penalty may be repaired a year after it was decided if it concerns food
            case(0.5, DONE, decided(366)),
            case(1, DONE, decided(365)),
            case(0.5, DONE, decided(366, "other.food.fine")),
            case(1, DONE, decided(365, "other.food.fine")),
            # after six months if a market regulator decided it, after three if another did
            case(0.5, DONE, decided(184, MARKET)),
            case(1, DONE, decided(183, MARKET)),
            case(0.5, DONE, decided(92, OTHERS)),
            case(1, DONE, decided(91, OTHERS)),
            case(0.5, DONE, serious(366)),
            case(1, DONE, serious(365)),
            case(0.5, DONE, abnormal(1)),
            case(1, DONE, abnormal(0)),
            # three years later it is too late
            *(
                case(0.5, DONE, decided(1096, code), decided(1097, code))
                for code in ("market.food.fine", MARKET, OTHERS)
            ),
            case(1 / 3, DONE, serious(1096), abnormal(1096), serious(1097), abnormal(1097)),
            case(0, mended(decided(1097)), decided(500)),
            case(0.5, mended(decided(1096)), decided(500)),
            *(
                case(worth, each(days, happened=REMOVED), decided(500))
                for each in (serious, abnormal)
                for days, worth in ((1096, 0.5), (1097, 0))
            ),
        ],
        "late": [
            case(1, DONE, late(decided(500))),
            case(0.5, DONE, in_time(decided(500))),
            case(0.5, DONE, abnormal(500, happened=(ended(TODAY - 5, TODAY),))),
        ],
        "withdrawn": [
            case(1, DONE, undone(decided(500))),
            case(0.5, DONE, restored(decided(500))),
            case(0, undone(DONE), decided(500)),
        ],
        "repaired": [
            case(0, decided(500)),
            case(1, mended(decided(500))),
            case(0, mended_late(decided(500))),
            case(0.5, mended(serious(500)), serious(500)),
            case(1, mended(abnormal(5))),
        ],
        "missing": [case(1), case(1, decided(9)), case(1, fined(500))],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
