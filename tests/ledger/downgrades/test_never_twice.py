"""No enterprise is warned twice for the same ground, whoever drafts, in whatever order, at once."""

import shutil
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from xinheng.core.errors import InvalidError
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Ground, State
from xinheng.ledger.downgrades.rows import row_of_ground
from xinheng.ledger.downgrades.tables import GROUND

from .world import DAY, NOON, Desk, draft, ground, later

RULES, RECORDS = ("failed", "recall"), ("s/1", "s/2", "s/3")
GROUNDS = st.builds(
    lambda rule, records: ground(*records, rule=rule),
    st.sampled_from(RULES),
    st.sets(st.sampled_from(RECORDS), min_size=1),
)
DRAFTS = st.builds(
    lambda number, grounds: draft(*grounds, number=number),
    st.integers(1, 2),
    st.lists(GROUNDS, min_size=1, max_size=3),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(DRAFTS, max_size=3), min_size=1, max_size=4), st.randoms())
def test_every_ground_tells_something_that_no_warning_before_rests_on(
    migrated: Path, runs, rng
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(migrated, folder))
        with closing(Ledger(f"sqlite:///{path}")) as ledger:
            asked = [each for run in runs for each in run]
            made = []
            for days, run in enumerate(runs):
                made += ledger.downgrades.draft(run, at=later(days), actor="rule")
                ended(ledger, [each.case.id for each in made if each.is_new], rng, days)
            cases = [case for number in (1, 2) for case in ledger.downgrades.of(number, DAY + 9)]
    assert sum(each.is_new for each in made) == len(cases)
    told: set[tuple[int, str, str]] = set()
    for case in sorted(cases, key=lambda case: case.id):
        for each in case.draft.grounds:
            new = {(case.draft.number, each.rule, record) for record in each.records}
            assert new - told, "a ground of which everything was told before"
            told |= new
    assert told == {
        (each.number, g.rule, record)
        for each in asked
        for g in each.grounds
        for record in g.records
    }, "nothing that is new is left out"
    for drafted, each in zip(asked, made, strict=True):
        assert each.case.draft.number == drafted.number
        if not each.is_new:
            rules = {g.rule for g in drafted.grounds}
            assert rules & {g.rule for g in each.case.draft.grounds}


def ended(ledger: Ledger, numbers: list[int], rng, days: int) -> None:
    """Reject some of the warnings: their grounds are known all the same."""
    for number in numbers:
        case = ledger.downgrades.case(number, DAY + days)
        if case.state is State.DRAFTED and rng.random() < 0.5:
            detail = {"reason": "not theirs"}
            ledger.downgrades.act(number, Act.REJECT, at=later(days), actor="li", detail=detail)


def test_a_draft_that_tells_nothing_new_is_the_warning_that_there_is(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        Desk(ledger.downgrades).act("reject", detail={"reason": "not theirs"})
        for known in (draft(), draft(ground("sampling/2")), draft(ground("sampling/1"), level="E")):
            [again] = ledger.downgrades.draft([known], at=later(9), actor="rule")
            assert (again.is_new, again.case.id, again.case.state) == (False, 1, State.REJECTED)
        other = ground("sampling/1", rule="recall")
        made = ledger.downgrades.draft(
            [draft(draft().grounds[0], other), draft(number=8)], at=later(9), actor="rule"
        )
        assert [each.is_new for each in made] == [True, True]
        assert made[0].case.grounds == (other,)
        assert made[0].case.events[0].detail == {"earlier": [1]}


def test_one_more_record_is_a_new_ground(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        Desk(ledger.downgrades)
        more = ground("sampling/1", "sampling/2", "sampling/3")
        [made] = ledger.downgrades.draft([draft(more)], at=later(9), actor="rule")
    assert made.is_new
    assert made.case.events[0].detail == {"earlier": [1]}


def test_of_those_who_draft_at_once_each_ground_is_drafted_by_one(url: str) -> None:
    together = Barrier(4)
    mine = [
        [ground("s/1", "s/2"), ground("s/1", "s/2")],
        [ground("s/1", "s/2"), ground("s/3")],
        [ground("s/2"), ground("s/3")],
        [ground("s/3"), ground("s/1")],
    ]

    def drafted(grounds: list[Ground]) -> list[bool]:
        with closing(Ledger(url)) as own:
            drafts = [draft(each) for each in grounds]
            together.wait()
            made = own.downgrades.draft(drafts, at=NOON, actor="rule")
            return [each.is_new for each in made]

    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(drafted, mine)]
    with closing(Ledger(url)) as ledger:
        cases = ledger.downgrades.of(7, DAY)
    assert sum(map(sum, found)) == len(cases)
    told: set[str] = set()
    for case in cases:
        [each] = case.grounds
        assert {*each.records} - told
        told |= {*each.records}
    assert told == {"s/1", "s/2", "s/3"}
    assert max(Counter(case.grounds[0].identity for case in cases).values()) == 1


def test_the_database_alone_refuses_the_same_ground_again(url: str) -> None:
    with closing(Ledger(url)) as ledger:
        case = Desk(ledger.downgrades).case
        row = row_of_ground(case.grounds[0], case.id, 7)
        with (
            ledger._engine.begin() as connection,
            pytest.raises(IntegrityError),
        ):
            connection.execute(insert(GROUND), row)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"records": ()}, "has no records"),
        ({"basis": ""}, "has no basis"),
        ({"text": {"zh": "抽检不合格"}}, "has no text in en"),
    ],
)
def test_a_ground_is_whole(change, why) -> None:
    told = {"rule": "failed", "records": ("s/1",), "since": DAY, "basis": "design"}
    told |= {"text": {"zh": "抽检不合格", "en": "failed"}}
    with pytest.raises(InvalidError, match=why):
        Ground(**told | change)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"days": 0}, "1 to 3650 days, not for 0"),
        ({"days": 4_000}, "not for 4000"),
        ({"basis": ""}, "for E7 has no basis"),
        ({"level": "F"}, "no level 'F'"),
    ],
)
def test_a_draft_is_whole(change, why) -> None:
    with pytest.raises((InvalidError, LookupError), match=why):
        draft(**change)
