"""The audit trail: whatever happens, what was acknowledged is kept, in order, and provable."""

import errno
import json
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, select, text

from xinheng.core.errors import InvalidError, StorageError
from xinheng.ledger import Ledger, Pace, Proof, Verification, connected, upgrade, verify
from xinheng.ledger.tables import ENTRY
from xinheng.ledger.trail import Entry
from xinheng.ledger.trail.spool import Spool, spooled

from .world import NOW

BRISK = Pace(group=50, anchor_entries=20, anchor_seconds=0.1, retry_seconds=0.1)


def read(ledger: Ledger, subject: str = "E1", **more: object) -> None:
    ledger.audit(at=NOW, actor="wang", action="read grade", subject=subject, detail=more)


def read_many(ledger: Ledger, count: int) -> None:
    for _ in range(count):
        read(ledger)


def check(url: str, proof: Proof) -> Verification:
    with connected(url) as engine:
        return verify(engine, proof)


def sound(url: str, proof: Proof) -> Verification:
    found = check(url, proof)
    assert found.faults == ()
    return found


def kept(url: str) -> list[Entry]:
    with connected(url) as engine, engine.connect() as connection:
        rows = connection.execute(select(ENTRY).order_by(ENTRY.c.id)).mappings()
        return [Entry.of(row) for row in rows]


def wait_for(truth: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def ledger(url: str, proof: Proof) -> Iterator[Ledger]:
    with closing(Ledger(url, proof, BRISK)) as found:
        yield found


def test_entries_are_chained_anchored_and_hold(ledger: Ledger, url: str, proof: Proof) -> None:
    for number in range(45):
        read(ledger, f"E{number}", n=number)
    ledger.close()
    entries = kept(url)
    assert [entry.position for entry in entries] == list(range(1, 46))
    assert len({entry.chain for entry in entries}) == 1
    assert [entry.previous for entry in entries[1:]] == [entry.digest for entry in entries[:-1]]
    found = sound(url, proof)
    assert (found.entries, found.chains, found.waiting, found.remarks) == (45, 1, 0, ())
    assert found.anchors >= 3
    assert list((proof.folder / "spool").iterdir()) == []


def test_an_entry_says_what_it_was_for(ledger: Ledger) -> None:
    at = datetime.fromisoformat("2026-01-01T20:00:00.000123+08:00")
    ledger.audit(
        at=at, actor="wang", action="read grade", subject="E1", detail={"as_of": "x"},
        purpose="case 7",
    )  # fmt: skip
    [row] = ledger.audited("E1")
    assert (row["at"], row["purpose"], row["detail"]) == (at, "case 7", {"as_of": "x"})
    assert row["at"].utcoffset() == timedelta(0)


def test_many_threads_are_folded_in_together(ledger: Ledger, url: str, proof: Proof) -> None:
    commits = []
    commit = ledger.trail._commit

    def count(link, entries):
        commits.append(len(link.waiting) + len(entries))
        commit(link, entries)

    ledger.trail._commit = count
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: read(ledger, f"E{number}"), range(400)))
    assert sound(url, proof).entries + sound(url, proof).waiting >= 400
    wait_for(lambda: len(kept(url)) == 400)
    assert {entry.subject for entry in kept(url)} == {f"E{number}" for number in range(400)}
    assert sum(commits) == 400
    assert max(commits) > 5
    assert len(commits) < 200
    ledger.close()
    assert (sound(url, proof).entries, sound(url, proof).waiting) == (400, 0)


def test_who_reads_alone_is_in_the_database_at_once(ledger: Ledger, url: str) -> None:
    for number in range(20):
        read(ledger)
        assert len(kept(url)) == number + 1


def test_many_are_kept_in_the_database_where_the_disk_is_full(
    ledger: Ledger, url: str, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    read(ledger)
    monkeypatch.setattr(Spool, "write", full)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: read(ledger, f"E{number}"), range(100)))
    assert len(kept(url)) == 101
    ledger.close()
    assert sound(url, proof).entries == 101


def test_workers_have_chains_of_their_own(ledger: Ledger, url: str, proof: Proof) -> None:
    with closing(Ledger(url, proof, BRISK)) as other:
        for number in range(30):
            read((ledger, other)[number % 2])
    ledger.close()
    found = sound(url, proof)
    assert (found.entries, found.chains) == (30, 2)


