"""Searching over HTTP: who finds whom, what is told of them, and what is written down."""

import json
from contextlib import closing

import pytest

from xinheng.core.settings import load_settings
from xinheng.ledger import Ledger
from xinheng.serving.access import Grant, Permission, Role, Scope

from ..archive.department import ALPHA, BETA
from ..archive.test_directory import SHOP, delivered
from .installation import promote
from .keyed import SUPERVISOR, asking, held
from .test_problems import check
from .test_ways_out import channel, written

SEARCH = "/v1/enterprises"
RECORDS_ONLY = Grant(Role.SUPERVISOR, Scope(frozenset({Permission.READ_RECORDS})))


@pytest.fixture(scope="module")
def registered(tmp_path_factory):
    """An installation with a register of three: two companies, and one individual operator."""
    folder = tmp_path_factory.mktemp("registered")
    delivered(folder)
    settings = load_settings(
        archive=folder / "archive",
        bundles=folder / "bundles",
        keys=folder / "keys",
        ledger=f"sqlite:///{folder}/ledger.db",
    )
    promote(settings)
    return settings


@pytest.fixture(scope="module")
def supervisor(registered):
    with asking(registered, SUPERVISOR) as found:
        yield found


def codes(answer):
    assert answer.status_code == 200, answer.text
    return [each["enterprise"] for each in answer.json()["enterprises"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "雲禾"}, {ALPHA}),
        ({"q": "sc1254"}, {BETA}),
        ({"q": "9144"}, {ALPHA, BETA}),
        ({"district": "440304"}, {ALPHA, SHOP}),
        ({"district": ["宝安区", "福田区"]}, {ALPHA, BETA, SHOP}),
        ({"district": "440308"}, set()),
        ({"category": "2401"}, {ALPHA}),
        ({"category": "restaurant", "district": "440306"}, {BETA}),
        ({"licence": "SC124", "name": "餐饮"}, {ALPHA}),
        ({"level": "E"}, set()),
        ({}, {ALPHA, BETA, SHOP}),
    ],
)
def test_who_is_meant_is_found(supervisor, query, found):
    answer = supervisor.get(SEARCH, params=query)
    assert set(codes(answer)) == found
    assert answer.json()["total"] == len(found)


def test_a_hit_tells_who_it_is(supervisor):
    [hit] = supervisor.get(SEARCH, params={"code": ALPHA}).json()["enterprises"]
    assert hit == {
        "enterprise": ALPHA,
        "name": "信衡市云禾餐飲有限公司",
        "district": {"code": "440304", "zh": "福田区", "en": "Futian"},
        "categories": [
            {"code": "restaurant", "zh": "restaurant", "en": None},
            {"code": "2401", "zh": "热加工糕点", "en": "Baked and cooked pastries"},
        ],
        "level": None,
        "moved": None,
    }


def test_pages_lead_to_the_end(supervisor):
    found, after = [], 0
    while after is not None:
        page = supervisor.get(SEARCH, params={"sort": "code", "limit": 1, "after": after})
        found += codes(page)
        after = page.json()["next"]
    assert found == sorted([ALPHA, BETA, SHOP])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"q": "禾"}, "two letters or digits"),
        ({"name": "--"}, "two letters or digits"),
        ({"district": "Futian Road"}, "宝安区, 福田区"),
        ({"category": "x"}, "restaurant"),
        ({"level": "F"}, "'A+', 'A'"),
        ({"sort": "size"}, "'name', 'code'"),
        ({"limit": 1000}, "200"),
    ],
)
def test_what_cannot_be_asked_is_explained(supervisor, query, words):
    answer = supervisor.get(SEARCH, params=query)
    assert (answer.status_code, words in answer.json()["errors"][0]["message"]) == (422, True)


def test_nobody_finds_what_is_beyond_reach(registered):
    with asking(registered, held(Role.INSPECTOR, "440304")) as client:
        answer = client.get(SEARCH)
        assert (set(codes(answer)), answer.json()["total"]) == ({ALPHA, SHOP}, 2)
        assert codes(client.get(SEARCH, params={"q": "沐谷"})) == []
        assert client.get(f"{SEARCH}/{BETA}/profile").status_code == 403


