"""One installation and one client for the tests of the service."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from xinheng.core.settings import Settings
from xinheng.serving import create_app

from . import graded
from .installation import HOSTS, NOW, installation


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    return installation(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Settings:
    return graded.graded(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def town_client(town) -> Iterator[TestClient]:
    app = create_app(town, hosts=HOSTS, now=lambda: graded.NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="session")
def client(settings) -> Iterator[TestClient]:
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found
