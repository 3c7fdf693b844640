"""The cumulative sum: weeks worked by hand, and each ratio from the distributions themselves."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from xinheng.core.errors import InvalidError
from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Cusum

from .drawing import added, counts, of

LN2 = log(2)


def by_hand(series: Counts, cusum: Cusum) -> list[list[float]]:
    """Return all scores, from the probabilities of what was found, week by week."""
    scores = []
    for row in range(series.series):
        sums = [0.0]
        for week in range(series.weeks):
            past = slice(max(week - cusum.lag - cusum.past, 0), max(week - cusum.lag, 0))
            usual, found = series.cases[row, past].sum() + 0.5, series.cases[row, week]
            weeks = past.stop - past.start
            if not weeks:
                ratio = 0.0
            elif series.tested is None:
                mean = usual / weeks
                ratio = poisson.logpmf(found, cusum.times * mean) - poisson.logpmf(found, mean)
            else:
                share = usual / (series.tested[row, past].sum() + 1)
                odds = cusum.times * share / (1 - share)
                number = series.tested[row, week]
                ratio = binom.logpmf(found, number, odds / (1 + odds))
                ratio -= binom.logpmf(found, number, share)
            sums.append(max(sums[-1] + ratio, 0.0))
        scores.append([total if total > 0 else NONE for total in sums[1:]])
    return scores


def test_a_sum_is_held_at_zero_and_begins_anew() -> None:
    # In control: (2 + 1/2) / 2 at the third week, then (1/2) / 2.
    series = of([1, 1, 0, 0, 0, 1])
    found = Cusum(past=2, lag=1).scores(series, last=6)
    # Weeks: none past; none past; 3/2 a week; 5/4; 3/4; 1/4.
    assert found[0].tolist() == [NONE] * 5 + [pytest.approx(LN2 - 0.25)]


def test_what_is_found_among_more_tested_counts_for_less() -> None:
    # In control: half a case among ten tested and one more, so that the odds are 1 / 21.
    weeks = [0, 0, 1]
    few = of(weeks, tested=[[5, 5, 2]])
    many = of(weeks, tested=[[5, 5, 12]])
    cusum = Cusum(past=2, lag=1, times=3)
    share = 0.5 / 6
    assert cusum.scores(few) == pytest.approx(log(3) - 2 * log(1 + 2 * share))
    assert cusum.scores(many)[0, 0] == NONE
    assert log(3) < 12 * log(1 + 2 * share)


@given(series=counts(40), data=st.data())
def test_each_week_adds_the_ratio_of_the_probabilities(series: Counts, data: st.DataObject) -> None:
    cusum = Cusum(
        times=data.draw(st.sampled_from([1.5, 2.0, 4.0])),
        past=data.draw(st.integers(1, 50)),
        lag=data.draw(st.integers(1, 20)),
    )
    found, expected = cusum.scores(series, series.weeks), np.array(by_hand(series, cusum))
    rounded = np.where(expected < 1e-9, NONE, expected)
    np.testing.assert_allclose(np.where(found < 1e-9, NONE, found), rounded, rtol=1e-6, atol=1e-8)


@given(series=counts(), data=st.data())
def test_one_case_more_of_late_never_gives_a_lower_score(
    series: Counts, data: st.DataObject
) -> None:
    which = data.draw(st.integers(0, series.series - 1))
    cusum = Cusum()
    back = data.draw(st.integers(0, min(cusum.lag, series.weeks - 1)))
    more = added(series, which, back)
    assert cusum.scores(more)[which] >= cusum.scores(series)[which]


@pytest.mark.parametrize("name", ["times", "past"])
def test_parameters_have_to_be_above_zero(name: str) -> None:
    with pytest.raises(InvalidError, match=f"{name} of the detector cusum is 0"):
        Cusum(**{name: 0})