def test_a_promotion_and_its_entry_are_kept_together(
    ledger: Ledger, url: str, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.promote("ab" * 32, purpose="grade", actor="li", reason="first", at=NOW)
    [row] = ledger.audited("ab" * 32)
    assert (row["action"], row["actor"], row["detail"]["reason"]) == ("promote", "li", "first")
    with monkeypatch.context() as patch:
        patch.setattr("xinheng.ledger.trail.writer.append", full)
        with pytest.raises(OSError, match="No space left"):
            ledger.promote("cd" * 32, purpose="grade", actor="li", reason="x", at=NOW)
    assert ledger.champion("grade") == "ab" * 32
    read(ledger)
    ledger.close()
    assert sound(url, proof).entries == 2


@pytest.mark.parametrize("word", ["nul\0", "lone \ud800", "x" * 201])
def test_what_no_database_takes_is_refused_before_it_is_tried(ledger: Ledger, word: str) -> None:
    with pytest.raises(InvalidError, match="an audit entry"):
        read(ledger, word)
    read(ledger, "E1", note=word.replace("\ud800", ""))
    assert len(ledger.audited("E1")) == 1


def test_a_head_is_anchored_after_a_while_without_anybody_asking(
    ledger: Ledger, url: str, proof: Proof
) -> None:
    read(ledger)
    wait_for(lambda: check(url, proof).remarks == ())
    assert check(url, proof).anchors == 2


def test_the_key_of_the_trail_signs_no_models(ledger: Ledger, proof: Proof) -> None:
    read(ledger)
    assert (proof.keys / "signing.pem").stat().st_mode & 0o777 == 0o600
    assert [path.parent for path in proof.keys.glob("*.pub")] == [proof.keys]
    from xinheng.core.settings import load_settings

    assert Proof.of(load_settings(keys="k")).keys == Path("k/audit")


# ---------------------------------------------------------- database gone


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder, 100% #1 账本"
    folder.mkdir()
    return folder / "ledger.db"


@pytest.fixture
def lite(file: Path, proof: Proof) -> Iterator[Ledger]:
    with closing(Ledger(f"sqlite:///{file}", proof, BRISK)) as found:
        yield found


def test_while_the_database_is_locked_entries_wait_on_disk(
    lite: Ledger, file: Path, proof: Proof
) -> None:
    url = f"sqlite:///{file}"
    read(lite, "before")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for number in range(3):
            read(lite, f"during {number}")
        [spool] = (proof.folder / "spool").iterdir()
        assert len(spool.read_bytes().splitlines()) == 3
        assert spool.stat().st_mode & 0o777 == 0o600
        other.execute("ROLLBACK")
    wait_for(lambda: len(kept(url)) == 4)
    read(lite, "after")
    assert [entry.position for entry in kept(url)] == [1, 2, 3, 4, 5]
    lite.close()
    assert sound(url, proof).entries == 5


def test_a_database_that_was_moved_away_is_gone(lite: Ledger, file: Path, proof: Proof) -> None:
    url, away = f"sqlite:///{file}", file.with_name("away.db")
    read(lite, "before")
    lite._engine.dispose()
    lite.trail._engine.dispose()
    file.rename(away)
    for number in range(3):
        read(lite, f"during {number}")
    assert not file.exists()
    away.rename(file)
    read(lite, "after")
    wait_for(lambda: len(kept(url)) == 5)
    lite.close()
    assert [entry.subject for entry in kept(url)] == [
        "before", "during 0", "during 1", "during 2", "after",
    ]  # fmt: skip
    assert sound(url, proof).entries == 5


def test_a_server_that_lets_nobody_in_is_gone(server: URL, proof: Proof) -> None:
    name = f"ledger_{secrets.token_hex(4)}"
    url = server.set(database=name).render_as_string(hide_password=False)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name}"))
        with connected(url) as fresh:
            upgrade(fresh)
        with closing(Ledger(url, proof, BRISK)) as ledger:
            read(ledger, "before")
            admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            left = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n")
            admin.execute(left, {"n": name})
            for number in range(3):
                read(ledger, f"during {number}")
            admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
            wait_for(lambda: len(kept(url)) == 4)
            read(ledger, "after")
        assert [entry.position for entry in kept(url)] == [1, 2, 3, 4, 5]
        assert sound(url, proof).remarks == ()
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_what_still_waits_at_the_end_is_folded_in_by_the_next(
    lite: Ledger, file: Path, proof: Proof
) -> None:
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        read(lite, "during")
        lite.close()
        other.execute("ROLLBACK")
    found = sound(url, proof)
    assert (found.entries, found.waiting) == (0, 1)
    with closing(Ledger(url, proof, BRISK)) as later:
        read(later, "later")
        wait_for(lambda: len(kept(url)) == 2)
    found = sound(url, proof)
    assert (found.entries, found.waiting, found.remarks) == (2, 0, ())


