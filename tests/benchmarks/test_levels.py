"""What the benchmark of levels counts, by hand."""

import numpy as np
import pytest

from benchmarks.levels import NAMES, City, Covered, agreed, cover, drawn, judged, observed, parts_of
from xinheng.grading import Calibrator
from xinheng.training import observe

CUT = 1000
PLAIN = Calibrator(
    np.array([-3.0, 0.0]),
    np.ones(2),
    -3.0,
    replicate_slopes=np.ones((41, 2)),
    replicate_offsets=-3 + np.linspace(-0.1, 0.1, 41),
    drift=np.linspace(-0.3, 0.3, 41),
    since=CUT - 365,
)


def city(shift: float = 0.0) -> City:
    """Everybody's true chance lies so far from what is promised, in log-odds."""
    margin = np.random.default_rng(0).normal(-1.8, 0.6, 4_000)
    truth = PLAIN.probability(margin + shift)
    found = (np.random.default_rng(1).random(margin.size) < truth).astype(float)
    who = np.arange(margin.size, dtype=np.int32)
    return City(PLAIN, CUT, margin, truth, margin, found, who)


def test_parts_are_of_one_level_and_hold_everybody_once() -> None:
    made = city()
    parts = list(parts_of(made))
    rows = np.concatenate([part for _, part in parts])
    assert np.array_equal(np.sort(rows), np.arange(made.margin.size))
    assert {level for level, _ in parts} == set(range(6))
    levels = np.searchsorted(made.cuts, PLAIN.probability(made.margin), "right")
    assert all((levels[part] == level).all() for level, part in parts)


@pytest.mark.parametrize(("shift", "drifting", "plain"), [(0.0, 1, 1), (0.2, 1, 0), (1.0, 0, 0)])
def test_a_part_is_covered_where_its_truth_lies_in_its_interval(
    shift: float, drifting: int, plain: int
) -> None:
    found: dict[tuple[bool, int], Covered] = {}
    cover(city(shift), found)
    assert len(found) == 12
    for (with_drift, _), counted in found.items():
        assert counted.share == (drifting if with_drift else plain)
    assert all(found[True, n].width > found[False, n].width for n in range(6))


def test_intervals_hold_their_own_probability() -> None:
    assert agreed(city())


def test_a_large_city_is_judged_by_the_order_of_its_levels() -> None:
    figures, missed = judged("standard", observed(city()))
    assert figures["standard_levels_reached"] == 6
    assert "all six levels reached: standard" not in missed

    def level(name: str, rate: float, rows: int = 2_000) -> object:
        label = (np.arange(rows) < rate * rows).astype(float)
        return observe(name, label, np.full(rows, rate), np.arange(rows))

    rates = (0.02, 0.06, 0.12, 0.2, 0.3, 0.45)
    clear = [level(name, rate) for name, rate in zip(NAMES, rates, strict=True)]
    assert judged("x", clear) == ({"x_levels_reached": 6, "x_neighbours_apart_of_5": 5}, [])
    near = [*clear[:1], level("A", 0.021), *clear[2:]]
    assert judged("x", near)[1] == ["neighbouring intervals leave a gap: x"]
    turned = [*clear[:1], level("A", 0.2), *clear[2:]]
    assert "what was found rises from level to level: x" in judged("x", turned)[1]


def test_laws_are_drawn_by_their_seed() -> None:
    one, same, other = (drawn("standard", seed).violation for seed in (1, 1, 2))
    assert one == same
    assert one.yearly != other.yearly
    assert one.reform_month != other.reform_month
