"""EARS C2: a table worked by hand, and what the R package surveillance finds."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from xinheng.core.errors import InvalidError
from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Ears

from .drawing import added, counts, of

FOUND_BY_R = Path(__file__).with_name("ears.csv")
SERIES, WEEKS, FIRST = 8, 80, 9


def found_by_r(floor: str) -> tuple[Counts, np.ndarray, np.ndarray]:
    """Return all counts, and upper bounds and alarms of the weeks that have them."""
    cases = np.zeros((SERIES, WEEKS), int)
    upper, alarm = np.zeros((2, SERIES, WEEKS))
    with FOUND_BY_R.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            place = int(row["series"]), int(row["week"])
            cases[place] = int(row["cases"])
            if row["floor"] == floor:
                upper[place], alarm[place] = float(row["upper"]), int(row["alarm"])
    return of(*cases.tolist()), upper[:, FIRST:], alarm[:, FIRST:] == 1


def test_a_week_is_held_against_seven_that_ended_two_weeks_before() -> None:
    # Mean 2, squares about it 4 + 1 + 1 + 4 + 1 + 1 + 0 = 12, variance 12 / 6 = 2.
    series = of([9, 0, 1, 3, 4, 3, 1, 2, 8, 7, 5])
    assert Ears().scores(series) == pytest.approx(3 / 2**0.5)


@pytest.mark.parametrize(("floor", "score"), [(0.5, 2.0), (1.0, 1.0), (0.01, 100.0)])
def test_no_standard_deviation_is_below_the_floor(floor: float, score: float) -> None:
    assert Ears(floor=floor).scores(of([0] * 9 + [1])) == pytest.approx(score)


def test_weeks_without_a_case_or_with_too_few_before_them_have_no_score() -> None:
    found = Ears().scores(of([1] * 9 + [1, 0, 1]), last=12)
    assert found.tolist() == [[NONE] * 9 + [0.0, NONE, 0.0]]


@pytest.mark.parametrize("floor", ["0", "0.5", "1"])
def test_bounds_and_alarms_are_those_of_the_r_package_surveillance(floor: str) -> None:
    series, upper, alarm = found_by_r(floor)
    ears = Ears(floor=max(float(floor), 1e-12))
    mean, spread = ears._usual(series.cases.astype(float))
    z = norm.isf(0.001)
    bounds = mean + z * np.maximum(spread, ears.floor)
    np.testing.assert_allclose(bounds[:, FIRST:], upper, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(ears.scores(series, WEEKS - FIRST) > z, alarm)
    assert 0 < alarm.sum() < alarm.size


@given(series=counts(40), data=st.data())
def test_one_case_more_this_week_never_gives_a_lower_score(
    series: Counts, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, series.series - 1))
    assert Ears().scores(added(series, which, 0))[which] >= Ears().scores(series)[which]


def test_a_floor_that_would_divide_by_zero_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"floor of the detector ears is 0\.0"):
        Ears(floor=0.0)
