"""People change what they sign in with, and whoever only has their session does not."""

import pytest

from xinheng.core.errors import OutageError, StorageError
from xinheng.serving.problem import SECRETS

from .access.world import WORDS
from .keyed import bearer, issue
from .signing import GUESS, NAME, enter, entered, running, secret_of

OTHER = "other words altogether"
PASSWORD, FACTOR = "/v1/session/password", "/v1/session/factor"
NEW = {"password": WORDS, "new": OTHER}
ASKED = {
    "a password": ("POST", PASSWORD, NEW),
    "a factor": ("POST", FACTOR, {"password": WORDS}),
    "a code": ("PUT", FACTOR, {"code": "123456"}),
}
PROVED = [name for name in ASKED if name != "a code"]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running(tmp_path_factory) as found:
        yield found


@pytest.fixture
def people(service):
    return service.anew()


@pytest.fixture
def browser(people):
    """A browser in which `li` is signed in, and which sends what pages of the session do."""
    found = people.browser()
    found.headers["X-CSRF-Token"] = entered(found)["csrf"]
    return found


def ask(browser, what, **more):
    method, url, body = ASKED[what]
    return browser.request(method, url, json=body | more)


def acts(people, before=0):
    return [(row["actor"], row["action"]) for row in people.audited("account li")[before:]]


# ---------------------------------------------------------------- what it is for


def test_a_password_is_changed_by_whoever_knows_the_one_before(people, browser):
    other = people.browser()
    entered(other)
    changed = ask(browser, "a password")
    assert (changed.status_code, changed.content) == (204, b"")
    assert NAME not in browser.cookies
    assert people.sessions() == []
    assert other.get("/v1/session").status_code == 401
    assert enter(people.browser()).status_code == 401
    assert entered(people.browser(), password=OTHER)["actor"] == "account li"
    assert ("account li", "set password") in acts(people)


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(people, browser):
    offered = ask(browser, "a factor")
    assert offered.status_code == 200
    assert offered.headers["cache-control"] == "no-store"
    secret = offered.json()["secret"]
    assert secret == secret_of(offered.json()["uri"])
    assert enter(people.browser()).status_code == 200
    assert ask(browser, "a code", code=people.code(secret)).status_code == 204
    assert people.sessions() == []
    assert enter(people.browser()).status_code == 401
    people.clock.wait(seconds=30)
    assert enter(people.browser(), code=people.code(secret)).status_code == 200
    wanted = [("account li", "offer second factor"), ("account li", "confirm second factor")]
    assert [each for each in acts(people) if "factor" in each[1]][-2:] == wanted


def test_a_second_factor_is_replaced_by_whoever_has_the_one_before(people):
    old = people.factor()
    people.clock.wait(seconds=30)
    browser = people.browser()
    browser.headers["X-CSRF-Token"] = entered(browser, code=people.code(old))["csrf"]
    people.clock.wait(seconds=30)
    assert ask(browser, "a factor").status_code == 403
    new = ask(browser, "a factor", code=people.code(old)).json()["secret"]
    assert new != old
    assert ask(browser, "a code", code=people.code(new, -9)).status_code == 403
    assert ask(browser, "a code", code=people.code(new)).status_code == 204
    people.clock.wait(seconds=30)
    assert enter(people.browser(), code=people.code(old)).status_code == 401
    assert enter(people.browser(), code=people.code(new)).status_code == 200


# ---------------------------------------------------------------- who only has a session


@pytest.mark.parametrize("what", PROVED)
def test_a_session_alone_changes_nothing(people, browser, what):
    before = len(people.audited("account li"))
    refused = ask(browser, what, password=GUESS)
    assert refused.status_code == 403
    assert "password or code" in refused.json()["detail"].lower()
    assert GUESS not in refused.text
    assert acts(people, before) == [("nobody", "was kept out")]
    assert browser.get("/v1/session").status_code == 200
    assert enter(people.browser()).status_code == 200


