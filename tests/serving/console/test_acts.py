"""What people do by forms: once however often it is sent, and not at all where it is refused."""

from contextlib import closing
from datetime import timedelta
from itertools import count

import pytest
from playwright.sync_api import expect

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.earlywarning.downgrading import Desk
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Draft, Ground
from xinheng.ledger.watch import Series, Told, WatchRun
from xinheng.serving.console.acts import Act, Field, body_of

from .. import graded
from ..access.world import WORDS

SHOP = "S001"
NUMBERS = count(1)
FAILED = {"zh": "抽检不合格。", "en": "A sample failed."}
COMPLAINTS = {"complaint": {"cases": 5, "usual": 0.3}}
LEAD = {"zh": "茶叶检出铅", "en": "lead in tea"}


@pytest.fixture
def draft(console):
    """Return what drafts a downgrade warning at a level, and returns its number."""

    def drafted(level: str = "C") -> int:
        on = time.day_of(graded.NOW)
        ground = Ground(rule="unsafe_sample", records=(f"r{next(NUMBERS)}",), since=on - 9,
                        basis="食品安全法 §124", text=FAILED)  # fmt: skip
        number = Archive(console.settings.archive).enterprise(SHOP)
        told = Draft(number=number, enterprise=SHOP, district=None, as_of=on, grounds=(ground,),
                     level=level, days=90, basis="design")  # fmt: skip
        with closing(Ledger(console.settings.ledger)) as ledger:
            desk = Desk(ledger.downgrades, WarningPolicy.default())
            [made] = desk.draft([told], at=graded.NOW, actor="rules")
        return made.case.id

    return drafted


def events(console, case: int) -> list[tuple[str, str]]:
    """Return what was done to a warning, and by whom."""
    with closing(Ledger(console.settings.ledger)) as ledger:
        [found] = ledger.downgrades.cases([case], time.day_of(graded.NOW))
        return [(str(each.act), each.actor) for each in found.events]


def test_a_warning_is_confirmed_by_two_and_served(visitor, console, draft):
    case = draft("D")
    page, there = visitor("lin").page, f"/console/warnings/downgrades/{case}"
    page.goto(there)
    page.get_by_text("确认警示", exact=True).first.click()
    page.get_by_role("button", name="确认警示").click()
    expect(page.get_by_role("status")).to_contain_text("已办理：确认")
    expect(page.locator("main")).to_contain_text("lin 已提议；须由另一人同意后才生效")
    assert page.get_by_text("同意", exact=True).count() == 0
    other = visitor("zhou").page
    other.goto(there)
    other.get_by_text("同意", exact=True).first.click()
    other.get_by_role("button", name="同意", exact=True).click()
    expect(other.get_by_role("status")).to_contain_text("第二人同意")
    other.get_by_text("登记送达", exact=True).first.click()
    other.get_by_label("文书编号").fill("警〔2024〕7号")
    other.get_by_label("送达方式").select_option("direct")
    other.get_by_label("送达日").fill("2024-06-10")
    other.get_by_role("button", name="登记送达").click()
    expect(other.locator("main")).to_contain_text("已送达，待陈述申辩")
    assert events(console, case) == [
        ("draft", "rules"), ("confirm", "account lin"), ("agree", "account zhou"),
        ("serve", "account zhou"),
    ]  # fmt: skip


def test_what_was_done_meanwhile_is_told_and_nothing_is_lost(visitor, console, draft):
    case = draft()
    mine, theirs = visitor("lin").page, visitor("zhou").page
    for page in (mine, theirs):
        page.goto(f"/console/warnings/downgrades/{case}")
    theirs.get_by_text("确认警示", exact=True).first.click()
    theirs.get_by_role("button", name="确认警示").click()
    expect(theirs.get_by_role("status")).to_be_visible()
    mine.get_by_text("不予警示", exact=True).first.click()
    mine.locator("#reject-reason").fill("记录属于另一企业")
    mine.get_by_role("button", name="不予警示").click()
    expect(mine.get_by_role("alert")).to_contain_text("未办成，没有任何更改")
    expect(mine.locator("main")).to_contain_text("已确认，待送达")
    assert [act for act, _ in events(console, case)] == ["draft", "confirm"]


