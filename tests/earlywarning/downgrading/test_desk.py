"""The desk: clocks, second people, codes on documents, and what days bring about."""

from datetime import UTC, datetime, timedelta

import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import day, show
from xinheng.earlywarning.downgrading import Desk, code_of, expire
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Draft, Ground, State

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)  # a Monday
SERVED = {"document": "警7号", "method": "direct", "delivered": "2026-03-02"}


@pytest.fixture
def ledger():
    found = Ledger("sqlite://")
    yield found
    found.close()


def drafted(ledger, level: str = "C", record: str = "r1") -> int:
    ground = Ground(rule="unsafe_sample", records=(record,), since=day("2026-03-01"),
                    basis="design", text={"zh": "不合格", "en": "failed"})  # fmt: skip
    draft = Draft(number=7, enterprise="E1", as_of=day("2026-03-02"), grounds=(ground,),
                  level=level, days=30, basis="design")  # fmt: skip
    [made] = Desk(ledger.downgrades, WarningPolicy.default()).draft([draft], at=NOW, actor="watch")
    return made.case.id


def act(ledger, case: int, what: Act, who: str = "li", at: datetime = NOW, posters=(), **said):
    desk = Desk(ledger.downgrades, WarningPolicy.default(), lambda _: frozenset(posters))
    return desk.act(case, what, said, at=at, actor=who)


@pytest.mark.parametrize(
    ("acts", "due"),
    [
        ((), "2026-03-09"),  # five working days to decide
        (((Act.CONFIRM, {}),), "2026-03-11"),  # seven to serve
        (((Act.CONFIRM, {}), (Act.SERVE, SERVED)), "2026-03-09"),  # five for a statement
        (((Act.CONFIRM, {}), (Act.SERVE, SERVED), (Act.STATE, {"received": "2026-03-02"})),
         "2026-03-16"),  # ten to answer
        (((Act.REJECT, {"reason": "误报"}),), None),
    ],
)  # fmt: skip
def test_each_act_sets_the_clock_of_the_next(ledger, acts, due):
    case = drafted(ledger)
    for what, said in acts:
        act(ledger, case, what, **said)
    found = ledger.downgrades.case(case, day("2026-03-02"))
    assert (None if found.due is None else show(found.due)) == due


@pytest.mark.parametrize(
    ("level", "amended", "state"),
    [("C", None, State.CONFIRMED), ("D", None, State.PROPOSED), ("D", "C", State.PROPOSED),
     ("C", "D", State.PROPOSED), ("C", "B", State.CONFIRMED)],
)  # fmt: skip
def test_a_severe_level_before_or_after_needs_two_people(ledger, level, amended, state):
    case = drafted(ledger, level)
    if amended is None:
        assert act(ledger, case, Act.CONFIRM).state is state
    else:
        assert act(ledger, case, Act.AMEND, reason="r", level=amended).state is state


def test_a_code_is_drawn_once_the_decision_takes_effect(ledger):
    case = drafted(ledger, "D")
    assert code_of(act(ledger, case, Act.CONFIRM)) == ""
    agreed = act(ledger, case, Act.AGREE, who="wang")
    code = code_of(agreed)
    assert len(code) == 14
    assert code.replace("-", "").isalpha()
    other = drafted(ledger, record="r2")
    assert code_of(act(ledger, other, Act.CONFIRM)) not in {"", code}
    rejected = drafted(ledger, record="r3")
    assert code_of(act(ledger, rejected, Act.REJECT, reason="误报")) == ""


def test_who_posted_a_record_does_not_decide_on_it(ledger):
    case = drafted(ledger, "D")
    with pytest.raises(InvalidError, match="li posted a record"):
        act(ledger, case, Act.CONFIRM, posters=("li",))
    proposed = act(ledger, case, Act.CONFIRM, posters=("wang",))
    assert Act.AGREE not in proposed.allowed("wang")
    assert Act.AGREE in proposed.allowed("zhao")


def test_days_are_written_down_once(ledger):
    case = drafted(ledger)
    act(ledger, case, Act.CONFIRM)
    act(ledger, case, Act.SERVE, **SERVED)

    def after(days: int):
        found = expire(ledger.downgrades, at=NOW + timedelta(days=days), actor="jobs")
        return [len(each) for each in (found.begun, found.ended, found.clocks)]

    assert after(1) == [0, 0, 0]
    assert (after(8), after(8)) == ([1, 0, 0], [0, 0, 0])  # in force from the 10th on
    assert (after(60), after(60)) == ([0, 1, 0], [0, 0, 0])
    [ended] = ledger.downgrades.of(7, day("2026-06-01"))
    assert [each.act for each in ended.events[-2:]] == [Act.BEGIN, Act.EXPIRE]
    assert ended.events[-1].detail == {"level": "C", "since": "2026-03-10", "until": "2026-04-08"}
