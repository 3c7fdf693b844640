"""Webhooks of others: whoever runs the service pauses them and lets them go on, with a reason."""

from contextlib import closing
from dataclasses import replace

import pytest

from xinheng.ledger import Ledger
from xinheng.serving.access import Grant, Role
from xinheng.serving.webhooks import Webhooks

from .graded import NOW
from .keyed import asking, bearer, issue
from .test_problems import check

URL = "https://hooks.example/grades?token=secret"
REASON = {"reason": "接收方正在维护"}
WHY = "paused by those who run the service: 接收方正在维护"


@pytest.fixture
def installation(own_town, tmp_path):
    return own_town(tmp_path)


@pytest.fixture
def owner(installation):
    """A program that has a webhook."""
    with asking(installation, at=NOW) as found:
        yield found


@pytest.fixture
def administrator(installation):
    return bearer(issue(installation, Grant(Role.ADMINISTRATOR), at=NOW), None)


@pytest.fixture
def made(owner):
    return owner.post("/v1/webhooks", json={"url": URL}).json()["id"]


def change(installation, name, **values):
    with closing(Ledger(installation.ledger)) as ledger:
        Webhooks(ledger, lambda: NOW).change(name, lambda row: replace(row, **values))


def test_whoever_runs_the_service_pauses_a_webhook_of_another(
    installation, owner, administrator, made
):
    paused = owner.post(f"/v1/subscriptions/{made}/pause", json=REASON, headers=administrator)
    told = paused.json()
    assert (paused.status_code, told["state"], told["problem"]) == (200, "paused", WHY)
    assert (told["host"], "secret" in paused.text) == ("hooks.example", False)
    with closing(Ledger(installation.ledger)) as ledger:
        [row] = Webhooks(ledger, lambda: NOW).all()
    assert not row.may_begin(NOW)
    mine = owner.get(f"/v1/webhooks/{made}").json()
    assert (mine["state"], mine["why"]) == ("paused", WHY)


def test_its_program_does_not_undo_that_and_is_told_why(owner, administrator, made):
    owner.post(f"/v1/subscriptions/{made}/pause", json=REASON, headers=administrator)
    problem = check(owner.post(f"/v1/webhooks/{made}/resume"), 409, "conflict")
    assert WHY in problem["detail"]
    assert "ask them to resume it" in problem["detail"]
    assert owner.get(f"/v1/webhooks/{made}").json()["state"] == "paused"


def test_whoever_runs_the_service_lets_it_go_on(installation, owner, administrator, made):
    with closing(Ledger(installation.ledger)) as ledger:
        [before] = Webhooks(ledger, lambda: NOW).all()
    owner.post(f"/v1/subscriptions/{made}/pause", json=REASON, headers=administrator)
    resumed = owner.post(f"/v1/subscriptions/{made}/resume", json=REASON, headers=administrator)
    assert (resumed.status_code, resumed.json()["state"]) == (200, "delivering")
    with closing(Ledger(installation.ledger)) as ledger:
        [after] = Webhooks(ledger, lambda: NOW).all()
    assert after == before, "the key that it is told to is still the one that answers for it"
    assert owner.post(f"/v1/webhooks/{made}/resume").status_code == 200


def test_one_that_was_given_up_goes_on_as_well(installation, owner, administrator, made):
    change(installation, made, paused=NOW, why="given up after 9 tries", attempts=9)
    resumed = owner.post(f"/v1/subscriptions/{made}/resume", json=REASON, headers=administrator)
    assert (resumed.json()["state"], resumed.json()["attempts"]) == ("delivering", 0)


def test_both_are_in_the_audit_with_reason_and_whose_it_is(
    installation, owner, administrator, made
):
    for act in ("pause", "resume"):
        owner.post(f"/v1/subscriptions/{made}/{act}", json=REASON, headers=administrator)
    with closing(Ledger(installation.ledger)) as ledger:
        [row] = Webhooks(ledger, lambda: NOW).all()
        noted = ledger.audited(f"webhook {made}")
    assert [each["action"] for each in noted] == ["pause webhook", "resume webhook"]
    for each in noted:
        assert each["actor"] == f"key {administrator['Authorization'][11:21]}"
        assert REASON["reason"] in str(each["detail"])
        assert row.key in str(each["detail"])
        assert "secret" not in str(each["detail"])


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_a_reason_is_needed_and_the_webhook_has_to_be_there(owner, administrator, made, act):
    place = f"/v1/subscriptions/{made}/{act}"
    check(owner.post(place, json={}, headers=administrator), 422, "invalid-request")
    other = f"/v1/subscriptions/wh_0/{act}"
    problem = check(owner.post(other, json=REASON, headers=administrator), 404, "unknown-webhook")
    assert "GET /v1/subscriptions lists" in problem["detail"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.DATA_SCIENTIST])
def test_nobody_else_may(installation, owner, made, role):
    headers = bearer(issue(installation, Grant(role), at=NOW), None)
    answer = owner.post(f"/v1/subscriptions/{made}/pause", json=REASON, headers=headers)
    check(answer, 403, "forbidden")
