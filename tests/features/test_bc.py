"""Operation and changes 经营与变更情况: each indicator by cases worked by hand."""

from math import log10
from typing import Any

import pytest

from xinheng.core.time import day

from .histories import Record
from .worked import (
    TODAY,
    Case,
    Table,
    ago,
    case,
    check,
    in_time,
    late,
    restored,
    undone,
    worked,
)


def established(on: str, **more: Any) -> Record:
    return ago(40, "enterprise.established", value=day(on), **more)


def begun(days: int) -> Record:
    return ago(40, "enterprise.established", value=TODAY - days)


def capital(days: int, amount: float) -> Record:
    return ago(days, "enterprise.capital", value=amount)


def status(days: int, code: str, severity: float) -> Record:
    return ago(days, "enterprise.status", code, severity=severity)


def changed(days: int, item: str, **more: Any) -> Record:
    return ago(days, "change", item, **more)


def legal(days: int) -> Record:
    return changed(days, "legal_representative")


def reduced(days: int, share: float) -> Record:
    return changed(days, "capital", value=share)


def insured(days: int, people: float) -> Record:
    return ago(days, "insurance", value=people)


def burden(days: int, code: str, **more: Any) -> Record:
    return ago(days, "encumbrance", code, **more)


def reported(year: int, known: str = "", **figures: float) -> tuple[Record, ...]:
    """Return what is seen of an annual report, filed on 1 February of the year that follows."""
    end, filed = day(f"{year}-12-31"), day(known or f"{year + 1}-02-01")
    return (
        Record("annual_report.year", end, filed, case=year),
        *(
            Record(f"annual_report.{name}", end, filed, case=year, value=value)
            for name, value in figures.items()
        ),
    )


def paid(year: int, amount: float, known: str = "") -> tuple[Record, ...]:
    return reported(year, known, paid_in=amount)


def owing(year: int, ratio: float, known: str = "") -> tuple[Record, ...]:
    return reported(year, known, leverage=ratio)


def earned(year: int, amount: float, known: str = "") -> tuple[Record, ...]:
    return reported(year, known, revenue=amount)


HUNDRED = capital(900, 100)

