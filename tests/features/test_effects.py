"""Effects: what a record does to a value, by hand, and slopes against small differences."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.features import (
    AS_OF,
    Evidence,
    Expression,
    build_references,
    count,
    evidence,
    evidence_of,
    examine,
    largest,
    latest,
    standard_catalogue,
    total,
)
from xinheng.features.expression import Leaf, evaluate, leaves_of, maximum, minimum, only_if, where
from xinheng.features.slopes import slopes

from ..grading.world import TODAY, events_of, record
from .histories import NAN, Record, build
from .lives import TODAY as LIVED
from .lives import lives
from .others import CASES
from .test_evidence import found as of_penalties
from .test_evidence import penalty
from .vocabulary import vocabulary

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
    assert np.isnan(result.effects).tolist() == [False, False, True]
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
MARKET, OTHERS = count("penalty:market.*"), count("penalty:other.*")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (MARKET, [1, 1, 1]),
        (total("penalty"), [5, -2, 1]),
        (MARKET - 3 * count("penalty:other.*"), [1, 1, 1, -3]),
        (MARKET * total("penalty"), [4 + 15, 4 - 6, 4 + 3]),
        (minimum(MARKET, 3), [1, 1, 1]),
        (minimum(MARKET, 2), [2 / 3] * 3),
        (maximum(MARKET, 3), [0, 0, 0]),
        (where(MARKET, count("penalty:other.*"), 7), [0, 0, 0, 1]),
        (MARKET + latest("penalty"), [1, 1, 1 + 4]),
        (latest("penalty"), [NAN]),
        (largest("penalty"), [5]),
        (AS_OF - latest("penalty", field="occurred"), [100 - 40]),
        (maximum(2 * minimum(MARKET, 1), minimum(OTHERS, 1)), [1 / 3] * 3 + [0]),
    ],
)
def test_effects_by_hand(expression: Expression, expected: list[float]) -> None:
    effects = of_penalties(expression, *FOUR).effects.tolist()
    assert effects == pytest.approx(expected, nan_ok=True)


def test_beyond_a_limit_all_have_what_they_do_together() -> None:
    result = of_penalties(MARKET, *FOUR, bounds=(0, 2), direction=1, missing=2)
    assert result.value == 2
    assert result.effects == pytest.approx([2 / 3] * 3)
    assert result.own_shares == pytest.approx([1 / 3] * 3)


def test_where_nothing_came_in_time_all_that_was_due_says_so() -> None:
    result = found("EA07", *told("self_control:daily.late", 1, 1, 1))
    assert result.value == 0
    assert np.isnan(result.effects).all()
    assert result.own_shares == pytest.approx([1 / 3] * 3)


def test_what_changes_nothing_has_no_part_in_a_value() -> None:
    assert not found("CC10", *told("insurance", 12)).own_shares.any()
    assert not found("CC10", *told("insurance", 1200)).own_shares.any()
    rise = found("BC09", *told("change:capital", -0.5))
    assert (rise.value, rise.own_shares.tolist()) == (0, [0])
    old = record(ONE, "penalty:market.food.label", TODAY - 2200)
    clean = found("EA06", old, record(ONE, "licence:operation.", TODAY - 3000))
    assert (clean.value, clean.own_shares.any()) == (5, False)


def test_visits_that_found_nothing_say_so() -> None:
    result = found("IH_MINOR_ALL", *told("inspection.minor:routine", 0, 0))
    assert np.isnan(result.effects).all()
    assert result.own_shares.tolist() == [0.5, 0.5]


def test_what_no_record_tells_no_record_is_behind() -> None:
    young, old = (
        found("BC04", record(ONE, "enterprise.established", TODAY - 9, value=float(TODAY - days)))
        for days in (100, 4000)
    )
    assert (old.value, old.own_shares.tolist()) == (-1, [0])
    assert (young.value, young.own_shares.tolist()) == (0, [1])


def test_officers_in_post_and_a_passed_exam_lower_the_risk_and_a_failed_one_is_as_none() -> None:
    post = [record(ONE, "staff:officer", TODAY - 300)] * 2
    passed = told("staff_exam:officer.passed", 0, field="severity")
    failed = told("staff_exam:officer.failed", 1, field="severity")
    assert found("RL11", *post, *passed).effects == pytest.approx([-0.5, -0.5, -1])
    assert found("RL11", *passed).effects == pytest.approx([-1])
    assert found("RL11", *post, *failed).effects == pytest.approx([-0.5, -0.5, NAN], nan_ok=True)


def test_a_licence_that_ends_soon_says_so_and_that_it_stands_is_no_part_of_it() -> None:
    licences = [
        record(ONE, "licence:production.0101", since, ended=TODAY + days, ended_available=since)
        for since, days in ((TODAY - 400, 30), (TODAY - 300, 900))
    ]
    result = found("RL04", *licences)
    assert result.value == 30
    assert result.effects == pytest.approx([NAN, 0], nan_ok=True)


def test_a_revocation_is_the_record_of_that_act_and_of_no_other() -> None:
    acts = [
        record(ONE, f"licence_event:production.{act}", TODAY - days)
        for act, days in (("granted", 900), ("suspended", 90), ("revoked", 20))
    ]
    result = found("RL03", *acts, record(ONE, "licence:production.0101", TODAY - 900))
    assert result.value == 4
    assert [result.events.vocabulary[s][1] for s in result.events.stream[result.effects > 0]] == [
        "production.revoked"
    ]
    assert result.own_shares.sum() == result.own_shares[result.effects > 0].sum() == 1


def test_what_one_record_is_told_by_is_told_as_one() -> None:
    """A visit with one key item and four general ones, where two key items are usual."""
    events = events_of(
        *REGISTER,
        *told("inspection.key:routine", 1),
        *told("inspection.general:routine", 4),
        *told("inspection.key:routine", 3, who=OTHER),
    )
    number = np.where(events.record == 5, 4, events.record)
    catalogue, events = STANDARD.select(ids=["CC05"]), replace(events, record=number)
    references = build_references(catalogue, events)
    result = evidence(catalogue, "CC05", events, ONE, TODAY, references=references)
    usual = 3 * 2 + 4
    by = result.by_record()
    assert (len(result.events), len(by.rows)) == (2, 1)
    assert (result.value, by.shares.tolist()) == (3 + 4, [1])
    assert by.effects == pytest.approx([result.value - usual])


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


GRADING = STANDARD.select(use="grade")


def holds_without(city: list[Record]) -> None:
    """Leave out every record that has an effect: the value is not moved the other way."""
    events, bans = (
        build([each for each in city if (each.enterprise < 0) is outside], vocabulary())
        for outside in (False, True)
    )
    tables = {"references": build_references(GRADING, events, cases=CASES, bans=bans)}
    for enterprise in np.unique(events.enterprise).tolist():
        own = events.of(enterprise)
        whole = examine(GRADING, own, enterprise, LIVED, **tables)
        rows: dict[int, Any] = {}
        for column, indicator in enumerate(GRADING):
            result = evidence_of(whole, indicator.id)
            by = result.by_record()
            for row, effect in zip(by.rows, by.effects, strict=True):
                if not indicator.direction or np.isnan(effect) or not effect:
                    continue
                number = int(result.events.record[row])
                if number not in rows:
                    left = own.take(np.flatnonzero(own.record != number))
                    rows[number] = examine(GRADING, left, enterprise, LIVED, **tables).row
                assert (whole.row[column] - rows[number][column]) * effect > -1e-9


@settings(max_examples=8)
@given(lives())
def test_every_effect_has_the_sign_of_what_is_missed_without_the_record(city: list[Record]) -> None:
    holds_without(city)


@pytest.mark.slow
@settings(max_examples=300)
@given(lives())
def test_effects_of_many_lives_have_the_signs_of_what_is_missed(city: list[Record]) -> None:
    holds_without(city)
