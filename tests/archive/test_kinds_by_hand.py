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
        self.archive = Archive(folder / "archive")
        self._folder, self._count = folder, 0

    def deliver(self, header: str, *rows: str, changes: tuple[str, ...] = ()) -> dict[str, str]:
        """Deliver rows and return the faults of those refused, by their number."""
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir(parents=True)
        for name, head, lines in (("rows", header, rows), ("changes", CHANGES, changes)):
            text = "\n".join([head, *lines, ""])
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        quoted = ", ".join(f'"{name}"' for name in header.split(","))
        source = department(
            self._folder / f"source{self._count}",
            source__toml=TOML.format(kind=self.kind),
            kind__sql=f"SELECT _row, '{ALPHA}' AS enterprise, {quoted} FROM rows",
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

    def days(self) -> dict[str, str]:
        """Return the day of the last event of each stream."""
        view = self.archive.events()
        return {
            view.vocabulary[event["stream"]][0]: show(event["occurred"])
            for event in view.table.to_pylist()
        }

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
        "year,due,employees,revenue,assets,liabilities,paid_in,profit,tax",
        {
            # filed on 5 January, ten days ahead
            "2025,2026-01-15,12,300.5,80,60,50,-7.5,2": [
                ("annual_report", "on_time", None, -10.0, "never"),
                ("annual_report.due", "on_time", None, -10.0, "never"),
                ("annual_report.employees", "", None, 12.0, "never"),
                ("annual_report.leverage", "", None, 0.75, "never"),
                ("annual_report.paid_in", "", None, 50.0, "never"),
                ("annual_report.profit", "", None, -7.5, "never"),
                ("annual_report.revenue", "", None, 300.5, "never"),
                ("annual_report.tax", "", None, 2.0, "never"),
                ("annual_report.year", "", None, None, "never"),
            ],
            "2024,2026-01-05,,,,,,,": [
                ("annual_report", "on_time", None, 0.0, "never"),
                ("annual_report.due", "on_time", None, 0.0, "never"),
                ("annual_report.year", "", None, None, "never"),
            ],
            "2023,2026-01-04,0,0,0,60,0,,": [
                ("annual_report", "late", None, 1.0, "never"),
                ("annual_report.due", "late", None, 1.0, "never"),
                ("annual_report.employees", "", None, 0.0, "never"),
                ("annual_report.paid_in", "", None, 0.0, "never"),
                ("annual_report.revenue", "", None, 0.0, "never"),
                ("annual_report.year", "", None, None, "never"),
            ],
            "2022,2025-12-31,,,80,,,,": [
                ("annual_report", "late", None, 5.0, "never"),
                ("annual_report.due", "late", None, 5.0, "never"),
                ("annual_report.year", "", None, None, "never"),
            ],
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
        "type,food,topic,product,verified,channel,accepted,closed",
        {
            "report,true,mould,米粉,true,12315,2026-01-08,2026-01-19": [
                ("complaint", "food.report.mould.verified", None, None, "never"),
                ("complaint.accepted", "food.report.mould", None, 3.0, "2026-01-19"),
            ],
            "complaint,false,,,,,2026-01-05,": [
                ("complaint", "general.complaint..unverified", None, None, "never"),
                ("complaint.accepted", "general.complaint.", None, 0.0, "never"),
            ],
            "report,true,mould,,false,,,": [
                ("complaint", "food.report.mould.unverified", None, None, "never")
            ],
        },
    ),
    "enterprise": (
        "type,industry,street,address,status,longitude,latitude",
        {
            "limited,C1411,沙井街道,沙井街道一号,active,,22.72": [
                ("enterprise.industry", "C1411", None, None, "never"),
                ("enterprise.latitude", "", None, 22.72, "never"),
                ("enterprise.status", "active", 0.0, None, "never"),
                ("enterprise.status_since", "active", None, None, "never"),
                ("enterprise.type", "limited", None, None, "never"),
            ],
            ",,,,,113.83,22.72": [
                ("enterprise.area_1km", "", None, None, "never"),
                ("enterprise.area_3km", "", None, None, "never"),
                ("enterprise.latitude", "", None, 22.72, "never"),
                ("enterprise.longitude", "", None, 113.83, "never"),
            ],
        },
    ),
    "licence_review": (
        "licence,category,score,full",
        {
            "SC1,0104,75,100": [("licence_review", "0104", None, 0.25, "never")],
            "SC1,,0.5,1": [("licence_review", "", None, 0.5, "never")],
            # more points than can be had are no negative risk
            "SC1,,12,10": [("licence_review", "", None, 0.0, "never")],
        },
    ),
    "random_check": (
        "plan,selection,result,follow_up,published",
        {
            "2026-A,random_general,corrected,ordered,2026-01-30": [
                ("random_check", "random_general.corrected", 1.0, None, "never")
            ],
            "2026-A,random_key,refused,case,": [
                ("random_check", "random_key.refused", 4.0, None, "never")
            ],
            ",,none,,": [("random_check", ".none", 0.0, None, "never")],
        },
    ),
    "case_file": (
        "food,violation,origin,decided,referred",
        {
            "true,unlicensed,report,,": [("case_file", "food.report", None, None, "never")],
            "true,poison,inspection,2026-01-18,2026-01-15": [
                ("case_file", "food.inspection", None, None, "2026-01-18"),
                ("case_file.referred", "food.inspection", None, 10.0, "never"),
            ],
            "false,,,2026-01-05,": [("case_file", "general.", None, None, "2026-01-05")],
        },
    ),
    "obstruction": (
        "form",
        {
            "entry": [("obstruction", "entry", None, None, "never")],
            "violence": [("obstruction", "violence", None, None, "never")],
        },
    ),
    "repair": (
        "of,target,decision,decided",
        {
            "penalty,P1,,": [("repair", "penalty.pending", None, None, "never")],
            "penalty,P1,granted,2026-01-09": [
                ("repair", "penalty.granted", None, 4.0, "2026-01-09")
            ],
            "list_entry,L1,refused,2026-01-05": [
                ("repair", "list_entry.refused", None, 0.0, "2026-01-05")
            ],
        },
    ),
    "opinion": (
        "product,topic,food,polarity,credibility,cluster",
        {
            "米粉,mould,true,negative,0.8,S1": [
                ("opinion", "food.negative.mould", None, 0.8, "never")
            ],
            ",,false,neutral,0,": [("opinion", "general.neutral.", None, 0.0, "never")],
        },
    ),
    "alert": (
        "product,category,hazard,item,level",
        {
            "米粉,0104,acute_toxin,米酵菌酸,provincial": [
                ("alert", "provincial.0104.米酵菌酸", 5.0, None, "never")
            ],
            "米粉,,,,": [("alert", "..", None, None, "never")],
        },
    ),
    "encumbrance": (
        "type,amount,share,until",
        {
            "freeze,120.5,0.4,2027-01-04": [
                ("encumbrance", "freeze", None, 120.5, "2027-01-04"),
                ("encumbrance.share", "freeze", None, 0.4, "2027-01-04"),
            ],
            "chattel_mortgage,,,": [("encumbrance", "chattel_mortgage", None, None, "never")],
        },
    ),
    "litigation": (
        "role,cause,amount,closed",
        {
            "defendant,labour,3.2,": [("litigation", "defendant.labour", None, 3.2, "never")],
            "plaintiff,contract,,2026-01-18": [
                ("litigation", "plaintiff.contract", None, None, "2026-01-18")
            ],
        },
    ),
    "disclosure": (
        "item,due,disclosed",
        {
            "equity,2026-01-05,2026-01-05": [("disclosure", "equity.on_time", None, 0.0, "never")],
            "penalty,2026-01-05,2026-01-06": [("disclosure", "penalty.late", None, 1.0, "never")],
            "licence,2026-01-05,": [("disclosure", "licence.missed", None, None, "never")],
        },
    ),
    "catering_grade": (
        "grade,score,inspection,valid_to",
        {
            "A,92,I1,2027-01-04": [("catering_grade", "A", 0.0, 92.0, "2027-01-04")],
            "C,,,": [("catering_grade", "C", 2.0, None, "never")],
        },
    ),
    "penalty": (
        "organ,food,violation,basis,penalty_kind,fine,confiscated,due,published",
        {
            "market,true,label,食品安全法 art. 125,fine,1.5,0.5,2026-01-20,2026-01-25": [
                ("penalty", "market.food.label", 2.0, 2.0, "never"),
                ("penalty.due", "market.food", 2.0, 15.0, "never"),
                ("penalty.kind", "market.food.fine", 2.0, None, "never"),
                ("penalty.violation", "food.label", 2.0, None, "never"),
            ],
            # those in charge are detained for what the enterprise was fined for: no repeat of it
            "other,true,label,食品安全法 art. 123,detention,,,,": [
                ("penalty", "other.food.label", 6.0, 0.0, "never"),
                ("penalty.kind", "other.food.detention", 6.0, None, "never"),
            ],
            "other,false,noise,,other,,,,": [
                ("penalty", "other.general.noise", 2.0, 0.0, "never"),
                ("penalty.kind", "other.general.other", 2.0, None, "never"),
                ("penalty.violation", "general.noise", 2.0, None, "never"),
            ],
        },
    ),
    "sampling": (
        "lot,category,passed,item,hazard,level,stage,counterfeit",
        {
            "L1,0104,false,铅,contaminant,national,production,": [
                ("sampling", "fail.0104.铅", 4.0, None, "never"),
                ("sampling.level", "fail.national.production", 4.0, None, "never"),
            ],
            "L2,,true,,,city,,false": [
                ("sampling", "pass", None, None, "never"),
                ("sampling.level", "pass.city.", None, None, "never"),
            ],
            # the class of its hazard is not told: no lower than the lowest
            "L5,,false,,,city,,": [
                ("sampling", "fail..", 1.0, None, "never"),
                ("sampling.level", "fail.city.", 1.0, None, "never"),
            ],
            "L3,,true,,,,distribution,": [("sampling", "pass", None, None, "never")],
            "L4,,false,铅,contaminant,national,,true": [
                ("sampling.counterfeit", "", None, None, "never")
            ],
        },
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
    "enterprise": (
        "type,status",
        {"Ltd,": "type: there is no enterprise_type 'Ltd'"},
    ),
    "licence_review": (
        "licence,score,full",
        {
            "SC1,-1,0": "score: must be at least 0; full: must be at least 1",
            ",,": "licence: required but empty; score: required but empty; full: required but "
            "empty",
        },
    ),
    "random_check": (
        "selection,result,follow_up",
        {
            "lot,passed,fine": "selection: there is no selection 'lot'",
            ",,": "result: required but empty",
            ",fail,": "result: there is no random_check_result 'fail'",
        },
    ),
    "case_file": (
        "food,origin,decided",
        {
            ",rumour,soon": "food: required but empty; decided: expected a date YYYY-MM-DD between "
            "1900 and 2200; origin: there is no case_origin 'rumour'",
        },
    ),
    "obstruction": ("form", {"noise": "form: there is no obstruction_form 'noise'"}),
    "repair": (
        "of,target,decision",
        {
            "lifecycle,,": "target: required but empty; of: there is no record_kind 'lifecycle'",
            "penalty,P1,grant": "decision: there is no repair_decision 'grant'; did you mean "
            "'granted'?",
        },
    ),
    "opinion": (
        "food,polarity,credibility",
        {
            "true,negative,1.1": "credibility: must be at most 1",
            "true,negative,": "credibility: required but empty",
            ",negative,0.5": "food: required but empty",
            "true,,0.5": "polarity: required but empty",
        },
    ),
    "alert": (
        "product,hazard,level",
        {
            ",lead,town": "product: required but empty; hazard: there is no hazard_class 'lead'",
            "米粉,,town": "level: there is no alert_level 'town'",
        },
    ),
    "encumbrance": (
        "type,amount,share",
        {
            "mortgage,-1,1.5": "amount: must be at least 0; share: must be at most 1; type: there "
            "is no encumbrance 'mortgage'",
        },
    ),
    "litigation": (
        "role,cause,amount",
        {
            "witness,divorce,-1": "amount: must be at least 0; role: there is no litigation_role "
            "'witness'",
            "defendant,,": "cause: required but empty",
        },
    ),
    "disclosure": (
        "item,due,disclosed",
        {
            "land,2026-01-05,": "item: there is no disclosure_item 'land'",
            "equity,,2026-01-05": "due: required but empty",
        },
    ),
    "catering_grade": ("grade", {"D": "grade: there is no catering_grade 'D'"}),
    "sampling": (
        "lot,passed,level,stage",
        {"L1,true,town,shop": "level: there is no sampling_level 'town'"},
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


def test_a_status_is_told_on_the_day_of_its_record_and_began_on_its_first(tmp_path: Path) -> None:
    office = Office(tmp_path, "enterprise")
    header = "number,occurred,known,status,status_since"
    office.deliver(header, "2015,2015-03-02,2015-03-04,revoked,")
    assert office.days() == {
        "enterprise.status": "2015-03-02",
        "enterprise.status_since": "2015-03-02",
    }
    office.deliver(header, "2026,2026-01-05,2026-01-06,revoked,2015-03-02")
    assert office.days() == {
        "enterprise.status": "2026-01-05",
        "enterprise.status_since": "2015-03-02",
    }


def test_a_report_whose_deadline_was_put_off_belongs_to_the_deadline_of_its_year(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path, "annual_report")
    office.deliver("number,occurred,known,year,due", "2019,2020-09-01,2020-09-01,2019,2020-12-31")
    assert office.days()["annual_report.due"] == "2020-06-30"
    [events] = office.events("2020-09-02").values()
    assert ("annual_report.due", "on_time", None, -121.0, "never") in events


def test_a_visit_that_tells_of_any_items_counts_for_key_and_general_ones(tmp_path: Path) -> None:
    office = Office(tmp_path, "inspection")
    office.deliver(
        "number,occurred,known,purpose,result,critical,serious,minor",
        "N0,2026-01-05,2026-01-06,routine,pass,,,2",
        "N1,2026-01-05,2026-01-06,routine,uncontactable,,,",
        "N2,2026-01-05,2026-01-06,routine,fail,1,2,",
    )
    events = office.events("2026-01-07")
    assert ("inspection.key", "routine", None, 0.0, "never") in events["N0"]
    assert ("inspection.general", "routine", None, 2.0, "never") in events["N0"]
    assert ("inspection.key", "routine", None, 3.0, "never") in events["N2"]
    assert ("inspection.general", "routine", None, 0.0, "never") in events["N2"]
    assert [stream for stream, *_ in events["N1"]] == ["inspection"]


def test_a_visit_is_scored_where_its_authority_gives_a_score(tmp_path: Path) -> None:
    office = Office(tmp_path, "inspection")
    office.deliver(
        "number,occurred,known,purpose,result,score",
        "N0,2026-01-05,2026-01-06,routine,pass,",
        "N1,2026-01-05,2026-01-06,routine,pass,0",
        "N2,2026-01-05,2026-01-06,complaint,fail,-31.5",
    )
    events = office.events("2026-01-07")
    assert [stream for stream, *_ in events["N0"]] == ["inspection"]
    assert ("inspection.score", "routine", None, 0.0, "never") in events["N1"]
    assert ("inspection.score", "complaint", None, -31.5, "never") in events["N2"]


def test_a_lot_proved_counterfeit_is_no_longer_held_against_the_enterprise(tmp_path: Path) -> None:
    office = Office(tmp_path, "sampling")
    header = "number,occurred,known,lot,passed,item,hazard,counterfeit"
    office.deliver(header, "N0,2026-01-05,2026-01-20,L1,false,铅,contaminant,")
    office.deliver(header, "N0,2026-01-05,2026-02-10,L1,false,铅,contaminant,true")
    failed = ("sampling", "fail..铅", 4.0, None, "never")
    assert office.events("2026-02-10") == {"N0": [failed]}
    assert office.events("2026-02-11") == {
        "N0": [("sampling.counterfeit", "", None, None, "never")]
    }


def test_a_case_is_open_until_its_decision_is_known(tmp_path: Path) -> None:
    office, header = Office(tmp_path, "case_file"), "number,occurred,known,food,decided,referred"
    office.deliver(header, "N0,2026-01-05,2026-01-06,true,,")
    office.deliver(header, "N0,2026-01-05,2026-03-02,true,2026-03-01,2026-02-20")
    assert office.events("2026-03-02") == {"N0": [("case_file", "food.", None, None, "never")]}
    assert office.events("2026-03-03") == {
        "N0": [
            ("case_file", "food.", None, None, "2026-03-01"),
            ("case_file.referred", "food.", None, 46.0, "never"),
        ]
    }
    assert office.days() == {"case_file": "2026-01-05", "case_file.referred": "2026-02-20"}


def test_a_report_is_seen_on_the_days_that_it_is_about(tmp_path: Path) -> None:
    office = Office(tmp_path, "annual_report")
    office.deliver(
        "number,occurred,known,year,due,revenue",
        "2025,2026-03-10,2026-03-12,2025,2026-06-30,7",
        "2026,2026-05-04,2026-05-06,2026,2027-06-30,8",  # of a year that has not ended
    )
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    view = office.archive.events()
    origins = office.archive.lineage(office.archive.enterprise(ALPHA))
    for event in view.table.to_pylist():
        kind, _ = view.vocabulary[event["stream"]]
        found[origins[event["record"]].number].append((show(event["occurred"]), kind))
    assert {number: sorted(days) for number, days in found.items()} == {
        "2025": [
            ("2025-12-31", "annual_report.revenue"),
            ("2025-12-31", "annual_report.year"),
            ("2026-03-10", "annual_report"),
            ("2026-06-30", "annual_report.due"),
        ],
        "2026": [
            ("2026-05-04", "annual_report"),
            ("2026-05-04", "annual_report.revenue"),
            ("2026-05-04", "annual_report.year"),
            ("2027-06-30", "annual_report.due"),
        ],
    }


def test_what_was_done_to_a_licence_is_graded(tmp_path: Path) -> None:
    office = Office(tmp_path, "licence_event")
    words = ("granted", "cancelled", "suspended", "revoked")
    rows = [f"N{n},2026-01-05,2026-01-20,SC1,production,{word}" for n, word in enumerate(words)]
    office.deliver("number,occurred,known,licence,type,event", *rows)
    found = [event for [event] in office.events("2026-01-21").values()]
    severities = {event[1]: event[2] for event in found}
    assert severities == {
        f"production.{word}": severity for word, severity in zip(words, (0, 1, 2, 4), strict=True)
    }


@pytest.mark.parametrize(
    ("kind", "columns", "rows"),
    [
        (
            "relation",
            "other,role",
            (f"{BETA},supply", f"{BETA},investment", f"{ALPHA},supply"),
        ),
        ("product", "product,tag", ("沙井蚝,local", "沙井蚝,new_variety", "蚝油,local")),
        (
            "opinion",
            "food,polarity,credibility,cluster",
            ("true,negative,1,S1", "true,negative,0.2,S1", "true,negative,1,"),
        ),
        ("repair", "of,target", ("penalty,P1", "penalty,P1", "penalty,P2")),
        ("licence_review", "licence,score,full", ("SC1,1,2", "SC1,2,2", "SC2,1,2")),
        ("alert", "product,item", ("沙井蚝,镉", "沙井蚝,铅", "蚝油,镉")),
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
    office.deliver(
        "number,occurred,known,type,food,product", "N0,2026-01-05,2026-01-20,report,true,米粉"
    )
    assert office.archive.records("complaint")["product"].to_pylist() == ["米粉"]
