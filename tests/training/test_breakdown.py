"""Groups: tables worked by hand, what chance makes of them, and too little data."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.training import CHAMPION, Draws, Scores, auc, breakdown, log_loss
from xinheng.training.breakdown import significant

from .world import FEW, cohort_of

LABELS = {"a": [1] * 20 + [0] * 40, "b": [1] * 12 + [0] * 48, "c": [1] * 3 + [0] * 57}
GROUP = np.array([name for name, labels in LABELS.items() for _ in labels], object)
LABEL = [each for labels in LABELS.values() for each in labels]
CHANCE = np.linspace(0.05, 0.6, len(LABEL))[np.random.default_rng(1).permutation(len(LABEL))]


def scores(chance: np.ndarray = CHANCE, **others: np.ndarray) -> Scores:
    return Scores(np.arange(chance.size), {CHAMPION: chance, **others}, {})


def test_each_group_is_measured_apart_and_too_little_data_is_said() -> None:
    found = breakdown(
        "district", GROUP, cohort_of([1] * 180, LABEL), scores(logistic=1 - CHANCE), draws=FEW
    )
    assert [each.observed.name for each in found.groups] == ["a", "b", "c"]
    assert [each.telling for each in found.groups] == [True, True, False]
    assert [each.observed.violations for each in found.groups] == [20, 12, 3]
    for each in found.telling:
        inside = each.observed.name == GROUP
        label, chance = np.array(LABEL)[inside], CHANCE[inside]
        seen = each.estimates
        assert seen["auc"].value == auc(label, chance)
        assert seen["rival_auc"].value == pytest.approx(1 - float(auc(label, chance)))
        assert seen["lead"].value == pytest.approx(seen["auc"].value - seen["rival_auc"].value)
        assert seen["log_loss"].value == pytest.approx(float(log_loss(label, chance)))
        assert seen["bias"].value == pytest.approx(label.mean() - chance.mean())
        assert seen["auc"].lower < seen["auc"].value < seen["auc"].upper
    few = found.groups[2]
    assert few.estimates == {}
    assert not few.off
    assert few.observed.rate == 3 / 60
    assert few.observed.lower < 3 / 60 < few.observed.upper


def test_fewer_than_thirty_enterprises_are_too_few() -> None:
    enterprise = [*range(29), *(row % 29 for row in range(31)), *range(100, 220)]
    cohort = cohort_of([1] * 180, LABEL, enterprise=enterprise)
    found = breakdown("x", GROUP, cohort, scores(), draws=FEW)
    assert [each.telling for each in found.groups] == [False, True, False]
    assert found.gaps == {}


def test_groups_stand_in_their_own_order_or_by_size_and_those_not_recorded_last() -> None:
    group = np.array([""] * 50 + ["few"] * 10 + ["many"] * 100 + ["some"] * 20, object)
    cohort = cohort_of([1] * 180, LABEL)
    found = breakdown("x", group, cohort, scores(), draws=FEW)
    assert [each.observed.name for each in found.groups] == ["many", "some", "few", ""]
    assert found.recorded
    ordered = breakdown("x", group, cohort, scores(), order=("some", "none", "few"), draws=FEW)
    assert [each.observed.name for each in ordered.groups] == ["some", "few", "many", ""]
    nothing = breakdown("x", np.full(180, "", object), cohort, scores(), draws=FEW)
    assert not nothing.recorded
    assert nothing.groups[0].observed.rows == 180


def test_a_gap_beyond_chance_is_told_from_one_that_is_not() -> None:
    rng = np.random.default_rng(0)
    chance = rng.uniform(0.05, 0.5, 1200)
    label = (rng.random(1200) < chance).astype(int)
    group = np.array(["knows", "guesses"] * 600, object)
    said = np.where(group == "guesses", rng.permutation(chance), chance)
    cohort = cohort_of([1] * 1200, label.tolist())
    gap = breakdown("x", group, cohort, scores(said), draws=Draws(draws=200)).gaps["auc"]
    assert (gap.high, gap.low, gap.real) == ("knows", "guesses", True)
    assert gap.difference.lower > 0
    middle = (gap.difference.lower + gap.difference.upper) / 2
    assert middle == pytest.approx(gap.difference.value)
    alike = breakdown("x", group, cohort, scores(chance), draws=Draws(draws=200))
    assert not alike.gaps["auc"].real


def test_a_model_that_is_right_is_seldom_called_off() -> None:
    group = np.array(["a", "b", "c"] * 200, object)
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        chance = rng.uniform(0.05, 0.5, 600)
        label = (rng.random(600) < chance).astype(int)
        found = breakdown(
            "x", group, cohort_of([1] * 600, label.tolist()), scores(chance), draws=FEW
        )
        alarms += bool(found.off)
    assert alarms <= 6  # two are to be expected; of six or fewer there are 997 in 1,000


def test_the_pair_is_the_widest_of_those_beyond_chance() -> None:
    rng = np.random.default_rng(2)
    group = np.array(["knows"] * 1500 + ["guesses"] * 1500 + ["few"] * 36, object)
    chance = rng.uniform(0.1, 0.6, group.size)
    label = (rng.random(group.size) < chance).astype(int)
    said = np.where(group == "guesses", rng.permutation(chance), chance)
    # Of few rows, the order is the worst of all, but too few to tell: 125 of 260 pairs.
    said[-36:] = np.arange(36) / 36
    label[-36:] = np.isin(np.arange(36), [2, 5, 9, 12, 15, 19, 22, 25, 29, 32])
    cohort = cohort_of([1] * group.size, label.tolist())
    found = breakdown("x", group, cohort, scores(said), draws=Draws(draws=500))
    areas = {each.observed.name: each.estimates["auc"].value for each in found.groups}
    assert areas["few"] == pytest.approx(125 / 260)
    assert areas["few"] < areas["guesses"] < areas["knows"]
    gap = found.gaps["auc"]
    assert (gap.high, gap.low, gap.real) == ("knows", "guesses", True)


def test_a_group_whose_prediction_is_off_is_named() -> None:
    rng = np.random.default_rng(3)
    group = np.array(["right", "wrong"] * 500, object)
    label = (rng.random(1000) < np.where(group == "right", 0.2, 0.4)).astype(int)
    cohort = cohort_of([1] * 1000, label.tolist())
    found = breakdown("x", group, cohort, scores(np.full(1000, 0.2)), draws=FEW)
    assert [each.observed.name for each in found.off] == ["wrong"]
    assert found.off[0].observed.chance < 1e-6 < found.groups[0].observed.chance


def test_a_weight_counts_as_so_many_rows() -> None:
    cohort = cohort_of([1] * 180, LABEL)
    weight = np.where(np.arange(180) % 3, 1.0, 2.0)
    found = breakdown("x", GROUP, cohort, scores(), weight=weight, draws=FEW).groups[0]
    again = np.repeat(np.arange(60), weight[:60].astype(int))
    expected = auc(np.array(LABEL)[again], CHANCE[again])
    assert found.estimates["auc"].value == pytest.approx(float(expected))
    assert found.observed.rows == 60


def test_nobody_is_significant_among_many_by_chance() -> None:
    assert significant({f"{n}": n / 100 for n in range(1, 21)}) == frozenset()
    assert significant({"a": 0.0005, **{f"{n}": n / 100 for n in range(1, 21)}}) == {"a"}
    assert significant({}) == frozenset()


@given(st.dictionaries(st.text(max_size=2), st.floats(0, 1), max_size=8))
def test_fewer_are_significant_the_more_are_tested(chances: dict[str, float]) -> None:
    alone = {name for name, chance in chances.items() if chance <= 0.05}
    together = significant(chances)
    assert together <= alone
    assert {name for name in alone if chances[name] <= 0.05 / len(chances)} <= together


def test_a_rate_without_rows_is_no_chance() -> None:
    found = breakdown("x", GROUP, cohort_of([1] * 180, LABEL), scores(), draws=FEW)
    assert all(0 <= each.observed.chance <= 1 for each in found.groups)
    assert not any(isnan(each.observed.effective) for each in found.groups)
