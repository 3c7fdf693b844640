"""Every statutory rule through the real archive: from a department's rows to the rule and back."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import pytest
from stdnum.cn import uscc

from xinheng.archive import Archive, read_source
from xinheng.core.time import day
from xinheng.features import Events
from xinheng.grading import STATUTES

KINDS = {
    "list_entry": ("list", "reason"),
    "licence_event": ("licence", "type", "event"),
    "penalty": ("case", "organ", "food", "violation", "penalty_kind"),
    "incident": ("grade",),
    "lifecycle": ("of", "change"),
}
COMMON = ("enterprise", "number", "occurred", "known")
TOML = 'title = "Made up"\ndepartment = "made-up bureau"\nscheme = "uscc"\n' + (
    '[clocks]\nbackfill = "trusted"\n'
    + "".join(f'[files.{k}]\npath = "{k}.csv"\nreader = "csv"\n' for k in KINDS)
    + "".join(f'[[records]]\nkind = "{k}"\nrows = "{k}"\nsql = "{k}.sql"\n' for k in KINDS)
)
SQL = "SELECT _row, {} FROM {}"
Row = tuple[str, ...]  # kind, number, day (known by its end), and the fields of the kind


@dataclass(frozen=True)
class Case:
    """Records of an enterprise, and the days on which the rule begins and ceases to be met."""

    rule: str
    rows: tuple[Row, ...]
    begins: str
    ceases: str


def entry(name: str, reason: str = "other") -> Row:
    return ("list_entry", "L1", "2025-01-10", name, reason)


def changed(when: str, kind: str, number: str, change: str) -> Row:
    return ("lifecycle", number, when, kind, change)


def fined(number: str, when: str, kind: str = "fine", violation: str = "label") -> Row:
    return ("penalty", number, when, f"case {number}", "market", "true", violation, kind)


REMOVED = changed("2025-06-01", "list_entry", "L1", "ended")
WITHDRAWN = changed("2025-06-01", "list_entry", "L1", "withdrawn")
BACK = "2025-06-02"
CASES = [
    *(
        Case(rule, (entry(name, reason), lifting), "2025-01-11", BACK)
        for rule, name, reason in [
            ("serious_dishonesty", "serious_dishonesty", "unlicensed"),
            ("judgment_defaulter", "judgment_defaulter", "not_performing"),
            ("judgment_defaulter", "judgment_defaulter", "evasion"),
            ("abnormal_operation", "abnormal", "unreachable"),
            ("serious_quality", "serious_quality", "other"),
            ("ecommerce_blacklist", "ecommerce_blacklist", "other"),
            ("prepaid_evasion", "prepaid_evasion", "other"),
        ]
        for lifting in (REMOVED, WITHDRAWN)
    ),
    Case("mortgage_arrears", (entry("mortgage_arrears"), REMOVED), "2025-01-11", "2027-01-11"),
    Case("major_safety_accident", (entry("safety_accident"), WITHDRAWN), "2025-01-11", BACK),
    Case(
        "serious_dishonesty",
        (entry("serious_dishonesty"), changed("2026-02-01", "list_entry", "L1", "repaired")),
        "2025-01-11",
        "2026-02-02",
    ),
    Case("serious_dishonesty", (entry("serious_dishonesty"),), "2025-01-11", "2028-01-12"),
    Case(  # repaired on false material, and back on the list
        "serious_dishonesty",
        (
            entry("serious_dishonesty"),
            changed("2026-02-01", "list_entry", "L1", "repaired"),
            changed("2026-03-01", "list_entry", "L1", "reinstated"),
        ),
        "2026-03-02",
        "2028-01-12",
    ),
    Case(
        "licence_revoked",
        (
            ("licence_event", "E1", "2020-01-10", "SC1", "production", "granted"),
            ("licence_event", "E2", "2025-01-10", "SC1", "production", "revoked"),
            ("licence_event", "E3", "2025-06-01", "SC2", "production", "granted"),
        ),
        "2025-01-11",
        BACK,
    ),
    *(
        Case(
            "production_stopped",
            (fined("P1", "2025-01-10", kind), changed("2025-06-01", "penalty", "P1", "ended")),
            "2025-01-11",
            BACK,
        )
        for kind in ("stoppage", "closure", "restriction")
    ),
    *(
        Case(rule, (("incident", "I1", "2025-01-10", grade),), "2025-01-11", "2028-01-12")
        for rule, grade in [("fatal_food_accident", "death"), ("mass_food_accident", "mass")]
    ),
    Case(
        "three_penalties",
        (
            fined("P1", "2024-08-01", violation="label"),
            fined("P2", "2024-10-01", "warning", violation="hygiene"),
            fined("P3", "2025-01-10", violation="records"),
        ),
        "2025-01-11",
        "2025-08-02",
    ),
    Case(
        "repeated_offence",
        (
            fined("P1", "2024-10-01"),
            fined("P2", "2025-01-10"),
            changed("2025-06-01", "penalty", "P2", "withdrawn"),
        ),
        "2025-01-11",
        BACK,
    ),
]


def code(number: int) -> str:
    body = f"91440300MA5XNG{number:03d}"
    return body + uscc.calc_check_digit(body)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One delivery of one department, in which each case is an enterprise of its own."""
    folder = tmp_path_factory.mktemp("city")
    source, delivery = folder / "source", folder / "delivery"
    source.mkdir()
    delivery.mkdir()
    (source / "source.toml").write_text(TOML, "utf-8")
    for kind, fields in KINDS.items():
        names = (*COMMON, *fields)
        rows = [
            (code(number), row[1], row[2], row[2], *row[3:])
            for number, case in enumerate(CASES)
            for row in case.rows
            if row[0] == kind
        ]
        (source / f"{kind}.sql").write_text(
            SQL.format('"' + '", "'.join(names) + '"', kind), "utf-8"
        )
        with (delivery / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([names, *rows])
    archive = Archive(folder / "archive")
    archive.ingest(read_source(source), delivery, datetime(2026, 6, 1, tzinfo=UTC))
    return archive


def test_the_whole_delivery_was_accepted(archive: Archive) -> None:
    assert archive.held("quarantined").num_rows == 0
    assert len(archive.enterprises()) == len(CASES)


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(STATUTES.ids)


def test_each_rule_begins_and_ceases_on_the_day(archive: Archive) -> None:
    asked = pd.DataFrame(
        [
            (archive.enterprise(code(number)), when)
            for number, case in enumerate(CASES)
            for edge in (day(case.begins), day(case.ceases))
            for when in (edge - 1, edge)
        ],
        columns=["enterprise", "as_of"],
    )
    met = STATUTES.conditions(Events.from_view(archive.events()), asked)
    for number, case in enumerate(CASES):
        own = met[case.rule].to_numpy()[4 * number : 4 * number + 4].tolist()
        assert own == [False, True, True, False], case
