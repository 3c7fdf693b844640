"""Contributions, against the definition: every subset of columns, enumerated."""

import itertools
import math
import re
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.explaining import contributions
from xinheng.explaining.attribution.additivity import hold
from xinheng.explaining.attribution.forest import Forest
from xinheng.explaining.attribution.pieces import MOST, cut
from xinheng.explaining.attribution.quadrature import Quadrature, quadrature
from xinheng.explaining.attribution.trees import Trees
from xinheng.grading import Blend, Line, Linear, Specialist

Node = dict[str, Any]


def train(
    seed: int, features: int, leaves: int = 8, trees: int = 3, rows: int = 300, **more: Any
) -> lgb.Booster:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, features)).round(1)
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    matrix[rng.random(matrix.shape) < 0.15] = 0.0
    known = np.nan_to_num(matrix, nan=0.7)
    outcomes = rng.random(rows) < expit(np.sin(3 * known[:, 0]) * 2 + known[:, 1:].sum(axis=1))
    parameters = {
        "objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 3, "verbosity": -1,
        "num_threads": 1, "seed": seed, "learning_rate": 0.5, **more,
    }  # fmt: skip
    return lgb.train(parameters, lgb.Dataset(matrix, outcomes.astype(float)), trees)


def chain(columns: int) -> lgb.Booster:
    """A tree that asks of one column after the other, so that its paths are as long as can be."""
    matrix = np.tile(np.eye(columns), (40, 1))
    outcomes = np.tile(np.arange(columns, dtype=float), 40)
    parameters = {
        "objective": "regression", "num_leaves": columns, "min_data_in_leaf": 1, "verbosity": -1,
        "num_threads": 1, "min_sum_hessian_in_leaf": 0,
    }  # fmt: skip
    return lgb.train(parameters, lgb.Dataset(matrix, outcomes), 1)


def some_rows(rows: int, features: int, seed: int = 9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(rows, features)).round(1)
    found[rng.random(found.shape) < 0.15] = np.nan
    found[rng.random(found.shape) < 0.15] = 0.0
    return found


def goes_left(node: Node, value: float) -> bool:
    missing = node["missing_type"]
    if math.isnan(value) and missing != "NaN":
        value = 0.0
    if (missing == "NaN" and math.isnan(value)) or (missing == "Zero" and abs(value) <= 1e-35):
        return bool(node["default_left"])
    return value <= node["threshold"]


def cover(node: Node) -> int:
    return int(node.get("internal_count", node.get("leaf_count")))


