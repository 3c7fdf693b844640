"""Kinds of records worked by hand: what is seen of each row, and why a row is refused."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.archive import Archive, read_source
from xinheng.core.time import day, is_counted, show

from .department import ALPHA, BETA, department

TOML = """
title = "Records of one kind"
department = "made-up bureau"
scheme = "uscc"

[clocks]
backfill = "trusted"

[files.rows]
path = "rows.csv"
reader = "csv"

[[records]]
kind = "{kind}"
rows = "rows"
sql = "kind.sql"

[files.changes]
path = "changes.csv"
reader = "csv"

[[records]]
kind = "lifecycle"
rows = "changes"
sql = "lifecycle.sql"
"""
CHANGES = "number,occurred,known,of,change"
Event = tuple[str, str, float | None, float | None, str]


class Office:
    """An archive to which rows of one kind are delivered, all of enterprise ALPHA."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.archive = Archive(folder / "archive", buckets=1)
        self._folder, self._count = folder, 0

    def deliver(self, header: str, *rows: str, changes: tuple[str, ...] = ()) -> dict[str, str]:
        """Deliver rows and return the faults of those refused, by their number."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir(parents=True)
        for name, head, lines in (("rows", header, rows), ("changes", CHANGES, changes)):
            text = "\n".join([head, *lines, ""])
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        source = department(
            self._folder / f"source{self._count}",
            source__toml=TOML.format(kind=self.kind),
            kind__sql=f"SELECT _row, '{ALPHA}' AS enterprise, {header} FROM rows",
            lifecycle__sql=f"SELECT _row, '{ALPHA}' AS enterprise, {CHANGES} FROM changes",
        )
        self.archive.ingest(read_source(source), folder, datetime(2026, 6, self._count, tzinfo=UTC))
        return {
            json.loads(held["source_row"])["number"]: "; ".join(
                f"{fault['field']}: {fault['fault']}" for fault in json.loads(held["faults"])
            )
            for held in self.archive.held("quarantined").to_pylist()
        }

    def events(self, as_of: str) -> dict[str, list[Event]]:
        """Return stream, code, severity, value and end of what counts, by the record's number."""
        view, found = self.archive.events(), defaultdict(list)
        origins = self.archive.lineage(self.archive.enterprise(ALPHA))
        for event in view.table.to_pylist():
            if not is_counted(event["available"], event["withdrawn"], day(as_of)):
                continue
            numbers = event["severity"], event["value"], show(event["ended"])
            found[origins[event["record"]].number].append(
                (*view.vocabulary[event["stream"]], *numbers)
            )
        return {number: sorted(events) for number, events in found.items()}

    def cases(self) -> dict[str, int]:
        """Return the case of the record of each number."""
        origins = self.archive.lineage(self.archive.enterprise(ALPHA))
        return {
            origins[event["record"]].number: event["case"]
            for event in self.archive.events().table.to_pylist()
        }


