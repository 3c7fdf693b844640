"""The scorer: from events to grades, one or many alike."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError, NotGradableError, PolicyError
from xinheng.core.time import day
from xinheng.features import compute
from xinheng.grading import (
    STATUTES,
    AtLeast,
    Bundle,
    Calibrator,
    Combination,
    Edition,
    Effect,
    Level,
    Policy,
    Scorer,
    Worse,
    combine,
    key_id,
    read_bundle,
    write_bundle,
)

from .world import (
    CATALOGUE,
    TODAY,
    city,
    city_rows,
    events_of,
    parts,
    record,
    rows_of,
    scheduling_parts,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def bundle_of(made: Any, path: Path) -> Bundle:
    write_bundle(path, made, KEY)
    return read_bundle(path, {key_id(KEY.public_key()): KEY.public_key()})


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    return Scorer(bundle_of(parts(), tmp_path_factory.mktemp("bundles") / "one"))


@pytest.fixture(scope="module")
def grades(scorer: Scorer) -> pd.DataFrame:
    return scorer.run(city(), city_rows())


def test_many_enterprises_and_one_have_the_same_grades(
    scorer: Scorer, grades: pd.DataFrame
) -> None:
    for number in range(1, 401, 7):
        alone = scorer.run(city().of(number), rows_of((number, TODAY)))
        assert scorer.grade(alone) == scorer.grade(grades, number - 1)


def test_the_order_of_rows_does_not_matter(scorer: Scorer, grades: pd.DataFrame) -> None:
    turned = scorer.run(city(), city_rows().iloc[::-1])
    pd.testing.assert_frame_equal(turned.iloc[::-1], grades, check_categorical=False)


def test_threads_do_not_change_a_grade(scorer: Scorer, grades: pd.DataFrame) -> None:
    both = Scorer(scorer.bundle, threads=2).run(city(), city_rows())
    pd.testing.assert_frame_equal(both, grades)


def test_a_grade_follows_from_its_parts(grades: pd.DataFrame) -> None:
    matrix = compute(CATALOGUE, city(), city_rows()).to_numpy()
    made = parts()
    margins = made.blend.margins(matrix)
    chance = made.calibrator.probability(margins)
    scale = made.policy.on(TODAY).scale
    np.testing.assert_array_equal(grades["margin"], margins)
    np.testing.assert_array_equal(grades["probability"], chance)
    np.testing.assert_array_equal(grades["model_level"].cat.codes, scale.level_of(chance))
    lower, upper = made.calibrator.interval(margins)
    np.testing.assert_array_equal(grades[["lower", "upper"]], np.column_stack([lower, upper]))
    assert grades["model_level"].nunique() >= 4


def test_a_riskier_probability_never_has_a_better_level(grades: pd.DataFrame) -> None:
    ordered = grades.sort_values("probability")["model_level"].cat.codes
    assert (np.diff(ordered) >= 0).all()


def test_rules_raise_what_the_model_says(scorer: Scorer) -> None:
    events = events_of(
        record(1, "list_entry:judgment_defaulter.able", "2025-01-10"),
        record(1, "list_entry:mortgage_arrears.bank", "2025-05-10"),
        record(2, "inspection:routine.pass", "2025-01-10"),
        record(3, "list_entry:serious_quality.fake", "2021-01-10"),
    )
    found = scorer.run(events, rows_of((1, TODAY), (2, TODAY), (3, TODAY), (3, day("2021-08-08"))))
    grades = [scorer.grade(found, position) for position in range(4)]
    model = grades[0].model_level
    assert grades[0].level is Level.D
    assert [(rule.id, rule.alone) for rule in grades[0].rules] == [
        ("judgment_defaulter", Level.D),
        ("mortgage_arrears", model.worse_by(2, not_beyond=Level.D)),
    ]
    assert grades[1].rules == ()
    assert grades[1].level is grades[1].model_level
    assert grades[2].level is grades[2].model_level.worse_by(2, not_beyond=Level.D)
    assert grades[3].rules == (), "Shenzhen's rule is of 9 August 2021"


def test_a_move_that_stops_at_d_leaves_e_where_it_is(scorer: Scorer) -> None:
    events = events_of(
        *(
            record(1, "inspection.critical:routine", f"2025-0{month}-10", value=1.0)
            for month in range(1, 6)
        ),
        record(1, "penalty:market.food.label", "2025-07-10", severity=2.0),
        record(1, "list_entry:mortgage_arrears.bank", "2025-05-10"),
    )
    grade = scorer.grade(scorer.run(events, rows_of((1, TODAY))))
    assert grade.model_level is Level.E
    assert grade.level is Level.E
    assert [(rule.id, rule.alone) for rule in grade.rules] == [("mortgage_arrears", Level.E)]


FLAGS = st.lists(st.booleans(), min_size=len(STATUTES.ids), max_size=len(STATUTES.ids))
LEVELS = st.sampled_from(Level)
EFFECTS = st.builds(AtLeast, LEVELS) | st.builds(Worse, st.integers(1, 5), LEVELS)


@given(
    st.lists(FLAGS, min_size=1, max_size=8),
    st.randoms(),
    st.dictionaries(st.sampled_from(STATUTES.ids), EFFECTS),
    st.sampled_from(Combination),
)
def test_rules_only_raise_whatever_matrix_rules_effects_and_card(
    scorer: Scorer,
    met: list[list[bool]],
    chance: Any,
    effects: dict[str, Effect],
    combination: Combination,
) -> None:
    """The order: the worse of model and card, then the widest move once, then the highest floor."""
    matrix = compute(CATALOGUE, city(), city_rows())
    matrix = matrix.iloc[[chance.randrange(400) for _ in met]]
    cards = [chance.randrange(-1, len(Level)) for _ in met]
    conditions = pd.DataFrame(met, index=matrix.index, columns=list(STATUTES.ids))
    listed = replace(policy_of(scorer), rules=effects, score_card=combination)
    shuffled = dict(chance.sample(list(effects.items()), len(effects)))
    found = under(scorer, listed).grades(matrix, conditions, cards=cards)
    again = under(scorer, replace(listed, rules=shuffled)).grades(matrix, conditions, cards=cards)
    pd.testing.assert_frame_equal(found, again)
    for row, flags, card in zip(found.itertuples(), met, cards, strict=True):
        names = [n for n, flag in zip(STATUTES.ids, flags, strict=True) if flag and n in effects]
        model = Level.of(row.model_level)
        start = max(model, Level(max(card, 0))) if combination is Combination.WORSE else model
        assert row.rules == " ".join(names)
        assert Level.of(row.level) is combine(start, [effects[name] for name in names])
        assert Level.of(row.level) >= start >= model


def test_no_bonus_of_the_card_lifts_a_grade_over_a_rule(scorer: Scorer) -> None:
    matrix = compute(CATALOGUE, city(), city_rows())
    everyone = pd.DataFrame(data=True, index=matrix.index, columns=list(STATUTES.ids))
    for name, effect in policy_of(scorer).rules.items():
        listed = replace(policy_of(scorer), rules={name: effect}, score_card=Combination.WORSE)
        best = under(scorer, listed).grades(matrix, everyone, cards=np.full(400, Level.A_PLUS))
        plain = under(scorer, listed).grades(matrix, everyone)
        assert (best["level"] == plain["level"]).all(), name
        assert all(effect.on(Level.of(m)) <= Level.of(v)
                   for m, v in zip(best["model_level"], best["level"], strict=True))  # fmt: skip


def policy_of(scorer: Scorer) -> Edition:
    return scorer.bundle.policy.on(TODAY)


def under(scorer: Scorer, edition: Edition) -> Scorer:
    policy = replace(scorer.bundle.policy, editions=(edition,))
    return Scorer(replace(scorer.bundle, policy=policy))


def test_the_previous_level_holds_a_grade_at_a_cut_point(scorer: Scorer) -> None:
    matrix = compute(CATALOGUE, city(), city_rows())
    conditions = scorer.bundle.rules.conditions(city(), city_rows())
    plain = scorer.grades(matrix, conditions)
    again = scorer.grades(matrix, conditions, plain["model_level"].cat.codes)
    pd.testing.assert_series_equal(again["level"], plain["level"])
    worst = scorer.grades(matrix, conditions, np.full(400, Level.E))
    held = worst["model_level"].cat.codes - plain["model_level"].cat.codes
    assert set(held) == {0, 1}
    grade = scorer.grade(worst[held == 1])
    assert grade.previous is Level.E
    assert grade.better is not None
    assert grade.better.cut < grade.margin


def test_distances_end_at_the_next_level(scorer: Scorer, grades: pd.DataFrame) -> None:
    scale = parts().policy.on(TODAY).scale
    for position in range(0, 400, 20):
        grade, row = scorer.grade(grades, position), grades.iloc[position]
        for distance, column, sign in (
            (grade.better, "to_better", -1), (grade.worse, "to_worse", 1),
        ):  # fmt: skip
            if distance is None:
                assert np.isnan(row[column])
                continue
            assert distance.margin == pytest.approx(row[column])
            assert distance.cut == pytest.approx(grade.margin + sign * distance.margin)
            assert any(distance.probability == pytest.approx(cut) for cut in scale.cut_points)
            beyond = parts().calibrator.probability(distance.cut + sign * 1e-9)
            assert Level(scale.level_of(beyond)) is distance.level


def test_the_card_counts_only_where_policy_says_so(tmp_path: Path, scorer: Scorer) -> None:
    text = parts().policy.text.replace('combination = "beside"', 'combination = "worse"')
    worse = Scorer(
        bundle_of(replace(parts(), policy=Policy.parse(text, "worse.toml")), tmp_path / "worse")
    )
    matrix = compute(CATALOGUE, city(), city_rows())
    conditions = scorer.bundle.rules.conditions(city(), city_rows())
    cards = np.where(np.arange(400) % 2, Level.D, -1)
    beside = scorer.grades(matrix, conditions, cards=cards)
    counted = worse.grades(matrix, conditions, cards=cards)
    pd.testing.assert_series_equal(beside["level"], beside["model_level"], check_names=False)
    assert (counted["level"].cat.codes[1::2] >= Level.D).all()
    pd.testing.assert_series_equal(counted["level"][::2], beside["level"][::2])
    assert worse.grade(counted, 1).card_level is Level.D


def test_a_grade_names_policy_and_bundle_and_is_json(scorer: Scorer, grades: pd.DataFrame) -> None:
    grade = scorer.grade(grades)
    assert (grade.policy, grade.bundle) == ("default design-1", scorer.bundle.digest)
    told = json.loads(json.dumps(grade.to_dict()))
    assert told["as_of"] == "2026-03-01"
    assert told["level"] == str(grade.level)


def test_no_rows_have_no_grades(scorer: Scorer) -> None:
    assert len(scorer.run(city(), city_rows(1).iloc[:0])) == 0


def test_a_scheduling_bundle_grades_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotGradableError, match="is for scheduling"):
        Scorer(bundle_of(scheduling_parts(), tmp_path / "plan"))


def test_what_does_not_fit_is_refused(scorer: Scorer) -> None:
    rows = city_rows(3)
    matrix, conditions = compute(CATALOGUE, city(), rows), STATUTES.conditions(city(), rows)
    with pytest.raises(InvalidError, match=r"misses \['IH01'\] and has \['X'\] too many"):
        scorer.grades(matrix.rename(columns={"IH01": "X"}), conditions)
    with pytest.raises(InvalidError, match="another order"):
        scorer.grades(matrix[matrix.columns[::-1]], conditions)
    with pytest.raises(InvalidError, match="different rows"):
        scorer.grades(matrix, conditions.iloc[:2])
    with pytest.raises(InvalidError, match=r"lack \['licence_revoked'\]"):
        scorer.grades(matrix, conditions.drop(columns="licence_revoked"))
    with pytest.raises(InvalidError, match="for each of 3 rows"):
        scorer.grades(matrix, conditions, [1, 2])
    with pytest.raises(InvalidError, match="for each of 3 rows"):
        scorer.grades(matrix, conditions, [1, 2, 6])
    early = city_rows(3, day("1999-12-31"))
    with pytest.raises(PolicyError, match="says nothing about 1999-12-31"):
        scorer.run(city(), early)


def test_a_calibrator_without_replicates_gives_no_interval(tmp_path: Path) -> None:
    bare = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), 0.0)
    with pytest.raises(InvalidError, match="no replicates"):
        Scorer(bundle_of(replace(parts(), calibrator=bare), tmp_path / "bare"))
