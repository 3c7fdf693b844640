"""One installation and one client for the tests of the service."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from xinheng.core.settings import Settings
from xinheng.serving.access import Grant, Role

from . import graded
from .installation import installation
from .keyed import asking, bearer, issue


@pytest.fixture(scope="session")
def settings(tmp_path_factory) -> Settings:
    return installation(tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Settings:
    return graded.graded(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def own_town(town) -> Callable[[Path], Settings]:
    """Copy what a test may change of the town into a folder."""

    def copied(folder: Path) -> Settings:
        home = town.archive.parent
        shutil.copy(home / "ledger.db", folder / "ledger.db")
        return town.model_copy(
            update={"ledger": f"sqlite:///{folder}/ledger.db", "audit": folder / "audit",
                    "keys": shutil.copytree(home / "keys", folder / "keys")}
        )  # fmt: skip

    return copied


@pytest.fixture(scope="session")
def town_client(town) -> Iterator[TestClient]:
    with asking(town, at=graded.NOW) as found:
        yield found


@pytest.fixture(scope="session")
def operator(settings) -> dict[str, str]:
    """What an administrator sends, who runs the service and reads no grade."""
    return bearer(issue(settings, Grant(Role.ADMINISTRATOR)), None)


@pytest.fixture(scope="session")
def client(settings) -> Iterator[TestClient]:
    """A client of a supervisor who asks for routine supervision."""
    with asking(settings) as found:
        yield found
