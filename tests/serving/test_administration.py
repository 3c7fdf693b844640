"""Keys and accounts over HTTP: what is given, by whom, and what nobody gets by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from xinheng.core.errors import StorageError
from xinheng.serving.access import Grant, Permission, Role, Scope

from .access.world import SUPERVISOR, WORDS
from .administering import ADMINISTRATOR, Administrator, administered, own_key
from .keyed import bearer, issue
from .signing import enter, entered
from .test_problems import check

P = Permission


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with administered(tmp_path_factory) as found:
        yield found


@pytest.fixture
def service(running):
    return running.anew()


@pytest.fixture
def wang(service):
    return service.wang


@pytest.fixture
def zhao(service):
    return service.zhao


def done(response, status=200):
    assert response.status_code == status, response.text
    return response.json()


def refused(response, status=403, kind="forbidden"):
    return check(response, status, kind)["detail"]


# ---------------------------------------------------------------- keys


def test_a_key_is_issued_and_its_text_is_told_once(service, wang, zhao):
    response = wang.issue(sources=["city-market"])
    issued = done(response, 201)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["location"] == f"/v1/keys/{issued['key']['id']}"
    by_key = service.by(issued["secret"])
    assert (issued["key"]["state"], by_key.get("/v1/indicators").status_code) == ("waits", 401)
    assert "somebody else has to agree" in refused(wang.agree_to_key(issued["key"]["id"]))
    assert done(zhao.agree_to_key(issued["key"]["id"]))["state"] == "valid"
    assert by_key.get("/v1/indicators").status_code == 200
    assert "waits for nobody" in refused(zhao.agree_to_key(issued["key"]["id"]), 409, "conflict")
    for url in ("/v1/keys", f"/v1/keys/{issued['key']['id']}", "/v1/access/history"):
        assert issued["secret"] not in wang.get(url).text
    entry = service.last(f"key {issued['key']['id']}", "issue key")
    assert entry["actor"] == "account wang"
    assert entry["detail"]["grant"]["districts"] == ["440304"]
    assert issued["secret"] not in str(entry)


def test_a_key_of_a_district_that_nobody_has_is_told_to_be_one(wang):
    assert done(wang.issue(districts=["440399"]), 201)["unknown_districts"] == ["440399"]


def test_a_key_is_rotated_and_revoked(service, wang):
    first = service.issued()
    name = first["key"]["id"]
    second = done(wang.rotate(name, days=60, overlap=3), 201)
    assert service.by(second["secret"]).get("/v1/indicators").status_code == 401
    done(service.zhao.agree_to_key(second["key"]["id"]))
    assert second["key"]["after"] == second["old"]["id"] == name
    assert second["old"]["state"] == "ends soon"
    assert service.key(name).expires == service.clock() + timedelta(days=3)
    assert done(wang.revoke(name))["state"] == "revoked"
    assert service.by(first["secret"]).get("/v1/indicators").status_code == 401
    assert service.by(second["secret"]).get("/v1/indicators").status_code == 200
    assert service.last(f"key {name}", "revoke key")["detail"]["before"] == {"state": "ends soon"}
    assert refused(wang.rotate(name), 422, "invalid-request")


WRONG = {
    "no such role": ({"role": "emperor"}, 422, "invalid-request"),
    "no such channel": ({"channel": "pigeon"}, 422, "invalid-request"),
    "no time": ({"days": 0}, 422, "invalid-request"),
    "two years": ({"days": 731}, 422, "invalid-request"),
    "no district": ({"role": "department", "districts": None}, 422, "invalid-request"),
    "too much": ({"permissions": ["decide"]}, 422, "invalid-request"),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_key_that_cannot_be_is_not_issued(wang, how):
    more, status, kind = WRONG[how]
    body = {"holder": "bureau", "grant": {"role": "department", "districts": ["440304"]}}
    inner = {name: more.pop(name) for name in ("role", "permissions", "districts") if name in more}
    before = len(done(wang.get("/v1/keys?limit=1000"))["keys"])
    sent = body | more | {"grant": body["grant"] | inner}
    check(wang.browser.post("/v1/keys", json=sent), status, kind)
    assert len(done(wang.get("/v1/keys?limit=1000"))["keys"]) == before


def test_keys_are_listed_page_by_page_each_once(wang):
    for _ in range(5):
        done(wang.issue("consumer"), 201)
    whole = [each["id"] for each in done(wang.get("/v1/keys?limit=1000&role=consumer"))["keys"]]
    found, after = [], ""
    while after is not None:
        page = done(wang.get(f"/v1/keys?limit=2&role=consumer&after={after}"))
        found += [each["id"] for each in page["keys"]]
        after = page["next"]
    assert found == whole
    assert len(whole) >= 5
    assert done(wang.get("/v1/keys?state=revoked&role=consumer"))["keys"] == []


def test_a_list_that_did_not_change_is_not_sent_again(wang):
    done(wang.issue("consumer"), 201)
    for url in ("/v1/keys", "/v1/accounts", "/v1/accounts/wang", "/v1/roles", "/v1/channels"):
        tag = wang.get(url).headers["etag"]
        assert wang.get(url, headers={"If-None-Match": tag}).status_code == 304
    tag = wang.get("/v1/keys").headers["etag"]
    done(wang.issue("consumer"), 201)
    assert wang.get("/v1/keys", headers={"If-None-Match": tag}).status_code == 200


# ---------------------------------------------------------------- accounts


def test_an_account_is_made_and_its_person_chooses_the_password(service, wang):
    code = service.invited()
    assert done(wang.get("/v1/accounts/chen"))["state"] == "set-up"
    assert enter(service.browser(), "chen").status_code == 401
    assert service.set_up("CHEN ", code).status_code == 401
    assert service.set_up("Chen", code.upper()).status_code == 204
    assert entered(service.browser(), "chen")["role"] == "inspector"
    assert refused(service.set_up("chen", code), 401, "not-authenticated")
    actions = [row["action"] for row in service.audited("account chen")]
    assert {"add account", "offer set-up", "hold account", "agree to account"} <= {*actions}
    assert "set password" in actions
    for half in code.split("-"):
        assert half not in str(service.audited("account chen"))


def test_what_an_administrator_may_themselves_is_given_alone(service, wang):
    made = done(wang.add("chen", "auditor", permissions=["read catalogue"]), 201)
    assert (made["account"]["state"], made["half"]) == ("set-up", False)
    assert service.set_up("chen", made["setup_code"]).status_code == 204
    issued = done(wang.issue("auditor", permissions=["read catalogue"]), 201)
    assert issued["key"]["state"] == "valid"
    assert service.by(issued["secret"]).get("/v1/indicators").status_code == 200


def test_a_code_is_over_after_a_week(service):
    code = service.invited()
    service.clock.wait(days=7)
    assert service.set_up("chen", code).status_code == 401


def test_a_password_that_is_not_good_enough_leaves_the_code_as_it_was(service):
    code = service.invited()
    assert service.set_up("chen", code, "short").status_code == 422
    assert service.set_up("chen", code).status_code == 204


def test_whoever_guesses_codes_is_slowed_down(service, wang):
    done(wang.add("chen"), 201)
    browser = service.browser()
    body = {"name": "chen", "code": "00" * 10, "new": WORDS}
    statuses = [browser.post("/v1/session/set-up", json=body).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    assert service.last("account chen", "was kept out")["actor"] == "nobody"


def test_a_reset_takes_the_password_away_and_keeps_the_factor(service, wang, zhao):
    service.set_up("chen", service.invited())
    service.give_factor("chen")
    reset = done(wang.change("chen", "reset"))
    assert (reset["half"], reset["account"]["second_factor"]) == (True, True)
    assert enter(service.browser(), "chen").status_code == 401
    code = f"{reset['setup_code']}-{done(zhao.change('chen', 'agree'))['setup_code']}"
    assert service.set_up("chen", code).status_code == 204
    assert enter(service.browser(), "chen").status_code == 401
    code = service.code(service.secrets["chen"])
    assert enter(service.browser(), "chen", code=code).status_code == 200


def test_an_account_is_disabled_and_enabled_and_its_sessions_end(service, wang):
    li = service.browser()
    entered(li)
    assert done(wang.change("li", "disable"))["account"]["state"] == "disabled"
    assert li.get("/v1/session").status_code == 401
    assert enter(service.browser()).status_code == 401
    entry = service.last("account li", "disable account")
    assert (entry["actor"], entry["detail"]["before"]) == ("account wang", {"disabled": None})
    assert done(wang.change("li", "enable"))["account"]["state"] == "in use"
    entered(li)
    assert done(wang.change("li", "sign out")) == {"account": "li", "sessions": 1}


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
