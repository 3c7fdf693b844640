"""What is given over HTTP, by whom and by how many, and what nobody gets by it."""

from dataclasses import replace

import pytest

from xinheng.core.errors import StorageError
from xinheng.serving.access import Grant, Permission, Role, Scope

from .access.world import SUPERVISOR
from .administering import (
    ADMINISTRATOR,
    Administrator,
    done,
    own_key,
    refused,
    running,
    service,
    wang,
    zhao,
)
from .keyed import bearer, issue
from .signing import enter, entered
from .test_problems import check

__all__ = ["running", "service", "wang", "zhao"]

P = Permission


# ---------------------------------------------------------------- nobody gives alone


@pytest.mark.parametrize("role", ["supervisor", "administrator", "inspector", "auditor"])
def test_what_decides_or_administers_takes_two_people(service, wang, zhao, role):
    made = done(wang.add("chen", role), 201)
    assert (made["account"]["state"], made["half"]) == ("waits", True)
    assert made["account"]["giver"] == "account wang"
    assert service.set_up("chen", made["setup_code"]).status_code == 401
    assert "somebody else has to agree" in refused(wang.change("chen", "agree"))
    agreed = done(zhao.change("chen", "agree"))
    first, second = made["setup_code"], agreed["setup_code"]
    for half in (first, second, f"{second}-{first}"):
        assert service.set_up("chen", half).status_code == 401
    service.clock.wait(minutes=20)
    assert service.set_up("chen", f"{first}-{second}").status_code == 204
    assert entered(service.browser(), "chen")["role"] == role
    assert refused(zhao.change("chen", "agree"), 403, "proof-required")
    zhao.prove()
    assert "waits for nobody" in refused(zhao.change("chen", "agree"), 409, "conflict")


def test_who_is_given_power_is_let_in_by_nobody_who_knew_the_password(service, wang, zhao):
    code = done(wang.add("puppet", "auditor", permissions=["read catalogue"]), 201)["setup_code"]
    service.set_up("puppet", code)
    service.give_factor("puppet")
    raised = done(wang.grant("puppet", "supervisor"))
    assert (raised["account"]["second_factor"], raised["half"]) == (False, True)
    done(zhao.change("puppet", "agree"))
    code = service.code(service.secrets["puppet"])
    assert enter(service.browser(), "puppet", code=code).status_code == 401
    assert enter(service.browser(), "puppet").status_code == 401


@pytest.mark.parametrize("how", ["reset", "drop factor"])
def test_nobody_gets_into_an_account_that_decides_alone(service, wang, zhao, how):
    service.give_factor("li")
    held = done(wang.change("li", how))
    assert held["account"]["state"] == "waits"
    code = service.code(service.secrets["li"])
    assert enter(service.browser(), "li", code=code).status_code == 401
    assert "somebody else" in refused(wang.change("li", "agree"))
    done(wang.change("li", "enable"))
    assert service.account("li").giver == "account wang"
    done(zhao.change("li", "agree"))
    assert service.account("li").in_use


def test_a_second_account_of_one_person_agrees_to_nothing_of_the_first(service, wang):
    with service.desk() as desk:
        desk.set_person("zhao", "wang")
    other = Administrator(service, "zhao")
    done(wang.add("chen", "supervisor"), 201)
    assert "you gave" in refused(other.change("chen", "agree")).lower()
    by_key = service.by(own_key(service, "wang"))
    assert by_key.post("/v1/accounts/chen/agree").status_code == 403


def test_taking_power_away_waits_for_nobody(service, wang):
    few = ["read catalogue", "read grade"]
    lowered = done(wang.grant("li", "supervisor", permissions=few))
    assert (lowered["account"]["state"], lowered["setup_code"]) == ("in use", None)
    entry = [row for row in service.audited("account li") if row["action"] == "change grant"][-1]
    assert entry["detail"]["before"]["grant"] == {"role": "supervisor"}
    assert entry["detail"]["after"]["grant"] == {"role": "supervisor", "permissions": few}
    assert done(wang.grant("li", "auditor"))["account"]["state"] == "waits"


def test_what_waits_is_free_once_it_needs_nobody(wang):
    done(wang.add("chen", "supervisor"), 201)
    lowered = done(wang.grant("chen", "auditor", permissions=["read catalogue"]))
    assert (lowered["account"]["giver"], lowered["account"]["state"]) == (None, "set-up")


