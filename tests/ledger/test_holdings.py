"""Holdings: each row is changed as a whole, and nothing that others did meanwhile is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from xinheng.core.errors import IntegrityError, InvalidError, OutageError
from xinheng.ledger import KEYS, Ledger, Note, connected
from xinheng.ledger import ledger as ledgers
from xinheng.ledger.holdings import AT_ONCE
from xinheng.serving.access import MemoryStore

from .world import NOW

NOTE = Note.of(at=NOW, actor="li", action="issue key", subject="a1", detail={})


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as found:
        yield found


def counts(rows):
    return rows.holding(KEYS, lambda count: {"n": count}, lambda row: int(row["n"]))


def one_more(count):
    return (count or 0) + 1


def test_a_row_is_added_found_changed_and_removed(ledger: Ledger) -> None:
    store = counts(ledger)
    assert store.get("a") is None
    store.add("a", 1)
    with pytest.raises(InvalidError, match="'a' already"):
        store.add("a", 5)
    assert store.change("a", one_more) == store.get("a") == 2
    assert store.change("b", one_more) == 1
    assert list(store.rows()) == [("a", 2), ("b", 1)]
    assert store.change("a", lambda _: None) is None
    assert store.change("c", lambda _: None) is None
    assert list(store.rows()) == [("b", 1)]


def test_it_is_the_store_that_memory_is(ledger: Ledger) -> None:
    keys, numbers = st.sampled_from(["a", "键", "A", "a "]), st.none() | st.integers(0, 3)
    steps = st.lists(st.tuples(st.sampled_from(["add", "change", "get"]), keys, numbers))

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(steps)
    def same(steps):
        ours, theirs = counts(ledger), MemoryStore()
        for key, _ in list(ours.rows()):
            ours.change(key, lambda _: None)
        for step in steps:
            assert done(ours, *step) == done(theirs, *step)
        assert dict(ours.rows()) == dict(theirs.rows())

    same()


def done(store, what, key, number):
    try:
        match what:
            case "add":
                return store.add(key, number or 0)
            case "change":
                return store.change(key, lambda found: number and number + (found or 0))
        return store.get(key)
    except InvalidError as error:
        return str(error)


def test_of_many_threads_none_undoes_what_another_did(ledger: Ledger) -> None:
    def count(_):
        counts(ledger).change("a", one_more)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(80)))
    assert counts(ledger).get("a") == 80


COUNTING = """
import sys
from xinheng.ledger import KEYS, Ledger

ledger = Ledger(sys.argv[1])
store = ledger.holding(KEYS, lambda count: {"n": count}, lambda row: row["n"])
sys.stdin.readline()
for _ in range(30):
    store.change("a", lambda count: (count or 0) + 1)
    store.change("b", lambda count: None if count else 1)
