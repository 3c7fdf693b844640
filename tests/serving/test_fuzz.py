"""Whatever is sent to any route, the service answers as it documents; never with a fault."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from xinheng.serving import create_app
from xinheng.serving.server import LOOPBACK, listen

from .installation import HOSTS, NOW, installation

CONFIG = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = create_app(installation(tmp_path_factory.mktemp("fuzzed")), hosts=HOSTS, now=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    with listen(LOOPBACK, 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def fuzz(base: str, *options: str) -> None:
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run",
        f"{base}/openapi.json", "--checks", "all", "--continue-on-failure", "--no-color",
        "--generation-database", "none", *options,
    ]  # fmt: skip
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]


def test_every_answer_is_as_documented(base: str) -> None:
    fuzz(base, "--generation-deterministic", "--max-examples", "3")


@pytest.mark.slow
def test_every_answer_is_as_documented_whatever_is_asked(base: str) -> None:
    fuzz(base, "--max-examples", "200")
