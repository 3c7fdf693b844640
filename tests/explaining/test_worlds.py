"""Worlds: what each cause did to each indicator, and to no other."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.explaining import Change, Movement, Sentences, Standpoint, explain_movement
from xinheng.explaining.movement.game import Game
from xinheng.explaining.movement.sides import Side
from xinheng.explaining.words.phrases import undone
from xinheng.features import build_references, compute
from xinheng.features.hindsight import known_before

from ..grading.world import TODAY, record, rows_of
from .played import (
    BEFORE,
    CATALOGUE,
    CHECK,
    COMPLAINT,
    CRITICAL,
    FINE,
    FOUNDED,
    LEAVES,
    OLD,
    ORDER,
    PLAYS,
    SCORE,
    WHO,
    Records,
    everybody,
    fine,
    own,
    played,
    references,
    standpoints,
    visit,
)

FROM_TO = re.compile(r"由(.+?)(?:升至|降至|变为)(.+?)[。）、，]")


def game_of(then: Records, now: Records) -> Game:
    one, other = (Side(each, WHO) for each in standpoints(then, now))
    return Game(one, other)


def did(game: Game, indicator: str) -> dict[str, float]:
    """What each cause did to an indicator, where it did anything."""
    place = CATALOGUE.ids.index(indicator)
    found = game.effects
    return {
        mover: float(found.by[number, place])
        for number, mover in enumerate(found.movers)
        if found.moved[number, place]
    }


def change_of(movement: Movement, cause: str, indicator: str) -> Change:
    [part] = [each for each in movement.parts if each.cause == cause]
    [found] = [each for each in part.changes if each.indicator.id == indicator]
    return found


def row_at(standpoint: Standpoint) -> Any:
    rows = rows_of((WHO, standpoint.as_of))
    known = known_before(standpoint.events, standpoint.as_of)
    return compute(CATALOGUE, known, rows, references=references()).to_numpy()[0]


def test_two_causes_that_work_against_each_other_are_told_with_what_each_did() -> None:
    movement = played(*PLAYS["a fine is repaired and two are new"])
    repaired = change_of(movement, "repaired_records", "PN06")
    new = change_of(movement, "new_records", "PN06")
    assert (repaired.by, new.by) == (-1.0, 2.0)
    assert (repaired.was, repaired.now) == (new.was, new.now) == (2.0, 3.0)
    assert repaired.zh == (
        "因1条记录完成信用修复，近3年行政处罚次数减少1次（各原因合计由2次升至3次）。"
    )
    assert new.en == (
        "The number of administrative penalties in the last 3 years rose by 2 because "
        "2 new records were received; in all from 2 to 3."
    )
    [part] = [each for each in movement.parts if each.cause == "repaired_records"]
    assert "减少1次，使违规对数几率下降" in part.zh
    assert "fell by 1; that lowers" in part.en


def test_causes_that_cancel_are_not_told_from_a_value_to_itself() -> None:
    movement = played(*PLAYS["a fine is repaired and one is new"])
    assert change_of(movement, "repaired_records", "PN06").zh.endswith(
        "减少1次（各原因合计仍为2次）。"
    )
    assert change_of(movement, "new_records", "PN06").en.endswith("; in all still 2.")


def test_time_alone_is_told_as_time_though_the_indicator_counts_in_a_window() -> None:
    """The time since the last penalty looks back five years, and no penalty left them."""
    game = game_of(OLD, OLD)
    assert did(game, "PN11") == pytest.approx({"time": 120 * 12 / 365.25})
    assert did(game, "IH_SINCE_ROUTINE").keys() == {"time"}
    assert did(game, "PN06") == {}
    assert {each.cause for each in played(OLD, OLD).parts} <= {"time", "others"}


def test_a_record_that_left_its_window_is_told_as_too_old_and_only_that() -> None:
    game = game_of(*PLAYS["items grew too old"])
    assert did(game, "IH_CRITICAL_1Y") == {"aged_out": -2.0}
    both = game_of(*PLAYS["items grew too old and two are new"])
    assert did(both, "IH_CRITICAL_1Y") == {"new_records": 2.0, "aged_out": -2.0}
    late = fine(TODAY - 1826 - 30)
    assert did(game_of([late], [late]), "PN11").keys() == {"aged_out", "time"}


def test_what_was_too_old_by_the_time_it_was_told_did_nothing() -> None:
    """It counts on neither day, so it can neither have come nor grown too old."""
    late = own(CRITICAL, TODAY - 400, value=2.0, available=TODAY - 3)
    short = own(COMPLAINT, BEFORE + 2)  # 91 days, which are over, of the 120 between the two
    game = game_of([late, short], [late, short])
    assert did(game, "IH_CRITICAL_1Y") == {}
    beside = game_of([late, LEAVES], [late, LEAVES])
    assert did(beside, "IH_CRITICAL_1Y") == {"aged_out": -2.0}
    assert "aged_out" not in did(game, "CC11")


def test_a_record_that_comes_to_lie_in_an_earlier_window_does_so_in_time() -> None:
    moved = PLAYS["complaints move from one window to the other"]
    assert did(game_of(*moved), "CC11").keys() == {"aged_out", "time"}
    far = [own(COMPLAINT, BEFORE - 80)]  # leaves 91 days, and was never in the 274 before them
    near = [own(COMPLAINT, TODAY - 400)]  # leaves the 274 days before those, and nothing else
    assert did(game_of(far, far), "CC11").keys() == {"aged_out", "time"}
    assert did(game_of(near, near), "CC11").keys() <= {"aged_out"}


def test_an_own_inspection_is_not_told_as_what_others_did() -> None:
    """The mean of the city moved as well, by a little."""
    game = game_of(*PLAYS["it is inspected itself"])
    found = did(game, "IH_SCORE_LAST")
    assert found.keys() == {"new_records", "others"}
    assert found["new_records"] == pytest.approx(61.0 - 84.0)
    assert abs(found["others"]) < 2
    alone = did(game_of(OLD, OLD), "IH_SCORE_LAST")
    assert alone == pytest.approx({"others": found["others"]})


def test_an_order_that_falls_due_is_told_as_time() -> None:
    assert did(game_of(*PLAYS["an order is overdue in time"]), "CC07") == {"time": 1.0}
    told = did(game_of(*PLAYS["an order is told and becomes overdue"]), "CC07")
    assert told == {"new_records": 0.5, "time": 0.5}


def test_an_end_that_was_known_beforehand_comes_in_time() -> None:
    """So does a deadline, which nobody tells of."""
    founded = own(FOUNDED, TODAY - 3000, value=TODAY - 3000.0)
    found = did(game_of([founded], [founded]), "RL01")
    assert found.keys() <= {"time"}
    listed = own(ORDER, BEFORE - 50, value=10.0, ended=BEFORE + 9, ended_available=BEFORE - 50)
    assert did(game_of([listed], [listed]), "CC07") == {"time": -1.0}


def test_what_did_most_to_the_log_odds_is_named_first() -> None:
    game = game_of(*PLAYS["a fine is repaired and two are new"])
    found = game.effects
    for number, mover in enumerate(found.movers):
        changes = found.changes(mover, ("甲", "x"), Sentences.default())
        places = [CATALOGUE.ids.index(each.indicator.id) for each in changes]
        weights = found.weight[number, places]
        assert (np.diff(weights) <= 0).all()
        assert len(changes) or not found.moved[number].any()
    first, *_ = found.changes("new_records", ("甲", "x"), Sentences.default())
    assert first.indicator.id == "PN06"


def drawn(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Some records, and what became of them."""
    rng = np.random.default_rng(seed)
    then, now = [], []
    for _ in range(rng.integers(1, 9)):
        stream = str(rng.choice([FINE, SCORE, CHECK, CRITICAL, COMPLAINT, ORDER]))
        value = float(rng.integers(1, 90))
        when = int(TODAY - rng.integers(1, 2200))
        each = own(stream, when, severity=float(rng.integers(1, 4)), value=value)
        told = when < BEFORE and rng.random() < 0.8
        late = each | {"available": max(when, int(TODAY - rng.integers(2, 100)))}
        then.append(each if told else late)
        what = str(rng.choice(["", "repaired", "ended", "withdrawn"]))
        day = int(rng.integers(BEFORE + 1, TODAY))
        if what and told:
            each = each | {what: day} | ({"ended_available": day} if what == "ended" else {})
        now.append(each if told else late)
    return then, now


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_what_causes_did_sums_to_the_change_of_every_indicator(seed: int) -> None:
    then, now = drawn(seed)
    one, other = standpoints(then, now)
    found = game_of(then, now).effects
    np.testing.assert_array_equal(found.before, row_at(one))
    np.testing.assert_array_equal(found.after, row_at(other))
    for place, indicator in enumerate(CATALOGUE):
        first, last = undone(indicator)(np.array([found.before[place], found.after[place]]))
        assert found.by[:, place].sum() == pytest.approx(last - first, abs=1e-7)
        alone = found.moved[:, place].sum() == 1
        assert not alone or first != last
    assert not found.by[~found.moved].any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_sentence_leads_from_a_value_to_itself(seed: int) -> None:
    movement = played(*drawn(seed))
    for part in movement.parts:
        assert len(part.changes) == len({each.indicator.id for each in part.changes})
        for text in (part.zh, *(each.zh for each in part.changes)):
            assert all(was != now for was, now in FROM_TO.findall(text))
            assert not re.search(r"(?:增加|减少|上升|下降)0(?![.\d])", text)


