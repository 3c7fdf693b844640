"""Glass boxes on made-up data: score card and explainable boosting machine."""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from xinheng.core.errors import NotFoundError
from xinheng.training import (
    Additive,
    Constant,
    Explainable,
    Fitted,
    Learner,
    OptimalBins,
    auc,
    log_loss,
)
from xinheng.training.learners.bins import PARTS, TRENDS
from xinheng.training.learners.explainable import _additive
from xinheng.training.learners.lines import minimum

from .test_learners import made, sample_of, split

CARD = OptimalBins(penalties=(3.0, 30.0))
QUICK = Explainable(rounds=(25, 100), least_rows=20)
GLASS = pytest.mark.parametrize("learner", [CARD, QUICK], ids=lambda each: type(each).__name__)
DIRECTIONS = {"up": 1, "down": -1}


@cache
def fit(learner: Learner) -> tuple[Fitted, Additive]:
    cohort, matrix = made()
    fitted = learner(sample_of(cohort, matrix, split(cohort).train))
    assert fitted.additive is not None
    return fitted, fitted.additive


def around(edges: np.ndarray) -> np.ndarray:
    """Return each edge, what lies just below and just above it, and NaN."""
    near = [np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf)]
    return np.concatenate([*near, [-99.0, 99.0, np.nan]])


@GLASS
def test_glass_boxes_order_later_rows(learner: Learner) -> None:
    cohort, matrix = made()
    parts = split(cohort)
    label, tested = cohort.label[parts.test], matrix.iloc[parts.test]
    margin = fit(learner)[0].margin(tested)
    constant = Constant()(sample_of(cohort, matrix, parts.train)).margin(tested)
    assert auc(label, margin) >= 0.75
    assert log_loss(label, expit(margin)) < log_loss(label, expit(constant)) - 0.1


@GLASS
def test_the_parts_of_a_glass_box_sum_to_its_margin(learner: Learner) -> None:
    fitted, model = fit(learner)
    _, matrix = made(seed=2)
    edges = around(model.steps["part"].edges)
    matrix = pd.concat([matrix, matrix.iloc[[0] * edges.size].assign(part=edges)])
    parts = model.parts(matrix)
    assert set(parts) <= set(matrix.columns) - {"same"}
    assert parts["part"].nunique() > 2
    np.testing.assert_allclose(fitted.margin(matrix), model.intercept + parts.sum(axis=1))


@GLASS
def test_a_glass_box_keeps_to_directions(learner: Learner) -> None:
    fitted, model = fit(learner)
    _, matrix = made()
    grid = pd.concat([matrix.iloc[[3]] * 1.0] * 400, ignore_index=True)
    for column, sign in DIRECTIONS.items():
        assert (sign * np.diff(model.steps[column].heights) >= 0).all()
        along = fitted.margin(grid.assign(**{column: np.linspace(-4, 4, 400)}))
        assert (sign * np.diff(along) >= 0).all()
        assert sign * (along[-1] - along[0]) > 1


@GLASS
def test_what_does_not_apply_has_a_height_of_its_own(learner: Learner) -> None:
    _, model = fit(learner)
    part = model.steps["part"]
    assert part.absent > part.heights.max() + 0.3  # by 1.5 in truth
    assert model.steps["up"].absent == 0  # never seen, so it says nothing


@GLASS
def test_the_same_sample_gives_the_same_margins(learner: Learner) -> None:
    _, matrix = made(seed=2)
    first, second = fit(learner)[0], fit.__wrapped__(learner)[0]
    np.testing.assert_array_equal(first.margin(matrix), second.margin(matrix))
    np.testing.assert_array_equal(first.out_of_time, second.out_of_time)


@GLASS
def test_a_glass_box_listens_to_weights(learner: Learner) -> None:
    cohort, matrix = made()
    sample = sample_of(cohort, matrix, split(cohort).train)
    weight = np.where(sample.label > 0, 3.0, 1.0)
    margin = learner(replace(sample, weight=weight / weight.mean())).margin(matrix)
    moved = margin - fit(learner)[0].margin(matrix)
    assert moved.mean() == pytest.approx(np.log(3), abs=0.35)


@pytest.mark.parametrize(("learner", "library"), [(CARD, "optbinning"), (QUICK, "interpret")])
def test_without_its_library_a_glass_box_says_what_to_install(
    learner: Learner, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        NotFoundError, match=rf"needs {library}.*: pip install 'xinheng\[comparison\]'"
    ):
        fit.__wrapped__(learner)


# --------------------------------------------------------------- score card

# value: rows, violations; half of them without a value
TABLE = {0.0: (40, 10), 1.0: (60, 30), np.nan: (100, 40)}


