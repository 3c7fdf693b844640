"""Calibration: strictly increasing, smooth, invertible, honest where data are few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from xinheng.core.errors import InvalidError
from xinheng.grading import Calibrator, fit_calibrator
from xinheng.grading.calibration import AGAINST_BENDING, SLOPE_MIN, TOWARDS_ONE
from xinheng.grading.calibrator import integral

STRAIGHT = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), -1.0)


@st.composite
def calibrators(draw: st.DrawFn) -> Calibrator:
    size = draw(st.integers(2, 8))
    widths = draw(st.lists(st.floats(0.01, 2), min_size=size - 1, max_size=size - 1))
    slopes = draw(st.lists(st.floats(SLOPE_MIN, 5), min_size=size, max_size=size))
    knots = draw(st.floats(-4, 0)) + np.concatenate([[0], np.cumsum(widths)])
    return Calibrator(knots, np.array(slopes), draw(st.floats(-5, 3)))


def true_logit(margin: np.ndarray) -> np.ndarray:
    return -1.7 + 1.5 * (margin + 1.7) + 0.3 * (margin + 1.7) ** 2


def sample(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    margins = rng.normal(-1.7, 0.6, rows)
    return margins, rng.random(rows) < expit(true_logit(margins))


@pytest.mark.parametrize(
    ("margin", "height"),
    [
        (-3.0, -2.0),  # left of the knots: a line of slope 1
        (-1.0, 0.0),
        (0.0, 1.25),  # half way up from slope 1 to slope 2: 1 + 0.5 * 0.5 * 1
        (1.0, 3.0),
        (3.0, 7.0),  # right of the knots: a line of slope 2
    ],
)
def test_the_logit_is_the_integral_of_the_slopes(margin: float, height: float) -> None:
    calibrator = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 2.0]), 0.0)
    assert calibrator.logit(margin) == pytest.approx(height)
    assert calibrator.margin_at(height) == pytest.approx(margin)


def test_slopes_of_many_are_integrated_as_each_alone() -> None:
    rng = np.random.default_rng(5)
    knots, margins = np.array([-1.0, 0.5, 2.0]), np.linspace(-4, 4, 33)
    slopes, offsets = rng.uniform(0.1, 2, (7, 3)), rng.normal(size=7)
    alone = [integral(knots, *each, margins) for each in zip(slopes, offsets, strict=True)]
    np.testing.assert_array_equal(integral(knots, slopes, offsets, margins), alone)


@given(calibrators(), st.lists(st.floats(-10, 10), min_size=2, max_size=20))
def test_it_is_strictly_increasing(calibrator: Calibrator, margins: list[float]) -> None:
    apart = np.unique(np.round(margins, 9))
    assert np.all(np.diff(calibrator.logit(apart)) > 0)


@given(calibrators(), st.lists(st.floats(-10, 10), min_size=1, max_size=20))
def test_the_inverse_is_exact(calibrator: Calibrator, margins: list[float]) -> None:
    there_and_back = calibrator.margin_at(calibrator.logit(margins))
    np.testing.assert_allclose(there_and_back, margins, rtol=0, atol=1e-9)


@given(calibrators(), st.floats(1e-4, 1 - 1e-4))
def test_a_cut_point_maps_back_to_its_probability(calibrator: Calibrator, chance: float) -> None:
    back = calibrator.probability(calibrator.margin(chance))
    assert back == pytest.approx(chance, abs=1e-9)


@given(calibrators())
def test_the_slope_has_no_jump(calibrator: Calibrator) -> None:
    step = 1e-6
    left = calibrator.logit(calibrator.knots) - calibrator.logit(calibrator.knots - step)
    right = calibrator.logit(calibrator.knots + step) - calibrator.logit(calibrator.knots)
    np.testing.assert_allclose(left / step, right / step, atol=2e-3)
    np.testing.assert_allclose(right / step, calibrator.slopes, atol=2e-3)


def test_json_gives_the_same_calibrator() -> None:
    fitted = fit_calibrator(*sample(300), replicates=5)
    again = Calibrator.from_json(fitted.to_json())
    margins = np.linspace(-5, 3, 50)
    np.testing.assert_array_equal(again.probability(margins), fitted.probability(margins))
    np.testing.assert_array_equal(again.interval(margins), fitted.interval(margins))


def test_a_fit_finds_a_bent_truth() -> None:
    calibrator = fit_calibrator(*sample(60_000), replicates=0)
    margins = np.linspace(-2.9, -0.5, 20)
    np.testing.assert_allclose(
        calibrator.probability(margins), expit(true_logit(margins)), atol=0.02
    )


def test_a_fit_on_bins_is_the_fit_on_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    margins, outcomes = sample(12_000)
    binned = fit_calibrator(margins, outcomes, replicates=0)
    monkeypatch.setattr("xinheng.grading.calibration.BINS", 12_000)
    whole = fit_calibrator(margins, outcomes, replicates=0)
    assert (binned.slopes != whole.slopes).any()
    np.testing.assert_allclose(binned.probability(margins), whole.probability(margins), atol=5e-4)


def test_it_is_the_maximum_of_the_penalised_likelihood() -> None:
    margins, outcomes = sample(400)
    fitted = fit_calibrator(margins, outcomes, replicates=0)
    weights = np.ones(400)
    order = np.argsort(margins)
    middle = margins[order][200]

    def loss(slopes: np.ndarray, level: float) -> float:
        shape = Calibrator(fitted.knots, slopes, 0.0)
        height = shape.logit(margins) - shape.logit(middle) + level
        fit = weights @ (np.logaddexp(0, height) - outcomes * height)
        bends = np.diff(slopes, n=2)
        penalty = TOWARDS_ONE * ((slopes - 1) ** 2).sum() + AGAINST_BENDING * (bends**2).sum()
        return float(fit + penalty / 2 + np.logaddexp(0, level) - level / 2)

    level = float(fitted.logit(middle))
    best = loss(fitted.slopes, level)
    rng = np.random.default_rng(0)
    for _ in range(50):
        nearby = fitted.slopes + rng.normal(0, 1e-3, fitted.slopes.size)
        assert loss(nearby, level + rng.normal(0, 1e-3)) > best


def test_a_slope_that_data_would_turn_round_stops_at_its_bound() -> None:
    margins = np.linspace(-2, 2, 5000)
    falling = np.random.default_rng(0).random(5000) < expit(-margins)
    calibrator = fit_calibrator(margins, falling, replicates=3)
    assert calibrator.slopes == pytest.approx(np.full(8, SLOPE_MIN))
    assert calibrator.replicate_slopes.min() >= SLOPE_MIN


def test_the_same_arguments_give_the_same_calibrator() -> None:
    margins, outcomes = sample(500)
    groups = np.arange(500) // 5
    first, second, other = (
        fit_calibrator(margins, outcomes, replicates=10, seed=seed, groups=groups)
        for seed in (7, 7, 8)
    )
    assert first.to_json() == second.to_json()
    assert first.to_json() != other.to_json()


def test_the_order_of_rows_does_not_matter() -> None:
    margins, outcomes = sample(500)
    turned = fit_calibrator(margins[::-1], outcomes[::-1], replicates=0)
    straight = fit_calibrator(margins, outcomes, replicates=0)
    np.testing.assert_allclose(turned.slopes, straight.slopes, atol=1e-5)


def test_weights_count_as_repeated_rows() -> None:
    margins, outcomes = sample(6000)
    weights = np.arange(6000) % 3 + 1
    weighted = fit_calibrator(margins, outcomes, weights / weights.mean(), replicates=0)
    repeated = fit_calibrator(
        np.repeat(margins, weights),
        np.repeat(outcomes, weights),
        np.full(weights.sum(), 1.0),
        replicates=0,
    )
    np.testing.assert_allclose(
        weighted.probability(margins), repeated.probability(margins), atol=0.01
    )


def test_intervals_cover_the_truth_and_narrow_with_data() -> None:
    grid = np.linspace(-2.7, -0.7, 9)
    hits, widths = [], []
    for seed in range(16):
        lower, upper = fit_calibrator(*sample(3_000, seed), replicates=60).interval(grid)
        truth = expit(true_logit(grid))
        hits.append(((lower <= truth) & (truth <= upper)).mean())
        widths.append((upper - lower).mean())
    assert np.mean(hits) >= 0.85
    lower, upper = fit_calibrator(*sample(30_000), replicates=60).interval(grid)
    assert (upper - lower).mean() < 0.5 * np.mean(widths)


def test_intervals_hold_the_probability_and_rise_with_the_margin() -> None:
    calibrator = fit_calibrator(*sample(800), replicates=30)
    margins = np.linspace(-60, 60, 2001)
    lower, upper = calibrator.interval(margins)
    probability = calibrator.probability(margins)
    assert np.all((lower <= probability) & (probability <= upper))
    assert np.all(np.diff(lower) >= 0)
    assert np.all(np.diff(upper) >= 0)


def test_enterprises_drawn_together_widen_the_interval() -> None:
    margins, outcomes = sample(300)
    repeated = np.repeat(margins, 10), np.repeat(outcomes, 10)
    alone = fit_calibrator(*repeated, replicates=80).interval([-1.7])
    together = fit_calibrator(
        *repeated, replicates=80, groups=np.repeat(np.arange(300), 10)
    ).interval([-1.7])
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_a_level_is_as_likely_to_wander_up_as_down() -> None:
    """Whatever the steps of so few replicates, and however they meet what the sample says."""
    calibrator = Calibrator(
        np.array([-1.0, 1.0]),
        np.ones(2),
        -1.0,
        replicate_slopes=np.ones((20, 2)),
        replicate_offsets=-1 + np.linspace(-0.3, 0.3, 20),
        drift=np.linspace(0.0, 0.9, 20),
        since=1000,
    )
    lower, upper = logit(calibrator.interval(0.0, at=1730))
    assert upper == pytest.approx(-lower, rel=0.05)
    assert logit(calibrator.interval(0.0, at=1000)) == pytest.approx(
        np.quantile([-0.3, 0.3], [0.025, 0.975])
    )


def test_few_rows_stay_near_the_booster() -> None:
    margins = np.linspace(-2, 2, 12)
    calibrator = fit_calibrator(margins, margins > 0, replicates=20)
    assert np.all((calibrator.slopes > 0.5) & (calibrator.slopes < 3))


def test_equal_margins_give_the_rate() -> None:
    calibrator = fit_calibrator(np.full(1000, -1.0), np.arange(1000) < 200, replicates=0)
    assert calibrator.probability(-1.0) == pytest.approx(0.2, abs=0.001)
    assert calibrator.slopes == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("margins", "outcomes", "keywords", "says"),
    [
        (np.zeros(50), np.zeros(50), {}, "all 50 outcomes are 0"),
        (np.zeros(50), np.ones(50), {}, "all 50 outcomes are 1"),
        (np.zeros(5), [0, 1, 0, 1, 0], {}, "5 rows of 5 groups are too few"),
        (np.zeros(50), np.arange(50) % 2, {"groups": np.arange(50) % 3}, "3 groups are too few"),
        (np.zeros(50), np.zeros(49), {}, "differ in shape"),
        (np.full(50, np.nan), np.zeros(50), {}, "margins must be finite"),
        (np.zeros(50), np.full(50, 0.5), {}, "outcomes must be 0 or 1"),
        (np.zeros(50), np.zeros(50), {"weights": np.zeros(50)}, "above zero"),
        (np.zeros(50), np.arange(50) % 2, {"knots": 1}, "at least 2"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(
    margins: np.ndarray, outcomes: np.ndarray, keywords: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        fit_calibrator(margins, outcomes, **keywords)


@pytest.mark.parametrize(
    ("knots", "slopes", "says"),
    [
        ([0.0], [1.0], "two or more"),
        ([0.0, 0.0], [1.0, 1.0], "ascend strictly"),
        ([0.0, 1.0], [1.0, 0.0], "above zero"),
        ([0.0, 1.0], [1.0], "1 slopes for 2 knots"),
        ([0.0, np.inf], [1.0, 1.0], "finite"),
    ],
)
def test_what_is_no_calibrator_is_refused(
    knots: list[float], slopes: list[float], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        Calibrator(np.array(knots), np.array(slopes), 0.0)


@pytest.mark.parametrize("chance", [0.0, 1.0, -1.0, np.nan])
def test_no_margin_is_certain(chance: float) -> None:
    with pytest.raises(InvalidError, match="strictly between 0 and 1"):
        STRAIGHT.margin(chance)


def test_drift_is_of_each_replicate() -> None:
    with pytest.raises(
        InvalidError, match="1 replicates of slopes, but 1 of offsets and 2 of drift"
    ):
        Calibrator(
            np.array([-1.0, 1.0]), np.ones(2), 0.0, np.ones((1, 2)), np.zeros(1), np.zeros(2)
        )


def test_without_replicates_there_is_no_interval() -> None:
    with pytest.raises(InvalidError, match="no replicates"):
        STRAIGHT.interval(0.0)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": 1, "knots": [0, 1]}'])
def test_text_that_is_no_calibrator_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="no calibrator"):
        Calibrator.from_json(text)
