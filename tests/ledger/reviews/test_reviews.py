"""Reviews in a ledger: one act at a time, nothing half-written, and what takes effect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select

from xinheng.core import time
from xinheng.core.errors import ConflictError, InvalidError, NotFoundError
from xinheng.ledger import Ledger, Proof, verify
from xinheng.ledger.reviews import Act, Asked, Case, Opening, Place, State, Wanted
from xinheng.ledger.reviews.tables import EVENT, SETTING

from .world import DAY, NOON, OBJECTION, OPENING, Desk, decision, later


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with closing(Ledger(url)) as found:
        yield found


def rows(ledger: Ledger, table) -> int:
    with ledger._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_case_is_read_as_it_was_written(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    case = desk.overridden()
    assert case == ledger.reviews.case(case.id, DAY)
    assert [event.act for event in case.events] == ["open", "take", "decide", "agree"]
    assert ledger.reviews.of(7, DAY) == [case]
    assert ledger.reviews.of(8, DAY) == []


def test_every_act_is_audited_in_the_same_transaction(url: str, proof: Proof) -> None:
    with closing(Ledger(url, proof)) as ledger:
        Desk(ledger.reviews).overridden()
        entries = ledger.audited("E1")
        told = [(each["actor"], each["action"]) for each in entries]
        found = verify(ledger._engine, proof)
    assert told == [
        ("policy", "open review"),
        ("li", "take review"),
        ("li", "decide review"),
        ("wang", "agree review"),
    ]
    assert found.faults == ()
    assert entries[0]["detail"] == {
        "case": 1, "position": 0, "state": "open", "cause": "worse", "change": None,
        "due": "2026-03-12",
    }  # fmt: skip


def test_a_level_counts_from_the_next_day_on_until_it_ends(ledger: Ledger) -> None:
    Desk(ledger.reviews).overridden()
    found = ledger.reviews.overrides()
    levels = [found.on(7, DAY + days) for days in (0, 1, 30, 31)]
    assert [each and each.level for each in levels] == [None, "B", "B", None]
    [setting] = found.settings
    assert (setting.by, setting.second, setting.reason) == ("li", "wang", "seen on the spot")
    assert [*found.turns(DAY, DAY + 40)] == [(DAY + 1, 7), (DAY + 31, 7)]


def test_what_is_proposed_refused_or_confirmed_sets_nothing(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    desk.act("take")
    desk.act("decide", detail=decision())
    desk.act("refuse", "wang", {"reason": "no record of it"})
    desk.act("decide", detail=decision("confirm"))
    assert desk.act("agree", "wang").state is State.CONFIRMED
    assert rows(ledger, SETTING) == 0


def test_a_level_is_lifted_early_by_two_people(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    desk.overridden()
    desk.act("lift", "zhao", {"second": True, "reason": "put right"}, days=5)
    assert ledger.reviews.overrides().on(7, DAY + 7) is not None
    assert desk.act("agree", "li", days=8).state is State.LIFTED
    found = ledger.reviews.overrides()
    assert [found.on(7, DAY + days) is not None for days in (8, 9)] == [True, False]


def test_a_later_level_replaces_an_earlier_one_for_good(ledger: Ledger) -> None:
    first, second = Desk(ledger.reviews), Desk(ledger.reviews, at=later(3))
    first.overridden()
    second.act("take", days=3)
    until = time.show(DAY + 10)
    second.act("decide", detail=decision(level="C", until=until, second=False), days=3)
    case = ledger.reviews.case(first.case.id, DAY + 3)
    assert (case.state, case.events[-1].detail) == (State.REPLACED, {"by": second.case.id})
    found = ledger.reviews.overrides()
    levels = [found.on(7, DAY + days) for days in (3, 4, 10, 11)]
    assert [each and each.level for each in levels] == ["B", "C", "C", None]


def test_who_acts_on_what_has_changed_since_is_told_what_happened(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    seen = desk.act("take").version
    desk.act("decide", detail=decision())
    with pytest.raises(ConflictError, match=r"since version 2 this happened: li: decide \(overr"):
        desk.act("agree", "wang", seen=seen)
    with pytest.raises(ConflictError, match="no version 9 yet, the newest is 3"):
        desk.act("agree", "wang", seen=9)
    with pytest.raises(ConflictError, match=r"nobody can take .* wang can now: agree, refuse, no"):
        desk.act("take", "wang")


def test_of_two_at_once_one_decides_and_the_other_is_told(ledger: Ledger, url: str) -> None:
    desk = Desk(ledger.reviews)
    desk.act("take")
    desk.act("decide", detail=decision())
    together, version = Barrier(4), desk.case.version

    def agree(who: str) -> Case | ConflictError:
        with closing(Ledger(url)) as own:
            together.wait()
            try:
                return own.reviews.act(
                    desk.case.id, Act.AGREE, at=NOON, actor=who, detail={}, seen=version
                )
            except ConflictError as error:
                return error

    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(agree, ["wang", "zhao", "chen", "sun"])]
    [won] = [each for each in found if isinstance(each, Case)]
    lost = [str(each) for each in found if isinstance(each, ConflictError)]
    assert len(lost) == 3
    assert all(f"{won.events[-1].actor}: agree" in each for each in lost)
    assert rows(ledger, SETTING) == 1
    assert ledger.reviews.case(desk.case.id, DAY).version == version + 1


def test_asking_twice_with_one_key_does_something_once(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    key = Asked("k1", "ab")
    taken = desk.act("take", asked=key)
    assert desk.act("take", asked=key) == taken
    with pytest.raises(InvalidError, match="'k1' was used for another act, on case 1"):
        desk.act("release", asked=Asked("k1", "cd"))
    asked = Asked("k2", "ef")
    again = [
        ledger.reviews.open(OBJECTION, at=NOON, actor="li", detail={}, asked=asked)
        for _ in range(2)
    ]
    assert again[0] == again[1]
    assert len(ledger.reviews.of(7, DAY)) == 2


def test_one_key_at_the_same_moment_does_something_once(ledger: Ledger, url: str) -> None:
    together, key = Barrier(3), Asked("k", "ab")

    def opened(_: int) -> Case:
        with closing(Ledger(url)) as own:
            together.wait()
            return own.reviews.open(OBJECTION, at=NOON, actor="li", detail={}, asked=key)

    with ThreadPoolExecutor(3) as pool:
        found = [*pool.map(opened, range(3))]
    assert len({case.id for case in found}) == 1
    assert rows(ledger, EVENT) == 1


def test_the_queue_has_what_is_due_first_page_by_page(ledger: Ledger) -> None:
    reviews = ledger.reviews
    dues = {1: 9, 2: 3, 3: 3, 4: None}
    for number, due in dues.items():
        detail = {} if due is None else {"due": time.show(DAY + due)}
        opening = replace(OPENING, number=number, enterprise=f"E{number}")
        reviews.open(opening, at=NOON, actor="policy", detail=detail)
    whole = reviews.queue(Wanted(), DAY)
    assert [place.case for place in whole] == [2, 3, 1, 4]
    assert whole[-1] == Place(time.NEVER, 4)
    paged, after = list[Place](), None
    while page := reviews.queue(Wanted(), DAY, after=after, limit=1):
        paged += page
        after = page[-1]
    assert paged == whole


def test_the_queue_is_narrowed(ledger: Ledger) -> None:
    Desk(ledger.reviews).overridden()
    other = replace(OPENING, number=8, enterprise="E2", level="C", district="440305")
    Desk(ledger.reviews, other)
    ledger.reviews.open(OBJECTION, at=NOON, actor="li", detail={"due": time.show(DAY + 1)})
    for wanted, found in (
        (Wanted(states=frozenset({State.OPEN})), [2]),
        (Wanted(states=frozenset({State.IN_FORCE})), [1]),
        (Wanted(states=frozenset({State.RECEIVED, State.OPEN})), [3, 2]),
        (Wanted(district="440305"), [2]),
        (Wanted(level="C"), [2]),
        (Wanted(cause="objection"), [3]),
        (Wanted(enterprise="E2"), [2]),
        (Wanted(overdue=True), []),
    ):
        assert [place.case for place in ledger.reviews.queue(wanted, DAY)] == found


def test_what_has_run_out_is_overdue_and_what_has_ended_is_expired(ledger: Ledger) -> None:
    Desk(ledger.reviews).overridden()
    Desk(ledger.reviews, replace(OPENING, number=8))
    reviews, held = ledger.reviews, Wanted(states=frozenset({State.IN_FORCE}))
    gone = Wanted(states=frozenset({State.EXPIRED}))
    overdue = [len(reviews.queue(Wanted(overdue=True), DAY + days)) for days in (10, 11)]
    assert overdue == [0, 1]
    for days, counts in ((30, [1, 0]), (31, [0, 1])):
        assert [len(reviews.queue(each, DAY + days)) for each in (held, gone)] == counts


def test_what_has_ended_is_found_until_it_is_written_down_and_stays_expired(ledger: Ledger) -> None:
    desk, reviews = Desk(ledger.reviews), ledger.reviews
    desk.overridden()
    Desk(ledger.reviews, replace(OPENING, number=8))
    gone = Wanted(states=frozenset({State.EXPIRED}))
    assert [len(reviews.ended(DAY + days)) for days in (30, 31)] == [0, 1]
    desk.act("note", "wang", {"reason": "seen since"}, days=31)
    assert [case.id for case in reviews.ended(DAY + 31)] == [desk.case.id]
    desk.act("expire", "policy", {"level": "B"}, days=31)
    assert reviews.ended(DAY + 31) == []
    assert [place.case for place in reviews.queue(gone, DAY + 31)] == [desk.case.id]


def test_of_two_levels_set_at_once_one_takes_the_place_of_the_other(
    ledger: Ledger, url: str
) -> None:
    desks = [Desk(ledger.reviews) for _ in range(4)]
    for desk in desks:
        desk.act("take")
        desk.act("decide", detail=decision())
    together = Barrier(len(desks))

    def agree(desk: Desk) -> None:
        with closing(Ledger(url)) as own:
            together.wait()
            own.reviews.act(desk.case.id, Act.AGREE, at=NOON, actor="wang", detail={})

    with ThreadPoolExecutor(len(desks)) as pool:
        [*pool.map(agree, desks)]
    found = [case for case in ledger.reviews.of(7, DAY) if case.state is State.IN_FORCE]
    setting = ledger.reviews.overrides().on(7, DAY + 1)
    assert [case.id for case in found] == [setting and setting.case]


def test_who_is_not_fast_enough_tries_again_where_any_version_will_do(
    ledger: Ledger, url: str
) -> None:
    desk, together = Desk(ledger.reviews), Barrier(4)

    def note(number: int) -> None:
        with closing(Ledger(url)) as own:
            together.wait()
            said = {"reason": f"seen {number}"}
            own.reviews.act(desk.case.id, Act.NOTE, at=NOON, actor="li", detail=said)

    with ThreadPoolExecutor(4) as pool:
        [*pool.map(note, range(4))]
    assert ledger.reviews.case(desk.case.id, DAY).version == 5


def test_a_district_without_a_code_is_kept_as_far_as_there_is_room(ledger: Ledger) -> None:
    name = "Historic district by the old harbour"
    Desk(ledger.reviews, replace(OPENING, district=name))
    assert len(ledger.reviews.queue(Wanted(district=name), DAY)) == 1


def test_changes_are_looked_through_once(ledger: Ledger) -> None:
    reviews = ledger.reviews
    found = [(replace(OPENING, change=5), {"due": "2026-03-10"})]
    [case] = reviews.record_scan(found, after=0, change=9, at=NOON, actor="li")
    assert (case.opening.change, reviews.scanned()) == (5, 9)
    with pytest.raises(ConflictError, match="nothing was opened twice"):
        reviews.record_scan(found, after=0, change=9, at=NOON, actor="wang")
    with pytest.raises(ConflictError, match="opened for change 5 of enterprise E1 before"):
        reviews.open(replace(OPENING, change=5), at=NOON, actor="wang", detail={})
    assert reviews.waiting() == {7}
    assert len(reviews.of(7, DAY)) == 1


def test_there_is_no_case_of_another_number(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no case 4; the queue lists"):
        ledger.reviews.case(4, DAY)


def test_another_worker_sees_what_was_set(ledger: Ledger, url: str) -> None:
    assert ledger.reviews.overrides().settings == ()
    with closing(Ledger(url)) as other:
        Desk(other.reviews, Opening(**{**_fields(OPENING), "number": 9})).overridden()
    assert [each.number for each in ledger.reviews.overrides().settings] == [9]


def _fields(opening: Opening) -> dict:
    return {name: getattr(opening, name) for name in Opening.__slots__}