def expected(node: Node, row: np.ndarray, known: frozenset[int]) -> float:
    """The tree's value when only some columns are known, the others by the rows that passed."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    left, right = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        side = left if goes_left(node, row[node["split_feature"]]) else right
        return expected(side, row, known)
    parts = [cover(side) * expected(side, row, known) for side in (left, right)]
    return sum(parts) / cover(node)


def by_definition(booster: lgb.Booster, row: np.ndarray) -> tuple[np.ndarray, float]:
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    columns = range(booster.num_feature())
    worth = {
        frozenset(known): sum(expected(tree, row, frozenset(known)) for tree in trees)
        for size in range(len(columns) + 1)
        for known in itertools.combinations(columns, size)
    }
    found = np.zeros(len(columns))
    for column in columns:
        for known, value in worth.items():
            if column not in known:
                ways = math.factorial(len(known)) * math.factorial(len(columns) - len(known) - 1)
                gain = worth[known | {column}] - value
                found[column] += ways / math.factorial(len(columns)) * gain
    return found, worth[frozenset()]


def pairs_by_definition(booster: lgb.Booster, row: np.ndarray) -> np.ndarray:
    """The interaction of two columns: what the one gains by the other, over all other subsets."""
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    columns = range(booster.num_feature())

    def worth(known: frozenset[int]) -> float:
        return sum(expected(tree, row, known) for tree in trees)

    found = np.zeros((len(columns), len(columns)))
    for one, other in itertools.permutations(columns, 2):
        others = [column for column in columns if column not in (one, other)]
        for size in range(len(others) + 1):
            ways = math.factorial(size) * math.factorial(len(columns) - size - 2)
            weight = ways / math.factorial(len(columns) - 1) / 2
            for known in map(frozenset, itertools.combinations(others, size)):
                both = worth(known | {one, other}) + worth(known)
                found[one, other] += weight * (both - worth(known | {one}) - worth(known | {other}))
    return found


def repeats(node: Node, above: tuple[int, ...] = ()) -> bool:
    if "leaf_value" in node:
        return False
    column = node["split_feature"]
    below = (*above, column)
    return column in above or any(repeats(node[s], below) for s in ("left_child", "right_child"))


MODELS = {
    "two columns, deep": train(1, 2, leaves=16),
    "five columns": train(2, 5, leaves=12),
    "zero as missing": train(3, 4, zero_as_missing=True),
    "missing not used": train(4, 4, use_missing=False),
    "monotone": train(5, 4, monotone_constraints=[1, 0, 1, -1]),
    "one leaf": train(6, 3, min_data_in_leaf=400),
}


@pytest.mark.parametrize("name", MODELS)
def test_contributions_are_the_shapley_values(name: str) -> None:
    booster = MODELS[name]
    rng = np.random.default_rng(9)
    rows = rng.normal(size=(12, booster.num_feature())).round(1)
    rows[rng.random(rows.shape) < 0.2] = np.nan
    rows[rng.random(rows.shape) < 0.2] = 0.0
    values, base = contributions(Blend(booster), rows)
    for row, value, start in zip(rows, values, base, strict=True):
        wanted, nothing_known = by_definition(booster, row)
        np.testing.assert_allclose(value, wanted, rtol=0, atol=1e-9)
        assert start == pytest.approx(nothing_known, abs=1e-9)


def test_the_models_have_columns_repeated_on_a_path() -> None:
    trees = MODELS["two columns, deep"].dump_model()["tree_info"]
    assert any(repeats(tree["tree_structure"]) for tree in trees)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 12))
def test_any_small_model_is_explained_exactly(seed: int, features: int, leaves: int) -> None:
    booster = train(seed, features, leaves, trees=2)
    row = np.random.default_rng(seed).normal(size=(1, features))
    row[0, seed % features] = np.nan
    values, base = contributions(Blend(booster), row)
    wanted, nothing_known = by_definition(booster, row[0])
    np.testing.assert_allclose(values[0], wanted, rtol=0, atol=1e-9)
    assert base[0] == pytest.approx(nothing_known, abs=1e-9)


def test_they_sum_to_the_margin() -> None:
    booster = train(7, 20, leaves=31, trees=100, learning_rate=0.1)
    rows = np.random.default_rng(1).normal(size=(200, 20))
    values, base = contributions(Blend(booster), rows)
    margins = booster.predict(rows, raw_score=True)
    np.testing.assert_allclose(values.sum(axis=1) + base, margins, rtol=0, atol=1e-9)


@pytest.mark.parametrize("most", [1, 3, 8, 12])
def test_with_tables_and_without_they_are_the_same(most: int) -> None:
    for booster in MODELS.values():
        rows = some_rows(300, booster.num_feature())
        wanted = Trees(booster).contributions(rows)
        found = Trees(booster, most).contributions(rows)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


def test_paths_of_a_dozen_columns_have_no_table_and_are_exact() -> None:
    booster = chain(14)
    pieces, _ = cut(Forest.of(booster))
    assert (pieces.table < 0).any()
    assert np.diff(pieces.groups).max() > MOST
    rows = some_rows(40, 14)
    values, base = contributions(Blend(booster), rows)
    for row in (0, 7, 33):
        wanted, nothing_known = by_definition(booster, rows[row])
        np.testing.assert_allclose(values[row], wanted, rtol=0, atol=1e-9)
        assert base[row] == pytest.approx(nothing_known, abs=1e-9)


@pytest.mark.parametrize("depth", [6, 12])
@pytest.mark.parametrize("more", [{}, {"zero_as_missing": True}, {"use_missing": False}])
def test_large_models_are_explained_as_lightgbm_does(depth: int, more: dict[str, Any]) -> None:
    booster = train(
        13, 30, leaves=63, trees=60, max_depth=depth, learning_rate=0.1, rows=4_000, **more
    )
    rows = some_rows(600, 30)
    wanted = np.asarray(booster.predict(rows, pred_contrib=True))
    values, base = contributions(Blend(booster), rows)
    np.testing.assert_allclose(values, wanted[:, :-1], rtol=0, atol=1e-6)
    np.testing.assert_allclose(base, wanted[:, -1], rtol=0, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(2, 40), st.integers(1, 20))
def test_contributions_and_base_sum_to_the_margin(
    seed: int, features: int, leaves: int, trees: int
) -> None:
    booster = train(seed, features, leaves, trees)
    rows = some_rows(20, features, seed)
    values, base = contributions(Blend(booster), rows)
    margins = booster.predict(rows, raw_score=True)
    np.testing.assert_allclose(values.sum(axis=1) + base, margins, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_interactions_are_those_of_the_definition(name: str) -> None:
    booster = MODELS[name]
    rows = some_rows(4, booster.num_feature())
    found = Trees(booster).interactions(rows)
    np.testing.assert_allclose(found, found.transpose(0, 2, 1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        found.sum(axis=2), Trees(booster).contributions(rows), rtol=0, atol=1e-12
    )
    for row, square in zip(rows, found, strict=True):
        wanted = pairs_by_definition(booster, row)
        np.fill_diagonal(square, 0)
        np.testing.assert_allclose(square, wanted, rtol=0, atol=1e-9)


def test_threads_share_rows_and_change_nothing() -> None:
    booster = MODELS["five columns"]
    rows = some_rows(40_000, 5)
    one, two = (Trees(booster).contributions(rows, threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    last = rows[39_999:]
    np.testing.assert_array_equal(one[39_999:], Trees(booster).contributions(last))


def test_one_row_and_many_are_explained_alike() -> None:
    booster = MODELS["five columns"]
    rows = np.random.default_rng(1).normal(size=(20, 5))
    values, base = contributions(Blend(booster), rows, threads=2)
    for number in range(20):
        alone, start = contributions(Blend(booster), rows[number : number + 1])
        np.testing.assert_array_equal(alone[0], values[number])
        assert start[0] == base[number]


def test_no_rows_have_no_contributions() -> None:
    values, base = contributions(Blend(MODELS["five columns"]), np.empty((0, 5)))
    assert values.shape == (0, 5)
    assert base.shape == (0,)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"linear_tree": True}, "tree 0 has linear leaves; train without them"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "averages its trees"),
    ],
)
def test_what_training_never_makes_is_refused(settings: dict[str, Any], says: str) -> None:
    booster = train(8, 3, **settings)
    with pytest.raises(InvalidError, match=f"cannot be explained: .*{says}"):
        contributions(Blend(booster), np.zeros((1, 3)))


def test_categorical_splits_are_refused() -> None:
    kinds = np.tile(np.arange(6.0), 50)[:, None]
    data = lgb.Dataset(kinds, kinds[:, 0] % 3, categorical_feature=[0])
    settings = {"objective": "regression", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 1}
    settings |= {"min_data_per_group": 1, "cat_smooth": 0, "max_cat_to_onehot": 1}
    booster = lgb.train(settings, data, 1)
    with pytest.raises(InvalidError, match="tree 0 has categorical splits; train without them"):
        contributions(Blend(booster), np.zeros((1, 1)))


@pytest.mark.parametrize("shape", [(2, 4), (5,)])
def test_other_columns_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidError, match="has 5 columns"):
        contributions(Blend(MODELS["five columns"]), np.zeros(shape))


def test_trees_that_miss_their_booster_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Forest.expected.fget
    monkeypatch.setattr(Forest, "expected", property(lambda forest: expected(forest) + 1e-6))
    with pytest.raises(IntegrityError, match="miss its margin by 1e-06"):
        Trees(train(12, 3))


def test_tables_that_do_not_add_up_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(most: int) -> Quadrature:
        rule = quadrature(most)
        return Quadrature(rule.points, rule.weights * (1 + 1e-6))

    monkeypatch.setattr("xinheng.explaining.attribution.trees.quadrature", wrong)
    with pytest.raises(IntegrityError, match="a line of the tables misses"):
        Trees(train(12, 3))


def test_rows_that_miss_their_margin_are_refused() -> None:
    parts, base = np.zeros((3, 2)), np.zeros(3)
    hold(parts, base, np.full(3, 1e-10))
    with pytest.raises(IntegrityError, match="row 1 miss its margin by 1e-06"):
        hold(parts, base, np.array([0.0, 1e-6, 0.0]))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_no_explanation(wrong: float) -> None:
    parts, base, margins = np.zeros((3, 2)), np.zeros(3), np.zeros(3)
    spoilt = np.array([0.0, wrong, 0.0])
    for three in ((parts + spoilt[:, None], base, margins), (parts, spoilt, margins)):
        with pytest.raises(IntegrityError, match="row 1 miss its margin"):
            hold(*three)
    with pytest.raises(IntegrityError, match="row 1 miss its margin"):
        hold(parts, base, spoilt)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        *(("leaf_value", x, "a leaf whose value is no number") for x in ("nan", "inf", "-inf")),
        ("internal_count", "0", "a node to which no training row came"),
    ],
)
def test_texts_of_which_nothing_sums_up_are_refused(
    field: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    booster = train(12, 3)
    text = re.sub(rf"{field}=\S+", f"{field}={value}", booster.model_to_string(), count=1)
    monkeypatch.setattr(booster, "model_to_string", lambda: text)
    with pytest.raises(InvalidError, match=rf"tree 0 has {says} \({field}\).*train anew"):
        Forest.of(booster)


@pytest.mark.parametrize("leaves", [64, 65, 66, 200])
def test_trees_of_more_nodes_than_a_word_has_bits(leaves: int) -> None:
    booster = train(21, 12, leaves=leaves, trees=4, rows=3_000, learning_rate=0.1)
    rows = some_rows(600, 12)
    wanted = np.asarray(booster.predict(rows, pred_contrib=True))[:, :-1]
    trees = Trees(booster)
    np.testing.assert_allclose(trees.contributions(rows), wanted, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(trees.contributions(rows[:3]), trees.contributions(rows)[:3])


def test_a_leaf_on_too_many_columns_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinheng.explaining.attribution.pieces.BITS", 9)
    with pytest.raises(InvalidError, match="tree 0 has a leaf that hangs on 10 columns; more than"):
        Trees(chain(14))


def test_the_parts_of_a_blend_are_explained_together() -> None:
    general, special = MODELS["five columns"], train(11, 5, leaves=4)
    columns = general.feature_name()
    lines = (Line(columns[1], slope=0.7, low=-1.0, high=2.0, centre=0.2, absent=-0.3),)
    blend = Blend(general, Linear(-0.5, lines), 0.6, Specialist(special, "producer", columns[4]))
    rows = np.random.default_rng(2).normal(size=(30, 5))
    rows[::2, 4] = np.nan
    rows[5, 1] = np.nan
    values, base = contributions(blend, rows)
    np.testing.assert_allclose(values.sum(1) + base, blend.margins(rows), rtol=0, atol=1e-9)
    trees, start = contributions(Blend(general), rows)
    more, further = contributions(Blend(special), rows)
    for row in (0, 1, 5):
        line = -0.3 if row == 5 else 0.7 * (np.clip(rows[row, 1], -1, 2) - 0.2)
        wanted = 0.6 * trees[row] + [0, 0.4 * line, 0, 0, 0]
        own = row % 2
        np.testing.assert_allclose(values[row], wanted + own * more[row], rtol=0, atol=1e-9)
        assert base[row] == pytest.approx(0.6 * start[row] - 0.4 * 0.5 + own * further[row])
