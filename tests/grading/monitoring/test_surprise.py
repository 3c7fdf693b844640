"""Surprise: what is steady, seasonal or growing is none; what stops, halves or creeps is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinheng.grading.monitoring.surprise import WINDOWS, of_counts, of_shares, of_values

MONTHS = 60
COUNTS = arrays(np.float64, (2, MONTHS), elements=st.integers(0, 2_000).map(float))


def poisson(mean: float, series: int = 400) -> np.ndarray:
    return np.random.default_rng(3).poisson(mean, (series, MONTHS)).astype(float)


def least(p: np.ndarray) -> float:
    return float(np.nanmin(p[:, 0, -1]))


@pytest.mark.parametrize("mean", [0.5, 3, 30, 3_000])
def test_chance_alone_is_rarely_surprising(mean: float) -> None:
    p = of_counts(poisson(mean)).p[:, :, -6:]
    assert (p < 1e-3).mean() < 1e-2
    assert (p < 1e-6).mean() < 1e-4


@pytest.mark.parametrize("share", [0.01, 0.3, 0.97])
def test_shares_of_chance_alone_are_rarely_surprising(share: float) -> None:
    rng = np.random.default_rng(4)
    whole = rng.poisson(300, (400, MONTHS))
    p = of_shares(rng.binomial(whole, share).astype(float), whole.astype(float)).p[:, :, -6:]
    assert (p < 1e-3).mean() < 1e-2


def test_a_count_that_stops_is_told_in_its_first_month() -> None:
    counts = poisson(30, 1)
    counts[:, -1] = 0
    found = of_counts(counts)
    assert found.p[0, 0, -1] < 1e-8
    assert (found.seen[0, 0, -1], round(found.expected[0, 0, -1] / 10)) == (0, 3)


def test_half_of_a_count_is_told_when_it_lasts() -> None:
    counts = poisson(60, 1)
    counts[:, -6:] = np.floor(counts[:, -6:] / 2)
    p = of_counts(counts).p[:, 0, -1]
    assert p[WINDOWS.index(6)] < 1e-3 < p[WINDOWS.index(1)]


def test_what_few_windows_tell_of_the_spread_is_trusted_less() -> None:
    """Half a year without any of two a month is told, but no surer than four half years allow."""
    counts = poisson(2, 1)
    counts[:, -6:] = 0
    p = of_counts(counts).p[WINDOWS.index(6), 0, -1]
    assert 1e-6 < p < 1e-2


def test_records_that_come_together_surprise_less() -> None:
    counts = poisson(3, 1)
    counts[:, -1] = 20
    alone, together = (of_counts(counts, np.array([each])).p[0, 0, -1] for each in (1.0, 6.0))
    assert alone < 1e-5
    assert together > 1e-2


def test_a_season_of_values_is_counted_from_the_same_month_a_year_ago() -> None:
    """One September without a value: October is as every year, not as far from May as September."""
    year = np.array([2.2, *[np.nan] * 7, 1.3, 1.7, 1.9, 2.1])
    values = np.tile(year, 6)[None] + np.random.default_rng(6).normal(0, 0.01, (1, 72))
    values[0, 68] = np.nan
    found = of_values(values[:, :70], np.full((1, 70), 0.02))
    assert not found.p[0, 0, -1] < 1e-2


def test_a_season_is_no_surprise_and_is_told_apart_from_one() -> None:
    season = np.tile([2_000.0, 60.0, 60.0], (1, MONTHS // 3))
    counts = np.random.default_rng(5).poisson(season[:, ::-1]).astype(float)
    found = of_counts(counts)
    assert least(found.p) > 1e-3
    assert least(found.plain) < 1e-6


def test_growth_is_no_surprise() -> None:
    counts = np.random.default_rng(6).poisson(1_000 * 1.01 ** np.arange(MONTHS))[None].astype(float)
    assert least(of_counts(counts).p) > 1e-4


def test_another_unit_is_told_at_once_even_of_what_comes_once_a_quarter() -> None:
    rng = np.random.default_rng(7)
    values = np.full((1, MONTHS), np.nan)
    values[:, 2::3] = 3 + rng.normal(0, 0.02, (1, MONTHS // 3))
    error = np.full_like(values, 0.01)
    assert least(of_values(values, error).p) > 1e-3
    values[:, -1] += 4
    assert least(of_values(values, error).p) < 1e-9


def test_a_short_past_tells_nothing() -> None:
    assert np.isnan(of_counts(poisson(30, 1)[:, :9]).p).all()


@given(COUNTS)
def test_chances_are_chances_and_nothing_later_changes_them(counts: np.ndarray) -> None:
    p = of_counts(counts).p
    known = p[~np.isnan(p)]
    assert ((known >= 0) & (known <= 1)).all()
    np.testing.assert_array_equal(of_counts(counts[:, :50]).p, p[:, :, :50])


@given(COUNTS, st.floats(0, 1))
def test_shares_of_any_size_have_chances(whole: np.ndarray, share: float) -> None:
    p = of_shares(np.floor(whole * share), whole).p
    known = p[~np.isnan(p)]
    assert ((known >= 0) & (known <= 1)).all()
