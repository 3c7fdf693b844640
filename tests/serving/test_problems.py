"""One shape of error over all routes, and none that tells of the inside."""

import json
import re
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from xinheng.core.errors import StorageError
from xinheng.serving import create_app
from xinheng.serving.live.service import Service
from xinheng.serving.problem import KINDS, MEDIA_TYPE, Problem

from ..archive.department import ALPHA, BETA
from .installation import NOW
from .keyed import asking

GRADE = f"/v1/enterprises/{ALPHA}/grade"
JSON = {"Content-Type": "application/json"}
READS = (GRADE, f"/v1/enterprises/{ALPHA}/explanation")
NO_DAY = st.text(max_size=30).filter(lambda text: not re.fullmatch(r"\d{4}-\d\d-\d\d", text))
INSIDE = re.compile(r"Traceback|\.py\b|site-packages|/tmp|sqlite|pydantic|File \"|0x[0-9a-f]{6}")


def check(answer, status, name):
    """Check shape and discretion, and return the document."""
    assert not INSIDE.search(answer.text)
    return shape(answer, status, name)


def shape(answer, status, name):
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    problem = answer.json()
    assert list(problem) == ["type", "title", "status", "detail", "instance", "errors"]
    assert Problem.model_validate(problem).model_dump(mode="json") == problem
    assert (problem["status"], problem["type"]) == (status, f"urn:xinheng:problem:{name}")
    assert (status, problem["title"]) == KINDS[name]
    assert problem["instance"] == f"urn:uuid:{UUID(answer.headers['x-request-id'])}"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    return problem


@pytest.mark.parametrize("url", READS)
@pytest.mark.parametrize(
    ("as_of", "status", "name", "words"),
    [
        ("2099-01-01", 422, "invalid-request", "more than one day ahead"),
        ("2026-07-02", 422, "invalid-request", "more than one day ahead"),
        ("2026-02-30", 422, "invalid-request", "1 value"),
        ("yesterday", 422, "invalid-request", "1 value"),
        ("0", 422, "invalid-request", "1 value"),
        ("1767225600", 422, "invalid-request", "1 value"),
        ("20260301", 422, "invalid-request", "1 value"),
        ("2026-W10-1", 422, "invalid-request", "1 value"),
        ("2026-03-01T00:00:00", 422, "invalid-request", "1 value"),
        ("٢٠٢٦-٠٣-٠١", 422, "invalid-request", "1 value"),
        ("", 422, "invalid-request", "1 value"),
        ("9" * 5000, 422, "invalid-request", "1 value"),
        ("2025-12-10", 404, "not-known-yet", "2025-12-10: ask for a later day"),
        ("2000-01-01", 404, "not-known-yet", "2025-12-10: ask for a later day"),
        ("1999-12-31", 404, "no-policy", "2000-01-01"),
        ("0001-01-01", 404, "no-policy", "2000-01-01"),
    ],
)
def test_a_day_that_cannot_be_answered(client, url, as_of, status, name, words):
    problem = check(client.get(url, params={"as_of": as_of}), status, name)
    assert words in problem["detail"]
    assert [each["where"] for each in problem["errors"]] == ["query.as_of"] * (status == 422)
    assert all(len(each["value"]) <= 101 for each in problem["errors"])


def test_the_first_day_on_which_anything_is_known_is_answered(client):
    assert client.get(GRADE, params={"as_of": "2025-12-11"}).status_code == 200


@pytest.mark.parametrize("tail", ["grade", "explanation"])
@pytest.mark.parametrize(
    "identifier",
    ["nobody", "a%2Fb", "..%2F..%2Fetc%2Fpasswd", "深圳市某某食品厂", "' OR 1=1 --", "x" * 100,
     "%25", "uscc:", ":", "a/grade", f"{ALPHA} ", ALPHA.lower(), "%E4%BD", "\N{ROCKET}"],
)  # fmt: skip
def test_an_enterprise_that_nobody_knows(client, identifier, tail):
    answer = client.get(f"/v1/enterprises/{identifier}/{tail}")
    problem = check(answer, 404, "unknown-enterprise")
    assert "unified social credit code" in problem["detail"]
    assert BETA not in answer.text


@pytest.mark.parametrize("tail", ["grade", "explanation"])
@pytest.mark.parametrize("identifier", ["", "x" * 101, "a%00b", "a%0db", "%E2%80%AE", "%7F"])
def test_an_identifier_that_is_none(client, identifier, tail):
    problem = check(client.get(f"/v1/enterprises/{identifier}/{tail}"), 422, "invalid-request")
    assert [each["where"] for each in problem["errors"]] == ["path.identifier"]


def test_all_wrong_values_are_named_at_once_and_no_other(client):
    answer = client.get("/v1/enterprises/%00/explanation?as_of=soon&lang=fr")
    problem = check(answer, 422, "invalid-request")
    assert [(each["where"], each["value"]) for each in problem["errors"]] == [
        ("query.lang", "fr"),
        ("path.identifier", "\0"),
        ("query.as_of", "soon"),
    ]
    assert problem["errors"][0]["message"] == "Input should be 'zh' or 'en'"


