"""Selection: the rows that were looked at are weighed so that they stand for all."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy.special import expit

from xinheng.core.errors import InvalidError
from xinheng.core.time import NEVER, show
from xinheng.training import (
    Candidates,
    Cohort,
    Correction,
    Outcome,
    OutcomeRule,
    PanelRule,
    Task,
    Weights,
    chances_of_a_check,
    weights_of,
)

from .test_folds import D0
from .world import cohort_of

ROWS, CUT = 20_000, D0 + 200


def world(seed: int = 1) -> tuple[Cohort, pd.DataFrame, np.ndarray]:
    """Half of the rows are suspected (`A`), and looked at four times as often as the others."""
    rng = np.random.default_rng(seed)
    suspected = (rng.random(ROWS) < 0.5).astype(float)
    chance = 0.1 + 0.3 * suspected
    looked = rng.random(ROWS) < chance
    matrix = pd.DataFrame({"A": suspected, "B": rng.normal(size=ROWS)})
    label = np.where(looked, rng.random(ROWS) < expit(suspected - 1), np.nan)
    as_of = (D0 + np.arange(ROWS) % 100).tolist()
    cohort = cohort_of(as_of, [0] * ROWS, enterprise=(np.arange(ROWS) // 4).tolist())
    available = np.where(looked, cohort.as_of + 10, NEVER).astype(np.int32)
    return replace(cohort, label=label, available=available), matrix, chance


def weighed(
    cohort: Cohort, matrix: pd.DataFrame, rows: np.ndarray, cut: int = CUT, most: float = 10
) -> Weights:
    """Weigh rows of a panel, whose rows are their own candidates."""
    given = matrix.iloc[rows], cohort.enterprise[rows], np.full(rows.size, "entity", object)
    everyone = Candidates.of_panel(cohort, matrix)
    return weights_of(everyone, *given, cut, Correction(most=most))


def test_the_chance_of_a_check_is_found() -> None:
    cohort, matrix, chance = world()
    looked, whose = cohort.available < NEVER, cohort.enterprise
    found = chances_of_a_check(matrix, looked, whose, matrix, whose)
    for value in (0.0, 1.0):
        inside = (matrix["A"] == value).to_numpy()
        assert found[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.02)
        assert found[inside].std() < 0.05


def test_weighed_rows_stand_for_all() -> None:
    cohort, matrix, _ = world()
    rows = np.flatnonzero(cohort.known(CUT))
    weight = weighed(cohort, matrix, rows).weight
    seen = matrix["A"].to_numpy()[rows]
    assert weight.mean() == pytest.approx(1)
    assert seen.mean() == pytest.approx(0.8, abs=0.02)
    assert np.average(seen, weights=weight) == pytest.approx(matrix["A"].mean(), abs=0.02)
    risk = expit(matrix["A"] - 1).mean()
    label = cohort.label[rows]
    assert label.mean() > risk + 0.03
    assert np.average(label, weights=weight) == pytest.approx(risk, abs=0.02)


def test_each_population_keeps_the_weight_of_its_rows() -> None:
    cohort, matrix, _ = world()
    rows = np.flatnonzero(cohort.known(CUT))
    population = np.where(rows % 3, "entity", "operator").astype(object)
    given = matrix.iloc[rows], cohort.enterprise[rows], population, CUT, Correction(most=100)
    weight = weights_of(Candidates.of_panel(cohort, matrix), *given).weight
    for name in ("entity", "operator"):
        assert weight[population == name].mean() == pytest.approx(1)
    # Where a population is all that is looked at more often, nothing is weighed.
    suspected = np.where(matrix["A"].to_numpy()[rows] > 0, "operator", "entity").astype(object)
    given = matrix.iloc[rows], cohort.enterprise[rows], suspected, CUT, Correction()
    assert weights_of(Candidates.of_panel(cohort, matrix), *given).effective > 0.98


def test_no_weight_goes_too_far() -> None:
    cohort, matrix, _ = world()
    rows = np.flatnonzero(cohort.known(CUT))
    found = weighed(cohort, matrix, rows, most=1.5)
    assert found.weight.max() / found.weight.min() <= 1.5**2 + 1e-9
    assert 0 < found.bounded < rows.size
    assert weighed(cohort, matrix, rows, most=100).bounded == 0


def test_few_rows_that_stand_for_many_count_as_fewer() -> None:
    cohort, matrix, _ = world()
    found = weighed(cohort, matrix, np.flatnonzero(cohort.known(CUT)))
    # A fifth of the rows, looked at one time in ten, stand for half of all.
    share = np.array([0.2, 0.8])
    weight = np.array([0.5, 0.5]) / share
    assert found.effective == pytest.approx(1 / (share @ weight**2), abs=0.03)
    assert Weights(np.ones(3), np.ones(3)).effective == 1


def test_later_rows_and_later_knowledge_change_no_weight() -> None:
    cohort, matrix, _ = world()
    cut = D0 + 60
    rows = np.flatnonzero(cohort.known(cut))
    later = (cohort.as_of >= cut) | ((cohort.available >= cut) & (cohort.available < NEVER))
    other = replace(
        cohort, available=np.where(later, cohort.available + 1000, cohort.available).clip(max=NEVER)
    )
    changed = matrix.copy()
    changed.loc[cohort.as_of >= cut, "A"] = 9.0
    np.testing.assert_array_equal(
        weighed(cohort, matrix, rows, cut).weight,
        weighed(other, changed, rows, cut).weight,
    )


def test_where_everybody_was_looked_at_all_count_alike() -> None:
    cohort, matrix, _ = world()
    whole = replace(cohort, available=cohort.as_of + np.int32(1))
    rows = np.flatnonzero(whole.known(CUT))
    np.testing.assert_array_equal(weighed(whole, matrix, rows).weight, 1.0)


def test_a_row_that_is_read_anew_later_was_looked_at_all_the_same() -> None:
    cohort, matrix, _ = world()
    looked = replace(cohort, available=cohort.as_of + np.int32(1))
    later = np.flatnonzero((matrix["A"] == 1) & (cohort.enterprise % 2 == 0))
    both = np.concatenate([later, np.arange(ROWS)])
    anew = np.arange(both.size) < later.size
    read = looked.take(both)
    read = replace(read, available=np.where(anew, CUT + 10, read.available).astype(np.int32))
    everyone = Candidates.of_panel(read, matrix.iloc[both])
    assert everyone.enterprise.size == ROWS
    assert (everyone.seen < CUT).all()
    rows = np.flatnonzero(read.known(CUT))
    np.testing.assert_array_equal(weighed(read, matrix.iloc[both], rows).weight, 1.0)


def test_a_correction_before_anybody_could_have_been_looked_at_says_from_when_on() -> None:
    cohort, matrix, _ = world()
    rows, cut = np.arange(10), D0 - 1
    first = show(int(cohort.settled.min()))
    with pytest.raises(InvalidError, match=f"before {show(cut)}.* first on {first}.*correction"):
        weighed(cohort, matrix, rows, cut)
    nobody = cohort.take(np.arange(0))
    with pytest.raises(InvalidError, match=f"before {show(cut)}"):
        weighed(nobody, matrix.iloc[:0], np.arange(0), cut)


def test_a_correction_needs_a_label_that_names_the_checks() -> None:
    label = OutcomeRule(outcomes=(Outcome(streams=("incident",)),))
    with pytest.raises(ValidationError, match="name the label's checks"):
        Task(cohort=PanelRule(first=date(2021, 1, 1)), label=label, correction=Correction())
