"""Groups of rows are judged apart, and only where there is something to judge."""

import numpy as np
import pytest

from xinheng.training import Scores, auc, evaluate, evaluate_groups

from .world import FEW, cohort_of


def test_groups_are_judged_apart() -> None:
    rng = np.random.default_rng(0)
    # Two populations of different base rates, and a score that only tells them apart.
    group = np.array(["entity", "operator"] * 200, object)
    label = (rng.random(400) < np.where(group == "operator", 0.6, 0.2)).astype(int)
    score = np.where(group == "operator", 0.6, 0.2)
    cohort = cohort_of([1] * 400, label.tolist())
    rows = np.arange(0, 400)
    scores = Scores(rows, {"model": score}, {})
    whole = evaluate(cohort, scores, capacity=0.5, planning=False, draws=FEW)
    assert whole.estimate("model", "auc").value > 0.65
    found = evaluate_groups(cohort, scores, group, draws=FEW)
    assert list(found) == ["entity", "operator"]
    for name, each in found.items():
        assert each.rows == 200
        assert each.positives == label[group == name].sum()
        assert each.estimate("model", "auc").value == 0.5
        assert each.telling
        assert not each.measured("model", "log_loss")


def test_a_group_is_resampled_by_its_own_enterprises() -> None:
    enterprise = [0, 0, 1, 1, 2, 2, 3, 3]
    cohort = cohort_of([1] * 8, [1, 0, 1, 0, 0, 0, 1, 1], enterprise=enterprise)
    score = np.array([0.9, 0.1, 0.8, 0.2, 0.3, 0.1, 0.2, 0.7])
    group = np.array(["a"] * 4 + ["b"] * 4, object)
    rows = np.array([7, 6, 5, 4, 3, 2, 1, 0])
    found = evaluate_groups(cohort, Scores(rows, {"m": score[rows]}, {}), group, draws=FEW)
    b = found["b"]
    assert (b.rows, b.enterprises, b.positives, b.telling) == (4, 2, 2, False)
    assert b.estimate("m", "auc").value == auc([0, 0, 1, 1], [0.3, 0.1, 0.2, 0.7])
    assert found["a"].estimate("m", "auc") == pytest.approx((1.0, 1.0, 1.0))
