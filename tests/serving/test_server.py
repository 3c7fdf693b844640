"""The service starts on this machine's own address, or says why it does not."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from urllib.error import HTTPError

import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.settings import load_settings
from xinheng.serving import serve
from xinheng.serving.hosting.listening import listen

from ..archive.department import ALPHA, Bureau
from .installation import ROWS, installation
from .keyed import bearer, issue

LOOPBACK = "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])  # noqa: S104
def test_an_address_that_others_could_reach_is_refused(settings, host):
    with pytest.raises(InvalidError, match=r"in the clear.*XINHENG_PROXIES.*XINHENG_HOSTS"):
        serve(settings, host)


@pytest.mark.parametrize("host", ["", "localhost", "example.org"])
def test_what_is_no_address_is_refused(settings, host):
    with pytest.raises(InvalidError, match="listens on an address"):
        serve(settings, host)


def test_a_port_that_is_taken_is_refused(settings):
    with listen(LOOPBACK, 0) as taken, pytest.raises(InvalidError, match="another program"):
        serve(settings, port=taken.getsockname()[1])


def test_answers_are_sent_without_waiting_for_acknowledgements():
    with (
        listen(LOOPBACK, 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_nothing_is_served_from_an_empty_archive(tmp_path):
    with pytest.raises(NotFoundError, match="holds no delivery"):
        serve(load_settings(archive=tmp_path / "a", ledger=f"sqlite:///{tmp_path}/l.db"))


def test_nothing_is_served_without_a_champion(tmp_path):
    Bureau(tmp_path).deliver(*ROWS)
    with pytest.raises(NotFoundError, match="xinheng train"):
        serve(load_settings(archive=tmp_path / "archive", ledger=f"sqlite:///{tmp_path}/l.db"))


def test_the_package_imports_without_the_web_framework():
    code = "import sys, xinheng.serving; assert 'fastapi' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_the_package_lacks_is_an_error():
    import xinheng.serving

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        xinheng.serving.nothing  # noqa: B018


def free_port():
    with socket.create_server((LOOPBACK, 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def process(tmp_path):
    installed = installation(tmp_path)
    port = free_port()
    values = {f"XINHENG_{key.upper()}": str(getattr(installed, key)) for key in
              ("archive", "bundles", "keys", "ledger")}  # fmt: skip
    command = [sys.executable, "-m", "xinheng.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env=os.environ | values, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    key = issue(installed, at=datetime.now(UTC))
    yield server, f"http://{LOOPBACK}:{port}", bearer(key)
    server.kill()
    server.communicate()


def fetch(url, headers=None, method="GET"):
    request = urllib.request.Request(url, headers=headers or {}, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def wait_for(url, server):
    for _ in range(600):
        assert server.poll() is None, server.stderr.read()
        try:
            return fetch(url)
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def test_the_command_serves_until_it_is_told_to_stop(process):
    server, base, key = process
    status, headers, body = wait_for(f"{base}/healthz", server)
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert "server" not in {name.lower() for name in headers}
    status, _, body = fetch(f"{base}/v1/enterprises/{ALPHA}/grade?as_of=2026-06-30", key)
    assert (status, json.loads(body)["level"]) == (200, "E")
    status, _, body = fetch(f"{base}/v1/enterprises/a%2Fb/grade", key)
    assert (status, json.loads(body)["title"]) == (404, "Unknown enterprise")
    assert fetch(f"{base}/v1/enterprises/{ALPHA}/grade")[0] == 401
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=30)
    assert server.returncode == 0
    assert "Traceback" not in err
    assert ALPHA not in out + err
    assert key["Authorization"].removeprefix("Bearer ") not in out + err


def worker_of(server):
    found = subprocess.run(
        ["pgrep", "--parent", str(server.pid), "--full", "spawn_main"],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return {int(each) for each in found.stdout.split()}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pgrep") is None, reason="there is no pgrep")
def test_a_single_worker_is_replaced_while_it_is_asked(process):
    server, base, _ = process
    wait_for(f"{base}/healthz", server)
    [old] = worker_of(server)
    server.send_signal(signal.SIGHUP)
    until = time.monotonic() + 60
    while old in worker_of(server) and time.monotonic() < until:
        assert fetch(f"{base}/healthz")[0] == 200
        time.sleep(0.3)  # so that what it logs has room in the pipe
    [new] = worker_of(server)
    os.kill(new, signal.SIGKILL)
    while not worker_of(server) - {new}:
        time.sleep(0.1)
    assert wait_for(f"{base}/healthz", server)[0] == 200


def test_a_reader_of_the_log_that_stalls_keeps_nobody_waiting_and_loses_nothing(process):
    server, base, _ = process
    wait_for(f"{base}/readyz", server)
    address = base.removeprefix("http://")
    with closing(HTTPConnection(address, timeout=10)) as connection:
        for _ in range(1_000):  # many times what a pipe holds
            connection.request("GET", "/v1/enterprises/no-such-enterprise/grade")
            assert connection.getresponse().read()
    server.send_signal(signal.SIGTERM)
    _, err = server.communicate(timeout=30)
    assert server.returncode == 0
    assert err.count('"status": 401') == 1_000
