"""Three gradings side by side, which nothing compares or combines by accident."""

import itertools
import operator
from dataclasses import replace

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import day
from xinheng.features import compute
from xinheng.grading import (
    CateringGrade,
    Level,
    Policy,
    RiskGrade,
    ScoreCard,
    Scorer,
    card_levels,
    gradings_of,
    key_id,
    read_bundle,
    score,
    side_by_side,
    write_bundle,
)

from .world import events_of, parts, record, rows_of

AT = day("2025-03-01")
EVENTS = events_of(
    record(1, "enterprise.population:producer", AT - 900),
    record(1, "licence:production.0401", AT - 400, value=34.0),
    record(1, "certificate:haccp", AT - 400),
    record(2, "enterprise.population:operator", AT - 900),
    record(2, "licence:operation.", AT - 400),
    record(2, "catering_grade:C", AT - 50, severity=2.0),
    record(3, "enterprise.population:entity", AT - 900),
    record(4, "enterprise.population:producer", AT - 900),
    record(4, "licence:production.0103", AT - 400, value=13.5),
    record(4, "penalty.kind:market.food.stoppage", AT - 1, ended=AT - 1, ended_available=AT - 1),
)  # fmt: skip
ROWS = rows_of((2, AT), (1, AT), (3, AT), (4, AT))


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.permutations([Level.A, RiskGrade.A, CateringGrade.A], 2))
)
def test_grades_of_different_gradings_have_no_order_and_are_never_equal(one, other) -> None:
    assert one != other
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        with pytest.raises(TypeError):
            compare(one, other)
    with pytest.raises(TypeError):
        max(one, other)


def test_grades_of_one_grading_have_an_order() -> None:
    assert sorted([RiskGrade.D, RiskGrade.A, RiskGrade.C]) == [
        RiskGrade.A, RiskGrade.C, RiskGrade.D,
    ]  # fmt: skip
    assert CateringGrade.of("B") >= CateringGrade.A
    with pytest.raises(NotFoundError, match=r"no grade 'E'. There are: A, B, C, D"):
        RiskGrade.of("E")


def test_gradings_stand_in_columns_of_their_own() -> None:
    found = side_by_side(EVENTS, ROWS, levels=[2, 0, -1, 5])
    assert found.index.tolist() == list(ROWS.itertuples(index=False, name=None))
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["operator", "B", None, "C"],
        ["producer", "A+", "A", None],
        ["entity", None, None, None],
        ["producer", "E", "C", None],
    ]
    for one, other in itertools.permutations(["level", "risk_grade", "catering_grade"], 2):
        with pytest.raises(TypeError, match="categories"):
            operator.lt(found[one], found[other])


def test_a_row_as_a_value() -> None:
    found = side_by_side(EVENTS, ROWS, levels=[2, 0, -1, 5])
    operator_, producer, entity, _ = (gradings_of(found, place) for place in range(4))
    assert (operator_.credit, operator_.risk, operator_.catering) == (
        Level.B, None, CateringGrade.C,
    )  # fmt: skip
    assert (producer.credit, producer.risk, producer.catering) == (Level.A_PLUS, RiskGrade.A, None)
    assert entity.to_dict() == {
        "population": "entity", "credit": None, "risk": None, "catering": None,
    }  # fmt: skip
    with pytest.raises(InvalidError, match="one level for each of 4 rows"):
        side_by_side(EVENTS, ROWS, levels=[1])


# ------------------------------------------------- the score card as a level of credit


def test_the_card_has_a_level_by_the_crosswalk_of_the_policy() -> None:
    card, policy = ScoreCard.default(), Policy.default()
    grades = score(card, EVENTS, ROWS)
    assert grades["grade"].tolist() == ["B", "B", "B", "C"]
    levels = card_levels(card, policy, EVENTS, ROWS)
    assert levels.dtype == np.int8
    assert levels.tolist() == [-1, Level.A, -1, Level.C]  # of producers only
    own = policy.text.replace('B = "A", C = "C"', 'B = "B", C = "E"')
    assert card_levels(card, Policy.parse(own, "own.toml"), EVENTS, ROWS).tolist() == [-1, 2, -1, 5]
    none = policy.text.replace("levels = {", "# levels = {")
    assert (card_levels(card, Policy.parse(none, "none.toml"), EVENTS, ROWS) == -1).all()


def test_a_grade_of_the_card_without_a_level_is_told() -> None:
    policy = Policy.parse(Policy.default().text.replace(' C = "C",', ""), "city.toml")
    with pytest.raises(InvalidError, match=r"edition 'design-1', score_card.levels: .*'C'"):
        card_levels(ScoreCard.default(), policy, EVENTS, ROWS)


def test_under_worse_the_card_holds_a_grade_back_and_no_bonus_lifts_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    key = Ed25519PrivateKey.generate()
    text = Policy.default().text.replace('combination = "beside"', 'combination = "worse"')
    made = replace(parts(), policy=Policy.parse(text, "own.toml"))
    path = tmp_path_factory.mktemp("bundles") / "one"
    write_bundle(path, made, key)
    scorer = Scorer(read_bundle(path, {key_id(key.public_key()): key.public_key()}))
    listed = record(4, "list_entry:serious_dishonesty.other", AT - 2)
    events = events_of(*(record(n, f"certificate:{scheme}", AT - 9)
                         for n in (1, 4) for scheme in ("haccp", "gmp", "iso22000")),
                       record(1, "enterprise.population:producer", AT - 900),
                       record(4, "enterprise.population:producer", AT - 900),
                       record(4, "obstruction:violence", AT - 1), listed)  # fmt: skip
    rows = rows_of((1, AT), (4, AT), (9, AT))
    cards = card_levels(ScoreCard.default(), scorer.bundle.policy, events, rows)
    matrix = compute(scorer.bundle.catalogue, events, rows)
    found = scorer.grades(matrix, scorer.bundle.rules.conditions(events, rows), cards=cards)
    assert cards.tolist() == [Level.A, Level.C, -1]
    models = [Level.of(each) for each in found["model_level"]]
    levels = [Level.of(each) for each in found["level"]]
    assert levels == [max(models[0], Level.A), Level.E, models[2]]
    assert found["rules"].tolist() == ["", "serious_dishonesty", ""]
