"""Readings go on while the ledger is locked or gone, and none is forgotten."""

import sqlite3
from contextlib import closing

import pytest

from xinheng.ledger import Ledger, Proof, connected, verify

from ..archive.department import ALPHA
from .installation import installation
from .keyed import asking

READS = (
    f"/v1/enterprises/{ALPHA}/grade",
    f"/v1/enterprises/{ALPHA}/explanation",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return installation(tmp_path_factory.mktemp("gone"))


def test_readings_go_on_while_the_ledger_is_locked(settings) -> None:
    file = settings.ledger.removeprefix("sqlite:///")
    with asking(settings) as client, closing(sqlite3.connect(file, isolation_level=None)) as other:
        assert client.get(READS[0]).status_code == 200
        other.execute("BEGIN EXCLUSIVE")
        assert [client.get(url).status_code for url in READS] == [200, 200]
        other.execute("ROLLBACK")
    with closing(Ledger.open(settings)) as ledger:
        assert [row["action"] for row in ledger.audited(ALPHA)] == [
            "read grade", "read grade", "read explanation",
        ]  # fmt: skip
    with connected(settings.ledger) as engine:
        assert verify(engine, Proof.of(settings)).first is None
