"""Fitting lines: slopes follow the evidence, and never go against their direction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from xinheng.training import fit_lines

COLUMNS = ["A", "B", "C", "D"]


def world(seed: int, rows: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """A raises the risk, B lowers it, C and D apply to some only, who fail more."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, 4)) * [1, 10, 1, 1]
    gone = rng.random(rows) < 0.4
    values[gone, 2:] = np.nan
    risk = -1 + values[:, 0] - 0.1 * values[:, 1] + np.where(gone, 0, 1.0 + values[:, 2])
    return values, (rng.random(rows) < expit(risk)).astype(float)


def test_slopes_and_what_does_not_apply_are_found() -> None:
    values, label = world(1, 20_000)
    found = fit_lines(values, COLUMNS, label, np.ones(len(label)), {}, [0.1])[0.1]
    slopes = {line.column: line.slope for line in found.lines}
    for column, slope in zip(COLUMNS, (1, -0.1, 1, 0), strict=True):
        assert slopes[column] == pytest.approx(slope, abs=0.06)
    lines = {line.column: line for line in found.lines}
    jump = sum(lines[column].present - lines[column].absent for column in ("C", "D"))
    assert jump == pytest.approx(1.0, abs=0.15)
    assert lines["C"].present == lines["D"].present
    chance = expit(found.margins(values, COLUMNS))
    assert chance.mean() == pytest.approx(label.mean(), abs=1e-3)


def test_the_parts_of_the_rows_fitted_on_are_zero_on_average() -> None:
    values, label = world(2)
    found = fit_lines(values, COLUMNS, label, np.ones(len(label)), {"A": 1}, [10.0])[10.0]
    np.testing.assert_allclose(found.parts(values, COLUMNS).mean(0), 0, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.lists(st.sampled_from([-1, 0, 1]), min_size=4, max_size=4))
def test_no_slope_goes_against_its_direction(seed: int, signs: list[int]) -> None:
    values, label = world(seed, 300)
    directions = dict(zip(COLUMNS, signs, strict=True))
    for part in fit_lines(values, COLUMNS, label, np.ones(300), directions, [1, 100]).values():
        for line in part.lines:
            assert line.slope * directions[line.column] >= 0


def test_a_large_penalty_leaves_the_base_rate() -> None:
    values, label = world(4)
    found = fit_lines(values, COLUMNS, label, np.ones(len(label)), {}, [1e9])[1e9]
    margins = found.margins(values, COLUMNS)
    np.testing.assert_allclose(margins, logit(label.mean()), atol=1e-3)


def test_weights_count_and_penalties_do_not_disturb_each_other() -> None:
    values, label = world(5, 500)
    weight = 1.0 + (np.arange(500) % 3 == 0)
    twice = np.repeat(np.arange(500), weight.astype(int))
    for penalty in (1.0, 50.0):
        both = fit_lines(values, COLUMNS, label, weight, {"A": 1}, [1.0, 50.0])[penalty]
        alone = fit_lines(
            values[twice], COLUMNS, label[twice], np.ones(twice.size), {"A": 1}, [penalty]
        )[penalty]
        np.testing.assert_allclose(
            both.margins(values, COLUMNS), alone.margins(values, COLUMNS), atol=0.05
        )


def test_what_never_varies_gets_no_line() -> None:
    values, label = world(6, 300)
    values[:, 0] = 4.0
    values[:, 3] = np.nan
    found = fit_lines(values, COLUMNS, label, np.ones(300), {}, [1.0])[1.0]
    assert {line.column for line in found.lines} == {"B", "C"}


def test_of_very_many_rows_some_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    values, label = world(7, 6000)
    full = fit_lines(values, COLUMNS, label, np.ones(6000), {}, [30.0])[30.0]
    monkeypatch.setattr("xinheng.training.learners.lines.MOST", 3000)
    half = fit_lines(values, COLUMNS, label, np.ones(6000), {}, [30.0])[30.0]
    gap = full.margins(values, COLUMNS) - half.margins(values, COLUMNS)
    assert 0 < np.abs(gap).mean() < 0.2
