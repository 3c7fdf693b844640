"""What was accepted is there once, in order, until what came of it is there once."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from xinheng.core.time import day
from xinheng.ledger import (
    FOLDED,
    HEAD,
    REFUSED,
    Ledger,
    Outcome,
    Posting,
    connected,
    downgrade,
    upgrade,
)
from xinheng.ledger.postings import Backlog
from xinheng.ledger.tables import POSTED

from .world import NOW

DONE = Outcome(
    at=NOW, state=FOLDED, delivery=7, digest="ef" * 32, detail={"rows": {"penalties": "a"}}
)


def posting(key: str = "k1", **more: Any) -> Posting:
    given = {"receipt": f"r-{key}", "holder": "tax", "key": key, "digest": "ab" * 32, "at": NOW}
    said = {"actor": "key 1", "purpose": "P1", "source": "city-tax", "rows": 1}
    return Posting(**given | said | more)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as found:
        yield found


def test_what_is_accepted_is_found_by_its_receipt(ledger: Ledger) -> None:
    kept = ledger.postings.accept(posting(), '{"a": "局"}')
    assert ledger.postings.find("r-k1") == (kept, None)
    assert ledger.postings.body(kept.id) == '{"a": "局"}'
    assert ledger.postings.find("r-k2") is None


def test_a_key_is_accepted_once_for_each_holder(ledger: Ledger) -> None:
    first = ledger.postings.accept(posting(), "{}")
    again = ledger.postings.accept(posting(receipt="r2", digest="cd" * 32), "[]")
    assert again == first
    other = ledger.postings.accept(posting(receipt="r3", holder="court"), "{}")
    assert [each.id for each in ledger.postings.pending()] == [first.id, other.id]


def test_what_waits_comes_in_the_order_in_which_it_was_accepted(ledger: Ledger) -> None:
    kept = [ledger.postings.accept(posting(f"k{n}"), "{}") for n in range(4)]
    assert ledger.postings.pending(2) == kept[:2]
    assert ledger.postings.settle(kept[1].id, DONE)
    assert ledger.postings.pending() == [kept[0], kept[2], kept[3]]
    assert ledger.postings.waiting() == 3
    for each in (kept[0], kept[2], kept[3]):
        ledger.postings.settle(each.id, DONE)
    assert ledger.postings.pending() == []
    later = ledger.postings.accept(posting("k9"), "{}")
    assert ledger.postings.pending() == [later]


def test_what_waits_is_counted_and_told_part_by_part(ledger: Ledger) -> None:
    assert ledger.postings.backlog() == Backlog(0, None)
    later = NOW + timedelta(hours=1)
    kept = [ledger.postings.accept(posting(f"k{n}", at=at), "{}") for n, at in
            enumerate((NOW, later, later))]  # fmt: skip
    assert ledger.postings.backlog() == Backlog(3, NOW)
    assert ledger.postings.pending(1, kept[0].id) == kept[1:2]
    assert ledger.postings.pending(5, kept[1].id) == kept[2:]
    assert ledger.postings.pending(5, kept[2].id) == []
    ledger.postings.settle(kept[0].id, DONE)
    assert ledger.postings.backlog() == Backlog(2, later)
    assert ledger.postings.pending() == kept[1:]


def test_who_answers_for_deliveries_is_told(ledger: Ledger) -> None:
    for key, actor, digest in (("k1", "li", "ab"), ("k2", "wang", "ab"), ("k3", "he", "cd")):
        kept = ledger.postings.accept(posting(key, actor=actor), "{}")
        ledger.postings.settle(kept.id, replace(DONE, digest=digest * 32))
    assert ledger.postings.senders(["ab" * 32]) == {"li", "wang"}
    assert ledger.postings.senders([]) == frozenset()


def test_what_came_of_it_is_written_once_with_its_changes(ledger: Ledger) -> None:
    kept = ledger.postings.accept(posting(), "{}")
    change = {"number": 3, "enterprise": "E3", "as_of": day("2026-01-02"), "level": "C",
              "previous": "B", "cause": "posted", "detail": {"receipt": "r-k1"}}  # fmt: skip
    assert ledger.postings.settle(kept.id, DONE, [change])
    refused = Outcome(at=NOW, state=REFUSED, detail={"why": "late"})
    assert not ledger.postings.settle(kept.id, refused, [change])
    assert ledger.postings.outcome(kept.id) == DONE
    [found] = ledger.history.changes()
    assert (found.run, found.level, found.cause) == (None, "C", "posted")


def test_many_at_once_lose_none_and_keep_one_order(url: str) -> None:
    with closing(Ledger(url)) as ledger, closing(Ledger(url)) as reader:
        seen: list[int] = []

        def send(name: str) -> None:
            for n in range(10):
                ledger.postings.accept(posting(f"{name}{n}"), "{}")

        senders = [threading.Thread(target=send, args=(name,)) for name in "abc"]
        for each in senders:
            each.start()
        while len(seen) < 30:
            for each in reader.postings.pending():
                seen.append(each.id)
                reader.postings.settle(each.id, DONE)
        for each in senders:
            each.join()
    assert seen == sorted(set(seen))


def test_what_was_sent_is_forgotten_once_it_is_settled_and_old(ledger: Ledger) -> None:
    kept = [ledger.postings.accept(posting(f"k{n}"), "{}") for n in range(3)]
    ledger.postings.settle(kept[0].id, DONE)
    ledger.postings.settle(kept[1].id, Outcome(at=NOW + timedelta(days=2), state=FOLDED))
    assert ledger.postings.forget(NOW + timedelta(days=1)) == 1
    assert [ledger.postings.body(each.id) for each in kept] == [None, "{}", "{}"]
    assert ledger.postings.find("r-k0") == (kept[0], DONE)


def test_what_was_folded_in_and_is_kept_is_told_from_the_newest_on(ledger: Ledger) -> None:
    kept = [ledger.postings.accept(posting(f"k{n}"), "{}") for n in range(3)]
    for each in kept[:2]:
        ledger.postings.settle(each.id, DONE)
    ledger.postings.settle(kept[2].id, Outcome(at=NOW, state=REFUSED))
    assert list(ledger.postings.folded()) == [(kept[1], DONE.digest), (kept[0], DONE.digest)]
    assert ledger.postings.has_folded("ef" * 32)
    assert not ledger.postings.has_folded("aa" * 32)


def test_down_and_up_again_loses_no_posting(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        kept = ledger.postings.accept(posting(), "{}")
        ledger.postings.settle(kept.id, DONE)
        ledger.postings.accept(posting("k2"), "{}")
    with connected(url) as engine:
        downgrade(engine, "0002")
        upgrade(engine)
        with engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(POSTED)).scalar() == 2
    with closing(Ledger(url)) as ledger:
        assert ledger.postings.find("r-k1") == (kept, DONE)
        assert ledger.postings.waiting() == 1
    assert HEAD > "0002"
