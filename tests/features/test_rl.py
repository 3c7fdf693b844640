"""Registration and licences 登记与许可信息: each indicator by cases worked by hand."""

from typing import Any

import pytest

from xinheng.core.time import NEVER, day

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


def licence(days: int, code: str, until: int = NEVER, **more: Any) -> Record:
    return ago(days, "licence", code, ended=until, **more)


def allowed(days: int, category: str, until: int = NEVER, **more: Any) -> Record:
    return ago(days, "licence.category", category, ended=until, **more)


def done(days: int, code: str, severity: float, **more: Any) -> Record:
    return ago(days, "licence_event", f"production.{code}", severity=severity, **more)


def operating(act: str) -> Record:
    """Return what was done to the licence of a shop that the producer has too."""
    return ago(4, "licence_event", f"operation.{act}")


def status(code: str, severity: float) -> Record:
    return ago(9, "enterprise.status", code, severity=severity)


def established(on: str) -> Record:
    return Record("enterprise.established", day(on), value=day(on))


def reported(year: int, filed: str = "") -> Record:
    """Return what is seen of an annual report on the day that it was due."""
    due, on = day(f"{year + 1}-06-30"), day(filed or f"{year + 1}-03-10")
    code = "late" if on > due else "on_time"
    return Record("annual_report.due", due, on, code=code, case=year)


def published(days: int, code: str) -> Record:
    return ago(days, "disclosure", code)


def tagged(days: int, tag: str, **more: Any) -> Record:
    return ago(days, "product", tag, **more)


def staff(**more: Any) -> Record:
    return ago(500, "staff", "officer", **more)


def exam(days: int, *, passed: bool) -> Record:
    code = "officer.passed" if passed else "officer.failed"
    return ago(days, "staff_exam", code, severity=0 if passed else 1)


OLD = established("2010-05-05")
# As of 2 March 2026 the last three deadlines are those of the reports of 2022, 2023 and 2024.
THREE = reported(2022), reported(2023), reported(2024)
BISCUITS = licence(500, "main:a.0801")
EXPIRED = licence(500, "main:a.0801", TODAY - 1)
MISSED = published(9, "licence.missed")

