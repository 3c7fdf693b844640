"""The handbook: every indicator stands on it whole, and the page is up to date."""

import re
from pathlib import Path

import pytest

from xinheng.archive import KINDS
from xinheng.core import months
from xinheng.core.codes import CodeTable
from xinheng.features import Catalogue, Indicator, count, standard_catalogue
from xinheng.features.definition import define
from xinheng.features.expression import leaves_of
from xinheng.features.handbook import render_handbook
from xinheng.features.reads import readings
from xinheng.features.wording import told

from .test_indicator import NEAR, declare

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"
COMMAND = "xinheng indicators handbook --output docs/indicators.md"
CATALOGUE = standard_catalogue()
HANDBOOK = render_handbook(CATALOGUE)
CUT = {"EA06"}  # its values are cut at the window, not its records
every = pytest.mark.parametrize("indicator", CATALOGUE, ids=CATALOGUE.ids)


def section(anchor: str) -> str:
    """Return the part of the page under an anchor."""
    return HANDBOOK.split(f'<a id="{anchor}"></a>\n')[1].split("<a id=")[0]


def test_the_page_is_what_the_program_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == HANDBOOK, f"out of date; write it anew: {COMMAND}"
    assert COMMAND in HANDBOOK


@every
def test_an_indicator_stands_whole_on_the_page(indicator: Indicator) -> None:
    part = section(indicator.id)
    assert part.startswith(
        f"### {indicator.id} {indicator.zh}\n\n**定义**：{indicator.formula_zh}\n\n"
        f"**{indicator.en}**: `{indicator.formula}`\n"
    )
    for text in (indicator.basis, f"counts as {indicator.missing:g}"):
        assert text in part
    assert f"`{told(indicator.expression)}`" in part
    assert f"`{told(indicator.expression, 'zh')}`" in part
    assert f"[{indicator.id}](#{indicator.id})" in HANDBOOK.split("## How to read it")[0]


def test_without_a_definition_in_chinese_the_english_one_stands_alone() -> None:
    page = render_handbook(Catalogue((declare(),)))
    assert "### XX01 处罚次数\n\n**Penalties**: `count(penalties)`\n" in page


@every
def test_a_basis_is_spelled_out(indicator: Indicator) -> None:
    assert define(indicator).sources


@every
def test_the_declared_window_is_one_that_is_computed(indicator: Indicator) -> None:
    span = re.fullmatch(r"(\d+)([md])", indicator.window)
    if span is None:
        return
    days = int(span[1]) if span[2] == "d" else months(int(span[1]))
    leaves = [*leaves_of(indicator.expression)]
    parts = [part for leaf in leaves for part in getattr(leaf, "having", ())]
    spans = ("window", "lag")
    computed = {getattr(leaf, name, None) for leaf in (*leaves, *parts) for name in spans}
    assert days in computed or indicator.id in CUT


def test_every_link_of_the_page_leads_somewhere() -> None:
    links = set(re.findall(r"\]\(([^)]+)\)", HANDBOOK))
    anchors = set(re.findall(r'<a id="([^"]+)">', HANDBOOK))
    assert {link[1:] for link in links if link.startswith("#")} == anchors
    for link in links:
        name, _, anchor = link.partition("#")
        if name:
            page = (PAGE.parent / name).read_text(encoding="utf-8")
            assert not anchor or f'<a id="{anchor}"></a>' in page, link


def test_the_cells_of_every_table_are_as_many_as_its_head_has() -> None:
    for table in re.findall(r"(?:^\|.*\n)+", HANDBOOK, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1


def test_what_is_read_is_told_with_the_meaning_of_its_numbers() -> None:
    late = declare(expression=CATALOGUE["CC07"].expression)
    assert readings(late)[0].numbers == (("rectification value", "due - occurred"),)
    several = declare(expression=count("penalty") + count("incident") + count("licence*"))
    assert [reading.kind for reading in readings(several)] == [
        kind
        for kind in KINDS
        if kind in ("incident", "licence", "licence_event", "licence_review", "penalty")
    ]
    assert [reading.zh for reading in readings(declare(expression=NEAR, use="scheduling"))] == [
        "投诉举报"
    ]


def test_every_stream_is_of_a_kind_that_has_names() -> None:
    names = CodeTable.load("record_kind").codes
    streams = {(c.kind, stream.kind) for c in KINDS.values() for stream in c.streams}
    assert {kind for kind, _ in streams} <= set(names)
    assert all(stream.partition(".")[0] == kind for kind, stream in streams)


def test_what_one_may_disclose_is_told_with_its_silence() -> None:
    known = define(CATALOGUE["RL05"])
    assert str(known.missing).startswith("counts as 40, the worst")
    assert (known.low, known.high, known.window.zh) == (0, 40, "当日")
    assert define(CATALOGUE["PN10"]).window.zh == "24 个月，两次相隔不超过 12 个月"


@pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda indicator: indicator.id)
def test_every_window_is_told_in_both_languages(indicator: Indicator) -> None:
    window = define(indicator).window
    assert window.en.isascii()
    assert re.search(r"[\u4e00-\u9fff]", window.zh)
