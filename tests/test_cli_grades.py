"""Grades on the command line: runs that are due, history, and a grade of last year made anew."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, PolicyError
from xinheng.core.time import day
from xinheng.explaining import Actions
from xinheng.grading import Parts, write_bundle
from xinheng.training import open_key

from .grading.dynamic.test_rebuild import LISTED, SINCE
from .grading.dynamic.world import AT, Town, inspections
from .grading.world import parts


def run(*words: str) -> Any:
    done = CliRunner().invoke(app, [*words, "--json"])
    if done.exception:
        raise done.exception
    return json.loads(done.stdout)


def shown(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    return done.stdout


def promote(town: Town, made: Parts, reason: str, at: datetime = AT) -> str:
    """Sign a bundle with the installation's key and make it the champion."""
    bundles = town.folder / "bundles"
    digest = write_bundle(bundles / "draft", made, open_key(town.folder / "keys"))
    (bundles / "draft").rename(bundles / digest)
    town.ledger.promote(digest, purpose="grade", actor="li", reason=reason, at=at)
    return digest


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town with a champion, and last year's grades, and all that came since."""
    with pytest.MonkeyPatch.context() as patch:
        town = Town(tmp_path_factory.mktemp("town"))
        settings(town.folder, patch)
        town.deliver([*inspections(), LISTED])
        promote(town, parts(), "first")
        first = run("grade", "--as-of", "2024-01-20", "--start", "2023-11-01")
        assert first["in_hindsight"] == len(first["made"]) > 0
        town.deliver(SINCE)
        promote(town, replace(parts(), calibrator=parts().calibrator.shifted(0.4)), "recalibrated")
        run("grade", "--as-of", "2024-06-10")
    yield town
    town.ledger.close()


def settings(folder: Path, patch: pytest.MonkeyPatch) -> None:
    for name in ("archive", "bundles", "grades", "kept", "keys"):
        patch.setenv(f"XINHENG_{name.upper()}", str(folder / name))
    patch.setenv("XINHENG_LEDGER", f"sqlite:///{folder / 'ledger.db'}")


