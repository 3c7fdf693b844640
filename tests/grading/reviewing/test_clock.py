"""Clocks of reviews: working days, time added, and holidays that are announced later."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.core.time import day, show
from xinheng.grading.reviewing import clock as clocks
from xinheng.grading.reviewing import expire, reckon
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import Act, Opening, Wanted

from ...ledger.reviews.world import OBJECTION, Desk, later

AT, START = datetime(2035, 3, 1, 4, tzinfo=UTC), day("2035-03-01")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as found:
        yield found


def test_time_is_added_in_working_days_from_the_beginning_of_the_clock(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews, OBJECTION)
    told = clocks.clock(day("2026-09-29"), 2)
    assert told["due"] == "2026-10-08"
    case = desk.act("accept", detail=told)
    more = clocks.extended(case, 3)
    assert (more["due"], more["start"], more["days"]) == ("2026-10-12", "2026-09-29", 5)


def test_a_clock_is_reckoned_anew_once_holidays_are_announced(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = Opening(number=7, enterprise="E1", cause="objection", as_of=START, level="D")
    detail, reviews = clocks.clock(START, 2), ledger.reviews
    number = reviews.open(opening, at=AT, actor="li", detail=detail).id
    assert reckon(reviews, at=AT, actor="clock") == []
    monkeypatch.setattr(
        clocks, "expected_working_day", lambda start, days: (start + days + 3, False)
    )
    [case] = reckon(reviews, at=AT, actor="clock")
    assert (case.id, case.due, case.expected) == (number, START + 5, False)
    assert case.events[-1].act is Act.RECKON
    assert [place.due for place in reviews.queue(Wanted(), START)] == [case.due]
    assert reckon(reviews, at=AT, actor="clock") == []
    assert [each["action"] for each in ledger.audited("E1")] == ["open review", "reckon review"]


def test_a_level_that_has_ended_is_written_down_once(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    until = desk.overridden().until
    assert expire(ledger.reviews, at=later(30), actor="clock") == []
    [case] = expire(ledger.reviews, at=later(31), actor="clock")
    assert (case.id, case.state) == (desk.case.id, "expired")
    told = ledger.audited("E1")[-1]
    assert (told["action"], told["actor"]) == ("expire review", "clock")
    assert (told["detail"]["level"], told["detail"]["until"]) == ("B", until and show(until))
    assert expire(ledger.reviews, at=later(32), actor="clock") == []
