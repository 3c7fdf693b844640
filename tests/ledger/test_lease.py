"""A lease is one process's at a time, and the next one's as soon as that process is gone."""

import subprocess
import sys
import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from xinheng.ledger import Ledger

HOLDER = """
import sys
from xinheng.ledger import Ledger

lease = Ledger(sys.argv[1]).lease("fold")
print(lease.held(), flush=True)
sys.stdin.readline()
"""


def test_of_two_one_holds_it_until_it_gives_it_back(url: str) -> None:
    with (
        closing(Ledger(url)) as one,
        closing(Ledger(url)) as other,
        one.lease("fold") as mine,
        other.lease("fold") as theirs,
        other.lease("send") as another,
    ):
        assert mine.held()
        assert not theirs.held()
        assert mine.held()
        assert another.held()
        mine.release()
        assert theirs.held()
        assert not mine.held()


def test_who_is_killed_holds_it_no_longer(url: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    with closing(Ledger(url)) as ledger, ledger.lease("fold") as lease:
        assert not lease.held()
        holder.kill()
        holder.communicate()
        started = time.monotonic()
        while not lease.held():
            assert time.monotonic() - started < 5
            time.sleep(0.02)


def test_a_connection_that_is_lost_loses_it(url: str) -> None:
    if url.startswith("sqlite"):
        return
    with closing(Ledger(url)) as ledger, ledger.lease("fold") as lease:
        assert lease.held()
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            )
        engine.dispose()
        with pytest.raises(SQLAlchemyError):
            lease.held()
        assert lease.held()
