"""Ten channels are ten tables of a file: each has the fields it names, of any answer there is."""

import json
from contextlib import closing
from types import SimpleNamespace

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from pyarrow import BufferReader

from xinheng.ledger import Ledger
from xinheng.serving.access import Access, FieldSet, Grant, Role
from xinheng.serving.live.live import Live
from xinheng.serving.webhooks import Answer, Courier, courier

from .graded import NOW
from .keyed import asking, bearer, issue
from .test_problems import check
from .test_ways_out import channel, written

SHOP = "/v1/enterprises/S003"
OBJECTED = {"enterprise": "S003", "received": "2024-06-10", "contests": "处罚有误", "evidence": []}
HOOK = {"url": "https://hooks.example/grades", "after": 0}
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
TEN = {
    "web": ("EnterprisesAnswer", ("enterprises.enterprise", "enterprises.level", "next"),
            "/v1/enterprises?level=B&limit=2", None),
    "app": ("ProfileAnswer", ("enterprise", "status.zh", "licences"), f"{SHOP}/profile", None),
    "mini": ("GradesAnswer", ("grades.run", "grades.level"), f"{SHOP}/grades", None),
    "hotline": ("GradeAnswer", ("level", "national_class"), f"{SHOP}/grade", None),
    "kiosk": ("ShortExplanationAnswer", ("level",), f"{SHOP}/explanation?detail=short", None),
    "tablet": ("RemediesAnswer", ("enterprise", "level"), f"{SHOP}/remedies", None),
    "feed": ("ChangesAnswer", ("changes.enterprise", "changes.level", "next"), "/v1/changes", None),
    "desk": ("QueueAnswer", ("reviews.case", "reviews.state", "next"), "/v1/reviews", None),
    "window": ("ObjectionAnswer", ("case", "state"), "/v1/objections", OBJECTED),
    "bureau": ("ScoresAnswer", ("scores.enterprise", "scores.grade.level"), "/v1/scores",
               {"enterprises": ["S003", "nobody"]}),
}  # fmt: skip
"""Answer, fields, and a question that is answered with it, by channel."""
MORE = {
    "files": {"ScoredRowAnswer": ("enterprise", "level", "error")},
    "whole": {"ScoredRowAnswer": ("*",)},
    "hooks": {"WebhookAnswer": ("id", "state"), "ChangesAnswer": ("changes.level", "next")},
    "deaf": {"WebhookAnswer": ("*",)},
}


def table(name, answers):
    """Return a channel of a file with some fields."""
    named = ", ".join(f"{answer} = {json.dumps(fields)}" for answer, fields in answers.items())
    return channel(name, f"fields = {{ {named} }}")


@pytest.fixture(scope="module")
def installed(own_town, tmp_path_factory):
    tables = {name: {answer: fields} for name, (answer, fields, *_) in TEN.items()} | MORE
    folder = tmp_path_factory.mktemp("channels")
    path = written(folder, channel("program"), *(table(*each) for each in tables.items()))
    return own_town(folder).model_copy(update={"channels": path})


@pytest.fixture(scope="module")
def service(installed):
    """Serve, but deliver nothing: a test does so itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(courier, "EVERY_SECONDS", 3600.0)
        with asking(installed, at=NOW) as found:
            opened = {"enterprise": "S003", "reason": "现场核实"}
            told = asked(found, "/v1/reviews", opened, by(installed, "program"))
            assert told.status_code == 200
            yield found


def by(installed, name, grant=None):
    return bearer(issue(installed, grant or Grant(Role.SUPERVISOR), name, NOW), "objection:2024-7")


def asked(service, url, body, headers):
    if body is None:
        return service.get(url, headers=headers)
    return service.post(url, json=body, headers=headers | {"Idempotency-Key": "made-up-7"})


@pytest.mark.parametrize("name", TEN)
def test_a_channel_of_a_file_has_its_fields_of_an_answer(installed, service, name):
    _, fields, url, body = TEN[name]
    some = asked(service, url, body, by(installed, name))
    assert some.status_code == 200, some.text
    if body is None:
        whole = asked(service, url, body, by(installed, "program")).json()
        assert some.json() == FieldSet.of(fields).of_answer(whole) != whole
    else:
        assert set(some.json()) == {path.partition(".")[0] for path in fields}


@pytest.mark.parametrize("name", TEN)
def test_what_others_have_it_has_not(installed, service, name):
    _, _, url, body = TEN["hotline" if name == "web" else "web"]
    problem = check(asked(service, url, body, by(installed, name)), 403, "forbidden")
    assert TEN[name][0] in problem["detail"]


@pytest.mark.parametrize("media", [CSV, PARQUET])
def test_the_rows_of_a_file_have_the_columns_of_the_channel(installed, service, media):
    def columns(name):
        headers = by(installed, name) | {"Content-Type": CSV, "Accept": media}
        answer = service.post("/v1/scores/file", content=b"enterprise\nS003\n", headers=headers)
        assert answer.status_code == 200, answer.text
        read = pacsv.read_csv if media == CSV else pq.read_table
        return read(BufferReader(answer.content)).column_names

    assert columns("files") == ["enterprise", "level", "error"]
    assert columns("whole") == columns("program")
    headers = by(installed, "hotline") | {"Content-Type": CSV}
    refused = service.post("/v1/scores/file", content=b"enterprise\nS003\n", headers=headers)
    check(refused, 403, "forbidden")


def test_a_webhook_tells_the_fields_of_its_channel(installed, service):
    made = service.post("/v1/webhooks", json=HOOK, headers=by(installed, "hooks")).json()
    assert set(made) == {"id", "state"}
    sent = []

    def send(_url, _headers, body):
        sent.append(json.loads(body)["data"])
        return Answer(204, "", 1)

    with closing(Live.open(installed, lambda: NOW)) as live:
        access = Access.open(installed, live.service.ledger, lambda: NOW)
        Courier(installed, live, access, SimpleNamespace(send=send), lambda: NOW).round()
    assert {frozenset(each) for each in sent} == {frozenset({"changes", "next"})}
    assert {frozenset(each) for page in sent for each in page["changes"]} == {frozenset({"level"})}


def test_a_channel_that_tells_no_changes_sends_none(installed, service):
    refused = service.post("/v1/webhooks", json=HOOK, headers=by(installed, "deaf"))
    problem = check(refused, 403, "forbidden")
    assert "hands out no ChangesAnswer" in problem["detail"]
    with closing(Ledger(installed.ledger)) as ledger:
        assert ledger.audited("webhooks")[-1]["action"] == "was refused"
