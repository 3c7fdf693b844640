"""Every route that reads: as described, recorded first, in the language asked for, or unchanged."""

import re
from concurrent.futures import Future
from dataclasses import replace
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter
from sqlalchemy.exc import OperationalError

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.explaining import Actions, find_remedies
from xinheng.ledger import History, Ledger
from xinheng.serving.entrance import caller
from xinheng.serving.live import service
from xinheng.serving.live.kept import Kept
from xinheng.serving.reads import remedies
from xinheng.serving.routes import ROUTERS

from ..archive.department import ALPHA, BETA
from .asked import ENTERPRISE, GETS, ONE, POSTS, READS
from .installation import NOW
from .test_problems import check

SPOKEN = [each for each in READS if each.spoken]


@pytest.fixture(scope="module")
def models():
    """The model that the description names for each route."""
    routes = [each for router in ROUTERS for each in router.routes]
    return {each.path: each.response_model for each in routes}


def as_described(answer, model):
    """Hold an answer to its model: every field, of its type, and no other."""
    assert answer.status_code == 200, answer.text
    adapter = TypeAdapter(model)
    assert adapter.dump_python(adapter.validate_json(answer.content), mode="json") == answer.json()


OTHER = re.compile(
    r"/v1/(state|sessions?|sign-in|webhooks|webhook-keys|scores/file|records|reviews|review-policy"
    r"|objections|jobs|metrics|subscriptions|enterprises/[^/]+/(reviews|downgrades|warnings)"
    r"|watch|downgrades"
    r"|access|accounts|audit|channels|keys|roles)\b"
)
"""Routes that read of no enterprise, of a file, or of what people did: with tests of their own."""


def route_of(url):
    return re.sub(r"/enterprises/[^/]+/", "/enterprises/{identifier:path}/", url.partition("?")[0])


@pytest.mark.parametrize("asked", READS, ids=str)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_is_as_its_model_describes_it(client, models, asked, language):
    answer = asked.send(client, f"lang={language}" if asked.spoken else "")
    as_described(answer, models[route_of(asked.url)])


def test_every_route_that_reads_is_in_the_table(models):
    told = {route_of(each.url) for each in READS}
    assert told == {path for path in models if path.startswith("/v1/") and not OTHER.match(path)}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_as_described(client, models, path):
    as_described(client.get(path), models[path])


def test_the_examples_of_the_description_are_answered(client, operator):
    description = client.get("/openapi.json").json()
    schemas = description["components"]["schemas"]
    for path, operations in description["paths"].items():
        if OTHER.match(path) and path not in {"/v1/state", "/v1/webhooks"}:
            continue  # nobody has signed in, nothing was posted, and a file is no JSON
        for method, operation in operations.items():
            url, query = path, {}
            for each in operation.get("parameters", ()):
                example = each["schema"].get("examples", each.get("examples", [None]))[0]
                if each["in"] == "path":
                    url = url.replace("{identifier}", quote(example))
                elif each["in"] == "query" and example is not None:
                    query[each["name"]] = example
            body = None
            if "requestBody" in operation:
                [content] = operation["requestBody"]["content"].values()
                body = schemas[content["schema"]["$ref"].rpartition("/")[2]]["examples"][0]
            asked = operator if path == "/v1/state" else {}
            answer = client.request(method.upper(), url, params=query, json=body, headers=asked)
            assert answer.status_code == 200, (url, answer.text)