CASES: Table = {
    "RL01": {
        "value": [
            case(0, OLD, *THREE),
            case(1, OLD, reported(2022), reported(2024)),
            case(1, OLD, reported(2022), reported(2023), reported(2024, "2025-07-01")),
            case(0, OLD, reported(2022), reported(2023), reported(2024, "2025-06-30")),
            case(2, OLD, reported(2023)),
            case(3, OLD),
            # reports are due from the year after the enterprise was established
            case(3, established("2022-12-31")),
            case(2, established("2023-01-01")),
            case(1, established("2024-01-01")),
            case(0, established("2025-01-01")),
            # the first deadline of all was that of 2015
            case(2, OLD, as_of="2016-07-01"),
            case(0, OLD, as_of="2015-06-30"),
        ],
        "edge": [
            # the report of 2024 may be filed on 30 June 2025, and is missed from the day after
            case(0, OLD, reported(2021), reported(2022), reported(2023), as_of="2025-06-30"),
            case(1, OLD, reported(2021), reported(2022), reported(2023), as_of="2025-07-01"),
            case(0, OLD, *THREE[:2], reported(2024, "2025-06-30"), as_of="2025-07-01"),
            # the deadline of 30 June 2022 is the third last until that of 2025 has passed
            case(1, OLD, reported(2022), reported(2023), as_of="2025-06-30"),
            case(0, OLD, *THREE, as_of="2025-07-01"),
            case(2, OLD, reported(2022), reported(2024), as_of="2026-07-01"),
        ],
        "late": [
            case(1, OLD, *THREE[:2], late(reported(2024))),
            case(0, OLD, *THREE[:2], in_time(reported(2024))),
        ],
        "withdrawn": [
            case(1, OLD, *THREE[:2], undone(reported(2024))),
            case(0, OLD, *THREE[:2], restored(reported(2024))),
        ],
        "missing": [case(0), case(0, reported(2024))],
    },
    "RL02": {
        "value": [
            case(
                8,
                *(
                    published(9, f"{item}.{how}")
                    for item in ("licence", "penalty", "equity", "pledge")
                    for how in ("missed", "late", "on_time")
                ),
                published(9, "other.missed"),
                published(9, "intellectual_property.late"),
            )
        ],
        "edge": [
            case(1, published(1096, "licence.missed"), published(1097, "licence.missed")),
            case(1, published(1, "licence.missed"), published(0, "licence.missed")),
        ],
        "late": [case(0, late(MISSED)), case(1, in_time(MISSED))],
        "withdrawn": [case(0, undone(MISSED)), case(1, restored(MISSED))],
        "missing": [case(0)],
    },
    "RL03": {
        "value": [
            case(0, BISCUITS),
            case(0, BISCUITS, done(9, "renewed", 0)),
            case(1, BISCUITS, done(9, "cancelled", 1)),
            case(2, BISCUITS, done(9, "suspended", 2)),
            case(0, BISCUITS, done(9, "suspended", 2), done(5, "renewed", 0)),
            case(0, BISCUITS, done(9, "suspended", 2), done(5, "granted", 0)),
            case(2, BISCUITS, done(9, "renewed", 0), done(5, "suspended", 2)),
            case(0, BISCUITS, done(9, "cancelled", 1), done(5, "renewed", 0)),
            case(0, BISCUITS, done(9, "cancelled", 1), done(5, "granted", 0)),
            # neither a change of the licence nor what is done to another lifts a suspension
            case(
                2, BISCUITS, done(9, "suspended", 2), done(5, "changed", 0), done(4, "reissued", 0)
            ),
            case(2, BISCUITS, done(9, "suspended", 2), operating("granted"), operating("renewed")),
            case(0, BISCUITS, operating("suspended"), operating("cancelled"), operating("revoked")),
            case(2, BISCUITS, done(9, "suspended", 2), done(5, "cancelled", 1)),
            case(0, BISCUITS, done(9, "suspended", 2, happened=(ended(TODAY - 2),))),
            case(1, BISCUITS, done(30, "cancelled", 1), done(9, "suspended", 2, ended=TODAY - 1)),
            case(2, BISCUITS, done(9, "suspended", 2, ended=TODAY)),
            case(4, BISCUITS, done(9, "revoked", 4)),
            case(4, EXPIRED, done(9, "withdrawn", 4)),
            case(4, BISCUITS, done(9, "revoked", 4), done(5, "renewed", 0), operating("granted")),
            case(0, BISCUITS, done(9, "revoked", 4), done(5, "granted", 0)),
            case(3, EXPIRED, status("active", 0)),
            case(3, EXPIRED, done(9, "suspended", 2)),
            case(3, licence(500, "main:a.")),
            case(0, EXPIRED, status("stopped", 2)),
            case(0, licence(500, "main:a.0801", TODAY)),
        ],
        "late": [
            case(0, BISCUITS, late(done(9, "revoked", 4))),
            case(3, late(BISCUITS)),
            case(0, ago(500, "licence", "main:a.0801", happened=(ended(TODAY - 9, TODAY),))),
        ],
        "withdrawn": [
            case(0, BISCUITS, undone(done(9, "revoked", 4))),
            case(4, BISCUITS, restored(done(9, "revoked", 4))),
            case(3, undone(BISCUITS)),
        ],
        "population": [not_for("operator", BISCUITS), not_for("entity", BISCUITS)],
        "missing": [case(3)],
    },
    "RL04": {
        "value": [
            case(30, licence(9, "main:a.0401", TODAY + 30), licence(9, "main:b.0401", TODAY + 90)),
            case(0, licence(9, "main:a.0401", TODAY)),
            case(-1, licence(9, "main:a.0401", TODAY - 1)),
            case(1826, licence(9, "main:a.0401")),
            case(30, licence(9, "main:a.", TODAY + 30), population="operator"),
        ],
        "late": [
            case(-1, late(licence(9, "main:a.0401", TODAY + 30))),
            case(-1, licence(9, "main:a.0401", happened=(ended(TODAY - 5, TODAY - 1),))),
            case(1826, licence(9, "main:a.0401", happened=(ended(TODAY - 5, TODAY),))),
        ],
        "withdrawn": [
            case(-1, undone(licence(9, "main:a.0401", TODAY + 30))),
            case(30, restored(licence(9, "main:a.0401", TODAY + 30))),
        ],
        "population": [not_for("entity", BISCUITS)],
        "missing": [case(-1), case(-1, population="operator")],
    },
    "RL05": {
        "value": [
            case(34, licence(9, "main:a.0101", value=13.5), licence(9, "main:a.0401", value=34)),
            case(13.5, licence(9, "main:a.0101", value=13.5), licence(9, "main:a.")),
            case(13.5, licence(9, "main:a.0101", TODAY, value=13.5)),
        ],
        "late": [case(40, late(licence(9, "main:a.0101", value=13.5)))],
        "withdrawn": [
            case(40, undone(licence(9, "main:a.0101", value=13.5))),
            case(13.5, restored(licence(9, "main:a.0101", value=13.5))),
        ],
        "population": [
            not_for("operator", licence(9, "main:a.0101", value=13.5)),
            not_for("entity"),
        ],
        "missing": [
            case(40),
            case(40, licence(9, "main:a.")),
            case(40, licence(9, "main:a.0401", TODAY - 1, value=34)),
        ],
    },
    "RL06": {
        "value": [
            case(2, *(allowed(9, code) for code in ("0101", "0401"))),
            case(1, allowed(9, "0101"), allowed(400, "0101")),
            case(1, allowed(9, "0101"), allowed(9, "0401", TODAY - 1)),
            # a category that two licences allow is one
            case(1, allowed(9, "0101", case=1), allowed(9, "0101", case=2)),
            case(0, licence(9, "main:a.0101")),
        ],
        "late": [case(1, allowed(9, "0101"), late(allowed(9, "0401")))],
        "withdrawn": [
            case(1, allowed(9, "0101"), undone(allowed(9, "0401"))),
            case(2, allowed(9, "0101"), restored(allowed(9, "0401"))),
        ],
        "population": [not_for("operator", BISCUITS), not_for("entity", BISCUITS)],
        "missing": [case(0)],
    },
    "RL07": {
        "value": [
            case(1, licence(9, "main:a.2701"), licence(9, "main:a.3002")),
            case(1, licence(9, "main:a.3001")),
            case(1, licence(9, "main:a.3002")),
            case(1, licence(9, "main:a.2801")),
            case(1, licence(9, "main:a.2901")),
            case(0, licence(9, "main:a.3003"), licence(9, "main:a.2601")),
            case(0, licence(9, "main:a.2701", TODAY - 1)),
        ],
        "late": [case(0, late(licence(9, "main:a.2701")))],
        "withdrawn": [
            case(0, undone(licence(9, "main:a.2701"))),
            case(1, restored(licence(9, "main:a.2701"))),
        ],
        "population": [not_for("operator", licence(9, "main:a.2701")), not_for("entity")],
        "missing": [case(0)],
    },
    "RL10": {
        "value": [
            case(2, tagged(9, "local"), tagged(5000, "new_variety"), tagged(9, "")),
            case(2, tagged(9, "local"), tagged(8, "local")),
            case(1, tagged(9, "local", ended=TODAY), tagged(9, "local", ended=TODAY - 1)),
        ],
        "late": [
            case(0, late(tagged(9, "local"))),
            case(1, tagged(9, "local", happened=(ended(TODAY - 5, TODAY),))),
            case(0, tagged(9, "local", happened=(ended(TODAY - 5, TODAY - 1),))),
        ],
        "withdrawn": [case(0, undone(tagged(9, "local"))), case(1, restored(tagged(9, "local")))],
        "missing": [case(0)],
    },
    "RL11": {
        "value": [
            case(0, staff(), exam(9, passed=True)),
            case(0, staff(), exam(30, passed=False), exam(9, passed=True)),
            case(1, staff(), exam(30, passed=True), exam(9, passed=False)),
            case(1, staff()),
            case(1, exam(9, passed=True)),
            case(1, staff(ended=TODAY - 1), exam(9, passed=True)),
            case(0, staff(ended=TODAY), exam(9, passed=True), population="operator"),
            case(2, exam(9, passed=False)),
            case(0, ago(500, "staff", "director"), exam(9, passed=True)),
        ],
        "edge": [
            case(0, staff(), exam(365, passed=True)),
            case(1, staff(), exam(366, passed=True)),
            case(0, staff(), exam(1, passed=True)),
            case(1, staff(), exam(0, passed=True)),
        ],
        "late": [
            case(1, staff(), late(exam(9, passed=True))),
            case(1, late(staff()), exam(9, passed=True)),
            case(0, in_time(staff()), in_time(exam(9, passed=True))),
        ],
        "withdrawn": [
            case(1, staff(), undone(exam(9, passed=True))),
            case(0, staff(), restored(exam(9, passed=True))),
            case(1, undone(staff()), exam(9, passed=True)),
        ],
        "population": [not_for("entity", staff(), exam(9, passed=True))],
        "missing": [case(2)],
    },
}


@pytest.mark.parametrize(("name", "each"), worked(CASES))
def test_an_indicator_has_the_value_worked_out_by_hand(name: str, each: Case) -> None:
    check(name, each)
