"""Scanning: changes of level become cases once, for whom, and not for whom."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xinheng.core.time import day, show
from xinheng.grading.reviewing import ReviewPolicy, reopen, scan
from xinheng.ledger import Ledger, Run
from xinheng.ledger.reviews import Act, Case

from ...ledger.reviews.world import Desk, decision

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
TODAY = day("2026-03-02")
POLICY = ReviewPolicy.parse(
    ReviewPolicy.default().text.replace("share = 0.01", "share = 0.000001"), "rare.toml"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as found:
        yield found


def changed(ledger: Ledger, *changes: tuple[int, str, str], as_of: int = TODAY) -> None:
    """Keep a run that changed levels: of whom, from what, to what."""
    runs = ledger.history.runs()
    run = Run(
        after=runs[-1].id if runs else 0, at=NOW, actor="li", as_of=as_of, reason="monthly",
        everybody=True, sequence=1, bundle="ab" * 32, policy="default 1", enterprises=9, first=0,
        changed=len(changes), held=0, levels={}, digest="cd" * 32,
    )  # fmt: skip
    rows = (
        {"number": who, "enterprise": f"E{who}", "level": after, "previous": before,
         "cause": "rule_met", "detail": "{}"}
        for who, before, after in changes
    )  # fmt: skip
    ledger.history.record(run, rows)


def opened(ledger: Ledger, at: datetime = NOW, **more) -> list[tuple[str, str]]:
    cases = scan(ledger.history, ledger.reviews, POLICY, at=at, actor="policy", **more)
    return [(case.opening.enterprise, case.opening.cause) for case in cases]


def test_the_changes_that_policy_names_become_cases_once(ledger: Ledger) -> None:
    changed(ledger, (1, "C", "D"), (2, "A", "B"), (3, "D", "E"))
    assert sorted(opened(ledger)) == [("E1", "to_high_risk"), ("E3", "to_highest_risk")]
    assert opened(ledger) == []
    changed(ledger, (2, "B", "D"))
    assert opened(ledger) == [("E2", "to_high_risk")]


def test_a_case_says_what_led_to_it_and_by_when_it_is_due(ledger: Ledger) -> None:
    changed(ledger, (3, "D", "E"))
    opened(ledger, districts=lambda numbers, _: dict.fromkeys(numbers, "440304"))
    [case] = ledger.reviews.of(3, TODAY)
    told = case.events[0].detail
    assert (case.opening.level, case.opening.district, case.opening.change) == ("E", "440304", 1)
    assert (told["level_before"], told["causes"], told["run"]) == ("D", ["rule_met"], 1)
    assert (case.due and show(case.due)) == "2026-03-09"


def test_who_has_a_case_gets_no_second_one_until_it_is_decided(ledger: Ledger) -> None:
    changed(ledger, (7, "C", "D"))
    opened(ledger)
    changed(ledger, (7, "D", "E"))
    assert opened(ledger) == []
    [case] = ledger.reviews.of(7, TODAY)
    told = case.events[-1]
    assert (case.level, case.opening.level, told.act, told.detail["run"]) == ("E", "D", "move", 2)
    assert (case.due and show(case.due)) == "2026-03-09", "E is due sooner than D"
    number = case.id
    for act, detail in ((Act.TAKE, {}), (Act.DECIDE, decision("confirm", second=False))):
        ledger.reviews.act(number, act, at=NOW, actor="li", detail=detail)
    changed(ledger, (7, "B", "D"))
    assert opened(ledger) == [("E7", "to_high_risk")]


def test_of_several_changes_of_one_the_newest_counts(ledger: Ledger) -> None:
    changed(ledger, (7, "A", "D"), as_of=TODAY - 5)
    changed(ledger, (7, "D", "E"))
    assert opened(ledger) == [("E7", "to_highest_risk")]


def test_changes_of_long_ago_open_nothing(ledger: Ledger) -> None:
    changed(ledger, (7, "A", "E"), as_of=TODAY - 46)
    changed(ledger, (8, "A", "E"), as_of=TODAY - 45)
    assert opened(ledger) == [("E8", "to_highest_risk")]


def test_a_level_that_people_set_opens_nothing_and_its_end_does(ledger: Ledger) -> None:
    Desk(ledger.reviews).overridden(level="E")
    changed(ledger, (7, "B", "E"), as_of=TODAY + 1)
    assert opened(ledger, NOW + timedelta(days=1)) == []
    changed(ledger, (7, "C", "D"), as_of=TODAY + 31)
    assert opened(ledger, NOW + timedelta(days=31)) == [("E7", "to_high_risk")]


def test_a_level_that_law_asks_for_over_people_opens_a_case(ledger: Ledger) -> None:
    Desk(ledger.reviews).overridden(level="B")
    changed(ledger, (7, "B", "E"), as_of=TODAY + 2)
    assert opened(ledger, NOW + timedelta(days=2)) == [("E7", "to_highest_risk")]


def test_a_case_that_is_not_decided_follows_the_level_that_it_is_about(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    changed(ledger, (7, "C", "B"), as_of=TODAY - 1)  # older than what it is about
    assert opened(ledger) == []
    changed(ledger, (7, "D", "C"), (8, "A", "B"))
    opened(ledger)
    desk.act("take")
    changed(ledger, (7, "C", "B"), as_of=TODAY + 1)
    opened(ledger)
    case = ledger.reviews.case(desk.case.id, TODAY)
    assert [event.act for event in case.events] == ["open", "move", "take", "move"]
    assert (case.level, case.state, case.due) == ("B", "taken", desk.case.due)
    assert ledger.audited("E1")[-1]["action"] == "move review"


def test_a_level_is_looked_at_again_once_a_record_behind_it_is_withdrawn(ledger: Ledger) -> None:
    desk = Desk(ledger.reviews)
    desk.act("take")
    desk.act("decide", detail=decision(records=["41", "42"]))
    desk.act("agree", "wang")

    def reopened(*gone: str, at: datetime = NOW + timedelta(days=1)) -> list[Case]:
        return reopen(
            ledger.reviews, POLICY, lambda named, _: {who: [*gone] for who in named if gone},
            at=at, actor="policy",
        )  # fmt: skip

    assert reopened("42", at=NOW) == [], "it counts from tomorrow"
    assert reopened() == []
    [case] = reopened("42")
    assert (case.opening.cause, case.opening.level, case.state) == ("record_withdrawn", "B", "open")
    told = case.events[0].detail
    assert (told["by"], told["records"]) == (desk.case.id, ["42"])
    assert reopened("42", "41") == [], "one that is not decided is enough"
    for act, detail in ((Act.TAKE, {}), (Act.DECIDE, decision("confirm", second=False))):
        ledger.reviews.act(case.id, act, at=NOW, actor="li", detail=detail)
    assert reopened("42") == []
    assert [case.events[0].detail["records"] for case in reopened("42", "41")] == [["41"]]
