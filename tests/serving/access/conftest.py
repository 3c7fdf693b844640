"""What the tests of access share."""

from contextlib import closing

import pytest

from xinheng.ledger import Ledger

from ...ledger.conftest import empty, migrated, server, template, url
from .world import World

__all__ = ["empty", "migrated", "server", "template", "url"]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def ledger(url):
    with closing(Ledger(url)) as found:
        yield found
