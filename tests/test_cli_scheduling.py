"""The forecast and the plan on the command line, beside a model for grades."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import NotFoundError

from .training.world import PLACED, archive_of, quarters

TASK = """
title = "A made-up city"
learners = ["lightgbm"]
[boosting]
rounds = [10]
depths = [2]
least_rows = 20
[bootstrap]
draws = 100
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    archive = archive_of(quarters(shops=60, visits=6), tmp_path, enterprise=PLACED)
    for name in ("bundles", "mlruns", "keys"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("XINHENG_ARCHIVE", str(archive.folder))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    (tmp_path / "task.toml").write_text(TASK, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_forecast_plans_and_a_grade_grades_each_by_its_own_champion(place: Path) -> None:
    task, page = ("--task", str(place / "task.toml")), place / "page.md"
    graded = run("train", *task, "--report", str(page))
    forecast = run("forecast", *task, "--report", str(page))
    assert (forecast["purpose"], forecast["promoted"]) == ("scheduling", True)
    assert {"auc", "auc_same_inspector", "days_earlier"} <= forecast["measures"].keys()
    text = page.read_text("utf-8")
    for command in ("train", "forecast"):
        assert text.count(f"what `xinheng {command}` writes") == 2
    planned = run("plan", "--as-of", "2026-01-01", "--output", str(place / "plan"))
    assert planned["bundle"] == forecast["bundle"]
    made = run("grade", "--as-of", "2026-01-01", "--csv", str(place / "grades.csv"))
    assert {each["bundle"] for each in made["made"]} == {graded["bundle"]}
    assert len(pd.read_csv(place / "grades.csv")) == 60


@pytest.mark.slow
def test_a_plan_names_enterprises_as_they_were_delivered(place: Path) -> None:
    run("forecast", "--task", str(place / "task.toml"))
    found = run("plan", "--as-of", "2026-01-01", "--output", str(place / "plan"))
    table = pd.read_csv(place / "plan" / "plan.csv")
    assert (found["enterprises"], len(table)) == (60, 60)
    assert table["place"].tolist() == list(range(1, 61))
    assert sorted(table["enterprise"]) == [f"S{n:04d}" for n in range(60)]
    assert table["probability"].is_monotonic_decreasing
    assert found["first"][0]["enterprise"] == table["enterprise"][0]


@pytest.mark.usefixtures("place")
def test_without_a_forecast_there_is_no_plan() -> None:
    result = CliRunner().invoke(app, ["plan", "--as-of", "2026-01-01"])
    assert isinstance(result.exception, NotFoundError)
    assert "`xinheng forecast` one for 'scheduling'" in str(result.exception)


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)
