"""Entries of the audit trail by whom, when, of what and what for, page by page."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from xinheng.core.errors import InvalidError
from xinheng.ledger import Ledger, Note, Place, Sought, connected
from xinheng.ledger.trail import Chain, Entry
from xinheng.ledger.trail import lookup as module
from xinheng.ledger.trail.table import append

from .world import NOW

ACTORS, PURPOSES = ("li", "key 0aZ", "nobody"), ("", "routine", "case:2026-1")
SUBJECTS, LISTS = ("E1", "E2", "uscc:E1"), frozenset({"read scores"})
ACTIONS = ("read grade", "issue key", "read scores")


def made(count: int) -> list[Entry]:
    """Entries of several chains, some at the same moment, not written in the order of time."""
    dice, notes = random.Random(7), []  # noqa: S311 of no secret
    for number in range(count):
        action = dice.choice(ACTIONS)
        named = dice.sample(SUBJECTS, 2) if action in LISTS else []
        notes.append(
            Note.of(
                at=NOW + timedelta(seconds=dice.randrange(40)),
                actor=dice.choice(ACTORS),
                purpose=dice.choice(PURPOSES),
                action=action,
                subject="2 enterprises" if named else dice.choice(SUBJECTS),
                detail={"enterprises": named, "n": number},
            )
        )
    return Chain().extend(notes)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with connected(url) as engine, engine.begin() as connection:
        append(connection, made(200))
    with closing(Ledger(url)) as found:
        yield found


def everything(ledger: Ledger, sought: Sought, limit: int) -> list[str]:
    """The details of all pages; each page goes on where the one before ended."""
    found: list[str] = []
    after: Place | None = None
    while True:
        page = ledger.search(sought, after, limit)
        assert len(page.entries) <= limit
        found += [entry.detail for _, entry in page.entries]
        if page.next is None:
            return found
        assert after is None or page.next < after
        after = page.next


def expected(sought: Sought) -> list[str]:
    """The same by looking at each."""

    def fits(entry: Entry) -> bool:
        named = [each for each in sought.subjects if f'"{each}"' in entry.detail]
        listed = entry.action in sought.lists and bool(named)
        return (
            (sought.actor is None or entry.actor == sought.actor)
            and (sought.purpose is None or entry.purpose == sought.purpose)
            and (not sought.subjects or entry.subject in sought.subjects or listed)
            and (not sought.actions or entry.action in sought.actions)
            and (sought.since is None or entry.at >= sought.since)
            and (sought.until is None or entry.at < sought.until)
        )

    newest = sorted(enumerate(made(200)), key=lambda each: (each[1].at, each[0]), reverse=True)
    return [entry.detail for _, entry in newest if fits(entry)]


SOUGHT = [
    Sought(
        actor=actor, purpose=purpose, subjects=frozenset(subjects), actions=frozenset(actions),
        lists=LISTS,
    )
    for actor, purpose, subjects, actions in product(
        (None, "key 0aZ"), (None, "", "case:2026-1"), ((), ("E1", "uscc:E1")),
        ((), ("issue key", "read scores")),
    )
]  # fmt: skip


@pytest.mark.parametrize("looked", [7, 20_000])
def test_every_entry_that_is_sought_comes_once_in_the_order_of_time(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, looked: int
) -> None:
    monkeypatch.setattr(module, "LOOKED", looked)
    monkeypatch.setattr(module, "LOOKED_LISTS", min(looked, 3))
    for sought in SOUGHT:
        assert everything(ledger, sought, 9) == expected(sought), sought
    span = Sought(since=NOW + timedelta(seconds=3), until=NOW + timedelta(seconds=30))
    assert everything(ledger, replace(span, actor="li"), 50) == expected(replace(span, actor="li"))
    assert everything(ledger, span, 1_000) == expected(span)


def test_a_search_tells_where_it_stopped_looking(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKED", 10)
    page = ledger.search(Sought(purpose="", since=NOW, actor="nobody"), None, 5)
    assert page.next is not None
    none = ledger.search(Sought(actor="nobody", purpose="never"), None, 5)
    assert none.entries == ()
    assert none.next is not None


def test_what_is_sought_is_no_pattern(ledger: Ledger) -> None:
    for odd in ("%", "E_", "'", '"', "E1%", "\\"):
        assert everything(ledger, Sought(subjects=frozenset({odd}), lists=LISTS), 9) == []


def test_a_time_that_ends_before_it_begins_is_refused(ledger: Ledger) -> None:
    with pytest.raises(InvalidError, match="exchange"):
        ledger.search(Sought(since=NOW, until=NOW - timedelta(1)))


@pytest.mark.parametrize("written", ["", "1", "2026-01-01", "2026-13-01T00:00:00.000000Z~1"])
def test_a_cursor_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"next|month"):
        Place.read(written)


WAYS = {
    "audit_entry_at": Sought(),
    "audit_entry_by_actor": Sought(actor="li", purpose="routine"),
    "audit_entry_by_purpose": Sought(purpose="case:2026-1"),
    "audit_entry_by_action": Sought(actions=frozenset({"issue key"}), purpose=""),
    "audit_entry_by_subject": Sought(subjects=frozenset({"E1"}), actor="li"),
}


@pytest.mark.parametrize("index", WAYS)
def test_each_way_goes_through_its_index(migrated: Path, index: str) -> None:
    url = f"sqlite:///{migrated}"
    asked: list[str] = []
    with connected(url) as engine:

        @event.listens_for(engine, "before_cursor_execute")
        def _keep(_c: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
            cursor.execute("EXPLAIN QUERY PLAN " + statement, given)
            asked.append(" / ".join(row[3] for row in cursor.fetchall()))

        module.search(engine, WAYS[index], Place(NOW, 9), 5)
    assert asked
    for plan in asked:
        assert f"USING INDEX {index}" in plan or f"USING COVERING INDEX {index}" in plan
        assert plan.count("TEMP B-TREE") <= 1  # of the few that were looked at
