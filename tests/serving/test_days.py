"""Grades made ahead are those of now, whatever was told of some since, and whole again soon."""

from collections.abc import Iterator

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.serving.live import state
from xinheng.serving.live.live import Live

from ..archive.department import ALPHA, BETA, Bureau
from .installation import NOW
from .keyed import asking
from .posting import FUTIAN, GAMMA, by_kind, department, fresh, registered, send
from .test_foldin import HARSH
from .test_live import STILL

TOMORROW = day("2026-07-01")


@pytest.fixture
def live(tmp_path) -> Iterator[Live]:
    """A service in which what others' grades rest on does not move, and a day is made ahead."""
    own = fresh(tmp_path)
    with (
        asking(own, department("bureau", "register"), pulse=STILL) as client,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("xinheng.features.References.replaced", lambda self, *_, **__: self)
        found: Live = client.app_state["live"]
        assert [*found.service.of.days.fill(TOMORROW)] == [2]
        Bureau(tmp_path).deliver(HARSH, at=NOW)
        send(client, by_kind(registered(GAMMA, FUTIAN), source="register"))
        found.follow()
        yield found


def numbers(live: Live) -> np.ndarray:
    found = live.service.register.find([ALPHA, BETA, GAMMA], TOMORROW)[0]
    return np.asarray(found, np.int32)


def test_columns_of_those_told_of_since_are_their_own(live: Live) -> None:
    who, days = numbers(live), live.service.of.days
    assert days.whole(TOMORROW)
    assert [days.has(int(each), TOMORROW) for each in who] == [True, False, False]
    one_by_one = [live.service.book.grade(int(each), TOMORROW) for each in who]
    together = days.scores(who, TOMORROW)
    assert together.level.tolist() == [int(each.level) for each in one_by_one]
    assert together.margin.tolist() == [each.margin for each in one_by_one]


def test_what_is_half_made_goes_on_with_what_was_told_since(live: Live, monkeypatch) -> None:
    monkeypatch.setattr("xinheng.grading.daygrades.TOGETHER", 1)
    first = live.service.of
    making = first.days.fill(TOMORROW + 1)
    next(making)
    newer = {int(each): first.book.events.of(int(each)) for each in numbers(live)[:1]}
    after = first.days.after(first.book, first.gradings, newer)
    assert [*after.fill(TOMORROW + 1)] == [2, 3]
    assert [after.has(int(each), TOMORROW + 1) for each in numbers(live)] == [False, True, True]


def test_a_day_rests_by_how_long_making_it_took(live: Live, monkeypatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(state, "monotonic", lambda: clock[0])
    days, book = live.service.of.days, live.service.book.under(live.service.book.bundle)
    book.references = object()
    for took, rest in ((0.5, 2.0), (60.0, 30.0)):
        made = days.after(book, live.service.gradings, {})
        vars(made)["_book"] = live.service.book
        for _ in made.fill(TOMORROW + 1):
            clock[0] += took
        after = made.after(book, live.service.gradings, {})
        assert after.rests_until == clock[0] + rest
        assert not after.whole(TOMORROW + 1)


def test_what_lies_over_a_city_is_put_into_it_before_it_weighs(live: Live, monkeypatch) -> None:
    monkeypatch.setattr(state, "LADEN", 1)
    before = [live.service.book.grade(int(each), TOMORROW).margin for each in numbers(live)]
    assert live.service.of.laden
    assert live.follow()
    assert not live.service.of.laden
    after = [live.service.book.grade(int(each), TOMORROW).margin for each in numbers(live)]
    assert after == before
