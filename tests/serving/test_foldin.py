"""What is folded in moves grades once, and one posting that cannot be holds no other up."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from filelock import FileLock
from sqlalchemy.exc import OperationalError

from xinheng.archive import Archive
from xinheng.core.settings import Settings
from xinheng.core.time import day
from xinheng.ledger import History, Ledger
from xinheng.ledger.postings import Postings
from xinheng.ledger.reviews import Overrides
from xinheng.ledger.reviews.overrides import Setting
from xinheng.serving.access import Grant, Role
from xinheng.serving.counters import FOLD_IN_FAILED
from xinheng.serving.intake import foldin, mappings
from xinheng.serving.intake.foldin import FoldIn
from xinheng.serving.intake.moved import moved
from xinheng.serving.live import state
from xinheng.serving.live.live import Live

from ..archive.department import ALPHA, BETA, Bureau
from ..grading.world import parts
from .installation import NOW, promote
from .keyed import asking, bearer, issue
from .posting import (
    FUTIAN,
    GAMMA,
    STOPPED,
    URL,
    by_kind,
    department,
    fresh,
    penalty,
    registered,
    send,
    settle,
)
from .test_live import STILL, another
from .test_operations import value

HARSH = f"{BETA},L3,2026-06-01,2026-06-02,hygiene,stoppage,1,"
TOMORROW = day("2026-07-01")
WHOLE = tuple(f"{who},L,2026-06-01,2026-06-02,label,fine,1," for who in (ALPHA, BETA))


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return fresh(tmp_path)


@pytest.fixture
def still(own: Settings) -> Iterator[TestClient]:
    """A service that looks for what is newer only when it is told to."""
    with asking(own, department("bureau", "register"), pulse=STILL) as found:
        yield found


def live_of(client: TestClient) -> Live:
    found: Live = client.app_state["live"]
    return found


def told(client: TestClient, receipt: str) -> Any:
    return client.get(f"{URL}/{receipt}").json()


def until_landed(archive: Path, sequence: int) -> None:
    ending = time.monotonic() + 10
    while Archive(archive).sequence < sequence:
        assert time.monotonic() < ending
        time.sleep(0.02)


def test_what_lands_behind_a_large_delivery_is_in_the_feed_all_the_same(
    own, still, monkeypatch
) -> None:
    monkeypatch.setattr(state, "FEW", 0)
    receipt = send(still, by_kind(penalty(code=BETA, **STOPPED)), wait=0).json()["receipt"]
    until_landed(own.archive, 3)
    time.sleep(0.2)
    waiting = told(still, receipt)
    assert waiting["state"] == "accepted"
    live_of(still).beat()
    done = settle(still, receipt)
    assert [(each["level_before"], each["level"]) for each in done["enterprises"]] == [("D", "E")]
    assert [each["enterprise"] for each in still.get("/v1/changes").json()["changes"]] == [BETA]


def test_while_a_large_delivery_is_opened_records_wait_and_say_so(
    tmp_path, still, monkeypatch
) -> None:
    monkeypatch.setattr(state, "FEW", 1)
    Bureau(tmp_path).deliver(*WHOLE, at=NOW)
    receipts = [
        send(still, by_kind(penalty(f"H{n}", BETA, **STOPPED)), wait=0).json()["receipt"]
        for n in range(2)
    ]
    time.sleep(0.3)
    assert {told(still, each)["state"] for each in receipts} == {"accepted"}
    live_of(still).beat()
    first, second = (settle(still, each)["enterprises"][0] for each in receipts)
    assert (first["level_before"], first["level"]) == ("D", "E")
    assert (second["level_before"], second["level"]) == ("E", "E")


def test_a_state_never_goes_back_while_another_is_opened(own, tmp_path, still, monkeypatch) -> None:
    monkeypatch.setattr(state, "FEW", 1)
    live, warm = live_of(still), Live._warm
    promote(own, another())

    def deliver(self: Live, opened: state.State) -> None:
        for each in WHOLE:
            Bureau(tmp_path).deliver(each, at=NOW)
            live.swap(state.State.advanced)
        assert live.service.book.sequence == 4
        warm(self, opened)

    monkeypatch.setattr(Live, "_warm", deliver)
    live.beat()
    assert live.service.book.sequence == 4
    assert live.service.of.seen.champion == live.service.book.bundle.digest


def test_who_was_erased_right_before_a_delivery_is_not_answered_from_memory(own, still) -> None:
    live = live_of(still)
    named = registered(GAMMA, FUTIAN) | {"name": "禾沐餐饮店"}
    assert send(still, by_kind(named, source="register")).status_code == 200
    Archive(own.archive).erase_enterprise(GAMMA, NOW)
    Bureau(own.archive.parent).deliver(*WHOLE, at=NOW)
    live.swap(state.State.advanced)
    assert live.service.book.sequence == 3
    live.beat()
    assert live.service.book.sequence == 4


def test_what_a_champion_moved_is_not_told_of_records(own, still) -> None:
    live = live_of(still)
    before = live.service.of
    promote(own, replace(parts(), calibrator=parts().calibrator.shifted(3.0)))
    live.follow()
    Bureau(own.archive.parent).deliver(f"{BETA},L2,2019-06-01,2019-06-02,label,warning,0,", at=NOW)
    live.follow()
    [found] = moved(live.service.of, before, 3, TOMORROW)
    assert found.before == found.level
    assert live.service.book.bundle.digest != before.book.bundle.digest


def test_of_two_deliveries_each_moves_what_it_tells(own, still) -> None:
    live, bureau = live_of(still), Bureau(own.archive.parent)
    before = live.service.of
    bureau.deliver(f"{BETA},L2,2019-06-01,2019-06-02,label,warning,0,", at=NOW)
    bureau.deliver(HARSH, at=NOW)
    live.follow()
    [first], [second] = (moved(live.service.of, before, n, TOMORROW) for n in (3, 4))
    assert (first.before, first.level) == ("D", "D")
    assert (second.before, second.level) == ("D", "E")


def test_a_level_that_people_set_counts_before_and_after(own, still) -> None:
    live, before = live_of(still), live_of(still).service.of
    Bureau(own.archive.parent).deliver(HARSH, at=NOW)
    live.follow()
    now = live.service.of
    [plain] = moved(now, before, 3, TOMORROW)
    setting = Setting(
        id=1, case=1, at=NOW, number=plain.number, level="B", first=TOMORROW,
        by="li", second="wang", reason="seen on the spot", basis="design",
    )  # fmt: skip
    people = replace(now.reviewed, overrides=Overrides((setting,)))
    [found] = moved(replace(now, reviewed=people), before, 3, TOMORROW)
    assert (plain.before, plain.level) == ("D", "E")
    assert (found.before, found.level) == ("B", "E")  # law asks for E


def test_a_mapping_that_is_malformed_holds_its_own_records_up_and_loses_none(
    own, still, monkeypatch
) -> None:
    monkeypatch.setattr(foldin, "STUCK", 0.05)
    monkeypatch.setattr(mappings, "LASTING", 0.0)
    mapping = own.sources / "bureau" / "source.toml"
    right = mapping.read_text("utf-8")
    with FileLock(own.archive / ".lock"):
        receipt = send(still, by_kind(penalty()), wait=0).json()["receipt"]
        mapping.write_text("title = ", encoding="utf-8")
    time.sleep(0.3)
    assert told(still, receipt)["state"] == "accepted"
    mapping.write_text(right, encoding="utf-8")
    assert settle(still, receipt)["counts"]["accepted"] == 1


def test_postings_that_cannot_be_folded_in_hold_no_others_up(still, monkeypatch) -> None:
    monkeypatch.setattr(foldin, "TOGETHER", 2)
    fold = FoldIn.fold

    def fails(self: FoldIn, posting: Any) -> Any:
        return 1 / 0 if posting.rows == 2 else fold(self, posting)

    monkeypatch.setattr(FoldIn, "fold", fails)
    stuck = FOLD_IN_FAILED.labels("stuck")
    before = stuck._value.get()
    for number in range(3):
        send(still, by_kind(penalty(f"A{number}"), penalty(f"B{number}")), wait=0)
    assert send(still, by_kind(penalty("C"))).json()["state"] == "folded"
    assert stuck._value.get() == before + 3


def test_what_cannot_be_brought_back_holds_no_others_up(own, monkeypatch) -> None:
    with asking(own, department("bureau"), pulse=STILL) as client:
        send(client, by_kind(penalty("H1")))
    monkeypatch.setattr(Archive, "has", lambda *_: False)
    body = Postings.body
    monkeypatch.setattr(Postings, "body", lambda *on: 1 / 0 if on[1] == 1 else body(*on))
    with asking(own, department("bureau"), pulse=STILL) as client:
        assert send(client, by_kind(penalty("H2"))).json()["state"] == "folded"


@pytest.mark.slow
def test_whoever_waits_for_records_holds_no_others_up(own, still) -> None:
    waiting = [
        threading.Thread(target=send, args=(still, by_kind(penalty(f"W{n}"))), daemon=True)
        for n in range(45)
    ]
    with FileLock(own.archive / ".lock"), closing(Ledger(own.ledger)) as ledger:
        for each in waiting:
            each.start()
        while ledger.postings.waiting() < len(waiting):
            time.sleep(0.02)
        assert still.get("/v1/changes").status_code == 200
        assert all(each.is_alive() for each in waiting)
    for each in waiting:
        each.join(20)


def test_a_ledger_that_is_lost_after_acceptance_leaves_a_receipt(still, monkeypatch) -> None:
    def gone(*_: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(FoldIn, "fold_all", gone)
    monkeypatch.setattr(Postings, "outcome", gone)
    answer = send(still, by_kind(penalty()), wait=1)
    assert (answer.status_code, answer.json()["state"]) == (202, "accepted")


def test_the_same_key_at_once_is_accepted_once_and_answered_alike(own, still, monkeypatch) -> None:
    both, accept = threading.Barrier(2), Postings.accept

    def together(self: Postings, *given: Any) -> Any:
        both.wait(5)
        return accept(self, *given)

    monkeypatch.setattr(Postings, "accept", together)
    answers: list[Any] = []

    def post() -> None:
        answers.append(send(still, by_kind(penalty()), "k-1"))

    threads = [threading.Thread(target=post) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert Archive(own.archive).sequence == 3
    with closing(Ledger(own.ledger)) as ledger:
        audited = ledger.audited("bureau")
    assert {each["detail"]["receipt"] for each in audited} == {answers[0].json()["receipt"]}


def test_what_waits_is_told_by_how_much_and_how_long(own) -> None:
    at = [NOW]
    with asking(own, department("bureau"), now=lambda: at[0], pulse=STILL) as client:
        operator = bearer(issue(own, Grant(Role.ADMINISTRATOR)))
        with FileLock(own.archive / ".lock"):
            told = send(client, by_kind(penalty()), wait=0).json()
            at[0] += timedelta(minutes=10)
            waiting = client.get("/v1/metrics", headers=operator).text
            assert client.get(f"{URL}/{told['receipt']}").json()["waits"]
        settle(client, told["receipt"])
        done = client.get("/v1/metrics", headers=operator).text
    assert value(waiting, "xinheng_postings_waiting") == 1
    assert value(waiting, "xinheng_postings_oldest_age_seconds") == 600
    assert value(done, "xinheng_postings_waiting") == 0
    assert value(done, "xinheng_postings_oldest_age_seconds") == 0


def test_without_a_ledger_changes_and_receipts_are_no_fault(still, monkeypatch) -> None:
    def gone(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(History, "changes", gone)
    monkeypatch.setattr(Postings, "find", gone)
    for url in ("/v1/changes", f"{URL}/none"):
        answer = still.get(url)
        assert (answer.status_code, answer.json()["title"]) == (503, "The service is not ready")
        assert answer.headers["Retry-After"]
