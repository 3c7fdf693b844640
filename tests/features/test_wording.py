"""Wording: nothing that is computed is left out of what is told."""

import pytest
from hypothesis import given

from xinheng.core.errors import DeclarationError
from xinheng.features import (
    AS_OF,
    Aggregate,
    Expression,
    Median,
    Missed,
    Nearby,
    Persons,
    Rate,
    Tied,
    count,
    distinct,
    if_missing,
    largest,
    latest,
    ln,
    maximum,
    minimum,
    month,
    only_if,
    own_rate,
    peaks,
    previous,
    recurrent,
    repeat,
    smallest,
    standard_catalogue,
    total,
    where,
    year,
)
from xinheng.features.aggregate import FIELDS, KEYS, OPERATORS, REPAIRS, STATES
from xinheng.features.expression import BINARY, UNARY, Leaf
from xinheng.features.groups import GROUPS
from xinheng.features.rates import MEASURES, UNITS
from xinheng.features.wording import FUNCTIONS, SIGNS, operators_of, told
from xinheng.features.words import LANGUAGES, SHARING

from .histories import aggregates

A, B = count("award"), count("ban")
CASES: list[tuple[Expression, str, str]] = [
    (A, "[number of award]", "[award 的条数]"),
    (
        count("award", "ban:x", window=30, lag=7, state="open", above=("value", 2)),
        (
            "[number of award or ban:x that are open with value over 2 in 30 days "
            "that end 7 days before t]"
        ),
        "[近 30 天(截至 t 前 7 天) award 或 ban:x 中未终止中数值大于 2 的条数]",
    ),
    (
        total("penalty", repaired="only", cycle=(7, 1), window=365),
        (
            "[total value of penalty in 365 days that end when the year turns on 07-01, "
            "repaired ones alone]"
        ),
        "[近 365 天(按年计，年度自 07-01 起) penalty (只计已修复)的数值之和]",
    ),
    (distinct("award", by="case"), "[number of different cases of award]", "[award 的不同事项数]"),
    (
        smallest("licence", field="ended"),
        "[earliest last day of licence]",
        "[licence 的最早终止日]",
    ),
    (largest("licence", field="severity"), "[largest severity of licence]", None),
    (previous("insurance"), "[latest value before the latest case of insurance]", None),
    (
        distinct("sampling", "opinion", by="case"),
        "[number of different cases of sampling or opinion]",
        None,
    ),
    (
        previous("annual_report.revenue"),
        "[latest value before the latest year of annual_report.revenue]",
        "[annual_report.revenue 的最近年度之前的数值]",
    ),
    (
        peaks("sampling", by="case"),
        "[sum over lots of the largest value of sampling]",
        "[sampling 的各批次最大数值之和]",
    ),
    (
        recurrent("sampling"),
        "[number of codes with two different lots of sampling]",
        "[sampling 的涉及两个以上批次的代码数]",
    ),
    (
        repeat("penalty", gap=365),
        "[number of repeats (same code, at most 365 days before) of penalty]",
        "[penalty 的重复次数(同代码，前 365 天内)]",
    ),
    (A - (B - 1), "[number of award] − ([number of ban] − 1)", None),
    (A - B - 1, "[number of award] − [number of ban] − 1", None),
    (A + (B + 1), "[number of award] + [number of ban] + 1", None),
    ((A + B) * 2, "([number of award] + [number of ban]) × 2", None),
    (A / (B * 2), "[number of award] / ([number of ban] × 2)", None),
    (A / B / 2, "[number of award] / [number of ban] / 2", None),
    (-1 * A, "−1 × [number of award]", None),
    (maximum(A, 0) + 1, "max([number of award], 0) + 1", None),
    (
        minimum(if_missing(A, 0), 2),
        "min(([number of award], or where that is missing 0), 2)",
        "min(([award 的条数]，缺失时取 0), 2)",
    ),
    (
        maximum(A - B, ln(A)),
        "max([number of award] − [number of ban], ln([number of award]))",
        None,
    ),
    (ln(A + 1), "ln([number of award] + 1)", None),
    (
        year(if_missing(A, 0)),
        "calendar year of ([number of award], or where that is missing 0)",
        "([award 的条数]，缺失时取 0) 的年份",
    ),
    (month(AS_OF) + 1, "(calendar month of t) + 1", "(t 的月份) + 1"),
    (
        if_missing(A, 0) * 2,
        "([number of award], or where that is missing 0) × 2",
        "([award 的条数]，缺失时取 0) × 2",
    ),
    (
        where(A - 1, B, AS_OF),
        "[number of ban] where [number of award] − 1 > 0, else t",
        "[award 的条数] − 1 > 0 时取 [ban 的条数]，否则取 t",
    ),
    (
        Rate(group="brand", streams=("sampling",), positive=("sampling:fail.*",), strength=5),
        "[share of sampling:fail.* among sampling of the same brand, 5 at the city's own mixed in]",
        "[同品牌 sampling:fail.* 占 sampling 的比例(并入 5 个全市水平)]",
    ),
    (
        Rate(group="city", streams=("sampling",), positive=("sampling:fail.*",), unit="case"),
        "[share of lots of sampling:fail.* among lots of sampling in the city]",
        "[全市 sampling:fail.* 的批次占 sampling 的批次的比例]",
    ),
    (
        Rate(group="city", streams=("sampling",), above=("value", 2), unit="case"),
        "[share of lots of sampling with value over 2 in the city]",
        "[全市 sampling 中数值大于 2 的批次的比例]",
    ),
    (
        Rate(group="city", streams=("sampling",), measure="mean", window=9),
        "[mean value of sampling in 9 days in the city]",
        "[全市近 9 天 sampling 的平均数值]",
    ),
    (
        Median(group="category", streams=("licence_review",), least=5, window=90),
        (
            "[median value of licence_review in 90 days in the same category, or of the city with "
            "fewer than 5]"
        ),
        "[同类别近 90 天 licence_review 的数值中位数(不足 5 条时取全市)]",
    ),
    (
        Tied(streams=("relation:branch",), having=(A, count("ban:x", state="open"))),
        (
            "[number of others tied by relation:branch that have any of (number of award; number "
            "of ban:x that are open)]"
        ),
        "[经 relation:branch 关联的其他主体数，其中有任一：(award 的条数；ban:x 中未终止的条数)]",
    ),
    (
        only_if(A, year(AS_OF)),
        "(calendar year of t) where [number of award] > 0, else missing",
        "[award 的条数] > 0 时取 (t 的年份)，否则取 缺失",
    ),
    (
        Missed(streams=("filing",), years=3, turn=(7, 1), start=latest("licence"), since=2014),
        (
            "[number of the last 3 deadlines, each the day before 07-01, that passed without "
            "filing in the year before, in years after that of the latest value of licence and "
            "from 2014 on]"
        ),
        (
            "[最近 3 个年度期限(每年 07-01 前一日)中此前一年未见 filing 的个数，"
            "自 licence 的最近数值的次年起且不早于 2014 年]"
        ),
    ),
    (Persons(), "[number of persons in post]", "[任 post 的人数]"),
    (
        Persons(posts=("post:director",), having=(B,), elsewhere=(A,), within=30),
        (
            "[number of persons in post:director that have any of (number of ban), or that "
            "elsewhere hold, or held within 30 days, a post with any of (number of award)]"
        ),
        None,
    ),
    (
        Nearby(places=("complaint",), radius=500, window=90),
        "[number of complaint within 500 m in 90 days]",
        "[500 米内近 90 天 complaint 的条数]",
    ),
]


