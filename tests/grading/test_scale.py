"""The scale: cut points, hysteresis, and distances to the next levels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from xinheng.core.errors import NotFoundError, PolicyError
from xinheng.grading import Calibrator, Hysteresis, Level, Scale

CUTS = (0.05, 0.15, 0.30, 0.45, 0.65)
PLAIN = Scale(CUTS)
HELD = Scale(CUTS, Hysteresis(worse=0.1, better=0.2))
# logit = margin, so that margins below are log-odds
IDENTITY = Calibrator(np.array([-1.0, 1.0]), np.array([1.0, 1.0]), -1.0)
BENT = Calibrator(np.array([-1.0, 0.0, 2.0]), np.array([0.4, 2.0, 1.0]), -1.5)

margins = st.floats(-8, 8)
levels = st.sampled_from(Level)


def place(scale: Scale, margin: float, previous: Level | None = None) -> Level:
    before = None if previous is None else [previous]
    return Level(scale.place([margin], IDENTITY, before).codes[0])


@pytest.mark.parametrize(
    ("probability", "level"),
    [(0.001, "A+"), (0.049, "A+"), (0.05, "A"), (0.15, "B"), (0.2999, "B"), (0.3, "C"),
     (0.45, "D"), (0.65, "E"), (0.999, "E")],
)  # fmt: skip
def test_a_cut_point_belongs_to_the_worse_level(probability: float, level: str) -> None:
    assert Level(PLAIN.level_of(probability)) is Level.of(level)


@given(st.lists(st.floats(0.001, 0.999), min_size=2))
def test_more_probability_is_never_a_better_level(probabilities: list[float]) -> None:
    assert np.all(np.diff(PLAIN.level_of(np.sort(probabilities))) >= 0)


@given(margins, levels)
def test_more_margin_is_never_a_better_level(margin: float, previous: Level) -> None:
    assert place(HELD, margin, previous) <= place(HELD, margin + 0.01, previous)


@given(st.floats(0.001, 0.999))
def test_levels_by_margin_are_levels_by_probability(probability: float) -> None:
    if min(abs(probability - cut) for cut in CUTS) > 1e-9:
        code = PLAIN.place([BENT.margin(probability)], BENT).codes[0]
        assert code == PLAIN.level_of(probability)


@given(st.floats(0.001, 0.999), levels)
def test_a_previous_level_holds_probabilities_as_it_holds_margins(
    probability: float, previous: Level
) -> None:
    cuts = expit(HELD.margin_cuts(IDENTITY, previous))
    if np.abs(probability - cuts).min() > 1e-9:
        margin = float(BENT.margin(probability))
        code = HELD.place([margin], BENT, [previous]).codes[0]
        assert code == HELD.level_of(probability, previous)


@given(margins, levels)
def test_hysteresis_never_skips(margin: float, previous: Level) -> None:
    plain, held = place(PLAIN, margin), place(HELD, margin, previous)
    assert min(plain, previous) <= held <= max(plain, previous)
    assert abs(held - plain) <= 1


@given(margins, levels)
def test_a_level_that_was_just_given_is_kept(margin: float, previous: Level) -> None:
    held = place(HELD, margin, previous)
    assert place(HELD, margin, held) is held


def at(probability: float, beyond: float) -> float:
    return float(logit(probability)) + beyond


@pytest.mark.parametrize(
    ("previous", "margin", "level"),
    [
        (None, at(0.15, 0.0), "B"),
        ("A", at(0.15, 0.0), "A"),  # not 0.1 beyond: stays
        ("A", at(0.15, 0.099), "A"),
        ("A", at(0.15, 0.101), "B"),
        ("B", at(0.15, -0.199), "B"),  # not 0.2 below: stays
        ("B", at(0.15, -0.201), "A"),
        ("E", at(0.15, -0.1), "B"),  # from far: down to the cut point's worse side
        ("A+", at(0.65, 0.05), "D"),
        ("A+", at(0.65, 0.15), "E"),
    ],
)
def test_hysteresis_by_hand(previous: str | None, margin: float, level: str) -> None:
    before = None if previous is None else Level.of(previous)
    assert str(place(HELD, margin, before)) == level


def test_noise_at_a_cut_point_flips_less_with_hysteresis() -> None:
    noise = logit(0.15) + np.random.default_rng(0).normal(0, 0.1, 200)
    plain = [place(PLAIN, margin) for margin in noise]
    held = [Level.A]
    for margin in noise:
        held.append(place(HELD, margin, held[-1]))
    flips, calm = np.count_nonzero(np.diff(plain)), np.count_nonzero(np.diff(held))
    assert calm < flips / 3


def test_distances_lead_to_the_cut_points() -> None:
    found = PLAIN.place(logit([0.2, 0.01, 0.9]), IDENTITY)
    assert found.better[0] == pytest.approx(logit(0.2) - logit(0.15))
    assert found.worse[0] == pytest.approx(logit(0.3) - logit(0.2))
    assert np.isnan(found.better[1])
    assert np.isnan(found.worse[2])


@given(margins, st.none() | levels)
def test_stepping_over_the_distance_changes_the_level(
    margin: float, previous: Level | None
) -> None:
    before = None if previous is None else [previous]
    found = HELD.place([margin], BENT, before)
    level = found.codes[0]
    if level > Level.A_PLUS:
        assert HELD.place(margin - found.better - 1e-9, BENT, before).codes[0] == level - 1
        assert HELD.place(margin - found.better + 1e-9, BENT, before).codes[0] == level
    if level < Level.E:
        assert HELD.place(margin + found.worse + 1e-9, BENT, before).codes[0] == level + 1
        assert HELD.place(margin + found.worse - 1e-9, BENT, before).codes[0] == level


def test_margin_cuts_go_through_the_calibrator() -> None:
    np.testing.assert_allclose(expit(BENT.logit(PLAIN.margin_cuts(BENT))), CUTS)


@pytest.mark.parametrize(
    ("cuts", "hysteresis", "says"),
    [
        ((0.1, 0.2), Hysteresis(), "five cut points, not 2"),
        ((0.1, 0.2, 0.2, 0.4, 0.5), Hysteresis(), "ascend strictly"),
        ((0.0, 0.2, 0.3, 0.4, 0.5), Hysteresis(), "inside"),
        ((0.1, 0.2, 0.3, 0.4, 1.0), Hysteresis(), "inside"),
        (CUTS, Hysteresis(worse=-0.1), "negative"),
        (CUTS, Hysteresis(better=0.7), "wider than the closest"),
    ],
)
def test_what_is_no_scale_is_refused(
    cuts: tuple[float, ...], hysteresis: Hysteresis, says: str
) -> None:
    with pytest.raises(PolicyError, match=says):
        Scale(cuts, hysteresis)


def test_levels_are_written_and_read() -> None:
    assert [Level.of(str(level)) for level in Level] == list(Level)
    with pytest.raises(NotFoundError, match="no level 'F'"):
        Level.of("F")


@given(levels, st.integers(0, 5), levels)
def test_a_move_only_worsens(level: Level, steps: int, limit: Level) -> None:
    moved = level.worse_by(steps, not_beyond=limit)
    assert level <= moved <= max(level, limit)
