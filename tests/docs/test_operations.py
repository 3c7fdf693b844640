"""The runbook of operations is what the program does: its table of jobs, its commands."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.jobs import read_timetable

from ..serving.installation import installation

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def after(mark: str) -> str:
    return PAGE.split(f"<!-- {mark} -->")[1]


def commands(mark: str) -> list[list[str]]:
    [block, *_] = re.findall(r"```sh\n(.*?)```", after(mark), re.DOTALL)
    return [shlex.split(line, comments=True)[1:] for line in block.splitlines()]


def test_the_table_of_jobs_is_the_timetable_that_ships() -> None:
    rows = [line for line in after("jobs").split("<!--")[0].splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{each.name}` | {each.zh} {each.en} | {each.rhythm} | "
        f"`xinheng {' '.join(each.command)}` |"
        for each in read_timetable().job
    ]


def test_the_example_of_a_job_can_be_used(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(\[\[job\]\].*?)```", PAGE, re.DOTALL)
    (tmp_path / "jobs.toml").write_text(example, "utf-8")
    assert read_timetable(tmp_path / "jobs.toml")["recalibration"].day == 1


def test_the_runbook_of_backup_and_restore_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = installation(tmp_path)
    kept = {"grades": tmp_path / "grades", "backups": tmp_path / "kept"}
    values = {name: getattr(made, name) for name in ("archive", "bundles", "keys", "ledger")} | kept
    for name, value in values.items():
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(value))
    for words in [*commands("runbook"), *commands("restore"), *commands("how")[:1]]:
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.output, done.exception)