def test_whoever_guesses_in_a_session_is_slowed_down_as_at_the_door(people, browser):
    statuses = [ask(browser, "a password", password=GUESS).status_code for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    assert "retry-after" in ask(browser, "a factor").headers
    people.clock.wait(minutes=15)
    assert ask(browser, "a password").status_code == 204


def test_a_secret_is_confirmed_where_one_was_offered(people, browser):
    assert ask(browser, "a code").status_code == 403
    secret = ask(browser, "a factor").json()["secret"]
    statuses = {ask(browser, "a code", code=f"{people.code(secret)}0").status_code}
    assert statuses == {403}
    assert enter(people.browser()).status_code == 200


@pytest.mark.parametrize("what", ASKED)
def test_without_a_session_nothing_is_changed(people, what):
    assert ask(people.browser(), what).status_code == 401
    stale = people.browser()
    stale.cookies.set(NAME, "made-up")
    assert ask(stale, what).status_code == 401
    assert enter(people.browser()).status_code == 200


@pytest.mark.parametrize("what", ASKED)
def test_a_key_has_no_password(people, what):
    browser = people.browser()
    browser.headers.update(bearer(issue(people.settings, at=people.clock())))
    assert ask(browser, what).status_code == 401


@pytest.mark.parametrize("what", ASKED)
def test_another_page_changes_nothing(people, browser, what):
    browser.headers["X-CSRF-Token"] = "0" * 64
    assert ask(browser, what).status_code == 403
    del browser.headers["X-CSRF-Token"]
    assert ask(browser, what).status_code == 403
    browser.headers["Origin"] = "https://evil.example"
    assert ask(browser, what).status_code == 403
    assert enter(people.browser()).status_code == 200


@pytest.mark.parametrize("what", ASKED)
def test_who_signs_in_elsewhere_changes_it_there(people, what):
    browser = people.browser()
    sessions = people.client.app_state["access"].sessions
    begun = sessions.begin("oidc city/00u-li", people.add("chen").grant, "console")
    browser.cookies.set(NAME, begun.token)
    browser.headers["X-CSRF-Token"] = begun.csrf
    refused = ask(browser, what)
    assert refused.status_code == 403
    assert "there" in refused.json()["detail"]


# ---------------------------------------------------------------- what is sent


REFUSED = {
    "the same": WORDS,
    "a short one": "short",
    "a common one": "Password12345",
    "its name": "this is the account of li",
}


@pytest.mark.parametrize("how", [name for name in REFUSED if name != "its name"])
def test_a_password_that_is_not_good_enough_is_none(people, browser, how):
    refused = ask(browser, "a password", new=REFUSED[how])
    assert refused.status_code == 422
    assert REFUSED[how] not in refused.text
    assert enter(people.browser()).status_code == 200
    assert "set password" not in [action for _, action in acts(people)][-2:]


@pytest.mark.parametrize("what", ASKED)
def test_nothing_that_is_sent_is_repeated(browser, what):
    refused = ask(browser, what, passwort="words that were typed")
    assert refused.status_code == 422
    assert "words that were typed" not in refused.text
    assert all(each["value"] is None for each in refused.json()["errors"])


def test_each_route_to_which_a_secret_is_sent_is_known_as_one(people):
    description = people.app.openapi()
    secret = {
        operation["operationId"]
        for operations in description["paths"].values()
        for operation in operations.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if {"password", "code"} & description["components"]["schemas"]
        .get(content["schema"].get("$ref", "").rpartition("/")[2], {})
        .get("properties", {})
        .keys()
    }  # fmt: skip
    assert secret == set(SECRETS)


# ---------------------------------------------------------------- outages


@pytest.mark.parametrize("what", ["a password", "a factor"])
def test_what_cannot_be_written_down_is_not_done(people, browser, what, monkeypatch):
    def full(*_, **__):
        raise StorageError("the disk is full")

    monkeypatch.setattr("xinheng.ledger.ledger.Trail.begin", full)
    refused = ask(browser, what)
    monkeypatch.undo()
    assert refused.status_code == 503
    assert enter(people.browser()).status_code == 200


def test_without_the_ledger_nothing_is_changed(people, browser, monkeypatch):
    def gone(*_):
        raise OutageError("the ledger does not answer")

    access = people.client.app_state["access"]
    with monkeypatch.context() as patched:
        patched.setattr(type(access.accounts._store), "get", gone)
        assert ask(browser, "a password").status_code == 503
    assert enter(people.browser()).status_code == 200
