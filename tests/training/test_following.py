"""Following: the level moves with matured outcomes, and nothing else does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

from xinheng.core import time
from xinheng.training import (
    REGIMES,
    Boosted,
    Boosting,
    Cohort,
    Fold,
    Follower,
    Model,
    fit_model,
    followed,
    matured,
    regimes,
    shift,
)

from .world import cohort_of

START = time.day("2020-01-01")
SETTINGS = Boosting(rounds=(30,), depths=(2,), linear=(0.0,), least_rows=20, learning_rate=0.1)


def world(drift: float, rows: int = 4800, seed: int = 1) -> tuple[Cohort, pd.DataFrame]:
    """Two years, ten rows every one and a half days; the log-odds rise by `drift` in the second."""
    rng = np.random.default_rng(seed)
    day = START + np.arange(rows) * 730 // rows
    matrix = pd.DataFrame({"A": rng.normal(size=rows)})
    risk = matrix["A"] - 1.5 + drift * (day >= START + 365)
    return cohort_of(day.tolist(), (rng.random(rows) < expit(risk)).astype(int).tolist()), matrix


def windows(cohort: Cohort) -> list[Fold]:
    starts = [START + 365 + 91 * n for n in range(4)]
    return [
        Fold(
            str(start),
            start,
            np.flatnonzero(cohort.as_of < start),
            np.flatnonzero((start <= cohort.as_of) & (cohort.as_of < start + 91)),
        )
        for start in starts
    ]


def fitted(cohort: Cohort, matrix: pd.DataFrame, fold: Fold) -> Model:
    return fit_model(Boosted(SETTINGS), cohort, matrix, fold, {})


@given(
    st.lists(st.tuples(st.floats(-6, 6), st.booleans()), min_size=1, max_size=30),
    st.floats(0.05, 1.0),
)
def test_the_shift_is_the_most_likely_one(rows: list[tuple[float, bool]], spread: float) -> None:
    logits, label = (np.array(column, float) for column in zip(*rows, strict=True))

    def loss(moved: float) -> float:
        margin = logits + moved
        return float((np.logaddexp(0, margin) - label * margin).sum() + moved**2 / spread**2 / 2)

    best = minimize_scalar(loss, bounds=(-8, 8), method="bounded", options={"xatol": 1e-8}).x
    assert shift(logits, label, spread) == pytest.approx(best, abs=1e-5)


def test_a_calibrator_follows_what_has_matured_and_keeps_the_order() -> None:
    cohort, matrix = world(0.8)
    fold = windows(cohort)[0]
    model = fitted(cohort, matrix, fold)
    at = fold.cut + 200
    moved = followed(model, cohort, matrix, since=fold.cut, at=at)
    margins = np.linspace(-3, 1, 9)
    by = moved.logit(margins) - model.calibrator.logit(margins)
    np.testing.assert_allclose(by, by[0])
    assert 0.5 < by[0] < 1.0
    later = (cohort.as_of >= at).astype(float)
    flipped = cohort_of(
        cohort.as_of.tolist(), np.where(later, 1 - cohort.label, cohort.label).astype(int).tolist()
    )
    again = followed(model, flipped, matrix, since=fold.cut, at=at)
    np.testing.assert_array_equal(again.logit(margins), moved.logit(margins))


def test_where_nothing_has_matured_the_calibrator_stays() -> None:
    cohort, matrix = world(0.0)
    fold = windows(cohort)[0]
    model = fitted(cohort, matrix, fold)
    assert followed(model, cohort, matrix, since=fold.cut, at=fold.cut) is model.calibrator


def test_old_outcomes_are_left_out() -> None:
    cohort, matrix = world(0.8)
    fold = windows(cohort)[0]
    model = fitted(cohort, matrix, fold)
    flat = Follower(spread=100.0, days=60)
    moved = followed(model, cohort, matrix, since=START, at=fold.cut + 60, follower=flat)
    rows = (cohort.as_of >= fold.cut) & (cohort.as_of < fold.cut + 60)
    logits = moved.logit(model.fitted.margin(matrix[rows]))
    assert expit(logits).mean() == pytest.approx(cohort.label[rows].mean(), abs=1e-3)


def test_an_outcome_of_a_year_ahead_counts_when_it_is_known() -> None:
    days = np.arange(0, 2000, 50)
    ahead = cohort_of(days.tolist(), [0] * days.size, settled=(days + 454).tolist())
    rows = matured(ahead, since=1000, at=1200)
    np.testing.assert_array_equal(days[rows], [550, 600, 650, 700])
    assert not np.isin(days[rows] + 454, range(1000)).any()
    few = matured(ahead, since=1000, at=1200, follower=Follower(days=100))
    np.testing.assert_array_equal(days[few], [650, 700])


@pytest.mark.parametrize(("promised", "came"), [(0.02, 0.15), (0.01, 0.5), (0.6, 0.01)])
def test_many_rows_move_the_level_all_the_way(promised: float, came: float) -> None:
    label = (np.arange(100_000) % 100 < 100 * came).astype(float)
    moved = shift(np.full(label.size, logit(promised)), label, 0.2)
    assert expit(logit(promised) + moved) == pytest.approx(came, abs=0.01)


def test_regimes_by_drift() -> None:
    cohort, matrix = world(0.8)
    folds = windows(cohort)
    models = [fitted(cohort, matrix, fold) for fold in folds]
    scores = regimes(models, folds, cohort, matrix)
    assert tuple(scores.probability) == REGIMES
    assert scores.rows.tolist() == np.concatenate([fold.test for fold in folds[1:]]).tolist()
    rate = cohort.label[scores.rows].mean()
    off = {name: abs(logit(p.mean()) - logit(rate)) for name, p in scores.probability.items()}
    assert off["never"] > 0.5
    assert off["monthly"] < 0.25
    assert off["both"] < off["quarterly"] < off["never"]


def test_no_regime_looks_ahead() -> None:
    cohort, matrix = world(0.8)
    folds = windows(cohort)[:2]
    models = [fitted(cohort, matrix, fold) for fold in folds]
    scores = regimes(models, folds, cohort, matrix)
    days = cohort.as_of[scores.rows]
    month = time.day("2021-05-01")
    assert days.min() < month < days.max()
    flipped = cohort_of(
        cohort.as_of.tolist(),
        np.where(cohort.as_of >= month, 1 - cohort.label, cohort.label).astype(int).tolist(),
    )
    again = regimes(models, folds, flipped, matrix)
    for name in REGIMES:
        before = days < month + 31
        np.testing.assert_array_equal(
            scores.probability[name][before], again.probability[name][before]
        )
    assert (scores.probability["both"] != again.probability["both"]).any()
