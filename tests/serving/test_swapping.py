"""Under load: a new delivery, a new champion and new workers, and not one failed request."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

from benchmarks.load import get, paced

from ..archive.department import ALPHA, BETA, Bureau
from .installation import installation, promote
from .keyed import bearer, issue
from .test_live import NEWER, another
from .test_server import fetch, wait_for


@pytest.fixture
def two(tmp_path):
    """Two workers of an installation that others change meanwhile."""
    installed = installation(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = {f"XINHENG_{key.upper()}": str(getattr(installed, key)) for key in
              ("archive", "bundles", "keys", "ledger")}  # fmt: skip
    command = [sys.executable, "-m", "xinheng.cli", "serve", "--workers", "2", "--port", str(port)]
    with (tmp_path / "log").open("w+") as log:  # a pipe that nobody reads is full after a while
        server = subprocess.Popen(command, env=os.environ | values, stderr=log, text=True)
        server.stderr = log
        wait_for(f"http://127.0.0.1:{port}/readyz", server)
        yield installed, server, port, bearer(issue(installed, at=datetime.now(UTC)))
        server.terminate()
        server.wait(timeout=60)


def asked(port, key, seconds, rate=60):
    """Ask for grades and explanations at a pace, beside whatever else happens."""
    urls = [f"/v1/enterprises/{who}/{what}" for who in (ALPHA, BETA)
            for what in ("grade", "explanation", "remedies")]  # fmt: skip
    found = []

    def ask():
        found.append(paced(port, [get(url, **key) for url in urls], 8, seconds, rate))

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, found


def everywhere(port, key, bundle, sequence, seconds=60):
    """Wait until every connection, to whichever worker, is answered so."""
    url = f"http://127.0.0.1:{port}/v1/enterprises/{ALPHA}/grade"
    ending = time.monotonic() + seconds
    while time.monotonic() < ending:
        told = [json.loads(fetch(url, key)[2]) for _ in range(12)]
        if {(each["bundle"], each["sequence"]) for each in told} == {(bundle, sequence)}:
            return True
        time.sleep(0.3)
    return False


@pytest.mark.slow
def test_no_request_fails_while_states_are_swapped(two, tmp_path):
    installed, _, port, key = two
    thread, found = asked(port, key, 8)
    time.sleep(1)
    Bureau(tmp_path).deliver(NEWER)
    time.sleep(1)
    digest = promote(installed, another())
    assert everywhere(port, key, digest, 2)
    thread.join()
    assert (found[0].failed, found[0].answered) == (0, 480)


@pytest.mark.slow
def test_workers_that_are_replaced_answer_what_they_had_begun(two):
    _, server, port, key = two
    children = f"/proc/{server.pid}/task/{server.pid}/children"
    with open(children) as file:  # noqa: PTH123
        old = {*file.read().split()}
    thread, found = asked(port, key, 10)
    time.sleep(1)
    server.send_signal(signal.SIGHUP)
    thread.join()
    with open(children) as file:  # noqa: PTH123
        new = {*file.read().split()}
    assert len(new - old) >= 1
    assert found[0].failed == 0
