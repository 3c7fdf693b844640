"""Readings go on while the ledger is locked or gone, none is forgotten, and nobody is let in."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from xinheng.ledger import Ledger, Proof, connected, upgrade, verify
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA
from .installation import NOW, installation
from .keyed import asking, bearer, issue, keys_of
from .postgresql import Server

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


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server in a folder that others than root can get at."""
    with TemporaryDirectory(prefix="xinheng-postgresql-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def stopped(server) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


@pytest.fixture
def on_postgresql(server, settings, tmp_path):
    """The installation, its ledger on a server of its own."""
    url = server.database()
    with connected(url) as engine:
        upgrade(engine)
    found = settings.model_copy(update={"ledger": url, "audit": tmp_path / "audit"})
    [bundle] = (each.name for each in settings.bundles.iterdir())
    with closing(Ledger.open(found)) as ledger:
        ledger.promote(bundle, purpose="grade", actor="li", reason="first", at=NOW)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", [stopped, Server.hanging])
def test_readings_go_on_while_postgresql_is_stopped_or_hangs(server, on_postgresql, how):
    settings = on_postgresql
    revoked = issue(settings)
    with keys_of(settings) as keys:
        keys.revoke(revoked[4:14])
    strangers = [bearer(revoked), bearer("xhk_none"), {"Authorization": ""}]
    administrator = bearer(issue(settings, Grant(Role.ADMINISTRATOR)), None)
    with asking(settings) as client:
        statuses = [client.get(READS[0]).status_code]
        with how(server):
            for day in (1, 2, 3):
                started = time.monotonic()
                statuses.append(client.get(f"{READS[0]}?as_of=2026-06-{day:02}").status_code)
                assert time.monotonic() - started < 15
            denied = [client.get(READS[0], headers=each).status_code for each in strangers]
            assert set(denied) <= {401, 503}
            started = time.monotonic()
            assert client.get("/readyz").json() == {"status": "degraded"}
            assert time.monotonic() - started < 15
            assert client.post("/v1/jobs/trail/runs", headers=administrator).status_code == 503
        for _ in range(100):
            if client.get("/readyz").json() == {"status": "ready"}:
                break
            time.sleep(0.1)
        statuses.append(client.get(READS[0]).status_code)
        assert [client.get(READS[0], headers=each).status_code for each in strangers] == [401] * 3
    assert statuses == [200] * 5
    with closing(Ledger.open(settings)) as ledger:
        noted = [row for row in ledger.audited(ALPHA) if row["action"] == "read grade"]
    assert len(noted) == len(statuses)
    with connected(settings.ledger) as engine:
        assert verify(engine, Proof.of(settings)).faults == ()
