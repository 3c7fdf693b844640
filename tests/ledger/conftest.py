"""Ledgers for tests, on either database, each of its own."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from xinheng.ledger import Proof, connected, upgrade

SERVER = os.environ.get("XINHENG_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def server() -> URL:
    """A PostgreSQL server on which databases may be made."""
    found = make_url(SERVER).set(drivername="postgresql+psycopg")
    engine = create_engine(found, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except OperationalError:
        pytest.skip(f"no PostgreSQL answers at {found.render_as_string()}")
    finally:
        engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that holds nothing."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    server = request.getfixturevalue("server")
    name = f"ledger_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def url(empty: str) -> str:
    """The URL of a ledger."""
    with connected(empty) as engine:
        upgrade(engine)
    return empty


@pytest.fixture
def proof(tmp_path: Path) -> Proof:
    """Where the audit trail of a test is anchored."""
    return Proof(tmp_path / "audit", tmp_path / "keys")
