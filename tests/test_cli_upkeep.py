"""The commands that try mappings, try rows again, and keep the archive in order."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError

from .archive.department import ALPHA, BETA, PENALTY, Bureau, delivery

SOUND = f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,"
WRONG = f"{BETA},P2,2026-01-06,2026-01-20,label,money,2,"


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    bureau = Bureau(tmp_path)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(bureau.archive.folder))
    monkeypatch.setenv("XINHENG_SOURCES", str(bureau.source.parent))
    return bureau


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["archive", *words])


def test_a_mapping_is_tried_and_nothing_is_written(bureau: Bureau, tmp_path: Path) -> None:
    folder = str(delivery(tmp_path / "delivery", SOUND, WRONG))
    shown = run("check-mapping", "bureau", folder)
    assert shown.exit_code == 0
    for words in (
        "penalties: 2 rows = 1 sound, 1 quarantined, 0 review, 0 skipped",
        "there is no penalty_kind 'money'",
        "violation=label",
        "known=2026-01-20",
        "nothing was written",
    ):
        assert words in shown.stdout
    found = json.loads(run("check-mapping", "bureau", folder, "--json").stdout)
    assert found["counts"]["penalties"]["quarantined"] == 1
    assert [row["number"] for row in found["first"]["penalty"]] == ["P1", "P2"]
    assert not bureau.archive.folder.exists()


def test_rows_set_aside_are_tried_again(bureau: Bureau) -> None:
    bureau.deliver(SOUND, WRONG)
    mended = PENALTY.replace("kind AS", "replace(kind, 'money', 'fine') AS")
    (bureau.source / "penalty.sql").write_text(mended)
    found = json.loads(run("quarantine", "replay", "bureau", "1", "--json").stdout)
    assert (found["replays"], found["files"][0]["accepted"]) == (1, 1)
    assert "0 of 0" in run("quarantine", "list").stdout or "no row" in run("quarantine").stdout


def test_the_archive_is_put_in_order_and_checked(bureau: Bureau) -> None:
    for number in range(3):
        bureau.deliver(SOUND.replace("P1", f"P{number}"))
    assert "3 small deliveries were folded" in run("compact").stdout
    assert "every table is in order" in run("compact").stdout
    assert run("vacuum", "--keep-days", "0").stdout.endswith("were removed\n")
    assert "everything is there" in run("verify").stdout
    next((bureau.archive.folder / "tables" / "penalty").glob("*.parquet")).unlink()
    broken = run("verify")
    assert "is missing; restore it from a backup" in broken.stdout
    assert isinstance(broken.exception, IntegrityError)


def test_erasure_asks_first_and_names_one(bureau: Bureau) -> None:
    bureau.deliver(SOUND)
    assert isinstance(run("erase").exception, InvalidError)
    assert run("erase", "--person", "x").exit_code == 1
    assert "nothing was erased" in str(run("erase", "--person", "x", "--yes").exception)
