"""Counts and sums over weeks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning import Counts
from xinheng.earlywarning.counts import cumulative, trailing

from .drawn import COUNTS, counts


def test_sums_are_over_the_weeks_up_to_each():
    assert trailing(np.array([[1, 0, 2, 5]]), 3).tolist() == [[1, 1, 3, 7]]
    assert trailing(np.array([[1, 0, 2, 5]]), 9).tolist() == [[1, 1, 3, 8]]


@given(COUNTS, st.integers(1, 70), st.data())
def test_sums_are_those_added_up_one_by_one(drawn: Counts, weeks: int, data: st.DataObject):
    slow = [
        drawn.cases[:, max(0, end + 1 - weeks) : end + 1].sum(axis=1) for end in range(drawn.weeks)
    ]
    assert trailing(drawn.cases, weeks).T.tolist() == np.array(slow, float).tolist()
    last = data.draw(st.integers(1, drawn.weeks))
    assert np.array_equal(trailing(drawn.cases, weeks, last).T, slow[-last:])


@given(COUNTS, st.data())
def test_a_window_is_the_difference_of_the_sums_at_its_ends(drawn: Counts, data: st.DataObject):
    start, stop = sorted(data.draw(st.integers(0, drawn.weeks)) for _ in range(2))
    sums = cumulative(drawn.cases)
    assert np.array_equal(sums[stop] - sums[start], drawn.cases[:, start:stop].sum(axis=1))


def test_what_is_cut_has_as_many_weeks_and_what_was_tested_in_them():
    whole = counts([1, 2, 3], tested=[[4, 5, 6]])
    assert whole.until(2).tested.tolist() == [[4, 5]]
    assert whole.ending(2).cases.tolist() == [[2, 3]]
    assert whole.ending(2).tested.tolist() == [[5, 6]]
    assert whole.ending(9).weeks == 3
