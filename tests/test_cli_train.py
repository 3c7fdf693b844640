"""Training on the command line with indicators of one's own, and grading by what they made."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.features import Indicator, count, standard_catalogue

from .training.world import archive_of, city

TASK = """
title = "A made-up city"
learners = ["lightgbm"]
[boosting]
rounds = [10]
least_rows = 20
[bootstrap]
draws = 100
"""
OWN = Indicator(
    id="OWN_FAILED",
    zh="检查未通过占比",
    en="Share of inspections that failed",
    dimension="CC",
    expression=count("inspection:*.fail", "inspection:*.fial") / count("inspection"),
    direction=1,
    missing=0,
    basis="design",
    formula="count(inspections that failed) / count(inspections)",
)


@pytest.mark.slow
def test_a_catalogue_of_ones_own_trains_and_travels_to_the_grades(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archive_of(city(shops=60), tmp_path)
    for name in ("bundles", "mlruns", "keys"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("XINHENG_ARCHIVE", str(archive.folder))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    (tmp_path / "task.toml").write_text(TASK, encoding="utf-8")
    own = tmp_path / "own.json"
    own.write_text(standard_catalogue().extended(OWN).to_json(), encoding="utf-8")

    page = tmp_path / "out" / "model.html"
    trained = run(
        "train",
        *("--task", str(tmp_path / "task.toml"), "--indicators", str(own), "--html", str(page)),
    )
    html = page.read_text("utf-8")
    assert trained["bundle"] in html
    assert "没有拟合逻辑回归" in html
    [note] = trained["unmatched"]
    assert note.startswith("indicator 'OWN_FAILED': no record that came matches")
    catalogue = json.loads((Path(trained["path"]) / "catalogue.json").read_text(encoding="utf-8"))
    assert catalogue["indicators"][-1]["id"] == "OWN_FAILED"

    graded = run("grade", "--as-of", "2026-01-01", "--output", str(tmp_path / "grades"))
    assert graded["enterprises"] == 60
    first = pd.read_csv(tmp_path / "grades" / "grades.csv")["enterprise"][0]
    explained = run("explain", first, "--as-of", "2026-01-01")
    named = json.dumps(explained, ensure_ascii=False)
    assert "OWN_FAILED" in named


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)
