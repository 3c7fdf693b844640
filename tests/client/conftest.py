"""A service that listens, on a small installation and on a town whose grades moved."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from xinheng.client import Client
from xinheng.core.settings import Settings
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role
from xinheng.serving.hosting.listening import listen

from ..serving import graded
from ..serving.conftest import settings, town
from ..serving.installation import NOW, installation
from ..serving.keyed import issue

__all__ = ["settings", "town"]


@contextmanager
def served(settings: Settings, now=NOW) -> Iterator[str]:
    """Serve an installation in a thread; yield its address."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            create_app(settings, now=lambda: now), access_log=False, log_config=None, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def url(settings) -> Iterator[str]:
    with served(settings) as found:
        yield found


@pytest.fixture(scope="session")
def key(settings) -> str:
    return issue(settings)


@pytest.fixture(scope="session")
def operating(settings) -> str:
    return issue(settings, Grant(Role.ADMINISTRATOR))


@pytest.fixture
def client(url, key) -> Iterator[Client]:
    with Client(url, key, purpose="routine") as found:
        yield found


@pytest.fixture(scope="session")
def town_url(town) -> Iterator[str]:
    with served(town, graded.NOW) as found:
        yield found


@pytest.fixture(scope="session")
def town_key(town) -> str:
    return issue(town, at=graded.NOW)


class Office:
    """A service of its own, and people who ask it for a review."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url, self.settings = url, settings

    def enter(self, grant: Grant | None = None, purpose: str = "review") -> Client:
        key = issue(self.settings, grant or Grant(Role.SUPERVISOR))
        return Client(self.url, key, purpose=purpose)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    made = installation(tmp_path_factory.mktemp("office"))
    with served(made) as found:
        yield Office(found, made)
