"""How unsure a level is: what its sample leaves open, and how far it may have wandered since."""

import numpy as np
import pytest
from scipy.special import expit, logit

from xinheng.grading import Calibrator, fit_calibrator
from xinheng.training import Follower, Outcomes, follow, levelled
from xinheng.training.learners.drift import uncertain, wandering

YEARS, ROWS, REPLICATES = 4, 600, 60
MARGINS = np.array([-2.5, -1.5, -0.5])


def lived(
    step: float, seed: int, *, rows: int = ROWS, years: int = YEARS
) -> tuple[Outcomes, float]:
    """Yearly outcomes whose level is a random walk; and the level two years after the last."""
    rng = np.random.default_rng(seed)
    level = -1.0 + np.cumsum(rng.normal(0, step, years + 2))
    day = np.arange(years * rows) * 365 // rows
    margins = rng.normal(-1, 1, day.size)
    label = rng.random(day.size) < expit(margins + level[day // 365])
    who = rng.permutation(day.size) // 2
    even = np.ones(day.size)
    made = Outcomes(margins, label.astype(float), even, day.astype(np.int32), who.astype(np.int32))
    return made, float(level[-1])


def calibrated(made: Outcomes, seed: int = 0) -> Calibrator:
    fitted = fit_calibrator(
        made.margins, made.label, groups=made.enterprise, replicates=REPLICATES, seed=seed
    )
    return levelled(fitted, made, seed)


@pytest.mark.parametrize(("step", "share"), [(0.0, 0.95), (0.15, 0.9), (0.4, 0.8)])
def test_intervals_cover_the_level_of_years_to_come(step: float, share: float) -> None:
    held, worlds = [], 30
    for seed in range(worlds):
        made, level = lived(step, seed)
        calibrator = calibrated(made)
        lower, upper = calibrator.interval(MARGINS, at=calibrator.since + 2 * 365)
        truth = expit(MARGINS + level)
        held.append(((lower <= truth) & (truth <= upper)).mean())
    assert np.mean(held) >= share


def test_sampling_alone_does_not_cover_a_level_that_wanders() -> None:
    held = []
    for seed in range(12):
        made, level = lived(0.4, seed)
        lower, upper = calibrated(made).interval(MARGINS)
        truth = expit(MARGINS + level)
        held.append(((lower <= truth) & (truth <= upper)).mean())
    assert np.mean(held) < 0.6


def test_replicates_lie_about_the_level_that_is_promised() -> None:
    """Where the last year is far from the years before, and few rows leave the pull its weight."""
    made, _ = lived(0.0, 11, rows=300)
    last = made.as_of > made.as_of.max() - 365
    worse = np.where(last, np.random.default_rng(0).random(last.size) < 0.7, made.label)
    turned = Outcomes(made.margins, worse, made.weight, made.as_of, made.enterprise)
    calibrator = calibrated(turned)
    middle = np.median(calibrator.replicate_offsets)
    spread = np.std(calibrator.replicate_offsets)
    assert abs(middle - calibrator.offset) < 0.5 * spread


def test_an_interval_widens_with_the_age_of_its_level() -> None:
    calibrator = calibrated(lived(0.2, 1)[0])
    since = calibrator.since
    ages = [None, since - 400, since, since + 100, since + 365, since + 1500]
    wide = [np.diff(calibrator.interval(-1.0, at=at), axis=0).item() for at in ages]
    assert wide[0] == wide[1] == wide[2]
    assert np.all(np.diff(wide[2:]) > 0)


def test_the_level_is_of_the_middle_of_the_last_year() -> None:
    made, _ = lived(0.2, 1)
    assert calibrated(made).since == pytest.approx((YEARS - 0.5) * 365, abs=3)


def test_years_that_moved_make_later_years_less_sure() -> None:
    still, moved = (calibrated(lived(step, 5)[0]) for step in (0.0, 0.6))
    assert np.std(moved.drift) > 2 * np.std(still.drift)


def test_a_short_past_leaves_the_prior() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=200_000) * 0.2 * np.abs(rng.standard_t(3, 200_000))
    even = (np.arange(200) + 0.5) / 200
    for levels in (np.zeros((1, 51)), np.zeros((0, 51))):
        steps = wandering(levels, 200)
        assert steps[10:190] == pytest.approx(np.quantile(drawn, even)[10:190], abs=0.02)
        assert steps == pytest.approx(-steps[::-1], abs=1e-6)
    made, _ = lived(0.2, 3, years=1, rows=60)
    assert np.isfinite(calibrated(made).drift).all()


def test_an_interval_does_not_lean_by_chance() -> None:
    made, _ = lived(0.3, 9)
    for seed in range(4):
        calibrator = calibrated(made, seed)
        bounds = logit(calibrator.interval(-1.5, at=calibrator.since + 730))
        below, above = np.abs(bounds - calibrator.logit(-1.5))
        assert 0.8 < above / below < 1.25


def test_rows_of_one_enterprise_are_no_more_than_one_of_each() -> None:
    made, _ = lived(0.0, 2, rows=300)
    everyone = np.arange(made.label.size, dtype=np.int32)
    repeated = Outcomes(
        *(np.repeat(part, 8) for part in (made.margins, made.label, made.weight, made.as_of)),
        enterprise=np.repeat(everyone, 8),
    )
    alone = Outcomes(made.margins, made.label, made.weight, made.as_of, everyone)
    plain = fit_calibrator(made.margins, made.label, replicates=REPLICATES)
    flat = Calibrator(
        plain.knots,
        plain.slopes,
        plain.offset,
        np.tile(plain.slopes, (REPLICATES, 1)),
        np.full(REPLICATES, plain.offset),
    )
    spread = [
        np.std(uncertain(flat, each, 0.0, 10.0, 0).replicate_offsets) for each in (alone, repeated)
    ]
    assert spread[1] == pytest.approx(spread[0], rel=0.25)


def test_the_same_seed_gives_the_same_replicates() -> None:
    made, _ = lived(0.2, 4)
    assert calibrated(made, 7).to_json() == calibrated(made, 7).to_json()
    assert calibrated(made, 7).to_json() != calibrated(made, 8).to_json()


def test_what_is_followed_makes_the_level_younger_as_far_as_it_tells() -> None:
    calibrator = calibrated(lived(0.2, 6)[0])
    day = calibrator.since + 500
    for rows, low, high in ((6, 0, 100), (5000, 480, 500)):
        label = (np.arange(rows) % 3 == 0).astype(float)
        later = Outcomes(
            np.full(rows, calibrator.margin(0.2).item()),
            label,
            np.ones(rows),
            np.full(rows, day, np.int32),
            np.arange(rows, dtype=np.int32),
        )
        after = follow(calibrator, later, Follower())
        assert low <= after.since - calibrator.since <= high
        assert after.offset > calibrator.offset
    assert after.probability(later.margins[:1]).item() == pytest.approx(1 / 3, abs=0.01)
    assert (
        logit(after.interval(later.margins[:1], at=day)[1]).item()
        < logit(calibrator.interval(later.margins[:1], at=day)[1] + 1 / 3 - 0.2).item()
    )
