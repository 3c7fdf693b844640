"""The roles of the ledger on PostgreSQL: enough for the service, and not enough to rewrite it."""

import re
import secrets
import shutil
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import ProgrammingError

from xinheng.jobs import Due, Job, Runner
from xinheng.jobs.backup import run_tool
from xinheng.ledger import HEAD, Ledger, Proof, connected, standing, upgrade, verify
from xinheng.ledger.tables import METADATA
from xinheng.serving.access import ApiKey, Grant, Keys, Role
from xinheng.serving.access.rows import kept

from ..ledger.conftest import server

__all__ = ["server"]

FILE = Path(__file__).parents[2] / "deploy" / "postgresql.sql"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("xinheng_owner", "xinheng_service", "xinheng_reader")
MUTABLE = set(re.findall(r"'(access_\w+|webhook)'", FILE.read_text("utf-8")))
PASSING = {"posting_body"}  # what goes once the archive has it

CHANGES = ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}")
FORBIDDEN = [
    (table, how)
    for table in sorted(METADATA.tables)
    for how in CHANGES
    if table not in MUTABLE or how.startswith("TRUNCATE")
    if table not in PASSING or not how.startswith("DELETE")
]

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")


@pytest.fixture(scope="module")
def roles(server):
    """URLs of a ledger as its owner, the service and a reader, by roles of the file."""
    name = f"roles_{secrets.token_hex(4)}"
    mine = {each: f"{each}_{name[-8:]}" for each in NAMES}
    script = FILE.read_text("utf-8")
    for each, own in mine.items():
        script = re.sub(rf"\b{each}\b", own, script)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    there = server.set(database=name)
    plain = there.set(drivername="postgresql").render_as_string(hide_password=False)
    urls = {
        each: there.set(username=own).render_as_string(hide_password=False)
        for each, own in mine.items()
    }

    def play() -> None:
        done = subprocess.run(
            [shutil.which("psql"), f"--dbname={plain}", "--variable=ON_ERROR_STOP=1", "--quiet"],
            input=script, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    play()
    with connected(urls["xinheng_owner"]) as owner:
        upgrade(owner)
    play()
    yield urls
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        for own in mine.values():
            connection.execute(text(f"DROP ROLE {own}"))
    engine.dispose()


@pytest.fixture
def service(roles, tmp_path):
    proof = Proof(tmp_path / "audit", tmp_path / "keys")
    with closing(Ledger(roles["xinheng_service"], proof)) as found:
        yield found


def test_the_service_does_all_it_has_to(service, tmp_path):
    service.promote("ab" * 32, purpose="grade", actor="li", reason="first", at=NOW)
    service.audit(at=NOW, actor="li", action="read grade", subject="E1", detail={})
    keys = Keys(kept(service, ApiKey), lambda: NOW)
    issued = keys.issue("a test", Grant(Role.AUDITOR), "console", timedelta(days=1))
    keys.revoke(issued.key.id)
    job = Job(name="grades", zh="评级", en="g", command=["grade"], at="04:00")
    service.jobs.request("grades", at=NOW, actor="li")
    assert Runner(service, ("true",), lambda: NOW).run(Due(job, NOW)).outcome == "done"
    with connected_as(service) as engine:
        assert verify(engine, Proof(tmp_path / "audit", tmp_path / "keys")).faults == ()


def connected_as(ledger):
    return connected(ledger._engine.url.render_as_string(hide_password=False))


@pytest.mark.parametrize(("table", "how"), FORBIDDEN)
def test_what_happened_cannot_be_changed_by_the_service(roles, table, how):
    column = next(iter(METADATA.tables[table].columns)).name
    statement = how.format(table, f'"{column}"', f'"{column}"')
    with (
        connected(roles["xinheng_service"]) as engine,
        engine.connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entry_no_change ON audit_entry",
        "DROP TABLE audit_entry",
        "CREATE TABLE more (id INTEGER)",
        "INSERT INTO ledger_version VALUES ('0001')",
        "SET ROLE xinheng_owner",
    ],
)
def test_the_service_cannot_get_around_it(roles, statement):
    owner = str(make_url(roles["xinheng_owner"]).username)
    with (
        connected(roles["xinheng_service"]) as engine,
        engine.connect() as connection,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
    ):
        connection.execute(text(statement.replace("xinheng_owner", owner)))


def test_a_reader_sees_everything_and_adds_nothing(roles):
    with connected(roles["xinheng_reader"]) as engine, engine.connect() as connection:
        for table in METADATA.tables.values():
            connection.execute(select(table))
    with (
        connected(roles["xinheng_reader"]) as engine,
        engine.connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(
            text("INSERT INTO job_request (job, at, actor) VALUES ('a', now(), 'b')")
        )
    assert standing_of(roles["xinheng_reader"]) == HEAD


def standing_of(url: str) -> str:
    with connected(url) as engine:
        return standing(engine).revision


@pytest.mark.parametrize("role", ["xinheng_service", "xinheng_reader"])
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_a_backup_needs_no_more(roles, role, tmp_path):
    run_tool("pg_dump", make_url(roles[role]), "--format=custom", f"--file={tmp_path}/dump")
    assert (tmp_path / "dump").stat().st_size
