"""A score as a model: more is never riskier, no score is the base rate, order is kept."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import expit, logit

from xinheng.core.errors import NotFoundError
from xinheng.training import (
    SCORE_CARD,
    Carded,
    Fitted,
    Fold,
    Sample,
    Window,
    auc,
    blocks,
    fit_model,
    fold,
)

from .test_folds import D0, at
from .world import cohort_of

ROWS = 1200


def made(slope: float, seed: int = 2) -> tuple[pd.DataFrame, np.ndarray]:
    """Return scores of 40 to 108, and outcomes that fall with them by `slope` a point."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.uniform(40, 108, ROWS), 2)
    label = (rng.random(ROWS) < expit(-1 - slope * (score - 80))).astype(np.float64)
    return pd.DataFrame({"other": rng.normal(size=ROWS), SCORE_CARD: score}), label


def fitted(matrix: pd.DataFrame, label: np.ndarray, column: str = SCORE_CARD) -> Fitted:
    cohort = cohort_of([D0 + n // 10 for n in range(len(label))], label.astype(int).tolist())
    return Carded(column)(Sample(matrix, label, np.ones(len(label)), {}, blocks(cohort)))


def margins(model: Fitted, *scores: float, column: str = SCORE_CARD) -> list[float]:
    return model.margin(pd.DataFrame({column: scores})).tolist()


def test_the_line_that_made_the_outcomes_is_found() -> None:
    low, high, middle = margins(fitted(*made(0.06)), 60.0, 100.0, 80.0)
    assert (low - high) / 40 == pytest.approx(0.06, rel=0.15)
    assert middle == pytest.approx(-1, abs=0.15)
    assert middle == pytest.approx((low + high) / 2)


def test_a_score_that_rises_with_risk_is_left_level_at_the_base_rate() -> None:
    matrix, label = made(-0.06)
    base = logit((label.sum() + 0.5) / (ROWS + 1))
    assert margins(fitted(matrix, label), 40.0, 108.0, np.nan) == pytest.approx([base] * 3)


def test_without_a_score_the_margin_is_that_of_the_base_rate() -> None:
    matrix, label = made(0.06)
    gone = np.arange(ROWS) % 3 == 0
    matrix.loc[gone, SCORE_CARD] = np.nan
    label[gone] = 1.0
    model = fitted(matrix, label)
    base = logit((label.sum() + 0.5) / (ROWS + 1))
    low, high, none = margins(model, 60.0, 100.0, np.nan)
    assert none == pytest.approx(base)
    assert (low - high) / 40 == pytest.approx(0.06, rel=0.2)  # of those that have one
    unknown = matrix.assign(**{SCORE_CARD: np.nan})
    assert margins(fitted(unknown, label), 60.0, np.nan) == pytest.approx([base] * 2)


def test_a_score_that_parts_the_outcomes_has_a_finite_slope() -> None:
    matrix, _ = made(0.06)
    label = (matrix[SCORE_CARD] < 80).to_numpy(np.float64)
    low, high = margins(fitted(matrix, label), 40.0, 108.0)
    assert np.isfinite([low, high]).all()
    assert low > 3 > -3 > high


def test_scores_that_never_differ_say_nothing() -> None:
    matrix, label = made(0.06)
    base = logit((label.sum() + 0.5) / (ROWS + 1))
    model = fitted(matrix.assign(**{SCORE_CARD: 90.0}), label)
    assert margins(model, 90.0, 10.0) == pytest.approx([base] * 2)


def test_another_column_may_hold_the_score_and_one_that_is_not_there_is_refused() -> None:
    matrix, label = made(0.06)
    renamed = matrix.rename(columns={SCORE_CARD: "OWN"})
    one = margins(fitted(renamed, label, "OWN"), 60.0, 100.0, column="OWN")
    assert one == margins(fitted(matrix, label), 60.0, 100.0)
    with pytest.raises(NotFoundError, match="matrix 'SCORE_CARDS'; did you mean 'SCORE_CARD'"):
        fitted(matrix, label, "SCORE_CARDS")


def test_later_rows_keep_the_order_of_their_scores() -> None:
    matrix, label = made(0.06)
    cohort = cohort_of([D0 + n // 10 for n in range(ROWS)], label.astype(int).tolist())
    parts = fold(cohort, Window(first=at(0), last=at(89)), Window(first=at(90), last=at(119)))
    model = fit_model(Carded(), cohort, matrix, parts, {})
    chance = model.probability(matrix.iloc[parts.test])
    tested = label[parts.test]
    assert auc(tested, chance) == auc(tested, -matrix[SCORE_CARD].iloc[parts.test])
    assert chance.mean() == pytest.approx(tested.mean(), abs=0.06)


@given(
    arrays.arrays(np.float64, 24, elements=st.one_of(st.floats(-200, 108), st.just(np.nan))),
    arrays.arrays(np.float64, 24, elements=st.sampled_from([0.0, 1.0])),
)
@settings(max_examples=50)
def test_a_better_score_never_has_a_larger_margin(score: np.ndarray, label: np.ndarray) -> None:
    matrix = pd.DataFrame({SCORE_CARD: score})
    block = Fold("later", 0, np.arange(12), np.arange(12, 24))
    model = Carded()(Sample(matrix, label, np.ones(len(label)), {}, [block]))
    along = np.array(margins(model, *np.linspace(-300, 110, 83)))
    assert (np.diff(along) <= 0).all()
    assert np.isfinite(along).all()