# kind, columns, rows with the events that come of each: stream, code, severity, value, end
LANDED: dict[str, tuple[str, dict[str, list[Event]]]] = {
    "relation": (
        "other,role,share",
        {
            f"{BETA},investment,0.51": [("relation", "investment", None, 0.51, "never")],
            f"{BETA},commission,": [("relation", "commission", None, None, "never")],
        },
    ),
    "annual_report": (
        "year,due,employees,revenue,assets,liabilities,paid_in",
        {
            # filed on 5 January, ten days ahead
            "2025,2026-01-15,12,300.5,80,60,50": [
                ("annual_report", "on_time", None, -10.0, "never"),
                ("annual_report.employees", "", None, 12.0, "never"),
                ("annual_report.leverage", "", None, 0.75, "never"),
                ("annual_report.paid_in", "", None, 50.0, "never"),
                ("annual_report.revenue", "", None, 300.5, "never"),
            ],
            "2024,2026-01-05,,,,,": [("annual_report", "on_time", None, 0.0, "never")],
            "2023,2026-01-04,0,0,0,60,0": [
                ("annual_report", "late", None, 1.0, "never"),
                ("annual_report.employees", "", None, 0.0, "never"),
                ("annual_report.paid_in", "", None, 0.0, "never"),
                ("annual_report.revenue", "", None, 0.0, "never"),
            ],
            "2022,2025-12-31,,,80,,": [("annual_report", "late", None, 5.0, "never")],
        },
    ),
    "filing": (
        "type,valid_to",
        {
            "pause,2027-01-04": [("filing", "pause", None, None, "2027-01-04")],
            "online,": [("filing", "online", None, None, "never")],
        },
    ),
    "recall": (
        "product,category,level,ordered,late",
        {
            "米粉,0104,level1,true,true": [("recall", "level1.ordered.late", 3.0, None, "never")],
            ",,level2,false,true": [("recall", "level2.voluntary.late", 2.0, None, "never")],
            ",,level3,false,false": [("recall", "level3.voluntary.on_time", 1.0, None, "never")],
        },
    ),
    "evaluation": (
        "issuer,method,grade,score,valid_to",
        {
            "甲评价公司,hygiene,AA,92.5,2027-01-04": [
                ("evaluation", "hygiene", None, 92.5, "2027-01-04")
            ],
            "甲评价公司,service,B,,": [("evaluation", "service", None, None, "never")],
        },
    ),
    "insurance": ("insured", {"12": [("insurance", "", None, 12.0, "never")]}),
    "tax_return": (
        "tax,due,filed",
        {
            "增值税,2026-01-05,2026-01-02": [("tax_return", "on_time", None, -3.0, "never")],
            "增值税,2026-01-05,2026-01-05": [("tax_return", "on_time", None, 0.0, "never")],
            ",2026-01-05,2026-01-09": [("tax_return", "late", None, 4.0, "never")],
            ",2026-01-05,": [("tax_return", "missed", None, None, "never")],
        },
    ),
    "tax_rating": (
        "year,rating",
        {
            "2025,A": [("tax_rating", "A", 0.0, None, "never")],
            "2024,M": [("tax_rating", "M", 2.0, None, "never")],
            "2023,D": [("tax_rating", "D", 4.0, None, "never")],
        },
    ),
    "self_control": (
        "type,due,done",
        {
            "daily,2026-01-05,2026-01-05": [("self_control", "daily.on_time", None, None, "never")],
            "weekly,2026-01-05,2026-01-06": [("self_control", "weekly.late", None, None, "never")],
            "self_inspection,2026-01-05,": [
                ("self_control", "self_inspection.missed", None, None, "never")
            ],
        },
    ),
    "platform": (
        "platform,orders,rating,adverse",
        {
            "P1,1200,4.6,3": [
                ("platform.adverse", "", None, 3.0, "never"),
                ("platform.orders", "", None, 1200.0, "never"),
                ("platform.rating", "", None, 4.6, "never"),
            ],
            "P2,0,,": [("platform.orders", "", None, 0.0, "never")],
        },
    ),
    "product": (
        "product,category,tag",
        {
            "沙井蚝,2202,local": [("product", "local", None, None, "never")],
            "蚝油,,": [("product", "", None, None, "never")],
        },
    ),
    "complaint": (
        "type,topic,product,verified",
        {"report,mould,米粉,true": [("complaint", "report.mould.verified", None, None, "never")]},
    ),
    "incident": (
        "grade,ill,deaths,product",
        {
            "mass,31,0,米粉": [("incident", "mass", 2.0, None, "never")],
            "outbreak,,,": [("incident", "outbreak", 1.0, None, "never")],
        },
    ),
}


@pytest.mark.parametrize("kind", LANDED)
def test_a_record_is_seen_by_its_streams_until_it_is_ended(tmp_path: Path, kind: str) -> None:
    columns, cases = LANDED[kind]
    office, header = Office(tmp_path, kind), f"number,occurred,known,{columns}"
    rows = [f"N{n},2026-01-05,2026-01-20,{row}" for n, row in enumerate(cases)]
    assert office.deliver(header, *rows) == {}
    expected = {f"N{n}": events for n, events in enumerate(cases.values())}
    office.deliver(header, changes=(f"N0,2026-02-01,2026-02-03,{kind},ended",))
    ended = [(*event[:4], "2026-02-01") for event in expected["N0"]]
    assert office.events("2026-01-20") == {}
    assert office.events("2026-01-21") == office.events("2026-02-03") == expected
    assert office.events("2026-02-04") == expected | {"N0": ended}


