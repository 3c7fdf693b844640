"""A job comes due by itself beside a service that answers, and is run though its runner dies."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from xinheng.core.time import SHANGHAI
from xinheng.serving.access import Grant, Role

from .installation import installation
from .keyed import bearer, issue
from .test_server import LOOPBACK, fetch, free_port, wait_for

JOB = """
[[job]]
name = "{name}"
zh = "{name}"
en = "{name}"
command = {command}
at = "{at:%H:%M:%S}"
"""


def soon(seconds):
    return datetime.now(SHANGHAI) + timedelta(seconds=seconds)


@pytest.fixture
def scheduled(tmp_path):
    """A service with its scheduler, of which one job is due soon and another later."""
    installed = installation(tmp_path)
    (tmp_path / "jobs.toml").write_text(
        JOB.format(name="trail", command='["ledger", "verify"]', at=soon(8))
        + JOB.format(name="purge", command='["purge"]', at=soon(3_600)),
        "utf-8",
    )
    values = {
        f"XINHENG_{name.upper()}": str(getattr(installed, name))
        for name in ("archive", "bundles", "keys", "ledger")
    }
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "xinheng.cli", "serve", "--jobs", "--port", str(port)],
            env=os.environ | values | {"XINHENG_JOBS": str(tmp_path / "jobs.toml")},
            stderr=log,
        )
    key = bearer(issue(installed, Grant(Role.ADMINISTRATOR), at=datetime.now(UTC)), None)
    yield server, f"http://{LOOPBACK}:{port}", key
    server.terminate()
    server.wait(30)


def runner_of(server):
    """The process that watches, once there is one."""
    for _ in range(600):
        found = subprocess.run(
            ["pgrep", "--parent", str(server.pid), "--full", "jobs watch"],  # noqa: S607
            capture_output=True, text=True, check=False,
        ).stdout.split()  # fmt: skip
        if found:
            return int(found[0])
        time.sleep(0.05)
    raise TimeoutError


def history(base, key, name):
    return json.loads(fetch(f"{base}/v1/jobs/{name}/runs", key)[2])["runs"]


def ended(base, key, name):
    for _ in range(600):
        found = history(base, key, name)
        if found and found[0]["ended"]:
            return found
        time.sleep(0.1)
    raise TimeoutError(name)


@pytest.mark.slow
def test_a_job_comes_due_and_is_run_though_its_runner_died(scheduled):
    server, base, key = scheduled
    first = runner_of(server)
    os.kill(first, signal.SIGKILL)
    wait_for(f"{base}/readyz", server)
    [run] = ended(base, key, "trail")
    assert (run["outcome"], run["actor"], run["attempt"]) == ("done", "scheduler", 1)
    assert datetime.fromisoformat(run["slot"]) <= datetime.fromisoformat(run["started"])
    assert runner_of(server) != first
    assert history(base, key, "purge") == []
    assert fetch(f"{base}/v1/jobs/purge/runs", key, method="POST")[0] == 202
    [asked] = ended(base, key, "purge")
    assert (asked["outcome"], asked["slot"]) == ("done", None)
    assert asked["actor"].startswith("key ")
    metrics = fetch(f"{base}/metrics")[2].decode()
    assert 'xinheng_job_failed{job="trail"} 0.0' in metrics
    assert 'xinheng_job_last_success_seconds{job="trail"} 0.0' not in metrics
