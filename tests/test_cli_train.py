"""Training on the command line: with indicators of one's own, and beside earlier bundles."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError, NotGradableError, PolicyError
from xinheng.features import Indicator, count, standard_catalogue
from xinheng.grading import Parts, Policy, write_bundle
from xinheng.training import Search, Task, marks, open_key

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
    for name in ("archive", "bundles", "grades", "kept", "mlruns", "keys"):
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

    graded = run("grade", "--as-of", "2026-01-01", "--csv", str(delivered / "grades.csv"))
    assert graded["last"]["enterprises"] == 60
    first = pd.read_csv(delivered / "grades.csv")["id"][0]
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


PANEL = """
policy = "policy.toml"
[cohort]
kind = "panel"
first = 2020-01-01
[[label.outcomes]]
streams = ["inspection.critical"]
[windows]
train = { first = 2020-01-01, last = 2020-12-31 }
test = { first = 2021-01-01, last = 2021-12-31 }
"""
HALF_A_YEAR = Policy.default().text.replace("horizon_days = 365", "horizon_days = 180")
UNKNOWN_RULE = Policy.default().text.replace(
    "[edition.rules]", '[edition.rules]\nnobody_wrote_it = "at least E"'
)


@pytest.mark.parametrize("command", ["train", "forecast"])
def test_a_policy_that_is_not_there_is_refused_before_the_archive_is_read(
    place: Path, command: str
) -> None:
    (place / "task.toml").write_text('policy = "policy.toml"', encoding="utf-8")
    refused(NotFoundError, "policy.toml", command, "--task", str(place / "task.toml"))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (HALF_A_YEAR, "within 180 days, but the label looks 365 days ahead"),
        (UNKNOWN_RULE, "no rule 'nobody_wrote_it'"),
    ],
)
def test_a_policy_for_another_label_is_refused_before_the_archive_is_read(
    place: Path, policy: str, message: str
) -> None:
    (place / "task.toml").write_text(PANEL, encoding="utf-8")
    (place / "policy.toml").write_text(policy, encoding="utf-8")
    refused(PolicyError, message, "train", "--task", str(place / "task.toml"))


@pytest.mark.parametrize("command", ["train", "forecast"])
def test_a_page_with_one_mark_is_refused_before_the_archive_is_read(
    place: Path, command: str
) -> None:
    page = place / "page.md"
    page.write_text(marks(command)[0], encoding="utf-8")
    words = (command, "--task", str(place / "task.toml"), "--report", str(page))
    refused(InvalidError, "leave one of each", *words)


@pytest.mark.parametrize(
    ("search", "expected"),
    [("", Search(trials=7)), ("[search]\ntrials = 90\nseed = 5", Search(trials=7, seed=5))],
)
def test_trials_are_as_many_as_asked_for_and_the_search_is_the_tasks(
    place: Path, monkeypatch: pytest.MonkeyPatch, search: str, expected: Search
) -> None:
    tasks: list[Task] = []

    def asked(*, task: Task, **_: object) -> None:
        tasks.append(task)
        raise InterruptedError

    monkeypatch.setattr("xinheng.training.train", asked)
    (place / "task.toml").write_text(TASK + search, encoding="utf-8")
    words = ["train", "--task", str(place / "task.toml"), "--trials", "7"]
    assert isinstance(CliRunner().invoke(app, words).exception, InterruptedError)
    assert [task.search for task in tasks] == [expected]


def test_a_report_for_people_that_breaks_off_leaves_what_was_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = place / "out" / "model.html"
    html.parent.mkdir()
    html.write_text("before", "utf-8")
    monkeypatch.setattr("xinheng.training.train", lambda **_: SimpleNamespace(assessment=None))
    monkeypatch.setattr("xinheng.training.render_assessment", lambda _: "\ud800")
    words = ["train", "--task", str(place / "task.toml"), "--html", str(html)]
    assert isinstance(CliRunner().invoke(app, words).exception, UnicodeEncodeError)
    assert [each.read_text("utf-8") for each in html.parent.iterdir()] == ["before"]


def refused(error: type[Exception], message: str, *words: str) -> None:
    """Check that a command ends in an error before it tells of any work."""
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, error), result.exception
    assert message in str(result.exception)
    assert "Computing" not in result.stderr
    assert "Reading" not in result.stderr


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)
