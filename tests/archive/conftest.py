"""What tests of the archive share."""

import pytest


@pytest.fixture
def into_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every delivery land in the tables, however small, and none in a journal."""
    monkeypatch.setattr("xinheng.archive.landing.LITTLE", 0)