def test_a_lost_connection_leaves_nothing_half_done_and_nothing_twice(visitor, console, draft):
    case = draft()
    them = visitor("lin")
    page, there = them.page, f"/console/warnings/downgrades/{case}"
    page.goto(there)
    page.get_by_text("记录情况", exact=True).first.click()
    page.locator("#note-reason").fill("已电话核实地址")

    def done_but_not_told(route):
        route.fetch()  # the service hears of it, and the answer never comes
        route.abort("connectionreset")

    page.route(f"**{there}", done_but_not_told)
    page.get_by_role("button", name="记录情况").click()
    page.wait_for_url("chrome-error://**")
    page.unroute(f"**{there}")
    page.goto(there)
    notes = [act for act, _ in events(console, case) if act == "note"]
    assert notes == ["note"]
    expect(page.locator("main")).to_contain_text("已电话核实地址")


def test_the_same_form_sent_twice_is_done_once(visitor, console, draft):
    case = draft()
    page, there = visitor("lin").page, f"/console/warnings/downgrades/{case}"
    page.goto(there)
    fields = page.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('form[data-draft=note]')))"
    )
    sent = fields | {"reason": "两次"}
    for _ in range(2):
        answer = page.request.post(
            there, form=sent, headers={"origin": console.url}, max_redirects=0
        )
        assert (answer.status, answer.headers["location"]) == (303, f"{there}?done=note")
    assert [act for act, _ in events(console, case)] == ["draft", "note"]


def test_a_form_of_another_site_does_nothing(visitor, console, draft):
    case = draft()
    page, there = visitor("lin").page, f"/console/warnings/downgrades/{case}"
    page.goto(there)
    fields = page.evaluate(
        "Object.fromEntries(new FormData(document.querySelector('form[data-draft=note]')))"
    )
    forged = fields | {"reason": "伪造"}
    for wrong, origin in (
        (forged | {"csrf": "guessed"}, console.url),
        (forged | {"csrf": "伪造"}, console.url),
        (forged, "https://elsewhere.example"),
    ):
        answer = page.request.post(there, form=wrong, headers={"origin": origin}, max_redirects=0)
        assert answer.status in (401, 403)
    assert [act for act, _ in events(console, case)] == ["draft"]


def test_an_expired_session_does_nothing_and_what_was_written_comes_back(chrome, console, draft):
    case, there = (number := draft()), f"/console/warnings/downgrades/{number}"
    context = chrome.new_context(base_url=console.url)
    page = context.new_page()

    def sign_in():
        page.get_by_label("用户名").fill("zhou")
        page.get_by_label("口令").fill(WORDS)
        page.get_by_role("button", name="登录").click()

    page.goto(there)
    sign_in()
    page.wait_for_url(f"**{there}")
    page.get_by_text("记录情况", exact=True).first.click()
    page.locator("#note-reason").fill("写到一半")
    context.clear_cookies(name="xinheng")
    page.get_by_role("button", name="记录情况").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("会话已过期，未作任何更改")
    assert [act for act, _ in events(console, case)] == ["draft"]
    page.goto(there)
    sign_in()
    page.wait_for_url(f"**{there}")
    assert page.locator("#note-reason").input_value() == "写到一半"
    context.close()


def test_an_alarm_is_closed_with_a_reason_and_opened_again(visitor, console):
    on = time.day_of(graded.NOW) - 1
    with closing(Ledger(console.settings.ledger)) as ledger:
        run = WatchRun(at=graded.NOW - timedelta(hours=3), actor="watch", as_of=on, sequence=1,
                       budget=2, bar=4.5, series=9)  # fmt: skip
        told = Told(series=Series("signal", "tea", "铅"), of=on, strength=6.5, records=("9",),
                    sentence=LEAD, evidence={"windows": {"4": {"told": COMPLAINTS}}})  # fmt: skip
        ledger.watch.record(run, [told])
    page = visitor("lin").page
    page.goto("/console/warnings")
    page.get_by_role("link", name="铅").first.click()
    expect(page.locator("[data-figure][data-drawn]")).to_have_count(1)
    expect(page.get_by_role("row", name="投诉举报")).to_contain_text("5 / 0.3")
    page.get_by_text("关闭预警", exact=True).first.click()
    page.locator("#close-reason").fill("复核为同一批次")
    page.get_by_role("button", name="关闭预警").click()
    expect(page.get_by_role("status")).to_contain_text("关闭")
    expect(page.locator("main")).to_contain_text("复核为同一批次")
    page.goto("/console/warnings?open=false")
    expect(page.locator("main")).to_contain_text("茶叶检出铅")


