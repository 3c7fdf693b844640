"""The desk of downgrade warnings: clocks, periods and second people are those of the policy."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from xinheng.core import time
from xinheng.core.calendar import add_working_days
from xinheng.core.errors import ConflictError, InvalidError, PolicyError
from xinheng.grading.downgrading import DowngradeDesk, DowngradePolicy, pass_days
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Downgrade, Draft, State
from xinheng.ledger.reviews import Asked

from ...ledger.downgrades.world import DAY, draft, ground, later, shown

POLICY = DowngradePolicy.default()
SERVICE = {"document": "1", "method": "mail", "delivered": shown(2)}


class Office:
    """A desk, and acts on one warning, in short."""

    def __init__(self, ledger: Ledger, policy: DowngradePolicy = POLICY) -> None:
        self.ledger, self.posters = ledger, frozenset[str]()
        self.desk = DowngradeDesk(ledger.downgrades, policy, lambda _: self.posters)

    def drafted(self, told: Draft | None = None, days: int = 0) -> Downgrade:
        [made] = self.desk.draft([told or draft()], at=later(days), actor="rule")
        return made.case

    def act(self, case: Downgrade, act: str, who: str = "li", days: int = 0, **said: Any):
        return self.desk.act(case.id, Act(act), said, at=later(days), actor=who)

    def served(self, told: Draft | None = None, days: int = 0) -> Downgrade:
        case = self.drafted(told, days)
        self.act(case, "confirm", days=days)
        self.act(case, "agree", "wang", days=days)
        return self.act(case, "serve", days=days, **SERVICE | {"delivered": shown(days)})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        yield Office(ledger)


def test_every_step_has_its_clock_in_working_days(office: Office) -> None:
    case = office.drafted()
    assert case.due == add_working_days(DAY, 5)
    case = office.act(case, "confirm", days=1)
    assert (case.state, case.due) == (State.PROPOSED, add_working_days(DAY, 5))
    case = office.act(case, "agree", "wang", 2)
    assert (case.state, case.due) == (State.CONFIRMED, add_working_days(DAY + 2, 7))
    case = office.act(case, "serve", days=3, **SERVICE)
    assert case.deadline == add_working_days(DAY + 2, 5)
    assert case.first == case.deadline + 1
    case = office.act(case, "state", days=5, received=shown(4), document="x")
    assert (case.state, case.due) == (State.STATED, add_working_days(DAY + 4, 5))


def test_holidays_are_no_days_for_a_statement(office: Office) -> None:
    days = time.day("2026-09-30") - DAY
    assert time.show(office.served(days=days).deadline or 0) == "2026-10-13"


@pytest.mark.parametrize(
    ("level", "act", "said", "state"),
    [
        ("C", "confirm", {}, State.CONFIRMED),
        ("D", "confirm", {}, State.PROPOSED),
        ("E", "confirm", {}, State.PROPOSED),
        ("C", "amend", {"level": "D", "reason": "so"}, State.PROPOSED),
        ("D", "amend", {"level": "C", "reason": "so"}, State.PROPOSED),
        ("C", "amend", {"level": "B", "reason": "so"}, State.CONFIRMED),
        ("E", "reject", {"reason": "so"}, State.REJECTED),
    ],
)
def test_high_risk_needs_two(office: Office, level, act, said, state) -> None:
    case = office.act(office.drafted(draft(level=level)), act, **said)
    assert case.state is state
    assert (case.due is None) == (state is State.REJECTED)


def test_what_is_set_is_lifted_by_two_whatever_its_level(office: Office) -> None:
    case = office.act(office.drafted(draft(level="B")), "confirm")
    assert office.act(case, "lift", reason="wrong firm").state is State.LIFTING
    assert office.act(case, "agree", "wang").state is State.LIFTED


def test_an_escalation_needs_two_whatever_its_level(office: Office) -> None:
    first = office.drafted(draft(level="A"))
    office.act(first, "confirm")
    office.act(first, "serve", days=2, **SERVICE)
    second = office.drafted(draft(ground("s/9"), level="B", follows=first.id), days=20)
    assert office.act(second, "confirm", days=20).state is State.PROPOSED
    assert office.act(second, "agree", "wang", 20).state is State.CONFIRMED
    assert office.ledger.downgrades.case(first.id, DAY + 20).state is State.ESCALATED


def test_who_posted_a_record_neither_decides_nor_agrees(office: Office) -> None:
    case, office.posters = office.drafted(), frozenset({"li"})
    with pytest.raises(InvalidError, match="li posted a record that it rests on; another person"):
        office.act(case, "confirm")
    office.act(case, "confirm", "wang")
    with pytest.raises(ConflictError, match="li posted a record that it rests on"):
        office.act(case, "agree")
    assert office.act(case, "agree", "zhao").state is State.CONFIRMED


def test_no_warning_counts_for_longer_than_the_policy_lets_it(office: Office) -> None:
    with pytest.raises(InvalidError, match="181 days: a warning counts for 180 days at most"):
        office.drafted(draft(days=181))
    case = office.drafted(draft(days=180))
    with pytest.raises(InvalidError, match="200 days: a warning counts for 180 days at most"):
        office.act(case, "amend", period=200, reason="so")
    assert office.ledger.downgrades.case(case.id, DAY) == case


def test_what_is_not_allowed_is_told_with_what_is(office: Office) -> None:
    with pytest.raises(ConflictError, match=r"nobody can serve .* li can now: confirm, amend, rej"):
        office.act(office.drafted(), "serve", **SERVICE)


def test_asking_twice_does_something_once(office: Office) -> None:
    case, key = office.drafted(), Asked("k", "ab")
    again = [
        office.desk.act(case.id, Act.CONFIRM, {}, at=later(0), actor="li", asked=key)
        for _ in range(2)
    ]
    assert again[0] == again[1]
    with pytest.raises(ConflictError, match="since version 1 this happened: li: confirm"):
        office.desk.act(case.id, Act.REJECT, {"reason": "so"}, at=later(0), actor="li", seen=1)


def test_what_days_bring_about_is_written_down_once(office: Office) -> None:
    case = office.served(draft(days=30))
    assert pass_days(office.ledger.downgrades, at=later(7), actor="policy") == []
    first, last = (case.first or 0) - DAY, (case.until or 0) - DAY
    [begun] = pass_days(office.ledger.downgrades, at=later(first), actor="policy")
    assert begun.events[-1].act is Act.BEGIN
    assert begun.events[-1].detail["first"] == shown(first)
    assert pass_days(office.ledger.downgrades, at=later(last), actor="policy") == []
    [ended] = pass_days(office.ledger.downgrades, at=later(last + 1), actor="policy")
    assert (ended.state, ended.events[-1].act) == (State.EXPIRED, Act.EXPIRE)
    assert pass_days(office.ledger.downgrades, at=later(last + 9), actor="policy") == []


def test_days_that_passed_unseen_are_written_down_together(office: Office) -> None:
    office.served(draft(days=30))
    found = pass_days(office.ledger.downgrades, at=later(90), actor="policy")
    assert [each.events[-1].act for each in found] == [Act.BEGIN, Act.EXPIRE]


def test_a_clock_waits_for_holidays_that_are_announced(office: Office, monkeypatch) -> None:
    days = time.day("2026-12-29") - DAY
    case = office.served(days=days)
    assert case.expected
    assert pass_days(office.ledger.downgrades, at=later(days), actor="policy") == []
    due = {"due": "2027-01-08", "expected": False, "start": shown(days), "days": 5}
    monkeypatch.setattr("xinheng.grading.downgrading.passing.clock", lambda *_: due)
    [moved] = pass_days(office.ledger.downgrades, at=later(days), actor="policy")
    assert (moved.state, time.show(moved.deadline or 0)) == (State.SERVED, "2027-01-08")
    assert office.ledger.downgrades.warnings().on(7, (moved.first or 0) - 1) is None
    assert pass_days(office.ledger.downgrades, at=later(days), actor="policy") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("most_days = 180", "most_days = 0", "most_days = 0: expected at least 1"),
        ("state = 5 ", "state = 0 ", "clocks.state = 0"),
        ('confirm = ["D", "E"]', 'confirm = ["F"]', "second.confirm = 'F': expected levels"),
        ("decide = 5", "decided = 5", "decide"),
        ("reject = []", "refuse = []", "refuse"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(old: str, new: str, told: str) -> None:
    assert old in POLICY.text
    with pytest.raises(PolicyError, match=told):
        DowngradePolicy.parse(POLICY.text.replace(old, new), "mine.toml")


def test_an_authority_writes_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(POLICY.text.replace("state = 5 ", "state = 10 "), "utf-8")
    with closing(Ledger("sqlite://")) as ledger:
        office = Office(ledger, DowngradePolicy.load(tmp_path / "mine.toml"))
        assert office.served().deadline == add_working_days(DAY, 10)