@pytest.mark.parametrize("asked", GETS, ids=str)
def test_who_has_an_answer_is_told_that_it_still_holds(client, asked):
    answer = asked.send(client)
    tag = answer.headers["etag"]
    assert answer.headers["cache-control"] == "private, no-cache"
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = asked.send(client, If_None_Match=known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary", "content-language"):
            assert again.headers.get(name) == answer.headers.get(name)
    assert asked.send(client, If_None_Match='"other"').content == answer.content


@pytest.mark.parametrize("asked", [each for each in GETS if each.spoken], ids=str)
def test_another_language_is_another_answer(client, asked):
    chinese, english = (asked.send(client, f"lang={each}") for each in ("zh", "en"))
    assert chinese.headers["etag"] != english.headers["etag"]
    again = asked.send(client, "lang=en", If_None_Match=chinese.headers["etag"])
    assert again.content == english.content != chinese.content


def test_another_question_is_another_answer(client):
    urls = (
        f"{ONE}/grade?as_of=2026-03-01",
        f"{ONE}/grade?as_of=2026-03-02",
        f"{ONE}/explanation?as_of=2026-03-01",
        f"{ONE}/explanation?as_of=2026-03-01&detail=short",
        f"/v1/enterprises/uscc:{ALPHA}/grade?as_of=2026-03-01",
        f"{ONE}/movement?since=2026-02-01&as_of=2026-03-01",
        f"{ONE}/movement?since=2026-02-02&as_of=2026-03-01",
        "/v1/changes?after=0",
        "/v1/changes?after=1",
        "/v1/changes?limit=5",
    )
    assert len({client.get(url).headers["etag"] for url in urls}) == len(urls)


@pytest.mark.parametrize(
    "other", [("2.0.0", "d" * 64, 1, 0), ("1", "e" * 64, 1, 0), ("1", "d" * 64, 2, 0),
              ("1", "d" * 64, 1, 3)],
)  # fmt: skip
def test_a_tag_does_not_outlast_program_model_delivery_or_run(client, monkeypatch, other):
    monkeypatch.setattr(service.Service, "state", lambda _: ("1", "d" * 64, 1, 0))
    tag = client.get(f"{ONE}/grade").headers["etag"]
    assert client.get(f"{ONE}/grade", headers={"If-None-Match": tag}).status_code == 304
    monkeypatch.setattr(service.Service, "state", lambda _: other)
    assert client.get(f"{ONE}/grade", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("asked", POSTS, ids=str)
def test_what_is_posted_is_kept_by_nobody(client, asked):
    answer = asked.send(client, If_None_Match="*")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@pytest.mark.parametrize("asked", SPOKEN, ids=str)
@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "zh"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "fr;q=1, en;q=0.1", "en"),
        ("", "en;q=0", "zh"),
        ("", "en;q=nan, zh;q=0.1", "zh"),
        ("", ";;q=,,en;;q=x", "zh"),
        ("lang=zh", "en", "zh"),
        ("lang=en", "zh", "en"),
    ],
)
def test_the_language_is_that_of_the_query_or_else_of_the_header(
    client, asked, query, header, language
):
    answer = asked.send(client, query, Accept_Language=header)
    assert answer.headers["content-language"] == answer.json()["language"] == language
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("asked", [each for each in READS if not each.spoken], ids=str)
def test_what_is_in_no_language_does_not_vary_by_one(client, asked):
    headers = asked.send(client, Accept_Language="en").headers
    assert "vary" not in headers
    assert "content-language" not in headers