def test_a_review_is_opened_taken_and_decided_by_two(visitor):
    page = visitor("lin").page
    page.goto(f"/console/enterprises/{SHOP}/cases")
    page.get_by_text("人工发起复核").click()
    page.locator("#review-reason").fill("现场情况与等级不符")
    page.get_by_role("button", name="发起复核").click()
    page.wait_for_url("**/console/reviews/*")
    there = page.url
    page.get_by_text("领取", exact=True).first.click()
    page.get_by_role("button", name="领取").click()
    page.get_by_text("另定等级", exact=True).first.click()
    page.locator("#override-level").select_option("D")
    page.locator("#override-until").fill("2024-08-01")
    page.locator("#override-reason_code").select_option("new_fact")
    page.locator("#override-reason").fill("现场核查发现新情况")
    page.locator("#override-basis").fill("食品安全法 §109")
    page.locator("#override-documents").fill("深市监食检〔2024〕117号")
    page.get_by_role("button", name="另定等级").click()
    expect(page.locator("main")).to_contain_text("lin 已提议；须由另一人同意后才生效")
    other = visitor("zhou").page
    other.goto(there)
    other.get_by_text("同意", exact=True).first.click()
    other.get_by_role("button", name="同意", exact=True).click()
    expect(other.locator("main")).to_contain_text("人工等级生效中")


def test_an_objection_is_taken_down_and_withdrawn(visitor):
    page = visitor("lin").page
    page.goto(f"/console/enterprises/{SHOP}/cases")
    page.get_by_text("登记企业异议").click()
    page.locator("#received").fill("2024-06-07")
    page.locator("#objection-reason").fill("处罚已被撤销")
    page.locator("#evidence").fill("深府复〔2024〕9号")
    page.get_by_role("button", name="登记异议").click()
    page.wait_for_url("**/console/reviews/*")
    expect(page.locator("main")).to_contain_text("处罚已被撤销")
    page.get_by_text("企业撤回异议", exact=True).first.click()
    page.locator("#withdraw-reason").fill("企业来函撤回")
    page.get_by_role("button", name="企业撤回异议").click()
    expect(page.get_by_role("status")).to_contain_text("企业撤回异议")
    expect(page.locator(".tag").first).to_have_text("已撤回")


def test_the_queue_of_reviews_is_narrowed_to_a_district(visitor):
    page = visitor("lin").page
    page.goto(f"/console/enterprises/{SHOP}/cases")
    page.get_by_text("人工发起复核").click()
    page.locator("#review-reason").fill("现场情况与等级不符")
    page.get_by_role("button", name="发起复核").click()
    page.wait_for_url("**/console/reviews/*")
    page.goto("/console/reviews")
    expect(page.get_by_role("cell", name=SHOP).first).to_be_visible()
    page.get_by_label("辖区").select_option("440305")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("main")).to_contain_text("没有符合条件的复核")


def test_pages_of_alarms_and_of_warnings_keep_what_was_chosen(visitor, draft):
    draft()
    page = visitor("lin").page
    page.goto("/console/warnings?open=&product=tea")
    assert page.get_by_label("状态").first.input_value() == ""
    assert page.get_by_label("产品").input_value() == "tea"
    page.goto("/console/warnings?district=440305")
    expect(page.locator("#downgrades")).to_contain_text("没有符合条件的警示")
    page.goto("/console/warnings?state=drafted")
    expect(page.locator("#downgrades")).to_contain_text(SHOP)


def test_what_is_filled_in_makes_the_body():
    fields = (Field("what", ("错", "wrong")), Field("days", ("天数", "days"), "number"))
    act = Act("decide", ("退回", "Send back"), fields)
    assert body_of(act, {"what": [" a\r\nb "], "days": ["12"]}) == {"what": "a\nb", "days": 12}
    assert body_of(act, {"what": [""], "days": ["x"]}) == {"days": "x"}
