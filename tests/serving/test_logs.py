"""Logs: a line for each request, and nothing in them that tells of persons or enterprises."""

import io
import json
import logging
import traceback
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.logs import JsonLines, TextLines, flush_logs, set_up_logs
from xinheng.core.scrub import scrubbed
from xinheng.serving import create_app
from xinheng.serving.routes import ROUTERS

from ..archive.department import ALPHA, BETA
from .asked import SUPPOSED
from .installation import HOSTS, NOW
from .keyed import bearer, issue

NAME, PERSON, PHONE = "张晓明", "11010119900307451X", "13800138000"
WRONG = "xhk_" + "A" * 10 + "_" + "b" * 49
CANARIES = (NAME, PERSON, PHONE, ALPHA, BETA, WRONG)


@pytest.fixture
def lines(settings, monkeypatch):
    """What a process logs while a test runs, as the settings say, at debug."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", told := io.StringIO())
    set_up_logs(settings.model_copy(update={"log_level": "debug"}))

    def written() -> str:
        flush_logs()
        return told.getvalue()

    yield written
    root.handlers[0].close()
    root.handlers[:], root.level = before


@pytest.fixture
def served(settings):
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


def last_request(told: str) -> dict[str, object]:
    """The last line about a request: what runs beside it may log after it."""
    lines = map(json.loads, told.splitlines())
    return [line for line in lines if line["event"] == "request"][-1]


def filled(path: str, value: str) -> str:
    for place in ("{identifier:path}", "{name}", "{receipt}", "{number}", "{id}"):
        path = path.replace(place, value)
    return path


@pytest.mark.parametrize("canary", CANARIES)
def test_no_route_tells_who_is_asked_about_by_whom(settings, served, lines, canary):
    keys = [bearer(issue(settings)), bearer(WRONG), {}]
    for headers in keys:
        for route in (route for router in ROUTERS for route in router.routes):
            url = filled(route.path, canary) + f"?as_of={canary}&lang={canary}&since={canary}"
            for method in route.methods:
                body = {
                    "enterprise": canary,
                    "records": [{"kind": canary}],
                    "enterprises": [canary],
                }
                served.request(
                    method, url, headers=headers | {"X-Request-ID": quote(canary)}, json=body
                )
    served.post("/v1/what-if", headers=keys[0], json=SUPPOSED | {"enterprise": canary})
    told = lines()
    assert told.count('"event": "request"') > 30
    assert [each for each in told.splitlines() if canary in each] == []
    assert keys[0]["Authorization"].removeprefix("Bearer ") not in told


def test_an_exception_that_names_somebody_is_told_without(served, settings, lines, monkeypatch):
    from xinheng.serving.reads import grades

    def broken(*_):
        raise RuntimeError(f"no grade of {ALPHA} ({NAME}, {PERSON}, {PHONE})")

    monkeypatch.setattr(grades, "grade", broken)
    answer = served.get(
        f"/v1/enterprises/{ALPHA}/grade?as_of=2026-03-02", headers=bearer(issue(settings))
    )
    assert answer.status_code == 500
    told = lines()
    assert not any(each in told for each in CANARIES)
    [failed] = [each for each in map(json.loads, told.splitlines()) if "error" in each]
    assert failed["error"] == "RuntimeError: no grade of … (…, …, …)"
    assert any("broken" in each for each in failed["frames"])
    assert answer.headers["x-request-id"] in failed["event"]


def test_a_request_is_one_line_with_what_finds_it(served, settings, lines):
    text = issue(settings)
    answer = served.get(f"/v1/enterprises/{ALPHA}/grade", headers=bearer(text))
    line = last_request(lines())
    assert line.pop("time").endswith("Z")
    assert line.pop("ms") > 0
    assert line.pop("bytes") == len(answer.content)
    assert line == {
        "event": "request",
        "request_id": answer.headers["x-request-id"],
        "route": "grade",
        "method": "GET",
        "status": 200,
        "actor": f"key {text[4:14]}",
        "role": "supervisor",
    }


def test_what_is_refused_says_why_by_its_kind(served, lines):
    served.get(f"/v1/enterprises/{ALPHA}/grade", headers=bearer(WRONG))
    line = last_request(lines())
    assert (line["status"], line["problem"]) == (401, "not-authenticated")
    assert "actor" not in line


def test_lines_for_people_say_the_same():
    record = logging.LogRecord("xinheng.jobs", 40, "", 0, "job %s: %s", ("grades", "failed"), None)
    record.outcome = "failed"
    line = TextLines().format(record)
    assert "error   job grades: failed  logger=xinheng.jobs outcome=failed" in line


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("chosen", "terminal", "expected"),
    [
        ("auto", True, TextLines), ("auto", False, JsonLines), ("json", True, JsonLines),
        ("text", False, TextLines),
    ],
)  # fmt: skip
def test_people_at_a_terminal_read_text(settings, monkeypatch, chosen, terminal, expected):
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    set_up_logs(settings.model_copy(update={"log_format": chosen}))
    assert type(logging.getLogger().handlers[0].formatter) is expected


def test_a_traceback_has_no_text_of_lines():
    try:
        {}[PERSON]
    except KeyError as error:
        caught = (KeyError, error, error.__traceback__)
    record = logging.LogRecord("x", 40, "", 0, "failed", (), caught)
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "KeyError: …"
    assert PERSON in "".join(traceback.format_exception(*caught))


@given(
    st.sampled_from(CANARIES),
    st.text(" ,.;:()[]{}=\n\t", min_size=1),
    st.text(" ,.;:()[]{}=\n\t", min_size=1),
)
def test_whatever_stands_around_it_is_found(canary, before, after):
    assert canary not in scrubbed(f"a{before}{canary}{after}z")


@pytest.mark.parametrize(
    "text",
    [
        "No space left on device: /srv/xinheng/archive",
        "bundle 88bee4ad11b5b373df1f4e923707f0a39b09e7b9fb82e7b76c33de63659f09f6 is the champion",
        "request 1f0f7a52-58d6-4a3b-9f4e-3c4c2f0d8e11 failed after 1,250 ms",
        "2026-03-01T04:00:00+08:00",
    ],
)
def test_what_an_operator_needs_stays(text):
    assert scrubbed(text) == text
