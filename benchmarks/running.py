"""Servers that benchmarks run: started, waited for, looked at, and ended."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

__all__ = ["HOST", "fetch", "free_port", "memory", "running"]

HOST, START_S = "127.0.0.1", 300.0


@contextmanager
def running(command: Sequence[str], url: str, **more: str) -> Iterator[tuple[int, float]]:
    """Run a server; yield its process and how many seconds it took to answer."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        command,
        env=os.environ | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _answers(url):
            if process.poll() is not None or time.perf_counter() - start > START_S:
                raise RuntimeError(f"{command} ended: {process.returncode}")
            time.sleep(0.1)
        yield process.pid, time.perf_counter() - start
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """Ask once."""
    asked = Request(url, body, {"Content-Type": "application/json", **(headers or {})})  # noqa: S310
    with urlopen(asked, timeout=60) as answer:  # noqa: S310
        return json.load(answer), answer.headers


def memory(pid: int) -> float:
    """Return the megabytes that a process and all below it hold for themselves."""
    found = 0.0
    for each in _below(pid):
        try:
            lines = Path(f"/proc/{each}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        said = dict(line.split(":", 1) for line in lines)
        found += int(said.get("RssAnon", "0").split()[0]) / 1e3
    return found


def _below(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(each) for each in children.read_text().split()] if children.exists() else []
    return [pid, *(more for each in own for more in _below(each))]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