CASES: Table = {
    "BC01": {
        "value": [
            case((day("2026-03-02") - day("2016-03-02")) / 365.25, established("2016-03-02")),
            case(1 / 365.25, established("2026-03-01")),
        ],
        "late": [case(0, late(established("2016-03-02")))],
        "withdrawn": [
            case(0, undone(established("2016-03-02"))),
            case(3652 / 365.25, restored(established("2016-03-02"))),
        ],
        "missing": [case(0)],
    },
    "BC02": {
        "value": [
            case(1, capital(9, 100), capital(5, 10)),
            case(-2, capital(9, 0.001)),
            case(log10(2500), capital(9, 2500)),
        ],
        "late": [case(2, capital(9, 100), late(capital(5, 10)))],
        "withdrawn": [
            case(2, capital(9, 100), undone(capital(5, 10))),
            case(1, capital(9, 100), restored(capital(5, 10))),
        ],
        "missing": [case(-2), case(-2, capital(9, 0))],
    },
    "BC03": {
        "value": [
            case(0.8, HUNDRED, *paid(2025, 80)),
            case(1, HUNDRED, *paid(2025, 120)),
            case(0, HUNDRED, *paid(2025, 0)),
            case(0.4, HUNDRED, capital(9, 200), *paid(2025, 80)),
            case(0.8, HUNDRED, *paid(2024, 50), *paid(2025, 80)),
        ],
        "edge": [
            # the report of 2024 speaks until that of 2025 is due: 548 days from its last one on
            case(0.5, HUNDRED, *paid(2024, 50), as_of="2025-02-02"),
            case(0.5, HUNDRED, *paid(2024, 50), as_of="2026-07-02"),
            case(0, HUNDRED, *paid(2024, 50), as_of="2026-07-03"),
        ],
        "late": [
            case(0.5, HUNDRED, *paid(2024, 50), *paid(2025, 80, "2026-03-02")),
            case(0.8, HUNDRED, *paid(2024, 50), *paid(2025, 80, "2026-03-01")),
        ],
        "withdrawn": [
            case(0.5, HUNDRED, *paid(2024, 50), *map(undone, paid(2025, 80))),
            case(0.8, HUNDRED, *paid(2024, 50), *map(restored, paid(2025, 80))),
        ],
        "missing": [
            case(0),
            case(0, HUNDRED),
            case(0, *paid(2025, 80)),
            # what the latest report does not tell is missing, whatever an older one told
            case(0, HUNDRED, *paid(2024, 50), *reported(2025)),
        ],
    },
    "BC04": {
        "value": [
            case(-0.2, insured(10, 80), insured(375, 100)),
            case(0.25, insured(40, 90), insured(10, 125), insured(375, 100)),
            case(3, insured(10, 3), insured(375, 0)),  # of one person at least
            # who began less than 18 months ago has no year to compare with, whatever is told
            case(0, begun(547)),
            case(0, begun(547), insured(10, 80), insured(375, 100)),
            case(-0.2, begun(548), insured(10, 80), insured(375, 100)),
            case(-1, begun(548), insured(10, 80)),
        ],
        "edge": [
            case(-0.2, insured(1, 80), insured(366, 100)),
            case(-0.2, insured(183, 80), insured(548, 100)),
            case(-1, insured(184, 80), insured(548, 100)),
            case(-1, insured(183, 80), insured(549, 100)),
            case(-1, insured(183, 80), insured(365, 100)),
        ],
        "late": [
            case(-0.2, insured(40, 80), late(insured(10, 90)), insured(375, 100)),
            case(-0.1, insured(40, 80), in_time(insured(10, 90)), insured(375, 100)),
        ],
        "withdrawn": [
            case(-0.2, insured(40, 80), undone(insured(10, 90)), insured(375, 100)),
            case(-0.1, insured(40, 80), restored(insured(10, 90)), insured(375, 100)),
        ],
        "missing": [case(-1), case(-1, insured(10, 80)), case(-1, insured(375, 100))],
    },
    "BC05": {
        "value": [
            case(2, status(9, "stopped", 2)),
            case(0, status(9, "stopped", 2), status(5, "active", 0)),
            case(4, status(5000, "revoked", 4)),
        ],
        "late": [case(2, status(9, "stopped", 2), late(status(5, "active", 0)))],
        "withdrawn": [
            case(0, undone(status(9, "stopped", 2))),
            case(2, restored(status(9, "stopped", 2))),
        ],
        "missing": [case(0)],
    },
    "BC06": {
        "value": [case(2, legal(9), legal(90), changed(9, "name"))],
        "edge": [case(1, legal(730)), case(0, legal(731)), case(1, legal(1)), case(0, legal(0))],
        "late": [case(0, late(legal(9))), case(1, in_time(legal(9)))],
        "withdrawn": [case(1, legal(9), undone(legal(8))), case(1, restored(legal(9)))],
        "missing": [case(0)],
    },
    "BC07": {
        "value": [
            case(
                3,
                changed(9, "name"),
                changed(9, "address"),
                changed(7, "production_address"),
                changed(7, "business_scope"),
            )
        ],
        "edge": [
            case(1, changed(730, "name"), changed(731, "name")),
            case(1, changed(1, "name"), changed(0, "address")),
        ],
        "late": [case(1, late(changed(9, "name")), changed(9, "address"))],
        "withdrawn": [case(0, undone(changed(9, "name"))), case(1, restored(changed(9, "name")))],
        "missing": [case(0)],
    },
    "BC08": {
        "value": [case(2, *(changed(days, "shareholder") for days in (9, 9, 30)))],
        "edge": [
            case(1, changed(730, "shareholder"), changed(731, "shareholder")),
            case(1, changed(1, "shareholder"), changed(0, "shareholder")),
        ],
        "late": [case(1, changed(9, "shareholder"), late(changed(30, "shareholder")))],
        "withdrawn": [
            case(1, changed(9, "shareholder"), undone(changed(9, "shareholder"))),
            case(0, undone(changed(9, "shareholder"))),
            case(1, restored(changed(9, "shareholder"))),
        ],
        "missing": [case(0)],
    },
    "BC09": {
        "value": [case(0.5, reduced(9, 0.2), reduced(30, 0.5)), case(0, reduced(9, -3))],
        "edge": [
            case(0.2, reduced(730, 0.2), reduced(731, 0.5)),
            case(0.2, reduced(1, 0.2), reduced(0, 0.5)),
        ],
        "late": [case(0.2, reduced(9, 0.2), late(reduced(30, 0.5)))],
        "withdrawn": [
            case(0.2, reduced(9, 0.2), undone(reduced(30, 0.5))),
            case(0.5, reduced(9, 0.2), restored(reduced(30, 0.5))),
        ],
        "missing": [case(0), case(0, changed(9, "capital"))],
    },
    "BC10": {
        "value": [
            case(0.75, *owing(2024, 0.3), *owing(2025, 0.75)),
            case(0, *owing(2025, 0)),
            case(2, *owing(2025, 3.5)),
        ],
        "edge": [
            case(0.3, *owing(2024, 0.3), as_of="2026-07-02"),
            case(2, *owing(2024, 0.3), as_of="2026-07-03"),
            case(0.3, *owing(2025, 0.3), as_of="2026-02-02"),
        ],
        "late": [
            case(0.3, *owing(2024, 0.3), *owing(2025, 0.75, "2026-03-02")),
            case(0.75, *owing(2024, 0.3), *owing(2025, 0.75, "2026-03-01")),
        ],
        "withdrawn": [
            case(0.3, *owing(2024, 0.3), *map(undone, owing(2025, 0.75))),
            case(0.75, *owing(2024, 0.3), *map(restored, owing(2025, 0.75))),
        ],
        "missing": [case(2), case(2, *owing(2024, 0.3), *reported(2025, revenue=5))],
    },
    "BC11": {
        "value": [
            case(-0.2, *earned(2024, 100), *earned(2025, 80)),
            case(-1, *earned(2024, 100), *earned(2025, 0)),
            case(1, *earned(2024, 100), *earned(2025, 350)),
            case(0.5, *earned(2023, 70), *earned(2024, 100), *earned(2025, 150)),
            # growth from nothing is no fall
            case(0, *earned(2024, 0), *earned(2025, 80)),
            case(0, *earned(2024, 0), *earned(2025, 0)),
            # two reports are due by 30 June of the second year after that of the establishment
            case(0, established("2024-12-31"), *earned(2024, 100), as_of="2026-06-30"),
            case(0, established("2024-01-01"), *earned(2025, 30), as_of="2026-06-30"),
            case(-1, established("2024-12-31"), *earned(2025, 30), as_of="2026-07-01"),
            case(-1, established("2023-12-31"), *earned(2025, 30), as_of="2026-06-30"),
            # 366 days lie between the ends of 2023 and 2024
            case(-0.2, *earned(2023, 100), *earned(2024, 80), as_of="2025-03-02"),
        ],
        "edge": [
            case(-0.2, *earned(2023, 100), *earned(2024, 80), as_of="2026-07-02"),
            case(-1, *earned(2023, 100), *earned(2024, 80), as_of="2026-07-03"),
            case(-0.2, *earned(2024, 100), *earned(2025, 80), as_of="2027-07-02"),
            case(-1, *earned(2024, 100), *earned(2025, 80), as_of="2027-07-03"),
            case(-0.2, *earned(2024, 100), *earned(2025, 80), as_of="2026-02-02"),
        ],
        "late": [
            case(0.5, *earned(2023, 100), *earned(2024, 150), *earned(2025, 30, "2026-03-02")),
            case(-0.8, *earned(2023, 100), *earned(2024, 150), *earned(2025, 30, "2026-03-01")),
        ],
        "withdrawn": [
            case(-1, *earned(2024, 100), *map(undone, earned(2025, 80))),
            case(-0.2, *earned(2024, 100), *map(restored, earned(2025, 80))),
        ],
        "missing": [
            case(-1),
            case(-1, *earned(2025, 80)),
            case(-1, *earned(2023, 100), *earned(2025, 180)),
            case(-1, *earned(2023, 100), *earned(2024, 180), *reported(2025)),
        ],
    },
    "BC12": {
        "value": [
            case(1, burden(2000, "pledge")),
            case(2, burden(2000, "pledge"), burden(9, "chattel_mortgage")),
            case(3, burden(9, "freeze")),  # two as it holds, one as it was ordered of late
            case(1, burden(9, "freeze", ended=TODAY - 1)),
            case(2, burden(2000, "freeze", ended=TODAY)),
            case(0, burden(2000, "pledge", ended=TODAY - 1)),
        ],
        "edge": [
            case(1, burden(1096, "freeze", ended=TODAY - 1)),
            case(0, burden(1097, "freeze", ended=TODAY - 1)),
            case(3, burden(1, "freeze")),
            case(0, burden(0, "freeze")),
        ],
        "late": [
            case(0, late(burden(9, "freeze"))),
            case(1, late(burden(9, "freeze")), burden(9, "pledge")),
        ],
        "withdrawn": [case(0, undone(burden(9, "freeze"))), case(3, restored(burden(9, "freeze")))],
        "missing": [case(0)],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
