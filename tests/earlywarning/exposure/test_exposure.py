"""Whom a product concerns: a town of a dozen enterprises, worked by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.earlywarning.exposure import Exposed, read_weights
from xinheng.earlywarning.exposure import exposure as exposures
from xinheng.earlywarning.products import Vocabulary

from ..towns import seen, town, watched

DAY = 20_000
TOXIN = "米酵菌酸"


def roles(found: tuple[Exposed, ...]) -> list[tuple[int, str, bool]]:
    return [(each.number, each.role, each.failed) for each in found]


def test_those_that_failed_come_first_then_by_what_they_do():
    city = town(
        ["A"] * 12,
        licences={0: "0104", 1: "0104", 9: "0601"},
        ties=[
            (2, 1, "commission"),
            (3, 4, "supply"),
            (4, 5, "supply"),
            (7, 3, "same_person"),
            (0, 9, "supply"),
        ],
        sites={3: "market", 8: "market"},
        brands={3: "brand", 6: "brand"},
    )
    rows = [
        seen(1, 0, "鲜河粉", "declared", DAY - 900),
        seen(2, 1, "湿粉", "passed", DAY - 10, stage="production"),
        seen(3, 3, "河粉", "failed", DAY - 5, stage="distribution", item=TOXIN),
        seen(4, 10, "肠粉", "passed", DAY - 400, stage="catering"),
        seen(5, 11, "月饼", "failed", DAY - 1, stage="production"),
    ]
    found = watched(city, rows, DAY).exposed(["wet_rice_noodles"])
    assert roles(found) == [
        (3, "sells", True),
        (0, "makes", False),
        (1, "makes", False),
        (2, "commissions", False),
        (10, "sells", False),
        (4, "trades", False),
        (5, "same_supplier", False),
        (6, "same_group", False),
        (7, "same_group", False),
        (8, "same_site", False),
    ]
    by_number = {each.number: each for each in found}
    assert by_number[3].strength == pytest.approx(0.95 * 2 ** (-5 / 365))
    assert by_number[0].strength == pytest.approx(1 - (1 - 0.8) * (1 - 0.3))
    tie = 0.8 * (1 - (1 - 0.7 * 2 ** (-10 / 365)) * (1 - 0.3))
    assert by_number[2].strength == pytest.approx(tie)
    supplied = 0.6 * by_number[3].strength
    assert by_number[4].strength == pytest.approx(supplied)
    assert by_number[5].strength == pytest.approx(0.4 * supplied)
    assert by_number[2].reasons["zh"] == ("与生产该产品的E1有委托生产关系",)
    assert by_number[5].reasons["en"] == ("E4 supplies it as well as one that failed",)
    assert (by_number[2].records, by_number[8].records) == (("800",), ())


def test_a_kind_of_a_product_is_meant_and_a_broader_one_is_not():
    rows = [seen(1, 0, "肠粉", "passed", DAY), seen(2, 1, "湿粉", "passed", DAY)]
    exposure = watched(town(["A", "A"]), rows, DAY)
    assert [each.number for each in exposure.exposed(["rice_rolls"])] == [0]
    assert [each.number for each in exposure.exposed(["wet_rice_noodles"])] == [0, 1]


def test_a_failure_by_another_hazard_is_none_here_and_one_that_names_none_may_be():
    rows = [
        seen(1, 0, "河粉", "failed", DAY, item="铅", hazard="contaminant"),
        seen(2, 1, "河粉", "failed", DAY, item=TOXIN, hazard="acute_toxin"),
        seen(3, 2, "河粉", "failed", DAY),
        seen(4, 3, "河粉", "harmed", DAY),
    ]
    exposure = watched(town(["A"] * 4), rows, DAY)
    by_item = {each.number: each for each in exposure.exposed(["ho_fun"], TOXIN)}
    assert [number for number, each in by_item.items() if each.failed] == [1, 2, 3]
    assert by_item[0].reasons["en"][0].startswith("records of failure, recall or warning for other")
    by_class = exposure.exposed(["ho_fun"], "contaminant")
    assert {each.number for each in by_class if each.failed} == {0, 2, 3}
    assert all(each.failed for each in exposure.exposed(["ho_fun"]))


@pytest.mark.parametrize(
    ("row", "there"),
    [
        (seen(1, 0, "河粉", "passed", DAY - 1096), True),
        (seen(1, 0, "河粉", "passed", DAY - 1097), False),
        (seen(1, 0, "河粉", "declared", DAY - 5000), True),
        (seen(1, 0, "河粉", "declared", DAY - 5, open=False), False),
        (seen(1, 0, "河粉", "told", DAY), False),
        (seen(1, 0, "河粉", "complained", DAY, open=False), True),
        (seen(1, None, "河粉", "failed", DAY), False),
        (seen(1, 0, "什么", "failed", DAY), False),
    ],
)
def test_which_records_tell_of_an_enterprise(row, there):
    assert bool(watched(town(["A"]), [row], DAY).exposed(["ho_fun"])) is there


@pytest.mark.parametrize(
    ("stage", "licences", "role"),
    [
        ("production", {}, "makes"),
        ("distribution", {0: "0104"}, "makes"),  # the licence itself tells so
        ("distribution", {0: "0601"}, "sells"),
        ("catering", {}, "sells"),
        (None, {0: "0601"}, "makes"),
        (None, {}, "sells"),
    ],
)
def test_who_makes_and_who_sells(stage, licences, role: str):
    city = town(["A"], licences=licences)
    row = seen(1, 0, "河粉", "passed", DAY, stage=stage)
    [found] = watched(city, [row], DAY).exposed(["ho_fun"])
    assert found.role == role


def test_a_worse_level_weighs_more():
    rows = [seen(1, n, "河粉", "passed", DAY) for n in range(3)]
    exposure = watched(town(["A"] * 3), rows, DAY)
    found = exposure.exposed(["ho_fun"], levels={0: "A+", 1: "E"})
    assert [each.number for each in found] == [1, 2, 0]
    assert found[0].strength == pytest.approx(1 - 0.3**1.6)
    with pytest.raises(NotFoundError, match="credit level 'F'"):
        exposure.exposed(["ho_fun"], levels={0: "F"})


def test_reasons_and_records_are_told_the_weightiest_and_the_latest_first():
    rows = [seen(n, 0, "河粉", "passed", DAY - 30 + n) for n in range(1, 26)]
    rows.append(seen(99, 0, "河粉", "failed", DAY - 40))
    [found] = watched(town(["A"]), rows, DAY).exposed(["ho_fun"])
    assert found.reasons["en"] == (
        "records of failure, recall or warning: 1, the latest of 2024-08-25",
        "sampled lots that passed: 25, the latest of 2024-09-29",
    )
    assert found.records == tuple(str(n) for n in range(25, 5, -1))


def test_only_the_first_are_told_and_all_are_ranked():
    rows = [seen(n, n, "河粉", "passed", DAY - n) for n in range(5)]
    exposure = watched(town(["A"] * 5), rows, DAY)
    assert [each.number for each in exposure.exposed(["ho_fun"], most=2)] == [0, 1]
    assert len(exposure.ranked(["ho_fun"])) == 5


def test_a_supplier_that_failed_itself_is_told_as_that_alone():
    city = town(["A"] * 3, ties=[(0, 1, "supply"), (1, 2, "supply")])
    rows = [seen(n, n, "河粉", "failed", DAY, stage="catering") for n in (0, 1)]
    *_, near = watched(city, rows, DAY).exposed(["ho_fun"])
    assert (near.number, near.role) == (2, "trades")
    assert near.reasons["en"] == ("supply ties it to E1, which failed",)


def test_of_those_beyond_reach_neither_code_nor_record_is_told():
    """E1 is reached; E0, E2 and E4, which failed, are not."""
    city = town(
        ["A", "B"] * 3,
        ties=[(0, 1, "supply"), (2, 1, "supply"), (3, 1, "supply"), (1, 4, "same_person")],
    )
    rows = [seen(n, n, "河粉", "failed", DAY, stage="catering") for n in (0, 2, 3, 4)]
    exposure = watched(city, rows, DAY)
    ranked = exposure.ranked(["ho_fun"])
    [_, whole] = ranked.within(lambda each: np.isin(each, [0, 1])).told(city, exposure.weights, 9)
    found = ranked.within(lambda each: np.isin(each, [1, 3])).told(city, exposure.weights, 9)
    assert [each.number for each in found] == [3, 1]
    near = found[1]
    assert near.reasons["en"] == (
        "supply ties it to another enterprise, which failed",
        "supply ties it to E3, which failed",
        "of one group, brand or person with another enterprise, which failed",
    )
    assert near.reasons["zh"][0] == "与另一家企业有供货关系，该企业有不合格或事故记录"
    assert (near.records, whole.records) == (("802",), ("800",))
    assert near.strength == whole.strength
    everywhere = ranked.within(lambda each: np.ones(len(each), bool))
    assert everywhere.told(city, exposure.weights, 9) == exposure.exposed(["ho_fun"])


def test_a_product_of_no_food_category_is_in_no_licence(tmp_path: Path):
    own = tmp_path / "products.csv"
    own.write_text("code,zh,also,kind_of,category,tag\nthing,物,,,,\nho_fun,河粉,,,01,\n", "utf-8")
    exposure = replace(
        watched(town(["A"], licences={0: "0104"}), [], DAY), vocabulary=Vocabulary.load(own)
    )
    assert exposure.exposed(["thing"]) == ()
    assert [each.role for each in exposure.exposed(["ho_fun"])] == ["makes"]  # by its food group


def test_what_is_no_product_is_told():
    with pytest.raises(NotFoundError, match="did you mean 'ho_fun'"):
        watched(town(["A"]), [], DAY).exposed(["ho_fum"])


def test_nobody_is_exposed_where_nothing_is_told():
    assert watched(town(["A"]), [], DAY).exposed(["ho_fun"]) == ()
    assert watched(town([]), [], DAY).exposed(["ho_fun"]) == ()


OUTCOMES = st.sampled_from(["passed", "declared", "failed", "harmed", "complained"])
ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["河粉", "肠粉", "月饼"]), OUTCOMES,
              st.integers(0, 1500)),
    max_size=12,
)  # fmt: skip
TIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5),
              st.sampled_from(["supply", "commission", "branch"])),
    max_size=8,
)  # fmt: skip


@settings(max_examples=40)
@given(ROWS, TIES)
def test_strengths_are_probabilities_in_order_and_each_is_told_once(told, ties):
    rows = [seen(n, whom, text, outcome, DAY - age)
            for n, (whom, text, outcome, age) in enumerate(told)]  # fmt: skip
    exposure = watched(town(["A"] * 6, ties=ties), rows, DAY)
    found = exposure.exposed(["wet_rice_noodles"])
    assert len({each.number for each in found}) == len(found)
    assert all(0 < each.strength < 1 for each in found)
    order = [(not each.failed, exposures.ROLES.index(each.role), -each.strength) for each in found]
    assert order == sorted(order)
    assert all(each.reasons["zh"] and len(each.reasons["zh"]) == len(each.reasons["en"])
               for each in found)  # fmt: skip


@settings(max_examples=40)
@given(ROWS, TIES, st.integers(0, 5))
def test_a_further_failure_never_makes_one_less_exposed(told, ties, whom: int):
    rows = [seen(n, number, text, outcome, DAY - age)
            for n, (number, text, outcome, age) in enumerate(told)]  # fmt: skip
    city = town(["A"] * 6, ties=ties)
    more = [*rows, seen(99, whom, "河粉", "failed", DAY)]
    before, after = (
        {each.number: each for each in watched(city, each, DAY).exposed(["ho_fun"])}
        for each in (rows, more)
    )
    assert after[whom].failed
    assert whom not in before or after[whom].strength >= before[whom].strength - 1e-12


def test_weights_of_ones_own_take_the_place_of_those_that_ship(tmp_path: Path):
    shipped = Path(exposures.__file__).with_name("weights.toml").read_text("utf-8")
    own = tmp_path / "weights.toml"
    own.write_text(shipped.replace("half_life_days = 365 ", "half_life_days = 10 "), "utf-8")
    rows = [seen(1, 0, "河粉", "passed", DAY - 10)]
    [found] = watched(town(["A"]), rows, DAY, read_weights(own)).exposed(["ho_fun"])
    assert found.strength == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("weight = 0.95", "weight = 1.5", "reasons.failed.weight: Input should be less than 1"),
        ("[reasons.licensed]", "[reasons.licenced]", "reasons.licenced"),
        ("past_days = 1096", "past_days = ", "no TOML"),
    ],
)
def test_weights_that_cannot_be_used_are_told(tmp_path: Path, old: str, new: str, fault: str):
    shipped = Path(exposures.__file__).with_name("weights.toml").read_text("utf-8")
    own = tmp_path / "weights.toml"
    own.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(InvalidError, match=fault):
        read_weights(own)
