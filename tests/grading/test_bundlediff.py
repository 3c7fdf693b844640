"""What tells two bundles apart, part by part."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lightgbm as lgb
import numpy as np
import pytest

from xinheng.features import compute
from xinheng.grading import Blend, Parts, Policy, Reference, Rules, diff_bundles

from .world import CATALOGUE, city, city_rows, parts, train


def other_model(made: Parts) -> Parts:
    matrix = compute(CATALOGUE, city(), city_rows())
    return replace(made, blend=Blend(train(matrix, matrix["IH01"] > 0, [0, 0, 0, 0])))


def other_cuts(made: Parts) -> Parts:
    text = made.policy.text
    assert text.count("0.65") == 1
    return replace(made, policy=Policy.parse(text.replace("0.65", "0.7"), "other"))


def turned(made: Parts) -> Parts:
    first, *rest = CATALOGUE.indicators
    return replace(
        made, catalogue=replace(CATALOGUE, indicators=(replace(first, direction=0), *rest))
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda made: made, {}),
        (
            lambda made: replace(made, calibrator=made.calibrator.shifted(0.1)),
            {"calibrator": "probability at the margin"},
        ),
        (other_cuts, {"policy": "cut_points.E"}),
        (turned, {"directions": "IH01", "catalogue": "IH01.direction"}),
        (
            lambda made: replace(made, rules=Rules(made.rules.rules[1:])),
            {"rules": parts().rules.ids[0]},
        ),
        (
            lambda made: replace(made, card=replace(made.card, seed=7)),
            {"card": "seed"},
        ),
        (
            lambda made: replace(
                made,
                reference=Reference(made.reference.indicators, made.reference.indicators["IH01"]),
            ),
            {"reference": "rows of the histograms"},
        ),
    ],
    ids=["nothing", "level", "cut point", "direction", "rule", "card", "reference"],
)
def test_what_differs_is_named_and_nothing_else(
    change: Callable[[Parts], Parts], expected: dict[str, str]
) -> None:
    found = diff_bundles(parts(), change(parts()))
    assert {each.part for each in found} == set(expected)
    for part, what in expected.items():
        assert any(what in each.what for each in found if each.part == part), found


def test_a_level_that_moved_shows_at_every_cut_point() -> None:
    made = parts()
    found = diff_bundles(made, replace(made, calibrator=made.calibrator.shifted(0.1)))
    cuts = made.policy.editions[-1].scale.cut_points
    assert [each.before for each in found] == list(cuts)
    moved = [1 / (1 + np.exp(-(np.log(cut / (1 - cut)) + 0.1))) for cut in cuts]
    np.testing.assert_allclose([each.after for each in found], moved)


def test_other_intervals_of_the_same_curve_are_a_difference() -> None:
    made = parts()
    older = replace(made, calibrator=replace(made.calibrator, since=1))
    [found] = diff_bundles(made, older)
    assert (found.part, found.what) == ("calibrator", "curve or intervals")


def test_a_model_of_the_same_size_is_not_the_same_model() -> None:
    made = parts()
    booster = lgb.Booster(model_str=made.blend.booster.model_to_string())
    booster.set_leaf_output(0, 0, 0.123)
    changed = Blend(booster)
    [found] = diff_bundles(made, replace(made, blend=changed))
    assert (found.part, found.what) == ("model", "trees or slopes")


def test_another_model_tells_what_it_looks_at() -> None:
    found: dict[str, Any] = {
        each.what: (each.before, each.after)
        for each in diff_bundles(parts(), other_model(parts()))
        if each.part == "model"
    }
    assert "splits of the booster" in found
