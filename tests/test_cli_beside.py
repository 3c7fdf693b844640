"""What runs beside the service: counters that no full disk hurts, and a scheduler that lives."""

import os
import sys
import time
from pathlib import Path

import pytest

from xinheng.cli import beside as module
from xinheng.cli.beside import FOLDER, MEMORY, beside
from xinheng.cli.scheduler import Scheduler

BRIEF = "import sys; open(sys.argv[1], 'a').write('x'); import time; time.sleep(float(sys.argv[2]))"


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    monkeypatch.setenv(FOLDER, "x")  # so that it is taken back at the end
    monkeypatch.delenv(FOLDER)


@pytest.mark.skipif(not os.access(MEMORY, os.W_OK), reason="there is no folder in memory")
def test_workers_count_in_memory_and_leave_nothing():
    with beside(jobs=False):
        folder = Path(os.environ[FOLDER])
        assert folder.parent == MEMORY
        assert folder.is_dir()
    assert not folder.exists()


def test_without_room_in_memory_they_count_in_a_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "MEMORY", tmp_path / "none")
    with beside(jobs=False):
        assert Path(os.environ[FOLDER]).is_dir()


def begun(mark):
    return len(mark.read_text()) if mark.exists() else 0


def until(wanted):
    for _ in range(500):
        if wanted():
            return
        time.sleep(0.01)
    raise TimeoutError


def test_a_scheduler_that_ends_is_begun_anew(tmp_path, caplog):
    mark = tmp_path / "mark"
    with Scheduler([sys.executable, "-c", BRIEF, str(mark), "0"], pause=0.01):
        until(lambda: begun(mark) >= 2)
    assert "the scheduler ended with 0; another follows" in caplog.text
    count = begun(mark)
    time.sleep(0.1)
    assert begun(mark) == count


def test_a_scheduler_ends_with_the_service(tmp_path):
    mark = tmp_path / "mark"
    start = time.monotonic()
    with Scheduler([sys.executable, "-c", BRIEF, str(mark), "60"]):
        until(lambda: begun(mark) == 1)
    assert time.monotonic() - start < 10