def test_names_of_individuals_are_for_who_may_read_personal_data(registered, supervisor):
    assert codes(supervisor.get(SEARCH, params={"q": "陈记"})) == [SHOP]
    with asking(registered, held(Role.DEPARTMENT, "440304")) as client:
        names = {
            each["enterprise"]: each["name"] for each in client.get(SEARCH).json()["enterprises"]
        }
        assert names == {ALPHA: "信衡市云禾餐飲有限公司", SHOP: "***"}
        assert codes(client.get(SEARCH, params={"q": "陈记"})) == []
        assert codes(client.get(SEARCH, params={"name": "云禾"})) == [ALPHA]
        assert "陈记" not in client.get(f"{SEARCH}/{SHOP}/profile").text


def test_what_a_channel_keeps_back_is_not_found_out_by_narrowing(registered, tmp_path):
    """Whoever may ask for each letter, or for each level, would read off what is not told."""
    fields = 'fields = { EnterprisesAnswer = ["enterprises.enterprise"] }'
    path = written(tmp_path, channel("app", f'{fields}\nmasks = ["name"]'))
    with asking(registered.model_copy(update={"channels": path}), channel="app") as client:
        assert codes(client.get(SEARCH, params={"q": "陈记"})) == []
        assert codes(client.get(SEARCH, params={"q": "云禾"})) == [ALPHA]
        for query in ({"level": "E"}, {"sort": "level"}, {"moved_since": "2026-01-01"}):
            problem = check(client.get(SEARCH, params=query), 403, "forbidden")
            assert "channel 'app'" in problem["detail"]


def test_who_may_not_read_grades_neither_sees_nor_sorts_by_them(registered):
    with asking(registered, RECORDS_ONLY) as client:
        answer = client.get(SEARCH)
        assert {each["level"] for each in answer.json()["enterprises"]} == {None}
        assert answer.json()["run"] is None
        for query in ({"level": "E"}, {"sort": "level"}, {"moved_since": "2026-01-01"}):
            assert client.get(SEARCH, params=query).status_code == 403


def test_levels_in_force_are_told_with_the_run_that_gave_them(town_client):
    page = town_client.get(SEARCH, params={"sort": "level", "limit": 200}).json()
    history = {
        each["enterprise"]: town_client.get(f"{SEARCH}/{each['enterprise']}/grades?limit=1000")
        for each in page["enterprises"][:5]
    }
    for each in page["enterprises"][:5]:
        last = history[each["enterprise"]].json()["grades"][-1]
        assert each["level"] == last["level"]
        assert last["run"]["id"] <= page["run"]
    levels = [each["level"] for each in page["enterprises"]]
    assert levels == sorted(levels, key=["E", "D", "C", "B", "A", "A+"].index)


def test_whose_level_moved_since_a_day_is_found(town_client):
    changes = town_client.get("/v1/changes", params={"limit": 1000}).json()["changes"]
    last = {each["enterprise"]: each["as_of"] for each in changes}
    day = sorted(last.values())[len(last) // 2]
    page = town_client.get(SEARCH, params={"moved_since": day, "limit": 200}).json()
    assert {each["enterprise"]: each["moved"] for each in page["enterprises"]} == {
        name: moved for name, moved in last.items() if moved >= day
    }


def test_it_is_recorded_who_was_told_of_and_no_name_that_was_asked_for(registered, supervisor):
    supervisor.get(SEARCH, params={"name": "陈记面馆"})
    with closing(Ledger(registered.ledger)) as ledger:
        entries = [entry["detail"] for entry in ledger.audited("enterprises")]
    assert entries[-1]["enterprises"] == [SHOP]
    assert "陈记" not in json.dumps(entries, ensure_ascii=False)


def test_an_answer_that_still_holds_is_not_sent_again(supervisor):
    first = supervisor.get(SEARCH, params={"q": "云禾"})
    again = supervisor.get(
        SEARCH, params={"q": "云禾"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_profile_tells_what_is_registered_as_of_a_day(supervisor):
    found = supervisor.get(f"{SEARCH}/{ALPHA}/profile?as_of=2026-03-01").json()
    assert found["name"] == "信衡市云禾餐飲有限公司"
    assert found["former_names"] == ["信衡市云禾米粉店"]
    assert (found["district"]["code"], found["known_since"]) == ("440304", "2020-01-01")
    [licence] = found["licences"]
    assert (licence["licence"], licence["valid_from"], licence["state"]) == (
        "SC124-4030000 0001", "2024-01-01", "stands",
    )  # fmt: skip
    assert [each["code"] for each in licence["categories"]] == ["2401"]
    before = supervisor.get(f"{SEARCH}/{ALPHA}/profile?as_of=2023-01-01").json()
    assert (before["name"], before["licences"]) == ("信衡市云禾米粉店", [])
