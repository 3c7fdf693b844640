"""Sums: any window is a difference of two of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors.sums import cumulative

from .drawing import counts


@given(series=counts(), data=st.data())
def test_a_window_is_the_difference_of_the_sums_at_its_ends(
    series: Counts, data: st.DataObject
) -> None:
    start, stop = sorted(data.draw(st.integers(0, series.weeks)) for _ in range(2))
    sums = cumulative(series.cases)
    np.testing.assert_array_equal(sums[stop] - sums[start], series.cases[:, start:stop].sum(axis=1))