def rows_of(table: dict[float, tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    values = np.concatenate([np.full(rows, value) for value, (rows, _) in table.items()])
    label = [np.arange(rows) < violations for rows, violations in table.values()]
    return values, np.concatenate(label).astype(np.float64)


@pytest.mark.parametrize(
    ("prior", "rates"),
    [
        (0.0, [0.25, 0.5, 0.4]),
        # The base rate is 0.4. Both bins of values are drawn by 10 of 40 + 10 rows, what does
        # not apply has it already.
        (10.0, [0.4 - 0.15 * 0.8, 0.4 + 0.1 * 0.8, 0.4]),
        (40.0, [0.4 - 0.15 * 0.5, 0.4 + 0.1 * 0.5, 0.4]),
    ],
)
def test_weight_of_evidence_of_a_table_worked_by_hand(prior: float, rates: list[float]) -> None:
    evidence = OptimalBins(prior=prior)._evidence(*rows_of(TABLE), np.ones(200), 1)
    assert evidence.edges.tolist() == [0.5]
    found = [*evidence.heights.tolist(), evidence.absent]
    np.testing.assert_allclose(found, logit(rates) - logit(0.4), atol=1e-12)


@pytest.mark.parametrize(
    ("table", "direction", "bins"),
    [
        ({0.0: (50, 10), 1.0: (50, 25)}, -1, 1),  # against the direction: told apart no more
        ({0.0: (50, 10), 1.0: (50, 25)}, 0, 2),
        ({0.0: (50, 10), 1.0: (50, 50)}, 1, 1),  # a bin of violations only is not made
        ({0.0: (40, 40), np.nan: (60, 20)}, 1, 1),  # nor looked for where there is one value
    ],
)
def test_how_many_bins_a_column_gets(
    table: dict[float, tuple[int, int]], direction: int, bins: int
) -> None:
    evidence = OptimalBins()._evidence(*rows_of(table), np.ones(100), direction)
    assert evidence.heights.size == bins
    assert np.isfinite([*evidence.heights, evidence.absent]).all()


COLUMN = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**32 - 1),
        "size": st.integers(40, 400),
        "distinct": st.integers(1, 60),
        "direction": st.sampled_from([1, -1, 0]),
        "heaviest": st.sampled_from([1.0, 1.5, 8.0]),
    }
)


def check_bins(seed: int, size: int, distinct: int, direction: int, heaviest: float) -> None:
    """Compare bins with what optbinning says of them, and see that they keep to a direction."""
    from optbinning import OptimalBinning

    rng = np.random.default_rng(seed)
    values = rng.integers(0, distinct + 1, size) / 4
    label = (rng.random(size) < expit(values * rng.normal() - 1)).astype(np.float64)
    values[rng.random(size) < 0.2] = np.nan
    label[:2] = 0, 1
    weight = rng.uniform(1, heaviest, size).round(3)
    evidence = OptimalBins()._evidence(values, label, weight, direction)
    steps = np.diff(evidence.heights)
    assert (steps * (direction or np.sign(steps.sum())) >= 0).all()
    if evidence.edges.size:
        peer = OptimalBinning(monotonic_trend=TRENDS[direction], min_event_rate_diff=0.001)
        peer.fit(values, label.astype(int), sample_weight=weight * PARTS)
        tried = around(evidence.edges)
        theirs = peer.transform(tried, metric="indices", metric_missing="empirical")
        heights = np.array([*evidence.heights, np.nan, evidence.absent])  # one is for special codes
        np.testing.assert_array_equal(evidence(tried), heights[theirs])


@settings(max_examples=15)
@given(COLUMN)
def test_a_value_falls_into_the_bin_that_optbinning_documents(column: dict[str, int]) -> None:
    check_bins(**column)


@pytest.mark.slow
@settings(max_examples=500)
@given(COLUMN)
def test_values_of_many_columns_fall_into_the_bins_documented(column: dict[str, int]) -> None:
    check_bins(**column)


def test_a_weight_of_two_is_the_row_twice_in_a_bin() -> None:
    cohort, matrix = made(400)
    weight = 1 + np.arange(400) % 2
    values, label, twice = matrix["up"].to_numpy(), cohort.label, np.repeat(np.arange(400), weight)
    one = OptimalBins()._evidence(values, label, weight * 1.0, 1)
    other = OptimalBins()._evidence(values[twice], label[twice], np.ones(twice.size), 1)
    np.testing.assert_array_equal(one.edges, other.edges)
    np.testing.assert_allclose(one.heights, other.heights)


@pytest.mark.parametrize("penalty", [1.0, 30.0])
def test_factors_are_those_of_a_ridge_regression_that_are_not_negative(penalty: float) -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(5)
    columns = rng.normal(size=(800, 3))
    label = (rng.random(800) < expit(columns @ [0.8, 0.4, -0.9] - 1)).astype(np.float64)
    weight = rng.uniform(0.5, 1.5, 800)
    bounds = [(None, None), *[(0.0, None)] * 3]
    found = minimum(columns, label, weight, penalty, bounds, np.zeros(4))
    peer = LogisticRegression(C=1 / penalty, tol=1e-10).fit(columns[:, :2], label, weight)
    np.testing.assert_allclose(found, [*peer.intercept_, *peer.coef_[0], 0.0], atol=1e-3)


# --------------------------------------------- explainable boosting machine


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plain_numbers_say_the_same_as_the_machine(seed: int) -> None:
    cohort, matrix = made(400, seed)
    inputs = matrix[["up", "down", "part"]].round(1)
    machine = QUICK._machine(400, 30, [1, -1, 0])
    with pytest.warns(UserWarning, match="Missing values detected"):
        machine.fit(inputs.to_numpy(), cohort.label.astype(int))
    model = _additive(machine, list(inputs))
    tried = pd.DataFrame({name: around(steps.edges)[-40:] for name, steps in model.steps.items()})
    tried["up"] = tried["up"].to_numpy()[::-1]
    both = pd.concat([inputs, tried])
    np.testing.assert_allclose(
        model.margin(both), machine.decision_function(both.to_numpy()), atol=1e-12
    )
