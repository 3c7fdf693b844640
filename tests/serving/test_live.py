"""What is answered from follows the installation: whole, at once, and only if it is believed."""

import logging
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy.exc import OperationalError

from xinheng.core.time import day, day_of, show
from xinheng.ledger import Ledger
from xinheng.serving.access import Grant, Role
from xinheng.serving.entrance.caller import to_json
from xinheng.serving.live import live as living
from xinheng.serving.live.live import NO_LEDGER, Live, Pulse
from xinheng.serving.live.state import State
from xinheng.serving.reads import explanations, grades

from ..archive.department import ALPHA, BETA, Bureau
from ..grading.world import parts
from .asked import ONE
from .installation import NOW, installation, promote
from .keyed import asking

STILL = Pulse(every_seconds=3_600, again_seconds=0)
NEWER = f"{ALPHA},P7,2026-05-09,2026-05-10,hygiene,stoppage,9,"


@pytest.fixture
def installed(tmp_path):
    return installation(tmp_path)


@pytest.fixture
def client(installed):
    with asking(installed, pulse=STILL) as found:
        yield found


@pytest.fixture
def live(client) -> Live:
    return client.app_state["live"]


def another():
    """The parts of another model than the one that is champion."""
    return replace(parts(), calibrator=parts().calibrator.shifted(0.1))


def broken(installed):
    """Make a bundle champion of which a file was altered since it was signed."""
    digest = promote(installed, another())
    [card] = (installed.bundles / digest).glob("card.json")
    whole = card.read_bytes()
    card.write_bytes(whole.replace(b"{", b"{ ", 1))
    return digest, card, whole


def test_nothing_is_opened_where_nothing_is_new(live):
    before = live.service
    assert not live.follow()
    assert live.service is before


def test_a_delivery_is_followed(client, live, tmp_path, caplog):
    caplog.set_level(logging.INFO, "xinheng")
    before = client.get(f"{ONE}/grade")
    Bureau(tmp_path).deliver(NEWER)
    assert live.follow()
    champion = before.json()["bundle"][:12]
    assert f"delivery 2, run 0 and champion {champion} are answered from now" in caplog.text
    known = {"If-None-Match": before.headers["etag"]}
    after = client.get(f"{ONE}/grade", headers=known)
    assert (before.json()["sequence"], after.json()["sequence"]) == (1, 2)


def test_a_champion_is_followed_and_records_are_not_read_anew(client, live, installed):
    events, digest = live.service.book.events, promote(installed, another())
    assert live.follow()
    assert client.get(f"{ONE}/grade").json()["bundle"] == digest
    assert live.service.book.events is events


def test_a_champion_that_was_altered_is_refused_and_the_old_one_goes_on(
    client, live, installed, caplog
):
    old = client.get(f"{ONE}/grade").json()["bundle"]
    digest, card, whole = broken(installed)
    live.beat()
    assert client.get(f"{ONE}/grade").json()["bundle"] == old
    assert client.get("/readyz").json() == {"status": "degraded"}
    assert f"champion {digest[:12]} is refused, {old[:12]} goes on" in live.trouble
    assert [each.levelno for each in caplog.records if digest[:12] in each.message] == [
        logging.WARNING
    ]
    live.beat()
    assert caplog.text.count("is refused") == 1
    card.write_bytes(whole)
    live.beat()
    assert client.get(f"{ONE}/grade").json()["bundle"] == digest
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_delivery_is_followed_though_the_champion_is_refused(client, live, installed, tmp_path):
    old = live.service.book.bundle.digest
    broken(installed)
    Bureau(tmp_path).deliver(NEWER)
    live.beat()
    found = client.get(f"{ONE}/grade").json()
    assert (found["sequence"], found["bundle"]) == (2, old)


def test_the_state_tells_what_is_newer_and_why_it_is_not_answered_from(
    installed, tmp_path, monkeypatch
):
    monkeypatch.setattr("xinheng.serving.live.state.FEW", 0)
    with asking(installed, Grant(Role.ADMINISTRATOR), pulse=STILL) as client:
        before = client.get("/v1/state").json()
        assert before["champion"] == before["bundle"]
        digest, *_ = broken(installed)
        Bureau(tmp_path).deliver(f"{BETA},P9,2026-05-09,2026-05-10,label,warning,0,")
        after = client.get("/v1/state").json()
        assert (after["champion"], after["bundle"]) == (digest, before["bundle"])
        assert (after["sequence"], after["newest"]) == (1, 2)
        client.app_state["live"].beat()
        assert "is refused" in client.get("/v1/state").json()["trouble"]


