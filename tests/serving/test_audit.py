"""The audit trail over HTTP: who did what, page by page, and how its last check ended."""

from contextlib import closing
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from xinheng.jobs import read_timetable
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA, BETA
from .installation import HOSTS, NOW, installation
from .keyed import bearer, issue
from .test_problems import check

READ, LISTED = "read grade", "read scores"
CODE = ALPHA.removeprefix("uscc:")


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return installation(tmp_path_factory.mktemp("audited"))


@pytest.fixture(scope="module")
def service(settings):
    with TestClient(create_app(settings, hosts=HOSTS, now=lambda: NOW)) as found:
        for purpose in ("routine", "complaint:2026-17"):
            headers = bearer(issue(settings), purpose)
            for code in (ALPHA, BETA):
                assert found.get(f"/v1/enterprises/{code}/grade", headers=headers).is_success
            body = {"enterprises": [ALPHA, "x"]}
            assert found.post("/v1/scores", json=body, headers=headers).is_success
        yield found


@pytest.fixture(scope="module")
def auditor(settings):
    return bearer(issue(settings, Grant(Role.AUDITOR)), None)


@pytest.fixture(scope="module")
def administrator(settings):
    return bearer(issue(settings, Grant(Role.ADMINISTRATOR)), None)


def audit(service, auditor, **asked):
    """Every entry that is wanted, and how many pages there were."""
    found, pages = [], 0
    while True:
        response = service.get("/v1/audit", params=asked, headers=auditor)
        assert response.status_code == 200, response.text
        page = response.json()
        found += page["entries"]
        pages += 1
        if page["next"] is None:
            return found, pages
        asked["after"] = page["next"]


def test_who_read_an_enterprise_is_found_in_lists_too(service, auditor):
    found, _ = audit(service, auditor, enterprise=ALPHA)
    assert sorted(each["action"] for each in found) == [READ, READ, LISTED, LISTED]
    found, _ = audit(service, auditor, enterprise=BETA, action=[READ])
    assert {each["subject"] for each in found} == {BETA}
    assert (
        audit(service, auditor, enterprise=f"uscc:{CODE}")[0]
        == audit(service, auditor, enterprise=CODE)[0]
    )


def test_what_something_was_read_for_is_found(service, auditor):
    found, _ = audit(service, auditor, purpose="complaint:2026-17")
    assert len(found) == 3
    assert {each["purpose"] for each in found} == {"complaint:2026-17"}
    [actor] = {each["actor"] for each in found}
    mine, _ = audit(service, auditor, actor=actor, action=[LISTED])
    assert [each["detail"]["enterprises"] for each in mine] == [[ALPHA]]


def test_a_time_is_a_span_of_days(service, auditor):
    today, tomorrow = "2026-06-30", "2026-07-01"
    asked = {"actor": "li", "action": ["promote"]}
    assert len(audit(service, auditor, since=today, until=tomorrow, **asked)[0]) == 1
    assert audit(service, auditor, until=today, **asked)[0] == []
    assert audit(service, auditor, since=tomorrow, **asked)[0] == []


def test_pages_have_each_entry_once_the_newest_first(service, auditor):
    whole, _ = audit(service, auditor, action=[READ, LISTED], limit=1_000)
    paged, pages = audit(service, auditor, action=[READ, LISTED], limit=2)
    assert paged == whole
    assert pages >= 3
    assert [each["at"] for each in whole] == sorted((each["at"] for each in whole), reverse=True)


def test_reading_the_audit_is_in_the_audit(service, auditor):
    audit(service, auditor, purpose="complaint:2026-17")
    newest = audit(service, auditor, action=["read audit"])[0]
    asked = [each["detail"] for each in newest]
    assert any(each.get("purpose") == "complaint:2026-17" for each in asked)


WRONG = {
    "a cursor": {"after": "41"},
    "two subjects": {"enterprise": "x", "subject": "account li"},
    "a day": {"since": "yesterday"},
    "a span": {"since": "2026-03-02", "until": "2026-03-01"},
    "a parameter": {"who": "li"},
    "a page": {"limit": 5_000},
    "an empty name": {"actor": ""},
}


@pytest.mark.parametrize("how", WRONG)
def test_what_cannot_be_looked_up_is_told(service, auditor, how):
    check(service.get("/v1/audit", params=WRONG[how], headers=auditor), 422, "invalid-request")


def test_no_level_is_told_by_the_audit(service, auditor, settings):
    with closing(Ledger.open(settings)) as ledger:
        ledger.audit(
            at=NOW, actor="account li", action="decide review", subject=ALPHA,
            detail={"case": 9, "level": "D"}, purpose="review",
        )  # fmt: skip
    [found] = audit(service, auditor, action=["decide review"])[0]
    assert found["detail"] == {"case": 9}


def test_who_administers_sees_what_was_done_to_keys_and_not_what_they_read(
    service, administrator, settings
):
    check(service.get("/v1/audit", headers=administrator), 403, "forbidden")
    text = issue(settings)
    with closing(Ledger.open(settings)) as ledger:
        ledger.audit(
            at=NOW, actor="root", action="issue key", subject=f"key {text[4:14]}", detail={}
        )
    asked = {"of": f"key {text[4:14]}"}
    found = service.get("/v1/access/history", params=asked, headers=administrator).json()
    assert [each["action"] for each in found["entries"]] == ["issue key"]
    whole = service.get("/v1/access/history", params={"limit": 1_000}, headers=administrator)
    assert ALPHA not in whole.text
    assert {each["action"] for each in whole.json()["entries"]} <= {"issue key", "sign in"}


# ---------------------------------------------------------------- verification


def verification(service, headers):
    response = service.get("/v1/audit/verification", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


def ran(settings, outcome, counts, hours=0):
    with closing(Ledger.open(settings)) as ledger:
        at = NOW + timedelta(hours=hours)
        run = ledger.jobs.start("trail", at=at, actor="scheduler", host="m1")
        ledger.jobs.end(run, outcome, at=at, counts=counts)


def test_how_the_trail_was_when_last_checked_is_told_without_checking_it(
    service, auditor, administrator, settings, monkeypatch
):
    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr("xinheng.ledger.trail.verification.verify", never)
    assert verification(service, auditor)["state"] == "never checked"
    ran(settings, "done", {"entries": 40, "chains": 3, "anchors": 5, "faults": 0, "remarks": 1})
    found = verification(service, administrator)
    assert (found["state"], found["entries"], found["faults"]) == ("sound", 40, 0)
    assert found["checked"] == found["sound_at"]
    assert found["anchored"] is not None
    ran(settings, "failed", {"entries": 41, "faults": 2}, hours=1)
    found = verification(service, auditor)
    assert (found["state"], found["faults"]) == ("faulty", 2)
    assert found["checked"] > found["sound_at"]
    ran(settings, "late", {}, hours=2)
    assert verification(service, auditor)["state"] == "failed"


def test_a_timetable_that_checks_nothing_says_so(tmp_path):
    path = tmp_path / "timetable.toml"
    path.write_text('[[job]]\nname="purge"\nzh="清"\nen="x"\ncommand=["purge"]\nat="02:30"\n')
    settings = installation(tmp_path).model_copy(update={"jobs": path})
    assert [each.name for each in read_timetable(settings.jobs).job] == ["purge"]
    headers = bearer(issue(settings, Grant(Role.AUDITOR)), None)
    with TestClient(create_app(settings, hosts=HOSTS, now=lambda: NOW)) as service:
        assert verification(service, headers)["state"] == "not scheduled"
