"""Effects: what a record does to a value, by hand, and slopes against small differences."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.features import (
    Evidence,
    Expression,
    build_references,
    count,
    evidence,
    latest,
    standard_catalogue,
    total,
)
from xinheng.features.expression import Leaf, evaluate, leaves_of, maximum, minimum, only_if, where
from xinheng.features.slopes import slopes

from ..grading.world import TODAY, events_of, record
from .histories import Record
from .test_evidence import found as of_penalties
from .test_evidence import penalty

ONE, OTHER = 7, 8
STANDARD = standard_catalogue()
REGISTER = (
    record(ONE, "enterprise.population:producer", TODAY - 900),
    record(ONE, "enterprise.category", TODAY - 900, case=5),
    record(OTHER, "enterprise.category", TODAY - 900, case=5),
)
STEP, STEEP = 1e-6, 1e5


def found(name: str, *records: dict[str, Any]) -> Evidence:
    events = events_of(*REGISTER, *records)
    catalogue = STANDARD.select(ids=[name])
    return evidence(
        catalogue, name, events, ONE, TODAY, references=build_references(catalogue, events)
    )


def told(
    stream: str, *numbers: float, who: int = ONE, field: str = "value"
) -> list[dict[str, Any]]:
    return [record(who, stream, TODAY - 90 + n, **{field: x}) for n, x in enumerate(numbers)]


def test_in_a_share_what_came_in_time_raises_it_and_what_did_not_lowers_it() -> None:
    came, late = told("self_control:daily.on_time", 1, 1), told("self_control:daily.late", 1, 1, 1)
    result = found("EA07", *came, *late)
    assert result.value == 2 / 5
    by = dict(zip(result.events.record.tolist(), result.effects.tolist(), strict=True))
    assert [by[4], by[5]] == pytest.approx([3 / 25] * 2)
    assert [by[6], by[7], by[8]] == pytest.approx([-2 / 25] * 3)


def test_in_a_rate_of_one_s_own_a_hit_raises_it_and_a_clean_visit_lowers_it() -> None:
    own = told("inspection.critical:routine", 2, 0, 0)
    others = told("inspection.critical:routine", 0, 0, 0, 0, 1, who=OTHER)
    result = found("IH_RATE_OWN", *own, *others)
    city = 2 / 8
    assert result.value == pytest.approx(value := (1 + 3 * city) / 6)
    assert result.effects == pytest.approx([(1 - value) / 6, -value / 6, -value / 6])
    assert result.own_shares.sum() == pytest.approx(1)
    assert result.usual[0].own == 3


def test_a_mean_is_raised_by_what_lies_above_it() -> None:
    own = told("inspection.score:routine", 60, 90, 99)
    result = found("IH_SCORE_3Y", *own, *told("inspection.score:routine", 91, who=OTHER))
    city = (60 + 90 + 99 + 91) / 4
    value = (60 + 90 + 99 - 3 * city) / 6
    assert result.value == pytest.approx(value)
    assert result.effects == pytest.approx([(x - city - value) / 6 for x in (60, 90, 99)])
    assert np.sign(result.effects).tolist() == [-1, 1, 1]


def test_a_latest_value_is_its_record_s_and_the_city_s_mean_nobody_s() -> None:
    own = told("inspection.score:routine", 60, 90, 99)
    result = found("IH_SCORE_LAST", *own, *told("inspection.score:routine", 91, who=OTHER))
    assert result.effects.tolist() == [0, 0, 0]
    assert result.own_shares.tolist() == [0, 0, 1]
    assert result.shares[:2].tolist() != [0, 0]


def test_a_rate_of_a_group_is_nobody_s() -> None:
    own = told("inspection:routine.fail", 1, 1, field="severity")
    result = found(
        "IH_RATE_CATEGORY_FAULT",
        *own,
        *told("inspection:routine.pass", 0, 0, 0, who=OTHER, field="severity"),
    )
    assert len(result.events) == 2
    assert result.effects.tolist() == result.own_shares.tolist() == [0, 0]
    (usual,) = result.usual
    assert (usual.n, usual.total, usual.own) == (5, 2, 2)


def test_only_outcomes_with_a_value_are_counted_as_one_s_own() -> None:
    own = told("inspection.critical:routine", 2, np.nan)
    (usual,) = found("IH_RATE_OWN", *own).usual
    assert (usual.city_n, usual.own) == (1, 1)


FOUR = (
    penalty(10, value=5),
    penalty(20, value=-2),
    penalty(30, value=1),
    penalty(40, code="other.tax"),
)
MARKET = count("penalty:market.*")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (MARKET, [1, 1, 1]),
        (total("penalty"), [5, -2, 1]),
        (MARKET - 3 * count("penalty:other.*"), [1, 1, 1, -3]),
        (MARKET * total("penalty"), [4 + 15, 4 - 6, 4 + 3]),
        (minimum(MARKET, 3), [1, 1, 1]),
        (minimum(MARKET, 2), [0, 0, 0]),
        (maximum(MARKET, 3), [0, 0, 0]),
        (where(MARKET, count("penalty:other.*"), 7), [0, 0, 0, 1]),
        (MARKET + latest("penalty"), [1, 1, 1 + 1]),
        (latest("penalty"), [0]),
    ],
)
def test_effects_by_hand(expression: Expression, expected: list[float]) -> None:
    assert of_penalties(expression, *FOUR).effects.tolist() == pytest.approx(expected)


def test_beyond_a_limit_nothing_moves_the_value() -> None:
    result = of_penalties(MARKET, *FOUR, bounds=(0, 2), direction=1, missing=2)
    assert result.value == 2
    assert result.effects.tolist() == [0, 0, 0]
    assert result.own_shares == pytest.approx([1 / 3] * 3)


def test_where_nothing_came_in_time_all_that_was_due_is_behind_it() -> None:
    result = of_penalties(count("complaint") / MARKET, *FOUR)
    assert result.value == 0
    assert result.own_shares == pytest.approx([1 / 3] * 3)


def test_where_others_stand_in_no_record_is_behind_it() -> None:
    result = found("CC05", *told("inspection.general", 2, 3), *told("inspection.key", 1, who=OTHER))
    assert len(result.events) == 2
    assert result.own_shares.tolist() == [0, 0]


@pytest.mark.parametrize("name", STANDARD.ids)
@settings(max_examples=15)
@given(data=st.data())
def test_slopes_are_those_of_small_differences(name: str, data: st.DataObject) -> None:
    tree = STANDARD[name].expression
    numbers = st.integers(0, 40).map(lambda n: n + 0.37) | st.just(0.0) | st.just(np.nan)
    values: dict[Leaf, float] = {leaf: data.draw(numbers) for leaf in leaves_of(tree)}
    value, by = slopes(tree, values, TODAY)

    def at(leaf: Leaf | None, step: float) -> float:
        moved = {k: np.array([v + step * (k is leaf)]) for k, v in values.items()}
        return float(evaluate(tree, moved, np.array([float(TODAY)]))[0])

    assert value == pytest.approx(at(None, 0), nan_ok=True)
    for leaf in values:
        sides = (at(leaf, STEP) - value) / STEP, (value - at(leaf, -STEP)) / STEP
        if np.isnan(value) or np.isnan(sides).any() or abs(sides[0] - sides[1]) > 1e-3:
            continue  # a kink, or a step into what is not known
        if abs(sides[0]) > STEEP:
            continue  # a step
        assert by.get(leaf, 0.0) == pytest.approx(sides[0], abs=1e-4, rel=1e-4)


def test_a_step_is_no_slope() -> None:
    tree = only_if(count("penalty") - 1, total("penalty"))
    values = {count("penalty"): 2.0, total("penalty"): 3.0}
    assert slopes(tree, values, TODAY) == (3, {total("penalty"): 1})
    assert np.isnan(slopes(tree, values | {count("penalty"): 1.0}, TODAY)[0])


def test_a_record_of_several_parts_has_the_sum_of_their_effects() -> None:
    both = total("penalty") / count("penalty")
    result = of_penalties(both, *(Record("penalty", day, value=x) for day, x in ((10, 4), (20, 0))))
    assert result.effects.tolist() == pytest.approx([1, -1])
