"""Warnings in a ledger: one act at a time, nothing half-written, and what takes effect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from xinheng.core import time
from xinheng.core.errors import ConflictError, InvalidError, NotFoundError
from xinheng.ledger import Ledger, Proof, verify
from xinheng.ledger.downgrades import Act, Downgrade, Place, State, Wanted
from xinheng.ledger.downgrades.tables import CASE, EVENT, GROUND, SETTING
from xinheng.ledger.reviews import Asked

from .world import ANSWER_BY, DAY, NOON, Desk, draft, ground, later, shown, worked

FIRST = 1 + ANSWER_BY  # days after NOON from which on a warning served on NOON counts


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as found:
        yield found


def rows(ledger: Ledger, table) -> int:
    with ledger._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def levels(ledger: Ledger, number: int, *days: int) -> list[str | None]:
    found = ledger.downgrades.warnings()
    return [each and each.level for each in (found.on(number, DAY + day) for day in days)]


def test_a_warning_is_read_as_it_was_written(ledger: Ledger) -> None:
    case = Desk(ledger.downgrades, draft(ground("s/1"), ground("r/1", rule="recall"))).served()
    assert case == ledger.downgrades.case(case.id, DAY)
    assert [event.act for event in case.events] == ["draft", "confirm", "agree", "serve"]
    assert ledger.downgrades.of(7, DAY) == [case]
    assert ledger.downgrades.of(8, DAY) == []


def test_every_act_is_audited_in_the_same_transaction(url: str, proof: Proof) -> None:
    with closing(Ledger(url, proof)) as ledger:
        Desk(ledger.downgrades).served()
        entries = ledger.audited("E7")
        found = verify(ledger._engine, proof)
    assert [(each["actor"], each["action"]) for each in entries] == [
        ("rule", "draft downgrade"),
        ("li", "confirm downgrade"),
        ("wang", "agree downgrade"),
        ("li", "serve downgrade"),
    ]
    assert entries[0]["detail"]["grounds"] == [draft().grounds[0].identity]
    assert entries[3]["detail"]["document"] == "警示〔2026〕1号"
    assert found.faults == ()


def test_a_level_counts_from_its_first_day_to_its_last(ledger: Ledger) -> None:
    Desk(ledger.downgrades).served()
    assert levels(ledger, 7, 0, FIRST - 1, FIRST, FIRST + 89, FIRST + 90) == [
        None, None, "D", "D", None,
    ]  # fmt: skip
    found = ledger.downgrades.warnings()
    assert [*found.turns(DAY, DAY + 300)] == [(DAY + FIRST, 7), (DAY + FIRST + 90, 7)]
    [setting] = found.settings
    assert (setting.case, setting.basis) == (1, "design")
    assert found.in_force(DAY + FIRST) == {7: setting}
    assert found.numbers == {7}


def test_nothing_is_set_before_it_is_served_or_by_a_rejection(ledger: Ledger) -> None:
    Desk(ledger.downgrades).confirmed()
    other = Desk(ledger.downgrades, draft(number=8))
    other.act("reject", detail={"reason": "not theirs"})
    assert rows(ledger, SETTING) == 0


def test_a_statement_takes_the_level_back_and_the_answer_sets_it_again(ledger: Ledger) -> None:
    desk = Desk(ledger.downgrades)
    desk.served()
    desk.act("state", detail={"received": shown(3), "due": shown(9)}, days=3)
    assert levels(ledger, 7, FIRST, FIRST + 50) == [None, None]
    answer = {"answer": "amended", "level": "C", "period": 30, "reason": "put right"}
    desk.act("answer", detail={**answer, "second": True}, days=20)
    desk.act("agree", "wang", days=21)
    assert levels(ledger, 7, 21, 22, 51, 52) == [None, "C", "C", None]


def test_what_counted_on_a_day_stays_whatever_is_done_later(ledger: Ledger) -> None:
    desk = Desk(ledger.downgrades)
    desk.served()
    before = levels(ledger, 7, *range(FIRST + 11))
    desk.act("lift", "zhao", {"second": False, "reason": "put right"}, days=FIRST + 10)
    assert levels(ledger, 7, *range(FIRST + 11)) == before
    assert levels(ledger, 7, FIRST + 10, FIRST + 11) == ["D", None]
    assert ledger.downgrades.warnings().late(DAY + FIRST + 12, later(FIRST)) == {7}
    assert ledger.downgrades.warnings().late(DAY + FIRST + 10, later(FIRST)) == set()


def test_a_severer_warning_escalates_a_milder_one_and_the_worst_counts(ledger: Ledger) -> None:
    first = Desk(ledger.downgrades)
    first.served()
    new = ground("s/9", rule="recall")
    second = Desk(ledger.downgrades, draft(new, level="E", follows=1), days=FIRST)
    assert ledger.downgrades.case(1, DAY + FIRST).state is State.IN_FORCE
    second.served(FIRST + 1)
    case = ledger.downgrades.case(1, DAY + FIRST + 1)
    assert (case.state, case.events[-1].detail) == (State.ESCALATED, {"by": 2})
    begins = 2 * FIRST + 1
    assert levels(ledger, 7, FIRST, begins - 1, begins, begins + 89, begins + 90) == [
        "D", "D", "E", "E", None,
    ]  # fmt: skip
    second.act("lift", "zhao", {"reason": "put right"}, days=begins)
    assert levels(ledger, 7, begins + 1) == ["D"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"level": "E", "follows": 9}, "no warning 9"),
        ({"level": "D", "follows": 1}, "sets D already; D does not escalate it"),
        ({"level": "E", "follows": 2}, "warning 2 is of E7 and drafted; only one of E7 that is in"),
        ({"level": "E", "follows": 1, "number": 8}, "is of E7 and in_force; only one of E8"),
    ],
)
def test_only_what_is_in_force_and_milder_is_escalated(ledger: Ledger, more, why) -> None:
    Desk(ledger.downgrades).served()
    Desk(ledger.downgrades, draft(ground("s/3")))
    good, bad = draft(number=9), draft(ground("s/9"), **more)
    with pytest.raises((InvalidError, NotFoundError), match=why):
        ledger.downgrades.draft([good, bad], at=later(FIRST), actor="rule")
    assert (rows(ledger, CASE), rows(ledger, GROUND), rows(ledger, EVENT)) == (2, 2, 5)


@pytest.mark.parametrize(
    ("level", "day", "follows"),
    [("E", FIRST - 1, None), ("E", FIRST, 2), ("D", FIRST, 1), ("C", FIRST, None),
     ("E", FIRST + 30, 1), ("E", FIRST + 90, None)],
)  # fmt: skip
def test_a_draft_follows_the_newest_milder_one_that_is_in_force_when_it_is_kept(
    ledger: Ledger, level, day, follows
) -> None:
    Desk(ledger.downgrades, draft(level="C")).served()
    Desk(ledger.downgrades, draft(ground("s/2"), level="D", days=30)).served()
    Desk(ledger.downgrades, draft(number=8, level="A")).served()
    new = draft(ground("s/9"), level=level, as_of=DAY + FIRST)
    [made] = ledger.downgrades.draft([new], at=later(day), actor="rule")
    assert made.case.draft.follows == follows
    assert ledger.downgrades.case(made.case.id, DAY + day).draft.follows == follows


def test_what_is_known_is_told_by_rule_with_the_last_warning(ledger: Ledger) -> None:
    Desk(ledger.downgrades, draft(ground("s/1"), ground("r/1", rule="recall")))
    Desk(ledger.downgrades, draft(ground("s/1", "s/2")))
    assert ledger.downgrades.known(7) == {
        "failed_twice": {"s/1": 2, "s/2": 2}, "recall": {"r/1": 1},
    }  # fmt: skip
    assert ledger.downgrades.known(8) == {}


def test_what_was_amended_to_be_no_severer_escalates_nothing(ledger: Ledger) -> None:
    Desk(ledger.downgrades).served()
    second = Desk(ledger.downgrades, draft(ground("s/9"), level="E", follows=1), days=FIRST)
    second.act("amend", detail={"level": "C", "reason": "one record"}, days=FIRST)
    assert ledger.downgrades.case(1, DAY + FIRST).state is State.IN_FORCE


def test_who_acts_on_what_has_changed_since_is_told_what_happened(ledger: Ledger) -> None:
    desk = Desk(ledger.downgrades)
    seen = desk.case.version
    desk.act("confirm", detail={"second": True})
    with pytest.raises(ConflictError, match="since version 1 this happened: li: confirm"):
        desk.act("reject", "wang", {"reason": "so"}, seen=seen)
    with pytest.raises(ConflictError, match="no version 9 yet, the newest is 2"):
        desk.act("agree", "wang", seen=9)
    with pytest.raises(ConflictError, match=r"nobody can serve .* wang can now: agree, refuse, no"):
        desk.act("serve", "wang")


def test_of_two_at_once_one_agrees_and_the_other_is_told(ledger: Ledger, url: str) -> None:
    desk = Desk(ledger.downgrades)
    desk.act("confirm", detail={"second": True})
    together, version = Barrier(4), desk.case.version

    def agree(who: str) -> Downgrade | ConflictError:
        with closing(Ledger(url)) as own:
            together.wait()
            try:
                return own.downgrades.act(
                    desk.case.id, Act.AGREE, at=NOON, actor=who, detail={}, seen=version
                )
            except ConflictError as error:
                return error

    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(agree, ["wang", "zhao", "chen", "sun"])]
    [won] = [each for each in found if isinstance(each, Downgrade)]
    lost = [str(each) for each in found if isinstance(each, ConflictError)]
    assert len(lost) == 3
    assert all(f"{won.events[-1].actor}: agree" in each for each in lost)
    assert ledger.downgrades.case(desk.case.id, DAY).version == version + 1


def test_asking_twice_with_one_key_does_something_once(ledger: Ledger) -> None:
    desk, key = Desk(ledger.downgrades), Asked("k1", "ab")
    done = desk.act("confirm", detail={"due": shown(5)}, asked=key)
    assert desk.act("confirm", detail={"due": shown(5)}, asked=key) == done
    with pytest.raises(InvalidError, match="'k1' was used for another act, on warning 1"):
        desk.act("serve", asked=Asked("k1", "cd"))


def test_the_queue_has_what_is_due_first_page_by_page(ledger: Ledger) -> None:
    downgrades = ledger.downgrades
    for number, due in {1: 9, 2: 3, 3: 3, 4: None}.items():
        told = {} if due is None else {"due": shown(due)}
        downgrades.draft([draft(number=number)], at=NOON, actor="rule", detail=told)
    whole = downgrades.queue(Wanted(), DAY)
    assert [place.case for place in whole] == [2, 3, 1, 4]
    assert whole[-1] == Place(time.NEVER, 4)
    paged, after = list[Place](), None
    while page := downgrades.queue(Wanted(), DAY, after=after, limit=1):
        paged += page
        after = page[-1]
    assert paged == whole
    assert [each.case for each in downgrades.queue(Wanted(due_by=DAY + 3), DAY)] == [2, 3]


def test_the_latest_are_those_that_were_drafted_last(ledger: Ledger) -> None:
    downgrades = ledger.downgrades
    Desk(downgrades).served()
    drafts = [draft(number=number, district="440305") for number in (8, 9)]
    downgrades.draft(drafts, at=NOON, actor="rule", detail={"due": shown(3)})
    whole = downgrades.latest(Wanted(), DAY)
    assert [each.id for each in whole] == [3, 2, 1]
    assert whole == downgrades.cases([3, 2, 1], DAY)
    assert downgrades.latest(Wanted(), DAY, limit=1) == whole[:1]
    assert downgrades.latest(Wanted(), DAY, before=3, limit=1) == whole[1:2]
    assert downgrades.latest(Wanted(district="440305"), DAY, before=3) == whole[1:2]
    assert downgrades.latest(Wanted(states=frozenset({State.SERVED})), DAY) == whole[2:]


def test_the_queue_is_narrowed(ledger: Ledger) -> None:
    Desk(ledger.downgrades).served()
    Desk(ledger.downgrades, draft(number=8, district="440305"))
    for wanted, found in (
        (Wanted(), [2, 1]),
        (Wanted(states=frozenset()), []),
        (Wanted(states=frozenset({State.SERVED})), [1]),
        (Wanted(states=frozenset({State.SERVED, State.DRAFTED})), [2, 1]),
        (Wanted(district="440305"), [2]),
        (Wanted(enterprise="E8"), [2]),
        (Wanted(due_by=DAY + 4), []),
        (Wanted(due_by=DAY + 90), [2]),  # the time for a statement is the enterprise's
    ):
        assert [place.case for place in ledger.downgrades.queue(wanted, DAY)] == found, wanted


def test_queue_piles_and_levels_are_those_that_folding_finds(ledger: Ledger) -> None:
    rng, seen = Random(5), set[State]()  # noqa: S311
    for number in range(1, 19):
        own = draft(ground(f"s/{number}"), number=number % 5, days=rng.randrange(9, 40))
        desk = Desk(ledger.downgrades, own)
        if number % 3:
            desk.served()
        worked(desk, rng, acts=rng.randrange(5))
    for day in (DAY + 5, DAY + 9, DAY + 16, DAY + 30, DAY + 70):
        cases = ledger.downgrades.cases(range(1, 19), day)
        seen |= {case.state for case in cases}
        for state in State:
            queue = ledger.downgrades.queue(Wanted(states=frozenset({state})), day)
            stand = {case.id for case in cases if case.state is state}
            assert {place.case for place in queue} == stand, (state, day)
        late = ledger.downgrades.queue(Wanted(due_by=day - 1), day)
        assert {place.case for place in late} == {c.id for c in cases if c.is_overdue(day)}
        piles = ledger.downgrades.piles(day)
        assert sum(pile.count for pile in piles) == 18
        assert sum(pile.overdue for pile in piles) == len(late)
        counting = {c.draft.number for c in cases if c.held and c.held[1] <= day <= c.held[2]}
        assert {*ledger.downgrades.warnings().in_force(day)} == counting
    assert seen >= {State.IN_FORCE, State.SERVED, State.EXPIRED, State.LIFTING, State.STATED}, seen


def test_what_begins_and_ends_is_found_until_it_is_written_down(ledger: Ledger) -> None:
    desk, downgrades = Desk(ledger.downgrades), ledger.downgrades
    desk.served()
    assert [len(downgrades.begun(DAY + days)) for days in (FIRST - 1, FIRST)] == [0, 1]
    desk.act("begin", "policy", {"level": "D"}, days=FIRST)
    assert downgrades.begun(DAY + FIRST) == []
    over = FIRST + 90
    assert [len(downgrades.ended(DAY + days)) for days in (over - 1, over)] == [0, 1]
    desk.act("note", "wang", {"reason": "seen since"}, days=over)
    assert [case.state for case in downgrades.ended(DAY + over)] == [State.EXPIRED]
    desk.act("expire", "policy", {"level": "D"}, days=over)
    assert (downgrades.ended(DAY + over), downgrades.begun(DAY + over)) == ([], [])


def test_those_of_which_a_clock_runs_are_found(ledger: Ledger) -> None:
    Desk(ledger.downgrades)
    Desk(ledger.downgrades, draft(number=8)).act("reject", detail={"reason": "not theirs"})
    assert [case.id for case in ledger.downgrades.clocked(DAY)] == [1]


def test_there_is_no_warning_of_another_number(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no warning 4; the queue lists"):
        ledger.downgrades.case(4, DAY)


def test_another_worker_sees_what_was_set(ledger: Ledger, url: str) -> None:
    assert ledger.downgrades.warnings().settings == ()
    with closing(Ledger(url)) as other:
        Desk(other.downgrades, draft(number=9)).served()
    assert [each.number for each in ledger.downgrades.warnings().settings] == [9]


@pytest.mark.parametrize("table", ["case", "ground", "event", "level"])
@pytest.mark.parametrize("how", ['UPDATE {} SET "id" = "id"', "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_row(ledger: Ledger, table: str, how: str) -> None:
    Desk(ledger.downgrades).served()
    with (
        ledger._engine.connect() as connection,
        pytest.raises(DatabaseError, match="what was warned of is never changed"),
    ):
        connection.execute(text(how.format(f"downgrade_{table}")))
