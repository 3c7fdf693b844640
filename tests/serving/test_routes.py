"""Every route answers what the grade book says, and writes down that it was asked."""

from dataclasses import asdict

import pytest

from xinheng.core import time
from xinheng.explaining import explain
from xinheng.grading import open_book
from xinheng.ledger import Ledger

from ..archive.department import ALPHA, BETA
from .installation import NOW


@pytest.fixture(scope="module")
def ledger(settings):
    found = Ledger.open(settings)
    yield found
    found.close()


@pytest.fixture(scope="module")
def book(settings, ledger):
    return open_book(settings, ledger)


def number(book, identifier, as_of="2026-06-30"):
    return book.number(identifier, time.day(as_of))


def test_a_grade_is_the_grade_books_own(client, book):
    answer = client.get(f"/v1/enterprises/{ALPHA}/grade", params={"as_of": "2026-03-01"})
    expected = book.grade(number(book, ALPHA), time.day("2026-03-01")).to_dict()
    assert answer.status_code == 200
    by_people = {"given_level": expected["level"], "override": None, "contested": False}
    asked = {"enterprise": ALPHA, "sequence": 1, "run": None, "warning": None}
    assert answer.json() == expected | asked | by_people
    assert [rule["id"] for rule in answer.json()["rules"]]


def test_a_grade_is_as_of_today_in_shanghai_unless_asked_otherwise(client):
    answer = client.get(f"/v1/enterprises/{ALPHA}/grade").json()
    assert answer["as_of"] == "2026-06-30"
    assert answer == client.get(f"/v1/enterprises/{ALPHA}/grade?as_of=2026-06-30").json()


