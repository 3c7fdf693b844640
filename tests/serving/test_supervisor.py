"""Workers that die are replaced, and none is lost that was asked."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))  # noqa: PTH120


@contextmanager
def supervised(work, **more):
    """Yield a supervisor of two workers, and where they answer."""
    command = [sys.executable, "-m", "tests.serving.workers", work]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | more,
    )  # fmt: skip
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def ask(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        return int(connection.recv(100))


def until(wanted, seconds=15):
    """Wait until something is so."""
    ending = time.monotonic() + seconds
    while time.monotonic() < ending:
        if found := wanted():
            return found
        time.sleep(0.02)
    raise TimeoutError(wanted)


def both(port, but=()):
    """Return the workers that answer once there are two of them besides some."""
    return until(lambda: len(found := {ask(port) for _ in range(20)} - {*but}) == 2 and found)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def two():
    with supervised("number") as (process, port):
        assert process.stdout.readline() == "ready\n"
        yield process, port


def test_a_worker_that_dies_is_replaced(two):
    _, port = two
    dead = both(port).pop()
    os.kill(dead, signal.SIGKILL)
    assert len(both(port, {dead})) == 2


@pytest.mark.slow
def test_workers_are_replaced_one_by_one_and_somebody_always_answers(two):
    process, port = two
    old = both(port)
    process.send_signal(signal.SIGHUP)
    seen = [old]

    def replaced():
        seen.append({ask(port) for _ in range(5)})
        return not any(map(is_alive, old))

    until(replaced)
    assert len(both(port, old)) == 2
    assert all(seen)


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_all_end_when_they_are_told_to(two, number):
    process, port = two
    workers = both(port)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert not any(map(is_alive, workers))


@pytest.mark.slow
def test_workers_do_not_outlive_a_supervisor_that_was_killed(two):
    process, port = two
    workers = both(port)
    process.kill()
    until(lambda: not any(map(is_alive, workers)))


def test_a_worker_that_cannot_begin_ends_all():
    with supervised("broken") as (process, _):
        assert process.wait(20) == 1
        assert "a worker ended with 3 before it was ready" in process.stderr.read()


@pytest.mark.slow
def test_the_old_stay_where_the_new_do_not_begin(tmp_path):
    mark = tmp_path / "broken"
    with supervised("broken_later", BROKEN=str(mark)) as (process, port):
        assert process.stdout.readline() == "ready\n"
        old = both(port)
        mark.touch()
        process.send_signal(signal.SIGHUP)
        time.sleep(1.5)
        assert both(port) == old
