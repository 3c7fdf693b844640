"""People sign in elsewhere (OpenID Connect) over HTTP, and whoever attacks that does not."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from xinheng.serving.access import purge
from xinheng.serving.access.issuer import REFUSED

from ..archive.department import ALPHA
from .access.issuer import SHARED, MadeUpIssuer
from .installation import installation
from .signing import NAME, SAFE, SignedInTo

TICKET = "__Host-xinheng-sign-in"
START, BACK = "/v1/sign-in/city", "/v1/sign-in/city/back"
PROVIDER = f"""
issuer = "{{issuer}}"
client_id = "xinheng"
client_secret_file = "city.secret"
redirect_uri = "{SAFE}{BACK}"
channel = "console"
claim = "groups"
role = [{{{{ value = "food-supervision", role = "supervisor" }}}}]
"""
GROUPS = {"groups": ["food-supervision"]}


class Turned:
    """A clock that is that of a service which comes later."""

    service = None

    def __call__(self):
        return self.service.clock()


@pytest.fixture(scope="module")
def issuer():
    found = MadeUpIssuer(Turned())
    yield found
    found.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory, issuer):
    folder = tmp_path_factory.mktemp("elsewhere")
    sign_in = folder / "sign-in"
    sign_in.mkdir()
    (sign_in / "city.toml").write_text(PROVIDER.format(issuer=issuer.address))
    (sign_in / "city.secret").touch(0o600)
    (sign_in / "city.secret").write_text(SHARED)
    settings = installation(folder).model_copy(update={"sign_in": sign_in})
    monkeypatch = pytest.MonkeyPatch()
    service = SignedInTo(settings)
    issuer.clock.service = service
    with service.running(monkeypatch) as found:
        yield found
    monkeypatch.undo()


@pytest.fixture
def service(running, issuer):
    yield running
    issuer.claims, issuer.header, issuer.sign = {}, {}, None


def sent_back(browser, issuer, **claims):
    """Begin in a browser, and return with what the provider sends it back."""
    started = browser.get(START)
    assert started.status_code == 303
    return issuer.authorize(started.headers["location"], **(GROUPS | claims))


def test_somebody_signs_in_and_the_audit_says_who(service, issuer):
    browser = service.browser()
    response = browser.get(BACK, params=sent_back(browser, issuer))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "已登录" in response.text
    found = browser.get("/v1/session").json()
    assert (found["actor"], found["role"]) == ("oidc city/00u-li", "supervisor")
    headers = {"X-Purpose": "routine"}
    assert browser.get(f"/v1/enterprises/{ALPHA}/grade", headers=headers).status_code == 200
    assert service.audited("oidc city/00u-li")[-1]["action"] == "sign in"


def test_the_way_there_holds_what_binds_it_to_this_browser(service, issuer):
    browser = service.browser()
    started = browser.get(START)
    address = urlsplit(started.headers["location"])
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}" == issuer.address
    assert asked["redirect_uri"] == [SAFE + BACK]
    assert asked["code_challenge_method"] == ["S256"]
    [line] = started.headers.get_list("set-cookie")
    said = sorted(line.split("; ")[1:])
    assert said == ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=lax", "Secure"]
    assert browser.cookies[TICKET] not in started.headers["location"]


def refused(response):
    """Tell that a sign-in was refused in the one way, and left no session."""
    assert NAME not in response.cookies
    return response.status_code == 401 and response.json()["detail"] == REFUSED.capitalize() + "."


def test_an_answer_counts_once(service, issuer):
    browser = service.browser()
    answer = sent_back(browser, issuer)
    ticket = browser.cookies[TICKET]
    assert browser.get(BACK, params=answer).status_code == 200
    assert TICKET not in browser.cookies
    again = service.browser()
    again.cookies.set(TICKET, ticket)
    assert refused(again.get(BACK, params=answer))


def test_an_answer_counts_in_the_browser_that_asked(service, issuer):
    attacker, victim = service.browser(), service.browser()
    answer = sent_back(attacker, issuer, subject="attacker")
    assert refused(victim.get(BACK, params=answer))
    sent_back(victim, issuer)
    assert refused(victim.get(BACK, params=answer))


SPOILT = {
    "another state": lambda answer: answer | {"state": "x" * 43},
    "no state": lambda answer: {"code": answer["code"], "iss": answer["iss"]},
    "no code": lambda answer: {"state": answer["state"], "iss": answer["iss"]},
    "another code": lambda answer: answer | {"code": "code-999"},
    "another issuer": lambda answer: answer | {"iss": "https://evil.example"},
    "a refusal": lambda answer: answer | {"error": "access_denied", "code": ""},
    "two codes": lambda answer: [*answer.items(), ("code", "code-0")],
    "nothing": lambda _: {},
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_answer_that_does_not_fit_is_refused_in_the_same_words(service, issuer, how):
    browser = service.browser()
    answer = SPOILT[how](sent_back(browser, issuer))
    assert refused(browser.get(BACK, params=answer))


def test_a_token_of_another_sign_in_is_refused(service, issuer):
    browser = service.browser()
    answer = sent_back(browser, issuer)
    issuer.claims = {"nonce": "of another"}
    assert refused(browser.get(BACK, params=answer))
    assert service.audited("provider city")[-1]["action"] == "was kept out"


def test_whoever_has_no_role_stays_out(service, issuer):
    browser = service.browser()
    answer = sent_back(browser, issuer, groups=["canteen"])
    response = browser.get(BACK, params=answer)
    assert (response.status_code, "no role" in response.json()["detail"]) == (403, True)
    assert NAME not in browser.cookies


@pytest.mark.parametrize("name", ["next", "return_to", "redirect_uri", "url", "post_login"])
def test_nothing_that_is_sent_leads_elsewhere(service, issuer, name):
    browser = service.browser()
    started = browser.get(START, params={name: "https://evil.example"})
    assert "evil" not in started.headers["location"]
    answer = issuer.authorize(started.headers["location"], **GROUPS)
    response = browser.get(BACK, params=answer | {name: "https://evil.example"})
    assert response.status_code == 200
    assert "evil" not in response.text
    assert "location" not in response.headers


def test_the_session_before_is_over(service, issuer):
    browser = service.browser()
    browser.get(BACK, params=sent_back(browser, issuer, subject="first"))
    first = browser.cookies[NAME]
    browser.get(BACK, params=sent_back(browser, issuer, subject="second"))
    assert browser.cookies[NAME] != first
    assert "oidc city/first" not in service.sessions()


@pytest.mark.parametrize("name", ["town", "..%2f..", "city%00", "x" * 101])
def test_a_provider_that_there_is_not_is_said_to_be_none(service, name):
    response = service.browser().get(f"/v1/sign-in/{name}")
    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"


def test_the_providers_are_told(service):
    assert service.browser().get("/v1/sign-in").json() == {
        "providers": ["city"],
        "channels": ["console", "inspection_app", "mini_program"],
    }


def test_a_provider_that_is_gone_keeps_nobody_else_out(service, issuer):
    browser = service.browser()
    answer = sent_back(browser, issuer)
    issuer.pages["/token"] = b"<html>"
    response = browser.get(BACK, params=answer)
    del issuer.pages["/token"]
    assert (response.status_code, issuer.address in response.text) == (503, False)
    service.add("wang")
    body = {"name": "wang", "password": "rice noodles in the morning"}
    assert service.browser().post("/v1/session", json=body).status_code == 200


def test_what_nobody_ended_is_purged(service, issuer):
    browser = service.browser()
    browser.get(BACK, params=sent_back(browser, issuer))
    browser.get(START)
    service.clock.wait(hours=13)
    ledger, idle = service.client.app_state["live"].service.ledger, timedelta(minutes=30)
    found = purge(ledger, service.clock, idle)
    assert found["pending"] >= 1
    assert found["sessions"] >= 1
    service.clock.wait(hours=24)
    assert purge(ledger, service.clock, idle)["failures"] >= 0
    assert purge(ledger, service.clock, idle) == {"sessions": 0, "failures": 0, "pending": 0}
    assert browser.get("/v1/session").status_code == 401
