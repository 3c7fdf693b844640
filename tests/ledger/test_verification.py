"""Verification: whoever changes the database behind the trail's back is found out."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError
from xinheng.core.keys import create_key, key_id, revoke_key
from xinheng.ledger import (
    Ledger,
    Pace,
    Proof,
    Verification,
    backup,
    connected,
    restore,
    verify,
)
from xinheng.ledger.trail import GENESIS, Chain, Entry, Note

from .world import NOW

PACE = Pace(group=1, anchor_entries=10, anchor_seconds=1e9)
COLUMNS = tuple(Entry.__slots__)


class Attacker:
    """Somebody with all rights on the database, and none on the folder of anchors."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __call__(self, statement: str, *given: object) -> list[tuple]:
        with closing(sqlite3.connect(self.file)) as connection:
            for name in ("UPDATE", "DELETE"):
                connection.execute(f"DROP TRIGGER IF EXISTS audit_entry_no_{name}")
            found = connection.execute(statement, given).fetchall()
            connection.commit()
        return found

    def entries(self) -> list[Entry]:
        with connected(f"sqlite:///{self.file}") as engine:
            from xinheng.ledger.trail.table import entries

            return list(entries(engine))

    def put(self, *entries: Entry) -> None:
        names = ", ".join(COLUMNS)
        places = ", ".join("?" * len(COLUMNS))
        for entry in entries:
            values = [entry.row()[name] for name in COLUMNS]
            values[COLUMNS.index("at")] = entry.at.strftime("%Y-%m-%d %H:%M:%S.%f")
            self(f"INSERT INTO audit_entry ({names}) VALUES ({places})", *values)  # noqa: S608


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def attacker(file: Path, url: str, proof: Proof) -> Attacker:
    """Thirty-four entries of one process that ended in order."""
    write(url, proof, 34)
    return Attacker(file)


def write(url: str, proof: Proof, count: int, actor: str = "wang") -> None:
    with closing(Ledger(url, proof, PACE)) as ledger:
        for number in range(count):
            ledger.audit(
                at=NOW + timedelta(seconds=number), actor=actor, action="read grade",
                subject=f"E{number}", detail={"n": number},
            )  # fmt: skip


def look(url: str, proof: Proof, kept: Path | None = None) -> Verification:
    with connected(url) as engine:
        return verify(engine, proof, kept)


@pytest.mark.usefixtures("attacker")
def test_what_nobody_touched_holds(url: str, proof: Proof) -> None:
    found = look(url, proof)
    assert (found.first, found.remarks, found.entries, found.anchors) == (None, (), 34, 5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "li"),
        ("purpose", "case 9"),
        ("action", "read nothing"),
        ("subject", "E99"),
        ("detail", '{"n":18}'),
        ("detail", '{"n": 17}'),
        ("at", "2026-01-01 12:00:17.000001"),
        ("digest", "0" * 64),
    ],
)
def test_a_changed_entry_is_named(
    attacker: Attacker, url: str, proof: Proof, column: str, value: str
) -> None:
    attacker(f"UPDATE audit_entry SET {column} = ? WHERE position = 18", value)  # noqa: S608
    found = look(url, proof)
    assert len(found.faults) == 1
    assert found.first.position == 18
    assert "entry 18 was changed" in found.first.problem


def test_a_deleted_entry_is_named(attacker: Attacker, url: str, proof: Proof) -> None:
    attacker("DELETE FROM audit_entry WHERE position IN (7, 9)")
    assert look(url, proof).first.problem == "entry 7 is missing"


@pytest.mark.parametrize("last", [33, 30, 12, 0])
def test_entries_that_were_cut_off_are_named(
    attacker: Attacker, url: str, proof: Proof, last: int
) -> None:
    attacker("DELETE FROM audit_entry WHERE position > ?", last)
    found = look(url, proof)
    lacks = "entry 34 is" if last == 33 else f"entries {last + 1} to 34 are"
    assert found.first.problem.startswith(f"{lacks} missing")
    assert found.first.position == last + 1


def rewritten(entries: list[Entry], place: int) -> list[Entry]:
    """Return a chain from the place on, made anew with another actor, every digest right."""
    before = entries[place - 1]
    chain = Chain(before.chain, before.position, before.digest)
    return chain.extend(
        Note(
            at=entry.at, actor="nobody", purpose=entry.purpose, action=entry.action,
            subject=entry.subject, detail=entry.detail,
        )
        for entry in entries[place:]
    )  # fmt: skip


