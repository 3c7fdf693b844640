"""Nobody comes to a route who has not proved who they are, and may ask it, and says what for."""

from contextlib import closing
from datetime import timedelta
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from xinheng.core.errors import OutageError, StorageError
from xinheng.ledger import Holding, Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role, passes
from xinheng.serving.access.keys import REFUSED

from ..archive.department import ALPHA
from .districts import FUTIAN, districts
from .installation import HOSTS, NOW
from .keyed import YEAR, asking, bearer, held, issue, keys_of
from .test_problems import check

GRADE = f"/v1/enterprises/{ALPHA}/grade"
MODEL = "/v1/model"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return districts(tmp_path_factory.mktemp("gate"))


@pytest.fixture(scope="module")
def nobody(installed):
    """A client that sends nothing of its own."""
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def key(installed):
    return issue(installed)


SENT = {
    "nothing": lambda _: {},
    "empty": lambda _: {"Authorization": ""},
    "another scheme": lambda key: {"Authorization": f"Basic {key}"},
    "no scheme": lambda key: {"Authorization": key},
    "another name": lambda key: {"X-API-Key": key, "Cookie": f"key={key}"},
    "wrong check": lambda key: bearer(key[:-1] + ("0" if key[-1] != "0" else "1")),
    "of nobody": lambda _: bearer("xhk_0000000000_" + "0" * 49),
    "two in one": lambda key: {"Authorization": f"Bearer {key}, Bearer {key}"},
    "with a tail": lambda key: {"Authorization": f"Bearer {key}\u00a0".encode("latin-1")},
    "of the session": lambda key: {"Cookie": f"xinheng={key}"},
    "only its id": lambda key: bearer(key[:15] + "_"),
}
OVER = {
    "revoked": lambda keys, name: keys.revoke(name),
    "rotated": lambda keys, name: keys.rotate(name, YEAR, timedelta()),
    "expired": lambda *_: None,
}


def wrong(installed, key, how):
    """What is sent that proves nothing."""
    if how in SENT:
        return SENT[how](key)
    began, valid = (NOW - YEAR, YEAR) if how == "expired" else (NOW, YEAR)
    with keys_of(installed, began) as keys:
        issued = keys.issue("a test", Grant(Role.SUPERVISOR), "program", valid)
        OVER[how](keys, issued.key.id)
    return bearer(issued.text)


@pytest.mark.parametrize("how", [*SENT, *OVER])
def test_whoever_proves_nothing_is_told_how_to_and_nothing_else(installed, nobody, key, how):
    answer = nobody.get(GRADE, headers=wrong(installed, key, how) | {"X-Purpose": "routine"})
    problem = check(answer, 401, "not-authenticated")
    if how != "of the session":
        assert problem["detail"].lower() == f"{REFUSED}.".lower()
    assert answer.headers["www-authenticate"].startswith('Bearer realm="xinheng"')
    assert ("invalid_token" in answer.headers["www-authenticate"]) == (
        how not in {"nothing", "another name"}
    )
    assert "ratelimit" not in answer.headers


def test_a_key_in_the_address_is_not_accepted_and_said_to_be_no_secret_any_more(nobody, key):
    answer = nobody.get(f"{GRADE}?key={key}&access_token={key}", headers={"X-Purpose": "routine"})
    problem = check(answer, 401, "not-authenticated")
    assert "have it revoked" in problem["detail"]
    assert key not in answer.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_as_http_has_it(nobody, key, scheme):
    headers = {"Authorization": f"{scheme} {key}", "X-Purpose": "routine"}
    assert nobody.get(GRADE, headers=headers).status_code == 200


@pytest.mark.parametrize("name", ["Authorization", "X-Purpose"])
def test_what_stands_twice_is_not_believed(nobody, key, name):
    headers = [*bearer(key).items(), (name, bearer(key)[name])]
    problem = check(nobody.get(GRADE, headers=headers), 400, "bad-request")
    assert f"{name.lower()} stands twice" in problem["detail"]


