"""How unsure a slope is: the next model is none of those that it was learned from."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from xinheng.grading import Calibrator, fit_calibrator
from xinheng.training import Outcomes
from xinheng.training.learners.drift import ahead
from xinheng.training.learners.slope import sloped

BLOCKS, ROWS, REPLICATES = 4, 1_500, 60
LOW, HIGH = -3.0, 1.0


def tried(differ: float, seed: int, rows: int = ROWS) -> tuple[Outcomes, np.ndarray, float]:
    """Blocks whose models are over- or underconfident, each in its way, and how the next one is."""
    rng = np.random.default_rng(seed)
    slopes = np.exp(rng.normal(0, differ, BLOCKS + 1))
    block = np.repeat(np.arange(BLOCKS), rows)
    margins = rng.normal(-1, 1, block.size)
    label = rng.random(block.size) < expit(-1 + slopes[block] * (margins + 1))
    who = rng.permutation(block.size).astype(np.int32)
    day = (block * 90).astype(np.int32)
    made = Outcomes(margins, label.astype(float), np.ones(block.size), day, who)
    return made, block, float(slopes[-1])


def fitted(made: Outcomes, seed: int = 0) -> Calibrator:
    return fit_calibrator(
        made.margins, made.label, groups=made.enterprise, replicates=REPLICATES, seed=seed
    )


def rises(calibrator: Calibrator) -> np.ndarray:
    """Return how far each replicate rises from low to high margins."""
    each = [
        Calibrator(calibrator.knots, slopes, offset).logit([LOW, HIGH])
        for slopes, offset in zip(
            calibrator.replicate_slopes, calibrator.replicate_offsets, strict=True
        )
    ]
    return np.diff(each, axis=1)[:, 0]


def test_intervals_hold_the_slope_of_the_next_model() -> None:
    held = {"blind": 0, "knowing": 0}
    worlds = 30
    for seed in range(worlds):
        made, block, slope = tried(0.3, seed)
        blind = fitted(made, seed)
        for name, calibrator in (("blind", blind), ("knowing", sloped(blind, made, block, seed))):
            low, high = np.quantile(rises(calibrator), [0.025, 0.975])
            held[name] += low <= (HIGH - LOW) * slope <= high
    assert held["blind"] < 0.5 * worlds
    assert held["knowing"] >= 0.8 * worlds


def test_models_that_agree_leave_a_slope_as_sure_as_its_sample() -> None:
    made, block, _ = tried(0.0, 1, rows=20_000)
    blind = fitted(made)
    assert np.std(rises(sloped(blind, made, block, 0))) < 0.3
    made, block, _ = tried(0.5, 1, rows=20_000)
    assert np.std(rises(sloped(fitted(made), made, block, 0))) > 1.0


def test_what_is_promised_stays() -> None:
    made, block, _ = tried(0.3, 2)
    blind = fitted(made)
    after = sloped(blind, made, block, 0)
    assert np.array_equal(after.slopes, blind.slopes)
    assert after.offset == blind.offset
    assert np.median(rises(after)) == pytest.approx(np.median(rises(blind)), rel=0.1)
    again = sloped(blind, made, block, 0)
    assert after.to_json() == again.to_json() != sloped(blind, made, block, 1).to_json()


@pytest.mark.parametrize("which", ["one block", "blocks that tell nothing"])
def test_too_few_blocks_leave_the_prior(which: str) -> None:
    made, block, _ = tried(0.3, 3)
    if which == "one block":
        block = np.zeros_like(block)
    else:
        seldom = made.label * (np.cumsum(made.label) % 100 == 0)
        made = replace(made, label=seldom, margins=made.margins + 5 * seldom)
    calibrator = fitted(made)
    after = sloped(calibrator, made, block, 0)
    turned = after.replicate_slopes[:, 0] / calibrator.replicate_slopes[:, 0]
    expected = np.sqrt(2) * ahead(np.zeros((0, 1 + REPLICATES)), REPLICATES)
    assert np.sort(np.log(turned)) == pytest.approx(expected)
