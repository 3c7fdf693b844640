"""People sign in and out over HTTP, and whoever attacks that gets nothing."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from xinheng.core.errors import OutageError, StorageError
from xinheng.ledger import Ledger
from xinheng.serving.access import Account, Grant, Passwords, Role, Scope, Session
from xinheng.serving.access.accounts import WRONG
from xinheng.serving.access.rows import TABLES
from xinheng.serving.entrance import door

from ..archive.department import ALPHA
from .access.world import WORDS
from .signing import DEVICE, GUESS, NAME, SAFE, enter, entered, running

GRADE = f"/v1/enterprises/{ALPHA}/grade"
SCORES = {"enterprises": [ALPHA]}
FOR = {"X-Purpose": "routine"}
NOBODY = "an account that there is not"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running(tmp_path_factory) as found:
        yield found


@pytest.fixture
def people(service):
    """The service with an account `li` made anew, and nothing remembered."""
    return service.anew()


def cookies(response):
    """The cookies of a response, each with what is said of it."""
    lines = [line.split("; ") for line in response.headers.get_list("set-cookie")]
    return {line[0].partition("=")[0]: sorted(line[1:]) for line in lines}


def shown(response):
    """What a response says, but for what names this one request."""
    found = response.json()
    assert found.pop("instance")
    return response.status_code, found


# ---------------------------------------------------------------- what it is for


def test_whoever_signs_in_is_known_from_then_on(people):
    browser = people.browser()
    found = entered(browser)
    assert (found["actor"], found["role"], found["channel"]) == (
        "account li", "supervisor", "console",
    )  # fmt: skip
    assert browser.get("/v1/session").json() == found
    assert browser.get(GRADE, headers=FOR).status_code == 200
    assert people.browser().get(GRADE, headers=FOR).status_code == 401


def test_the_answer_says_what_may_be_done_and_until_when(people):
    scope = Scope(districts=frozenset({"440304"}))
    people.add("zhao", Grant(Role.INSPECTOR, scope))
    found = entered(people.browser(), "zhao", channel="inspection_app")
    assert (found["districts"], found["categories"]) == (["440304"], None)
    assert "read grade" in found["permissions"]
    assert found["idle_minutes"] == 30
    hours = timedelta(hours=12)
    assert found["ends"] == f"{people.clock() + hours:%Y-%m-%dT%H:%M:%SZ}"


def test_cookies_are_this_hosts_own_and_no_scripts(people):
    response = enter(people.browser())
    mine = ["HttpOnly", "Path=/", "SameSite=strict", "Secure"]
    assert cookies(response) == {NAME: mine, DEVICE: sorted([*mine, "Max-Age=31536000"])}
    assert response.headers["cache-control"] == "no-store"
    token = response.cookies[NAME]
    assert token not in response.text


def test_on_a_machine_of_ones_own_it_goes_without_https(people):
    response = enter(people.browser("http://localhost"))
    assert cookies(response)["xinheng"] == ["HttpOnly", "Path=/", "SameSite=strict"]


def test_signing_out_ends_the_session_and_nobody_elses(people):
    browser, other = people.browser(), people.browser()
    csrf, _ = entered(browser)["csrf"], entered(other)
    token = browser.cookies[NAME]
    response = browser.delete("/v1/session", headers={"X-CSRF-Token": csrf})
    assert (response.status_code, response.content) == (204, b"")
    assert NAME not in browser.cookies
    assert other.get("/v1/session").status_code == 200
    again = people.browser()
    again.cookies.set(NAME, token)
    assert again.get(GRADE, headers=FOR).status_code == 401
    assert browser.delete("/v1/session").status_code == 204


def test_a_session_ends_when_nobody_asks_and_in_any_case(people):
    browser = people.browser()
    entered(browser)
    people.clock.wait(minutes=29)
    assert browser.get(GRADE, headers=FOR).status_code == 200
    people.clock.wait(minutes=31)
    assert browser.get(GRADE, headers=FOR).status_code == 401
    entered(browser)
    for _ in range(12 * 60 // 25):
        people.clock.wait(minutes=25)
        last = browser.get("/v1/session").status_code
    assert last == 200
    people.clock.wait(minutes=25)
    assert browser.get("/v1/session").status_code == 401


def test_who_came_and_went_is_in_the_audit(people):
    before = len(people.audited("account li"))
    browser = people.browser(address="198.51.100.77")
    enter(browser, password=GUESS)
    csrf = entered(browser)["csrf"]
    browser.delete("/v1/session", headers={"X-CSRF-Token": csrf})
    told = people.audited("account li")[before:]
    assert [(row["actor"], row["action"]) for row in told] == [
        ("nobody", "was kept out"), ("account li", "sign in"), ("account li", "sign out"),
    ]  # fmt: skip
    assert {row["detail"]["from"] for row in told} == {"198.51.100.0/24"}
    assert told[0]["detail"]["why"] == "not proved"
    assert GUESS not in str(told)


# ---------------------------------------------------------------- guessing


def test_whatever_is_wrong_the_answer_is_the_same(people):
    secret = people.factor()
    people.add("off")
    with people.desk() as desk:
        desk.disable("off")
    people.clock.wait(seconds=90)
    tried = [
        {"name": "nobody"},
        {"name": "off"},
        {"password": GUESS},
        {},
        {"code": "000000"},
        {"code": people.code(secret, -3)},
    ]
    found = [shown(enter(people.browser(), **given)) for given in tried]
    assert found[0][0] == 401
    assert found[0][1]["detail"].casefold().startswith(WRONG.casefold())
    assert all(each == found[0] for each in found)
    assert people.sessions() == []


@pytest.mark.parametrize("name", ["li", "nobody"])
def test_guessing_slows_down_for_every_name_alike(people, name):
    browser = people.browser()
    statuses = [enter(browser, name, GUESS).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    refused = enter(browser, name, WORDS)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["type"] == "urn:xinheng:problem:too-many-requests"
    people.clock.wait(seconds=1)
    assert enter(browser, name).status_code == (200 if name == "li" else 401)


def test_of_a_name_that_nobody_has_as_much_is_written_down(people):
    def written(name):
        subject = "account chen" if name == "chen" else NOBODY
        before = people.audited(subject)
        browser = people.browser()
        for _ in range(7):
            enter(browser, name, GUESS)
        rows = people.audited(subject)[len(before) :]
        return [(row["actor"], row["action"], row["detail"]["why"]) for row in rows]

    people.add("chen")
    assert written("chen") == written("someone-else")
    assert len(written("a-third")) == 6


def test_what_was_typed_for_a_name_is_not_written_down(people):
    typed = "my-passw0rd-in-the-wrong-box"
    enter(people.browser(), typed, GUESS)
    assert typed not in str(people.audited(NOBODY))


def test_a_device_that_was_here_before_is_not_held_up_by_strangers(people):
    known, stranger = people.browser(), people.browser()
    entered(known)
    for _ in range(6):
        enter(stranger, password=GUESS)
    assert enter(stranger).status_code == 429
    assert enter(known).status_code == 200
    assert DEVICE not in enter(known).headers.get("set-cookie", "")


def test_an_address_does_not_come_as_often_as_it_likes(people, monkeypatch):
    monkeypatch.setattr(door, "TRIES", door.Limit(rate=0.01, burst=3))
    browser = people.browser()
    statuses = [enter(browser, f"n{number}", GUESS).status_code for number in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    refused = browser.get("/v1/sign-in")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert enter(people.browser()).status_code == 200


def test_a_crowd_waits_outside(people, monkeypatch):
    monkeypatch.setattr(door, "WAITING", 0)
    refused = enter(people.browser())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")


def test_made_up_sessions_are_counted_as_guesses(people):
    browser = people.browser()
    statuses = set()
    for number in range(70):
        browser.cookies.set(NAME, f"made-up-{number}")
        statuses.add(browser.get("/v1/session").status_code)
    assert statuses == {401, 429}


# ---------------------------------------------------------------- replay and fixation


def test_no_code_counts_twice(people):
    secret = people.factor()
    people.clock.wait(seconds=60)
    now = people.code(secret)
    assert enter(people.browser(), code=now).status_code == 200
    assert enter(people.browser(), code=now).status_code == 401


def test_a_session_is_new_and_the_one_before_it_over(people):
    browser = people.browser()
    entered(browser)
    first = browser.cookies[NAME]
    entered(browser)
    assert browser.cookies[NAME] != first
    assert people.sessions() == ["account li"]


def test_a_session_that_somebody_planted_is_not_taken_up(people):
    attacker, victim = people.browser(), people.browser()
    entered(attacker)
    planted = attacker.cookies[NAME]
    victim.cookies.set("xinheng", planted)
    assert victim.get("/v1/session").status_code == 401
    assert victim.get(GRADE, headers=FOR).status_code == 401
    people.add("zhao")
    victim = people.browser()
    response = enter(victim, "zhao", headers={"Cookie": f"{NAME}={planted}"})
    assert response.cookies[NAME] != planted
    assert victim.get("/v1/session").json()["actor"] == "account zhao"
    assert people.sessions() == ["account zhao"]


def test_of_two_sessions_none_counts(people):
    browser = people.browser()
    entered(browser)
    twice = {"Cookie": f"{NAME}={browser.cookies[NAME]}; {NAME}=planted"}
    assert people.browser().get("/v1/session", headers=twice).status_code == 401


# ---------------------------------------------------------------- other sites


def test_what_is_posted_by_a_cookie_alone_is_refused(people):
    browser = people.browser()
    csrf = entered(browser)["csrf"]
    token = {"X-CSRF-Token": csrf}
    assert browser.post("/v1/scores", json=SCORES, headers=FOR).status_code == 403
    wrong = FOR | {"X-CSRF-Token": "0" * 64}
    assert browser.post("/v1/scores", json=SCORES, headers=wrong).status_code == 403
    elsewhere = FOR | token | {"Origin": "https://evil.example"}
    assert browser.post("/v1/scores", json=SCORES, headers=elsewhere).status_code == 403
    own = FOR | token | {"Origin": SAFE}
    assert browser.post("/v1/scores", json=SCORES, headers=own).status_code == 200


def test_the_form_token_of_another_session_is_none(people):
    browser, other = people.browser(), people.browser()
    entered(browser)
    theirs = entered(other)["csrf"]
    refused = browser.delete("/v1/session", headers={"X-CSRF-Token": theirs})
    assert refused.status_code == 403
    assert browser.delete("/v1/session").status_code == 403
    assert browser.get("/v1/session").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver", ""])
def test_another_site_signs_nobody_in(people, origin):
    refused = enter(people.browser(), headers={"Origin": origin})
    assert refused.status_code == 403
    assert people.sessions() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_signs_nobody_in(people, kind):
    body = json.dumps({"name": "li", "password": WORDS})
    headers = {"Content-Type": kind}
    refused = people.browser().post("/v1/session", content=body, headers=headers)
    assert refused.status_code == 422
    assert people.sessions() == []


def test_nobody_signs_in_in_the_clear(people):
    refused = enter(people.browser("http://testserver"))
    assert (refused.status_code, "https" in refused.json()["detail"]) == (403, True)


# ---------------------------------------------------------------- bodies


BODIES = {
    "a long name": {"name": "n" * 201},
    "a long password": {"password": "p" * 1_001},
    "no password": {"password": ""},
    "a long code": {"code": "1" * 21},
    "a list for a password": {"password": [WORDS]},
    "a field too many": {"passwort": WORDS},
    "a channel of programs": {"channel": "program"},
    "no channel": {"channel": "fax"},
}


@pytest.mark.parametrize("how", BODIES)
def test_what_cannot_be_meant_costs_no_hash_and_is_not_repeated(people, how, monkeypatch):
    def hashed(*_):
        raise AssertionError

    monkeypatch.setattr(Passwords, "verify", hashed)
    refused = enter(people.browser(), **BODIES[how])
    assert refused.status_code == 422
    said = refused.json()
    assert WORDS not in refused.text
    assert all(each["value"] is None for each in said["errors"])


def test_a_body_that_is_no_object_is_not_repeated(people):
    body = json.dumps(f"li:{WORDS}")
    refused = people.browser().post("/v1/session", content=body)
    assert refused.status_code == 422
    assert WORDS not in refused.text


def test_a_body_of_megabytes_is_not_read(people):
    assert enter(people.browser(), password="p" * 1_500_000).status_code == 413


@pytest.mark.parametrize("text", ["\\ud800", "a\\u0000b", "\\u202e", " ", "李", "\\ufdfa" * 190])
def test_odd_letters_are_nobodys_name(people, text):
    body = f'{{"name": "{text}", "password": "{text}"}}'
    headers = {"Content-Type": "application/json"}
    refused = people.browser().post("/v1/session", content=body, headers=headers)
    assert refused.status_code in {401, 422}


# ---------------------------------------------------------------- live sessions


ENDING = {
    "disabled": lambda desk: desk.disable("li"),
    "another password": lambda desk: desk.set_password("li", "other words altogether"),
    "another grant": lambda desk: desk.regrant("li", Grant(Role.AUDITOR)),
    "signed out": lambda desk: desk.end_sessions("account li"),
}


@pytest.mark.parametrize("how", ENDING)
def test_a_live_session_ends_with_what_it_stands_on(people, how):
    browser = people.browser()
    entered(browser)
    assert browser.get(GRADE, headers=FOR).status_code == 200
    with people.desk() as desk:
        ENDING[how](desk)
    assert browser.get(GRADE, headers=FOR).status_code == 401
    assert browser.get("/v1/session").status_code == 401


def test_a_session_stays_in_the_channel_in_which_it_began(people):
    browser = people.browser()
    entered(browser, channel="mini_program")
    grade = browser.get(GRADE, headers=FOR)
    assert set(grade.json()) == {"enterprise", "as_of", "level", "rules"}
    other = GRADE.replace("grade", "explanation")
    refused = browser.get(f"{other}?channel=program", headers=FOR | {"X-Channel": "program"})
    assert refused.status_code == 403


# ---------------------------------------------------------------- outages


def test_who_cannot_be_written_down_stays_out(people, monkeypatch):
    def full(*_, **__):
        raise StorageError("the disk is full")

    browser = people.browser()
    monkeypatch.setattr(Ledger, "begin_audit", full)
    refused = enter(browser)
    assert shown(refused)[1]["type"].endswith("audit-unavailable")
    assert NAME not in browser.cookies
    assert people.sessions() == []
    assert enter(people.browser(), password=GUESS).status_code == 503


def test_who_leaves_has_left_whether_it_can_be_written_down_or_not(people, monkeypatch):
    def full(*_, **__):
        raise StorageError("the disk is full")

    browser = people.browser()
    csrf = entered(browser)["csrf"]
    monkeypatch.setattr(Ledger, "begin_audit", full)
    assert browser.delete("/v1/session", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert people.sessions() == []


def test_without_the_ledger_nobody_signs_in(people, monkeypatch):
    def gone(*_):
        raise OutageError("the ledger does not answer")

    access = people.client.app_state["access"]
    monkeypatch.setattr(type(access.accounts._store), "get", gone)
    refused = enter(people.browser())
    assert shown(refused)[1]["type"].endswith("not-ready")


def test_a_row_of_another_version_is_told_as_an_outage_and_not_as_a_fault(people):
    browser = people.browser()
    entered(browser)
    with closing(Ledger.open(people.settings)) as ledger:
        for kind in (Account, Session):
            rows = ledger.holding(TABLES[kind], dict, dict)
            for key, row in [*rows.rows()]:
                rows.change(key, lambda _, row=row: row | {"tenant": "x"})
        for answer in (enter(people.browser()), browser.get(GRADE, headers=FOR)):
            assert shown(answer)[1]["type"].endswith("not-ready")
        for kind in (Account, Session):
            ledger.holding(TABLES[kind], dict, dict).prune(lambda _: True)
