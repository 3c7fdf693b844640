"""Cases: no sequence of allowed acts leaves the table, and what is not allowed is refused."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.ledger.reviews import (
    DECIDED,
    OVER,
    SYSTEM,
    TABLE,
    UNDECIDED,
    Act,
    Case,
    Event,
    Opening,
    State,
    fold,
    refusal,
    step,
)

from .world import DAY, NOON, OBJECTION, OPENING, PEOPLE, decision, event, later

DETAILS = {
    Act.DECIDE: st.builds(
        decision, st.sampled_from(["confirm", "override", "send_back"]), second=st.booleans()
    ),
    Act.LIFT: st.fixed_dictionaries({"second": st.booleans(), "reason": st.just("over")}),
    Act.EXTEND: st.just({"due": time.show(DAY + 20), "expected": True}),
    Act.RECKON: st.just({"due": time.show(DAY + 21)}),
    Act.MOVE: st.just({"level": "E", "level_before": "D"}),
}
OPENED = Event(position=0, at=NOON, actor="policy", act=Act.OPEN, detail={"due": "2026-03-10"})


def opened(opening: Opening = OPENING) -> Case:
    return fold(1, opening, [OPENED], DAY)


@given(st.sampled_from([OPENING, OBJECTION]), st.data())
def test_allowed_acts_stay_in_the_table_and_all_others_are_refused(opening, data) -> None:
    case, at = opened(opening), NOON
    for _ in range(data.draw(st.integers(0, 14))):
        at += timedelta(days=data.draw(st.sampled_from([0, 0, 1, 40])))
        case, actor = case.on(time.day_of(at)), data.draw(st.sampled_from(PEOPLE))
        act = data.draw(st.sampled_from([*Act]))
        told = Event(
            position=case.version, at=at, actor=actor, act=act,
            detail=data.draw(DETAILS.get(act, st.just({}))),
        )  # fmt: skip
        if act in {*case.allowed(actor), *SYSTEM - {Act.OPEN}} and not refusal(case, act, actor):
            before, case = case, step(case, told)
            assert case.state in TABLE[before.state].get(act, {before.state})
            assert case.version == before.version + 1
        else:
            with pytest.raises(InvalidError, match="case 1: "):
                step(case, told)
        assert (case.proposal is not None) == (case.state in {State.PROPOSED, State.LIFTING})
        assert (case.due is None) or case.state in UNDECIDED | DECIDED
        if case.state in {State.IN_FORCE, State.LIFTING, State.LIFTED, State.EXPIRED}:
            assert case.decision is not None
            assert case.first is not None
        again = fold(1, opening, case.events, time.day_of(at))
        assert again == case.on(time.day_of(at))


def test_every_state_is_in_the_table_and_undecided_over_or_in_force() -> None:
    assert set(TABLE) == set(State)
    assert UNDECIDED.isdisjoint(OVER)
    assert set(State) - UNDECIDED - OVER == {State.IN_FORCE, State.LIFTING}
    assert State.WITHDRAWN not in DECIDED


def test_nothing_takes_effect_before_a_second_person_has_agreed() -> None:
    case = step(opened(), event(opened(), Act.TAKE, "li", NOON))
    case = step(case, event(case, Act.DECIDE, "li", NOON, **decision()))
    assert (case.state, case.decision, case.first) == (State.PROPOSED, None, None)
    assert Act.AGREE not in case.allowed("li")
    with pytest.raises(InvalidError, match="li proposed it, and the second person is another"):
        step(case, event(case, Act.AGREE, "li", NOON))
    case = step(case, event(case, Act.AGREE, "wang", later(3)))
    assert (case.state, case.first, case.until) == (State.IN_FORCE, DAY + 4, DAY + 30)


def test_who_posted_a_record_is_not_the_second_person() -> None:
    case = step(opened(), event(opened(), Act.TAKE, "li", NOON))
    case = step(case, event(case, Act.DECIDE, "li", NOON, **decision(barred=["wang"])))
    assert Act.AGREE not in case.allowed("wang")
    assert Act.AGREE in case.allowed("zhao")


def test_a_level_that_people_set_ends_by_itself_on_its_day() -> None:
    case = step(opened(), event(opened(), Act.TAKE, "li", NOON))
    case = step(case, event(case, Act.DECIDE, "li", NOON, **decision(second=False)))
    states = [case.on(day).state for day in (DAY + 30, DAY + 31)]
    assert states == [State.IN_FORCE, State.EXPIRED]
    assert case.on(DAY + 31).allowed("li") == (Act.NOTE,)


def test_what_is_refused_goes_back_to_who_was_at_it() -> None:
    case = step(opened(), event(opened(), Act.TAKE, "li", NOON))
    case = step(case, event(case, Act.DECIDE, "li", NOON, **decision()))
    case = step(case, event(case, Act.REFUSE, "wang", NOON, reason="no record of it"))
    assert (case.state, case.taken_by, case.proposal) == (State.TAKEN, "li", None)


def test_an_objection_has_clocks_until_the_enterprise_is_told() -> None:
    case = opened(OBJECTION)
    assert (case.state, case.due) == (State.RECEIVED, time.day("2026-03-10"))
    case = step(case, event(case, Act.ACCEPT, "li", NOON, due="2026-03-04"))
    case = step(case, event(case, Act.TAKE, "li", NOON))
    assert Act.EXTEND not in case.allowed("li")
    case = step(case, event(case, Act.EXTEND, "wang", NOON, due="2026-03-09", expected=True))
    assert (case.due, case.expected) == (time.day("2026-03-09"), True)
    assert Act.EXTEND not in case.allowed("wang")
    assert case.is_overdue(time.day("2026-03-10"))
    told = decision("confirm", second=False, outcome="rejected", due="2026-03-11")
    case = step(case, event(case, Act.DECIDE, "li", NOON, **told))
    assert (case.state, case.due) == (State.CONFIRMED, time.day("2026-03-11"))
    case = step(case, event(case, Act.NOTIFY, "li", NOON))
    assert (case.due, case.allowed("li")) == (None, (Act.NOTE,))


def test_only_an_objection_is_accepted_or_withdrawn() -> None:
    assert Act.WITHDRAW not in opened().allowed("li")
    with pytest.raises(InvalidError, match="only an objection has the act withdraw"):
        step(opened(), event(opened(), Act.WITHDRAW, "li", NOON))


def test_acts_without_an_opening_are_no_case() -> None:
    with pytest.raises(InvalidError, match="begins with no opening"):
        fold(1, OPENING, [], DAY)


def test_who_approved_of_more_time_is_not_who_uses_it() -> None:
    case = opened(OBJECTION)
    case = step(case, event(case, Act.ACCEPT, "li", NOON, due=time.show(DAY + 2)))
    case = step(case, event(case, Act.EXTEND, "li", NOON, due=time.show(DAY + 5), reason="lab"))
    assert "approved of more time" in refusal(case, Act.TAKE, "li")
    assert not refusal(case, Act.TAKE, "wang")


def test_what_comes_about_by_itself_is_written_down_and_changes_nothing_else() -> None:
    case = opened()
    moved = step(case, event(case, Act.MOVE, "policy", NOON, level="E", level_before="D"))
    assert (moved.state, moved.level, moved.opening.level) == (case.state, "E", "D")
    assert (moved.due, moved.version) == (case.due, case.version + 1)
    put_off = step(moved, event(moved, Act.RECKON, "policy", NOON, due=time.show(DAY + 12)))
    assert (put_off.due, put_off.clock) == (DAY + 12, put_off.events[-1])
    assert not {*moved.allowed("li")} & SYSTEM


def test_the_end_of_a_level_is_written_down_once_and_stops_no_clock() -> None:
    case = opened(OBJECTION)
    until, told = time.show(DAY + 5), time.show(DAY + 9)
    for act, detail in (
        (Act.ACCEPT, {}),
        (Act.TAKE, {}),
        (Act.DECIDE, decision(second=False, until=until, due=told)),
    ):
        case = step(case, event(case, act, "li", NOON, **detail))
    assert "nobody can expire it" in refusal(case, Act.EXPIRE, "policy")
    case = case.on(DAY + 6)
    ended = step(case, event(case, Act.EXPIRE, "policy", later(6), level="B", until=until))
    assert (ended.state, ended.due) == (State.EXPIRED, DAY + 9)
    assert "possible once" in refusal(ended, Act.EXPIRE, "policy")


def test_what_was_done_is_read_though_nobody_might_do_it_today() -> None:
    case = opened(OBJECTION)
    acts = ((Act.ACCEPT, "li"), (Act.EXTEND, "li"), (Act.TAKE, "li"))
    events = [*case.events]
    for act, who in acts:
        detail = {"due": time.show(DAY + 5)}
        events.append(Event(position=len(events), at=NOON, actor=who, act=act, detail=detail))
    found = fold(1, OBJECTION, events, DAY)
    assert (found.state, found.taken_by) == (State.TAKEN, "li")
    with pytest.raises(InvalidError, match="nobody can agree it while it is taken"):
        fold(1, OBJECTION, [*events, event(found, Act.AGREE, "wang", NOON)], DAY)
