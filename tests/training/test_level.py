"""The level of the last year: what a model that was fitted on years begins with."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from xinheng.core import time
from xinheng.grading import Calibrator
from xinheng.training import Constant, Fold, Outcomes, fit_model, levelled, shift

from .world import cohort_of

START = time.day("2020-01-01")
PLAIN = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), offset=-1.0)


def years(*rates: float, rows: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Days and labels of years of so many rows, each with its rate spread evenly over it."""
    day = np.concatenate(
        [START + 365 * n + np.arange(rows) * 365 // rows for n in range(len(rates))]
    )
    steps = np.arange(1, rows + 1)
    found = [np.diff(np.floor(steps * rate), prepend=0.0) for rate in rates]
    return day.astype(np.int32), np.concatenate(found)


def outcomes(
    margins: np.ndarray, label: np.ndarray, weight: np.ndarray, day: np.ndarray
) -> Outcomes:
    """Outcomes of as many enterprises."""
    return Outcomes(margins, label, weight, day, np.arange(label.size, dtype=np.int32))


def test_the_last_year_alone_says_what_the_level_is() -> None:
    day, label = years(0.1, 0.1, 0.3)
    margins, even = np.zeros(label.size), np.ones(label.size)
    moved = levelled(PLAIN, outcomes(margins, label, even, day))
    rate = moved.probability(np.zeros(1)).item()
    assert rate == pytest.approx(0.3, abs=0.02)
    before = np.where(day < START + 730, 1 - label, label)
    again = levelled(PLAIN, outcomes(margins, before, even, day))
    assert again.offset == moved.offset


def test_few_rows_move_it_little() -> None:
    day, label = years(0.75, rows=8)
    moved = levelled(PLAIN, outcomes(np.zeros(8), label, np.ones(8), day))
    assert 0 < moved.offset - PLAIN.offset < 0.1


def test_a_row_counts_as_its_weight_says() -> None:
    logits, label = np.full(6, -1.0), np.array([1.0, 0, 0, 0, 1, 0])
    weight = np.array([1.0, 2, 3, 1, 2, 1])
    times = weight.astype(int)
    assert shift(logits, label, 0.5, weight) == pytest.approx(
        shift(np.repeat(logits, times), np.repeat(label, times), 0.5)
    )


@pytest.mark.parametrize("rates", [(0.1, 0.15, 0.2), (0.3, 0.25, 0.2)])
def test_a_model_begins_at_the_level_of_its_last_year(rates: tuple[float, ...]) -> None:
    day, label = years(*rates)
    cohort = cohort_of(day.tolist(), label.astype(int).tolist())
    matrix = pd.DataFrame({"A": np.zeros(label.size)})
    every = np.arange(label.size)
    cut = int(day.max()) + 1
    model = fit_model(Constant(), cohort, matrix, Fold("all", cut, every, every), {})
    promised = model.probability(matrix.iloc[:1]).item()
    assert logit(promised) == pytest.approx(logit(rates[-1]), abs=0.06)
    assert abs(promised - rates[-1]) < abs(label.mean() - rates[-1]) / 5


def test_calibrator_and_level_are_of_the_mix_that_the_weights_tell() -> None:
    """Of two populations the large one was drawn, 4,000 of 14,000, the small one kept whole."""
    sizes, rates, stand = (4000, 1200), (0.06, 0.2), (3.5, 1.0)
    parts = [years(rate, rows=rows) for rows, rate in zip(sizes, rates, strict=True)]
    day, label = (np.concatenate(column) for column in zip(*parts, strict=True))
    stands_for = np.repeat(stand, sizes)
    order = np.argsort(day, kind="stable")
    day, label, stands_for = day[order], label[order], stands_for[order]
    cohort = cohort_of(day.tolist(), label.astype(int).tolist())
    matrix = pd.DataFrame({"A": np.zeros(label.size)})
    every = np.arange(label.size)
    fold = Fold("all", int(day.max()) + 1, every, every)
    plain = fit_model(Constant(), cohort, matrix, fold, {})
    model = fit_model(Constant(), cohort, matrix, fold, {}, level_weight=stands_for)
    true = np.average(label, weights=stands_for)
    assert true == pytest.approx(0.071, abs=0.001)
    assert plain.probability(matrix[:1]).item() > 0.09
    assert model.probability(matrix[:1]).item() == pytest.approx(true, abs=0.003)
    np.testing.assert_array_equal(model.fitted.out_of_time, plain.fitted.out_of_time)
