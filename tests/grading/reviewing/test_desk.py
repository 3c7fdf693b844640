"""The desk: what was proposed is agreed to only while it would be proposed again."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xinheng.core.errors import ConflictError, InvalidError
from xinheng.grading import AtLeast, Level
from xinheng.grading.reviewing import Desk, Graded, ReviewPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import Act, Case

from ...ledger.reviews.world import OBJECTION, OPENING, later

OVERRIDE = {
    "decision": "override", "reason_code": "put_right", "reason": "seen on the spot",
    "basis": "design", "level": "B", "until": "2026-04-01", "records": ["41"],
}  # fmt: skip
CONFIRM = {"decision": "confirm", "reason_code": "as_found", "reason": "seen on the spot"}
GRADE = SimpleNamespace(rules=(), model_level=Level.D, bundle="ab" * 32, level=Level.D)
GRADED = Graded(GRADE, Level.D, frozenset({"41"}), frozenset({"41", "42"}))  # type: ignore[arg-type]
FLOOR = SimpleNamespace(effect=AtLeast(Level.C), zh="事故", en="an accident", basis="§1")


def given(level: Level) -> Any:
    return SimpleNamespace(**vars(GRADE) | {"level": level})


class Office:
    """A desk, and the grade that it sees."""

    def __init__(self, ledger: Ledger) -> None:
        self.graded = GRADED
        self.desk = Desk(ledger.reviews, ReviewPolicy.default(), lambda *_: self.graded)

    def opened(self, cause: str = "by_hand") -> Case:
        said = {"received": "2026-03-02", "contests": "it", "reason": "seen"}
        opening = replace(OPENING, cause=cause)
        return self.desk.open(opening, said, at=later(0), actor="li")

    def act(self, case: Case, act: str, who: str = "li", days: int = 0, **said: Any) -> Case:
        return self.desk.act(case.id, Act(act), said, at=later(days), actor=who)

    def proposed(self, said: dict[str, Any] = OVERRIDE) -> Case:
        case = self.opened()
        self.act(case, "take")
        return self.act(case, "decide", **said)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with closing(Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")) as ledger:
        yield Office(ledger)


def test_what_holds_still_is_agreed_to(office: Office) -> None:
    assert office.act(office.proposed(), "agree", "wang").state == "in_force"
    assert office.act(office.proposed(CONFIRM), "agree", "wang").state == "confirmed"


@pytest.mark.parametrize(
    ("now", "days", "told"),
    [
        (replace(GRADED, level=Level.E), 0, "the level was D, and is E now"),
        (replace(GRADED, records=frozenset()), 0, "record 41 is withdrawn"),
        (replace(GRADED, grade=SimpleNamespace(rules=(FLOOR,))), 0, "better than the C that law"),
        (GRADED, 30, "until 2026-04-01: a level that people set counts from tomorrow"),
    ],
)
def test_what_would_not_be_proposed_any_more_is_not_agreed_to(
    office: Office, now: Graded, days: int, told: str
) -> None:
    case = office.proposed()
    office.graded = now
    with pytest.raises(ConflictError, match=r"does not hold any more: .*Refuse it") as error:
        office.act(case, "agree", "wang", days)
    assert told in str(error.value)
    assert office.act(case, "refuse", "wang", days, reason="not so any more").state == "taken"


def test_a_level_that_moved_is_not_confirmed_as_it_was(office: Office) -> None:
    case = office.proposed(CONFIRM)
    office.graded = replace(GRADED, level=Level.C)
    with pytest.raises(ConflictError, match="the level was D, and is C now"):
        office.act(case, "agree", "wang")


def test_no_decision_rests_on_a_record_that_is_withdrawn_and_one_may_be_sent_back(
    office: Office,
) -> None:
    case = office.opened()
    office.act(case, "take")
    with pytest.raises(InvalidError, match="record 42 is withdrawn, and no decision rests on it"):
        office.act(case, "decide", **OVERRIDE | {"records": ["42"]})
    fault = {"record": "42", "what": "withdrawn by mistake"}
    said = {"decision": "send_back", "reason_code": "record_wrong", "reason": "see there"}
    assert office.act(case, "decide", **said, faults=[fault], to="market").state == "sent_back"


def test_a_level_that_people_set_is_prolonged_by_setting_it_again(office: Office) -> None:
    office.graded = replace(GRADED, level=Level.B)
    assert office.proposed(OVERRIDE | {"until": "2026-06-01"}).state == "proposed"
    office.graded = replace(GRADED, grade=given(Level.B), level=Level.B)
    with pytest.raises(InvalidError, match="the level is B already; to keep it, confirm it"):
        office.proposed()


def test_time_is_added_to_an_objection_by_another_person_than_who_decides(office: Office) -> None:
    case = office.opened(OBJECTION.cause)
    assert office.act(case, "accept").events[-1].detail["days"] == 2
    more = office.act(case, "extend", reason="a laboratory is asked").events[-1].detail
    assert (more["start"], more["days"]) == ("2026-03-02", 5)
    with pytest.raises(ConflictError, match="li approved of more time for it"):
        office.act(case, "take")