@pytest.mark.parametrize(
    "name", ["X-Forwarded-User", "X-Actor", "X-Original-Authorization", "Proxy-Authorization",
             "X-HTTP-Method-Override", "Authorization_"],
)  # fmt: skip
def test_no_other_header_proves_anything(nobody, key, name):
    headers = {name: f"Bearer {key}", "X-Purpose": "routine"}
    check(nobody.get(GRADE, headers=headers), 401, "not-authenticated")


def test_nobody_is_looked_at_before_who_asks_is_known(nobody):
    """A body that cannot be read, a value that cannot be used: first of all, 401."""
    for answer in (
        nobody.post("/v1/scores", content=b"{", headers={"Content-Type": "application/json"}),
        nobody.get(f"/v1/enterprises/{'x' * 200}/grade?as_of=never"),
        nobody.get("/v1/enterprises/nobody/grade"),
    ):
        check(answer, 401, "not-authenticated")


@pytest.mark.parametrize("url", ["/healthz", "/readyz", "/docs", "/docs/start.js", "/openapi.json"])
def test_what_is_open_is_open(nobody, url):
    assert nobody.get(url).status_code == 200


def test_what_is_open_tells_nothing_of_the_data(nobody):
    for url in ("/healthz", "/readyz"):
        assert list(nobody.get(url).json()) == ["status"]


def test_a_key_that_is_revoked_is_refused_a_moment_later(installed, nobody, monkeypatch):
    monkeypatch.setattr(passes, "FRESH", 0.0)
    text = issue(installed)
    assert nobody.get(GRADE, headers=bearer(text)).status_code == 200
    with keys_of(installed) as keys:
        keys.revoke(text.split("_")[1])
    check(nobody.get(GRADE, headers=bearer(text)), 401, "not-authenticated")


def test_guesses_are_answered_so_often_and_hold_nobody_else_up(installed):
    key, guess = issue(installed), bearer("xhk_0000000000_" + "0" * 49)
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, client=("192.0.2.9", 1)) as guesser:
        answers = [guesser.get(GRADE, headers=guess) for _ in range(70)]
        assert {each.status_code for each in answers} == {401, 429}
        check(answers[-1], 429, "too-many-requests")
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert guesser.get(GRADE, headers=bearer(key)).status_code == 200


def refusals(settings, subject):
    with closing(Ledger(settings.ledger)) as ledger:
        return [row for row in ledger.audited(subject) if row["action"] == "was refused"]


@pytest.mark.parametrize(
    ("grant", "purpose", "status", "name", "words"),
    [
        (Grant(Role.AUDITOR), "routine", 403, "forbidden", "no permission to read grade"),
        (Grant(Role.SUPERVISOR), None, 422, "invalid-request", "No purpose was named"),
        (Grant(Role.SUPERVISOR), "curiosity", 422, "invalid-request", "no purpose"),
        (Grant(Role.SUPERVISOR), "case", 422, "invalid-request", "goes with the number"),
        (Grant(Role.SUPERVISOR), "model", 403, "forbidden", "not one of the role supervisor"),
        (held(Role.INSPECTOR, "440305"), "routine", 403, "beyond-reach", "districts 440305"),
    ],
    ids=["permission", "no purpose", "unknown purpose", "no case", "another's purpose", "reach"],
)
def test_what_is_refused_to_somebody_is_written_down(
    installed, nobody, grant, purpose, status, name, words
):
    text = issue(installed, grant)
    before = len(refusals(installed, ALPHA))
    answer = nobody.get(GRADE, headers=bearer(text, purpose))
    problem = check(answer, status, name)
    assert words in problem["detail"]
    assert [each["where"] for each in problem["errors"]] == ["header.X-Purpose"] * (status == 422)
    assert "ratelimit" in answer.headers
    [row] = refusals(installed, ALPHA)[before:]
    assert row["actor"] == f"key {text.split('_')[1]}"
    assert row["detail"] == {
        "channel": "program",
        "problem": name,
        "request_id": answer.headers["x-request-id"],
        "route": "grade",
    }


