"""Revisions: up and down without loss, all or nothing, one at a time."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, MetaData, Text, column, inspect, make_url, table, text
from sqlalchemy.exc import DatabaseError

from xinheng.core.errors import InvalidError, NotFoundError, StorageError
from xinheng.ledger import (
    ACCOUNTS,
    FAILURES,
    HEAD,
    KEYS,
    PENDING,
    REVISIONS,
    SESSIONS,
    WEBHOOKS,
    Ledger,
    Sent,
    Standing,
    connected,
    downgrade,
    standing,
    upgrade,
)
from xinheng.ledger.revision import VERSION, _alone, _migrate, _scripts
from xinheng.ledger.tables import METADATA

from .downgrades.world import Desk as Warned
from .reviews.world import Desk
from .watch.test_watch import run as watch_run
from .watch.test_watch import told as alarm
from .world import NOW, ROWS, content, fill

HELD = (ACCOUNTS, FAILURES, KEYS, PENDING, SESSIONS, WEBHOOKS)


def names(url: str) -> set[str]:
    with connected(url) as engine:
        return set(inspect(engine).get_table_names())


def make_unversioned(url: str) -> None:
    """Make a ledger as older versions did: tables, and no revision."""
    with connected(url) as engine:
        METADATA.create_all(engine, tables=list(ROWS))
        fill(engine)


def test_the_revisions_are_those_of_the_modules() -> None:
    _, scripts = _scripts()
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS
    assert scripts.get_heads() == [HEAD]


def test_models_are_what_the_revisions_make(url: str) -> None:
    with connected(url) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION})
        assert compare_metadata(context, METADATA) == []
        other = MetaData()
        for each in METADATA.tables.values():
            each.to_metadata(other)
        other.tables["audit"].append_column(Column("extra", Text))
        assert len(compare_metadata(context, other)) == 1


def test_down_and_up_again_loses_nothing(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        ledger.audit(at=NOW, actor="li", action="read grade", subject="E1", detail={"n": 1})
        case = Desk(ledger.reviews).overridden()
        told = ledger.audited("E1")
        warning = Warned(ledger.downgrades).served()
        run = ledger.watch.record(watch_run(), [alarm()])
    with connected(url) as engine:
        fill(engine)
        before = content(engine)
        assert all(before.values())
        assert downgrade(engine, "0001") == Standing("current", HEAD)
        assert standing(engine) == Standing("old", "0001")
        assert content(engine) == before
        assert upgrade(engine) == Standing("old", "0001")
        assert standing(engine) == Standing("current", HEAD)
        assert content(engine) == before
    with closing(Ledger(url)) as ledger:
        assert ledger.audited("E1")[-len(told) :] == told
        assert ledger.reviews.case(case.id, case.opening.as_of) == case
        assert len(ledger.reviews.overrides().settings) == 1
        assert ledger.downgrades.case(warning.id, warning.draft.as_of) == warning
        assert len(ledger.downgrades.warnings().settings) == 1
        assert (ledger.watch.last(), ledger.watch.alarm(1).told) == (run, alarm())


def test_keys_and_accounts_stay_when_an_older_program_is_run_for_a_while(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        for held in HELD:
            ledger.holding(held, dict, dict).add("a1", {"holder": "hotline"})
    with connected(url) as engine:
        downgrade(engine, "0002")
        upgrade(engine)
        context_finds_nothing(engine)
    with closing(Ledger(url)) as ledger:
        for held in HELD:
            assert ledger.holding(held, dict, dict).get("a1") == {"holder": "hotline"}


def test_attempts_to_deliver_stay_when_an_older_program_is_run_for_a_while(url: str) -> None:
    attempt = {"message": "m1", "at": NOW, "attempt": 1, "first": 1, "last": 2, "changes": 2}
    sent = Sent(webhook="wh_1", **attempt, status=503, took_ms=7, problem="it answered 503")
    with closing(Ledger(url)) as ledger:
        kept = ledger.deliveries.record(sent)
    with connected(url) as engine:
        downgrade(engine, "0003")
        upgrade(engine)
    with closing(Ledger(url)) as ledger:
        again = ledger.deliveries.record(sent)
        assert ledger.deliveries.of("wh_1", limit=5) == [again, kept]
        assert ledger.deliveries.of("wh_1", before=again.id, limit=5) == [kept]
        assert ledger.deliveries.of("wh_2", limit=5) == []


def test_a_ledger_from_before_revisions_is_recognised_and_upgraded(empty: str) -> None:
    make_unversioned(empty)
    with connected(empty) as engine:
        before = content(engine)
        assert standing(engine) == Standing("unversioned")
        upgrade(engine)
        assert standing(engine) == Standing("current", HEAD)
        assert content(engine) == before
        context_finds_nothing(engine)
    with closing(Ledger(empty)) as ledger:
        [row] = ledger.audited("E1")
        assert (row["at"], row["actor"], row["detail"]) == (NOW, "wang", {"as_of": "2026-01-01"})
        assert ledger.champion("grade") == "ab" * 32


def context_finds_nothing(engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION})
        assert compare_metadata(context, METADATA) == []


def test_a_ledger_with_only_its_first_tables_gets_the_others(empty: str) -> None:
    with connected(empty) as engine:
        METADATA.create_all(engine, tables=[METADATA.tables["promotion"], METADATA.tables["audit"]])
        upgrade(engine)
        context_finds_nothing(engine)


def test_the_first_revision_is_taken_away_only_when_empty(url: str) -> None:
    with connected(url) as engine:
        fill(engine)
        with pytest.raises(ValueError, match="has rows"), _alone(engine) as connection:
            _migrate(connection, "base", down=True)
        assert all(content(engine).values())
        with engine.begin() as connection:
            for table in reversed([*ROWS]):
                connection.execute(table.delete())
        with _alone(engine) as connection:
            _migrate(connection, "base", down=True)
    assert names(url).isdisjoint(table.name for table in ROWS)


def test_a_newer_ledger_is_left_alone(url: str) -> None:
    with connected(url) as engine:
        with engine.begin() as connection:
            connection.execute(
                table(VERSION, column("version_num")).update(), {"version_num": "0999"}
            )
        for refused in (lambda: upgrade(engine), lambda: downgrade(engine, "0001")):
            with pytest.raises(InvalidError, match=r"revision 0999.*a newer version made it"):
                refused()
    with pytest.raises(InvalidError, match=f"xinheng ledger downgrade {HEAD}"):
        Ledger(url)


def test_there_is_no_way_down_to_what_is_not_below(url: str) -> None:
    with connected(url) as engine:
        with pytest.raises(NotFoundError, match=r"no revision '0999'.*There are: 0001, 0002"):
            downgrade(engine, "0999")
        with pytest.raises(InvalidError, match=f"no way down to {HEAD}"):
            downgrade(engine, HEAD)


def test_tables_of_another_program_are_not_taken_over(empty: str) -> None:
    with connected(empty) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE audit (id INTEGER, who TEXT)"))
        with pytest.raises(InvalidError, match=r"audit has no action, actor.*another program"):
            upgrade(engine)
    assert names(empty) == {"audit"}


def test_sqlite_needs_no_command_and_postgresql_one(empty: str) -> None:
    if empty.startswith("sqlite"):
        Ledger(empty).close()
        assert names(empty) >= {"audit_entry", VERSION}
        return
    with pytest.raises(NotFoundError, match=r"no ledger in postgresql.*`xinheng ledger upgrade`"):
        Ledger(empty)
    assert names(empty) == set()
    make_unversioned(empty)
    with pytest.raises(
        InvalidError, match=rf"revision none.*needs {HEAD}; run `xinheng ledger upg"
    ):
        Ledger(empty)
    assert VERSION not in names(empty)


def test_a_role_without_rights_on_tables_is_enough(url: str) -> None:
    if url.startswith("sqlite"):
        return
    role = "service_" + url[-8:]
    with connected(url) as engine, engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
        held = ", ".join(each.name for each in HELD)
        connection.execute(text(f"GRANT UPDATE, DELETE ON {held} TO {role}"))
    theirs = make_url(url).set(username=role).render_as_string(hide_password=False)
    try:
        with closing(Ledger(theirs)) as ledger:
            ledger.promote("ab" * 32, purpose="grade", actor="li", reason="first", at=NOW)
            ledger.audit(at=NOW, actor="li", action="read grade", subject="E1", detail={})
            assert len(ledger.audited("E1")) == 1
            for held in HELD:
                ledger.holding(held, dict, dict).add("a1", {})
                ledger.holding(held, dict, dict).change("a1", lambda _: {"n": 1})
                ledger.holding(held, dict, dict).change("a1", lambda _: None)
    finally:
        with connected(url) as engine, engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))


def test_a_role_that_may_make_no_tables_is_told_who_may(empty: str) -> None:
    if empty.startswith("sqlite"):
        return
    role = "service_" + empty[-8:]
    with connected(empty) as engine, engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    theirs = make_url(empty).set(username=role).render_as_string(hide_password=False)
    try:
        with connected(theirs) as engine, pytest.raises(InvalidError) as caught:
            upgrade(engine)
    finally:
        with connected(empty) as engine, engine.begin() as connection:
            connection.execute(text(f"DROP ROLE {role}"))
    assert f"the role {role} may not make or change its tables" in str(caught.value)
    assert "name the owner's by XINHENG_LEDGER" in str(caught.value)


def test_a_server_that_does_not_answer_is_told_of_an_upgrade_too() -> None:
    refused = pytest.raises(StorageError, match=r"cannot be opened: .*refused")
    with connected("postgresql://li@127.0.0.1:1/grades") as engine, refused:
        upgrade(engine)


def test_the_database_itself_refuses_to_change_what_was_done(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        Desk(ledger.reviews).overridden()
        ledger.audit(at=NOW, actor="li", action="read grade", subject="E1", detail={})
    with connected(url) as engine:
        for statement in (
            "UPDATE audit_entry SET actor = 'x'",
            "DELETE FROM audit_entry",
            "UPDATE review_event SET actor = 'x'",
            "DELETE FROM review_event",
            "UPDATE review_case SET level = 'A'",
            "UPDATE grade_override SET level = 'A'",
            "DELETE FROM grade_override",
        ):
            with (
                engine.connect() as connection,
                pytest.raises(DatabaseError, match="never changed"),
            ):
                connection.execute(text(statement))


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from xinheng.ledger import connected, upgrade

left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global left
    if statement.lstrip().startswith(("CREATE", "INSERT", "UPDATE")):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

with connected(sys.argv[1]) as engine:
    upgrade(engine)
"""


def run(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", *arguments], stderr=subprocess.PIPE, text=True, env=os.environ
    )


@pytest.mark.parametrize("after", [1, 3, 5, 8])
def test_killed_in_the_middle_nothing_was_done(empty: str, after: int) -> None:
    make_unversioned(empty)
    with connected(empty) as engine:
        before, tables = content(engine), names(empty)
        process = run(KILLED, empty, str(after))
        _, told = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, told
        assert standing(engine) == Standing("unversioned")
        assert names(empty) == tables
        upgrade(engine)
        assert content(engine) == before
        context_finds_nothing(engine)


OPENED = """
import sys
from xinheng.ledger import connected, upgrade

with connected(sys.argv[1]) as engine:
    sys.stdin.readline()
    print(upgrade(engine).state)
"""


def test_of_two_at_once_one_waits_and_finds_it_done(empty: str) -> None:
    make_unversioned(empty)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPENED, empty],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=60) for process in processes]
    assert sorted(out.strip() for out, _ in told) == ["current", "current", "unversioned"], told
    with connected(empty) as engine:
        assert standing(engine) == Standing("current", HEAD)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(StorageError, match="cannot be opened: file is not a database"):
        Ledger(f"sqlite:///{tmp_path}/ledger.db")
