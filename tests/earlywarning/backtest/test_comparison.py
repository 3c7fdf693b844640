"""Comparisons at equal alarms, paired by onset."""

import numpy as np
import pytest

from xinheng.earlywarning import Cases
from xinheng.earlywarning.backtest import Onsets, clusters, difference


def test_onsets_of_one_product_or_hazard_in_one_quarter_belong_together():
    cases = Cases.of(["a", "a", "b", "c", "d"], ["x", "y", "y", "z", "x"], [0, 10, 90, 20, 400])
    onsets = Onsets(cases.series, cases.day)
    where = dict(zip(onsets.day.tolist(), clusters(cases, onsets).tolist(), strict=True))
    assert where[0] == where[10] == where[90]
    assert len({where[0], where[20], where[400]}) == 3


def test_a_difference_that_is_the_same_everywhere_is_sure():
    days = np.arange(9.0)
    found = difference(days + 3, days, np.arange(9, dtype=np.int32))
    assert (found.mean, found.low, found.high) == (3, 3, 3)


def test_what_is_found_together_is_one_piece_of_evidence():
    apart = np.array([10.0] * 8 + [-10.0] * 8)
    alone = difference(apart, np.zeros(16), np.arange(16, dtype=np.int32))
    joined = difference(apart, np.zeros(16), np.repeat([0, 1], 8).astype(np.int32))
    assert joined.high - joined.low > 1.5 * (alone.high - alone.low)


def test_the_same_seed_gives_the_same_interval():
    draw = np.random.default_rng(1)
    one, other = draw.normal(size=(2, 30))
    group = np.arange(30, dtype=np.int32)
    assert difference(one, other, group) == difference(one, other, group)
    assert difference(one, other, group).low == pytest.approx(
        difference(one, other, group, seed=5).low, abs=0.2
    )