def test_while_the_ledger_is_gone_answers_are_those_that_are_known(client, live, monkeypatch):
    def fail(*_, **__):
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "champion", fail)
        live.beat()
        assert live.trouble == NO_LEDGER
        assert client.get(f"{ONE}/grade").status_code == 200
    live.beat()
    assert live.trouble == ""


def test_a_fault_in_opening_leaves_what_there_is(client, live, tmp_path, monkeypatch):
    monkeypatch.setattr(State, "advanced", lambda *_: 1 / 0)
    Bureau(tmp_path).deliver(NEWER)
    live.beat()
    assert "the log has the cause" in live.trouble
    assert client.get(f"{ONE}/grade").json()["sequence"] == 1


def test_a_request_ends_on_the_state_on_which_it_began(client, live, tmp_path, monkeypatch):
    begun, released, made = threading.Event(), threading.Event(), explanations.full

    def slow(*given):
        begun.set()
        assert released.wait(30)
        return made(*given)

    monkeypatch.setattr(explanations, "full", slow)
    found = []
    thread = threading.Thread(target=lambda: found.append(client.get(f"{ONE}/explanation")))
    thread.start()
    assert begun.wait(30)
    Bureau(tmp_path).deliver(NEWER)
    live.follow()
    released.set()
    thread.join()
    assert found[0].json()["grade"]["sequence"] == 1
    assert client.get(f"{ONE}/explanation").json()["grade"]["sequence"] == 2


def test_changes_are_made_one_after_the_other_and_none_is_lost(live):
    seen = []

    def change(state):
        seen.append(state)
        return state.after(live.service.ledger, state.seen, state.book.bundle)

    threads = [threading.Thread(target=live.swap, args=(change,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({id(each) for each in seen}) == 8


def test_another_day_has_grades_of_its_own(installed):
    at = [NOW]
    with asking(installed, now=lambda: at[0], pulse=STILL) as client:
        before = client.get(f"{ONE}/grade")
        at[0] = NOW + timedelta(minutes=2)
        after = client.get(f"{ONE}/grade", headers={"If-None-Match": before.headers["etag"]})
    assert (before.json()["as_of"], after.json()["as_of"]) == ("2026-06-30", "2026-07-01")


def test_the_grades_of_a_day_are_made_before_it_begins(installed):
    at = [datetime(2026, 6, 30, 15, 30, tzinfo=UTC)]
    with asking(installed, now=lambda: at[0], pulse=STILL) as client:
        live = client.app_state["live"]
        live.beat()
        assert not live.service.of.days.whole(day("2026-07-01"))
        at[0] += timedelta(minutes=25)
        live.beat()
        assert live.service.of.days.whole(day("2026-07-01"))
        assert live.service.of.days.whole(day("2026-06-30"))


def test_the_watcher_follows_by_itself(installed, tmp_path):
    with asking(installed, pulse=Pulse(every_seconds=0.02)) as client:
        swapped = threading.Event()
        swap, live = Live.swap, client.app_state["live"]

        def told(change):
            found = swap(live, change)
            if found.book.sequence == 2:
                swapped.set()
            return found

        live.swap = told
        Bureau(tmp_path).deliver(NEWER)
        assert swapped.wait(30)
        assert client.get(f"{ONE}/grade").json()["sequence"] == 2


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A town in which things go on happening."""
    from .graded import busy_town

    return busy_town(tmp_path_factory.mktemp("busy"))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_answers_that_were_made_ahead_or_kept_equal_those_computed(busy, seed):
    rng = np.random.default_rng(seed)
    at = [busy.now]
    with asking(busy.settings, at=busy.now, now=lambda: at[0], pulse=STILL) as client:
        live = client.app_state["live"]
        for _ in range(5):
            at[0] = busy.happen(rng, at[0])
            live.beat()
            some = [f"S{each:03}" for each in rng.choice(60, 3, replace=False)]
            urls = [f"/v1/enterprises/{each}/{what}" for each in some
                    for what in ("grade", "explanation")]  # fmt: skip
            told = [(client.get(url).content, client.get(url).content) for url in urls]
            for url, (first, kept) in zip(urls, told, strict=True):
                assert first == kept == computed(busy.settings, url, at[0])


def computed(settings, url, at):
    """Answer from a state that was opened for this alone, with nothing made ahead."""
    *_, name, what = url.split("/")
    with closing(Ledger.open(settings)) as ledger:
        state = State.open(settings, ledger)
        service = living.Service(state, ledger, lambda: at, living.Kept(0), directories=None)
        today = day_of(at)
        number = service.number(name, today)
        if what == "grade":
            return to_json(grades.grade(service, number, name, today))
        return to_json(explanations.full(service, number, name, today, "zh"))


def test_a_town_in_which_nothing_is_known_of_a_day_says_so(client):
    assert client.get(f"{ONE}/grade?as_of={show(day('2019-01-01'))}").status_code == 404
