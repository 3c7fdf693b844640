"""Who is a person: two keys, or a key and an account, of one of them are not two people."""

from itertools import count

import pytest

from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA, BETA
from .keyed import SUPERVISOR, YEAR, bearer
from .signing import entered, running

NUMBERS = count()
OVERRIDE = {
    "decision": "override",
    "reason_code": "put_right",
    "reason": "整改已现场核实",
    "basis": "食品安全法 §109",
    "level": "B",
    "until": "2026-08-01",
    "documents": ["深市监食检〔2026〕117号"],
}


class Office:
    """A service, and people who review by keys and by sessions."""

    def __init__(self, service):
        self.service = service

    def key(self, person=None, grant=SUPERVISOR):
        """Return what asks by a new key of somebody."""
        with self.service.desk() as desk:
            issued = desk.issue("a test", grant, "program", YEAR, person=person)
        return self.by(issued.text), issued.key

    def rotated(self, key, person=None):
        with self.service.desk() as desk:
            issued = desk.rotate(key.id, YEAR, person=person)
        return self.by(issued.text), issued.key

    def by(self, text):
        found = self.service.browser()
        found.headers.update(bearer(text, "review"))
        return found

    def session(self, name):
        found = self.service.browser()
        csrf = entered(found, name)["csrf"]
        found.headers.update({"X-CSRF-Token": csrf, "X-Purpose": "review"})
        return found

    def act(self, who, case, act, body=None):
        headers = {"If-Match": "*", "Idempotency-Key": f"act{next(NUMBERS)}"}
        return who.post(f"/v1/reviews/{case}/{act}", json=body or {}, headers=headers)

    def proposed(self, who):
        """Return a case on which somebody proposed a decision that a second one has to agree to."""
        said = {"enterprise": BETA, "reason": "现场与等级不符"}
        headers = {"Idempotency-Key": f"open{next(NUMBERS)}"}
        opened = who.post("/v1/reviews", json=said, headers=headers)
        assert opened.status_code == 200, opened.text
        case = opened.json()["case"]
        for act, body in (("take", None), ("decide", OVERRIDE)):
            answer = self.act(who, case, act, body)
            assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "proposed"
        return case

    def is_second(self, who, case):
        """Tell whether somebody is heard as the second person."""
        answer = self.act(who, case, "agree")
        if answer.status_code == 409:
            assert "the second person is another" in answer.json()["detail"]
            return False
        assert answer.status_code == 200, answer.text
        return True


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running(tmp_path_factory) as found:
        yield found


@pytest.fixture
def office(service):
    service.anew()
    service.add("wang")
    return Office(service)


# ---------------------------------------------------------------- two people


def test_two_keys_of_one_person_are_one_person(office):
    (first, _), (second, _), (other, _) = office.key("li"), office.key("li"), office.key("wang")
    case = office.proposed(first)
    assert not office.is_second(second, case)
    assert office.is_second(other, case)


def test_a_key_and_the_account_of_one_person_are_one_person(office):
    first, _ = office.key("li")
    case = office.proposed(first)
    assert not office.is_second(office.session("li"), case)
    assert office.is_second(office.session("wang"), case)


def test_a_key_and_the_one_in_its_place_are_one_person(office):
    first, key = office.key("li")
    second, _ = office.rotated(key)
    case = office.proposed(first)
    assert not office.is_second(second, case)


def test_an_account_and_a_sign_in_elsewhere_of_one_person_are_one_person(office):
    with office.service.desk() as desk:
        desk.set_person("wang", "oidc city/00u-wang")
    elsewhere, _ = office.key("oidc city/00u-wang")
    case = office.proposed(elsewhere)
    assert not office.is_second(office.session("wang"), case)
    assert office.is_second(office.session("li"), case)


def test_what_is_told_of_a_review_is_the_person(office):
    first, key = office.key("li")
    case = office.proposed(first)
    told = office.session("li").get(f"/v1/reviews/{case}").json()
    assert told["taken_by"] == "account li"
    assert "agree" not in told["allowed"]
    asked = office.service.audited(BETA)
    actors = {row["actor"] for row in asked if row["detail"].get("case") == case}
    assert actors >= {"account li", f"key {key.id}"}


# ---------------------------------------------------------------- keys that are nobody's


@pytest.mark.parametrize(("act", "body"), [("take", {}), ("decide", OVERRIDE), ("agree", {})])
def test_a_key_that_is_nobodys_decides_nothing(office, act, body):
    case = office.proposed(office.key("li")[0])
    nobody, _ = office.key()
    refused = office.act(nobody, case, act, body)
    assert refused.status_code == 403
    assert "--person" in refused.json()["detail"]
    told = nobody.get(f"/v1/reviews/{case}")
    assert told.status_code == 200
    assert told.json()["allowed"] == []


def test_a_key_becomes_somebodys_by_rotation(office):
    _, key = office.key()
    somebody, new = office.rotated(key, person="li")
    assert new.person == "account li"
    assert office.proposed(somebody)


def test_a_key_of_whoever_left_is_none(office):
    key, _ = office.key("li")
    assert key.get("/v1/review-policy").status_code == 200
    with office.service.desk() as desk:
        desk.disable("li")
    refused = key.get("/v1/review-policy")
    assert refused.status_code == 403
    assert "out of use" in refused.json()["detail"]
    with office.service.desk() as desk:
        desk.enable("li")
    assert key.get("/v1/review-policy").status_code == 200


def test_a_key_that_opens_nothing_is_not_looked_up_as_often_as_somebody_likes(office):
    key, _ = office.key("li")
    with office.service.desk() as desk:
        desk.disable("li")
    statuses = [key.get("/v1/review-policy").status_code for _ in range(62)]
    assert (statuses[0], statuses[-1]) == (403, 429)


def test_a_key_loses_what_the_account_of_whose_it_is_loses(office):
    case = office.proposed(office.key("wang")[0])
    key, _ = office.key("li")
    with office.service.desk() as desk:
        desk.regrant("li", Grant(Role.AUDITOR))
    assert office.act(key, case, "agree").status_code == 403
    assert key.get("/v1/review-policy").status_code == 200


# ---------------------------------------------------------------- what a rotated key leaves


def test_an_objection_is_seen_by_the_key_in_the_place_of_the_one_that_took_it_down(office):
    public, key = office.key(grant=Grant(Role.CONSUMER))
    body = {"enterprise": ALPHA, "received": "2026-06-29", "contests": "处罚已被撤销",
            "evidence": ["深府复〔2026〕9号"]}  # fmt: skip
    once = {"Idempotency-Key": "objection"}
    taken = public.post("/v1/objections", json=body, headers=once)
    assert taken.status_code == 200, taken.text
    case = taken.json()["case"]
    after, _ = office.rotated(key)
    assert after.get(f"/v1/objections/{case}").status_code == 200
    assert (
        after.post("/v1/objections", json=body, headers={"Idempotency-Key": "objection"}).json()
        == taken.json()
    )
    stranger, _ = office.key(grant=Grant(Role.CONSUMER))
    assert stranger.get(f"/v1/objections/{case}").status_code == 404
