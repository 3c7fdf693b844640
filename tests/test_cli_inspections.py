"""The commands on gradings: what they ask for, of all and of one, and the pages of rules."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError, PolicyError
from xinheng.core.settings import Settings, load_settings
from xinheng.core.time import day
from xinheng.grading import (
    Bundle,
    GradeBook,
    InspectionPolicy,
    Policy,
    RiskTable,
    load_trusted_keys,
    read_bundle,
)

from .archive.city import City
from .archive.department import ALPHA, BETA
from .serving.installation import promote

DAY = "2026-03-01"
DOCS = Path(__file__).parents[1] / "docs"
TOML = """
title = "Made up"
department = "made-up bureau"
scheme = "uscc"
[clocks]
backfill = "trusted"
[files.rows]
path = "penalties.csv"
reader = "csv"
[[records]]
kind = "{kind}"
rows = "rows"
sql = "kind.sql"
"""
SQL = "SELECT _row, {} FROM rows"
KINDS = {
    "enterprise": ("population", ["producer", "operator"]),
    "licence": ("licence,type,category", ["SC1,production,0401", "JY1,operation,"]),
    "penalty": ("organ,food,violation,penalty_kind", ["market,true,label,fine"]),
    "catering_grade": ("grade", [None, "B"]),
    "inspection": ("purpose,result,critical,minor", ["routine,corrected,2,1"]),
}


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    """Return a city in which ALPHA makes meat and was fined, and BETA caters."""
    city = City(tmp_path)
    for kind, (fields, rows) in KINDS.items():
        header = f"enterprise,number,occurred,known,{fields}"
        names = ", ".join(f'"{name}"' for name in header.split(","))
        sources = {
            "source__toml": TOML.format(kind=kind),
            "kind__sql": SQL.format(names),
        }
        city.add(kind, **sources)
        lines = [
            f"{code},N{place},2026-01-05,2026-01-05,{row}"
            for place, (code, row) in enumerate(zip((ALPHA, BETA), rows, strict=False))
            if row is not None
        ]
        city.deliver(kind, *lines, header=header)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(city.archive.folder))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    return city


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "140"})


def run(*words: str) -> str:
    result = invoke(*words)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def answered(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json"))
    return found


def inspections(*words: str) -> tuple[str, ...]:
    return ("inspections", "--as-of", DAY, *words)


@pytest.mark.usefixtures("city")
def test_everybody_is_planned_and_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    found = answered(*inspections("--output", str(path)))
    assert (found["enterprises"], found["visits"], found["drawn"]) == (2, 3, 0.2)
    assert (found["policy"], found["risk_table"], found["bundle"]) == (
        "default design-1", "food-producers design-1", None,
    )  # fmt: skip
    [maker] = [row for row in found["by_grade"] if row["grade"] == "C"][:1]
    assert maker == {
        "population": "producer", "grading": "risk", "grade": "C", "enterprises": 1, "least": 2,
        "most": 3, "visits": 2, "priority": 1, "due_at_once": 0,
    }  # fmt: skip
    assert sum(row["enterprises"] for row in found["by_level"] if row["level"] == "none") == 2
    table = pd.read_csv(path, keep_default_na=False).set_index("enterprise")
    assert table.loc[ALPHA, ["population", "level", "risk_grade", "visits", "due"]].tolist() == [
        "producer", "", "C", 2, "2028-01-05",
    ]  # fmt: skip
    assert table.loc[BETA, ["population", "catering_grade", "visits", "checked"]].tolist() == [
        "operator", "B", 1, "",
    ]  # fmt: skip
    shown = run(*inspections("--output", str(path)))
    assert "食品安全风险等级 risk grade" in shown
    assert "no model was promoted yet" in shown
    assert "3 visits and 0.2 draws a year" in shown


@pytest.mark.usefixtures("city")
def test_one_is_told_with_the_records_behind() -> None:
    found = answered(*inspections("--enterprise", ALPHA))
    assert found["gradings"] == {
        "population": "producer", "credit": None, "risk": "C", "catering": None,
    }  # fmt: skip
    risk = found["risk"]
    assert (risk["static"], risk["dynamic"], risk["by_score"]) == (34.0, 9.0, "B")
    assert (risk["raised"], risk["lowered"], risk["risk_grade"]) == (1, 0, "C")
    told = {row["line"]: row for row in risk["records"]}
    assert set(told) == {"category", "key_item", "general_item", "fined"}
    assert told["fined"] | {"zh": "", "en": "", "basis": ""} == {
        "part": "raise", "line": "fined", "zh": "", "en": "", "basis": "",
        "stream": "penalty.kind:market.food.fine", "number": "N0",
        "department": "made-up bureau", "occurred": "2026-01-05", "full": 1.0, "points": 1.0,
        "until": "2027-01-06",
    }  # fmt: skip
    plan = found["plan"]
    assert (plan["visits"], plan["least"], plan["most"], plan["share"]) == (2, 2, 3, 0.15)
    assert (plan["priority"], plan["checked"], plan["due"]) == (True, "2026-01-05", "2028-01-05")
    assert plan["basis"]["visits"] == "食药监食监一〔2016〕115号"
    shown = run(*inspections("--enterprise", ALPHA))
    for text in ("静态 static 34", "上调 raised by 1", "+1 级", "made-up bureau", "常规抽查比例"):
        assert text in shown


@pytest.mark.usefixtures("city")
def test_a_caterer_has_the_grade_that_was_given() -> None:
    found = answered(*inspections("--enterprise", BETA))
    assert found["gradings"]["catering"] == "B"
    assert found["risk"] is None
    assert found["catering"] == {
        "state": "in_force", "number": "N1", "given": "2026-01-05", "until": None, "score": None,
    }  # fmt: skip
    shown = run(*inspections("--enterprise", BETA))
    assert "有效 in force, given 2026-01-05" in shown
    assert "for food producers only" in shown


def test_a_promoted_model_gives_levels_of_credit(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(
        archive=city.archive.folder,
        bundles=tmp_path / "bundles",
        keys=tmp_path / "keys",
        ledger=f"sqlite:///{tmp_path / 'ledger.db'}",
    )
    monkeypatch.setenv("XINHENG_BUNDLES", str(settings.bundles))
    monkeypatch.setenv("XINHENG_KEYS", str(settings.keys))
    digest = promote(settings)
    found = answered(*inspections("--enterprise", ALPHA))
    level = GradeBook(city.archive, read_bundle_of(settings, digest)).grade(0, day(DAY)).level
    assert (found["bundle"], found["gradings"]["credit"]) == (digest, str(level))
    line = InspectionPolicy.default().on(day(DAY)).plans["producer"].credit[str(level)]
    assert found["plan"]["share"] == line.share
    assert f"bundle {digest[:12]}" in run(*inspections("--enterprise", ALPHA))
    counts = answered(*inspections("--output", str(tmp_path / "plan.parquet")))["by_level"]
    assert sum(row["enterprises"] for row in counts if row["level"] != "none") == 2


def read_bundle_of(settings: Settings, digest: str) -> Bundle:
    return read_bundle(settings.bundles / digest, load_trusted_keys(settings.keys))


@pytest.mark.usefixtures("city")
def test_other_files_make_another_plan(tmp_path: Path) -> None:
    policy, table = tmp_path / "plan.toml", tmp_path / "risk.toml"
    own = InspectionPolicy.default().text.replace("least = 2, most = 3", "least = 5, most = 6")
    policy.write_text(own, "utf-8")
    table.write_text(RiskTable.default().text.replace("points = 4\n", "points = 12\n"), "utf-8")
    words = ("--enterprise", ALPHA, "--policy", str(policy), "--risk-table", str(table))
    found = answered(*inspections(*words))
    assert (found["risk"]["dynamic"], found["risk"]["by_score"]) == (25.0, "C")
    assert found["gradings"]["risk"] == "D"
    found = answered(*inspections("--enterprise", ALPHA, "--policy", str(policy)))
    assert found["plan"]["visits"] == 5


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        (("--enterprise", "nobody"), NotFoundError, "no record of enterprise 'nobody'"),
        (("--as-of", "2025-01-01", "--enterprise", ALPHA), NotFoundError, "nothing was known"),
        (("--as-of", "2999-01-01"), InvalidError, "lies ahead"),
        (("--output", "plan.xlsx"), InvalidError, "must end in .parquet or .csv"),
        (("--policy", "none.toml"), NotFoundError, "no inspection policy file none.toml"),
        (("--risk-table", "none.toml"), NotFoundError, "no table of risk points file none.toml"),
    ],
)
@pytest.mark.usefixtures("city")
def test_what_cannot_be_done_is_told(
    words: tuple[str, ...], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        run(*inspections(*words))


def test_an_empty_archive_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    with pytest.raises(NotFoundError, match="holds no delivery; `xinheng ingest` takes one in"):
        run(*inspections())


@pytest.mark.parametrize(
    ("word", "page", "option", "text", "change"),
    [
        ("statutory", "statutory-rules.md", "--policy", Policy.default().text,
         ('prepaid_evasion = "2', 'prepaid_evasion = "1')),
        ("risk-grade", "risk-grade.md", "--table", RiskTable.default().text,
         ("most = 45", "most = 46")),
        ("inspections", "inspection-policy.md", "--policy", InspectionPolicy.default().text,
         ("most = 4,", "most = 5,")),
    ],
)  # fmt: skip
def test_pages_are_printed_or_written(
    tmp_path: Path, word: str, page: str, option: str, text: str, change: tuple[str, str]
) -> None:
    whole = (DOCS / page).read_text(encoding="utf-8")
    assert run("rulebook", word) == whole == answered("rulebook", word)["page"]
    own, path = tmp_path / "own.toml", tmp_path / "page.md"
    own.write_text(text.replace(*change), "utf-8")
    assert "written to" in run("rulebook", word, option, str(own), "--output", str(path))
    assert path.read_text(encoding="utf-8") != whole
    own.write_text(text.replace(*change, 1) + "\nbroken = 1", "utf-8")
    with pytest.raises(PolicyError, match=r"own.toml: .*broken"):
        run("rulebook", word, option, str(own))
