"""Webhooks: every change once at least, in order, to who may know of it and to nobody else."""

import json
import re
import socket
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from threading import Event
from time import monotonic, sleep
from types import SimpleNamespace

import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.webhooks import verify_webhook
from xinheng.ledger import Ledger
from xinheng.serving.access import Access, ApiKey, Keys, Permission, Role, Scope
from xinheng.serving.access.grants import Grant
from xinheng.serving.access.rows import kept
from xinheng.serving.live.live import Live
from xinheng.serving.problem import ProblemError
from xinheng.serving.webhooks import (
    Answer,
    Courier,
    Sender,
    Webhooks,
    check_url,
    courier,
    public_keys,
)
from xinheng.serving.webhooks.addresses import resolve
from xinheng.serving.webhooks.subscription import MOST

from .graded import NOW
from .keyed import YEAR, asking, bearer, issue, keys_of, rotate
from .receiver import NETWORKS, receiving

DAY = timedelta(days=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def installation(own_town, tmp_path):
    return own_town(tmp_path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def live(installation, clock):
    with closing(Live.open(installation, clock)) as found:
        yield found


@pytest.fixture
def receiver(tmp_path):
    with receiving(tmp_path) as found:
        yield found


@pytest.fixture
def keys(live, clock):
    return Keys(kept(live.service.ledger, ApiKey), clock)


@pytest.fixture
def key(keys):
    return keys.issue("a test", Grant(Role.SUPERVISOR), "program", YEAR).key


@pytest.fixture
def deliverer(installation, live, clock, receiver):
    def made(seconds=5.0):
        access = Access.open(installation, live.service.ledger, clock)
        sender = Sender(NETWORKS, receiver.context, seconds)
        return Courier(installation, live, access, sender, clock)

    return made


@pytest.fixture
def webhooks(live, clock):
    return Webhooks(live.service.ledger, clock)


@pytest.fixture
def all_changes(live):
    found = live.service.ledger.history.changes()
    assert len(found) > 20
    return [each.id for each in found]


def ids(answer):
    return {each["id"] for each in answer.json()["webhooks"]}


def webhooks_of(installation):
    with closing(Ledger(installation.ledger)) as ledger:
        return Webhooks(ledger, lambda: NOW).all()


def eventually(holds):
    """Wait until something holds."""
    until = monotonic() + 8
    while not holds():
        assert monotonic() < until
        sleep(0.02)


def told(receiver):
    """The numbers of the changes that came, delivery by delivery."""
    return [
        [each["id"] for each in json.loads(body)["data"]["changes"]] for _, body in receiver.got
    ]


def test_changes_come_in_order_and_signed(
    deliverer, receiver, webhooks, key, all_changes, installation, clock, monkeypatch
):
    monkeypatch.setattr(courier, "TOGETHER", 8)
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    deliverer().round()
    assert [*chain.from_iterable(told(receiver))] == all_changes
    assert max(map(len, told(receiver))) == 8
    assert webhooks.find(found.id, [key.id]).after == all_changes[-1]
    trusted = public_keys(installation)
    names = [verify_webhook(headers, body, trusted, clock()) for headers, body in receiver.got]
    assert len(set(names)) == len(names)
    deliverer().round()
    assert len(receiver.got) == len(names)


def test_each_delivery_is_recorded_and_shown(deliverer, live, receiver, webhooks, key, all_changes):
    found = webhooks.subscribe([key.id], receiver.url, "routine:2026-7", all_changes[-4])
    deliverer().round()
    [sent] = live.service.ledger.deliveries.of(found.id, limit=5)
    assert (sent.status, sent.problem, sent.attempt) == (204, "", 1)
    assert (sent.first, sent.last, sent.changes) == (all_changes[-3], all_changes[-1], 3)
    [entry] = live.service.ledger.audited(f"webhook {found.id}")
    assert (entry["actor"], entry["purpose"]) == (f"key {key.id}", "routine:2026-7")
    assert len(entry["detail"]["enterprises"]) == sent.changes


def test_what_is_not_taken_is_sent_again_as_it_was(
    deliverer, live, receiver, webhooks, key, all_changes, clock, monkeypatch
):
    receiver.status = 503
    found = webhooks.subscribe([key.id], receiver.url, "routine", all_changes[-4])
    monkeypatch.setattr(courier, "TOGETHER", 2)
    for _ in range(3):
        deliverer().round()
        deliverer().round()
        clock.at = webhooks.find(found.id, [key.id]).due
        monkeypatch.setattr(courier, "TOGETHER", 50)  # more could be sent by now
    receiver.status = 200
    deliverer().round()
    *again, rest = receiver.got
    assert len(again) == 4
    assert len({(headers["webhook-id"], body) for headers, body in again}) == 1
    assert told(receiver)[-2:] == [all_changes[-3:-1], all_changes[-1:]]
    sent = live.service.ledger.deliveries.of(found.id, limit=9)
    assert [each.attempt for each in reversed(sent)] == [1, 2, 3, 4, 1]
    assert [each.status for each in reversed(sent)] == [503, 503, 503, 200, 200]
    assert rest[0]["webhook-id"] != again[0][0]["webhook-id"]
    assert webhooks.find(found.id, [key.id]).attempts == 0


def test_waits_grow_to_an_hour_and_are_never_quite_alike():
    for attempts, longest in ((1, 10), (2, 20), (5, 160), (12, 3600), (500, 3600)):
        waits = {courier._pause(attempts) for _ in range(50)}
        assert longest / 2 <= min(waits) < max(waits) <= longest


def test_after_three_days_it_is_paused_until_it_is_resumed(
    deliverer, receiver, webhooks, key, clock
):
    receiver.status = 500
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    deliverer().round()
    clock.at = NOW + 3 * DAY
    deliverer().round()
    paused = webhooks.find(found.id, [key.id])
    why = "given up after 2 tries: it answered 500, expected 200 to 299"
    assert (paused.paused, paused.why) == (clock.at, why)
    clock.at += DAY
    deliverer().round()
    assert len(receiver.got) == 2
    receiver.status = 200
    webhooks.change(found.id, lambda row: row.resumed(key.id))
    deliverer().round()
    assert webhooks.find(found.id, [key.id]).after > 0


def test_one_process_at_a_time_delivers_and_another_goes_on_for_a_dead_one(
    deliverer, receiver, webhooks, key, clock
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    dead = webhooks.begin(found.id, "another process")
    assert dead is not None
    assert webhooks.begin(found.id, "a third one") is None
    assert deliverer().round() == 0
    clock.at += timedelta(seconds=61)
    assert deliverer().round() > 0
    assert webhooks.keep(dead, lambda row: row.delivered(0)) is None
    assert webhooks.find(found.id, [key.id]).after > 0


def test_a_kill_between_sending_and_writing_it_down_sends_it_again(
    deliverer, receiver, webhooks, key, clock, monkeypatch
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    first = deliverer()
    with monkeypatch.context() as patch:
        patch.setattr(first, "_recorded", killed)
        with pytest.raises(Killed):
            first.round()
    clock.at += timedelta(seconds=61)
    deliverer().round()
    (one, body), (two, again) = receiver.got[:2]
    assert (one["webhook-id"], body) == (two["webhook-id"], again)
    assert webhooks.find(found.id, [key.id]).attempts == 0


def test_a_webhook_that_others_paused_keeps_their_reason(webhooks, receiver, key):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    stopped = found.stopped("wang", "it repeats itself", NOW)
    assert stopped.given_up("nothing was taken for three days", NOW + timedelta(days=3)) == stopped


def test_what_cannot_be_recorded_is_not_sent_and_is_no_try(
    deliverer, live, receiver, webhooks, key, monkeypatch
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)

    def refused(*_):
        raise ProblemError("audit-unavailable", "The audit is full.")

    with monkeypatch.context() as patch:
        patch.setattr(type(live.service.recorder), "record", refused)
        with pytest.raises(ProblemError):
            deliverer().round()
    told = webhooks.find(found.id, [key.id])
    assert (receiver.got, told.state, told.attempts, told.since) == ([], "delivering", 0, None)
    deliverer().round()
    assert webhooks.find(found.id, [key.id]).after > 0


def test_one_that_hangs_holds_nobody_else_up(deliverer, webhooks, keys, key, monkeypatch):
    monkeypatch.setattr(courier, "EVERY_SECONDS", 0.05)
    other = keys.issue("another test", Grant(Role.SUPERVISOR), "program", YEAR).key
    released = Event()

    def send(url, *_):
        taken = "hanging" not in url or released.wait(10)
        return Answer(204 if taken else None, "" if taken else "too late", 1)

    for _ in range(MOST):
        webhooks.subscribe([key.id], "https://hanging.example/", "routine", 0)
    told = webhooks.subscribe([other.id], "https://hooks.example/", "routine", 0)
    with closing(deliverer()) as found:
        monkeypatch.setattr(found, "_sender", SimpleNamespace(send=send))
        found.start()
        eventually(lambda: webhooks.find(told.id, [other.id]).after > 0)
        assert {each.after for each in webhooks.of([key.id])} == {0}
        released.set()
        eventually(lambda: all(each.after > 0 for each in webhooks.of([key.id])))


def test_one_that_is_slow_is_left_for_others_after_a_while(
    deliverer, receiver, webhooks, key, monkeypatch
):
    monkeypatch.setattr(courier, "TOGETHER", 1)
    monkeypatch.setattr(courier, "VISIT_SECONDS", 0.0)
    webhooks.subscribe([key.id], receiver.url, "routine", 0)
    found = deliverer()
    assert [found.round() for _ in range(3)] == [1, 1, 1]


def test_only_what_is_within_reach_is_told(deliverer, receiver, webhooks, keys, all_changes):
    scope = Scope(categories=frozenset({"none"}))
    key = keys.issue("a test", Grant(Role.SUPERVISOR, scope), "program", YEAR).key
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    deliverer().round()
    assert receiver.got == []
    assert webhooks.find(found.id, [key.id]).after == all_changes[-1]


@pytest.mark.parametrize("how", ["revoked", "narrowed"])
def test_a_key_that_may_no_more_is_told_no_more(
    deliverer, live, receiver, webhooks, keys, key, how
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    if how == "revoked":
        keys.revoke(key.id)
    else:
        narrow = Grant(Role.SUPERVISOR, Scope(frozenset({Permission.READ_GRADE})))
        kept(live.service.ledger, ApiKey).change(key.id, lambda row: replace(row, grant=narrow))
    deliverer().round()
    assert receiver.got == []
    assert webhooks.find(found.id, [key.id]).paused is not None


def test_the_key_that_took_the_place_of_another_is_told_instead(
    deliverer, receiver, webhooks, keys, key, clock
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    keys.rotate(key.id, YEAR)
    clock.at += 30 * DAY
    deliverer().round()
    assert webhooks.find(found.id, [key.id]).paused is None
    assert receiver.got


def test_what_a_key_asked_for_that_was_revoked_waits_for_the_key_in_its_place(
    deliverer, receiver, webhooks, keys, key
):
    found = webhooks.subscribe([key.id], receiver.url, "routine", 0)
    after = keys.rotate(key.id, YEAR).key
    keys.revoke(key.id)
    deliverer().round()
    assert receiver.got == []
    paused = webhooks.find(found.id, [key.id])
    assert (paused.paused is None, "was revoked" in paused.why) == (False, True)
    webhooks.change(found.id, lambda row: row.resumed(after.id))
    deliverer().round()
    assert receiver.got
    assert webhooks.find(found.id, [after.id]).paused is None


def test_the_key_of_whoever_left_is_told_no_more(
    deliverer, installation, live, receiver, webhooks, keys, clock
):
    access = Access.open(installation, live.service.ledger, clock)
    access.accounts.create("li", Grant(Role.SUPERVISOR), "rice noodles in the morning")
    whose = keys.issue("a test", Grant(Role.SUPERVISOR), "program", YEAR, person="account li").key
    found = webhooks.subscribe([whose.id], receiver.url, "routine", 0)
    access.accounts.disable("li")
    deliverer().round()
    assert receiver.got == []
    assert "out of use" in webhooks.find(found.id, [whose.id]).why


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://hooks.example/", "begins with https"),
        ("https:///x", "names a host"),
        ("https://u:p@hooks.example/", "no user"),
        ("https://hooks.example/#x", "fragment"),
        ("https://hooks.example:22/", "port 22"),
        ("https://hooks.example:99999/", "cannot be read"),
        ("https://127.0.0.1/", "no public address"),
        ("https://10.1.2.3/", "no public address"),
        ("https://169.254.169.254/latest", "no public address"),
        ("https://100.64.0.1/", "no public address"),
        ("https://[::1]/", "no public address"),
        ("https://[::ffff:10.0.0.1]/", "no public address"),
        ("https://[64:ff9b::a00:1]/", "no public address"),
        ("https://[2002:a00:1::]/", "no public address"),
        ("https://[fe80::1%25eth0]/", "no public address"),
        ("https://0.0.0.0/", "no public address"),
        ("https://224.0.0.1/", "no public address"),
        ("https://例子.example/", "punycode"),
        ("https://hooks.example/ x", "no blanks"),
        ("https://hooks.example/\r\nHost: x", "no blanks"),
    ],
)
def test_an_address_that_must_not_be_asked_is_refused(url, words):
    with pytest.raises(InvalidError, match=words):
        check_url(url)


def test_a_name_that_leads_inside_is_not_followed(monkeypatch):
    answers = [("1.1.1.1", 443), ("10.0.0.1", 443)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(InvalidError, match=r"10\.0\.0\.1 is no public address"):
        resolve("hooks.example", 443)


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver, monkeypatch):
    asked = []
    lookup = socket.getaddrinfo

    def rebinding(host, *more, **named):
        if host == "localhost":
            asked.append(host)
            return lookup("127.0.0.1" if len(asked) == 1 else "10.0.0.1", *more, **named)
        return lookup(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    answer = Sender(NETWORKS, receiver.context).send(receiver.url, {}, b"{}")
    assert (answer.status, asked) == (204, ["localhost"])


def test_a_private_address_is_not_asked_without_a_setting(receiver):
    answer = Sender((), receiver.context).send(receiver.url, {}, b"{}")
    assert (answer.status, receiver.got) == (None, [])
    assert "XINHENG_WEBHOOK_NETWORKS" in answer.problem


def test_a_redirect_is_not_followed(receiver):
    receiver.status, receiver.location = 307, "https://10.0.0.1/"
    answer = Sender(NETWORKS, receiver.context).send(receiver.url, {}, b"{}")
    assert (answer.status, "not followed" in answer.problem, len(receiver.got)) == (307, True, 1)


def test_a_certificate_that_is_not_believed_ends_it(receiver):
    answer = Sender(NETWORKS).send(receiver.url, {}, b"{}")
    assert (answer.status, receiver.got) == (None, [])
    assert "CERTIFICATE_VERIFY_FAILED" in answer.problem


def test_a_receiver_that_never_ends_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://localhost:{silent.getsockname()[1]}/"
        answer = Sender(NETWORKS, seconds=0.3).send(url, {}, b"{}")
    assert answer.status is None
    assert answer.took_ms < 5_000


def test_an_answer_that_does_not_end_in_time_is_none(receiver):
    receiver.slow = 0.6
    answer = Sender(NETWORKS, receiver.context, 0.3).send(receiver.url, {}, b"{}")
    assert (answer.status, answer.problem) == (None, "it took longer than 0.3 s")


def test_a_program_asks_for_webhooks_of_its_own(installation):
    url = "https://hooks.example/grades"
    with asking(installation, at=NOW) as client:
        other = bearer(issue(installation, at=NOW))
        made = client.post("/v1/webhooks", json={"url": url}).json()
        assert (made["url"], made["state"], made["purpose"]) == (url, "delivering", "routine")
        place = f"/v1/webhooks/{made['id']}"
        assert client.get("/v1/webhooks").json() == {"webhooks": [made]}
        assert client.get(place).json() == made
        assert client.get(f"{place}/deliveries").json() == {"deliveries": [], "next": None}
        assert client.post(f"{place}/resume").json() == made
        for method, path in (("GET", place), ("DELETE", place), ("POST", f"{place}/resume"),
                             ("GET", f"{place}/deliveries")):  # fmt: skip
            answer = client.request(method, path, headers=other)
            assert (answer.status_code, answer.json()["title"]) == (404, "Unknown webhook")
        assert client.delete(place).json() == made
        assert client.get(place).status_code == 404
        refused = client.post("/v1/webhooks", json={"url": "https://10.0.0.1/"})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.url")
        for _ in range(10):
            assert client.post("/v1/webhooks", json={"url": url}).status_code == 200
        assert "10 webhooks at most" in client.post("/v1/webhooks", json={"url": url}).text


def test_who_resumes_a_webhook_answers_for_it(installation):
    first = issue(installation, at=NOW)
    with asking(installation, at=NOW) as client:
        client.headers = bearer(first)
        url = "https://hooks.example/grades"
        place = f"/v1/webhooks/{client.post('/v1/webhooks', json={'url': url}).json()['id']}"
        client.headers = bearer(rotate(installation, first, NOW))
        assert client.get(place).status_code == 200
        assert client.post(f"{place}/resume").status_code == 200
        assert client.get(place).status_code == 200
        client.headers = bearer(first)
        assert client.get(place).status_code == 404


def test_a_key_that_took_the_place_of_another_has_its_webhooks(installation):
    url = "https://hooks.example/grades"
    with asking(installation, at=NOW) as client, keys_of(installation, NOW) as keys:
        made = [client.post("/v1/webhooks", json={"url": url}).json() for _ in range(MOST)]
        [before] = {each.key for each in webhooks_of(installation)}
        after = bearer(keys.rotate(before, YEAR).text)
        assert ids(client.get("/v1/webhooks", headers=after)) == {each["id"] for each in made}
        refused = client.post("/v1/webhooks", json={"url": url}, headers=after)
        assert (refused.status_code, "at most" in refused.text) == (422, True)
        place = f"/v1/webhooks/{made[0]['id']}"
        assert client.delete(place, headers=after).status_code == 200
        assert client.post("/v1/webhooks", json={"url": url}, headers=after).status_code == 200
        assert ids(client.get("/v1/webhooks")) == {each["id"] for each in made[1:]}


def test_no_id_can_be_taken_for_a_number_of_a_person_and_be_masked(webhooks, key):
    names = [webhooks.subscribe([key.id], f"https://{n}.example/", "routine", 0).id for n in "ab"]
    assert all(re.fullmatch(r"wh_[a-z]{20}", name) for name in names)
    assert len(set(names)) == 2


def test_who_runs_the_service_sees_the_webhooks_of_all(
    installation, deliverer, receiver, webhooks, keys, key
):
    receiver.status = 503
    failing = webhooks.subscribe([key.id], f"{receiver.url}&token=secret", "routine", 0)
    revoked = keys.issue("another test", Grant(Role.SUPERVISOR), "program", YEAR).key
    paused = webhooks.subscribe([revoked.id], receiver.url, "routine", 0)
    keys.revoke(revoked.id)
    deliverer().round()
    with asking(installation, Grant(Role.ADMINISTRATOR), at=NOW) as client:
        answer = client.get("/v1/subscriptions", headers={"X-Purpose": ""})
    told = {each["id"]: each for each in answer.json()["subscriptions"]}
    one, two = told[failing.id], told[paused.id]
    assert (one["holder"], one["host"], one["state"]) == ("a test", "localhost", "retrying")
    assert (one["attempts"], one["problem"]) == (1, "it answered 503, expected 200 to 299")
    assert one["behind"] > 20
    assert (two["key"], two["holder"], two["state"]) == (revoked.id, "another test", "paused")
    assert "was revoked" in two["problem"]
    assert "secret" not in answer.text


def test_the_keys_that_sign_are_public_and_kept(installation):
    with asking(installation, at=NOW) as client:
        listed = client.get("/v1/webhook-keys", headers={"Authorization": ""}).json()["keys"]
    assert listed == public_keys(installation)
    with closing(Ledger(installation.ledger)):
        assert [path.stat().st_mode & 0o077 for path in installation.keys.glob("webhooks/*")] == [0]
