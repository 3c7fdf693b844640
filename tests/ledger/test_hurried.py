"""A server that hangs is not waited for, and one that only says no is told apart."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from xinheng.ledger import engine as module
from xinheng.ledger.engine import open_engine


@pytest.fixture
def hurried(server, monkeypatch):
    """An engine of little patience, whose server knows of no limit."""
    monkeypatch.setattr(module, "_hurried", lambda _: {})
    engine = open_engine(server.render_as_string(hide_password=False), 0.1)
    yield engine
    engine.dispose()


def test_an_answer_that_does_not_come_is_not_waited_for(hurried):
    with hurried.connect() as connection:
        connection.execute(text("SELECT 1"))
        started = time.monotonic()
        with pytest.raises(OperationalError, match=r"did not answer in 0\.6 s"):
            connection.execute(text("SELECT pg_sleep(20)"))
        assert time.monotonic() - started < 5
        assert connection.invalidated
    with hurried.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_an_error_of_the_server_stays_what_it_is(hurried):
    with hurried.connect() as connection, pytest.raises(ProgrammingError, match="no_such"):
        connection.execute(text("SELECT 1 FROM no_such"))