# kind, columns, rows that are refused with the words that say why
REFUSED: dict[str, tuple[str, dict[str, str]]] = {
    "relation": (
        "other,role,share",
        {
            ",investment,1": "other: required but empty",
            f"{BETA},cousin,": "role: there is no relation_role 'cousin'; did you mean "
            "'commission'? There are: branch, commission, investment, same_person, supply",
            f"{BETA},investment,51": "share: must be at most 1",
            f"{BETA},investment,-0.1": "share: must be at least 0",
        },
    ),
    "annual_report": (
        "year,due,employees,revenue,assets,liabilities,paid_in",
        {
            "2023.5,2026-01-05,,,,,": "year: expected a whole number",
            "24,2026-01-05,,,,,": "year: must be at least 1900",
            "2024,,,,,,": "due: required but empty",
            "2024,30 June,,,,,": "due: expected a date YYYY-MM-DD between 1900 and 2200",
            "2024,2026-01-05,-1,-2,-3,-4,-5": "employees: must be at least 0; revenue: must be at "
            "least 0; assets: must be at least 0; liabilities: must be at least 0; "
            "paid_in: must be at least 0",
        },
    ),
    "filing": (
        "type,valid_to",
        {"prepacked,": "type: there is no filing_type 'prepacked'; did you mean 'prepackaged'?"},
    ),
    "recall": (
        "level,ordered,late",
        {
            "1,true,false": "level: there is no recall_level '1'. There are: level1, level2, "
            "level3",
            "level1,,": "ordered: required but empty; late: required but empty",
            "level1,true,36h": "late: expected true or false",
        },
    ),
    "evaluation": (
        "issuer,method,score",
        {
            ",hygiene,90": "issuer: required but empty",
            "甲评价公司,,90": "method: required but empty",
            "甲评价公司,hygiene,AA": "score: expected a finite number",
        },
    ),
    "insurance": (
        "insured",
        {"-1": "insured: must be at least 0", " ": "insured: required but empty"},
    ),
    "tax_return": ("due,filed", {"2026-01-05,never": "filed: expected a date YYYY-MM-DD"}),
    "tax_rating": (
        "year,rating",
        {"2024,E": "rating: there is no tax_rating 'E'", ",A": "year: required but empty"},
    ),
    "self_control": (
        "type,due,done",
        {
            "yearly,2026-01-05,": "type: there is no self_control_type 'yearly'",
            "daily,,2026-01-05": "due: required but empty",
        },
    ),
    "platform": (
        "platform,orders,rating,adverse",
        {
            ",1,1,1": "platform: required but empty",
            "P1,-1,5.1,-1": "orders: must be at least 0; rating: must be at most 5; "
            "adverse: must be at least 0",
        },
    ),
    "product": (
        "product,category,tag",
        {
            "沙井蚝,22,locale": "category: there is no food_category '22'",
            "沙井蚝,,locale": "tag: there is no product_tag 'locale'; did you mean 'local'?",
        },
    ),
    "incident": (
        "grade,ill,deaths",
        {"mass,-31,-1": "ill: must be at least 0; deaths: must be at least 0"},
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_a_record_cannot_be_is_refused_with_the_reason(tmp_path: Path, kind: str) -> None:
    columns, cases = REFUSED[kind]
    rows = [f"N{n},2026-01-05,2026-01-20,{row}" for n, row in enumerate(cases)]
    faults = Office(tmp_path, kind).deliver(f"number,occurred,known,{columns}", *rows)
    assert list(faults) == [f"N{n}" for n in range(len(cases))]
    for found, words in zip(faults.values(), cases.values(), strict=True):
        assert found.startswith(words)


def test_a_return_is_reported_once_its_day_has_come_and_anew_when_it_is_filed(
    tmp_path: Path,
) -> None:
    office, header = Office(tmp_path, "tax_return"), "number,occurred,known,due,filed"
    faults = office.deliver(
        header,
        "N0,2026-01-15,2026-01-10,2026-01-15,2026-01-10",
        "N1,2026-01-15,2027-01-01,2026-01-15,2026-01-10",
        "N2,2026-01-15,2026-01-16,2026-01-15,",
    )
    assert faults == {
        "N0": "known: known before it happened",
        "N1": "known: known only after it was delivered",
    }
    office.deliver(header, "N2,2026-01-15,2026-02-02,2026-01-15,2026-02-01")
    missed, late = (
        ("tax_return", "missed", None, None, "never"),
        ("tax_return", "late", None, 17.0, "never"),
    )
    assert office.events("2026-02-02") == {"N2": [missed]}
    assert office.events("2026-02-03") == {"N2": [late]}


@pytest.mark.parametrize(
    ("kind", "columns", "rows"),
    [
        (
            "relation",
            "other,role",
            (f"{BETA},supply", f"{BETA},investment", f"{ALPHA},supply"),
        ),
        ("product", "product,tag", ("沙井蚝,local", "沙井蚝,new_variety", "蚝油,local")),
    ],
)
def test_a_case_gathers_what_concerns_one_enterprise_or_product(
    tmp_path: Path, kind: str, columns: str, rows: tuple[str, ...]
) -> None:
    office = Office(tmp_path, kind)
    office.deliver(
        f"number,occurred,known,{columns}",
        *(f"N{n},2026-01-05,2026-01-20,{row}" for n, row in enumerate(rows)),
    )
    cases = office.cases()
    assert cases["N0"] == cases["N1"] != cases["N2"]


def test_what_was_bought_or_eaten_is_kept_with_the_record(tmp_path: Path) -> None:
    office = Office(tmp_path, "incident")
    office.deliver(
        "number,occurred,known,grade,ill,deaths,product",
        "N0,2026-01-05,2026-01-20,death,2,1,米粉",
    )
    [incident] = office.archive.records("incident").to_pylist()
    assert [incident[name] for name in ("ill", "deaths", "product")] == [2.0, 1.0, "米粉"]
    office = Office(tmp_path / "other", "complaint")
    office.deliver("number,occurred,known,type,product", "N0,2026-01-05,2026-01-20,report,米粉")
    assert office.archive.records("complaint")["product"].to_pylist() == ["米粉"]
