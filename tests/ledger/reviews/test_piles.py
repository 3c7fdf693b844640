"""Piles are those that folding every case finds, and are not counted at each question."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import event

from xinheng.core import time
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import UNDECIDED, Piles

from .world import DAY, OBJECTION, OPENING, Desk, decision, worked

DECIDED = decision("confirm", second=False)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as found:
        yield found


def test_they_are_those_that_folding_finds(ledger: Ledger) -> None:
    rng = Random(11)  # noqa: S311
    for number in range(1, 13):
        opening = replace(rng.choice((OPENING, OBJECTION)), number=number)
        desk = Desk(ledger.reviews, replace(opening, enterprise=f"E{number}"))
        worked(desk, rng, acts=rng.randrange(12))
    desk = Desk(ledger.reviews, OBJECTION)
    due = {"due": time.show(DAY + 3)}
    for act, detail in (("accept", {}), ("take", {}), ("decide", DECIDED | due)):
        desk.act(act, detail=detail)
    cases = ledger.reviews.cases(range(1, 14), DAY)
    for day in (DAY, DAY + 4, DAY + 60):
        piles = Piles(ledger.reviews._engine).of(day)
        open_ = Counter((c.opening.cause, c.state) for c in cases if c.state in UNDECIDED)
        late = Counter((c.opening.cause, c.state) for c in cases if c.is_overdue(day))
        assert {(p.cause, p.state): p.undecided for p in piles if p.undecided} == open_
        assert {(p.cause, p.state): p.overdue for p in piles if p.overdue} == late
    assert ("objection", "confirmed") in late, "one of which nobody told is overdue as well"
    assert len(open_) > 3


def test_they_are_counted_again_after_a_while_and_on_another_day(ledger: Ledger) -> None:
    Desk(ledger.reviews)
    asked: list[str] = []
    engine = ledger.reviews._engine
    event.listen(engine, "before_cursor_execute", lambda *some: asked.append(some[2]))
    piles = ledger.reviews.piles
    assert [each.undecided for each in piles.of(DAY)] == [1]
    Desk(ledger.reviews, replace(OPENING, number=8))
    asked.clear()
    assert [each.undecided for each in piles.of(DAY)] == [1]
    assert asked == []
    assert [each.undecided for each in piles.of(DAY + 1)] == [2]
    assert [each.undecided for each in Piles(engine, again_seconds=0).of(DAY + 1)] == [2]