@pytest.mark.parametrize(("place", "since"), [(1, 1), (14, 11), (33, 31)])
def test_a_chain_made_anew_from_some_entry_on_does_not_fit_its_anchors(
    attacker: Attacker, url: str, proof: Proof, place: int, since: int
) -> None:
    forged = rewritten(attacker.entries(), place)
    attacker("DELETE FROM audit_entry WHERE position > ?", place)
    attacker.put(*forged)
    found = look(url, proof)
    assert f"rewritten, the first of them from {since} on" in found.first.problem


def test_an_entry_put_in_between_is_named(attacker: Attacker, url: str, proof: Proof) -> None:
    """With all that follow moved on by one, and every digest right."""
    entries = attacker.entries()
    moved = rewritten([*entries[:20], entries[3], *entries[20:]], 20)
    attacker("DELETE FROM audit_entry WHERE position > 20")
    attacker.put(*moved)
    assert "rewritten, the first of them from 21 on" in look(url, proof).first.problem


def test_entries_added_at_the_end_are_named(attacker: Attacker, url: str, proof: Proof) -> None:
    entries = attacker.entries()
    attacker.put(*rewritten([*entries, entries[0]], 34))
    assert look(url, proof).first.problem == "entry 35 was added after the chain had ended"


def test_a_chain_that_was_made_up_is_named(attacker: Attacker, url: str, proof: Proof) -> None:
    note = Note.of(at=NOW, actor="li", action="read grade", subject="E1", detail={})
    attacker.put(*Chain().extend([note] * 3))
    [fault] = look(url, proof).faults
    assert fault.problem == "no anchor tells of this chain"


def test_a_chain_that_was_taken_out_whole_is_named(
    attacker: Attacker, url: str, proof: Proof
) -> None:
    write(url, proof, 3, "li")
    attacker("DELETE FROM audit_entry WHERE actor = 'wang'")
    assert look(url, proof).first.problem.startswith("entries 1 to 34 are missing")


@pytest.mark.usefixtures("attacker")
def test_an_older_copy_of_the_database_is_named(
    file: Path, url: str, proof: Proof, tmp_path: Path
) -> None:
    backup(url, tmp_path / "old.db")
    write(url, proof, 3, "li")
    assert look(url, proof).faults == ()
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", file)
    assert look(url, proof).first.problem.startswith("entries 1 to 3 are missing")


# ------------------------------------------------------------- anchors


def edit(proof: Proof, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = proof.anchors.path
    path.write_bytes(b"".join(line + b"\n" for line in change(path.read_bytes().splitlines())))


def altered(line: bytes, **values: object) -> bytes:
    return json.dumps(json.loads(line) | values, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.usefixtures("attacker")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: [*lines[:2], altered(lines[2], position=19), *lines[3:]], "signature is wr"),
        (lambda lines: [*lines[:2], *lines[3:]], "anchor 4 does not follow"),
        (lambda lines: [*lines[:2], b"spoilt", *lines[3:]], "anchor 4 does not follow"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "anchor 2 does not follow"),
        (lambda lines: [*lines, altered(lines[-1], number=6)], "anchor 6 does not follow"),
        (lambda _: [], "no anchor tells of this chain"),
    ],
)
def test_anchors_that_were_changed_are_named(url: str, proof: Proof, change, says: str) -> None:
    edit(proof, change)
    assert any(says in fault.problem for fault in look(url, proof).faults)


def test_anchors_by_a_strange_key_are_not_believed(
    attacker: Attacker, url: str, proof: Proof, tmp_path: Path
) -> None:
    """Somebody writes database and anchors anew, and has not the key."""
    shutil.rmtree(proof.folder)
    attacker("DELETE FROM audit_entry")
    write(url, Proof(proof.folder, tmp_path / "strange"), 34)
    assert "nobody who is trusted signed anchor 1" in {
        fault.problem for fault in look(url, proof).faults
    }


@pytest.mark.usefixtures("attacker")
def test_a_revoked_key_vouches_for_nothing(url: str, proof: Proof) -> None:
    revoke_key(key_id(proof.key().public_key()), proof.keys, "it was copied")
    assert look(url, proof).first is not None