def test_what_nobody_tried_is_counted_and_fills_no_ledger(installed, nobody):
    before = len(refusals(installed, ALPHA))
    access = nobody.app_state["access"]
    count = access.refused["not-authenticated"]
    for _ in range(5):
        nobody.get(GRADE)
    assert access.refused["not-authenticated"] == count + 5
    assert len(refusals(installed, ALPHA)) == before


def test_the_purpose_and_its_case_stand_in_the_audit(installed, nobody, key):
    answer = nobody.get(GRADE, headers=bearer(key, quote("complaint:投诉2026-0117")))
    assert answer.status_code == 200
    with closing(Ledger(installed.ledger)) as ledger:
        row = ledger.audited(ALPHA)[-1]
    assert (row["action"], row["purpose"]) == ("read grade", "complaint:投诉2026-0117")


@pytest.mark.parametrize("url", [MODEL, "/v1/indicators"])
def test_what_tells_nothing_of_an_enterprise_needs_no_purpose(nobody, key, url):
    assert nobody.get(url, headers=bearer(key, None)).status_code == 200


def test_a_key_whose_channel_is_gone_says_so(installed, nobody):
    text = issue(installed, channel="fax")
    problem = check(nobody.get(GRADE, headers=bearer(text)), 403, "forbidden")
    assert "no channel 'fax'" in problem["detail"]


def test_answers_tell_what_is_left_of_the_limit(nobody, key):
    headers = nobody.get(GRADE, headers=bearer(key)).headers
    assert headers["ratelimit-policy"] == '"key";q=6000;w=2'
    assert headers["ratelimit"].startswith('"key";r=59')


def test_who_asks_too_often_waits_and_is_written_down_once(installed):
    with asking(installed, limit=0.5) as client:
        name = client.headers["Authorization"].split("_")[1]
        answers = [client.get(GRADE) for _ in range(6)]
        assert [each.status_code for each in answers] == [200, 429, 429, 429, 429, 429]
        problem = check(answers[-1], 429, "too-many-requests")
        assert "this key asks too often" in problem["detail"].lower()
        assert answers[-1].headers["retry-after"] == "2"
        assert answers[-1].headers["ratelimit"] == '"key";r=0;t=2'
    noted = [row for row in refusals(installed, ALPHA) if row["actor"] == f"key {name}"]
    assert [row["detail"]["problem"] for row in noted] == ["too-many-requests"]


def test_an_inspector_of_the_district_reads_it(installed, nobody):
    text = issue(installed, held(Role.INSPECTOR, FUTIAN))
    assert nobody.get(GRADE, headers=bearer(text)).json()["enterprise"] == ALPHA


def fail(*_, **__):
    raise OutageError("the ledger does not answer")


def test_who_was_seen_goes_on_while_the_ledger_is_out_and_nobody_else_comes_in(
    installed, nobody, key, monkeypatch
):
    monkeypatch.setattr(passes, "FRESH", 0.0)
    assert nobody.get(GRADE, headers=bearer(key)).status_code == 200
    new = issue(installed)
    monkeypatch.setattr(Holding, "get", fail)
    assert nobody.get(GRADE, headers=bearer(key)).status_code == 200
    problem = check(nobody.get(GRADE, headers=bearer(new)), 503, "not-ready")
    assert "not seen lately" in problem["detail"]


def test_that_a_key_was_used_cannot_be_kept_is_no_reason_to_refuse_it(
    installed, nobody, monkeypatch
):
    text = issue(installed)
    monkeypatch.setattr(Holding, "change", fail)
    assert nobody.get(GRADE, headers=bearer(text)).status_code == 200


def test_what_is_refused_is_refused_even_if_that_cannot_be_recorded(installed, nobody, monkeypatch):
    def full(*_, **__):
        raise StorageError("no space left")

    headers = bearer(issue(installed, Grant(Role.AUDITOR)))
    monkeypatch.setattr(Ledger, "audit", full)
    check(nobody.get(GRADE, headers=headers), 403, "forbidden")
