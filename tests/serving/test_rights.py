"""Every route by every role: who may, may; who may not, gets nothing and leaves a trace."""

from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Draft, Ground
from xinheng.ledger.reviews import Opening
from xinheng.ledger.watch import Series, Told, WatchRun
from xinheng.serving import create_app
from xinheng.serving.access import ROLES, Grant, Permission, Role, Scope
from xinheng.serving.access.needs import NEEDS, PURPOSED

from ..archive.department import ALPHA
from .asked import GETS, POSTS, Asked
from .districts import FUTIAN, LUOHU, districts
from .installation import HOSTS, NOW
from .keyed import bearer, issue
from .test_problems import check

ONE = f"/v1/enterprises/{ALPHA}"
REASON = {"reason": "现场核实"}
ACTS = {
    act: Asked(f"/v1/reviews/1/{act}", f"{act} review", body=body)
    for act, body in (
        *((act, {}) for act in ("accept", "take", "release", "agree", "retract")),
        *((act, REASON) for act in ("decline", "extend", "refuse", "answer", "lift", "note")),
        ("notify", REASON),
        ("decide", REASON | {"decision": "confirm", "reason_code": "as_found"}),
    )
}
OBJECTED = {"enterprise": ALPHA, "received": "2026-06-29", "contests": "处罚有误", "evidence": []}
REVIEWS = {
    "reviews": Asked("/v1/reviews", "read reviews"),
    "review": Asked("/v1/reviews/1", "read review"),
    "enterprise_reviews": Asked(f"{ONE}/reviews", "read reviews"),
    "review_policy": Asked("/v1/review-policy", "read review policy"),
    "open_review": Asked("/v1/reviews", "open review", body=REASON | {"enterprise": ALPHA}),
    "object": Asked("/v1/objections", "object", body=OBJECTED),
    "objection": Asked("/v1/objections/1", "read objection"),
    "withdraw_objection": Asked("/v1/objections/1/withdraw", "withdraw objection", body=REASON),
    **{f"review_{act}": asked for act, asked in ACTS.items()},
}
"""Review 1 is there, and is no objection; acts rest on a version that it has not."""
STATED = {"received": "2026-06-29", "statement": "处罚有误"}
DONE = {
    act: Asked(f"/v1/downgrades/1/{act}", f"{act} downgrade", body=body)
    for act, body in (
        *((act, {}) for act in ("confirm", "agree", "retract")),
        *((act, REASON) for act in ("reject", "refuse", "lift", "note")),
        ("amend", REASON | {"period": 30}),
        ("serve", {"document": "7", "method": "direct", "delivered": "2026-06-29"}),
        ("answer", REASON | {"answer": "upheld"}),
    )
}
WARNINGS = {
    "alarms": Asked("/v1/watch/alarms", "read alarms"),
    "alarm": Asked("/v1/watch/alarms/1", "read alarm"),
    "watch_runs": Asked("/v1/watch/runs", "read watch runs"),
    "feed": Asked("/v1/watch/feed", "read feed"),
    **{
        f"alarm_{act}": Asked(f"/v1/watch/alarms/1/{act}", f"{act} alarm", body=REASON)
        for act in ("note", "close", "reopen")
    },
    "warnings": Asked(f"{ONE}/warnings", "read warnings"),
    "downgrades": Asked("/v1/downgrades", "read downgrades"),
    "downgrade": Asked("/v1/downgrades/1", "read downgrade"),
    "enterprise_downgrades": Asked(f"{ONE}/downgrades", "read downgrades"),
    "downgrade_document": Asked("/v1/downgrades/1/document", "read downgrade document"),
    "served_downgrade": Asked("/v1/downgrades/1/served", "read served downgrade"),
    "downgrade_state": Asked("/v1/downgrades/1/state", "state downgrade", body=STATED),
    "downgrade_escalate": Asked("/v1/downgrades/1/escalate", "escalate downgrade", method="POST"),
    **{f"downgrade_{act}": asked for act, asked in DONE.items()},
}
"""Alarm 1 is there, and so is warning 1, a draft; acts rest on a version that it has not."""
SEEN = {"If-Match": '"999"'}
NO_KEY, NO_ACCOUNT = "/v1/keys/0000000000", "/v1/accounts/nobody"
ORDERED = {"holder": "hotline", "grant": {"role": "consumer"}}
INVITED = {"name": "no such name", "grant": {"role": "consumer"}}
CHANGES = {
    "reset_account": "reset",
    "drop_factor": "drop-factor",
    "agree_to_account": "agree",
    "disable_account": "disable",
    "enable_account": "enable",
    "end_sessions": "sign-out",
}
ADMINISTRATION = {
    "keys": Asked("/v1/keys", "read keys"),
    "key": Asked(NO_KEY, "read key"),
    "issue_key": Asked("/v1/keys", "issue key", body=ORDERED),
    "rotate_key": Asked(f"{NO_KEY}/rotate", "rotate key", body={}),
    "revoke_key": Asked(f"{NO_KEY}/revoke", "revoke key", method="POST"),
    "agree_to_key": Asked(f"{NO_KEY}/agree", "agree to key", method="POST"),
    "accounts": Asked("/v1/accounts", "read accounts"),
    "account": Asked(NO_ACCOUNT, "read account"),
    "add_account": Asked("/v1/accounts", "add account", body=INVITED),
    "grant_account": Asked(
        f"{NO_ACCOUNT}/grant", "change grant", body={"role": "consumer"}, method="PUT"
    ),
    **{name: Asked(f"{NO_ACCOUNT}/{act}", act, method="POST") for name, act in CHANGES.items()},
    "roles": Asked("/v1/roles", "read roles"),
    "channels": Asked("/v1/channels", "read channels"),
    "access_history": Asked("/v1/access/history", "read access history"),
    "audit": Asked("/v1/audit", "read audit"),
    "verification": Asked("/v1/audit/verification", "read verification"),
}
"""Of keys and accounts that there are not: what is done to those that there are is tested apart."""
UNMAPPED = "nowhere"
"""A source that keys may post to and that has no mapping: past the gate, but not accepted."""
POSTED = {
    "source": UNMAPPED,
    "records": [{"kind": "penalty", "enterprise": ALPHA, "number": "P9", "occurred": "2026-06-29"}],
}
ANSWERED = {
    "scores_of_a_file": 415,
    **dict.fromkeys(("webhook", "unsubscribe", "resume", "deliveries", "receipt"), 404),
    **dict.fromkeys(
        ("key", "rotate_key", "revoke_key", "agree_to_key", "account", "grant_account"), 404
    ),
    **dict.fromkeys(CHANGES, 404),
    "issue_key": 201,
    "add_account": 422,
    **dict.fromkeys(("pause_subscription", "resume_subscription"), 404),
    "post_records": 422,
    "run_job": 202,
    "objection": 404,
    "withdraw_objection": 404,
    **{f"review_{act}": 409 for act in ACTS},
    **{f"downgrade_{act}": 409 for act in ("escalate", *DONE)},
    **dict.fromkeys(("served_downgrade", "downgrade_state"), 404),
}
"""What is answered to who may ask, where it is not 200."""
QUESTIONS: dict[str, Asked] = {
    **{each.action: each for each in reversed([*GETS, *POSTS])},
}
ROUTES: dict[str, Asked] = {
    "grade": QUESTIONS["read grade"],
    "grades": QUESTIONS["read grades"],
    "explanation": QUESTIONS["read explanation"],
    "records": QUESTIONS["read records"],
    "movement": QUESTIONS["read movement"],
    "remedies": QUESTIONS["read remedies"],
    "scores": QUESTIONS["read scores"],
    "changes": QUESTIONS["read changes"],
    "what_if": QUESTIONS["ask what if"],
    "indicators": QUESTIONS["read indicators"],
    "model": QUESTIONS["read model"],
    "promotions": QUESTIONS["read promotions"],
    "profile": QUESTIONS["read profile"],
    "enterprises": QUESTIONS["search enterprises"],
    "overview": Asked("/v1/overview", "read overview"),
    "scores_of_a_file": Asked("/v1/scores/file", "read scores", body={}),
    "webhooks": Asked("/v1/webhooks", "read webhooks"),
    "webhook": Asked("/v1/webhooks/wh_0", "read webhook"),
    "subscribe": Asked("/v1/webhooks", "subscribe", body={"url": "https://hooks.example/grades"}),
    "unsubscribe": Asked("/v1/webhooks/wh_0", "unsubscribe", method="DELETE"),
    "resume": Asked("/v1/webhooks/wh_0/resume", "resume webhook", method="POST"),
    "subscriptions": Asked("/v1/subscriptions", "read subscriptions"),
    "pause_subscription": Asked("/v1/subscriptions/wh_0/pause", "pause webhook", body=REASON),
    "resume_subscription": Asked("/v1/subscriptions/wh_0/resume", "resume webhook", body=REASON),
    "deliveries": Asked("/v1/webhooks/wh_0/deliveries", "read deliveries"),
    "post_records": Asked("/v1/records", "post records", body=POSTED),
    "receipt": Asked("/v1/records/5d1c7a52-58d6-4a3b-9f4e-3c4c2f0d8e11", "read receipt"),
    "state": Asked("/v1/state", "read state"),
    "jobs": Asked("/v1/jobs", "read jobs"),
    "job_runs": Asked("/v1/jobs/grades/runs", "read job runs"),
    "run_job": Asked("/v1/jobs/grades/runs", "run job", method="POST"),
    "operations_metrics": Asked("/v1/metrics", "read metrics"),
    **ADMINISTRATION,
    **REVIEWS,
    **WARNINGS,
}
"""A question to every route that needs something: a new one without an entry fails."""
GUARDED = [name for name, needed in NEEDS.items() if needed is not None]
OF_ONE = (
    *("grade", "grades", "explanation", "records", "movement", "remedies", "what_if"),
    *(name for name in REVIEWS if name not in {"reviews", "review_policy"}),
    *("warnings", "downgrade", "enterprise_downgrades", "downgrade_document"),
    *("downgrade_escalate", *(f"downgrade_{act}" for act in DONE)),
)
FOR = {Role.DATA_SCIENTIST: "model"}


