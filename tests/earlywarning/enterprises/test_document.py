"""The notice: whom, why, on what, what is proposed, and what the enterprise may do."""

import html
import re
from dataclasses import replace

import pytest

from xinheng.archive import Lineage
from xinheng.core.citations import cited
from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.enterprises import Served, WarningPolicy, draft, render_notice
from xinheng.earlywarning.enterprises.document import _words

from .test_drafts import EDITION, TODAY, warned

NAME = "深圳市某某食品有限公司 <&>"
ORIGIN = Lineage("penalty", "深市监罚〔2026〕1号", "市场监管局", 3, "penalties", 7)
DRAFT = draft(
    [warned("three_penalties", records=("-12", "5")), warned("obstruction", since=TODAY - 20)],
    EDITION, enterprise="92440300MA5EXAMPLE",
)  # fmt: skip
assert DRAFT is not None


def text_of(page: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_it_tells_everything_in_chinese_and_then_in_english() -> None:
    page = text_of(render_notice(DRAFT, EDITION, name=NAME, origins={-12: ORIGIN}))
    assert page.index("信用降级警示告知书") < page.index("Notice of a credit downgrade warning")
    for said in (
        NAME,
        "92440300MA5EXAMPLE",
        "截至 2026-03-01 存在下列情形",
        "甲three_penalties",
        "食品安全法 §134",
        "自 2026-02-20 起",
        "自 2026-02-09 起",
        "记录: 深市监罚〔2026〕1号 (市场监管局); 5",
        "180 日内，信用风险等级不优于 D 级",
        cited(DRAFT.basis),
        "次日起 5 个工作日内提出陈述、申辩",
        "深圳经济特区社会信用条例 §39",
        "联系方式: 〔地址、联系人、电话〕",
        "告知机关: 〔告知机关名称〕",
        "no better than D",
        "within 5 working days",
        "Contact: [address, person, telephone]",
    ):
        assert said in page, said
    assert page.count("深市监罚〔2026〕1号 (市场监管局); 5") == 2


def test_it_bears_no_mark_of_what_was_not_checked() -> None:
    told = replace(warned("obstruction"), basis="某办法 §7 (mem-M); 日数 design")
    unsure = draft([told], EDITION, enterprise="X")
    assert unsure is not None
    assert "(mem-H)" in unsure.basis
    page = text_of(
        render_notice(unsure, replace(EDITION, defence_basis="某条例 §39 (mem-H)"), name=NAME)
    )
    assert "mem-" not in page
    for said in ("依据: 某办法 §7; 日数 design", "115号 次年上调一至两级; ", "依据: 某条例 §39"):
        assert said in page, said


def test_it_is_a_draft_until_it_is_served() -> None:
    page = text_of(render_notice(DRAFT, EDITION))
    assert "草稿：未经人工确认，未送达，不产生任何效力。" in page
    assert "〔送达时编号〕" in page
    served = text_of(
        render_notice(DRAFT, EDITION, served=Served(day("2026-04-30"), "深〔2026〕9号"))
    )
    assert "草稿" not in served
    assert "Draft" not in served
    assert "文号: 深〔2026〕9号" in served
    # 1 to 5 May are a holiday, the 9th is worked: 6, 7, 8, 9, 11 May
    assert "于 2026-04-30 送达，期限至 2026-05-11 止" in served
    assert "served on 2026-04-30; the time ends on 2026-05-11" in served


def test_it_loads_and_runs_nothing_and_escapes_what_is_put_in() -> None:
    page = render_notice(DRAFT, EDITION, name="<script>alert(1)</script>")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href|url)\s*[=(]", page)


def test_both_languages_say_the_same_things() -> None:
    zh, en = _words()["zh"], _words()["en"]
    assert zh.keys() == en.keys()
    for name in zh:
        fields = [sorted(re.findall(r"{\w+}", each[name])) for each in (zh, en)]
        assert fields[0] == fields[1], name


def test_an_authority_gives_its_own_name_and_days() -> None:
    text = WarningPolicy.default().text
    own = text.replace("〔告知机关名称〕", "某局").replace("working_days = 5", "working_days = 10")
    page = text_of(render_notice(DRAFT, WarningPolicy.parse(own, "own.toml").on(TODAY)))
    assert "告知机关: 某局" in page
    assert "10 个工作日" in page


def test_no_deadline_is_told_of_days_whose_holidays_nobody_knows() -> None:
    with pytest.raises(InvalidError, match="20"):
        render_notice(DRAFT, EDITION, served=Served(day("2199-01-04"), "1"))
