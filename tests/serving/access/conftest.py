"""What the tests of access share."""

from contextlib import closing

import pytest

from xinheng.ledger import Ledger

from ...ledger.conftest import empty, server, url
from .world import World

__all__ = ["empty", "server", "url"]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ledger(url):
    with closing(Ledger(url)) as found:
        yield found
