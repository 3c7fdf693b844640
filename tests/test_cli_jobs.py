"""The commands of jobs, backups, the inbox and settings, as an operator sees them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.errors import InvalidError, NotFoundError, WorkerError
from xinheng.core.settings import load_settings
from xinheng.ledger import Ledger

TABLE = """
[[job]]
name = "trail"
zh = "核验审计"
en = "check the audit trail"
command = ["ledger", "verify"]
at = "05:00"

[[job]]
name = "inbox"
zh = "归集"
en = "the inbox"
command = ["collect"]
at = "01:30"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "jobs.toml").write_text(TABLE, "utf-8")
    values = {
        "LEDGER": f"sqlite:///{tmp_path}/ledger.db", "KEYS": tmp_path / "keys",
        "JOBS": tmp_path / "jobs.toml", "ARCHIVE": tmp_path / "archive",
        "INBOX": tmp_path / "inbox", "BACKUPS": tmp_path / "backups",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(f"XINHENG_{name}", str(value))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def test_a_job_is_run_listed_and_remembered():
    assert "nothing is due" in run("jobs", "due").stdout
    assert run("jobs", "history").stdout == "no job ran yet: xinheng jobs list\n"
    done = json.loads(run("jobs", "run", "trail", "--json").stdout)
    assert (done["outcome"], done["counts"]["faults"]) == ("done", 0)
    [trail, inbox] = json.loads(run("jobs", "list", "--json").stdout)["jobs"]
    assert trail["last"]["outcome"] == "done"
    assert inbox["last"] is None
    [one] = json.loads(run("jobs", "history", "trail", "--json").stdout)["runs"]
    assert one["id"] == done["id"]
    assert "asked by" in run("jobs", "history").stdout
    assert "核验审计" in run("jobs", "list").stdout


def test_a_job_that_fails_says_what_to_do():
    failed = run("jobs", "run", "inbox")
    assert isinstance(failed.exception, WorkerError)
    assert "inbox: failed. there is no inbox" in str(failed.exception)
    assert str(failed.exception).endswith("then: xinheng jobs run inbox")
    shown = run("jobs", "history").stdout
    assert "there is no inbox" in shown
    assert "mend what it says, then: xinheng jobs run inbox" in shown
    [one] = json.loads(run("jobs", "history", "--json").stdout)["runs"]
    assert one["advice"].startswith("there is no inbox")
    assert one["advice"].endswith("then: xinheng jobs run inbox")


def test_what_somebody_asked_for_is_due():
    from datetime import UTC, datetime

    with closing(Ledger.open(load_settings())) as ledger:
        ledger.jobs.request("trail", at=datetime(2026, 1, 1, tzinfo=UTC), actor="key k1")
    [one] = json.loads(run("jobs", "due", "--json").stdout)["runs"]
    assert (one["job"], one["actor"], one["outcome"]) == ("trail", "key k1", "done")


def test_a_job_that_is_none_is_refused_with_what_there_is():
    refused = run("jobs", "run", "trial")
    assert isinstance(refused.exception, NotFoundError)
    assert "did you mean 'trail'" in str(refused.exception)


def test_an_empty_inbox_is_told(folder: Path):
    (folder / "inbox").mkdir()
    assert "the inbox is empty" in run("collect").stdout
    assert json.loads(run("collect", "--json").stdout)["landed"] == 0


def test_without_backups_the_next_step_is_told():
    assert "next: xinheng backup make" in " ".join(run("backup", "list").stdout.split())
    assert isinstance(run("backup", "verify").exception, NotFoundError)


def test_settings_are_listed_and_looked_at(folder: Path):
    listed = json.loads(run("settings", "--json").stdout)
    assert listed["inbox"] == str(folder / "inbox")
    assert "XINHENG_INBOX" in run("settings").stdout
    looked = run("settings", "check", "--json")
    assert isinstance(looked.exception, InvalidError)
    assert "XINHENG_AUDIT" in [each["variable"] for each in json.loads(looked.stdout)["findings"]]


def test_files_that_settings_name_are_read_before_anything_begins_with_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    (folder / "sign-in").mkdir()
    (folder / "sign-in" / "city.toml").write_text('issuer = "https://sign-in.example"\n')
    (folder / "jobs.toml").write_text(TABLE.replace("collect", "erase"))
    monkeypatch.setenv("XINHENG_CHANNELS", str(folder / "none.toml"))
    monkeypatch.setenv("XINHENG_SIGN_IN", str(folder / "sign-in"))
    monkeypatch.setenv("XINHENG_ADDRESS", "0.0.0.0")  # noqa: S104
    looked = run("settings", "check", "--json")
    found = {each["variable"]: each["problem"] for each in json.loads(looked.stdout)["findings"]}
    assert found.keys() >= {f"XINHENG_{n}" for n in ("CHANNELS", "SIGN_IN", "ADDRESS", "JOBS")}
    assert "none.toml" in found["XINHENG_CHANNELS"]
    assert "XINHENG_PURPOSES" not in found
