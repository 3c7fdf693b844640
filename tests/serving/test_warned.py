"""A downgrade warning that counts is in grade, explanation, movement and remedies at once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.earlywarning.downgrading import Desk
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Downgrade

from ..archive.department import BETA
from ..ledger.downgrades.world import draft
from .installation import NOW
from .test_reviews import OVERRIDE, Office, follow, grade


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    with found.client:
        for name in ("li", "wang"):
            found.enter(name)
        yield found


def served(office: Office) -> Downgrade:
    """Serve a warning beside the service, as another process does."""
    number = Archive(office.settings.archive).enterprise(BETA)
    told = replace(draft(number=number, level="E", days=60), enterprise=BETA)
    with closing(Ledger.open(office.settings)) as ledger:
        desk = Desk(ledger.downgrades, WarningPolicy.default())
        [made] = desk.draft([told], at=NOW, actor="rule")
        delivered = time.show(time.day_of(NOW))
        service = {"document": "警示〔2026〕1号", "method": "direct", "delivered": delivered}
        for act, who, said in (
            (Act.CONFIRM, "li", {}),
            (Act.AGREE, "wang", {}),
            (Act.SERVE, "li", service),
        ):
            case = desk.act(made.case.id, act, said, at=NOW, actor=who)
    return case


def test_it_counts_from_its_first_day_to_its_last_over_what_people_set(office: Office) -> None:
    before, case = grade(office), served(office)
    assert (before["level"] != "E", before["warning"]) == (True, None)
    assert case.first is not None
    assert case.until is not None
    first, last = case.first - time.day_of(NOW), case.until - time.day_of(NOW)
    follow(office)
    office.now = NOW + timedelta(days=first - 1)
    assert grade(office)["warning"] is None
    office.now = NOW + timedelta(days=first)
    after = grade(office)
    assert (after["level"], after["national_class"]) == ("E", "D")
    assert (after["given_level"], after["override"]) == (grade(office)["given_level"], None)
    assert after["warning"] == {
        "case": case.id, "level": "E", "basis": "design",
        "since": time.show(case.first), "until": time.show(case.until),
    }  # fmt: skip
    told = office.get("li", f"/v1/enterprises/{BETA}/explanation").json()
    assert (told["level"], told["warning"]) == ("E", after["warning"])
    day = time.show(case.first - 1)
    moved = office.get("li", f"/v1/enterprises/{BETA}/movement?since={day}").json()
    assert [each["cause"] for each in moved["parts"] if each["steps"]] == ["downgrade_warning"]
    better = office.get("li", f"/v1/enterprises/{BETA}/remedies").json()
    assert all(each["day"] > time.show(case.until) for each in better["outcomes"])
    review = office.opened(BETA)
    office.done("li", review, "take")
    refused = office.act("li", review, "decide", OVERRIDE)
    assert refused.status_code == 422
    assert "better than the E of the downgrade warning" in refused.json()["detail"]
    office.now = NOW + timedelta(days=last + 1)
    assert (grade(office)["level"], grade(office)["warning"]) == (before["level"], None)
