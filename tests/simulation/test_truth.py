"""The expected area under the ROC curve, against all pairs counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.simulation import expected_auc
from xinheng.simulation.truth import log_odds

chances = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.floats(0.01, 0.99)), min_size=2, max_size=8
)


@given(rows=chances)
def test_it_is_the_share_of_pairs_put_right_with_ties_as_half(
    rows: list[tuple[float, float]],
) -> None:
    right = total = 0.0
    for score, bad in rows:
        for other, good in rows:
            weight = bad * (1 - good)
            total += weight
            right += weight * (1.0 if score > other else 0.5 if score == other else 0.0)
    score, truth = zip(*rows, strict=True)
    assert expected_auc(score, truth) == pytest.approx(right / total)


@given(st.lists(st.floats(0.01, 0.99), min_size=2, max_size=20), st.randoms())
def test_no_score_beats_the_true_chances(truth: list[float], random: np.random.Generator) -> None:
    other = list(truth)
    random.shuffle(other)
    assert expected_auc(truth, truth) >= expected_auc(other, truth) - 1e-12


def test_quality_lowers_the_log_odds_and_summer_raises_them() -> None:
    one = np.ones(1)
    usual = log_odds(0 * one, 0.3 * one, 0 * one, 0)
    assert log_odds(0 * one, 0.3 * one, one, 0) == usual - 1
    assert log_odds(0 * one, 0.3 * one, 0 * one, 6) > usual
    assert log_odds(0 * one, 0 * one, 0 * one, 12) < log_odds(0 * one, 0 * one, 0 * one, 0)