def test_what_is_told_later_and_undone_by_the_day_before_is_put_back() -> None:
    """The way back has every cause with the opposite sign, whichever day comes first."""
    then, now = PLAYS["a fine is repaired and two are new"]
    one, other = (Side(each, WHO) for each in standpoints(then, now))
    there, back = Game(one, other).effects, Game(other, one).effects
    np.testing.assert_array_equal(there.before, back.after)
    np.testing.assert_array_equal(there.after, back.before)
    np.testing.assert_allclose(there.by.sum(axis=0), -back.by.sum(axis=0))


def test_an_inspection_is_of_the_day_on_which_it_was() -> None:
    """An inspection told since, while no time had passed, is the last one all the same."""
    game = game_of(OLD, [*OLD, *visit(TODAY - 20, 90.0), *visit(TODAY - 60, 50.0)])
    assert did(game, "IH_SCORE_LAST")["new_records"] == pytest.approx(90.0 - 84.0)


def test_a_value_that_no_record_tells_is_told_as_that() -> None:
    """Who was never inspected has no score of 0 points."""
    movement = played([fine(BEFORE - 60)], [fine(BEFORE - 60), *visit(TODAY - 20, 61.0)])
    change = change_of(movement, "new_records", "IH_SCORE_LAST")
    assert "由无记录时的0分变为-23.7分" in change.zh
    assert "from 0 points for want of a record to -23.7 points" in change.en
    assert not re.search("减少|降至|fell", change.zh + change.en)


def test_what_was_told_late_of_others_did_not_happen_between_a_day_and_itself() -> None:
    worse = (record(number, SCORE, TODAY - 30, value=20.0) for number in range(100, 300))
    late = build_references(CATALOGUE, everybody([*worse]))
    _, one = standpoints(OLD, OLD)
    [part] = explain_movement(one, replace(one, references=late), WHO).parts
    assert part.cause == "others"
    assert part.zh.startswith("因截至2026-03-01的所属群体、关联方或全市数据有补报或更正，")
    assert "because more was told of its groups, " in part.changes[0].en
