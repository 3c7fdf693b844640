"""Weighing: what thinning drew stands for what it left out, in the level of probabilities."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.features import standard_catalogue
from xinheng.training import (
    Experiment,
    Fold,
    Inputs,
    Task,
    Weights,
    level_weights,
    read_inputs,
    run_experiment,
    selection_weights,
)

from .test_page import TASK
from .world import FEW, archive_of, city

THIRD = 3


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """Return a city whose worse shops are a small population of their own."""
    archive = archive_of(city(), tmp_path_factory.mktemp("world"))
    inputs = read_inputs(archive, TASK, standard_catalogue().select(use="grade"))
    cohort = inputs.cohort
    rate = pd.Series(cohort.label).groupby(cohort.enterprise).transform("mean").to_numpy()
    worse = np.where(rate > np.quantile(rate, 0.8), "producer", "entity")
    return replace(inputs, population=worse.astype(object))


def drawn(whole: Inputs) -> Inputs:
    """Keep a third of the large population on each date before the test, evenly by outcome."""
    cohort, fold = whole.cohort, whole.test
    rows = pd.DataFrame({"day": cohort.as_of, "label": cohort.label, "who": whole.population})
    place = rows.sort_values("label").groupby(["day", "who"]).cumcount().sort_index().to_numpy()
    thinned = (whole.population == "entity") & (cohort.as_of < fold.cut)
    kept = ~thinned | (place % THIRD == 0)
    position = np.cumsum(kept) - 1
    train, test = (position[some[kept[some]]] for some in (fold.train, fold.test))
    return replace(
        whole,
        cohort=cohort.take(kept),
        population=whole.population[kept],
        matrix=whole.matrix[kept],
        scores=whole.scores[kept],
        stands_for=np.where(thinned, float(THIRD), 1.0)[kept],
        test=Fold(fold.name, fold.cut, train, test),
    )


def promised(inputs: Inputs, folder: Path) -> float:
    update = {"learners": ("constant", "lightgbm"), "bootstrap": FEW}
    task: Task = TASK.model_copy(update=update)
    found: Experiment = run_experiment(inputs, task, folder, progress=lambda *_: None)
    return float(found.everyone.probability["constant"][0])


def test_the_base_rate_is_that_of_the_city_however_it_was_thinned(
    whole: Inputs, tmp_path: Path
) -> None:
    some = drawn(whole)
    base = whole.cohort.label[whole.test.train].mean()
    assert some.cohort.label[some.test.train].mean() > base + 0.05
    assert promised(some, tmp_path) == pytest.approx(promised(whole, tmp_path), abs=0.01)


def test_a_row_counts_for_those_it_stands_for_and_for_who_was_looked_at(whole: Inputs) -> None:
    inputs = replace(whole, stands_for=np.arange(1.0, len(whole.cohort) + 1))
    rows = np.array([0, 2])
    np.testing.assert_allclose(level_weights(inputs, rows, None), [0.5, 1.5])
    looked = Weights(np.array([1.5, 0.5]), np.array([0.2, 0.6]))
    np.testing.assert_allclose(level_weights(inputs, rows, looked), [1.0, 1.0])
    assert selection_weights(inputs, None, rows, inputs.test.cut) is None
