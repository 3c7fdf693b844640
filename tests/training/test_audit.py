"""The audit: tables worked by hand."""

from math import isnan

import numpy as np
import pandas as pd
import pytest

from xinheng.core.errors import InvalidError
from xinheng.simulation import expected_auc
from xinheng.training import Audit, audit, compare_with_truth, observe

#         level, model, probability, violation, enterprise, population
ROWS = [
    ("A", "A", 0.05, 0, 1, "entity"),
    ("A", "A", 0.06, 0, 2, "entity"),
    ("A", "A", 0.07, 1, 3, "entity"),
    ("A", "A", 0.08, 0, 4, "operator"),
    ("C", "A", 0.09, 0, 5, "operator"),
    ("C", "C", 0.30, 1, 6, "operator"),
    ("E", "C", 0.32, 0, 7, "operator"),
    ("E", "E", 0.70, 1, 8, "operator"),
]


def grades() -> pd.DataFrame:
    names = ["level", "model_level", "probability", "violation", "enterprise", "population"]
    frame = pd.DataFrame(ROWS, columns=names)
    return frame.assign(lower=frame["probability"] - 0.1, upper=frame["probability"] + 0.1)


def audited(frame: pd.DataFrame) -> Audit:
    return audit(
        frame,
        frame["violation"].to_numpy(np.float64),
        frame["enterprise"].to_numpy(np.int32),
        frame["population"].to_numpy(object),
    )


def wilson(rate: float, count: float) -> tuple[float, float]:
    """Wilson's interval from the text book: the roots of a quadratic equation."""
    z2 = 1.959963984540054**2
    roots = np.roots([1 + z2 / count, -(2 * rate + z2 / count), rate * rate])
    return float(roots.min()), float(roots.max())


def test_levels_of_the_model_and_of_the_law_are_kept_apart() -> None:
    found = audited(grades())
    assert [each.name for each in found.model] == ["A+", "A", "B", "C", "D", "E"]
    assert [(each.rows, each.violations) for each in found.model] == [
        (0, 0), (5, 1), (0, 0), (2, 1), (0, 0), (1, 1),
    ]  # fmt: skip
    assert [(each.rows, each.violations) for each in found.final] == [
        (0, 0), (4, 1), (0, 0), (2, 1), (0, 0), (2, 1),
    ]  # fmt: skip
    second = found.model[1]
    assert second.predicted == pytest.approx(0.07)
    assert second.rate == 0.2
    assert (second.lower, second.upper) == pytest.approx(wilson(0.2, 5))
    assert isnan(found.model[0].rate)
    assert (found.everyone.rows, found.everyone.enterprises, found.everyone.violations) == (8, 8, 3)
    assert found.rising


