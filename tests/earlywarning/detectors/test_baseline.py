import numpy as np
import pytest

from xinheng.core.errors import InvalidError
from xinheng.earlywarning.detectors.baseline import YEAR, baseline


def test_one_period_takes_the_weeks_around_the_same_week_of_each_year():
    assert baseline(2, 1, 1, 0).lags.tolist() == [1, 51, 52, 53, 103, 104, 105]


def test_weeks_just_past_are_left_out():
    assert baseline(1, 3, 10, 26).lags.tolist() == list(range(27, 56))


def test_the_weeks_between_are_cut_from_the_window_on():
    found = baseline(1, 3, 10, 0)
    assert found.parts[found.lags > 48].tolist() == [0] * 7
    assert found.parts[(found.lags > 43) & (found.lags <= 48)].tolist() == [1] * 5
    assert found.parts[found.lags <= 3].tolist() == [0] * 3


@pytest.mark.parametrize(
    ("half", "periods", "sizes"),
    [(3, 10, [5] * 9), (3, 5, [12, 11, 11, 11]), (2, 4, [16, 16, 15]), (1, 11, [5] * 9 + [4])],
)
def test_earlier_parts_are_a_week_longer_where_they_cannot_be_equal(half, periods, sizes):
    found = baseline(2, half, periods, 0)
    year = (found.lags > half) & (found.lags <= YEAR + half)
    assert np.bincount(found.parts[year])[1:].tolist() == sizes


def test_fewer_years_are_the_first_weeks_of_more():
    few, many = baseline(2, 3, 10, 26), baseline(5, 3, 10, 26)
    assert np.array_equal(few.lags, many.lags[: len(few.lags)])
    assert np.array_equal(few.parts, many.parts[: len(few.parts)])


def test_runs_begin_where_the_part_or_the_year_changes():
    assert baseline(2, 1, 1, 0).runs.tolist() == [0, 1, 4, 7]
    assert baseline(1, 3, 2, 45).runs.tolist() == [0, 3, 10]


@pytest.mark.parametrize("wrong", [(0, 3, 10, 26), (5, 26, 2, 0), (5, 3, 50, 0), (5, 3, 10, 49)])
def test_what_is_no_baseline_is_refused(wrong):
    with pytest.raises(InvalidError):
        baseline(*wrong)