@pytest.fixture
def town(installed: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    settings(installed.folder, monkeypatch)
    return installed


def test_runs_are_listed_with_what_they_were_made_from(town: Town) -> None:
    runs = run("grades", "runs")["runs"]
    assert [(each["as_of"], each["reason"], each["sequence"]) for each in runs][:4] == [
        ("2023-11-01", "start", 1),
        ("2023-11-11", "serious_dishonesty", 1),
        ("2023-12-01", "monthly", 1),
        ("2024-01-01", "monthly", 1),
    ]
    assert {each["sequence"] for each in runs[4:]} == {2}
    assert len({each["bundle"] for each in runs}) == 2
    text = shown("grades", "runs")
    assert "2023-11-11" in text
    assert "serious_dishonesty" in text
    assert town.ledger.history.runs()[0].actor


@pytest.mark.usefixtures("town")
def test_nothing_is_made_twice(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "grades.csv"
    again = run("grade", "--as-of", "2024-06-10", "--csv", str(path))
    assert again["made"] == []
    table = pd.read_csv(path)
    assert len(table) == again["last"]["enterprises"] == 70
    assert table["level"].value_counts().to_dict() == {
        level: count for level, count in again["last"]["levels"].items() if count
    }
    assert "no run was due; the last was as of 2024-06-01" in shown(
        "grade", "--as-of", "2024-06-10"
    )


@pytest.mark.usefixtures("town")
def test_a_grade_of_last_year_is_made_anew() -> None:
    """Later deliveries came, a record was withdrawn, and the champion is another."""
    found = run("grades", "rebuild", "--as-of", "2024-01-15")
    assert (found["enterprises"], found["different"]) == (60, [])
    assert found["run"]["sequence"] == 1
    one = run("grades", "rebuild", "--as-of", "2023-11-20", "--enterprise", "S002")
    given = run("grades", "history", "S002", "--as-of", "2023-11-20")["grade"]
    [grade] = one["grades"]
    for name in ("level", "model_level", "previous", "probability", "margin"):
        assert grade[name] == given[name]
    assert grade["bundle"] == found["run"]["bundle"] != run("grades", "runs")["runs"][-1]["bundle"]
    assert [rule["id"] for rule in grade["rules"]] == ["serious_dishonesty"]
    assert "60 of 60 grades are the same" in shown("grades", "rebuild", "--as-of", "2024-01-15")


def test_a_grade_explained_between_two_runs_starts_from_the_last(town: Town) -> None:
    given = town.levels(town.ledger.history.runs()[-1])
    for shop in ("S001", "S008", "S021"):
        grade = run("explain", shop, "--as-of", "2024-06-09")["grade"]
        assert grade["previous"] == given.loc[shop, "model_level"]
    first = run("explain", "S001", "--as-of", "2023-11-01")["grade"]
    assert first["previous"] is None


@pytest.mark.usefixtures("town")
def test_why_a_grade_moved_and_what_would_improve_it_are_told(tmp_path: Path) -> None:
    """The grade before was given by the champion of then, from the records of then."""
    path = tmp_path / "sheet.html"
    words = ("explain", "S002", "--as-of", "2024-06-09", "--since", "2023-11-20")
    found = run(*words, "--remedies", "--sheet", str(path), "--language", "en")
    moved = found["movement"]
    assert moved["as_of"] == ["2023-11-11", "2024-06-09"]
    given = run("grades", "history", "S002", "--as-of", "2023-11-20")["grade"]
    assert moved["levels"] == [given["level"], found["level"]]
    causes = {each["cause"] for each in moved["parts"]}
    assert {"rules", "calibration"} <= causes
    odds = moved["log_odds"]
    assert sum(each["log_odds"] for each in moved["parts"]) == pytest.approx(odds[1] - odds[0])
    assert "Since 2023-11-11" in path.read_text("utf-8")
    assert found["remedies"]["level"] == found["level"]
    text = shown(*words, "--remedies")
    assert "since 自 2023-11-11" in text
    assert "如何改善" in text


@pytest.mark.usefixtures("town")
def test_an_office_explains_in_its_own_words(tmp_path: Path) -> None:
    words = ["explain", "S002", "--as-of", "2024-06-09", "--sentences", str(tmp_path)]
    own = tmp_path / "own.toml"
    texts = 'zh = "处罚[/b]等级{x}"\n{0}.en = "penalties weigh {x}"\n'
    said = "".join(f"{name}.{texts.replace('{0}', name)}" for name in ("some", "missing"))
    own.write_text(f'[[form]]\nids = ["PN08"]\n{said}', "utf-8")
    sheet = tmp_path / "sheet.html"
    told = run(*words, "--since", "2023-11-20", "--sheet", str(sheet))
    [found] = [each for each in told["reasons"] if each["id"] == "PN08"]
    assert found["sentence_zh"].startswith("处罚[/b]等级")
    assert found["sentence_en"].startswith("Penalties weigh ")
    assert "处罚[/b]等级" in sheet.read_text("utf-8")
    assert "处罚[/b]等级" in shown(*words)
    own.write_text(own.read_text("utf-8").replace("PN08", "PN80"), "utf-8")
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, PolicyError)
    assert "there is no indicator 'PN80'; did you mean 'PN08'?" in str(done.exception)


def test_a_sheet_of_another_kind_is_refused(town: Town, tmp_path: Path) -> None:
    words = ["explain", "S002", "--as-of", "2024-06-09", "--sheet", str(tmp_path / "sheet.doc")]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, InvalidError)
    assert "must end in .html or .pdf" in str(done.exception)
    assert town.archive.sequence == 2


