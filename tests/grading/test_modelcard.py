"""The page of a model card: everything that a reader must know, from the bundle alone."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.grading import (
    Bundle,
    CardGroup,
    ModelCard,
    Parts,
    card_html,
    card_markdown,
    key_id,
    read_bundle,
    write_bundle,
)

from .world import parts, scheduling_parts

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
GROUPS = (
    CardGroup("district", "440305", 900, 90, 0.11, 0.1, 0.08, 0.12),
    CardGroup("category", "<b>A|B</b>", 40, 4, 0.2, 0.1, 0.04, 0.23),
    CardGroup("staff", "", 5, 1, 0.2, 0.2, 0.03, 0.62),
)
HEADINGS = [
    "模型 What it is",
    "用途 What it is for",
    "不得用于 What it must not be used for",
    "数据 What it learned from, and was tested on",
    "指标表现 How good it is",
    "分组校准 Whether it keeps its promises to everybody",
    "输入 What it looks at",
    "等级 From which probability a level begins",
    "局限 What it cannot do",
    "异议与修复 How an enterprise objects",
    "版本 What made it",
]


def stored(made: Parts, folder: Path) -> Bundle:
    write_bundle(folder / "bundle", made, KEY)
    return read_bundle(folder / "bundle", {key_id(KEY.public_key()): KEY.public_key()})


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    told = replace(parts().card, groups=GROUPS, versions={"lightgbm": "4.7.0"})
    return stored(replace(parts(), card=told), tmp_path)


def test_groups_and_versions_travel_in_the_bundle(bundle: Bundle) -> None:
    assert bundle.card.groups == GROUPS
    assert ModelCard.from_json(bundle.card.to_json()) == bundle.card


def test_everything_has_its_section(bundle: Bundle) -> None:
    page = card_markdown(bundle)
    assert re.findall("^## (.*)$", page, re.MULTILINE) == HEADINGS
    assert bundle.digest in page
    assert "| district | 南山区 Nanshan | 900 | 11.0% | 10.0% | 8.0% to 12.0% |" in page
    assert "| staff | 未登记 not recorded | 5 |" in page
    assert r"<b>A\|B</b>" in page
    assert "| auc | 0.7000 | 0.6500 to 0.7500 |" in page
    assert "| lightgbm | 4.7.0 |" in page
    assert (
        "| design-1 (design) | 2000-01-01 | 5.0% | 15.0% | 30.0% | 45.0% | 65.0% | 并列 beside"
        in page
    )
    assert "Score card 评分表 'food-production'" in page
    assert "Neither district, neighbourhood nor inspector is ever an input" in page
    assert "art. 48–51" in page


def test_a_forecast_says_that_it_never_grades(tmp_path: Path) -> None:
    page = card_markdown(stored(scheduling_parts(), tmp_path))
    assert "It never decides a grade" in page
    assert "A forecast has no levels." in page
    assert "Nobody is punished" not in page


def test_an_old_card_says_what_it_lacks(tmp_path: Path) -> None:
    assert "made before cards told it" in card_markdown(stored(parts(), tmp_path))


def test_the_page_for_browsers_loads_and_runs_nothing(bundle: Bundle) -> None:
    page, seen = card_html(bundle), []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(page)
    tags = {tag for tag, _ in seen}
    assert tags.isdisjoint({"script", "img", "link", "iframe", "a", "b"})
    assert not [attrs for _, attrs in seen if attrs.keys() & {"src", "href", "onclick"}]
    assert "&lt;b&gt;A|B&lt;/b&gt;" in page
    assert re.findall("<h2>(.*?)</h2>", page) == HEADINGS
