"""What every detector keeps to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning import ALL, Counts, Detector

from ..drawn import COUNTS, counts

EVERY = pytest.mark.parametrize("detector", ALL, ids=lambda each: each.name)


@EVERY
@given(drawn=COUNTS, data=st.data())
def test_what_comes_later_changes_nothing(detector: Detector, drawn: Counts, data: st.DataObject):
    last = data.draw(st.integers(1, drawn.weeks))
    found = detector.scores(drawn, last)
    assert found.shape == (drawn.series, last)
    assert not np.isnan(found).any()
    for back in range(last):
        then = detector.scores(drawn.until(drawn.weeks - back))
        assert then[:, 0] == pytest.approx(found[:, last - 1 - back], rel=1e-9, abs=1e-9)


@EVERY
@given(drawn=COUNTS, data=st.data())
def test_the_order_of_series_says_nothing(detector: Detector, drawn: Counts, data: st.DataObject):
    order = data.draw(st.permutations(range(drawn.series)))
    other = Counts(drawn.cases[order], drawn.product[order], drawn.hazard[order])
    expected = detector.scores(drawn)[order]
    assert detector.scores(other) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@EVERY
def test_an_outbreak_is_more_alarming_than_what_goes_on_as_usual(detector: Detector):
    usual, outbreak = [1, 0] * 150, [0, 0] * 148 + [3, 5, 8, 12]
    found = detector.scores(counts(usual, outbreak))
    assert found[1, 0] > found[0, 0]


def test_every_detector_has_a_name_of_its_own():
    assert len({each.name for each in ALL}) == len(ALL)
