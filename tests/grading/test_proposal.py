"""Proposals for cut points: they do what was wanted, or say why nothing does."""

import numpy as np
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from xinheng.core.errors import InvalidError
from xinheng.grading import Level, Scale, Wanted, migration, outlook, propose_cuts, told_apart

VISITS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
CHANCES = expit(np.random.default_rng(4).normal(-1.8, 0.7, 8_000))


def counts(cuts: tuple[float, ...], chances: np.ndarray = CHANCES) -> np.ndarray:
    return np.bincount(Scale(cuts).level_of(chances), minlength=len(Level))


def skewed(size: int = 20_000) -> np.ndarray:
    """Most are of much the same low risk, and some of a far higher one."""
    rng = np.random.default_rng(3)
    return expit(-2.4 + 0.1 * rng.normal(size=size) + 0.3 * rng.exponential(size=size))


def test_without_a_capacity_the_middle_stands_where_levels_are_told_apart_best() -> None:
    chances = skewed()
    heights = logit(propose_cuts(chances, Wanted(VISITS)))
    found = told_apart(expit(heights), chances, 10_000).min()
    for step in (-0.3, -0.1, 0.1, 0.3):
        assert told_apart(expit(heights + step), chances, 10_000).min() < found
    apart = np.arange(0.1, 0.6, 0.02)[:, None] * np.arange(-2, 3)
    average = logit(chances.mean()) + apart
    most = max(
        told_apart(expit(cuts), chances, 10_000).min()
        for cuts in average
        if counts(tuple(expit(cuts)), chances).min() >= 200
    )
    assert found > 1.05 * most


@given(
    seed=st.integers(0, 10_000),
    middle=st.floats(-3.5, 0.5),
    spread=st.floats(0.2, 1.5),
    least=st.floats(0.005, 0.06),
    share=st.none() | st.floats(0.15, 0.85),
)
@example(seed=1, middle=0.0, spread=0.375, least=0.03125, share=0.15)
@settings(max_examples=40, deadline=None)
def test_levels_are_full_apart_and_within_capacity(
    seed: int, middle: float, spread: float, least: float, share: float | None
) -> None:
    chances = expit(np.random.default_rng(seed).normal(middle, spread, 1_000))
    capacity = None if share is None else share * VISITS[-1] * chances.size
    wanted = Wanted(VISITS, capacity, least)
    try:
        cuts = propose_cuts(chances, wanted)
    except InvalidError:
        reject()
    held = counts(cuts, chances)
    assert held.min() >= least * chances.size
    steps = np.diff(logit(cuts))
    assert steps.max() - steps.min() < 0.3 * steps.mean() + 0.02
    if capacity is not None:
        assert held @ VISITS <= capacity


def test_more_visits_make_worse_levels_larger() -> None:
    few, many = (propose_cuts(CHANCES, Wanted(VISITS, each)) for each in (4_000, 12_000))
    assert np.all(np.array(many) < np.array(few))
    assert counts(few) @ VISITS == pytest.approx(4_000, rel=0.03)


def test_levels_lie_as_far_apart_as_tells_them_apart_best() -> None:
    cuts = propose_cuts(CHANCES, Wanted(VISITS))
    found = told_apart(cuts, CHANCES, CHANCES.size).min()
    heights = logit(cuts)
    for factor in (0.5, 0.8, 1.25, 1.6):
        other = expit(heights[2] + factor * (heights - heights[2]))
        assert told_apart(other, CHANCES, CHANCES.size).min() < found


def test_outcomes_in_their_number_tell_neighbours_apart() -> None:
    """Where 1.96 is reached, intervals of what comes mostly leave a gap; where not, they do not."""
    cuts, rng = propose_cuts(CHANCES, Wanted(VISITS)), np.random.default_rng(1)
    level = Scale(cuts).level_of(CHANCES)
    for outcomes, gap in ((400, False), (400_000, True)):
        rows = rng.integers(0, CHANCES.size, outcomes)
        came = rng.random(outcomes) < CHANCES[rows]
        count = np.bincount(level[rows], minlength=6)
        rate = np.bincount(level[rows], came, 6) / count
        error = 1.96 * np.sqrt(rate * (1 - rate) / count)
        apart = (rate - error)[1:] > (rate + error)[:-1]
        assert apart.all() == gap
        assert (told_apart(cuts, CHANCES, outcomes) > 1.96).all() == gap


def test_a_least_share_is_kept() -> None:
    cuts = propose_cuts(CHANCES, Wanted(VISITS, least=0.1))
    assert counts(cuts).min() >= 0.1 * CHANCES.size


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"visits": (0, 1, 2)}, "visits a year for six levels"),
        ({"visits": (0, 1, 2, 1, 4, 5)}, r"must rise from A\+ to E"),
        ({"visits": (1,) * 6}, r"must rise from A\+ to E"),
        ({"visits": VISITS, "least": 0.2}, "impossible for six levels"),
        ({"visits": VISITS, "capacity": 0}, "plans nothing"),
        ({"visits": VISITS, "apart": -1}, "give 0 to 2.0"),
        ({"visits": VISITS, "capacity": 1e6}, "take 0 if all are at A\\+ and 32,000"),
    ],
)
def test_what_cannot_be_wanted_is_refused(wanted: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidError, match=says):
        propose_cuts(CHANCES, Wanted(**wanted))


def test_cut_points_leave_room_for_a_hysteresis() -> None:
    narrow = expit(np.random.default_rng(2).normal(-2, 0.2, 5_000))
    free, apart = (propose_cuts(narrow, Wanted(VISITS, apart=each)) for each in (0.0, 0.17))
    assert np.diff(logit(free)).min() < 0.17 < np.diff(logit(apart)).min()
    with pytest.raises(InvalidError, match=r"six levels 0\.5 apart in log-odds"):
        propose_cuts(narrow, Wanted(VISITS, apart=0.5))


def test_enterprises_all_alike_make_no_levels() -> None:
    with pytest.raises(InvalidError, match="too much alike"):
        propose_cuts(np.full(500, 0.1), Wanted(VISITS))


def test_the_outlook_counts_everybody_once() -> None:
    cuts = (0.05, 0.1, 0.2, 0.3, 0.9)
    seen = outlook(cuts, CHANCES, (CHANCES * 0.8, CHANCES * 1.2), VISITS)
    assert [each.enterprises for each in seen] == counts(cuts).tolist()
    assert sum(each.enterprises for each in seen) == CHANCES.size
    assert [each.start for each in seen] == [0.0, *cuts]
    second = CHANCES[(CHANCES >= 0.05) & (CHANCES < 0.1)]
    assert seen[1].promised == pytest.approx(
        (second.mean(), 0.8 * second.mean(), 1.2 * second.mean())
    )
    assert seen[1].visits == pytest.approx(0.25 * second.size)
    assert np.isnan(seen[5].promised).all()


def test_migration_has_a_row_and_a_column_for_each_level() -> None:
    before, after = np.array([0, 3, 3, 5], np.int8), np.array([1, 3, 4, 5], np.int8)
    moved = migration(before, after)
    assert moved.shape == (6, 6)
    assert {(int(a), int(b)): int(moved[a, b]) for a, b in np.argwhere(moved)} == {
        (0, 1): 1,
        (3, 3): 1,
        (3, 4): 1,
        (5, 5): 1,
    }
