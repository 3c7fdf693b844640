"""The standard indicators: each by a history worked by hand, and their texts."""

import csv
from math import log, log10
from pathlib import Path

import numpy as np
import pytest

from xinheng.core.time import NEVER
from xinheng.features import build_references, compute, standard_catalogue

from .histories import Record, build, ended, repaired, withdrawn
from .test_matrix import PLACES, rows
from .test_ties_by_hand import CASES as OTHERS

CATALOGUE = standard_catalogue()
TODAY = 10_000
MONTH = 365.25 / 12
DEFINITIONS = Path(__file__).parents[3] / "shared" / "indicators63.csv"
PRODUCER = Record("enterprise.population", 1, code="producer")


def ago(days: int, kind: str, code: str = "", **more: object) -> Record:
    return Record(kind, TODAY - days, code=code, **more)  # type: ignore[arg-type]


def fined(days: int, code: str = "market.food.label", **more: object) -> Record:
    return ago(days, "penalty", code, **{"severity": 2, "value": 1.5, **more})


def found(days: int, severity: str, number: float, purpose: str = "routine") -> Record:
    return ago(days, f"inspection.{severity}", purpose, value=number)


def failed(days: int, lot: int, item: str = "0401.lead", severity: float = 4) -> Record:
    return ago(days, "sampling", f"fail.{item}", case=lot, severity=severity)


def passed(days: int, lot: int) -> Record:
    return ago(days, "sampling", "pass", case=lot)


def licence(days: int, code: str, until: int = NEVER, **more: object) -> Record:
    return ago(days, "licence", code, ended=until, **more)