def test_the_chance_of_a_rate_turns_its_interval_around() -> None:
    label = np.array([1.0] * 30 + [0.0] * 70)
    seen = observe("", label, np.full(100, 0.3), np.arange(100, dtype=np.int32))
    assert seen.chance == pytest.approx(1)
    for end in (seen.lower, seen.upper):
        said = observe("", label, np.full(100, end), np.arange(100, dtype=np.int32))
        assert said.chance == pytest.approx(0.05)
    thrice = observe("", np.repeat(label, 3), np.full(300, 0.2), np.arange(300) // 3)
    once = observe("", label, np.full(100, 0.2), np.arange(100, dtype=np.int32))
    assert thrice.effective == pytest.approx(100)
    assert thrice.chance == pytest.approx(once.chance)
    sure = observe("", np.zeros(5), np.zeros(5), np.arange(5))
    assert sure.chance == 1
    assert observe("", np.ones(5), np.zeros(5), np.arange(5)).chance == 0


def test_populations_stand_apart() -> None:
    found = audited(grades())
    assert {name: (o.rows, o.violations) for name, o in found.populations.items()} == {
        "entity": (3, 1),
        "operator": (5, 2),
    }
    operators = found.population_levels["operator"]
    assert [(each.rows, each.violations) for each in operators] == [
        (0, 0), (2, 0), (0, 0), (2, 1), (0, 0), (1, 1),
    ]  # fmt: skip


def test_levels_that_do_not_hold_are_named() -> None:
    frame = pd.concat([grades()] * 30, ignore_index=True)
    frame["enterprise"] = np.arange(len(frame))
    found = audited(frame)
    # A: predicted 0.07 against 0.2; C: 0.31 against 0.5; E: 0.7 against 1
    assert [each.name for each in found.missed] == ["A", "C", "E"]
    frame["violation"] = (np.arange(len(frame)) % 10 == 0).astype(int)
    assert not audited(frame).rising


def test_reliability_keeps_equal_probabilities_together() -> None:
    chance = np.repeat([0.1, 0.2, 0.3], [60, 5, 35])
    frame = pd.DataFrame(
        {
            "level": "A",
            "model_level": "A",
            "probability": chance,
            "violation": (np.arange(100) % 5 == 0).astype(int),
            "enterprise": np.arange(100),
            "population": "entity",
        }
    )
    found = audited(frame).reliability
    assert [(each.rows, each.violations) for each in found] == [(60, 12), (40, 8)]
    assert [each.predicted for each in found] == pytest.approx([0.1, (5 * 0.2 + 35 * 0.3) / 40])
    assert audited(frame).held == 1  # 0.2 of 60 is too many for 0.1, and not too few of 40 for 0.29


def test_rows_of_one_enterprise_count_as_far_as_they_differ() -> None:
    label = np.array([1.0] * 4 + [0.0] * 16)
    chance = np.full(20, 0.2)
    alone = observe("", label, chance, np.arange(20, dtype=np.int32))
    assert (alone.lower, alone.upper) == pytest.approx(wilson(0.2, 20))
    # Each enterprise three times, always the same: no more is known than from one row of each.
    thrice = observe("", np.repeat(label, 3), np.repeat(chance, 3), np.arange(60) // 3)
    assert (thrice.rows, thrice.enterprises) == (60, 20)
    assert (thrice.lower, thrice.upper) == pytest.approx((alone.lower, alone.upper))
    none = observe("", np.zeros(60), np.full(60, 0.1), np.arange(60) // 3)
    assert (none.lower, none.upper) == pytest.approx(wilson(0.0, 20))
    # Rows of one enterprise that differ more than chance would have it are no reason to narrow.
    mixed = observe("", np.tile([1.0, 0.0], 10), np.full(20, 0.5), np.arange(20) // 2)
    assert (mixed.lower, mixed.upper) == pytest.approx(wilson(0.5, 20))


def test_rows_must_be_the_same() -> None:
    with pytest.raises(InvalidError, match="8 grades, 7 outcomes"):
        audit(grades(), np.zeros(7), np.zeros(8, np.int32), np.full(8, "entity", object))


def test_the_gap_to_the_truth_is_that_of_expected_areas() -> None:
    frame = grades()
    truth = np.array([0.1, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4, np.nan])
    chance = frame["probability"].to_numpy()
    found = compare_with_truth(
        {"lightgbm": chance, "constant": np.full(8, 0.1)},
        frame,
        frame["population"].to_numpy(object),
        truth,
        expected_auc,
    )
    everyone, entity, operator = found.rows
    assert [each.population for each in found.rows] == ["", "entity", "operator"]
    assert [each.rows for each in found.rows] == [7, 3, 4]
    assert everyone.chance == pytest.approx(1.5 / 7)
    assert (everyone.models["constant"], entity.best) == (0.5, 0.5)
    # Four operators of chances 0.2, 0.2, 0.4, 0.4: pairs (violation, none) by expectation.
    # Between the two kinds: 2 x 2 x 0.4 x 0.8 right and 2 x 2 x 0.2 x 0.6 wrong; ties within each
    # kind, and of each row with itself (the table has them with replacement), count half.
    right, wrong = 4 * 0.4 * 0.8, 4 * 0.2 * 0.6
    tied = 4 * 0.2 * 0.8 + 4 * 0.4 * 0.6
    assert operator.best == pytest.approx((right + tied / 2) / (right + wrong + tied))
    assert operator.best > operator.models["lightgbm"] - 1e-12
    told = [0.1, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4]
    entropy = [-each * np.log(each) - (1 - each) * np.log(1 - each) for each in told]
    assert everyone.loss == pytest.approx(np.mean(entropy))
    constant = -np.mean(told) * np.log(0.1) - (1 - np.mean(told)) * np.log(0.9)
    assert everyone.losses["constant"] == pytest.approx(constant)
    assert all(row.loss <= each for row in found.rows for each in row.losses.values())
    assert found.levels[1] == pytest.approx(np.mean(truth[:5]))
    assert found.levels[3] == pytest.approx(0.4)
    assert isnan(found.levels[5])
    assert (found.covered, found.groups) == (5, 7)
    with pytest.raises(InvalidError, match="no row of the test window has a true chance"):
        compare_with_truth({}, frame, np.full(8, "x", object), np.full(8, np.nan), expected_auc)


def test_what_was_observed_stands_on_a_card_as_it_is() -> None:
    seen = observe("3", np.array([0.0, 1.0]), np.array([0.25, 0.35]), np.arange(2))
    kept = seen.on_card("probability")
    assert (kept.by, kept.name, kept.rows, kept.violations) == ("probability", "3", 2, 1)
    assert kept.promised == pytest.approx(0.3)
    assert (kept.observed, kept.lower, kept.upper) == (0.5, seen.lower, seen.upper)