@pytest.mark.usefixtures("attacker")
def test_a_copy_of_the_anchors_shows_that_both_were_replaced(
    file: Path, url: str, proof: Proof, tmp_path: Path
) -> None:
    old, kept = tmp_path / "old", tmp_path / "kept.jsonl"
    backup(url, tmp_path / "old.db")
    shutil.copytree(proof.folder, old)
    write(url, proof, 3, "li")
    shutil.copy(proof.anchors.path, kept)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", file)
    shutil.rmtree(proof.folder)
    old.rename(proof.folder)
    assert look(url, proof).faults == ()
    told = {fault.problem for fault in look(url, proof, kept).faults}
    assert f"anchor 6 of {kept} is not in the file of anchors" in told
    assert any(each.startswith("entries 1 to 3 are missing") for each in told)


@pytest.mark.usefixtures("attacker")
def test_a_second_key_takes_over_and_the_first_is_still_believed(url: str, proof: Proof) -> None:
    (proof.keys / "signing.pem").unlink()
    create_key(proof.keys / "signing.pem")
    write(url, proof, 3, "li")
    found = look(url, proof)
    assert (found.faults, found.chains) == ((), 2)


# ------------------------------------------------------------- backups


def test_a_backup_is_taken_while_others_write(url: str, proof: Proof, tmp_path: Path) -> None:
    with closing(Ledger(url, proof, PACE)) as ledger:
        note = {"at": NOW, "actor": "li", "action": "read grade", "subject": "E1", "detail": {}}
        ledger.audit(**note)
        size = backup(url, tmp_path / "deep" / "copy.db")
        ledger.audit(**note)
    assert size == (tmp_path / "deep" / "copy.db").stat().st_size
    assert len(Attacker(tmp_path / "deep" / "copy.db").entries()) == 1
    with pytest.raises(InvalidError, match="never replaces another"):
        backup(url, tmp_path / "deep" / "copy.db")


def test_what_a_restored_backup_lacks_is_told_and_by_whom(
    attacker: Attacker, url: str, proof: Proof, tmp_path: Path
) -> None:
    backup(url, tmp_path / "copy.db")
    write(url, proof, 3, "li")
    kept = restore(url, tmp_path / "copy.db", proof, actor="zhao", at=NOW)
    assert len(attacker.entries()) == 34
    assert len(Attacker(kept).entries()) == 37
    found = look(url, proof)
    assert found.faults == ()
    [remark] = found.remarks
    assert remark.problem.startswith("entries 1 to 3 are missing")
    assert remark.problem.endswith("a backup was restored")
    write(url, proof, 2, "li")
    attacker("DELETE FROM audit_entry WHERE actor = 'li'")
    assert look(url, proof).first.problem.startswith("entries 1 to 2 are missing")


@pytest.mark.usefixtures("attacker")
def test_a_ledger_that_is_lost_is_restored(
    file: Path, url: str, proof: Proof, tmp_path: Path
) -> None:
    backup(url, tmp_path / "copy.db")
    for path in file.parent.glob("ledger.db*"):
        path.unlink()
    assert restore(url, tmp_path / "copy.db", proof, actor="zhao", at=NOW) is None
    found = look(url, proof)
    assert (found.faults, found.remarks, found.entries) == ((), (), 34)


def test_what_is_no_backup_is_not_restored(
    attacker: Attacker, url: str, proof: Proof, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with pytest.raises(NotFoundError, match="there is no backup"):
        restore(url, copy, proof, actor="zhao", at=NOW)
    copy.write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(IntegrityError, match="is damaged"):
        restore(url, copy, proof, actor="zhao", at=NOW)
    copy.write_bytes(b"")
    with pytest.raises(InvalidError, match="holds no ledger"):
        restore(url, copy, proof, actor="zhao", at=NOW)
    assert len(attacker.entries()) == 34
    with pytest.raises(InvalidError, match=r"no SQLite file; use what the database has: pg_dump"):
        backup("postgresql://postgres@127.0.0.1/ledger", copy)


def test_the_first_entry_follows_nothing() -> None:
    note = Note.of(at=NOW, actor="li", action="read grade", subject="食品", detail={"信": 1})
    [entry] = Chain("ab" * 16).extend([note])
    assert entry.previous == GENESIS
    told = (
        '{"action":"read grade","actor":"li","at":"2026-01-01T12:00:00.000000+00:00",'
        '"chain":"abababababababababababababababab","detail":"{\\"信\\":1}","position":1,'
        '"purpose":"","subject":"食品"}'
    )
    assert entry.digest == hashlib.sha256((GENESIS + told).encode()).hexdigest()
    assert Entry.read(entry.line()) == entry