CASES: list[tuple[str, list[Record], float]] = [
    ("BC01", [ago(5, "enterprise.established", value=TODAY - 3652.5)], 10),
    ("BC01", [], 0),
    ("BC02", [ago(9, "enterprise.capital", value=100), ago(5, "enterprise.capital", value=10)], 1),
    ("BC02", [], -2),
    ("BC05", [ago(9, "enterprise.status", "stopped", severity=2)], 2),
    ("BC05", [], 0),
    ("BC06", [ago(730, "change", "legal_representative"), ago(9, "change", "name")], 1),
    ("BC06", [ago(731, "change", "legal_representative")], 0),
    (
        "BC07",
        [ago(d, "change", c) for d, c in ((9, "name"), (9, "address"), (7, "production_address"))],
        3,
    ),
    ("BC08", [ago(d, "change", "shareholder") for d in (9, 9, 30, 731)], 2),
    ("BC09", [ago(d, "change", "capital", value=v) for d, v in ((9, 0.2), (30, 0.5))], 0.5),
    ("BC09", [ago(9, "change", "capital", value=-3)], 0),
    ("RL04", [licence(9, "main:a.0401", TODAY + 30), licence(9, "main:b.0401", TODAY + 90)], 30),
    ("RL04", [licence(9, "main:a.0401", TODAY)], 0),
    ("RL04", [licence(9, "main:a.0401", TODAY - 1)], -1),
    ("RL04", [licence(9, "main:a.0401")], 1826),
    ("RL04", [], -1),
    ("RL05", [licence(9, "main:a.0101", value=13.5), licence(9, "main:a.0401", value=34)], 34),
    ("RL05", [licence(9, "main:a.0401", TODAY - 1, value=34)], 40),
    ("RL06", [licence(9, f"main:a.{c}") for c in ("0101", "0401", "")], 2),
    ("RL07", [licence(9, "main:a.2701"), licence(9, "main:a.3002")], 1),
    ("RL07", [licence(9, "main:a.3003"), licence(9, "main:a.2601")], 0),
    (
        "PN01",
        [
            ago(90, "list_entry", "abnormal.unreachable", severity=3),
            ago(80, "list_entry", "abnormal.concealment", severity=4, happened=(ended(TODAY - 9),)),
        ],
        3,
    ),
    ("PN02", [ago(d, "list_entry", "abnormal.report_missing") for d in (9, 1096, 1097)], 2),
    ("PN03", [ago(d, "list_entry", "serious_dishonesty.unlicensed") for d in (9, 8)], 1),
    ("PN03", [ago(9, "list_entry", "serious_dishonesty.other", happened=(ended(TODAY - 1),))], 0),
    ("PN04", [ago(9, "list_entry", "serious_dishonesty.other", happened=(ended(TODAY - 1),))], 1),
    ("PN04", [ago(9, "list_entry", "serious_dishonesty.other")], 0),
    ("PN05", [ago(9, "list_entry", "judgment_defaulter.evasion")], 2),
    ("PN05", [ago(9, "list_entry", "consumption_limit.")], 1),
    ("PN05", [], 0),
    ("PN06", [fined(1096), fined(9), fined(1097), fined(9, severity=1), fined(9, "other.a.b")], 2),
    ("PN06", [fined(9, happened=(withdrawn(TODAY - 3),)), fined(9)], 1),
    ("PN06", [fined(9, happened=(repaired(TODAY - 3),)), fined(9)], 1),
    ("PN07", [fined(9), fined(30, value=7.5)], 1),
    ("PN07", [fined(9, happened=(repaired(TODAY - 1),))], 0),
    ("PN07", [], 0),
    ("PN08", [fined(9), fined(9, severity=4), fined(1200, severity=6)], 4),
    ("PN09", [fined(365), fined(366), fined(9, "market.general.price")], 1),
    ("PN10", [fined(9), fined(374)], 1),
    ("PN10", [fined(9), fined(375)], 0),
    ("PN10", [fined(9), fined(100, "market.food.hygiene")], 0),
    ("PN10", [fined(9), fined(100, happened=(repaired(TODAY - 1),))], 0),
    ("PN11", [fined(9), fined(400)], 9 / MONTH),
    ("PN11", [fined(1827)], 60),
    ("PN11", [fined(9, happened=(repaired(TODAY - 1),)), fined(400)], 400 / MONTH),
    ("PN13", [fined(9, "other.general.tax"), ago(9, "list_entry", "tax_arrears.other")], 3),
    ("CC01", [failed(9, 1), failed(9, 1, "0401.colour"), failed(365, 2), failed(366, 3)], 2),
    ("CC02", [failed(9, 1), *(passed(9, lot) for lot in range(2, 11))], (1 + 20 * 0.1) / 30),
    ("CC02", [], 0.022),
    ("CC03", [failed(9, 1, severity=3), failed(730, 2), failed(731, 3, severity=5)], 4),
    ("CC04", [failed(9, 1), failed(99, 2), failed(9, 1, "0401.x"), failed(99, 1, "0401.x")], 1),
    (
        "CC05",
        [
            found(9, "critical", 1),
            found(9, "serious", 2),
            found(9, "minor", 4),
            found(99, "critical", 0),
        ],
        (3 * 3 + 4) / 2,
    ),
    ("CC05", [found(400, "critical", 1), found(400, "minor", 4)], 1),
    (
        "CC06",
        [
            ago(9, "inspection", "random_general.corrected", severity=1),
            ago(9, "inspection", "random_key.pending", severity=2),
            ago(9, "inspection", "routine.refused", severity=4),
        ],
        2,
    ),
    (
        "CC07",
        [
            ago(30, "rectification", value=29),
            ago(30, "rectification", value=30),
            ago(30, "rectification", value=10, happened=(ended(TODAY - 5),)),
        ],
        1,
    ),
    (
        "CC11",
        [ago(d, "complaint", "report.a.verified") for d in (1, 91, 92, 365, 366)],
        log(3 / (2 / 3 + 1)),
    ),
    ("CC11", [], 0),
    (
        "CC12",
        [
            ago(9, "complaint", "report.food.verified"),
            ago(9, "complaint", "report.food.unverified"),
            ago(9, "complaint", "complaint.food.verified"),
        ],
        1,
    ),
    (
        "CC14",
        [ago(1826, "incident", "mass", severity=2), ago(1827, "incident", "death", severity=3)],
        2,
    ),
    ("EA01", [ago(99, "certificate", "haccp", ended=TODAY)], 1),
    ("EA01", [ago(99, "certificate", "haccp", ended=TODAY - 1)], 0),
    ("EA01", [ago(99, "certificate", "haccp", happened=(ended(TODAY - 9),))], 0),
    ("EA02", [ago(99, "certificate", "fssc22000"), ago(99, "certificate", "iso22000")], 1),
    ("EA03", [ago(99, "certificate", "gmp")], 1),
    ("EA04", [ago(9, "award", "city", severity=1), ago(1096, "award", "nation", severity=3)], 3),
    ("EA06", [failed(731, 1), fined(1461)], 731 / 365.25),
    ("EA06", [licence(3000, "main:a.0401"), failed(2000, 1)], 5),
    ("EA06", [licence(731, "main:a.0401")], 731 / 365.25),
    ("EA06", [], 0),
    ("IH_CRITICAL_1Y", [found(365, "critical", 2), found(366, "critical", 4)], 2),
    ("IH_CRITICAL_3Y", [found(365, "critical", 2), found(1096, "critical", 4)], 6),
    ("IH_MINOR_ALL", [found(5000, "minor", 2), found(9, "minor", 4, "complaint")], 2),
    ("IH_LAST_SERIOUS", [found(9, "serious", 0), found(30, "serious", 4)], 0),
    ("IH_LAST_SERIOUS", [found(9, "serious", 3), found(30, "serious", 4)], 3),
    ("IH_COMPLAINT_1Y", [ago(d, "inspection", "complaint.unrecorded") for d in (9, 365, 366)], 2),
    ("IH_RATE_OWN", [found(9, "critical", 1), found(30, "critical", 0)], (1 + 3 * 0.5) / 5),
    ("IH_RATE_OWN", [], 0.15),
    ("IH_RATE_SITE", [found(9, "critical", 1)], 1),
    ("IH_ROUTINE_1Y", [ago(d, "inspection", "routine.pass") for d in (9, 365, 366)], 2),
    ("IH_ROUTINE_ALL", [ago(d, "inspection", "routine.pass") for d in (9, 5000)], 2),
    (
        "IH_FAIL_ALL",
        [ago(9, "inspection", f"routine.{r}") for r in ("fail", "pass", "corrected")],
        1,
    ),
    ("IH_CORRECTED_ALL", [ago(9, "inspection", "routine.corrected")], 1),
    ("IH_SINCE_ROUTINE", [ago(d, "inspection", "routine.pass") for d in (30, 99)], 30 / MONTH),
    ("IH_SINCE_ROUTINE", [], 60),
    ("IH_SINCE_FIRST", [], (TODAY - 1) / MONTH),
    ("IH_LICENCE_AGE", [licence(731, "main:a.", TODAY - 99)], 731 / 365.25),
    (
        "IH_OTHER_LICENCES",
        [
            licence(9, "other:tobacco."),
            licence(400, "other:tobacco."),
            licence(9, "other:tavern.", TODAY - 1),
            licence(9, "main:a."),
        ],
        1,
    ),
    ("IH_TIER", [ago(9, "enterprise.tier", value=3)], 3),
    ("IH_TIER", [], 2),
    ("CX_CITY_RATE", [found(9, "critical", 1), found(366, "critical", 0)], 1),
    ("CX_MONTH", [], 5),
]