ledger.close()
"""


def test_of_many_processes_none_undoes_what_another_did(url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, url], stdin=subprocess.PIPE, text=True, env=os.environ
        )
        for _ in range(2)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0, 0]
    with closing(Ledger(url)) as ledger:
        assert counts(ledger).get("a") == 60


def test_a_row_that_went_and_came_back_meanwhile_is_another(ledger: Ledger) -> None:
    store, seen = counts(ledger), []
    store.add("a", 1)

    def slowly(count):
        seen.append(count)
        if len(seen) == 1:
            store.change("a", lambda _: None)
            store.add("a", 10)
        return one_more(count)

    assert store.change("a", slowly) == 11
    assert seen == [1, 10]


def test_a_step_keeps_rows_and_what_tells_of_them_or_neither(ledger: Ledger) -> None:
    with ledger.step() as step:
        counts(step).add("a1", 1)
        step.note(NOTE)
    with pytest.raises(InvalidError, match="'a1' already"):
        add_two_and_tell(ledger, "a2", "a1")
    assert list(counts(ledger).rows()) == [("a1", 1)]
    assert [row["action"] for row in ledger.audited("a1")] == ["issue key"]


def add_two_and_tell(ledger, *keys):
    with ledger.step() as step:
        step.note(NOTE)
        for key in keys:
            counts(step).add(key, 2)


def test_steps_wait_for_each_other(ledger: Ledger) -> None:
    def count(_):
        with ledger.step() as step:
            counts(step).change("a", one_more)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(20)))
    assert counts(ledger).get("a") == 20


def test_rows_are_had_a_few_at_once_and_in_order(ledger: Ledger) -> None:
    keys = [f"{number:05d}" for number in range(2 * AT_ONCE + 1)]
    with ledger._engine.begin() as connection:
        rows = [{"key": key, "stamp": "0", "row": {"n": 1}} for key in keys]
        connection.execute(insert(KEYS), rows)
    assert [key for key, _ in counts(ledger).rows()] == keys


def test_what_is_over_is_removed_and_what_changed_meanwhile_is_not(ledger: Ledger) -> None:
    store = counts(ledger)
    with ledger._engine.begin() as connection:
        rows = [
            {"key": f"{number:05d}", "stamp": "0", "row": {"n": number % 2}}
            for number in range(2 * AT_ONCE + 1)
        ]
        connection.execute(insert(KEYS), rows)

    def over(count):
        if store.get("00001") == 1:
            store.change("00001", lambda _: 8)
        return count == 1

    assert store.prune(over) == AT_ONCE - 1
    assert store.prune(lambda count: count == 8) == 1
    assert {count for _, count in store.rows()} == {0}
    with ledger.step() as step:
        assert counts(step).prune(lambda _: True) == AT_ONCE + 1


@pytest.mark.parametrize("key", ["", "a\0b", "\ud800", "x" * 101, "键" * 101])
def test_a_key_that_no_database_takes_is_nobodys(ledger: Ledger, key: str) -> None:
    store = counts(ledger)
    assert store.get(key) is None
    assert store.change(key, lambda _: None) is None
    for refused in (lambda: store.add(key, 1), lambda: store.change(key, one_more)):
        with pytest.raises(InvalidError, match="1 to 100 letters"):
            refused()


@pytest.mark.parametrize("row", ['{"m": 1}', '{"n": "x"}', "[]", "null"])
def test_a_row_of_another_version_is_not_understood_by_half(ledger: Ledger, row: str) -> None:
    with ledger._engine.begin() as connection:
        statement = text("INSERT INTO access_key VALUES ('a1', 's', :row)")
        connection.execute(statement, {"row": row})
    store = counts(ledger)
    for reads in (lambda: store.get("a1"), lambda: list(store.rows())):
        with pytest.raises(IntegrityError, match=r"'a1' of access_key .* not as this version"):
            reads()
    with pytest.raises(IntegrityError):
        store.change("a1", one_more)


def test_a_key_is_found_by_the_index(ledger: Ledger) -> None:
    statement = "SELECT stamp, row FROM access_key WHERE key = 'a1'"
    sqlite = ledger._engine.dialect.name == "sqlite"
    with ledger._engine.connect() as connection:
        if not sqlite:
            connection.execute(text("SET enable_seqscan = off"))
        plan = connection.execute(text(f"EXPLAIN {'QUERY PLAN ' * sqlite}{statement}")).all()
    assert "INDEX" in str(plan).upper()


def test_a_database_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    with closing(Ledger(f"sqlite:///{tmp_path}/ledger.db")) as ledger:
        store = counts(ledger)
        store.add("a", 1)
        ledger._holder.dispose()
        for path in tmp_path.glob("ledger.db*"):
            path.unlink()
        with pytest.raises(OutageError, match=r"does not answer.*access_key"):
            store.get("a")


def test_a_row_that_is_locked_is_not_waited_for_for_ever(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "PATIENCE", 0.2)
    with closing(Ledger(url)) as ledger, connected(url) as engine, engine.begin() as connection:
        counts(ledger).add("a", 1)
        connection.exec_driver_sql("UPDATE access_key SET stamp = '0'")
        assert counts(ledger).get("a") == 1
        with pytest.raises(OutageError):
            counts(ledger).change("a", one_more)