def test_the_scheme_may_stand_before_an_identifier(client):
    plain = client.get(f"/v1/enterprises/{ALPHA}/grade").json()
    full = client.get(f"/v1/enterprises/uscc:{ALPHA}/grade").json()
    assert full == plain | {"enterprise": f"uscc:{ALPHA}"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_explanation_sums_to_the_margin_and_names_its_records(client, book, language):
    url = f"/v1/enterprises/{ALPHA}/explanation"
    answer = client.get(url, params={"as_of": "2026-06-30", "lang": language})
    found = answer.json()
    exact = explain(book.scorer, book.events, number(book, ALPHA), time.day("2026-06-30"))
    assert answer.headers["content-language"] == found["language"] == language
    assert found["base"] + sum(each["contribution"] for each in found["reasons"]) == pytest.approx(
        found["grade"]["margin"]
    )
    assert found["grade"] == client.get(f"/v1/enterprises/{ALPHA}/grade").json()
    for each, reason in zip(found["reasons"], exact.reasons, strict=True):
        assert each["sentence"] == getattr(reason, language)
        assert each["name"] == getattr(reason.indicator, language)
    penalties = next(each for each in found["reasons"] if each["id"] == "PN08")["records"]
    whole = [asdict(each) for each in exact.records["PN08"]]
    assert [each["record"] for each in penalties] == [str(each["record"]) for each in whole]
    assert [each["occurred"] for each in penalties] == ["2026-02-20"]


@pytest.mark.parametrize("tail", ["explanation", "records"])
def test_the_records_behind_tell_where_they_are_from(client, book, tail):
    day, who = time.day("2026-06-30"), number(book, ALPHA)
    exact = explain(book.scorer, book.events, who, day, origins=book.lineage(who, day)).to_dict()
    behind = {each["id"]: each["records"] for each in exact["reasons"] if each["records"]}
    found = client.get(f"/v1/enterprises/{ALPHA}/{tail}?as_of=2026-06-30").json()
    listed = found["reasons" if tail == "explanation" else "indicators"]
    assert {
        each["id"]: [record["origin"] for record in each["records"]]
        for each in listed
        if each["records"]
    } == {name: [record["origin"] for record in some] for name, some in behind.items()}
    assert all(record["origin"] for some in behind.values() for record in some)


def test_an_explanation_is_chinese_unless_asked_otherwise(client):
    assert client.get(f"/v1/enterprises/{ALPHA}/explanation").json()["language"] == "zh"


def test_scores_keep_the_order_and_answer_each_item_for_itself(client):
    wanted = [BETA, "nobody", ALPHA, BETA]
    answer = client.post("/v1/scores", json={"enterprises": wanted, "as_of": "2026-06-30"})
    found = answer.json()
    assert answer.status_code == 200
    assert [each["enterprise"] for each in found["scores"]] == wanted
    assert (found["as_of"], found["graded"], found["failed"]) == ("2026-06-30", 3, 1)
    for each in found["scores"]:
        alone = client.get(f"/v1/enterprises/{each['enterprise']}/grade?as_of=2026-06-30")
        if alone.status_code == 200:
            assert (each["grade"], each["error"]) == (alone.json(), None)
        else:
            shared = {key: alone.json()[key] for key in ("type", "title", "status", "detail")}
            assert (each["grade"], each["error"]) == (None, shared)


def test_scores_say_which_enterprises_were_not_known_yet(client):
    question = {"enterprises": [ALPHA, BETA], "as_of": "2026-03-01"}
    alpha, beta = client.post("/v1/scores", json=question).json()["scores"]
    assert alpha["grade"]["level"]
    assert beta["error"]["type"] == "urn:xinheng:problem:not-known-yet"
    assert "2026-05-05" in beta["error"]["detail"]


def test_scores_of_nobody_known_are_all_errors(client):
    found = client.post("/v1/scores", json={"enterprises": ["x", "y"]}).json()
    assert (found["graded"], found["failed"], found["as_of"]) == (0, 2, "2026-06-30")


def test_a_thousand_scores_are_answered_and_one_more_is_refused(client):
    question = {"enterprises": [ALPHA, BETA] * 500}
    assert client.post("/v1/scores", json=question).json()["graded"] == 1000
    question["enterprises"].append(ALPHA)
    refused = client.post("/v1/scores", json=question)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == "body.enterprises"


def test_the_state_is_told_to_who_runs_the_service(client, operator, book):
    answer = client.get("/v1/state", headers=operator).json()
    assert (answer["bundle"], answer["sequence"]) == (book.bundle.digest, 1)
    assert client.get("/v1/state").status_code == 403


@pytest.mark.parametrize(("url", "word"), [("/healthz", "ok"), ("/readyz", "ready")])
def test_health_is_told_to_anybody_and_nothing_else_is(client, url, word):
    assert client.get(url, headers={"Authorization": ""}).json() == {"status": word}


def test_every_reading_is_recorded_with_its_request(client, ledger):
    before = len(ledger.audited(BETA))
    grade = client.get(f"/v1/enterprises/{BETA}/grade", headers={"X-Actor": "director"})
    reasons = client.get(f"/v1/enterprises/{BETA}/explanation?as_of=2026-06-01")
    rows = ledger.audited(BETA)[before:]
    assert [row["action"] for row in rows] == ["read grade", "read explanation"]
    key = client.headers["Authorization"].split("_")[1]
    assert {row["actor"] for row in rows} == {f"key {key}"}
    assert {row["purpose"] for row in rows} == {"routine"}
    assert [row["detail"] for row in rows] == [
        {
            "as_of": "2026-06-30",
            "channel": "program",
            "request_id": grade.headers["x-request-id"],
        },
        {
            "as_of": "2026-06-01",
            "channel": "program",
            "detail": "full",
            "request_id": reasons.headers["x-request-id"],
        },
    ]
    assert rows[0]["at"].replace(tzinfo=NOW.tzinfo) == NOW


def test_scores_are_recorded_with_every_enterprise_that_was_read(client, ledger):
    question = {"enterprises": [ALPHA, "nobody", BETA]}
    answer = client.post("/v1/scores", json=question)
    row = ledger.audited("3 enterprises")[-1]
    assert row["action"] == "read scores"
    assert row["detail"] == {
        "as_of": "2026-06-30",
        "channel": "program",
        "request_id": answer.headers["x-request-id"],
        "enterprises": [ALPHA, BETA],
    }


def test_what_was_refused_was_not_read(client, ledger):
    client.get("/v1/enterprises/nobody/grade")
    client.get("/v1/enterprises/nobody/explanation")
    assert ledger.audited("nobody") == []
