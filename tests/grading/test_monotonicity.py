"""Directions of a fitted model, read off its trees and held against trying every box."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError, NotGradableError
from xinheng.grading import Blend, Line, Linear, Specialist, reversals, write_bundle

from .world import CATALOGUE, parts

NAMES = ["a", "b", "c"]
QUIET = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5}


def booster_of(seed: int, *, signs: tuple[int, ...] | None = None, rounds: int = 1) -> lgb.Booster:
    """Train on few distinct values with holes, on outcomes that rise, fall and interact."""
    rng = np.random.default_rng(seed)
    values = rng.integers(-2, 3, (200, 3)).astype(float)
    values[rng.random(values.shape) < 0.2] = np.nan
    present = np.nan_to_num(values)
    risk = present @ rng.normal(size=3) + present[:, 0] * present[:, 1] * rng.normal()
    label = (rng.random(200) < 1 / (1 + np.exp(-risk))).astype(float)
    more = {} if signs is None else {"monotone_constraints": list(signs)}
    shape = {"num_leaves": int(rng.integers(2, 9)), "seed": seed}
    data = lgb.Dataset(values, label, feature_name=NAMES)
    return lgb.train(QUIET | shape | more, data, num_boost_round=rounds)


def falls(booster: lgb.Booster, column: int, sign: int) -> bool:
    """Try all values there are, absent ones too: does the margin ever go against a sign?"""
    points = [*np.arange(-2.5, 3.0, 0.5), np.nan]
    grid = np.array(list(product(points, repeat=3)))
    margin = np.asarray(booster.predict(grid, raw_score=True)).reshape([len(points)] * 3)
    steps = np.diff(np.moveaxis(margin, column, 0)[:-1], axis=0)
    return bool((steps * sign < -1e-12).any())


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_a_tree_reverses_exactly_where_trying_every_value_finds_it(seed: int) -> None:
    booster = booster_of(seed)
    for column, sign in product(range(3), (1, -1)):
        found = reversals(Blend(booster), {NAMES[column]: sign})
        assert bool(found) == falls(booster, column, sign), (column, sign, found)
        assert all(each.column == NAMES[column] and each.change * sign < 0 for each in found)


@given(seed=st.integers(0, 2**32 - 1), signs=st.tuples(*[st.sampled_from((1, -1, 0))] * 3))
@settings(max_examples=30)
def test_constraints_hold_in_every_tree(seed: int, signs: tuple[int, ...]) -> None:
    blend = Blend(booster_of(seed, signs=signs, rounds=8))
    assert not reversals(blend, dict(zip(NAMES, signs, strict=True)))


def test_every_part_is_looked_at() -> None:
    rising = booster_of(1, signs=(1, 1, 1), rounds=3)
    falling = booster_of(1, signs=(-1, -1, -1), rounds=3)
    line = Line("b", slope=-0.5, low=-2.0, high=2.0, centre=0.0)
    blend = Blend(rising, Linear(0.0, (line,)), 0.5, Specialist(falling, "producer", "a"))
    found = reversals(blend, {"a": 1, "b": 1, "c": 1})
    assert not reversals(Blend(rising), {"a": 1, "b": 1, "c": 1})
    assert {each.part.rpartition(" of ")[2] for each in found} == {
        "the linear part",
        "the specialist",
    }
    assert str(found[-1]) == "the linear part changes by -0.5 as b rises"
    assert [each.column for each in reversals(blend, {"b": 1}) if "linear" in each.part] == ["b"]
    assert not [each for each in reversals(blend, {"b": -1}) if "linear" in each.part]


@pytest.mark.parametrize(
    ("more", "categories"),
    [({"min_data_per_group": 1, "cat_smooth": 0.0}, [0]), ({"zero_as_missing": True}, [])],
)
def test_a_tree_that_splits_otherwise_than_by_order_is_refused(
    more: dict[str, object], categories: list[int]
) -> None:
    values = np.tile([[0.0], [1.0], [2.0], [3.0], [4.0]], (60, 1))
    data = lgb.Dataset(
        values, np.tile([0.0, 1.0, 0.0, 1.0, 1.0], 60), categorical_feature=categories
    )
    booster = lgb.train(QUIET | more, data, num_boost_round=1)
    with pytest.raises(InvalidError, match="by order alone"):
        reversals(Blend(booster), {"Column_0": 1})


def test_a_grade_bundle_never_goes_against_a_direction(tmp_path: Path) -> None:
    made = parts()
    constraints = dict(zip(CATALOGUE.ids, CATALOGUE.monotone_constraints(), strict=True))
    assert not reversals(made.blend, constraints)
    line = Line("IH01", slope=-0.1, low=0.0, high=5.0, centre=1.0)
    wrong = replace(made, blend=Blend(made.blend.booster, Linear(0.0, (line,)), 0.9))
    key = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    with pytest.raises(
        NotGradableError, match=r"direction of IH01: the linear part changes by -0\.1"
    ):
        write_bundle(tmp_path / "bundle", wrong, key)
    assert not list(tmp_path.iterdir())