@pytest.mark.usefixtures("town")
def test_a_sheet_of_a_day_without_known_actions_has_no_remedies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Actions.default()
    later = replace(known.editions[-1], effective_from=day("2024-07-01"))
    changed = replace(known, editions=(later,))
    monkeypatch.setattr(Actions, "default", classmethod(lambda _: changed))
    path = tmp_path / "sheet.html"
    words = ("explain", "S002", "--as-of", "2024-06-09", "--sheet", str(path), "--language", "en")
    assert "remedies" not in run(*words)
    assert "What would improve it" not in path.read_text("utf-8")


@pytest.mark.usefixtures("town")
def test_a_movement_since_a_later_day_is_refused() -> None:
    words = ["explain", "S002", "--as-of", "2024-06-01", "--since", "2024-06-02"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, InvalidError)
    assert "--since 2024-06-02 lies after --as-of 2024-06-01" in str(done.exception)


@pytest.mark.usefixtures("town")
def test_a_movement_since_a_day_on_which_nothing_was_known_is_refused() -> None:
    """There was no level from which it could have moved."""
    words = ["explain", "S002", "--as-of", "2024-06-01", "--since", "1999-01-01"]
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, NotFoundError)
    assert "nothing was known about enterprise 'S002' as of 1999-01-01" in str(done.exception)
    assert re.search(r"the first is of \d{4}-\d\d-\d\d: ask for a later day", str(done.exception))


@pytest.mark.usefixtures("town")
def test_a_history_says_what_changed_and_why() -> None:
    found = run("grades", "history", "S002", "--as-of", "2024-06-10")
    changes = {each["as_of"]: each for each in found["changes"]}
    assert "rule_met" in changes["2023-11-11"]["cause"]
    assert "rule_lifted" in changes["2024-05-06"]["cause"]
    text = shown("grades", "history", "S002", "--as-of", "2024-06-10")
    assert "serious_dishonesty" in text
    early = run("grades", "history", "S002", "--as-of", "2023-11-05")
    assert early["changes"] == []
    assert "has not changed" in shown("grades", "history", "S002", "--as-of", "2023-11-05")


def test_runs_that_were_missed_are_made_by_the_champion_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = Town(tmp_path)
    settings(tmp_path, monkeypatch)
    town.deliver(inspections())
    old = promote(town, parts(), "first", datetime(2024, 1, 1, tzinfo=UTC))
    moved = replace(parts(), calibrator=parts().calibrator.shifted(0.4))
    new = promote(town, moved, "recalibrated", datetime(2024, 2, 10, tzinfo=UTC))
    made = run("grade", "--as-of", "2024-03-05", "--start", "2024-01-15")["made"]
    assert [(each["as_of"], each["bundle"]) for each in made] == [
        ("2024-01-15", old),
        ("2024-02-01", old),
        ("2024-03-01", new),
    ]
    town.ledger.close()


def test_what_cannot_be_is_told(town: Town, tmp_path: Path, monkeypatch: Any) -> None:
    with pytest.raises(InvalidError, match="first run was as of 2023-11-01"):
        run("grade", "--as-of", "2024-06-10", "--start", "2023-01-01")
    with pytest.raises(NotFoundError, match="nobody graded by 2023-01-01"):
        run("grades", "rebuild", "--as-of", "2023-01-01")
    with pytest.raises(NotFoundError, match="no record of enterprise 'S999'"):
        run("grades", "history", "S999", "--as-of", "2024-06-10")
    shutil.copytree(town.folder / "grades", tmp_path / "grades")
    monkeypatch.setenv("XINHENG_GRADES", str(tmp_path / "grades"))
    for part in tmp_path.glob("grades/*/part-*.parquet"):
        part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(IntegrityError, match="not as it was written"):
        run("grades", "rebuild", "--as-of", "2024-01-15")
    monkeypatch.setenv("XINHENG_GRADES", str(tmp_path / "elsewhere"))
    with pytest.raises(NotFoundError, match=r"are not in .*elsewhere; set XINHENG_GRADES"):
        run("grade", "--as-of", "2024-07-01")
