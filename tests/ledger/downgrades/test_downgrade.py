"""Warnings: no act leaves the table, nothing counts before the enterprise was heard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import time
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.grading import Level
from xinheng.ledger.downgrades import (
    HELD,
    LEVELS,
    OVER,
    SYSTEM,
    TABLE,
    WAITING,
    Act,
    Downgrade,
    Event,
    State,
    fold,
    refusal,
    step,
)

from .world import ANSWER_BY, DAY, NOON, PEOPLE, draft, event, ground, service, shown

DRAFTED = Event(position=0, at=NOON, actor="rule", act=Act.DRAFT, detail={"due": shown(5)})
TWO = draft(ground("s/1"), ground("s/2", rule="recall"))


def drafted(**more: object) -> Downgrade:
    return fold(1, draft(**more), [DRAFTED], DAY)


def after(found: Downgrade, *acts: tuple) -> Downgrade:
    """Return a warning after acts: what, by whom, so many days on, and what was said."""
    for act, actor, days, detail in acts:
        found = step(found.on(DAY + days), event(found, act, actor, days, **detail))
    return found


CONFIRMED = (
    (Act.CONFIRM, "li", 0, {"second": True}),
    (Act.AGREE, "wang", 1, {"due": shown(8)}),
)
SERVED = (*CONFIRMED, (Act.SERVE, "li", 2, service(2)))
STATED = (*SERVED, (Act.STATE, "li", 4, {"received": shown(3), "due": shown(10)}))


@st.composite
def told(draw, act: Act, day: int) -> dict:
    """Say something that may fit an act."""
    detail = {"reason": "seen", "second": draw(st.booleans())}
    if act is Act.AMEND:
        period = draw(st.integers(1, 60))
        return detail | {"level": draw(st.sampled_from(LEVELS)), "period": period}
    if act is Act.SERVE:
        return detail | service(day - DAY - draw(st.integers(0, 2)))
    if act is Act.STATE:
        return detail | {"received": time.show(day - draw(st.integers(0, 2)))}
    if act is Act.ANSWER:
        answer = draw(st.sampled_from(["upheld", "lifted"]))
        return detail | {"answer": answer}
    return detail | {"due": time.show(day + draw(st.integers(0, 9)))}


@given(st.data())
def test_allowed_acts_stay_in_the_table_and_nobody_is_held_to_what_was_not_served(data) -> None:
    found, at = fold(1, TWO, [DRAFTED], DAY), NOON
    for _ in range(data.draw(st.integers(0, 14))):
        at += timedelta(days=data.draw(st.sampled_from([0, 0, 1, 12, 70])))
        day = time.day_of(at)
        found, actor = found.on(day), data.draw(st.sampled_from(PEOPLE))
        act = data.draw(st.sampled_from([*found.allowed(actor), *Act]))
        said = data.draw(told(act, day))
        new = Event(position=found.version, at=at, actor=actor, act=act, detail=said)
        before = found
        try:
            found = step(before, new)
        except InvalidError:
            assert refusal(before, act, actor) or act in {Act.SERVE, Act.STATE, Act.AMEND}
            continue
        assert not refusal(before, act, actor)
        assert found.state in TABLE[before.state].get(act, {before.state})
        assert found.version == before.version + 1
        waits = found.state in {State.PROPOSED, State.ANSWERING, State.LIFTING}
        assert (found.proposal is not None) == waits
        assert (found.resting is not None) == (found.state is State.LIFTING)
        assert found.due is None or found.state in WAITING | {State.LIFTING}
        if found.held is not None:
            _, first, _ = found.held
            served = found.last(Act.SERVE)
            people = {e.actor for e in found.events if e.act in {Act.CONFIRM, Act.AMEND, Act.AGREE}}
            assert served is not None
            assert people
            heard = found.last(Act.ANSWER)
            assert first > (found.deadline if heard is None else heard.today)
            if before.held != found.held:
                assert first > day, "what counts on a day that has begun never changes"
        assert fold(1, TWO, found.events, day) == found.on(day)


def test_every_state_is_in_the_table_and_waits_counts_or_is_over() -> None:
    assert set(TABLE) == set(State)
    assert WAITING.isdisjoint(OVER)
    assert set(State) == WAITING | HELD | OVER | {State.LIFTING}


def test_levels_are_those_of_grades_in_their_order() -> None:
    assert list(map(str, Level)) == [*LEVELS]


@pytest.mark.parametrize(
    ("days", "state", "level"),
    [
        (2, State.SERVED, None),
        (2 + ANSWER_BY, State.SERVED, None),
        (3 + ANSWER_BY, State.IN_FORCE, "D"),
        (92 + ANSWER_BY, State.IN_FORCE, "D"),
        (93 + ANSWER_BY, State.EXPIRED, None),
    ],
)
def test_a_level_begins_after_the_time_for_a_statement_and_ends_by_itself(
    days, state, level
) -> None:
    found = after(drafted(), *SERVED).on(DAY + days)
    assert found.state is state
    held = found.held
    counts = held is not None and held[1] <= DAY + days <= held[2]
    assert (held[0] if counts else None) == level


def test_nothing_counts_before_a_second_person_agreed_and_it_was_served() -> None:
    found = after(drafted(), CONFIRMED[0])
    assert (found.state, found.held) == (State.PROPOSED, None)
    assert not {Act.AGREE, Act.SERVE} & {*found.allowed("li")}
    with pytest.raises(InvalidError, match="li proposed it, and the second person is another"):
        after(found, (Act.AGREE, "li", 0, {}))
    found = after(found, CONFIRMED[1])
    assert (found.state, found.held, found.due) == (State.CONFIRMED, None, DAY + 8)
    assert found.on(DAY + 400).state is State.CONFIRMED
    assert [found.is_overdue(DAY + days) for days in (8, 9)] == [False, True]


def test_who_drafted_it_does_not_decide_on_it() -> None:
    by_hand = Event(position=0, at=NOON, actor="li", act=Act.DRAFT, detail={})
    found = fold(1, draft(), [by_hand], DAY)
    assert Act.CONFIRM not in found.allowed("li")
    with pytest.raises(InvalidError, match="li drafted it, and another person decides"):
        after(found, (Act.CONFIRM, "li", 0, {}))
    assert after(found, (Act.CONFIRM, "wang", 0, {})).state is State.CONFIRMED


def test_who_posted_a_record_is_not_the_second_person() -> None:
    found = after(drafted(), (Act.CONFIRM, "li", 0, {"second": True, "barred": ["wang"]}))
    assert Act.AGREE not in found.allowed("wang")
    assert Act.AGREE in found.allowed("zhao")


def test_it_is_confirmed_as_people_amend_it() -> None:
    found = fold(1, TWO, [DRAFTED], DAY)
    [kept, dropped] = TWO.grounds
    said = {"level": "C", "period": 30, "dropped": [dropped.identity], "reason": "one recall"}
    found = after(found, (Act.AMEND, "li", 0, said))
    assert (found.level, found.period, found.grounds) == ("C", 30, (kept,))
    assert found.draft.grounds == (kept, dropped)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "nothing of it is amended"),
        ({"level": "D"}, "nothing of it is amended"),
        ({"dropped": [g.identity for g in TWO.grounds]}, "without any, reject it"),
        ({"dropped": ["ab"]}, "have to be some of those"),
        ({"period": 0}, "1 to 3650 days, not for 0"),
    ],
)
def test_no_amendment_is_empty_or_takes_all_grounds(said, why) -> None:
    with pytest.raises(InvalidError, match=why):
        after(fold(1, TWO, [DRAFTED], DAY), (Act.AMEND, "li", 0, {"reason": "so", **said}))


def test_only_an_amendment_alters_what_was_drafted() -> None:
    other = {"level": "A", "period": 3, "reason": "so"}
    for acts in (
        ((Act.CONFIRM, "li", 0, other),),
        (CONFIRMED[0], (Act.REFUSE, "wang", 0, other)),
        (CONFIRMED[0], (Act.AGREE, "wang", 0, other)),
        (*STATED, (Act.ANSWER, "li", 9, {"answer": "upheld", "reason": "so"})),
    ):
        found = after(drafted(), *acts)
        assert (found.level, found.period) == ("D", 90), acts


def test_what_is_escalated_while_it_is_lifted_stays_escalated_if_it_is_not() -> None:
    lift = (Act.LIFT, "zhao", 30, {"second": True, "reason": "put right"})
    found = after(after(drafted(), *SERVED).on(DAY + 30), lift)
    found = after(found, (Act.ESCALATE, "li", 31, {"by": 2}))
    assert (found.state, found.resting) == (State.LIFTING, State.ESCALATED)
    found = after(found, (Act.REFUSE, "li", 32, {"reason": "not seen"}))
    assert (found.state, found.held) == (State.ESCALATED, ("D", DAY + 10, DAY + 99))


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no level 'F'"):
        after(drafted(), (Act.AMEND, "li", 0, {"reason": "so", "level": "F"}))


@pytest.mark.parametrize("act", [Act.AMEND, Act.REJECT])
def test_a_reason_is_given(act) -> None:
    with pytest.raises(InvalidError, match=f"to {act} warning 1, give a reason"):
        after(drafted(), (act, "li", 0, {"level": "C"}))


def test_who_refuses_gives_it_back_with_the_clock_that_ran() -> None:
    found = after(drafted(), CONFIRMED[0], (Act.REFUSE, "wang", 1, {"reason": "no sample"}))
    assert (found.state, found.proposal, found.due) == (State.DRAFTED, None, DAY + 5)


def test_a_rejection_is_the_end() -> None:
    found = after(drafted(), (Act.REJECT, "li", 0, {"reason": "withdrawn"}))
    assert (found.state, found.due, found.allowed("wang")) == (State.REJECTED, None, (Act.NOTE,))


def test_nothing_counts_between_statement_and_answer() -> None:
    found = after(drafted(), *STATED)
    assert (found.state, found.held, found.due) == (State.STATED, None, DAY + 10)
    assert found.on(DAY + 300).state is State.STATED
    assert found.is_overdue(DAY + 11)
    upheld = (Act.ANSWER, "li", 9, {"answer": "upheld", "reason": "as found", "second": True})
    found = after(found, upheld)
    assert (found.state, found.held) == (State.ANSWERING, None)
    found = after(found, (Act.AGREE, "wang", 12, {}))
    assert found.held == ("D", DAY + 13, DAY + 102)


@pytest.mark.parametrize("worse", [{"level": "E"}, {"period": 91}, {"level": "C", "period": 91}])
def test_nobody_is_worse_off_for_a_statement(worse) -> None:
    answer = {"answer": "amended", "reason": "so", **worse}
    with pytest.raises(InvalidError, match="nobody is worse off for a statement"):
        after(after(drafted(), *STATED), (Act.ANSWER, "li", 9, answer))


def test_a_statement_is_answered_with_a_milder_warning_or_none() -> None:
    found = after(drafted(), *STATED)
    milder = {"answer": "amended", "reason": "put right", "level": "C", "period": 30}
    assert after(found, (Act.ANSWER, "li", 9, milder)).held == ("C", DAY + 10, DAY + 39)
    lifted = after(found, (Act.ANSWER, "li", 9, {"answer": "lifted", "reason": "not theirs"}))
    assert (lifted.state, lifted.held, lifted.first) == (State.LIFTED, None, None)
    for answer, why in (("upheld", "is not amended"), ("what", "'what' answers no statement")):
        with pytest.raises(InvalidError, match=why):
            after(found, (Act.ANSWER, "li", 9, milder | {"answer": answer}))


def test_a_statement_in_time_that_is_noted_late_suspends_the_level_and_its_days_count() -> None:
    first = 3 + ANSWER_BY
    found = after(drafted(), *SERVED).on(DAY + first + 4)
    late = (Act.STATE, "li", first + 4, {"received": shown(2 + ANSWER_BY)})
    found = after(found, late)
    assert (found.state, found.held, found.period) == (State.STATED, None, 90 - 5)
    upheld = (Act.ANSWER, "li", 30, {"answer": "upheld", "reason": "as found"})
    assert after(found, upheld).held == ("D", DAY + 31, DAY + 31 + 84)


def test_no_statement_after_an_answer_suspends_a_level_past_the_deadline() -> None:
    upheld = (Act.ANSWER, "li", 5, {"answer": "upheld", "reason": "as found"})
    again = {"received": shown(6)}
    found = after(drafted(), *STATED, upheld, (Act.STATE, "li", 6, again))
    assert found.state is State.STATED
    found = after(found, (Act.ANSWER, "li", 8, upheld[-1]))
    with pytest.raises(InvalidError, match=f"the last day for another one was {shown(9)}"):
        after(found, (Act.STATE, "li", 10, again))


@pytest.mark.parametrize(("day", "resting"), [(3, State.SERVED), (20, State.IN_FORCE)])
def test_a_statement_is_heard_though_the_warning_is_to_be_lifted(day, resting) -> None:
    lift = (Act.LIFT, "zhao", day, {"second": True, "reason": "put right"})
    found = after(after(drafted(), *SERVED).on(DAY + day), lift)
    assert found.resting is resting
    found = after(found, (Act.STATE, "li", day, {"received": shown(3), "due": shown(30)}))
    assert (found.state, found.held, found.proposal) == (State.STATED, None, None)
    assert found.on(DAY + 400).state is State.STATED


def test_nothing_is_stated_on_what_was_not_served() -> None:
    lift = (Act.LIFT, "zhao", 2, {"second": True, "reason": "wrong firm"})
    found = after(drafted(), *CONFIRMED, lift)
    assert Act.STATE not in found.allowed("li")
    with pytest.raises(InvalidError, match="nobody was told of it yet"):
        after(found, (Act.STATE, "li", 2, {"received": shown(2)}))


@pytest.mark.parametrize("second", [False, True])
def test_what_is_escalated_is_heard_in_time_and_stays_escalated(second) -> None:
    found = after(after(drafted(), *SERVED).on(DAY + 20), (Act.ESCALATE, "li", 20, {"by": 2}))
    assert found.state is State.ESCALATED
    found = after(found, (Act.STATE, "li", 21, {"received": shown(9)}))
    assert (found.state, found.held) == (State.STATED, None)
    upheld = {"answer": "upheld", "reason": "as found", "second": second}
    found = after(found, (Act.ANSWER, "li", 22, upheld))
    if second:
        found = after(found, (Act.AGREE, "wang", 22, {}))
    assert (found.state, found.held) == (State.ESCALATED, ("D", DAY + 23, DAY + 100))


@pytest.mark.parametrize("received", [1, 3 + ANSWER_BY])
def test_a_statement_comes_between_service_and_deadline(received) -> None:
    with pytest.raises(InvalidError, match=f"received {shown(received)}: expected a day from"):
        after(drafted(), *SERVED, (Act.STATE, "li", 20, {"received": shown(received)}))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"document": ""}, "give document: the number"),
        ({"due": None, "method": None}, "give method, due"),
        ({"method": "shout"}, "'shout' is no way to serve; there are: direct, left"),
        ({"delivered": shown(0)}, f"delivered {shown(0)}: expected a day from {shown(1)}"),
        ({"delivered": shown(3)}, f"delivered {shown(3)}: expected .* to {shown(2)}"),
    ],
)
def test_it_is_told_how_it_was_served(said, why) -> None:
    with pytest.raises(InvalidError, match=why):
        after(drafted(), *CONFIRMED, (Act.SERVE, "li", 2, service(2, **said)))


def test_what_was_served_long_ago_counts_from_tomorrow() -> None:
    found = after(drafted(), *CONFIRMED, (Act.SERVE, "li", 60, service(2)))
    assert found.held == ("D", DAY + 61, DAY + 150)
    assert [found.on(DAY + days).state for days in (60, 61)] == [State.SERVED, State.IN_FORCE]


def test_it_is_lifted_by_two_and_stands_until_then() -> None:
    found = after(drafted(), *SERVED).on(DAY + 30)
    lift = (Act.LIFT, "zhao", 30, {"second": True, "reason": "put right"})
    lifting = after(found, lift)
    assert (lifting.state, lifting.held) == (State.LIFTING, found.held)
    assert after(lifting, (Act.REFUSE, "li", 31, {"reason": "not seen"})).on(DAY + 31) == replaced(
        found, lifting, 31
    )
    lifted = after(lifting, (Act.AGREE, "li", 33, {}))
    assert (lifted.state, lifted.held, lifted.until) == (State.LIFTED, None, DAY + 33)
    assert lifting.on(DAY + 200).state is State.EXPIRED


def replaced(before: Downgrade, lifting: Downgrade, days: int) -> Downgrade:
    """Return the warning before with the acts of one that was not lifted."""
    last = event(lifting, Act.REFUSE, "li", days, reason="not seen")
    return replace(before, events=(*lifting.events, last))


def test_lifting_what_is_served_goes_on_with_its_clock_and_ends_where_it_stood() -> None:
    found = after(drafted(), *SERVED)
    lifting = after(found, (Act.LIFT, "li", 3, {"second": True, "reason": "wrong firm"}))
    assert (lifting.resting, lifting.due) == (State.SERVED, DAY + 2 + ANSWER_BY)
    assert not lifting.is_overdue(DAY + 30)
    later = lifting.on(DAY + 30)
    assert (later.state, later.resting, later.due) == (State.LIFTING, State.IN_FORCE, None)
    back = after(lifting, (Act.RETRACT, "li", 30, {}))
    assert (back.state, back.held) == (State.IN_FORCE, found.held)
    gone = after(lifting, (Act.AGREE, "wang", 4, {}))
    assert (gone.state, gone.first, gone.until) == (State.LIFTED, None, None)


def test_holidays_that_are_announced_put_the_level_off() -> None:
    found = after(drafted(), *CONFIRMED, (Act.SERVE, "li", 2, service(2, expected=True)))
    put_off = after(found, (Act.RECKON, "policy", 3, {"due": shown(14)}))
    assert (put_off.state, put_off.deadline) == (State.SERVED, DAY + 14)
    assert put_off.held == ("D", DAY + 15, DAY + 104)
    lifting = after(found, (Act.LIFT, "li", 3, {"second": True, "reason": "wrong"}))
    again = after(lifting, (Act.RECKON, "policy", 3, {"due": shown(14)}))
    assert (again.state, again.held) == (State.LIFTING, put_off.held)
    assert again.proposal == lifting.proposal


def test_acts_that_come_by_themselves_are_offered_to_nobody_and_noted_once() -> None:
    found = after(drafted(), *SERVED).on(DAY + 30)
    assert not {*found.allowed("li")} & SYSTEM
    begun = after(found, (Act.BEGIN, "policy", 30, {}))
    assert (begun.state, begun.held) == (found.state, found.held)
    assert "possible once" in refusal(begun, Act.BEGIN, "policy")
    assert "nobody can expire it" in refusal(begun, Act.EXPIRE, "policy")


def test_what_was_done_is_read_though_nobody_might_do_it_today() -> None:
    found = after(drafted(), CONFIRMED[0])
    same = event(found, Act.AGREE, "li")
    assert fold(1, draft(), [*found.events, same], DAY).state is State.CONFIRMED
    with pytest.raises(InvalidError, match="nobody can serve it while it is drafted"):
        fold(1, draft(), [DRAFTED, event(drafted(), Act.SERVE)], DAY)
    with pytest.raises(InvalidError, match="begins with no draft"):
        fold(1, draft(), [], DAY)