@pytest.mark.parametrize("asked", ENTERPRISE, ids=str)
@pytest.mark.parametrize(
    ("old", "new", "status", "name"),
    [
        (ALPHA, "nobody", 404, "unknown-enterprise"),
        (ALPHA, BETA, 404, "not-known-yet"),
        ("as_of=2026-03-01", "as_of=1999-12-31", 404, "no-policy"),
        ("as_of=2026-03-01", "as_of=2026-07-02", 422, "invalid-request"),
        ("as_of=2026-03-01", "as_of=soon", 422, "invalid-request"),
        (ALPHA, "%00", 422, "invalid-request"),
    ],
)
def test_what_cannot_be_answered_says_why_even_if_the_answer_is_known(
    client, asked, old, new, status, name
):
    answer = client.get(asked.url.replace(old, new), headers={"If-None-Match": "*"})
    problem = check(answer, status, name)
    assert bool(problem["errors"]) == (status == 422)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        (f"{ONE}/explanation?detail=long", "query.detail"),
        (f"{ONE}/explanation?lang=fr", "query.lang"),
        (f"{ONE}/records?lang=", "query.lang"),
        (f"{ONE}/movement", "query.since"),
        (f"{ONE}/movement?since=soon", "query.since"),
        (f"{ONE}/movement?since=2026-03-02&as_of=2026-03-01", "query.since"),
        (f"{ONE}/movement?since=2026-07-01", "query.since"),
        (f"{ONE}/grades?after=-1", "query.after"),
        (f"{ONE}/grades?limit=0", "query.limit"),
        ("/v1/changes?limit=1001", "query.limit"),
        ("/v1/changes?after=99999999999999999999", "query.after"),
        ("/v1/changes?after=one", "query.after"),
        ("/v1/indicators?lang=de", "query.lang"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(client, url, where):
    problem = check(client.get(url), 422, "invalid-request")
    assert [each["where"] for each in problem["errors"]] == [where]


@pytest.mark.parametrize("tail", ["grades", "records?", "movement?since=2026-02-01", "remedies?"])
def test_an_enterprise_that_nobody_knows_has_nothing(client, tail):
    check(client.get(f"/v1/enterprises/nobody/{tail}"), 404, "unknown-enterprise")


def test_steps_are_told_with_the_numbers_under_which_records_were_delivered(client, monkeypatch):
    seen = {}

    def noted(*given, **named):
        seen.update(named["origins"])
        return find_remedies(*given, **named)

    monkeypatch.setattr(remedies, "find_remedies", noted)
    assert client.get(f"{ONE}/remedies?as_of=2026-03-02").status_code == 200
    assert {"P1", "P2"} <= {each.number for each in seen.values()}


def test_remedies_of_a_day_on_which_no_action_was_known_are_none(client, monkeypatch):
    known = Actions.default()
    later = replace(known.editions[-1], effective_from=day("2026-05-01"))
    changed = replace(known, editions=(later,))
    monkeypatch.setattr(Actions, "default", lambda: changed)
    check(client.get(f"{ONE}/remedies?as_of=2026-03-01"), 404, "no-policy")


@pytest.mark.parametrize("asked", READS, ids=str)
def test_no_answer_is_made_before_its_reading_is_recorded(client, monkeypatch, asked):
    order = []
    audit, write = Ledger.begin_audit, caller.to_json

    def noted(word, done):
        return lambda *given, **named: (order.append(word), done(*given, **named))[1]

    monkeypatch.setattr(Ledger, "begin_audit", noted("audit", audit))
    monkeypatch.setattr(caller, "to_json", noted("made", write))
    monkeypatch.setattr(Kept, "find", lambda *_: None)
    assert asked.send(client).status_code == 200
    assert order == ["audit", "made"]


@pytest.mark.parametrize("asked", READS, ids=str)
@pytest.mark.parametrize("known", ["", "*"])
def test_what_cannot_be_recorded_is_not_answered(client, monkeypatch, asked, known):
    def fail(*_, **__):
        raise OperationalError("INSERT INTO audit", {}, Exception("disk full at /srv"))

    monkeypatch.setattr(Ledger, "begin_audit", fail)
    check(asked.send(client, If_None_Match=known), 503, "audit-unavailable")


@pytest.mark.parametrize("asked", GETS, ids=str)
def test_that_nothing_changed_is_recorded_too(client, monkeypatch, asked):
    told = []
    done: Future[None] = Future()
    done.set_result(None)
    monkeypatch.setattr(Ledger, "begin_audit", lambda _, **given: told.append(given) or done)
    answers = [asked.send(client), asked.send(client, If_None_Match="*")]
    assert [each.status_code for each in answers] == [200, 304]
    assert [each["action"] for each in told] == [asked.action] * 2
    assert [each["detail"].get("unchanged") for each in told] == [None, True]
    assert [each["detail"]["request_id"] for each in told] == [
        each.headers["x-request-id"] for each in answers
    ]


def test_a_short_explanation_is_part_of_the_full_one(client):
    full, short = (
        client.get(f"{ONE}/explanation?{detail}lang=en").json() for detail in ("", "detail=short&")
    )
    assert {name: short[name] for name in ("grade", "level", "likely")} == {
        name: full[name] for name in ("grade", "level", "likely")
    }
    strongest = [each for each in full["reasons"] if each["contribution"]][:5]
    names = ("id", "contribution", "sentence")
    assert short["sentences"] == [{name: each[name] for name in names} for each in strongest]
    assert short["sentences"]


def test_the_records_behind_are_those_of_the_explanation(client):
    full = client.get(f"{ONE}/explanation?lang=en").json()
    found = client.get(f"{ONE}/records?lang=en").json()
    told = {each["id"]: each["records"] for each in full["reasons"] if each["records"]}
    assert {each["id"]: each["records"] for each in found["indicators"]} == told
    assert found["rules"] == full["rule_records"]
    assert found["rules"]["production_stopped"][0]["origin"]["number"] == "P2"


def test_the_indicators_are_those_of_the_model(client):
    english = client.get("/v1/indicators?lang=en").json()
    model = client.get("/v1/model").json()
    assert [each["id"] for each in english["indicators"]] == ["IH01", "IH02", "PN08", "EA01"]
    assert english["indicators"][0]["unit"] == "items"
    assert english["indicators"][3]["populations"] == ["producer"]
    assert (english["fingerprint"], english["bundle"]) == (model["fingerprint"], model["bundle"])
    chinese = client.get("/v1/indicators").json()
    assert chinese["indicators"][0]["name"] == "近两年严重问题数"


def test_the_model_tells_its_card_and_when_it_became_champion(client):
    found = client.get("/v1/model").json()
    assert (found["promoted"], found["kind"]) == (f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "named")
    assert found["card"]["windows"] == {"train": ["2022-01-01", "2025-12-31"]}
    assert found["card"]["measures"] == {"auc": [0.7, 0.65, 0.75]}


def test_the_models_that_graded_are_told_with_who_promoted_them_and_why(client):
    [found] = client.get("/v1/model/promotions").json()["promotions"]
    assert (found["bundle"], found["kind"]) == (client.get("/v1/model").json()["bundle"], "named")
    assert (found["since"], found["until"]) == (f"{NOW:%Y-%m-%dT%H:%M:%SZ}", None)
    assert (found["by"], found["reason"], found["follows"]) == ("li", "first", None)
    assert (found["second"], found["waived"], found["gates"]) == (None, [], [])


def test_who_reads_no_personal_data_is_not_told_who_promoted_a_model(client, operator):
    [found] = client.get("/v1/model/promotions", headers=operator).json()["promotions"]
    assert (found["by"], found["reason"], found["kind"]) == ("***", "***", "named")


def test_a_ledger_that_cannot_be_read_is_no_fault_of_the_service(client, monkeypatch):
    def fail(*_, **__):
        raise OperationalError("SELECT", {}, Exception("disk I/O error at /srv"))

    monkeypatch.setattr(History, "changes", fail)
    check(client.get("/v1/changes?after=7"), 503, "not-ready")


def test_a_service_whose_ledger_is_gone_is_degraded_but_answers(client, monkeypatch):
    def fail(*_, **__):
        raise OperationalError("SELECT", {}, Exception("disk I/O error at /srv"))

    for name in ("last", "runs"):
        monkeypatch.setattr(History, name, fail)
    monkeypatch.setattr(Ledger, "champion", fail)
    monkeypatch.setattr(Ledger, "answers", lambda _: False)
    assert client.get("/readyz").json() == {"status": "degraded"}
    assert client.get("/healthz").status_code == 200
    assert client.get(f"{ONE}/grade?as_of=2026-03-04").status_code == 200
    assert client.get(f"{ONE}/grades?limit=9").status_code == 200


def test_a_service_whose_archive_is_gone_is_not_ready(client, monkeypatch):
    def fail(_):
        raise OSError("gone at /srv")

    monkeypatch.setattr(Archive, "sequence", property(fail))
    check(client.get("/readyz"), 503, "not-ready")


def test_a_service_that_can_record_nothing_is_not_ready_and_says_why(client, monkeypatch):
    monkeypatch.setattr(Ledger, "unrecorded", lambda _: "No space left on device")
    found = check(client.get("/readyz"), 503, "not-ready")
    assert "takes nothing (No space left on device)" in found["detail"]
    monkeypatch.undo()
    assert client.get("/readyz").json() == {"status": "ready"}
