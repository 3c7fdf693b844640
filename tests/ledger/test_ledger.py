"""The ledger keeps what was decided, in order, and never forgets."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.core.errors import IntegrityError, NotFoundError
from xinheng.core.time import day
from xinheng.ledger import Change, Ledger, Run

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUN = Run(
    after=0,
    at=NOW,
    actor="li",
    as_of=day("2026-01-01"),
    reason="start",
    everybody=True,
    sequence=3,
    bundle="ab" * 32,
    policy="default 1",
    enterprises=2,
    first=2,
    changed=0,
    held=0,
    levels={"A": 1, "C": 1},
    digest="cd" * 32,
)
CHANGE = {
    "number": 7,
    "enterprise": "E1",
    "level": "C",
    "previous": "B",
    "cause": "rule_met",
    "detail": '{"rule_met": ["R1"]}',
}


def test_the_champion_is_the_newest_promotion_of_its_purpose() -> None:
    ledger = Ledger("sqlite://")
    with pytest.raises(NotFoundError, match="xinheng train"):
        ledger.champion("grade")
    ledger.promote("a" * 64, purpose="grade", actor="li", reason="first", at=NOW)
    ledger.promote("b" * 64, purpose="scheduling", actor="li", reason="plan", at=NOW)
    ledger.promote("c" * 64, purpose="grade", actor="li", reason="better", at=NOW)
    assert ledger.champion("grade") == "c" * 64
    assert ledger.champion("scheduling") == "b" * 64
    assert [row["action"] for row in ledger.audited("a" * 64)] == ["promote"]


def test_runs_and_changes_are_kept_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/ledger.db"
    ledger = Ledger(url)
    first = ledger.history.record(RUN, [])
    assert first == replace(RUN, id=1)
    later = replace(RUN, after=1, as_of=RUN.as_of + 31, reason="monthly", changed=2)
    second = ledger.history.record(later, [CHANGE, CHANGE | {"number": 8}])
    ledger.close()
    reopened = Ledger(url)
    assert reopened.history.runs() == [first, second]
    [change] = reopened.history.changes(number=7)
    assert change == Change(
        id=1, run=2, as_of=later.as_of, **CHANGE | {"detail": {"rule_met": ["R1"]}}
    )
    assert len(reopened.history.changes(run=2)) == 2
    assert reopened.history.changes(run=1) == []
    assert [each.number for each in reopened.history.changes(after=1)] == [8]
    assert [each.number for each in reopened.history.changes(limit=1)] == [7]
    assert reopened.history.changes(after=2) == []
    reopened.close()


def test_runs_that_others_made_meanwhile_are_read_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    ours, theirs = Ledger(url), Ledger(url)
    assert (ours.history.runs(), ours.history.last()) == ([], 0)
    first = theirs.history.record(RUN, [])
    assert (ours.history.runs(), ours.history.last()) == ([first], 1)
    ours.history.runs().clear()
    second = theirs.history.record(replace(RUN, after=1), [])
    assert (ours.history.runs(), ours.history.last()) == ([first, second], 2)
    ours.close()
    theirs.close()


def test_a_history_that_is_remembered_tells_its_runs_without_the_database(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    first = ledger.history.record(RUN, [])
    remembered = ledger.history.remembered()
    ledger.history.record(replace(RUN, after=1), [])
    ledger.close()
    (tmp_path / "ledger.db").unlink()
    assert (remembered.runs(), remembered.last()) == ([first], 1)
    assert Ledger("sqlite://").history.remembered().last() == 0


def test_details_that_older_versions_wrote_are_read(tmp_path: Path) -> None:
    """They gave objects to the database's JSON, which wrote them as the same text."""
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    run = ledger.history.record(RUN, [CHANGE])
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        [(kind,)] = database.execute(
            "SELECT type FROM pragma_table_info('grade_change') WHERE name = 'detail'"
        )
        [(text,)] = database.execute("SELECT detail FROM grade_change")
        database.execute("UPDATE grade_change SET detail = ?", [json.dumps({"card": [None, "C"]})])
    database.close()
    assert (kind, text) == ("JSON", CHANGE["detail"])
    [change] = ledger.history.changes(run=run.id)
    assert change.detail == {"card": [None, "C"]}
    ledger.close()


def test_a_run_is_continued_once_and_nothing_of_a_second_is_kept() -> None:
    ledger = Ledger("sqlite://")
    ledger.history.record(RUN, [])
    with pytest.raises(IntegrityError, match="another run continued run 0 meanwhile"):
        ledger.history.record(RUN, [CHANGE])
    assert len(ledger.history.runs()) == 1
    assert ledger.history.changes() == []


def test_what_was_read_is_audited() -> None:
    ledger = Ledger("sqlite://")
    ledger.audit(at=NOW, actor="wang", action="read grade", subject="E1", detail={"as_of": "x"})
    [row] = ledger.audited("E1")
    assert (row["actor"], row["action"], row["detail"]) == ("wang", "read grade", {"as_of": "x"})
