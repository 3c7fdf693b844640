"""All detectors: what is promised of them, whatever the counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import ALL, NONE, Detector

from ..drawn import counts as table
from .drawing import chosen, counts

LAST = 4
CLOSE = {"rtol": 1e-9, "atol": 1e-9}  # sums over series are added up in their order
some = settings(max_examples=40)
each = pytest.mark.parametrize("detector", ALL, ids=lambda detector: detector.name)


@each
def test_an_outbreak_is_more_alarming_than_what_goes_on_as_usual(detector: Detector) -> None:
    usual, outbreak = [1, 0] * 150, [0, 0] * 148 + [3, 5, 8, 12]
    found = detector.scores(table(usual, outbreak))
    assert found[1, 0] > found[0, 0]


def test_no_two_detectors_have_the_same_name() -> None:
    assert len({detector.name for detector in ALL}) == len(ALL)


@each
@some
@given(counts=counts(), data=st.data())
def test_every_series_has_a_score_in_each_of_the_last_weeks(
    detector: Detector, counts: Counts, data: st.DataObject
) -> None:
    last = data.draw(st.integers(1, min(counts.weeks, LAST)))
    found = detector.scores(counts, last)
    assert found.shape == (counts.series, last)
    assert found.dtype == np.float64
    assert not np.isnan(found).any()
    assert (found < np.inf).all()


@each
@some
@given(counts=counts(), data=st.data())
def test_a_series_without_a_case_is_never_alarming(
    detector: Detector, counts: Counts, data: st.DataObject
) -> None:
    quiet = data.draw(st.integers(0, counts.series - 1))
    counts.cases[quiet] = 0
    assert (detector.scores(counts, min(counts.weeks, LAST))[quiet] == NONE).all()


@each
@some
@given(counts=counts(), data=st.data())
def test_a_score_is_the_same_whatever_comes_later(
    detector: Detector, counts: Counts, data: st.DataObject
) -> None:
    last = data.draw(st.integers(1, min(counts.weeks, LAST)))
    found = detector.scores(counts, last)
    week = data.draw(st.integers(0, last - 1))
    then = detector.scores(counts.until(counts.weeks - last + week + 1))
    np.testing.assert_allclose(found[:, week], then[:, 0], **CLOSE)


@each
@some
@given(counts=counts(), data=st.data())
def test_series_in_another_order_have_the_same_scores(
    detector: Detector, counts: Counts, data: st.DataObject
) -> None:
    order = np.array(data.draw(st.permutations(range(counts.series))))
    found = detector.scores(chosen(counts, order), min(counts.weeks, LAST))
    expected = detector.scores(counts, min(counts.weeks, LAST))[order]
    np.testing.assert_allclose(found, expected, **CLOSE)


@each
@some
@given(counts=counts(), data=st.data())
def test_a_series_that_never_had_a_case_changes_nothing_of_the_others(
    detector: Detector, counts: Counts, data: st.DataObject
) -> None:
    quiet = data.draw(st.integers(0, counts.series - 1))
    counts.cases[quiet] = 0
    if counts.tested is not None:
        counts.tested[quiet] = 0  # tests without a case tell of the hazard, too
    others = np.flatnonzero(np.arange(counts.series) != quiet)
    last = min(counts.weeks, LAST)
    found = detector.scores(chosen(counts, others), last)
    np.testing.assert_allclose(found, detector.scores(counts, last)[others], **CLOSE)