@pytest.mark.parametrize(
    ("body", "where", "value"),
    [
        (b"", "body", None),
        (b"{", "body", None),
        (b"[]", "body", "[]"),
        (b'"A"', "body", "A"),
        (b"null", "body", None),
        (b"{}", "body.enterprises", None),
        (b'{"enterprises": []}', "body.enterprises", "[]"),
        (b'{"enterprises": "A"}', "body.enterprises", "A"),
        (b'{"enterprises": [1]}', "body.enterprises.0", "1"),
        (b'{"enterprises": ["A", null]}', "body.enterprises.1", None),
        (b'{"enterprises": ["A", "\\u0000"]}', "body.enterprises.1", "\0"),
        (b'{"enterprises": ["\\ud800"]}', "body.enterprises.0", "\\ud800"),
        (b'{"enterprises": ["A"], "as_of": 0}', "body.as_of", "0"),
        (b'{"enterprises": ["A"], "as_of": "2026-13-01"}', "body.as_of", "2026-13-01"),
        (b'{"enterprises": ["A"], "as_of": "2099-01-01"}', "body.as_of", "2099-01-01"),
        (b'{"enterprises": ["A"], "asof": "2026-01-01"}', "body.asof", "2026-01-01"),
        (b'{"enterprises": ["A"], "\\ud800": true}', "body", "\\ud800"),
        (b'{"enterprises": ' + b"[" * 900 + b"]" * 900 + b"}", "body.enterprises.0", "[[[...]]]"),
    ],
)
def test_a_body_that_cannot_be_used(client, body, where, value):
    problem = check(client.post("/v1/scores", content=body, headers=JSON), 422, "invalid-request")
    [error] = problem["errors"]
    assert error["where"] == where
    assert (error["value"] or "").startswith(value or "")
    assert (error["value"] is None) == (value is None)


@pytest.mark.parametrize(
    "body",
    [b'{"enterprises": ["\xff"]}', b"[" * 100_000, b'{"enterprises": ' + b"9" * 5_000 + b"}"],
)
def test_a_body_that_cannot_be_read(client, body):
    check(client.post("/v1/scores", content=body, headers=JSON), 400, "bad-request")


def test_a_body_that_is_not_said_to_be_json_is_not_taken_for_it(client):
    body = json.dumps({"enterprises": [ALPHA]}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/v1/scores", content=body, headers={"Content-Type": kind})
        [error] = check(answer, 422, "invalid-request")["errors"]
        assert "Content-Type: application/json" in error["message"]


def test_only_the_first_of_very_many_errors_are_listed(client):
    problem = check(
        client.post("/v1/scores", json={"enterprises": [""] * 999}), 422, "invalid-request"
    )
    assert len(problem["errors"]) == 20
    assert problem["detail"].startswith("999 values")


@pytest.mark.parametrize("url", [*READS, "/v1/scores", "/healthz", "/docs", "/nowhere"])
def test_a_body_that_is_too_large_is_refused_on_every_route(client, url):
    check(client.post(url, content=b" " * 1_000_001), 413, "content-too-large")


def test_a_body_that_is_too_large_but_does_not_say_so_is_refused(client):
    chunks = (b" " * 100_000 for _ in range(11))
    check(client.post("/v1/scores", content=chunks, headers=JSON), 413, "content-too-large")


@pytest.mark.parametrize(
    "url",
    ["/", "/v1", "/v1/enterprises/x", "/healthz/", "/docs/", "/redoc",
     "/docs/assets/nothing.js", "/docs/assets/..%2f..%2f__init__.py", "/docs/oauth2-redirect",
     f"/v1/enterprises/{ALPHA}/grade/", "/v1/enterprises/a%0Ab/grade"],
)  # fmt: skip
def test_an_address_where_nothing_is(client, url):
    check(client.get(url, follow_redirects=False), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "url"),
    [("DELETE", GRADE), ("POST", READS[1]), ("GET", "/v1/scores"), ("PUT", "/v1/scores"),
     ("POST", "/healthz"), ("OPTIONS", GRADE), ("POST", "/docs"), ("PATCH", "/openapi.json"),
     ("POST", "/docs/assets/swagger-ui.css")],
)  # fmt: skip
def test_a_method_that_an_address_does_not_answer_to(client, method, url):
    check(client.request(method, url), 405, "method-not-allowed")


def test_an_address_names_every_method_that_it_answers_to(client):
    answer = client.request("PATCH", "/v1/session")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, POST")


