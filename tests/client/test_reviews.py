"""Reviews and objections by the client: by whom, on which version, and once."""

import asyncio

import httpx2
import pytest

from xinheng.client import ApiError, AsyncClient, Decision, calls
from xinheng.serving.answers import ObjectionAnswer, ReviewAnswer

from ..archive.department import ALPHA, BETA
from .test_conversation import answering, busy

OVERRIDE = Decision(
    decision="override",
    reason_code="put_right",
    reason="整改已现场核实",
    basis="食品安全法 §109",
    level="B",
    until="2026-08-01",
    documents=["深市监食检〔2026〕117号"],
)


def test_a_level_is_set_by_two_people_and_ended(office):
    with office.enter() as li, office.enter() as wang:
        case = li.open_review(BETA, "现场与等级不符")
        assert isinstance(case, ReviewAnswer)
        taken = li.review_take(case.case, case.version)
        assert "decide" in taken.allowed
        proposed = li.review_decide(case.case, taken.version, OVERRIDE)
        assert (proposed.state, proposed.waits_for_second) == ("proposed", True)
        assert [each.case for each in wang.every_review(state=["proposed"])] == [case.case]
        agreed = wang.review_agree(case.case, proposed.version)
        assert agreed.state == "in_force"
        assert agreed.events[-2].documents == [*OVERRIDE.documents]
        assert wang.review_note(case.case, "*", "已通知").events[-1].act == "note"
        assert wang.enterprise_reviews(BETA).reviews[-1].case == case.case


def test_who_acts_on_what_is_past_is_told_so(office):
    with office.enter() as li, office.enter() as wang:
        case = li.open_review(ALPHA, "现场与等级不符")
        li.review_take(case.case, case.version)
        with pytest.raises(ApiError, match="take") as refused:
            wang.review_take(case.case, case.version)
        assert (refused.value.status, refused.value.kind) == (409, "conflict")


def test_what_is_done_again_by_its_key_is_done_once(office):
    with office.enter() as li:
        first = li.open_review(ALPHA, "现场与等级不符", key="once")
        assert li.open_review(ALPHA, "现场与等级不符", key="once").case == first.case
        assert li.open_review(ALPHA, "现场与等级不符").case != first.case
        one = li.review_note(first.case, first.version, "看过", key="noted")
        assert li.review_note(first.case, first.version, "看过", key="noted") == one


def test_an_objection_is_taken_down_read_and_withdrawn(office):
    with office.enter(purpose="objection:2026-3") as client:
        made = client.object(ALPHA, "2026-06-29", "处罚已被撤销", ["深府复〔2026〕9号"])
        assert isinstance(made, ObjectionAnswer)
        assert client.objection(made.case) == made
        gone = client.withdraw_objection(made.case, made.version, "已自行解决")
        assert gone.state == "withdrawn"


def test_the_policy_says_by_which_codes_decisions_are_counted(office):
    with office.enter() as client:
        policy = client.review_policy()
    assert OVERRIDE.reason_code in [each.id for each in policy.reasons]


def test_the_queue_is_read_page_by_page(office):
    with office.enter() as client:
        for _ in range(3):
            client.open_review(ALPHA, "现场与等级不符")
        whole = [each.case for each in client.every_review(cause="by_hand")]
        by_one, after, more = [], None, True
        while more:
            page = client.reviews(after, 1, cause="by_hand")
            by_one += [each.case for each in page.reviews]
            after, more = page.next, page.next is not None
        assert by_one == whole
        assert len(set(whole)) == len(whole) >= 3
        assert [*client.every_review(overdue=True)] == []

    async def ask():
        async with AsyncClient(office.url, client.conversation.key, purpose="review") as other:
            return [each.case async for each in other.every_review(cause="by_hand")]

    assert asyncio.run(ask()) == whole


def test_an_act_that_broke_off_is_sent_again_as_the_same_act():
    client, asked = answering(httpx2.ReadError("reset"), busy(503), httpx2.Response(409, text="{}"))
    with pytest.raises(ApiError):
        client.review_agree(41, 4)
    keys = {each.headers["idempotency-key"] for each in asked}
    assert (len(asked), len(keys)) == (3, 1)
    assert {each.headers["if-match"] for each in asked} == {'"4"'}


def test_two_acts_are_two():
    first, second = calls.review_take(41, 4), calls.review_take(41, 4)
    assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]


def test_a_filter_that_there_is_not_is_refused_instead_of_ignored(client):
    with pytest.raises(TypeError, match="levels"):
        client.reviews(levels="D")
