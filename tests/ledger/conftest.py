"""Ledgers for tests, on either database, each of its own."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from xinheng.ledger import Proof, connected, upgrade
from xinheng.ledger.revision import VERSION

SERVER = os.environ.get("XINHENG_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")

EMPTY = f"""
DO $$
DECLARE name text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> '{VERSION}'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
END $$
"""  # noqa: S608
"""Without the triggers that refuse it; numbers begin with 1 again."""


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
    with database(request.getfixturevalue("server")) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a ledger."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "ledger.db")
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    template = request.getfixturevalue("template")
    with database(request.getfixturevalue("server"), template) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def emptied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a ledger; on PostgreSQL one that is emptied, which takes less than another one.

    For tests that leave its tables as they are.
    """
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), tmp_path / "ledger.db")
        yield f"sqlite:///{tmp_path}/ledger.db"
        return
    shared = request.getfixturevalue("shared")
    yield shared
    with connected(shared) as engine, engine.begin() as connection:
        connection.execute(text(EMPTY))


@pytest.fixture(scope="session")
def shared(server: URL, template: str) -> Iterator[str]:
    """The URL of a ledger on PostgreSQL, in which one test after another writes."""
    with database(server, template) as made:
        yield made


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger on SQLite, to be copied: migrations take longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "ledger.db"
    with connected(f"sqlite:///{path}") as engine:
        upgrade(engine)
    return path


@pytest.fixture(scope="session")
def template(server: URL) -> Iterator[str]:
    """The name of a ledger on PostgreSQL, to be copied."""
    with database(server) as made:
        with connected(made) as engine:
            upgrade(engine)
        yield str(make_url(made).database)


@contextmanager
def database(server: URL, template: str = "template1") -> Iterator[str]:
    """Make a database for as long as it is used, and yield its URL."""
    name = f"ledger_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield server.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def proof(tmp_path: Path) -> Proof:
    """Where the audit trail of a test is anchored."""
    return Proof(tmp_path / "audit", tmp_path / "keys")
