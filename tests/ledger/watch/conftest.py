"""Ledgers that are emptied after each test: none of these changes a table."""

import pytest


@pytest.fixture
def url(emptied: str) -> str:
    """The URL of a ledger."""
    return emptied