def scope_of(role: Role, **more: Any) -> Scope:
    """A scope that reaches ALPHA, and may post where the role does."""
    posts = Permission.POST_RECORDS in ROLES[role].permissions
    return Scope(
        districts=frozenset({FUTIAN}) if ROLES[role].bound else None,
        sources=frozenset({UNMAPPED}) if posts else None,
        **more,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    found = districts(tmp_path_factory.mktemp("rights"))
    opening = Opening(
        number=Archive(found.archive).enterprise(ALPHA),
        enterprise=ALPHA,
        cause="by_hand",
        as_of=day("2026-06-29"),
        level="E",
    )
    with closing(Ledger(found.ledger)) as ledger:
        ledger.reviews.open(opening, at=NOW, actor="li", detail={})
        text = {"zh": "抽检不合格", "en": "a sample failed"}
        ground = Ground(rule="unsafe_sample", records=("r1",), since=opening.as_of, basis="design",
                        text=text)  # fmt: skip
        draft = Draft(number=opening.number, enterprise=ALPHA, as_of=opening.as_of,
                      grounds=(ground,), level="C", days=180, basis="design")  # fmt: skip
        ledger.downgrades.draft([draft], at=NOW, actor="watch")
        run = WatchRun(at=NOW, actor="watch", as_of=opening.as_of, sequence=1, budget=2, bar=4.5,
                       series=900)  # fmt: skip
        told = Told(series=Series("signal", "tea", "lead"), of=opening.as_of, sentence=text,
                    evidence={})  # fmt: skip
        ledger.watch.record(run, [told])
    return found


@pytest.fixture(scope="module")
def service(installed):
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def keys(installed):
    """What each role sends."""
    return {
        role: bearer(issue(installed, Grant(role, scope_of(role))), FOR.get(role, "routine"))
        for role in Role
    }


def ask(service, name, headers):
    asked = ROUTES[name]
    method = asked.method or ("GET" if asked.body is None else "POST")
    headers = headers | SEEN | {"Idempotency-Key": name}
    return service.request(method, asked.url, json=asked.body, headers=headers)


def test_every_route_that_needs_something_is_asked_here():
    assert sorted(ROUTES) == sorted(GUARDED)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", GUARDED)
def test_a_role_is_answered_what_it_may_ask_and_nothing_else(service, keys, name, role):
    answer = ask(service, name, keys[role])
    if NEEDS[name] in ROLES[role].permissions:
        assert answer.status_code == ANSWERED.get(name, 200), answer.text
        return
    problem = check(answer, 403, "forbidden")
    assert f"no permission to {NEEDS[name]}" in problem["detail"]
    assert ALPHA not in answer.text


@pytest.mark.parametrize("name", GUARDED)
def test_nobody_is_answered_nothing(service, name):
    answer = ask(service, name, {"X-Purpose": "routine"})
    check(answer, 401, "not-authenticated")
    assert ALPHA not in answer.text


CASES = [
    (name, role) for name in GUARDED for role in Role if NEEDS[name] in ROLES[role].permissions
]


@pytest.mark.parametrize(("name", "role"), CASES, ids=str)
def test_a_key_that_keeps_all_but_one_permission_lacks_that_one(installed, service, name, role):
    kept = ROLES[role].permissions - {NEEDS[name]}
    grant = Grant(role, scope_of(role, permissions=kept))
    headers = bearer(issue(installed, grant), FOR.get(role, "routine"))
    problem = check(ask(service, name, headers), 403, "forbidden")
    assert "this key is narrowed" in problem["detail"].lower()


@pytest.mark.parametrize(("name", "role"), [(n, r) for n, r in CASES if n in OF_ONE], ids=str)
@pytest.mark.parametrize("beyond", ["district", "category"])
def test_no_route_tells_of_an_enterprise_beyond_reach(installed, service, name, role, beyond):
    here = frozenset({FUTIAN})
    scope = (
        Scope(districts=frozenset({LUOHU}))
        if beyond == "district"
        else Scope(districts=here, categories=frozenset({"catering"}))
    )
    headers = bearer(issue(installed, Grant(role, scope)), FOR.get(role, "routine"))
    check(ask(service, name, headers), 403, "beyond-reach")


@pytest.mark.parametrize(("name", "role"), CASES, ids=str)
def test_a_purpose_is_asked_for_where_enterprises_are_read(service, keys, name, role):
    headers = {key: value for key, value in keys[role].items() if key != "X-Purpose"}
    answer = ask(service, name, headers)
    if NEEDS[name] in PURPOSED:
        problem = check(answer, 422, "invalid-request")
        assert "no purpose was named" in problem["detail"].lower()
    else:
        assert answer.status_code == ANSWERED.get(name, 200)


def test_nothing_that_can_be_read_of_enterprises_is_read_without_a_purpose():
    told = {Permission.READ_CATALOGUE, Permission.READ_OPERATIONS}
    told |= {Permission.READ_AUDIT, Permission.READ_ACCESS}
    reads = {each for each in Permission if each.startswith("read ")}
    assert reads - PURPOSED - told == {Permission.READ_PERSONAL_DATA}  # of no route by itself
