"""The desk: clocks, second people, codes on documents, and what days bring about."""

from datetime import UTC, datetime, timedelta

import pytest

from xinheng.core.errors import ConflictError, InvalidError
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


def drafted(ledger, level: str = "C", record: str = "r1", at: datetime = NOW, **more) -> int:
    ground = Ground(rule="unsafe_sample", records=(record,), since=day("2026-03-01"),
                    basis="design", text={"zh": "不合格", "en": "failed"})  # fmt: skip
    told = {"level": level, "days": 30, "basis": "design"} | more
    draft = Draft(number=7, enterprise="E1", as_of=day("2026-03-02"), grounds=(ground,), **told)
    [made] = Desk(ledger.downgrades, WarningPolicy.default()).draft([draft], at=at, actor="watch")
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
         "2026-03-09"),  # five to answer
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


def in_force(ledger, level: str = "C") -> int:
    """Take a warning into force, which it is from the 10th on."""
    case = drafted(ledger, level)
    act(ledger, case, Act.CONFIRM)
    act(ledger, case, Act.SERVE, **SERVED)
    return case


def test_who_posted_a_record_neither_answers_nor_lifts(ledger):
    case = in_force(ledger)
    with pytest.raises(InvalidError, match="li posted a record"):
        act(ledger, case, Act.LIFT, posters=("li",), reason="整改完成")
    act(ledger, case, Act.STATE, received="2026-03-03", at=NOW + timedelta(days=1))
    with pytest.raises(InvalidError, match="li posted a record"):
        act(ledger, case, Act.ANSWER, posters=("li",), answer="lifted", reason="误报")
    at = NOW + timedelta(days=1)
    act(ledger, case, Act.ANSWER, answer="upheld", reason="属实", at=at)
    at = NOW + timedelta(days=2)
    lifting = act(ledger, case, Act.LIFT, posters=("wang",), reason="整改完成", at=at)
    assert Act.AGREE not in lifting.allowed("wang")
    assert Act.AGREE in lifting.allowed("zhao")


@pytest.mark.parametrize("level", ["A", "C", "D"])
def test_what_is_set_is_lifted_by_two_whatever_its_level(ledger, level):
    case = drafted(ledger, level)
    if act(ledger, case, Act.CONFIRM).state is State.PROPOSED:
        act(ledger, case, Act.AGREE, who="wang")
    assert act(ledger, case, Act.LIFT, reason="误报").state is State.LIFTING
    with pytest.raises(ConflictError, match="the second person is another"):
        act(ledger, case, Act.AGREE)
    assert act(ledger, case, Act.AGREE, who="wang").state is State.LIFTED


def test_an_escalation_needs_two_whatever_its_level(ledger):
    first, at = in_force(ledger, "A"), NOW + timedelta(days=20)
    second = drafted(ledger, "B", "r2", at, follows=first)
    assert act(ledger, second, Act.CONFIRM, at=at).state is State.PROPOSED
    assert act(ledger, second, Act.AGREE, who="wang", at=at).state is State.CONFIRMED
    [escalated, _] = ledger.downgrades.of(7, day("2026-03-22"))
    assert escalated.state is State.ESCALATED


def test_no_warning_counts_for_longer_than_the_policy_lets_it(ledger):
    with pytest.raises(InvalidError, match="181 days: a warning counts for 180 days at most"):
        drafted(ledger, days=181)
    assert ledger.downgrades.of(7, day("2026-03-02")) == []
    case = drafted(ledger, days=180)
    with pytest.raises(InvalidError, match="200 days: a warning counts for 180 days at most"):
        act(ledger, case, Act.AMEND, reason="r", period=200)
    assert ledger.downgrades.case(case, day("2026-03-02")).version == 1


def test_the_clock_of_an_answer_runs_from_the_receipt(ledger):
    case = in_force(ledger)
    late = NOW + timedelta(days=7)  # received on the 2nd, taken down on the 9th
    stated = act(ledger, case, Act.STATE, received="2026-03-02", at=late)
    assert show(stated.due or 0) == "2026-03-09"


def test_an_authority_writes_its_own_days_for_a_statement(ledger):
    text = WarningPolicy.default().text.replace("working_days = 5", "working_days = 10")
    case = drafted(ledger)
    act(ledger, case, Act.CONFIRM)
    desk = Desk(ledger.downgrades, WarningPolicy.parse(text, "mine.toml"))
    served = desk.act(case, Act.SERVE, SERVED, at=NOW, actor="li")
    assert show(served.deadline or 0) == "2026-03-16"


def test_a_clock_waits_for_holidays_that_are_announced(ledger, monkeypatch):
    at = datetime(2026, 12, 29, 4, tzinfo=UTC)
    case = drafted(ledger)
    act(ledger, case, Act.CONFIRM, at=at)
    served = act(ledger, case, Act.SERVE, at=at, **SERVED | {"delivered": "2026-12-29"})
    assert served.expected
    assert expire(ledger.downgrades, at=at, actor="jobs").clocks == ()
    due = {"due": "2027-01-08", "expected": False, "start": "2026-12-29", "days": 5}
    monkeypatch.setattr("xinheng.earlywarning.downgrading.expiring.clock", lambda *_: due)
    [moved] = expire(ledger.downgrades, at=at, actor="jobs").clocks
    assert (moved.state, show(moved.deadline or 0)) == (State.SERVED, "2027-01-08")
    assert expire(ledger.downgrades, at=at, actor="jobs").clocks == ()


def test_days_that_passed_unseen_are_written_down_together(ledger):
    in_force(ledger)
    found = expire(ledger.downgrades, at=NOW + timedelta(days=90), actor="jobs")
    assert [len(found.begun), len(found.ended)] == [1, 1]


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