@pytest.mark.parametrize(("tree", "english", "chinese"), CASES, ids=range(len(CASES)))
def test_a_tree_is_told(tree: Expression, english: str, chinese: str | None) -> None:
    assert told(tree) == english
    assert chinese in (None, told(tree, "zh"))


@given(aggregates(), aggregates())
def test_different_aggregates_are_told_differently(one: Aggregate, two: Aggregate) -> None:
    for language in LANGUAGES:
        assert (told(one, language) == told(two, language)) == (one == two)


def test_both_languages_have_words_for_everything_that_can_be_declared() -> None:
    wanted = {
        *(f"operator.{name}" for name in OPERATORS),
        *(f"field.{name}" for name in FIELDS),
        *(f"key.{name}" for name in KEYS),
        *(f"state.{name}" for name in STATES if name != "any"),
        *(f"repaired.{name}" for name in REPAIRS if name != "stays"),
        *(f"group.{name}" for name in GROUPS),
        *(f"measure.{name}" for name in MEASURES),
        *(f"unit.{name}" for name in UNITS),
        *(name for name in UNARY if name not in FUNCTIONS),
    }
    for words in LANGUAGES.values():
        assert wanted - words.keys() == set()
        assert words.keys() == LANGUAGES["en"].keys()
    assert set(SHARING) == {*OPERATORS, "median", "missed", "nearby", "persons", "rate", "ties"}
    assert set(BINARY) <= {*FUNCTIONS, *SIGNS}


def test_every_standard_indicator_is_told() -> None:
    for indicator in standard_catalogue():
        assert all(told(indicator.expression, language) for language in LANGUAGES)
        assert set(operators_of(indicator.expression)) <= set(SHARING)


def test_the_parts_of_a_rate_of_ones_own_are_told() -> None:
    text = told(own_rate("inspection", above=("value", 0), strength=3))
    assert text.startswith("([number of inspection with value over 0] + 3 × [share of inspection")


def test_a_node_without_words_is_named() -> None:
    class Odd(Leaf):
        pass

    with pytest.raises(DeclarationError, match="no words for a Odd: add them"):
        told(latest("award") + Odd())
