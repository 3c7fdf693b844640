"""Killed at any point between acceptance and fold-in, or during it: nothing is lost or twice."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from xinheng.archive import Archive
from xinheng.ledger import Ledger, connected, verify
from xinheng.ledger.trail import Proof

from ..archive.department import BETA
from .keyed import asking, issue
from .posting import STOPPED, URL, by_kind, department, fresh, level, penalty, send, settle
from .posting_victim import KEPT

ROOT = Path(__file__).parents[2]
QUICK = ("after the archive published it",)


def killed(folder: Path, key: str, point: str) -> None:
    command = [sys.executable, "-m", "tests.serving.posting_victim", str(folder), key, point]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    "point", [p if p in QUICK else pytest.param(p, marks=pytest.mark.slow) for p in KEPT]
)
def test_what_was_kept_lands_once_whenever_the_process_dies(tmp_path: Path, point: str) -> None:
    settings = fresh(tmp_path)
    key = issue(settings, department("bureau"))
    killed(tmp_path, key, point)
    with closing(Ledger(settings.ledger)) as ledger:
        posting = ledger.postings.under(f"key {key.split('_')[1]}", "k-1")
    assert posting is not None
    with asking(settings, department("bureau")) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        told = settle(client, posting.receipt)
        again = send(client, by_kind(penalty(code=BETA, **STOPPED)), "k-1").json()
        assert again == told
        assert (told["state"], told["delivery"], told["repeated"]) == ("folded", 3, False)
        assert [each["fate"] for each in told["fates"]] == ["accepted"]
        [touched] = told["enterprises"]
        assert (touched["level_before"], touched["level"]) == ("D", "E")
        assert level(client, "2026-07-01", BETA)["level"] == "E"
        assert len(client.get("/v1/changes").json()["changes"]) == 1
    archive = Archive(settings.archive)
    assert archive.sequence == 3
    assert archive.records("penalty").num_rows == 4
    assert archive.verify() == []


@pytest.mark.slow
def test_what_was_not_kept_was_never_accepted(tmp_path: Path) -> None:
    settings = fresh(tmp_path)
    killed(tmp_path, issue(settings, department("bureau")), "before it is kept")
    with asking(settings, department("bureau")) as client:
        assert client.get(f"{URL}/anything").status_code == 404
    assert Archive(settings.archive).sequence == 2
    with closing(Ledger(settings.ledger)) as ledger:
        assert ledger.postings.waiting() == 0
    with connected(settings.ledger) as engine:
        assert verify(engine, Proof.of(settings)).first is None
