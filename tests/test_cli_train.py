"""Training on the command line: with indicators of one's own, and beside earlier bundles."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError, NotGradableError
from xinheng.features import Indicator, count, standard_catalogue
from xinheng.grading import Parts, write_bundle
from xinheng.training import open_key

from .grading.world import parts, scheduling_parts
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


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("archive", "bundles", "mlruns", "keys"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    (tmp_path / "task.toml").write_text(TASK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def delivered(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    archive = archive_of(city(shops=60), place)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(archive.folder))
    return place


def put(place: Path, made: Parts) -> str:
    """Sign a bundle into the folder of bundles, and return its digest."""
    digest = write_bundle(place / "bundles" / "draft", made, open_key(place / "keys"))
    (place / "bundles" / "draft").rename(place / "bundles" / digest)
    return digest


@pytest.mark.slow
def test_a_catalogue_of_ones_own_trains_and_travels_to_the_grades(delivered: Path) -> None:
    own = delivered / "own.json"
    own.write_text(standard_catalogue().extended(OWN).to_json(), encoding="utf-8")

    page = delivered / "out" / "model.html"
    trained = run(
        "train",
        *("--task", str(delivered / "task.toml"), "--indicators", str(own), "--html", str(page)),
    )
    html = page.read_text("utf-8")
    assert trained["bundle"] in html
    assert "没有拟合逻辑回归" in html
    [note] = trained["unmatched"]
    assert note.startswith("indicator 'OWN_FAILED': no record that came matches")
    catalogue = json.loads((Path(trained["path"]) / "catalogue.json").read_text(encoding="utf-8"))
    assert catalogue["indicators"][-1]["id"] == "OWN_FAILED"

    graded = run("grade", "--as-of", "2026-01-01", "--output", str(delivered / "grades"))
    assert graded["enterprises"] == 60
    first = pd.read_csv(delivered / "grades" / "grades.csv")["enterprise"][0]
    explained = run("explain", first, "--as-of", "2026-01-01")
    named = json.dumps(explained, ensure_ascii=False)
    assert "OWN_FAILED" in named


@pytest.mark.slow
def test_earlier_bundles_are_compared_on_the_same_rows(delivered: Path) -> None:
    task, page = ("--task", str(delivered / "task.toml")), delivered / "page.md"
    digest = run("train", *task)["bundle"]
    again = run("train", *task, "--rival", f"in_force={digest[:12]}", "--report", str(page))
    assert again["bundle"] == digest  # whoever it is compared with
    none = [0.0, 0.0, 0.0]
    assert again["rivals"] == {"in_force": {"bundle": digest, "auc": none, "log_loss": none}}
    assert "| lightgbm – in_force |" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("rivals", "error", "message"),
    [
        (["before"], InvalidError, "--rival before names no bundle; write NAME=DIGEST"),
        (["before="], InvalidError, "--rival before= names no bundle"),
        (["=GRADE"], InvalidError, "--rival =.* names no bundle"),
        (["before=xyz"], NotFoundError, "no bundle in .* begins with 'xyz'; there are: "),
        (["before=TWIN"], InvalidError, "2 bundles in .* give more of the one you mean"),
        (["plan=SCHEDULING"], NotGradableError, "is for scheduling, not for grade"),
        (["a=GRADE", "b=GRADE", "a=GRADE"], InvalidError, "two rivals are called 'a'"),
        (["logistic=GRADE"], InvalidError, "called 'logistic', as a learner is"),
        (["last month=GRADE"], InvalidError, "a name has letters, digits, '.', '_' and '-'"),
    ],
)
def test_a_rival_that_cannot_be_compared_is_refused_before_training(
    place: Path, rivals: list[str], error: type[Exception], message: str
) -> None:
    known = {"GRADE": put(place, parts()), "SCHEDULING": put(place, scheduling_parts())}
    known["TWIN"] = known["GRADE"][:8]
    shutil.copytree(place / "bundles" / known["GRADE"], place / "bundles" / known["TWIN"])
    words = ["train", "--task", str(place / "task.toml")]
    for rival in rivals:
        name, equals, digest = rival.partition("=")
        words += ["--rival", f"{name}{equals}{known.get(digest, digest)}"]
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, error)
    assert re.search(message, str(result.exception))
    assert "Computing" not in result.stderr


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)
