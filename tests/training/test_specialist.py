"""The specialist: added where a small population differs, and only where that is sure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.core.errors import NotGradableError
from xinheng.features import standard_catalogue
from xinheng.grading import Blend
from xinheng.training import (
    Boosted,
    Boosting,
    Cohort,
    Constant,
    Fold,
    Model,
    Specialism,
    Specialty,
    Window,
    fit_model,
    fold,
    log_loss,
)

from .test_folds import D0, at
from .world import cohort_of

ROWS = 6000
GENERAL = Boosted(Boosting(rounds=(100, 200, 400), depths=(1,), linear=(0.0,), least_rows=30))
SPECIALTY = Specialty(Specialism(), "own")


def world(difference: float, seed: int = 1) -> tuple[Cohort, pd.DataFrame, Fold]:
    """One in ten is a producer, to whom alone `own` applies; it matters by `difference`."""
    rng = np.random.default_rng(seed)
    producer = rng.random(ROWS) < 0.1
    matrix = pd.DataFrame(
        {
            "up": rng.normal(size=ROWS),
            "own": np.where(producer, rng.normal(size=ROWS), np.nan),
        }
    )
    risk = matrix["up"] - 1.5 + np.where(producer, difference * matrix["own"], 0.0)
    label = (rng.random(ROWS) < expit(risk)).astype(int)
    days = (D0 + np.arange(ROWS) // 50).tolist()
    owners = rng.permutation(ROWS) % 2000
    cohort = cohort_of(days, label.tolist(), enterprise=owners.tolist())
    split = fold(cohort, Window(first=at(0), last=at(89)), Window(first=at(90), last=at(119)))
    return cohort, matrix, split


def fitted(world: tuple[Cohort, pd.DataFrame, Fold], specialty: Specialty | None) -> Model:
    cohort, matrix, split = world
    return fit_model(GENERAL, cohort, matrix, split, {"own": 1}, specialty=specialty)


def test_a_population_that_differs_gets_a_specialist() -> None:
    # The general booster may not look at `own`: with so few, its leaves are too small.
    cohort, matrix, split = world(1.2)
    blind = Boosted(GENERAL.settings.model_copy(update={"least_rows": 700, "least_share": 0.5}))
    general = fit_model(blind, cohort, matrix, split, {"own": 1})
    model = fit_model(blind, cohort, matrix, split, {"own": 1}, specialty=SPECIALTY)
    blend = model.fitted.blend
    assert blend is not None
    assert blend.specialist is not None
    assert blend.specialist.population == "producer"
    assert model.fitted.chosen["producer_rounds"] in Specialism().rounds
    own = split.test[matrix["own"].notna().to_numpy()[split.test]]
    label = cohort.label[own]
    before, after = (
        float(log_loss(label, each.probability(matrix.iloc[own]))) for each in (general, model)
    )
    assert after < before - 0.02
    others = split.test[matrix["own"].isna().to_numpy()[split.test]]
    np.testing.assert_array_equal(
        general.fitted.margin(matrix.iloc[others]), model.fitted.margin(matrix.iloc[others])
    )


def test_the_specialist_keeps_to_directions() -> None:
    blend = fitted(world(1.2), SPECIALTY).fitted.blend
    assert blend is not None
    along = np.column_stack([np.zeros(50), np.linspace(-3, 3, 50)])
    assert (np.diff(blend.margins(along)) >= 0).all()


def test_where_nothing_differs_there_is_none() -> None:
    model, general = (fitted(world(0.0), each) for each in (SPECIALTY, None))
    assert model.fitted.blend is not None
    assert model.fitted.blend.specialist is None
    assert model.fitted.chosen == general.fitted.chosen


def test_only_rows_with_a_margin_out_of_time_are_learned_from() -> None:
    cohort, matrix, split = world(1.2)
    first = np.flatnonzero(cohort.as_of < D0 + 30)  # before the first block
    flipped = replace(cohort, label=cohort.label.copy())
    producers = matrix["own"].notna().to_numpy()
    flipped.label[first[producers[first]]] = 0.0
    texts = []
    for each in (cohort, flipped):
        model = fit_model(_fixed, each, matrix, split, {}, specialty=SPECIALTY)
        assert model.fitted.blend is not None
        texts.append(model.fitted.blend.to_texts()["specialist.txt"])
    assert texts[0] == texts[1] != ""


def _fixed(sample):
    """A general model that is the same whatever was learned from, and knows nothing."""
    base = GENERAL(sample)
    start = np.where(np.isnan(base.out_of_time), np.nan, -1.5)
    return replace(base, out_of_time=start, blend=Blend(base.blend.booster))


def test_a_specialist_needs_a_booster() -> None:
    cohort, matrix, split = world(0.0)
    with pytest.raises(NotGradableError, match="starts from a booster"):
        fit_model(Constant(), cohort, matrix, split, {}, specialty=SPECIALTY)


def test_a_catalogue_without_own_indicators_has_no_specialty() -> None:
    catalogue = standard_catalogue()
    assert Specialty.of(Specialism(), catalogue) is not None
    shared = catalogue.select(
        ids=[each.id for each in catalogue if each.populations == ("entity",)]
    )
    assert Specialty.of(Specialism(), shared) is None