@pytest.mark.parametrize(("name", "records", "expected"), CASES)
def test_an_indicator_has_the_value_worked_out_by_hand(
    name: str, records: list[Record], expected: float
) -> None:
    catalogue = CATALOGUE.select(ids=[name])
    events = build([PRODUCER, *records])
    references = build_references(catalogue, events)
    asked = rows([0], [TODAY])
    value = compute(catalogue, events, asked, references=references, places=PLACES).loc[:, name]
    assert value.tolist() == [pytest.approx(expected)]


def test_every_indicator_that_is_not_one_of_a_family_is_worked_out_by_hand() -> None:
    families = ("IH_CRITICAL", "IH_SERIOUS", "IH_MINOR", "IH_LAST", "IH_RATE", "IH_REINSPECTION")
    families = (*families, "IH_LICENCE", "IH_COMPLAINT", "CX_COMPLAINTS")
    worked = {name for name, *_ in (*CASES, *OTHERS)}
    left = [name for name in CATALOGUE.ids if name not in worked]
    assert [name for name in left if not name.startswith(families)] == []


def test_a_bundle_of_fines_is_measured_on_a_logarithm() -> None:
    assert log10(1 + 1.5 + 7.5) == 1


def test_ids_names_and_directions_are_those_of_the_63() -> None:
    if not DEFINITIONS.exists():
        pytest.skip(f"{DEFINITIONS.name} is not beside the project")
    with DEFINITIONS.open(encoding="utf-8") as file:
        defined = {row["id"]: row for row in csv.DictReader(file)}
    ours = [i for i in CATALOGUE if i.dimension not in ("IH", "CX")]
    assert len(ours) >= 25
    for indicator in ours:
        row = defined[indicator.id]
        assert (indicator.zh, indicator.en) == (row["name_zh"], row["name_en"])
        assert indicator.direction == {"+": 1, "-": -1}[row["direction"]], indicator.id
        assert indicator.bands == row["default_bands_0_to_1"], indicator.id
        assert indicator.window == row["window"].replace("latest year", "at t"), indicator.id


def test_context_is_kept_out_of_grades() -> None:
    context = {i.id for i in CATALOGUE if i.dimension == "CX"}
    assert {i.id for i in CATALOGUE if i.use == "scheduling"} == context
    assert context.isdisjoint(CATALOGUE.select(use="grade").ids)
    assert np.isfinite([i.missing for i in CATALOGUE]).all()
