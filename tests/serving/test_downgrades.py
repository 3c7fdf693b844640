"""Downgrade warnings over HTTP: the queue, who may do what, and what the enterprise sees."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count

import pytest
from fastapi.testclient import TestClient

from xinheng.archive import Archive
from xinheng.core.time import day
from xinheng.earlywarning.downgrading import Desk
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import SYSTEM, Act, Draft, Ground
from xinheng.serving import create_app
from xinheng.serving.access import Channels, Grant, Role
from xinheng.serving.access.needs import NEEDS
from xinheng.serving.reads.downgrades import PERMITS

from ..archive.department import ALPHA, BETA
from .districts import FUTIAN, LUOHU, districts
from .installation import HOSTS, NOW
from .keyed import SUPERVISOR, asking, bearer, held, issue
from .test_problems import check

NUMBERS = count(1)
SERVICE = {"document": "深市监警〔2026〕7号", "method": "direct", "delivered": "2026-06-30"}
STATEMENT = {"received": "2026-06-30", "statement": "第三次处罚正在复议", "evidence": ["龙府复9号"]}
DISTRICT = {ALPHA: FUTIAN, BETA: LUOHU}


class Office:
    """A service with a clock that can be set, drafts, and people who ask."""

    def __init__(self, folder) -> None:
        self.settings, self.now = districts(folder), NOW
        app = create_app(self.settings, hosts=HOSTS, now=lambda: self.now)
        self.client = TestClient(app, raise_server_exceptions=False)
        self.keys = {
            "li": issue(self.settings, SUPERVISOR),
            "wang": issue(self.settings, SUPERVISOR),
            "futian": issue(self.settings, held(Role.SUPERVISOR, FUTIAN)),
            "scientist": issue(self.settings, Grant(Role.DATA_SCIENTIST)),
            "inspector": issue(self.settings, held(Role.INSPECTOR, FUTIAN)),
            "portal": issue(self.settings, Grant(Role.CONSUMER)),
        }

    def draft(self, enterprise: str = ALPHA, level: str = "C", rules: int = 1) -> int:
        """Draft a warning on records that no other rests on."""
        grounds = tuple(
            Ground(rule="unsafe_sample", records=(f"r{next(NUMBERS)}",), since=day("2026-06-01"),
                   basis="食品安全法 §124 (mem-H)",
                   text={"zh": "抽检不合格。", "en": "A sample failed."})
            for _ in range(rules)
        )  # fmt: skip
        number = Archive(self.settings.archive).enterprise(enterprise)
        draft = Draft(number=number, enterprise=enterprise, district=DISTRICT[enterprise],
                      as_of=day("2026-06-30"), grounds=grounds, level=level, days=180,
                      basis="design (mem-M)")  # fmt: skip
        with closing(Ledger(self.settings.ledger)) as ledger:
            desk = Desk(ledger.downgrades, WarningPolicy.default())
            [made] = desk.draft([draft], at=self.now, actor="watch")
        return made.case.id

    def get(self, who: str, path: str, purpose: str = "review", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=bearer(self.keys[who], purpose) | named)

    def act(self, who: str, case: int, act: str, body=None, seen="*", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        match = seen if seen == "*" else f'"{seen}"'
        purpose = None if who == "portal" else "routine" if who == "inspector" else "review"
        headers = bearer(self.keys[who], purpose) | {"If-Match": match} | named
        return self.client.post(f"/v1/downgrades/{case}/{act}", json=body or {}, headers=headers)

    def done(self, who: str, case: int, act: str, body=None, **headers: str):
        answer = self.act(who, case, act, body, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def one(self, who: str, case: int):
        answer = self.get(who, f"/v1/downgrades/{case}", "routine")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def served(self, level: str = "C") -> int:
        case = self.draft(level=level)
        self.done("li", case, "confirm")
        self.done("li", case, "serve", SERVICE)
        return case

    def code(self, case: int) -> str:
        """Return the code on the document of a warning."""
        with closing(Ledger(self.settings.ledger)) as ledger:
            events = ledger.downgrades.case(case, day("2026-06-30")).events
        return next(each.detail["code"] for each in events if "code" in each.detail)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    found = Office(tmp_path_factory.mktemp("office"))
    with found.client:
        yield found


@pytest.fixture(autouse=True)
def on_time(office: Office) -> Iterator[None]:
    yield
    office.now = NOW


def test_every_act_has_a_route_and_needs_what_its_route_needs():
    acts = [act for act in Act if act not in SYSTEM or act is Act.ESCALATE]
    assert {f"downgrade_{act}" for act in acts} <= set(NEEDS)
    assert {act: NEEDS[f"downgrade_{act}"] for act in acts} == PERMITS


def test_a_warning_goes_from_draft_to_force_and_each_step_has_its_clock(office: Office):
    case = office.draft()
    drafted = office.one("li", case)
    assert (drafted["state"], drafted["due"]) == ("drafted", "2026-07-07")
    assert drafted["allowed"] == ["confirm", "amend", "reject", "note"]
    assert drafted["grounds"][0]["text"] == "抽检不合格。"
    confirmed = office.done("li", case, "confirm", {"reason": "属实"})
    assert (confirmed["state"], confirmed["due"]) == ("confirmed", "2026-07-09")
    served = office.done("li", case, "serve", SERVICE)
    assert (served["state"], served["deadline"]) == ("served", "2026-07-07")
    assert (served["since"], served["until"]) == ("2026-07-08", "2027-01-03")
    office.now = NOW + timedelta(days=8)
    assert office.one("li", case)["state"] == "in_force"
    assert office.done("li", case, "lift", {"reason": "整改完成"})["state"] == "lifting"
    lifted = office.done("wang", case, "agree")
    assert (lifted["state"], lifted["until"]) == ("lifted", "2026-07-08")
    acts = [each["act"] for each in lifted["events"]]
    assert acts == ["draft", "confirm", "serve", "lift", "agree"]


def test_level_d_needs_a_second_person(office: Office):
    case = office.draft(level="D")
    proposed = office.done("li", case, "confirm")
    assert (proposed["state"], proposed["waits_for_second"]) == ("proposed", True)
    check(office.act("li", case, "agree"), 409, "conflict")
    agreed = office.done("wang", case, "agree")
    assert (agreed["state"], agreed["due"]) == ("confirmed", "2026-07-09")


def test_an_amendment_drops_a_ground_and_is_no_confirmation(office: Office):
    case = office.draft(rules=2)
    grounds = office.one("li", case)["grounds"]
    body = {"reason": "一项已撤销", "period": 90, "dropped": [grounds[0]["ground"]]}
    amended = office.done("li", case, "amend", body)
    assert [each["ground"] for each in amended["grounds"]] == [grounds[1]["ground"]]
    assert (amended["level"], amended["period"], amended["state"]) == ("C", 90, "confirmed")
    assert amended["events"][-1]["dropped"] == body["dropped"]
    again = office.draft()
    check(office.act("li", again, "amend", {"reason": "无变更"}), 422, "invalid-request")
    longer = office.act("li", again, "amend", {"reason": "延长", "period": 181})
    assert "180 days at most" in check(longer, 422, "invalid-request")["detail"]
    assert office.done("li", again, "reject", {"reason": "误报"})["state"] == "rejected"


def test_who_acts_names_the_version_and_once(office: Office):
    case = office.draft()
    missing = office.client.post(
        f"/v1/downgrades/{case}/confirm", json={}, headers=bearer(office.keys["li"], "review")
    )
    check(missing, 428, "version-required")
    first = office.done("li", case, "confirm", Idempotency_Key="once")
    assert office.done("li", case, "confirm", Idempotency_Key="once") == first
    stale = office.act("wang", case, "note", {"reason": "迟到"}, seen=1)
    assert "since version 1 this happened" in check(stale, 409, "conflict")["detail"]


def test_the_queue_is_told_by_state_district_and_clock(office: Office):
    here, there = office.draft(), office.draft(BETA)

    def listed(who: str, query: str = "") -> set[int]:
        page = office.get(who, f"/v1/downgrades?limit=200{query}").json()
        return {each["warning"] for each in page["downgrades"]}

    assert {here, there} <= listed("li", "&state=drafted")
    assert there not in listed("li", f"&district={FUTIAN}")
    assert there not in listed("futian")
    assert listed("li", "&overdue=true") == set()
    office.now = NOW + timedelta(days=20)
    assert {here, there} <= listed("li", "&overdue=true")
    pages, after = [], None
    while True:
        query = "limit=2" + (f"&after={after}" if after else "")
        page = office.get("li", f"/v1/downgrades?{query}").json()
        pages += [each["warning"] for each in page["downgrades"]]
        if (after := page["next"]) is None:
            break
    assert len(pages) == len(set(pages))
    assert set(pages) == listed("li")
    mine = office.get("li", f"/v1/enterprises/{BETA}/downgrades").json()["downgrades"]
    assert [each["warning"] for each in mine] == [there]
    check(office.get("li", "/v1/downgrades?after=x"), 422, "invalid-request")


def test_a_warning_elsewhere_is_beyond_reach_and_one_that_is_none_as_well(office: Office):
    case = office.draft(BETA)
    for number in (case, 999_999):
        check(office.get("futian", f"/v1/downgrades/{number}"), 403, "beyond-reach")
    check(office.act("futian", case, "confirm"), 403, "beyond-reach")
    check(office.get("li", "/v1/downgrades/999999"), 404, "unknown-downgrade")


def test_an_enterprise_sees_its_served_warning_by_the_code_on_the_document(office: Office):
    case = office.draft()
    office.done("li", case, "confirm")
    code, path = office.code(case), f"/v1/downgrades/{case}/served"
    check(office.get("portal", path, None, Document_Code=code), 404, "unknown-downgrade")
    office.done("li", case, "serve", SERVICE)
    told = office.get("portal", path, None, Document_Code=code)
    assert told.status_code == 200
    assert told.json()["deadline"] == "2026-07-07"
    assert not {"events", "allowed", "district"} & told.json().keys()
    for wrong in ({}, {"Document_Code": "AAAA-BBBB-CCCC"}, {"Document_Code": ""}):
        refused = office.get("portal", path, None, **wrong)
        assert code not in refused.text
        check(refused, 404, "unknown-downgrade")
    unknown = office.get("portal", "/v1/downgrades/999999/served", None, Document_Code=code)
    check(unknown, 404, "unknown-downgrade")
    check(office.get("portal", f"/v1/downgrades/{case}", None), 403, "forbidden")


def test_a_statement_suspends_the_level_until_it_is_answered(office: Office):
    case = office.served()
    check(office.act("portal", case, "state", STATEMENT), 404, "unknown-downgrade")
    stated = office.done("portal", case, "state", STATEMENT, Document_Code=office.code(case))
    assert (stated["state"], stated["since"]) == ("stated", None)
    assert (stated["statement"], stated["answer"]) == (STATEMENT["statement"], None)
    waits = office.one("li", case)
    assert (waits["due"], waits["allowed"]) == ("2026-07-07", ["answer", "note"])
    answer = {"answer": "upheld", "reason": "复议维持原处罚"}
    upheld = office.done("li", case, "answer", answer)
    assert (upheld["state"], upheld["since"]) == ("in_force", "2026-07-01")
    told = office.get("portal", f"/v1/downgrades/{case}/served", None,
                      Document_Code=office.code(case)).json()  # fmt: skip
    assert told["answer"] == "upheld"


def test_who_has_the_code_alone_names_no_day_of_the_past(office: Office):
    case, other = office.served(), office.served()
    code = office.code(case)
    office.now = NOW + timedelta(days=3)
    stated = office.done("portal", case, "state", STATEMENT, Document_Code=code)
    assert stated["received"] == "2026-07-03"
    office.done("li", case, "answer", {"answer": "upheld", "reason": "复议维持原处罚"})
    office.now = NOW + timedelta(days=20)
    late = office.act("portal", case, "state", STATEMENT, Document_Code=code)
    said = check(late, 422, "invalid-request")["detail"]
    assert "the last day for another one was 2026-07-07" in said
    late = office.act("portal", other, "state", STATEMENT, Document_Code=office.code(other))
    assert "Received 2026-07-20: expected" in check(late, 422, "invalid-request")["detail"]
    assert office.done("inspector", other, "state", STATEMENT)["state"] == "stated"


def test_an_inspector_takes_a_statement_down_without_the_code(office: Office):
    case = office.served()
    assert office.done("inspector", case, "state", STATEMENT)["state"] == "stated"
    check(office.act("inspector", case, "answer", {"answer": "upheld", "reason": "x"}), 403,
          "forbidden")  # fmt: skip


def test_who_needs_no_persons_is_told_no_names_and_no_texts(office: Office):
    case = office.served()
    office.done("inspector", case, "state", STATEMENT)
    told = office.get("scientist", f"/v1/downgrades/{case}", "model").json()
    assert {each["actor"] for each in told["events"]} == {"***"}
    assert told["events"][-1]["statement"] == "***"
    assert told["allowed"] == []


def test_nothing_new_escalates_nothing(office: Office):
    case = office.draft()
    refused = office.act("li", case, "escalate")
    assert "only one in force" in check(refused, 409, "conflict")["detail"]
    case = office.served()
    office.now = NOW + timedelta(days=10)
    refused = office.act("li", case, "escalate")
    assert "No rule tells of anything new" in check(refused, 409, "conflict")["detail"]


def test_a_basis_is_told_without_the_marks_of_those_who_keep_the_rules(office: Office):
    case = office.served()
    told = office.one("li", case)
    served = office.get("portal", f"/v1/downgrades/{case}/served", None,
                        Document_Code=office.code(case)).json()  # fmt: skip
    assert (told["basis"], told["grounds"][0]["basis"]) == ("design", "食品安全法 §124")
    assert served["grounds"] == told["grounds"]


def test_the_feed_tells_of_warnings_that_wait(office: Office):
    case = office.draft(BETA, level="D")
    items = office.get("li", "/v1/watch/feed?lang=en&limit=200", "routine").json()["items"]
    [item] = [each for each in items if each["id"] == f"urn:xinheng:downgrade:{case}"]
    assert item["title"] == f"Downgrade warning {case}: {BETA}, drafted"
    assert item["content_text"] == "A sample failed. Level D for 180 days. Due 2026-07-07."
    assert item["tags"] == ["downgrade", "drafted"]
    told = office.get("futian", "/v1/watch/feed?limit=200", "routine").json()["items"]
    assert all(each["id"] != item["id"] for each in told)


def test_the_feed_begins_with_the_warning_that_was_drafted_last(office: Office):
    first, last = office.draft(BETA), office.draft(BETA)
    office.done("li", first, "confirm")
    office.done("li", first, "serve", SERVICE)  # it has the later clock of the two
    office.now = NOW + timedelta(minutes=1)
    ours, theirs = office.draft(BETA), office.draft(ALPHA)
    told = {
        who: [
            each["id"] for each in office.get(who, f"/v1/watch/feed?limit={limit}").json()["items"]
        ]
        for who, limit in (("li", 3), ("futian", 1))
    }
    assert told["li"] == [f"urn:xinheng:downgrade:{each}" for each in (theirs, ours, last)]
    assert told["futian"] == [f"urn:xinheng:downgrade:{theirs}"]


def test_the_feed_tells_of_warnings_only_who_may_decide_on_them(office: Office):
    office.draft()
    for who, purpose in (("inspector", "routine"), ("scientist", "model")):
        answer = office.get(who, "/v1/watch/feed", purpose)
        assert (answer.status_code, answer.json().get("items")) == (200, []), who


def test_the_document_is_a_draft_until_it_is_served(office: Office):
    case = office.draft(rules=2)
    path = f"/v1/downgrades/{case}/document"
    draft = office.get("li", path)
    assert draft.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in draft.headers["content-security-policy"]
    assert "草稿：未经人工确认" in draft.text
    dropped = office.one("li", case)["grounds"][0]["ground"]
    office.done("li", case, "amend", {"reason": "一项已撤销", "level": "B", "dropped": [dropped]})
    planned = office.get("li", f"{path}?delivered=2026-07-01&reference=警7号").text
    assert "草稿" not in planned
    assert "2026-07-08" in planned  # five working days after the day of service
    assert office.code(case) in planned
    assert planned.count("抽检不合格") == 1
    office.done("li", case, "serve", SERVICE)
    served = office.get("li", f"{path}?delivered=2026-07-09&reference=other").text
    assert SERVICE["document"] in served
    assert "other" not in served
    check(office.get("inspector", path, "routine"), 403, "forbidden")


def test_no_document_is_cut(office: Office):
    folder = office.settings.archive.parent
    channels = folder / "channels.toml"
    shipped = Channels.default().text
    channels.write_text(shipped.replace('answers = "all"', 'answers = "all"\nmasks = ["phone"]', 1))
    settings = office.settings.model_copy(update={"channels": channels})
    path = f"/v1/downgrades/{office.draft()}/document"
    with asking(settings) as masked:
        assert "cannot be cut" in check(masked.get(path), 403, "forbidden")["detail"]
