"""Decisions as data are those that folding every case finds, whatever was done in what order."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pyarrow as pa

from xinheng.core import time
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import LIFT, Act, Case, Event, State, fold

from .world import DAY, NOON, OBJECTION, OPENING, Desk, decision, worked

SHOWN = ("case", "known", "decision", "level_before", "level_after", "second", "until")


def test_they_are_those_that_folding_finds(url: str) -> None:
    rng = Random(7)  # noqa: S311
    with closing(Ledger(url)) as ledger:
        for number in range(1, 13):
            opening = replace(rng.choice((OPENING, OBJECTION)), number=number % 5 + 1)
            worked(Desk(ledger.reviews, replace(opening, enterprise=f"E{number}")), rng)
        cases = ledger.reviews.cases(range(1, 13), DAY + 99)
        whole = sorted((row for case in cases for row in _folded(case)), key=lambda row: row[1::-1])
        assert {row[2] for row in whole} == {"confirm", "override", "send_back", LIFT}
        for as_of in (DAY, *range(DAY + 1, DAY + 41, 3), DAY + 99):
            parts = [*ledger.reviews.decisions(as_of)]
            table = pa.concat_tables(parts).select(SHOWN)
            found = [tuple(row.values()) for row in table.to_pylist()]
            assert found == [row for row in whole if row[1] < as_of], as_of


def test_they_come_in_parts(url: str, monkeypatch) -> None:
    monkeypatch.setattr("xinheng.ledger.reviews.decisions.ROWS", 2)
    with closing(Ledger(url)) as ledger:
        assert [part.num_rows for part in ledger.reviews.decisions(DAY)] == [0]
        for number in range(1, 6):
            desk = Desk(ledger.reviews, replace(OPENING, number=number))
            desk.act("take")
            desk.act("decide", detail=decision("confirm", second=False))
        assert [part.num_rows for part in ledger.reviews.decisions(DAY + 1)] == [2, 2, 1]


def test_a_day_begins_and_ends_in_shenzhen(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        for number, hours in ((1, 11.999), (2, 12)):
            desk = Desk(ledger.reviews, replace(OPENING, number=number))
            desk.act("take")
            at = NOON + timedelta(hours=hours)
            said = decision("confirm", second=False)
            ledger.reviews.act(desk.case.id, Act.DECIDE, at=at, actor="li", detail=said)
        [today] = ledger.reviews.decisions(DAY + 1)
        [both] = ledger.reviews.decisions(DAY + 2)
    assert today["known"].to_pylist() == [DAY]
    assert both["known"].to_pylist() == [DAY, DAY + 1]


def _folded(case: Case) -> Iterator[tuple[Any, ...]]:
    """Yield what took effect, by where the case stood before and after each act."""
    for place in range(1, len(case.events)):
        event, day = case.events[place], time.day_of(case.events[place].at)
        before = fold(case.id, case.opening, case.events[:place], day)
        now = fold(case.id, case.opening, case.events[: place + 1], day)
        if event.act is Act.DECIDE and now.state is not State.PROPOSED:
            yield _told(case, event, day, second=False)
        elif event.act is Act.AGREE and before.state is State.PROPOSED and before.proposal:
            yield _told(case, before.proposal, day, second=True)
        elif now.state is State.LIFTED and before.state is not State.LIFTED and now.decision:
            level = now.decision.detail["level"]
            yield case.id, day, LIFT, level, None, event.act is Act.AGREE, None


def _told(case: Case, event: Event, day: int, *, second: bool) -> tuple[Any, ...]:
    said = event.detail
    before = said["level_before"]
    after = before if said["decision"] == "confirm" else said.get("level")
    return case.id, day, said["decision"], before, after, second, event.day("until")
