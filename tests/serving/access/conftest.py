"""What the tests of access share."""

import pytest

from .world import World


@pytest.fixture
def world():
    return World()
