"""Whoever is held to districts or categories reaches these, and learns nothing of the rest."""

import re
from contextlib import closing
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from xinheng.core.time import NEVER
from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role, Scope
from xinheng.serving.live.profiles import Profiles

from ..archive.department import ALPHA, BETA
from . import graded
from .asked import ENTERPRISE, SUPPOSED
from .districts import FUTIAN, LUOHU, MOVED, NANSHAN, districts
from .installation import HOSTS, NOW
from .keyed import asking, bearer, held, issue
from .test_problems import check

TAILS = ("grade", "grades", "explanation", "records", "movement?since=2026-06-01", "remedies")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return districts(tmp_path_factory.mktemp("reach"))


@pytest.fixture(scope="module")
def service(installed):
    with TestClient(create_app(installed, hosts=HOSTS, now=lambda: NOW)) as found:
        yield found


@pytest.fixture(scope="module")
def futian(installed):
    return bearer(issue(installed, held(Role.INSPECTOR, FUTIAN)))


@pytest.mark.parametrize("tail", TAILS)
def test_what_is_within_reach_is_answered(service, futian, tail):
    assert service.get(f"/v1/enterprises/{ALPHA}/{tail}", headers=futian).status_code == 200


@pytest.mark.parametrize("tail", TAILS)
def test_what_lies_elsewhere_is_refused_as_what_nobody_knows(service, futian, tail):
    """Of an enterprise elsewhere nothing can be learnt: not even that the archive has it."""
    told = set()
    for identifier in (BETA, "91440300MA5XNG999X", f"uscc:{BETA}", "nobody", "no:body"):
        answer = service.get(f"/v1/enterprises/{identifier}/{tail}", headers=futian)
        problem = check(answer, 403, "beyond-reach")
        told.add(re.sub(r"Enterprise '[^']+'", "", problem["detail"]))
        told.add(" ".join(sorted(answer.headers)))
    assert len(told) == 2


def test_nothing_can_be_supposed_of_what_lies_elsewhere(service, futian):
    question = SUPPOSED | {"enterprise": BETA, "as_of": "2026-06-30"}
    check(service.post("/v1/what-if", json=question, headers=futian), 403, "beyond-reach")


def test_what_is_tried_beyond_reach_is_written_down(installed, service, futian):
    service.get(f"/v1/enterprises/{BETA}/explanation", headers=futian)
    with closing(Ledger(installed.ledger)) as ledger:
        row = ledger.audited(BETA)[-1]
    assert (row["action"], row["purpose"]) == ("was refused", "routine")
    assert (row["detail"]["route"], row["detail"]["problem"]) == ("explanation", "beyond-reach")


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        (Scope(), (ALPHA, BETA)),
        (Scope(districts=frozenset({FUTIAN})), (ALPHA,)),
        (Scope(districts=frozenset({FUTIAN, LUOHU})), (ALPHA, BETA)),
        (Scope(categories=frozenset({"catering"})), (BETA,)),
        (Scope(categories=frozenset({"bakery", "catering"})), (ALPHA, BETA)),
        (Scope(districts=frozenset({FUTIAN}), categories=frozenset({"catering"})), ()),
        (Scope(districts=frozenset({"福田区"})), ()),
    ],
    ids=["all", "one district", "two", "a category", "both", "neither", "a name"],
)
def test_a_list_holds_what_is_reached_and_an_error_for_the_rest(installed, service, scope, reached):
    headers = bearer(issue(installed, Grant(Role.SUPERVISOR, scope)))
    asked = [ALPHA, "nobody", BETA]
    answer = service.post("/v1/scores", json={"enterprises": asked}, headers=headers).json()
    found = {each["enterprise"]: each for each in answer["scores"]}
    assert [name for name in asked if found[name]["grade"]] == list(reached)
    kinds = {each["error"]["type"].rpartition(":")[2] for each in found.values() if each["error"]}
    assert kinds == ({"unknown-enterprise"} if scope == Scope() else {"beyond-reach"})
    with closing(Ledger(installed.ledger)) as ledger:
        detail = ledger.audited("3 enterprises")[-1]["detail"]
    assert detail["enterprises"] == list(reached)
    tried = [name for name in asked if name not in reached] if scope != Scope() else []
    assert detail.get("beyond_reach", []) == tried


