"""What the benchmark of selective labels measures, by hand."""

import numpy as np
import pytest

from benchmarks.selective import CORRECTED, UNCORRECTED, Judged, agreed, figures_of, table

ROWS = 400


def made(short: float, *, found: bool = False) -> Judged:
    """Return rows of chance 0.2 and 0.4, of which one model is right and one says too little."""
    chance = np.where(np.arange(ROWS) % 2, 0.4, 0.2)
    said = {UNCORRECTED: chance - short, CORRECTED: chance}
    population = np.where(np.arange(ROWS) < ROWS // 2, "entity", "operator").astype(object)
    outcome = (np.arange(ROWS) // 2 % 10 < 10 * chance).astype(float)
    return Judged(np.arange(ROWS, dtype=np.int32), population, outcome if found else chance, said)


def test_measures_under_the_truth_are_those_to_be_expected() -> None:
    measured = made(0.1).measured(UNCORRECTED)
    assert measured["predicted"].value == pytest.approx(0.2)
    assert measured["true"].value == pytest.approx(0.3)
    assert measured["calibration"].value == pytest.approx(0.1)
    # Of a pair the second is right with chance .4 × .8, the first with .2 × .6, and ties are half.
    bad, good = np.array([0.4, 0.2]), np.array([0.6, 0.8])
    pairs = bad[0] * good[1] + (bad * good).sum() / 2
    assert measured["auc"].value == pytest.approx(pairs / (bad.sum() * good.sum()))
    expected = [
        p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)) for p, q in ((0.4, 0.3), (0.2, 0.1))
    ]
    assert measured["beyond"].value == pytest.approx(np.mean(expected))
    assert made(0.1).measured(CORRECTED)["beyond"].value == pytest.approx(0)


def test_what_was_found_agrees_with_the_truth_or_not() -> None:
    assert agreed(made(0.1), made(0.1, found=True))
    wrong = made(0.1, found=True)
    nothing = Judged(wrong.enterprise, wrong.population, np.zeros(ROWS), wrong.said)
    assert not agreed(made(0.1), nothing)


def test_a_corrected_model_that_is_no_nearer_is_named() -> None:
    figures, missed = figures_of("x", made(0.1))
    assert missed == []
    assert figures["x_entity_true"] == pytest.approx(0.3)
    worse = made(0.1)
    swapped = dict(zip(worse.said, reversed(worse.said.values()), strict=True))
    _, missed = figures_of("x", Judged(worse.enterprise, worse.population, worse.chance, swapped))
    assert len(missed) == 2 * 3  # mean and log loss; all, entity, operator; producers are too few


def test_the_table_has_a_row_for_each_model_and_population() -> None:
    some = made(0.1)
    lines = table("x", some, "| head |")
    assert len(lines) == 2 + 2 * 3
    assert lines[2].startswith("| x, all | 400 | confirmed | 0.200 (")
