"""Movements: parts that sum to the difference, whatever the order."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.explaining import (
    Change,
    DowngradeWarning,
    Movement,
    Override,
    Sentences,
    Standpoint,
    explain_movement,
)
from xinheng.explaining.movement.changes import sentences_of, tell_cause
from xinheng.explaining.movement.shapley import coalitions, shapley
from xinheng.features import Events, standard_catalogue
from xinheng.grading import Bundle, Level, Policy, ScoreCard, Scorer

from ..grading.world import TODAY, events_of, record
from .test_remedies import FINE, scorer

BEFORE = TODAY - 120
ABNORMAL = "list_entry:abnormal.address"


def own_of(*records: dict[str, Any]) -> Events:
    return events_of(*records).of(7)


def moved(before: Events, after: Events, **more: Any) -> Movement:
    one = Standpoint(scorer(), before, BEFORE, previous=more.pop("was", -1))
    return explain_movement(one, Standpoint(scorer(), after, TODAY, **more), 7)


def causes(found: Movement) -> dict[str, float]:
    return {each.cause: each.steps for each in found.parts}


def changed(**parts: Any) -> Scorer:
    """The scorer of a bundle of which some parts are others."""
    bundle = scorer().bundle
    fields = {name: getattr(bundle, name) for name in bundle.__dataclass_fields__}
    return Scorer(Bundle(**fields | {"digest": "e" * 64} | parts))


def sums(found: Movement) -> None:
    odds, levels = found.log_odds, found.levels
    assert sum(each.log_odds for each in found.parts) == pytest.approx(odds[1] - odds[0], abs=1e-9)
    steps = sum(each.steps for each in found.parts)
    assert steps == pytest.approx(int(levels[1]) - int(levels[0]), abs=1e-9)


def test_one_thing_alone_is_the_whole_cause() -> None:
    calm = record(7, "award:city", TODAY - 900)
    fine, order = record(7, FINE, TODAY - 30), record(7, "rectification", TODAY - 40)
    found = moved(own_of(calm), own_of(calm, fine, order))
    sums(found)
    assert found.levels[1] > found.levels[0]
    assert causes(found).keys() == {"new_records"}
    [part] = found.parts
    assert len(part.records) == 2
    [order] = [each for each in part.changes if each.indicator.id == "A"]
    assert (order.was, order.now, order.by, order.alone) == (0.0, 1.0, 1.0, True)
    assert found.after.level is found.levels[1]


def test_a_record_that_came_and_was_withdrawn_is_not_told_as_new() -> None:
    calm, fine = record(7, "award:city", TODAY - 900), record(7, FINE, TODAY - 30)
    wrong = record(7, FINE, TODAY - 40, withdrawn=TODAY - 20)
    [part] = moved(own_of(calm), own_of(calm, wrong, fine)).parts
    assert part.cause == "new_records"
    assert len(part.records) == 1
    assert part.zh.startswith("因新增1条记录")


def test_a_new_record_that_moved_nothing_is_not_told_beside_one_that_did() -> None:
    calm, prize = record(7, "award:city", TODAY - 900), record(7, "award:city", TODAY - 20)
    fine = record(7, FINE, TODAY - 30)
    after = own_of(calm, fine, prize)
    [part] = moved(own_of(calm), after).parts
    assert part.records == tuple(after.record[after.occurred == TODAY - 30].tolist())
    assert part.zh.startswith("因新增1条记录")


def test_what_is_repaired_ended_withdrawn_and_aged_is_told_apart() -> None:
    fine, order = record(7, FINE, BEFORE - 60), record(7, "rectification", BEFORE - 50)
    listed = record(7, ABNORMAL, BEFORE - 40)
    item = record(7, "inspection.critical:routine", TODAY - 400, value=1.0)  # leaves after a year
    then = [fine, order, listed, item]
    now = [
        fine | {"repaired": BEFORE + 5},
        order | {"ended": BEFORE + 6, "ended_available": BEFORE + 6},
        listed | {"withdrawn": BEFORE + 7},
        item,
    ]
    found = moved(own_of(*then), own_of(*now))
    sums(found)
    names = {each.cause: each for each in found.parts}
    assert {"repaired_records", "ended_records", "withdrawn_records", "aged_out"} <= names.keys()
    for cause, name in (("aged_out", "F"), ("ended_records", "A")):
        [change] = [each for each in names[cause].changes if each.indicator.id == name]
        assert (change.was, change.now, change.by) == (1.0, 0.0, -1.0)
    assert all(len(names[f"{way}_records"].records) == 1 for way in ("repaired", "ended"))
    assert found.levels[1] < found.levels[0]


def test_policy_model_card_hysteresis_and_a_person_are_causes() -> None:
    own = own_of(record(7, FINE, BEFORE - 60), record(7, "rectification", BEFORE - 50))
    bundle = scorer().bundle
    moved_up = bundle.calibrator.shifted(1.0)
    text = bundle.policy.text
    lenient = Policy.parse(text.replace('"D" = 0.45', '"D" = 0.55').replace("design-1", "x"), "p")
    one = Standpoint(scorer(), own, TODAY)
    for other, cause, level in (
        (replace(one, scorer=changed(calibrator=moved_up)), "calibration", Level.E),
        (replace(one, scorer=changed(policy=lenient)), "policy", Level.C),
        (
            replace(one, override=Override(Level.A_PLUS, "li", "seen", TODAY)),
            "override",
            Level.A_PLUS,
        ),
        (
            replace(one, warning=DowngradeWarning(3, Level.E, TODAY, TODAY, "design")),
            "downgrade_warning",
            Level.E,
        ),
    ):
        found = explain_movement(one, other, 7)
        sums(found)
        assert found.levels == (Level.D, level)
        assert causes(found) == pytest.approx({cause: level - Level.D})
        [part] = found.parts
        for sentence in (part.zh, part.en):
            assert f"{abs(level - Level.D):.2f}" in sentence
        names = {"calibration": "e" * 16, "policy": "x", "override": "A+", "downgrade_warning": "E"}
        assert names[cause] in part.zh
        assert names[cause] in part.en
    gone = explain_movement(one, replace(one, override=Override(Level.E, "li", "-", TODAY - 1)), 7)
    assert gone.parts == ()
    ended = DowngradeWarning(3, Level.E, TODAY - 9, TODAY - 1, "design")
    assert explain_movement(one, replace(one, warning=ended), 7).parts == ()


def test_every_part_is_told_in_sentences_with_its_figures() -> None:
    fine, listed = record(7, FINE, BEFORE - 60), record(7, ABNORMAL, BEFORE - 40)
    found = moved(own_of(fine, listed), own_of(fine | {"repaired": BEFORE + 5}, listed))
    told = {each.cause: each for each in found.parts}
    part = told["repaired_records"]
    assert part.zh.startswith("因1条记录完成信用修复，")
    assert part.en.startswith("Because 1 record was repaired, ")
    assert f"{abs(part.log_odds):.2f}" in part.zh
    assert f"{abs(part.log_odds):.2f}" in part.en
    for each in part.changes:
        assert each.zh.startswith("因1条记录完成信用修复，")
        assert each.en.endswith(" because 1 record was repaired.")
    said = found.to_dict()["parts"]
    assert [each["sentence_zh"] for each in said] == [each.zh for each in found.parts]
    assert [each["changes"] for each in said if each["cause"] == "repaired_records"] == [
        [
            {
                "id": each.indicator.id,
                "was": each.was,
                "now": each.now,
                "by": each.by,
                "alone": each.alone,
                "sentence_zh": each.zh,
                "sentence_en": each.en,
            }
            for each in part.changes
        ]
    ]


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_many_indicators_are_counted_after_four(count: int) -> None:
    why = tell_cause("new_records", count=1)
    forms = list(Sentences.default().forms.items())[5 : 5 + count]
    changes = [
        Change(indicator, 1.0, 2.0, 1.0, why, form, alone=True) for _, (indicator, form) in forms
    ]
    zh, en = sentences_of(why, changes, 0.2, 0.0)
    more = {5: ("另有1项指标变化", "1 more indicator changed")}
    more |= {6: ("另有2项指标变化", "2 more indicators changed")}
    for sentence, told in zip((zh, en), more.get(count, ("", "")), strict=True):
        assert told in sentence
    assert ("另有" in zh) == ("more" in en) == (count > 4)


def test_figures_that_look_alike_are_told_with_more_digits() -> None:
    indicator = standard_catalogue()["BC01"]
    form = Sentences.default().form(indicator)
    why = tell_cause("time", was="2026-03-01", now="2026-03-02")
    found = Change(indicator, 10.2004, 10.2031, 0.0027, why, form, alone=True)
    assert "由10.2年升至10.203年" in found.zh
    assert "rose from 10.2 years to 10.203 years" in found.en


def test_hysteresis_that_holds_a_level_back_is_a_cause() -> None:
    items = (record(7, "inspection.critical:routine", TODAY - ago, value=1.0) for ago in (99, 100))
    one = Standpoint(scorer(), own_of(*items), TODAY)
    found = explain_movement(one, replace(one, previous=int(Level.E)), 7)
    sums(found)
    assert found.levels == (Level.A, Level.B)
    assert causes(found) == pytest.approx({"hysteresis": 1.0})
    [part] = found.parts
    assert part.zh == "滞后规则所依的上期等级由无变为E，使等级向E方向变动1.00级。"
    assert part.en == (
        "The level before, from which hysteresis starts, changed from none to E; "
        "that moves the level by 1.00 towards E."
    )


def test_a_card_that_counts_is_a_cause() -> None:
    text = ScoreCard.default().text.replace(
        'population = "producer"', 'population = "entity"'
    ).replace('streams = ["inspection.key"]\npoints = 5\ntimes = "value"\ncap = "visit"',
              'streams = ["incident"]\npoints = 40')  # fmt: skip
    policy = scorer().bundle.policy.text.replace('combination = "beside"', 'combination = "worse"')
    grading = changed(
        score_card=ScoreCard.parse(text, "card"), policy=Policy.parse(policy, "policy")
    )
    calm = record(7, "award:city", TODAY - 900)
    sick = record(7, "incident:outbreak", TODAY - 10)
    one = Standpoint(grading, own_of(calm), BEFORE)
    found = explain_movement(one, Standpoint(grading, own_of(calm, sick), TODAY), 7)
    sums(found)
    assert causes(found) == pytest.approx({"card": found.levels[1] - found.levels[0]})
    assert found.levels[1] > found.levels[0]


def test_a_rule_that_is_met_is_a_cause() -> None:
    calm = record(7, "award:city", TODAY - 900)
    listed = record(7, "list_entry:judgment_defaulter.able", TODAY - 10)
    found = moved(own_of(calm), own_of(calm, listed))
    sums(found)
    assert causes(found) == pytest.approx({"rules": Level.D - found.levels[0]})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_parts_sum_to_the_difference_and_begin_and_end_where_the_grades_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    then, now = [], []
    for _ in range(rng.integers(1, 8)):
        stream = str(rng.choice([FINE, "rectification", ABNORMAL, "inspection.critical:routine"]))
        each = record(7, stream, int(TODAY - rng.integers(5, 900)), severity=2.0, value=1.0)
        late = each | {"available": TODAY - 3}
        told = each["occurred"] < BEFORE and rng.random() < 0.8
        then.append(each if told else late)
        what = rng.choice(["", "repaired", "ended", "withdrawn"])
        when = int(rng.integers(BEFORE + 1, TODAY))
        if what and told:
            each = each | {str(what): when} | ({"ended_available": when} if what == "ended" else {})
        now.append(each if told else late)
    was, previous = (int(code) for code in rng.integers(-1, 6, 2))
    one = Standpoint(scorer(), events_of(*then), BEFORE, previous=was)
    shifted = changed(calibrator=scorer().bundle.calibrator.shifted(0.4))
    other = Standpoint(shifted, events_of(*now), TODAY, previous=previous)
    found = explain_movement(one, other, 7)
    sums(found)
    for grade, level, odds in zip(
        (found.before, found.after), found.levels, found.log_odds, strict=True
    ):
        assert grade.level is level
        assert grade.probability == pytest.approx(1 / (1 + np.exp(-odds)))
    back = explain_movement(other, one, 7)
    assert back.log_odds == found.log_odds[::-1]


def test_shapley_values_are_the_mean_over_all_orders() -> None:
    rng = np.random.default_rng(2)
    for players in (1, 2, 3, 4):
        worth = rng.normal(size=1 << players)
        found, wanted = shapley(worth), np.zeros(players)
        orders = list(permutations(range(players)))
        for order in orders:
            at = 0
            for player in order:
                wanted[player] += (worth[at | 1 << player] - worth[at]) / len(orders)
                at |= 1 << player
        np.testing.assert_allclose(found, wanted, atol=1e-12)
        assert found.sum() == pytest.approx(worth[-1] - worth[0])


def test_more_changes_than_can_be_told_are_refused() -> None:
    with pytest.raises(InvalidError, match="17 changes at once are too many; up to 16"):
        coalitions(17)


@pytest.mark.parametrize("name", ["BC02", "CC15", "PN07"])
def test_a_logarithm_that_one_of_several_causes_did_not_move_is_told_of_none(name: str) -> None:
    indicator, why = standard_catalogue()[name], ("时间推移", "time passed")
    form = Sentences.default().form(indicator)
    assert not Change(indicator, 1.0, 2.0, 0.0, why, form).is_seen
    assert Change(indicator, 1.0, 2.0, 90.0, why, form).is_seen