def test_who_is_responsible_today_reads_the_past_and_who_was_no_longer_does(tmp_path):
    """Else whoever asks would choose, by `as_of`, the day on which they were responsible."""
    moved = districts(tmp_path, MOVED)
    day = "as_of=2026-05-10"
    with asking(moved, held(Role.INSPECTOR, NANSHAN)) as new:
        assert new.get(f"/v1/enterprises/{BETA}/grade?{day}").status_code == 200
    with asking(moved, held(Role.INSPECTOR, LUOHU)) as old:
        check(old.get(f"/v1/enterprises/{BETA}/grade?{day}"), 403, "beyond-reach")


def test_a_day_before_anything_was_known_is_told_of_what_is_reached(service, futian):
    url = f"/v1/enterprises/{ALPHA}/grade?as_of=2025-11-01"
    check(service.get(url, headers=futian), 404, "not-known-yet")
    url = f"/v1/enterprises/{BETA}/grade?as_of=2025-11-01"
    check(service.get(url, headers=futian), 403, "beyond-reach")


@pytest.mark.parametrize("asked", ENTERPRISE, ids=str)
def test_whose_district_nobody_told_is_reached_by_nobody_who_is_held_to_one(
    client, settings, asked
):
    headers = bearer(issue(settings, held(Role.INSPECTOR, FUTIAN)))
    check(client.get(asked.url, headers=headers), 403, "beyond-reach")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_feed_leaves_out_what_lies_elsewhere_and_loses_nothing(town, monkeypatch, limit):
    monkeypatch.setattr(Profiles, "among", lambda _, numbers, *__: numbers % 3 == 0)
    with asking(town, at=graded.NOW) as client:
        register = client.app_state["live"].service.register
        whole = client.get("/v1/changes?limit=1000").json()
        numbers, _ = register.find([each["enterprise"] for each in whole["changes"]], NEVER)
        told = zip(whole["changes"], numbers, strict=True)
        mine = [each for each, number in told if number % 3 == 0]
        some = bearer(issue(town, held(Role.DEPARTMENT, FUTIAN), at=graded.NOW))
        found, after, more = [], 0, True
        while more:
            page = client.get(f"/v1/changes?after={after}&limit={limit}", headers=some).json()
            assert len(page["changes"]) <= limit
            assert page["next"] >= after
            found, after, more = found + page["changes"], page["next"], page["more"]
    assert found == mine
    assert 0 < len(mine) < len(whole["changes"])
    assert after == whole["next"]


def test_a_number_of_a_person_that_was_typed_for_a_code_is_not_kept(installed, service, futian):
    for number in ("11010519491231002X", "13800138000"):
        answer = service.get(f"/v1/enterprises/{number}/grade", headers=futian)
        check(answer, 403, "beyond-reach")
    service.post("/v1/scores", json={"enterprises": ["13800138000"]}, headers=bearer(
        issue(installed, held(Role.DEPARTMENT, FUTIAN))))  # fmt: skip
    bureau = bearer(issue(installed, held(Role.DEPARTMENT, FUTIAN)))
    file = service.post("/v1/scores/file", content=b"enterprise\n13800138000\n",
                        headers=bureau | {"Content-Type": "text/csv"})  # fmt: skip
    assert file.status_code == 200
    digest = sha256(b"enterprise\n13800138000\n").hexdigest()
    with closing(Ledger(installed.ledger)) as ledger:
        assert ledger.audited(f"file {digest}")[-1]["detail"]["beyond_reach"] == ["***"]
        assert ledger.audited("13800138000") == ledger.audited("11010519491231002X") == []
        assert ledger.audited("1 enterprises")[-1]["detail"]["beyond_reach"] == ["***"]
        assert len(ledger.audited("***")) == 2
