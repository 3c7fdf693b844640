"""The commands on the ledger: what an operator sees, and with which status they end."""

import json
import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.core.settings import load_settings
from xinheng.ledger import HEAD, Ledger

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path}/ledger.db")
    monkeypatch.setenv("XINHENG_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("XINHENG_AUDIT", raising=False)
    return tmp_path / "ledger.db"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["ledger", *words])


def read(*subjects: str) -> None:
    with closing(Ledger.open(load_settings())) as ledger:
        for subject in subjects:
            ledger.audit(at=NOW, actor="wang", action="read grade", subject=subject, detail={})


def test_from_nothing_up_down_and_up_again(file: Path) -> None:
    told = json.loads(run("status", "--json").stdout)
    assert (told["state"], told["revision"], told["needed"]) == ("empty", "", HEAD)
    assert not file.exists()
    assert "next: xinheng ledger upgrade" in run("status").stdout
    assert f"is of revision {HEAD}, and was empty" in run("upgrade").stdout
    assert "as before" in run("upgrade").stdout
    assert json.loads(run("downgrade", "0001", "--json").stdout)["before"]["revision"] == HEAD
    assert f"is old: revision 0001, needed {HEAD}" in run("status").stdout
    assert isinstance(run("downgrade", "0001").exception, InvalidError)
    read("E1")
    assert json.loads(run("status", "--json").stdout)["state"] == "current"


def test_the_audit_trail_is_verified(file: Path) -> None:
    read("E1", "E2", "E3")
    read("E4")
    assert (file.with_suffix(".audit") / "anchors.jsonl").is_file()
    sound = run("verify")
    assert sound.exit_code == 0
    assert sound.stdout == "4 entries of 2 chains and 4 anchors were checked\n"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET subject = 'E9' WHERE subject = 'E2'")
        connection.commit()
    broken = run("verify")
    assert isinstance(broken.exception, IntegrityError)
    assert "not as it was written: entry 2 was changed" in str(broken.exception)
    assert "entry 2 was changed" in broken.stdout
    assert "more" not in str(broken.exception)
    [fault] = json.loads(run("verify", "--json").stdout)["faults"]
    assert (fault["position"], fault["at"][:10]) == (2, "2026-01-01")


@pytest.mark.usefixtures("file")
def test_the_anchors_of_another_ledger_are_said_to_be_no_anchors_of_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_AUDIT", str(tmp_path / "audit"))
    read("E1")
    monkeypatch.setenv("XINHENG_AUDIT", str(tmp_path / "other"))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path}/other.db")
    read("E2")
    monkeypatch.setenv("XINHENG_AUDIT", str(tmp_path / "audit"))
    broken = run("verify")
    assert f"the anchors in {tmp_path}/audit tell of none of its chains" in str(broken.exception)
    assert "entry 1 is missing, which anchor 2 tells of" in broken.stdout


def test_nobody_else_reads_a_ledger_or_its_copies(file: Path, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        read("E1")
        run("backup", str(tmp_path / "copy.db"))
        file.unlink()
        run("restore", str(tmp_path / "copy.db"), "--yes")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file, tmp_path / "copy.db")] == [
        0o600
    ] * 2


def test_a_backup_is_put_back(file: Path, tmp_path: Path) -> None:
    read("E1")
    assert "bytes are in" in run("backup", str(tmp_path / "copy.db")).stdout
    read("E2")
    asked = run("restore", str(tmp_path / "copy.db"))
    assert asked.exit_code == 1
    restored = json.loads(run("restore", str(tmp_path / "copy.db"), "--yes", "--json").stdout)
    assert Path(restored["kept"]).is_file()
    checked = run("verify")
    assert checked.exit_code == 0
    assert "a backup was restored" in checked.stdout
    assert file.is_file()