def test_a_commit_that_was_thought_lost_is_not_written_twice(
    ledger: Ledger, url: str, proof: Proof
) -> None:
    from sqlalchemy.exc import OperationalError

    commit = ledger.trail._commit

    def broken(link, entries):
        commit(link, entries)
        ledger.trail._commit = commit
        raise OperationalError("COMMIT", {}, Exception("the connection broke"))

    read(ledger, "before")
    ledger.trail._commit = broken
    read(ledger, "unsure")
    wait_for(lambda: check(url, proof).waiting == 0)
    read(ledger, "after")
    assert [entry.subject for entry in kept(url)] == ["before", "unsure", "after"]
    ledger.close()
    assert sound(url, proof).entries == 3


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_without_database_and_disk_nothing_is_acknowledged(
    lite: Ledger, file: Path, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, away = f"sqlite:///{file}", file.with_name("away.db")
    read(lite, "before")
    file.rename(away)
    read(lite, "on disk")
    with monkeypatch.context() as patch:
        patch.setattr("xinheng.ledger.trail.spool.write", full)
        for _ in range(3):
            with pytest.raises(StorageError, match="neither to the database nor to disk") as told:
                read(lite, "secret E1")
            assert "secret" not in str(told.value)
            time.sleep(0.11)
    away.rename(file)
    read(lite, "after")
    lite.close()
    with closing(Ledger(url, proof, BRISK)) as later:
        read(later, "later")
        wait_for(lambda: len(kept(url)) == 4)
    assert {entry.subject for entry in kept(url)} == {"before", "on disk", "after", "later"}
    assert sound(url, proof).entries == 4


def test_half_a_line_on_a_full_disk_is_taken_back(
    lite: Ledger, file: Path, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{file}"
    read(lite, "before")
    write = os.write
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        read(lite, "first")
        monkeypatch.setattr(lite.trail, "_retry", time.monotonic() + 60)
        with monkeypatch.context() as patch:
            patch.setattr("os.write", lambda file, text: write(file, text[:40]))
            with pytest.raises(StorageError):
                read(lite, "half")
        read(lite, "second")
        other.execute("ROLLBACK")
    monkeypatch.setattr(lite.trail, "_retry", 0.0)
    lite.close()
    assert [entry.subject for entry in kept(url)] == ["before", "first", "second"]
    assert sound(url, proof).entries == 3


def test_without_anchors_the_trail_stops(
    ledger: Ledger, url: str, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some entries may be ahead of their anchor, and not ever more of them."""
    read(ledger)
    monkeypatch.setattr("xinheng.ledger.trail.anchors.write", full)
    with pytest.raises(StorageError, match="No space left"):
        read_many(ledger, 60)
    assert len(kept(url)) <= 2 * BRISK.anchor_entries + 1
    monkeypatch.undo()
    read(ledger)
    ledger.close()
    assert sound(url, proof).remarks == ()


def test_a_trail_that_is_closed_takes_nothing(ledger: Ledger) -> None:
    ledger.close()
    with pytest.raises(StorageError, match="open the ledger again"):
        read(ledger)


# ------------------------------------------------------------ killed

WORKER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from xinheng.ledger import Ledger, Pace, Proof

url, folder = sys.argv[1], Path(sys.argv[2])
pace = Pace(anchor_entries=25, anchor_seconds=0.05)
ledger = Ledger(url, Proof(folder / "audit", folder / "keys"), pace)

def read(number):
    ledger.audit(at=datetime(2026, 1, 1, tzinfo=UTC), actor="wang", action="read grade",
                 subject=f"{sys.argv[3]} {number}", detail={})
    sys.stdout.write(f"{sys.argv[3]} {number}\\n")
    sys.stdout.flush()

with ThreadPoolExecutor(4) as pool:
    list(pool.map(read, range(100_000)))
"""


def work(url: str, folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(folder), name],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def killed(process: subprocess.Popen[str], after: int) -> set[str]:
    """Kill a process after so many acknowledgements, and return all that it gave."""
    lines = [process.stdout.readline() for _ in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    rest, told = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, told
    whole = "".join([*lines, rest]).rpartition("\n")[0]
    return set(whole.splitlines())


@pytest.mark.parametrize("after", [1, 333])
def test_a_killed_process_has_lost_nothing_that_it_acknowledged(
    url: str, proof: Proof, tmp_path: Path, after: int
) -> None:
    acknowledged = killed(work(url, tmp_path, "first"), after)
    assert len(acknowledged) >= after
    waiting = [each for chain in spooled(proof.folder).values() for each in chain]
    assert acknowledged <= {entry.subject for entry in (*kept(url), *waiting)}
    sound(url, proof)
    with closing(Ledger(url, proof, BRISK)) as later:
        read(later)
        wait_for(lambda: len(list((proof.folder / "spool").iterdir())) == 1)
    assert acknowledged <= {entry.subject for entry in kept(url)}
    found = sound(url, proof)
    assert found.remarks == ()
    assert found.entries > len(acknowledged)


def test_killed_while_the_database_is_locked_nothing_is_lost_either(
    lite: Ledger, file: Path, proof: Proof, tmp_path: Path
) -> None:
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        acknowledged = killed(work(url, tmp_path, "first"), 60)
        other.execute("ROLLBACK")
    assert kept(url) == []
    assert sound(url, proof).waiting >= 60
    read(lite)
    wait_for(lambda: len(list((proof.folder / "spool").iterdir())) == 1)
    assert acknowledged <= {entry.subject for entry in kept(url)}
    lite.close()
    assert sound(url, proof).remarks == ()


def test_what_a_living_process_writes_is_left_to_it(url: str, proof: Proof, tmp_path: Path) -> None:
    process = work(url, tmp_path, "living")
    process.stdout.readline()
    with closing(Ledger(url, proof, BRISK)) as other:
        for _ in range(30):
            read(other)
            sound(url, proof)
    acknowledged = killed(process, 1)
    waiting = [each for chain in spooled(proof.folder).values() for each in chain]
    assert acknowledged <= {entry.subject for entry in (*kept(url), *waiting)}
    sound(url, proof)


def test_a_line_that_a_power_cut_tore_is_no_entry_and_no_anchor(
    lite: Ledger, file: Path, proof: Proof
) -> None:
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        read(lite, "during")
        lite.close()
        other.execute("ROLLBACK")
    [spool] = (proof.folder / "spool").iterdir()
    spool.write_bytes(spool.read_bytes() + spool.read_bytes()[:50])
    anchors = proof.anchors.path
    anchors.write_bytes(anchors.read_bytes() + anchors.read_bytes()[:70])
    with closing(Ledger(url, proof, BRISK)) as later:
        read(later, "later")
        wait_for(lambda: len(kept(url)) == 2)
    found = sound(url, proof)
    assert (found.entries, found.remarks) == (2, ())
    numbers = [json.loads(line)["number"] for line in anchors.read_bytes().splitlines()
               if line.endswith(b"}")]  # fmt: skip
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_chain_that_does_not_fit_is_left_for_verify_and_stops_nobody(
    lite: Ledger, file: Path, proof: Proof
) -> None:
    """Somebody changed what waited on disk, after its process had ended."""
    url = f"sqlite:///{file}"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        read(lite, "during")
        lite.close()
        other.execute("ROLLBACK")
    [spool] = (proof.folder / "spool").iterdir()
    spool.write_text(spool.read_text("utf-8").replace("during", "never "), "utf-8")
    with closing(Ledger(url, proof, BRISK)) as later:
        for _ in range(5):
            read(later)
    found = check(url, proof)
    assert found.first.problem == "entry 1 was changed: its digest is of something else"
    assert [entry.subject for entry in kept(url) if entry.chain != spool.stem] == ["E1"] * 5
    assert spool.exists()
