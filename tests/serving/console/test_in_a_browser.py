"""The console in a browser: every page, for every role, in both languages, at two widths."""

import re
from contextlib import closing

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from xinheng.ledger import Ledger
from xinheng.serving import create_app
from xinheng.serving.problem import ProblemError

from .conftest import LAPTOP, PHONE

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
MOST_BYTES = 300_000
SHOP = "S001"
TRANSFERRED = """performance.getEntriesByType("resource")
    .find(each => each.name.endsWith("plotly.js")).transferSize"""
FOCUSED = "document.activeElement.id || document.activeElement.tagName"
ONE = f"/console/enterprises/{SHOP}"
PAGES = (
    ("lin", "/console/overview"),
    ("lin", "/console/find"),
    ("lin", "/console/find?q=S0"),
    ("lin", ONE),
    ("lin", f"{ONE}/records"),
    ("lin", f"{ONE}/history?since=2024-01-25"),
    ("lin", f"{ONE}/remedies"),
    ("lin", f"{ONE}/cases"),
    ("lin", "/console/reviews"),
    ("lin", "/console/warnings"),
    ("lin", "/console/model"),
    ("lin", "/console/model/indicators"),
    ("lin", "/console/account"),
    ("scientist", "/console/data"),
    ("auditor", "/console/administration"),
    ("auditor", "/console/administration/audit"),
    ("administrator", "/console/administration/accounts"),
    ("administrator", "/console/administration/keys"),
)


def settled(page, path):
    """Go to a page, and wait until its figures are drawn."""
    response = page.goto(path)
    expect(page.locator("[data-figure]:not([data-drawn])")).to_have_count(0)
    return response


WIDTHS = ((LAPTOP, "zh"), (PHONE, "en"))
ALTERNATELY = [(*page, *WIDTHS[place % 2]) for place, page in enumerate(PAGES)]
OTHERWISE = [(*page, *WIDTHS[1 - place % 2]) for place, page in enumerate(PAGES)]
"""Each page at one width with every change, and at the other by `make test-all`."""


@pytest.mark.parametrize(
    ("name", "path", "size", "language"),
    [*ALTERNATELY, *(pytest.param(*each, marks=pytest.mark.slow) for each in OTHERWISE)],
)
def test_a_page_is_whole_and_reachable_for_everybody(visitor, name, path, size, language):
    them = visitor(name, size)
    response = settled(them.page, f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert (response.status, them.faults) == (200, [])
    assert len(response.body()) < MOST_BYTES
    found = Axe().run(them.page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    width = them.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0], f"{width} px of {size[0]}"
    assert them.page.locator("h1").count() == 1
    html = them.page.locator("html").get_attribute("lang")
    assert html == ("zh-CN" if language == "zh" else "en")


def test_whoever_is_not_signed_in_is_led_back_to_where_they_wanted_to_go(visitor):
    them = visitor(None)
    them.page.goto(f"{ONE}/history")
    assert "/console/sign-in?next=" in them.page.url
    them.page.get_by_label("用户名").fill("zhou")
    them.page.get_by_label("口令").fill("rice noodles in the evening")
    them.page.get_by_role("button", name="登录").click()
    assert "不正确" in them.page.get_by_role("alert").inner_text()
    them.page.get_by_label("口令").fill("rice noodles in the morning")
    them.page.get_by_role("button", name="登录").click()
    them.page.wait_for_url(f"**{ONE}/history")
    assert them.page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("lin", ["概览", "查询", "复核", "预警", "模型"]),
        ("inspector", ["概览", "查询", "预警", "模型"]),
        ("scientist", ["概览", "查询", "预警", "模型", "数据"]),
        ("administrator", ["模型", "数据", "管理"]),
        ("auditor", ["模型", "数据", "管理"]),
    ],
)
def test_each_role_is_shown_the_places_that_it_gets_to(visitor, name, places):
    them = visitor(name)
    them.page.goto("/console/find")
    assert (
        them.page.get_by_role("navigation", name="主导航").locator("a").all_inner_texts() == places
    )


def test_who_may_not_read_is_told_so_and_shown_nothing(visitor):
    them = visitor("administrator")
    response = them.page.goto(ONE)
    assert response.status == 403
    assert "没有权限" in them.page.get_by_role("heading", level=1).inner_text()
    assert SHOP not in them.page.locator("main").inner_text()


def test_everything_is_reached_by_the_keyboard(visitor):
    them = visitor("lin")
    them.page.goto("/console/find")
    them.page.keyboard.press("Tab")
    assert them.page.locator(":focus").inner_text() == "跳到正文"
    them.page.keyboard.press("Enter")
    seen = []
    for _ in range(12):
        them.page.keyboard.press("Tab")
        seen.append(
            them.page.evaluate("document.activeElement.id || document.activeElement.tagName")
        )
    assert {"q", "district", "category", "moved_since", "sort"} <= set(seen)


def test_the_script_of_figures_is_loaded_once(visitor):
    them = visitor("lin")
    sizes = []
    for path in (ONE, f"{ONE}/records"):
        settled(them.page, path)
        sizes.append(them.page.evaluate(TRANSFERRED))
    assert sizes[0] > 1_000_000
    assert sizes[1] == 0


def test_what_is_read_for_is_chosen_once_and_stands_in_the_audit(visitor, console):
    them = visitor("lin")
    them.page.goto("/console/find")
    them.page.get_by_text("用途：").click()
    them.page.get_by_label("查阅用途").select_option("complaint")
    them.page.get_by_label("案号").fill("投诉2026-0117")
    them.page.get_by_role("button", name="采用").click()
    them.page.wait_for_url("**/console/find")
    assert "投诉举报处理" in them.page.locator("header").inner_text()
    assert them.page.goto(ONE).status == 200
    with closing(Ledger.open(console.settings)) as ledger:
        purposes = {entry["purpose"] for entry in ledger.audited(SHOP)}
    assert "complaint:投诉2026-0117" in purposes


def test_no_page_shows_anything_to_whoever_is_not_signed_in(console):
    open_to_all = ("/console/sign-in", "/console/set-up", "/console/static")
    routes = create_app(console.settings).routes
    pages = [each for each in routes if getattr(each, "path", "").startswith("/console")]
    assert len(pages) > 30
    for page in pages:
        path = re.sub(r"\{[^}]*\}", "1", page.path)
        if path.startswith(open_to_all):
            continue
        for method in page.methods - {"HEAD"}:
            answer = httpx2.request(method, console.url + path, follow_redirects=False)
            assert answer.status_code in ((303,) if method == "GET" else (401, 403)), path
            assert method != "GET" or answer.headers["location"].startswith("/console/")
            assert SHOP not in answer.text


def test_the_overview_is_shown_while_the_service_is_not_ready(visitor, monkeypatch):
    def trouble(_):
        raise ProblemError("not-ready", "The archive cannot be read.")

    monkeypatch.setattr("xinheng.serving.routes.model.models.ready", trouble)
    them = visitor("lin")
    assert them.page.goto("/console/overview").status == 200
    expect(them.page.locator("main")).to_contain_text("受限，请联系管理员")
