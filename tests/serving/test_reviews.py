"""Reviews over HTTP: who may do what, to what, in which order, and what then counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from xinheng.grading.reviewing import ReviewPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import SYSTEM, Act
from xinheng.serving import answers, create_app
from xinheng.serving.access import Grant, Role
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.reads.reviews import PERMITS

from ..archive.department import ALPHA, BETA
from ..grading.world import parts
from .installation import HOSTS, NOW, installation, promote
from .keyed import SUPERVISOR, bearer, held, issue, keys_of

OVERRIDE = {
    "decision": "override",
    "reason_code": "put_right",
    "reason": "整改已现场核实",
    "basis": "食品安全法 §109",
    "level": "B",
    "until": "2026-08-01",
    "documents": ["深市监食检〔2026〕117号"],
}
CONFIRM = {"decision": "confirm", "reason_code": "as_found", "reason": "与现场一致"}
OBJECTION = {
    "enterprise": ALPHA, "received": "2026-06-29", "contests": "处罚已被撤销",
    "evidence": ["深府复〔2026〕9号"],
}  # fmt: skip


class Office:
    """A service with a clock that can be set, and people who ask it."""

    def __init__(self, folder) -> None:
        self.settings, self.now = installation(folder), NOW
        self.keys: dict[str, str] = {}
        app = create_app(self.settings, hosts=HOSTS, now=self.clock)
        self.client = TestClient(app, raise_server_exceptions=False)
        self.count = 0

    def clock(self) -> datetime:
        return self.now

    def enter(self, name: str, grant: Grant = SUPERVISOR, channel: str = "program") -> None:
        self.keys[name] = issue(self.settings, grant, channel, NOW)

    def get(self, who: str, path: str, purpose: str = "review") -> Any:
        return self.client.get(path, headers=bearer(self.keys[who], purpose))

    def post(self, who: str, path: str, body: Any, purpose: str = "review", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, json=body, headers=bearer(self.keys[who], purpose) | named)

    def act(self, who: str, case: int, act: str, body: Any = None, seen: Any = "*") -> Any:
        match = seen if seen == "*" else f'"{seen}"'
        purpose = "routine" if act == "answer" else "review"
        return self.post(who, f"/v1/reviews/{case}/{act}", body or {}, purpose, If_Match=match)

    def opened(self, enterprise: str = ALPHA, who: str = "li") -> int:
        self.count += 1
        said = {"enterprise": enterprise, "reason": "现场与等级不符"}
        answer = self.post(who, "/v1/reviews", said, Idempotency_Key=f"open{self.count}")
        assert answer.status_code == 200, answer.json()
        return int(answer.json()["case"])

    def done(self, who: str, case: int, act: str, body: Any = None) -> Any:
        answer = self.act(who, case, act, body)
        assert answer.status_code == 200, answer.json()
        return answer.json()


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    with found.client:
        for name in ("li", "wang"):
            found.enter(name)
        found.enter("inspector", held(Role.INSPECTOR, "440304"))
        found.enter("scientist", Grant(Role.DATA_SCIENTIST))
        found.enter("public", Grant(Role.CONSUMER))
        found.enter("elsewhere", held(Role.SUPERVISOR, "440309"))
        yield found


@pytest.fixture(autouse=True)
def on_time(office: Office) -> Iterator[None]:
    yield
    office.now = NOW


def grade(office: Office, enterprise: str = BETA, day: str | None = None) -> Any:
    query = "" if day is None else f"?as_of={day}"
    return office.get("li", f"/v1/enterprises/{enterprise}/grade{query}").json()


def follow(office: Office) -> None:
    """Let the service see what the ledger has, as its watcher does each second."""
    office.client.app_state["live"].follow()


def test_a_level_is_set_by_two_people_and_counts_from_the_next_day_on(office: Office) -> None:
    before, case = grade(office), office.opened(BETA)
    office.done("li", case, "take")
    proposed = office.done("li", case, "decide", OVERRIDE)
    assert (proposed["state"], proposed["waits_for_second"]) == ("proposed", True)
    assert "agree" not in proposed["allowed"]
    refused = office.act("li", case, "agree")
    assert refused.status_code == 409
    assert "second person is another" in refused.json()["detail"]
    agreed = office.done("wang", case, "agree")
    assert (agreed["state"], agreed["since"], agreed["until"]) == (
        "in_force", "2026-07-01", "2026-08-01",
    )  # fmt: skip
    follow(office)
    assert grade(office)["level"] == before["level"]
    office.now = NOW + timedelta(days=1)
    after = grade(office)
    assert (after["level"], after["given_level"]) == ("B", before["given_level"])
    assert after["level"] != before["level"]
    assert after["override"]["reason"] == OVERRIDE["reason"]
    assert after["override"]["case"] == case
    assert grade(office, day="2026-06-30")["override"] is None
    explained = office.get("li", f"/v1/enterprises/{BETA}/explanation").json()
    assert explained["level"] == explained["grade"]["level"] == "B"
    moved = office.get("li", f"/v1/enterprises/{BETA}/movement?since=2026-06-30").json()
    assert [part["cause"] for part in moved["parts"] if part["steps"]] == ["override"]
    better = office.get("li", f"/v1/enterprises/{BETA}/remedies").json()
    assert all(each["day"] > "2026-08-01" for each in better["outcomes"])
    office.now = NOW + timedelta(days=33)
    assert grade(office)["override"] is None
    assert office.get("li", f"/v1/reviews/{case}").json()["state"] == "expired"


def test_who_may_read_no_names_sees_none(office: Office) -> None:
    case = office.opened(BETA)
    office.done("li", case, "take")
    office.done("li", case, "decide", OVERRIDE)
    office.done("wang", case, "agree")
    follow(office)
    office.now = NOW + timedelta(days=1)
    path = f"/v1/enterprises/{BETA}/grade"
    seen = office.get("scientist", path, "model").json()["override"]
    assert (seen["level"], seen["by"], seen["second"], seen["reason"]) == ("B", *["***"] * 3)
    told = office.get("scientist", f"/v1/reviews/{case}", "model").json()
    assert {event["actor"] for event in told["events"]} == {"***"}
    assert OVERRIDE["reason"] not in str(told)
    assert told["allowed"] == []
    office.done("li", case, "lift", {"reason": "另有新情况"})
    assert office.done("wang", case, "agree")["state"] == "lifted"
    follow(office)
    assert grade(office)["override"] is not None
    office.now = NOW + timedelta(days=2)
    assert grade(office)["override"] is None


def test_of_two_who_act_on_the_same_version_one_is_told_what_happened(office: Office) -> None:
    case = office.opened()
    version = office.get("li", f"/v1/reviews/{case}").json()["version"]
    together, found = Barrier(2), {}

    def take(who: str) -> None:
        together.wait()
        found[who] = office.act(who, case, "take", seen=version)

    threads = [Thread(target=take, args=[who]) for who in ("li", "wang")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = next(who for who, answer in found.items() if answer.status_code == 200)
    lost = found["li" if won == "wang" else "wang"]
    taker = found[won].json()["taken_by"]
    assert lost.status_code == 409
    assert f"{taker}: take" in lost.json()["detail"]
    assert lost.json()["type"] == "urn:xinheng:problem:conflict"


def test_an_act_names_the_version_that_it_rests_on(office: Office) -> None:
    case = office.opened()
    missing = office.post("li", f"/v1/reviews/{case}/take", {})
    assert (missing.status_code, missing.json()["type"]) == (
        428, "urn:xinheng:problem:version-required",
    )  # fmt: skip
    wrong = office.post("li", f"/v1/reviews/{case}/take", {}, If_Match='"x"')
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "header.If-Match")
    assert office.act("li", case, "take", seen=9).status_code == 409
    assert office.act("li", case, "take", seen=1).status_code == 200


def test_an_act_that_needs_no_reason_needs_no_body(office: Office) -> None:
    case = office.opened()
    asked = {**bearer(office.keys["li"], "review"), "If-Match": "*"}
    for act in ("take", "release"):
        path = f"/v1/reviews/{case}/{act}"
        assert office.client.post(path, headers=asked).status_code == 200
    lacking = office.client.post(f"/v1/reviews/{case}/note", headers=asked)
    assert lacking.status_code == 422


def test_asked_twice_with_one_key_it_is_done_once(office: Office) -> None:
    case = office.opened()
    path = f"/v1/reviews/{case}/take"
    twice = [
        office.post("li", path, {}, If_Match='"1"', Idempotency_Key="take-1").json()
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert twice[0]["version"] == 2
    said = {"reason": "另一件事"}
    other = office.post("li", path, said, If_Match='"1"', Idempotency_Key="take-1")
    assert other.status_code == 422
    assert "was used for another act" in other.json()["detail"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"level": None}, "To override a grade, give level"),
        ({"documents": []}, "give records or documents"),
        ({"until": "2026-06-30"}, "counts from tomorrow"),
        ({"until": "2027-06-30"}, "until 2026-12-27 at most (180 days)"),
        ({"reason_code": "as_found"}, "no reason to override 'as_found'"),
        ({"level": "A+", "records": ["7"]}, "'7' is not known of this enterprise"),
        ({"outcome": "upheld"}, "is no objection"),
        ({"to": "market"}, "leave out to"),
        (CONFIRM | {"basis": None}, "To confirm a grade, leave out level, until"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused_and_nothing_is_kept(
    office: Office, change: dict[str, Any], told: str
) -> None:
    case = office.opened()
    office.done("li", case, "take")
    answer = office.act("li", case, "decide", OVERRIDE | change)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert office.get("li", f"/v1/reviews/{case}").json()["version"] == 2


def test_law_is_not_overridden(office: Office) -> None:
    given = grade(office, ALPHA)
    floors = [rule["alone"] for rule in given["rules"] if rule["effect"].startswith("at least")]
    assert floors
    case = office.opened()
    office.done("li", case, "take")
    answer = office.act("li", case, "decide", OVERRIDE | {"level": "A+"})
    assert answer.status_code == 422, floors
    assert "law asks for at least" in answer.json()["detail"]


def test_texts_with_identity_or_telephone_numbers_are_refused(office: Office) -> None:
    case = office.opened()
    office.done("li", case, "take")
    telephones = "电话 13800138000", "１３８００１３８０００"
    for text in ("证件 11010119900307123X", *telephones, "\0", " "):
        answer = office.act("li", case, "release", {"reason": text})
        assert answer.status_code == 422


def test_an_objection_runs_by_its_legal_clocks_to_its_end(office: Office) -> None:
    path = "/v1/objections"
    first = office.post("public", path, OBJECTION, Idempotency_Key="o1")
    assert first.status_code == 200
    told = first.json()
    assert "level" not in told
    assert (told["state"], told["due"]) == ("received", "2026-06-30")
    case = told["case"]
    follow(office)
    assert grade(office, ALPHA)["contested"] is True
    accepted = office.done("li", case, "accept")
    assert (accepted["state"], accepted["due"]) == ("open", "2026-07-02")
    office.done("li", case, "take")
    mine = office.act("li", case, "extend", {"reason": "需调取档案"})
    assert mine.status_code == 409
    assert "another person" in mine.json()["detail"]
    assert office.done("wang", case, "extend", {"reason": "需调取档案"})["due"] == "2026-07-07"
    office.now = NOW + timedelta(days=8)
    overdue = office.get("li", "/v1/reviews?overdue=true&cause=objection").json()["reviews"]
    assert case in [each["case"] for each in overdue]
    fitting = CONFIRM | {"reason_code": "objection_unfounded"}
    unsaid = office.act("li", case, "decide", fitting).json()["detail"]
    assert "a decision has its outcome; to confirm goes with rejected" in unsaid
    wrong = office.act("li", case, "decide", fitting | {"outcome": "upheld"})
    assert (wrong.status_code, "rejected" in wrong.json()["detail"]) == (422, True)
    decided = office.done("li", case, "decide", fitting | {"outcome": "rejected"})
    if decided["state"] == "proposed":
        decided = office.done("wang", case, "agree")
    assert (decided["state"], decided["due"]) == ("confirmed", "2026-07-10")
    follow(office)
    assert grade(office, ALPHA)["contested"] is False
    office.done("li", case, "notify", {"reason": "已书面告知"})
    end = office.get("public", f"{path}/{case}").json()
    assert (end["state"], end["outcome"], end["notified"], end["due"], end["extended"]) == (
        "decided", "rejected", "2026-07-08", None, True,
    )  # fmt: skip


def test_who_objected_withdraws_and_nobody_else_of_the_public(office: Office) -> None:
    office.enter("other", Grant(Role.CONSUMER))
    case = office.post("public", "/v1/objections", OBJECTION, Idempotency_Key="o2").json()["case"]
    path, said = f"/v1/objections/{case}/withdraw", {"reason": "企业撤回"}
    assert office.get("other", f"/v1/objections/{case}").status_code == 404
    assert office.post("other", path, said, If_Match="*").status_code == 404
    told = [office.get("other", f"/v1/objections/{each}").json()["detail"] for each in (case, 999)]
    assert told == [f"There is no objection {each} of yours." for each in (case, 999)]
    done = office.post("public", path, said, If_Match='"1"')
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")


@pytest.mark.parametrize("day", ["2026-07-01", "2025-06-28", "0001-01-01"])
def test_an_objection_arrived_within_the_last_year(office: Office, day: str) -> None:
    said = OBJECTION | {"received": day}
    answer = office.post("public", "/v1/objections", said, "routine", Idempotency_Key=f"on-{day}")
    assert answer.status_code == 422
    assert "expected a day of the last year" in answer.json()["detail"]


def test_what_is_sent_back_is_answered_by_who_delivers_records(office: Office) -> None:
    case = office.opened()
    office.done("li", case, "take")
    told = {
        "decision": "send_back", "reason_code": "record_wrong", "reason": "处罚对象有误",
        "faults": [{"what": "处罚决定书当事人不是本企业"}], "to": "市场监管局",
    }  # fmt: skip
    assert office.act("li", case, "decide", told | {"to": None}).status_code == 422
    assert office.done("li", case, "decide", told)["state"] == "sent_back"
    assert office.act("li", case, "answer", {"reason": "已更正"}).status_code == 403
    assert office.act("inspector", case, "answer", {"reason": "已更正"}).status_code in {200, 403}


def test_the_queue_is_sorted_by_clock_and_paged(office: Office) -> None:
    for _ in range(3):
        office.opened(BETA)
    whole = office.get("li", "/v1/reviews?limit=200").json()["reviews"]
    paged, after = [], ""
    while True:
        page = office.get("li", f"/v1/reviews?limit=2{after}").json()
        paged += page["reviews"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert paged == whole
    dues = [each["due"] or "never" for each in whole]
    assert dues == sorted(dues)
    for query in ("after=x", "after=2026-13-01~2", "state=lost", "level=F", "limit=0"):
        assert office.get("li", f"/v1/reviews?{query}").status_code == 422
    found = office.get("li", "/v1/reviews?state=open&state=taken&limit=200").json()["reviews"]
    assert {each["state"] for each in found} <= {"open", "taken"}


def test_what_is_beyond_reach_is_not_told_from_what_is_not_there(office: Office) -> None:
    case = office.opened()
    assert office.get("elsewhere", "/v1/reviews").json()["reviews"] == []
    there, gone = (office.get("elsewhere", f"/v1/reviews/{each}") for each in (case, 9_999))
    assert (there.status_code, gone.status_code) == (403, 403)
    assert there.json()["detail"].replace(str(case), "N") == gone.json()["detail"].replace(
        "9999", "N"
    )
    assert office.act("elsewhere", case, "take").status_code == 403
    assert office.get("li", "/v1/reviews/9999").status_code == 404
    said = {"enterprise": ALPHA, "reason": "不在辖区"}
    answer = office.post("elsewhere", "/v1/reviews", said, Idempotency_Key="far")
    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["inspector", "scientist", "public"])
def test_who_decides_on_no_grade_does_nothing_to_a_review(office: Office, who: str) -> None:
    case = office.opened()
    for act in ("take", "decide", "agree", "lift", "note"):
        assert office.act(who, case, act, {"reason": "x"}).status_code == 403
    assert office.get("li", f"/v1/reviews/{case}").json()["version"] == 1


def test_the_review_policy_is_told(office: Office) -> None:
    answer = office.get("li", "/v1/review-policy")
    found = answers.ReviewPolicyAnswer.model_validate(answer.json())
    assert found.most_days == 180
    assert found.second["confirm"] == ["D", "E"]


def test_answers_are_as_they_are_described(office: Office) -> None:
    case = office.opened()
    for path, model in (
        (f"/v1/reviews/{case}", answers.ReviewAnswer),
        ("/v1/reviews", answers.QueueAnswer),
        (f"/v1/enterprises/{ALPHA}/reviews", answers.QueueAnswer),
    ):
        told = office.get("li", path).json()
        assert model.model_validate(told).model_dump(mode="json") == told


def test_every_act_of_people_has_a_route_that_needs_its_permission() -> None:
    for act in set(Act) - SYSTEM:
        name = "withdraw_objection" if act is Act.WITHDRAW else f"review_{act}"
        assert NEEDS[name] is PERMITS[act]


def test_every_reading_and_every_act_is_audited_with_its_purpose(office: Office) -> None:
    case = office.opened()
    office.get("li", f"/v1/reviews/{case}")
    office.done("li", case, "take")
    with_case = [
        each for each in Ledger(office.settings.ledger).audited(ALPHA)
        if each["detail"].get("case") == case
    ]  # fmt: skip
    told = [(each["action"], each["purpose"]) for each in with_case]
    assert ("read review", "review") in told
    assert told.count(("take review", "review")) == 2


def test_whose_case_it_is_is_told_by_its_code_however_it_was_asked_for(office: Office) -> None:
    case = office.opened(f"uscc:{ALPHA}")
    assert office.get("li", f"/v1/reviews/{case}").json()["enterprise"] == ALPHA


@pytest.mark.parametrize("number", ["9" * 20, "-5", "٣", "1_0"])
def test_a_cursor_that_no_page_gave_is_refused(office: Office, number: str) -> None:
    answer = office.get("li", f"/v1/reviews?after=2026-03-13~{number}")
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "query.after")


def test_the_queue_is_asked_by_the_name_of_a_district_that_has_no_code(office: Office) -> None:
    assert office.get("li", "/v1/reviews?district=前海片区").json()["reviews"] == []


def test_lines_end_as_forms_send_them(office: Office) -> None:
    said = {"enterprise": ALPHA, "reason": "第一行\r\n第二行"}
    answer = office.post("li", "/v1/reviews", said, Idempotency_Key="lines")
    assert answer.json()["events"][0]["reason"] == "第一行\n第二行"


def test_who_holds_a_key_that_was_rotated_is_not_two_people(office: Office) -> None:
    with keys_of(office.settings) as keys:
        before = office.keys["wang"].split("_")[1]
        office.keys["rotated"] = keys.rotate(before, timedelta(days=30)).text
        before = office.keys["public"].split("_")[1]
        office.keys["portal"] = keys.rotate(before, timedelta(days=30)).text
    case = office.opened(BETA)
    office.done("wang", case, "take")
    office.done("wang", case, "decide", OVERRIDE)
    answer = office.act("rotated", case, "agree")
    assert answer.status_code == 409
    assert "the second person is another" in answer.json()["detail"]
    assert office.done("li", case, "agree")["state"] == "in_force"
    told = office.post("public", "/v1/objections", OBJECTION, Idempotency_Key="o9").json()
    found = office.get("portal", f"/v1/objections/{told['case']}").json()
    assert found == told


def test_a_level_that_people_set_outlives_another_model_and_another_policy(office: Office) -> None:
    case = office.opened(BETA)
    office.done("li", case, "take")
    office.done("li", case, "decide", OVERRIDE)
    office.done("wang", case, "agree")
    waiting = office.opened(BETA)
    office.done("li", waiting, "take")
    digest = promote(office.settings, replace(parts(), calibrator=parts().calibrator.shifted(0.1)))
    live = office.client.app_state["live"]
    live.follow()
    shorter = ReviewPolicy.parse(
        ReviewPolicy.default().text.replace("most_days = 180", "most_days = 10"), "office.toml"
    )
    live.swap(lambda state: replace(state, reviewed=replace(state.reviewed, policy=shorter)))
    office.now = NOW + timedelta(days=1)
    found = grade(office)
    assert (found["level"], found["override"]["case"], found["bundle"]) == ("B", case, digest)
    refused = office.act("li", waiting, "decide", OVERRIDE | {"level": "C"})
    assert "(10 days)" in refused.json()["detail"]
    told = office.done("li", waiting, "decide", OVERRIDE | {"level": "C", "until": "2026-07-09"})
    assert told["events"][-1]["bundle"] == digest
