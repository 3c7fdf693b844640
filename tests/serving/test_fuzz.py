"""Whatever is sent to any route, the service answers as it documents; never with a fault."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from xinheng.core.settings import Settings
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role
from xinheng.serving.hosting.listening import listen

from .installation import HOSTS, NOW, installation
from .keyed import SUPERVISOR, bearer, held, issue

CONFIG = Path(__file__).with_name("schemathesis.toml")


ASKING = {
    "supervisor": SUPERVISOR,
    "department": held(Role.DEPARTMENT, "440304"),
    "data scientist": Grant(Role.DATA_SCIENTIST),
    "administrator": Grant(Role.ADMINISTRATOR),
    "auditor": Grant(Role.AUDITOR),
    "consumer": Grant(Role.CONSUMER),
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return installation(tmp_path_factory.mktemp("fuzzed"))


@pytest.fixture(scope="module")
def base(installed: Settings) -> Iterator[str]:
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="on", log_level="warning"))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def fuzz(base: str, key: str, cache: Path, *options: str) -> None:
    """Send what fits the description and what does not, and hold the answers to it."""
    headers = [f"--header={name}: {value}" for name, value in bearer(key).items()]
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run",
        f"{base}/openapi.json", "--checks=all", "--continue-on-failure", "--no-color",
        *headers, *options,
    ]  # fmt: skip
    found = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-20_000:] + found.stderr[-2_000:]


def test_every_answer_is_as_documented(base: str, installed: Settings, tmp_path: Path) -> None:
    fuzz(
        base, issue(installed), tmp_path, "--generation-deterministic", "--max-examples=3",
        "--phases=examples,fuzzing",
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("role", ASKING)
def test_every_answer_is_as_documented_whatever_is_asked(
    base: str, installed: Settings, tmp_path: Path, role: str
) -> None:
    key = issue(installed, ASKING[role])
    fuzz(base, key, tmp_path, "--generation-database=none", "--max-examples=100")
