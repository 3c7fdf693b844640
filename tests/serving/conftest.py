"""One installation and one client for the tests of the service."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from xinheng.core.settings import Settings

from . import graded
from .installation import installation
from .keyed import asking


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    return installation(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Settings:
    return graded.graded(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def town_client(town) -> Iterator[TestClient]:
    with asking(town, at=graded.NOW) as found:
        yield found


@pytest.fixture(scope="session")
def client(settings) -> Iterator[TestClient]:
    """A client of a supervisor who asks for routine supervision."""
    with asking(settings) as found:
        yield found
