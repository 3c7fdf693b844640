"""The watch over HTTP: alarms within reach, what is done about them, and the feed."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from fastapi.testclient import TestClient

from xinheng.core.time import day
from xinheng.ledger import Ledger
from xinheng.ledger.watch import Series, Told, WatchRun
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA, BETA
from .districts import FUTIAN, LUOHU, districts
from .installation import HOSTS, NOW
from .keyed import SUPERVISOR, bearer, held, issue
from .test_problems import check

TEA = Series("signal", "tea", "lead")
LOCAL = Series("signal", "tea", "lead", "district", "罗湖区")
MADE = Series("signal", "ham", "nitrite", "supplier", ALPHA)
NOODLES = Series("standing", "wet_rice_noodles", "bongkrekic acid")
RUNS = (("2026-05-01", (NOODLES,)), ("2026-06-22", (TEA, LOCAL)), ("2026-06-29", (MADE,)))

EVIDENCE = {"signal": {"cases": 5}, "standing": {"makers": 2, "enterprises": [ALPHA, BETA]}}


def told(series: Series, of: int) -> Told:
    sentence = {"zh": f"{series.product}检出{series.hazard}", "en": f"{series.hazard} in tea"}
    return Told(series=series, of=of, strength=6.5, records=("4611686018427387905",),
                sentence=sentence, evidence=EVIDENCE[series.kind])  # fmt: skip


class Desk:
    """A service on which the watch told alarms, and people who ask it."""

    def __init__(self, folder) -> None:
        self.settings = districts(folder)
        with closing(Ledger(self.settings.ledger)) as ledger:
            for text, some in RUNS:
                run = WatchRun(at=NOW, actor="watch", as_of=day(text), sequence=1, budget=2,
                               bar=4.5, series=900)  # fmt: skip
                ledger.watch.record(run, [told(each, day(text)) for each in some])
        app = create_app(self.settings, hosts=HOSTS, now=lambda: NOW)
        self.client = TestClient(app, raise_server_exceptions=False)
        self.keys = {
            "li": issue(self.settings, SUPERVISOR),
            "futian": issue(self.settings, held(Role.SUPERVISOR, FUTIAN)),
            "luohu": issue(self.settings, held(Role.SUPERVISOR, LUOHU)),
            "scientist": issue(self.settings, Grant(Role.DATA_SCIENTIST)),
        }

    def get(self, who: str, path: str, purpose: str = "routine", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=bearer(self.keys[who], purpose) | named)

    def act(self, who: str, alarm: int, act: str, reason: str = "复核中", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/v1/watch/alarms/{alarm}/{act}",
            json={"reason": reason},
            headers=bearer(self.keys[who], "review") | named,
        )

    def told(self, who: str, query: str = "") -> list[int]:
        answer = self.get(who, f"/v1/watch/alarms{query}")
        assert answer.status_code == 200, answer.text
        return [each["alarm"] for each in answer.json()["alarms"]]


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("watch"))
    with found.client:
        yield found


@pytest.mark.parametrize(
    ("query", "alarms"),
    [
        ("", [4, 3, 2, 1]),
        ("?since=2026-06-22", [4, 3, 2]),
        ("?until=2026-06-22", [3, 2, 1]),
        ("?kind=standing", [1]),
        ("?product=tea&hazard=lead", [3, 2]),
        ("?open=false", []),
        ("?limit=2", [4, 3]),
        ("?limit=2&after=3", [2, 1]),
    ],
)
def test_alarms_are_told_by_what_is_asked_for(desk: Desk, query: str, alarms: list[int]):
    assert desk.told("li", query) == alarms


def test_pages_lead_on_to_the_end(desk: Desk):
    first = desk.get("li", "/v1/watch/alarms?limit=3").json()
    assert first["next"] == 2
    rest = desk.get("li", f"/v1/watch/alarms?limit=3&after={first['next']}").json()
    assert ([each["alarm"] for each in rest["alarms"]], rest["next"]) == ([1], None)


def test_an_alarm_of_a_place_is_told_to_those_who_reach_it(desk: Desk):
    assert desk.told("futian") == [4, 2, 1]  # ALPHA lies there, Luohu's is another's
    assert desk.told("luohu") == [3, 2, 1]
    check(desk.get("futian", "/v1/watch/alarms/3"), 404, "unknown-alarm")
    check(desk.act("futian", 3, "close"), 404, "unknown-alarm")
    check(desk.get("li", "/v1/watch/alarms/99"), 404, "unknown-alarm")


def test_an_alarm_tells_what_stands_behind_it_and_what_is_near(desk: Desk):
    found = desk.get("luohu", "/v1/watch/alarms/2?lang=en").json()
    assert (found["sentence"], found["evidence"]) == ("lead in tea", {"cases": 5})
    assert found["records"] == ["4611686018427387905"]
    assert [each["alarm"] for each in found["neighbours"]] == [3]
    assert (found["told"], found["as_of"]) == ("2026-06-30T15:59:00Z", "2026-06-22")
    assert desk.get("futian", "/v1/watch/alarms/2").json()["neighbours"] == []


def test_who_is_held_to_a_district_is_not_told_who_makes_it_elsewhere(desk: Desk):
    evidence = {who: desk.get(who, "/v1/watch/alarms/1").json()["evidence"]
                for who in ("li", "futian")}  # fmt: skip
    assert evidence == {"li": EVIDENCE["standing"], "futian": {"makers": 2}}


def test_an_alarm_is_closed_and_opened_again_with_a_reason(desk: Desk):
    assert desk.get("li", "/v1/watch/alarms/1").json()["allowed"] == ["note", "close"]
    closed = desk.act("li", 1, "close", "复核为同一批次", Idempotency_Key="once").json()
    assert (closed["open"], closed["allowed"]) == (False, ["note", "reopen"])
    assert [(each["act"], each["reason"]) for each in closed["acts"]] == [
        ("close", "复核为同一批次")
    ]
    assert desk.told("li", "?open=true") == [4, 3, 2]
    again = desk.act("li", 1, "close", "复核为同一批次", Idempotency_Key="once").json()
    assert again == closed
    check(desk.act("li", 1, "note", Idempotency_Key="once"), 422, "invalid-request")
    check(desk.act("li", 1, "close"), 409, "conflict")
    opened = desk.act("li", 1, "reopen", "又有投诉").json()
    assert (opened["open"], len(opened["acts"])) == (True, 2)
    check(desk.act("scientist", 1, "note"), 403, "forbidden")


def test_who_needs_no_persons_is_told_no_names_and_no_texts(desk: Desk):
    desk.act("li", 2, "note", "请张三复核")
    [done] = desk.get("scientist", "/v1/watch/alarms/2", "model").json()["acts"]
    assert (done["actor"], done["reason"]) == ("***", "***")
    assert desk.get("scientist", "/v1/watch/alarms/2", "model").json()["allowed"] == []


@pytest.mark.parametrize("path", ["/v1/watch/alarms", "/v1/watch/alarms/4", "/v1/watch/runs",
                                  "/v1/watch/feed"])  # fmt: skip
def test_an_answer_holds_until_somebody_acts(desk: Desk, path: str):
    tag = desk.get("li", path).headers["etag"]
    assert desk.get("li", path, If_None_Match=tag).status_code == 304
    desk.act("li", 4, "note", "已转办")
    assert desk.get("li", path, If_None_Match=tag).status_code == 200


def test_runs_are_told_the_newest_first(desk: Desk):
    page = desk.get("li", "/v1/watch/runs?limit=2").json()
    assert [(each["run"], each["as_of"], each["alarms"]) for each in page["runs"]] == [
        (3, "2026-06-29", 1),
        (2, "2026-06-22", 2),
    ]
    rest = desk.get("li", f"/v1/watch/runs?limit=2&after={page['next']}").json()
    assert ([each["run"] for each in rest["runs"]], rest["next"]) == ([1], None)


def test_the_feed_is_a_json_feed_of_what_is_open_within_reach(desk: Desk):
    answer = desk.get("futian", "/v1/watch/feed?lang=en")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://testserver/v1/watch/feed"
    assert [each["id"] for each in feed["items"]] == [
        "urn:xinheng:alarm:4", "urn:xinheng:alarm:2", "urn:xinheng:alarm:1"
    ]  # fmt: skip
    assert feed["items"][1]["title"] == "Alarm 2: Tea leaves · lead"
    assert feed["items"][1]["content_text"] == "lead in tea"
    assert desk.client.get(
        feed["items"][1]["url"], headers=bearer(desk.keys["futian"])
    ).status_code == 200  # fmt: skip
    assert len(desk.get("li", "/v1/watch/feed?limit=1").json()["items"]) == 1
    desk.act("li", 2, "close", "已处置")
    ids = [each["id"] for each in desk.get("futian", "/v1/watch/feed").json()["items"]]
    assert "urn:xinheng:alarm:2" not in ids
    desk.act("li", 2, "reopen", "再现")
