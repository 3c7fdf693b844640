"""Definitions: every declared indicator says in Chinese what it says in English."""

import re
from collections.abc import Mapping

import pytest

from xinheng.features import Indicator, standard_catalogue
from xinheng.features.definition import define

from .test_indicator import declare

CATALOGUE = standard_catalogue()
ENGLISH = {
    "half": 0.5,
    "one year": 1,
    "two": 2,
    "twice": 2,
    "three": 3,
    "five": 5,
    "six": 6,
    "June": 6,
}
CHINESE = {"半": 0.5, "近一年": 12, "近三年": 36}
OTHERWISE = {
    "CC02": {"p0": "基础不合格率"},
    "CC10": {"(min 1)": "不足 100 人的按 100 人计"},
    "CC11": {"[0-3m]": "近 3 个月", "[3-12m]": "此前 9 个月"},
    "RL01": {"y+1": "次年"},
}
"""Signs of the English definition that have a digit, and the words for them in the Chinese one."""
every = pytest.mark.parametrize("indicator", CATALOGUE, ids=CATALOGUE.ids)


def numbers(text: str, words: Mapping[str, float]) -> set[float]:
    """Return the numbers that stand in a text, in digits or as one of some words."""
    digits = {float(number) for number in re.findall(r"\d*\.?\d+", text)}
    return digits | {number for word, number in words.items() if word in text}


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("(fail + 20*rate)/(n + 20), default .022, half a year", ENGLISH, {20, 0.022, 0.5}),
        ("food past one year, others six months; without one, none", ENGLISH, {1, 6}),
        ("log10(1 + sum), 30 June, 27xx", ENGLISH, {10, 1, 30, 6, 27}),
        (
            "近三年（缺省 0.022），半年内 1–5 级，最小计 −2，之一",
            CHINESE,
            {36, 0.022, 0.5, 1, 5, 2},
        ),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(
    text: str, words: Mapping[str, float], found: set[float]
) -> None:
    assert numbers(text, words) == found


@every
def test_the_chinese_definition_is_in_words_and_not_in_signs_of_the_program(
    indicator: Indicator,
) -> None:
    assert re.search(r"[\u4e00-\u9fff]{2}", indicator.formula_zh)
    assert not re.search(r"[a-z_*:;,=]|\s$|。$", indicator.formula_zh)


@every
def test_both_definitions_have_the_same_numbers_and_the_chinese_one_tells_the_window(
    indicator: Indicator,
) -> None:
    english = indicator.formula
    for sign, words in OTHERWISE.get(indicator.id, {}).items():
        assert sign in english
        assert words in indicator.formula_zh
        english = english.replace(sign, "")
    told = numbers(english, ENGLISH) | numbers(indicator.window, {})
    assert numbers(indicator.formula_zh, CHINESE) == told


def test_a_definition_of_ones_own_may_be_in_english_alone() -> None:
    assert define(declare()).formula.lines == ("count(penalties)",)
    both = define(declare(formula_zh="行政处罚次数")).formula
    assert both.lines == ("行政处罚次数", "count(penalties)")
