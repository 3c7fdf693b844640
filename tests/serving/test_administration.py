"""Keys and accounts over HTTP: issued and ended, made and set up."""

from datetime import timedelta

import pytest

from .access.world import WORDS
from .administering import done, refused, running, service, wang, zhao
from .signing import enter, entered
from .test_problems import check

__all__ = ["running", "service", "wang", "zhao"]


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