# ---------------------------------------------------------------- escalation


def test_a_key_that_an_administrator_issues_decides_nothing(service):
    issued = service.issued("supervisor")
    assert issued["key"]["person"] is None
    assert "decide" not in issued["key"]["allowed"]
    asked = service.browser().get("/v1/reviews", headers=bearer(issued["secret"], "review"))
    assert "nobody's" in refused(asked)


def test_a_key_that_an_administrator_issues_administers_nothing(service, wang):
    issued = done(wang.issue("administrator"), 201)
    by_key = service.by(issued["secret"])
    for method, url in (
        ("POST", "/v1/keys"),
        ("POST", "/v1/accounts"),
        ("POST", "/v1/accounts/li/disable"),
    ):
        assert "nobody's" in refused(by_key.request(method, url, json={}))


@pytest.mark.parametrize("person", ["li", "account li", "oidc city/00u-li"])
def test_nobody_issues_a_key_of_another_person(wang, person):
    body = {"holder": "bureau", "grant": {"role": "supervisor"}, "person": person}
    check(wang.browser.post("/v1/keys", json=body), 422, "invalid-request")


@pytest.mark.parametrize("role", ["supervisor", "auditor", "data scientist", "department"])
def test_a_key_of_ones_own_does_nothing_that_oneself_may_not(wang, role):
    assert "nothing that you may not" in refused(wang.issue(role, own=True))


def test_who_signs_in_elsewhere_makes_no_key_that_does_more_than_they(service):
    browser = service.browser()
    sessions = service.client.app_state["access"].sessions
    begun = sessions.begin("oidc city/00u-ops", ADMINISTRATOR, "console")
    browser.cookies.set("__Host-xinheng", begun.token)
    browser.headers["X-CSRF-Token"] = begun.csrf
    body = {"holder": "own", "grant": {"role": "supervisor"}, "own": True}
    assert "nothing that you may not" in refused(browser.post("/v1/keys", json=body))
    body["grant"] = {"role": "administrator"}
    assert done(browser.post("/v1/keys", json=body), 201)["key"]["person"] == "oidc city/00u-ops"


def test_nobody_sees_the_text_of_a_key_in_the_place_of_another_persons(service, wang):
    text = issue(service.settings, SUPERVISOR, at=service.clock(), person="account li")
    name = text[4:14]
    assert "could act as they do" in refused(wang.rotate(name))
    assert done(wang.revoke(name))["state"] == "revoked"


NARROW = Grant(
    Role.ADMINISTRATOR,
    Scope(
        permissions=frozenset({P.READ_ACCESS, P.MANAGE_KEYS, P.MANAGE_ACCOUNTS}),
        districts=frozenset({"440304"}),
    ),
)


def test_who_is_held_to_a_district_gives_nothing_beyond_it(service):
    qian = Administrator(service, "qian", NARROW)
    assert done(qian.issue(), 201)
    for response in (
        qian.issue(districts=["440304", "440305"]),
        qian.issue("data scientist"),
        qian.add("sun", "supervisor"),
        qian.change("li", "disable"),
        qian.change("li", "sign out"),
        qian.grant("li", "inspector", districts=["440304"]),
    ):
        assert "held to the districts 440304" in refused(response)
    wide = done(service.wang.issue(districts=["440305"]), 201)["key"]["id"]
    for response in (qian.rotate(wide), qian.revoke(wide)):
        assert "held to the districts" in refused(response)


def test_nobody_gives_a_power_that_they_lack(service):
    few = Scope(permissions=frozenset({P.READ_ACCESS, P.MANAGE_ACCOUNTS}))
    qian = Administrator(service, "qian", Grant(Role.ADMINISTRATOR, few))
    assert "manage keys" in refused(qian.issue())
    assert "lack it yourself" in refused(qian.add("sun", "administrator"))
    assert "lack it yourself" in refused(qian.change("wang", "reset"))
    assert done(qian.add("sun", "inspector"), 201)


@pytest.mark.parametrize("how", ["disable", "enable", "reset", "drop factor", "agree"])
def test_nobody_changes_their_own_account(wang, how):
    assert "is your own" in refused(wang.change("wang", how))
    assert "is your own" in refused(wang.grant("wang", "supervisor"))


def test_an_administrator_still_reads_no_grade(wang):
    browser = wang.browser
    for url in ("/v1/enterprises/x/grade", "/v1/changes", "/v1/audit", "/v1/reviews"):
        asked = browser.get(url, headers={"X-Purpose": "routine"})
        assert "no permission" in refused(asked)


