"""The shrinker: which table is fitted, and what a pair's score follows from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Shrinker
from xinheng.earlywarning.detectors.mixturefit import fit_mixture
from xinheng.earlywarning.detectors.shrinker import _cells

from .drawing import counts

# Of two products and three hazards, the pairs that had cases; one hazard has none at all.
#             hazard 0  hazard 1  all
# product 0       6         0       6
# product 1       1         3       4
# all             7         3      10
CASES = np.array([6.0, 1.0, 3.0])
PRODUCT, HAZARD = np.array([0, 1, 1]), np.array([0, 0, 1])


def test_cells_are_those_of_the_whole_table() -> None:
    found, expected, number, cell = _cells(CASES, PRODUCT, HAZARD, 0.05)
    table = [(n, e) for n, e, many in zip(found, expected, number, strict=True) if many]
    assert table == [(0.0, 1.8), (1.0, 2.8), (3.0, 1.2), (6.0, 4.2)]
    assert number.sum() == 4
    assert found[cell].tolist() == [6.0, 1.0, 3.0]
    assert expected[cell].tolist() == [4.2, 2.8, 1.2]


def test_no_cell_expects_less_than_the_floor() -> None:
    assert _cells(CASES, PRODUCT, HAZARD, 2.0)[1].min() == 2.0


@pytest.mark.parametrize("score", ["eb05", "ebgm"])
def test_a_score_is_of_the_mixture_that_was_fitted_to_the_table(score: str) -> None:
    series = Counts(CASES[:, np.newaxis].astype(int), PRODUCT, HAZARD)
    table = np.array([6.0, 0, 1, 3]), np.array([4.2, 1.8, 2.8, 1.2])
    mixture = fit_mixture(*table, np.ones(4))
    pairs = table[0][[0, 2, 3]], table[1][[0, 2, 3]]
    expected = {
        "eb05": mixture.quantile(0.05, *pairs),
        "ebgm": mixture.geometric_mean(*pairs),
    }
    found = Shrinker(score=score).scores(series)[:, 0]
    np.testing.assert_allclose(found, expected[score], rtol=1e-3)


def test_only_the_last_weeks_count() -> None:
    series = Counts(np.array([[7, 1, 0, 2], [0, 9, 0, 0]]), np.array([0, 0]), np.array([0, 1]))
    recent = Counts(np.array([[2], [0]]), series.product, series.hazard)
    found = Shrinker(recent=2).scores(series)
    assert found.tolist() == Shrinker().scores(recent).tolist()
    assert found[1, 0] == NONE


@given(series=counts(30), data=st.data())
def test_a_pair_without_a_case_may_be_a_series_or_not(series: Counts, data: st.DataObject) -> None:
    quiet = data.draw(st.integers(0, series.series - 1))
    series.cases[quiet] = 0
    kept = np.flatnonzero(np.arange(series.series) != quiet)
    fewer = Counts(series.cases[kept], series.product[kept], series.hazard[kept])
    np.testing.assert_array_equal(Shrinker().scores(fewer), Shrinker().scores(series)[kept])


@pytest.mark.parametrize("name", ["recent", "floor"])
def test_parameters_have_to_be_above_zero(name: str) -> None:
    with pytest.raises(InvalidError, match=f"{name} of the detector shrinker is 0"):
        Shrinker(**{name: 0})