def test_a_method_that_is_not_allowed_is_told_which_are(client):
    assert client.get("/v1/scores").headers["allow"] == "POST"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.evil.example:8000", "[::1]"]
)
@pytest.mark.parametrize("url", [GRADE, "/docs", "/healthz", "/nowhere"])
def test_another_host_is_refused(client, host, url):
    problem = check(client.get(url, headers={"Host": host}), 421, "misdirected-request")
    assert "127.0.0.1" in problem["detail"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1"])
def test_the_own_names_are_answered_on_any_port(client, host):
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_only_the_own_names_are_answered_outside_tests(settings):
    with TestClient(create_app(settings, now=lambda: NOW)) as outside:
        check(outside.get("/healthz"), 421, "misdirected-request")


def test_a_fault_says_nothing_but_its_request_id(settings, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("secret of /srv/archive")

    monkeypatch.setattr(Service, "day", fail)
    monkeypatch.setattr("xinheng.serving.reads.model.ready", fail)
    with asking(settings) as broken:
        answers = [*map(broken.get, (*READS, "/readyz"))]
        answers.append(broken.post("/v1/scores", json={"enterprises": [ALPHA]}))
    for answer in answers:
        problem = check(answer, 500, "internal-error")
        request_id = answer.headers["x-request-id"]
        assert request_id in problem["detail"]
        assert "secret" not in answer.text
        assert f"request {request_id} failed" in caplog.text
    assert "secret of /srv/archive" in caplog.text


def test_what_cannot_be_recorded_is_not_read(client, monkeypatch, caplog):
    def fail(*_, **__):
        raise StorageError("the disk is full at /srv")

    monkeypatch.setattr("xinheng.ledger.Ledger.begin_audit", fail)
    for url in READS:
        answer = client.get(url)
        check(answer, 503, "audit-unavailable")
        assert "srv" not in answer.text
    scores = client.post("/v1/scores", json={"enterprises": [ALPHA]})
    check(scores, 503, "audit-unavailable")
    assert caplog.text.count("the audit cannot be written, so nothing is handed out") == 1
    monkeypatch.undo()
    assert client.get(READS[0]).status_code == 200
    assert caplog.text.count("the audit can be written again") == 1


def test_every_request_has_an_id_of_our_own(client):
    sent = {"X-Request-ID": "mine"}
    ids = [client.get("/healthz", headers=sent).headers["x-request-id"] for _ in range(3)]
    assert len({UUID(each) for each in ids}) == 3


@pytest.mark.parametrize(
    ("url", "cache"),
    [(GRADE, "private, no-cache"), (f"{GRADE}?as_of=0", "no-store"), ("/docs", "no-store"),
     ("/openapi.json", "no-store"), ("/nowhere", "no-store"), ("/healthz", "no-store")],
)  # fmt: skip
def test_every_response_is_kept_from_frames_caches_and_other_origins(client, url, cache):
    headers = client.get(url, headers={"Origin": "https://evil.example"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == cache
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


@effort(max_examples=100, deadline=None)
@given(st.text(max_size=120), NO_DAY, st.sampled_from(["grade", "explanation"]))
def test_no_text_at_all_makes_the_service_fail(client, identifier, as_of, tail):
    path = "".join(f"%{byte:02X}" for byte in identifier.encode("utf-8", "surrogatepass"))
    day = "".join(f"%{byte:02X}" for byte in as_of.encode("utf-8", "surrogatepass"))
    answer = client.get(f"/v1/enterprises/{path}/{tail}?as_of={day}")
    if "\n" in identifier:
        shape(answer, 404, "not-found")
    else:
        shape(answer, 422, "invalid-request")


@effort(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_at_all_makes_the_service_fail(client, body):
    for sent in (body, {"enterprises": body}, {"enterprises": [body]}):
        answer = client.post("/v1/scores", content=json.dumps(sent), headers=JSON)
        if answer.status_code != 200:
            shape(answer, 422, "invalid-request")


@pytest.mark.parametrize(
    ("method", "path", "where", "words"),
    [
        ("GET", f"/v1/enterprises/{ALPHA}/grade?asof=2025-01-01", "query.asof", "mean 'as_of'"),
        ("GET", f"/v1/enterprises/{ALPHA}/profile?as-of=2025-01-01", "query.as-of", "'as_of'"),
        ("GET", "/v1/enterprises?levle=E", "query.levle", "mean 'level'"),
        ("GET", "/v1/enterprises?q=ab&q=cd", "query.q", "stands 2 times"),
        ("GET", "/v1/changes?since=17", "query.since", "There are: after, limit"),
        ("POST", "/v1/scores?as_of=2025-01-01", "query.as_of", "takes none"),
        ("POST", "/v1/scores/file?asof=2025-01-01", "query.asof", "mean 'as_of'"),
    ],
)
def test_a_parameter_that_is_not_taken_is_told_and_not_passed_over(
    client, method, path, where, words
):
    """Else who mistypes a day is given the grade of today, and takes it for that day's."""
    body = {"enterprises": [ALPHA]} if path.startswith("/v1/scores?") else None
    headers = {"Content-Type": "text/csv"} if "file" in path else {}
    problem = check(
        client.request(method, path, json=body, headers=headers), 422, "invalid-request"
    )
    [error] = problem["errors"]
    assert error["where"] == where
    assert words in error["message"]


@pytest.mark.parametrize("query", ["level=D&level=E", "district=440304&district=440305", ""])
def test_what_may_stand_twice_may(client, query):
    assert client.get(f"/v1/enterprises?{query}").status_code == 200