# ---------------------------------------------------------------- the last one


def test_the_last_account_that_administers_is_not_taken_out_of_use(service):
    with service.desk() as desk:
        desk.disable("zhao")
    by_key = service.by(_elsewhere(service))
    for how in ("disable", "reset", "drop-factor"):
        told = refused(by_key.post(f"/v1/accounts/wang/{how}"), 409, "conflict")
        assert "the last in use" in told
    lowered = by_key.put("/v1/accounts/wang/grant", json={"role": "auditor"})
    assert "the last in use" in refused(lowered, 409, "conflict")
    assert service.account("wang").in_use


def _elsewhere(service):
    return issue(service.settings, ADMINISTRATOR, at=service.clock(), person="oidc city/00u-ops")


# ---------------------------------------------------------------- fresh proof


def test_ten_minutes_after_the_proof_it_is_asked_for_again(service, wang):
    done(wang.issue("consumer"), 201)
    service.clock.wait(minutes=10)
    detail = refused(wang.issue("consumer"), 403, "proof-required")
    assert "/v1/session/proof" in detail
    assert wang.get("/v1/keys").status_code == 200
    assert service.last("keys", "was refused")["detail"]["problem"] == "proof-required"
    proved = done(wang.prove())
    assert proved["actor"] == "account wang"
    done(wang.issue("consumer"), 201)


def test_a_wrong_proof_is_none(service, wang):
    service.clock.wait(minutes=10)
    wrong = {"password": "noodles of rice at noon", "code": "000000"}
    assert refused(wang.browser.post("/v1/session/proof", json=wrong))
    assert refused(wang.issue("consumer"), 403, "proof-required")


def test_who_has_no_second_factor_administers_nothing(service):
    service.add("qian", ADMINISTRATOR)
    browser = service.browser()
    browser.headers["X-CSRF-Token"] = entered(browser, "qian")["csrf"]
    body = {"holder": "bureau", "grant": {"role": "consumer"}}
    told = refused(browser.post("/v1/keys", json=body), 403, "proof-required")
    assert "second factor" in told


def test_a_page_of_another_site_changes_nothing(service, wang):
    wang.browser.headers["X-CSRF-Token"] = "0" * 64
    assert wang.issue("consumer").status_code == 403
    assert wang.change("li", "disable").status_code == 403
    assert service.account("li").in_use


# ---------------------------------------------------------------- changed meanwhile


def test_who_was_changed_meanwhile_does_nothing_more(service, wang, monkeypatch):
    access = service.client.app_state["access"]
    kept = access._by_session.look_up
    token = wang.browser.cookies["__Host-xinheng"]
    found = kept(token)
    monkeypatch.setattr(access._by_session, "known", lambda _: found)
    with service.desk() as desk:
        desk.accounts.change("wang", lambda row: replace(row, grant=SUPERVISOR))
    assert "changed meanwhile" in refused(wang.issue("consumer"))


def test_a_key_of_an_administrator_administers(service):
    by_key = service.by(own_key(service, "wang"))
    body = {"holder": "bureau", "grant": {"role": "consumer"}}
    issued = done(by_key.post("/v1/keys", json=body), 201)
    assert service.last(f"key {issued['key']['id']}", "issue key")["actor"].startswith("key ")
    with service.desk() as desk:
        desk.regrant("wang", Grant(Role.AUDITOR))
    assert by_key.post("/v1/keys", json=body).status_code == 403


def test_an_auditor_sees_and_changes_nothing(service):
    text = issue(service.settings, Grant(Role.AUDITOR), at=service.clock())
    by_key = service.by(text)
    for url in ("/v1/keys", "/v1/accounts", "/v1/access/history", "/v1/roles", "/v1/channels"):
        assert by_key.get(url).status_code == 200
    assert by_key.post("/v1/accounts/li/disable").status_code == 403


# ---------------------------------------------------------------- outages


def test_what_cannot_be_written_down_is_not_done(service, wang, monkeypatch):
    def full(*_, **__):
        raise StorageError("the disk is full")

    monkeypatch.setattr("xinheng.ledger.ledger.Trail.begin", full)
    check(wang.issue("consumer"), 503, "not-ready")
    monkeypatch.undo()
    assert service.account("li").in_use
