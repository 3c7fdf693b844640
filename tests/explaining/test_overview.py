"""Overviews add up, and say what the contributions say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.explaining import contributions, overview
from xinheng.features import compute
from xinheng.grading import Blend, Line, Linear, Specialist

from ..grading.world import CATALOGUE, city, city_rows, parts


@pytest.fixture(scope="module")
def matrix():
    return compute(CATALOGUE, city(), city_rows())


def blended() -> Blend:
    """A blend of all that there may be."""
    booster = parts().blend.booster
    line = Line("IH01", slope=0.3, low=0.0, high=5.0, centre=1.0)
    special = Specialist(booster, "producer", "EA01")
    return Blend(booster, Linear(-1.0, (line,)), 0.7, special)


def test_importance_is_the_mean_size_of_contributions(matrix) -> None:
    found = overview(parts().blend, CATALOGUE, matrix)
    values, _ = contributions(parts().blend, matrix.to_numpy())
    wanted = dict(zip(CATALOGUE.ids, np.abs(values).mean(axis=0), strict=True))
    assert found.importance["mean_abs"].to_dict() == pytest.approx(wanted)
    assert found.importance["mean_abs"].is_monotonic_decreasing
    assert found.importance["share"].sum() == pytest.approx(1)
    assert (found.importance["raises"] + found.importance["lowers"]).max() <= 1
    assert found.rows == len(matrix)


def test_bins_of_an_indicator_hold_every_row_once(matrix) -> None:
    found = overview(parts().blend, CATALOGUE, matrix).dependence
    values, _ = contributions(parts().blend, matrix.to_numpy())
    for place, name in enumerate(CATALOGUE.ids):
        lines = found[found["id"] == name]
        assert lines["rows"].sum() == len(matrix)
        total = (lines["rows"] * lines["mean"]).sum()
        assert total == pytest.approx(values[:, place].sum(), abs=1e-9)
        assert (lines["least"] <= lines["mean"] + 1e-12).all()
    absent = found[(found["id"] == "EA01") & found["low"].isna()]
    assert absent["rows"].tolist() == [matrix["EA01"].isna().sum()]
    rising = found[(found["id"] == "IH01")]["mean"]
    assert rising.is_monotonic_increasing  # its direction


def bins_of(values: list[float]) -> pd.DataFrame:
    """The bins of an indicator that has these values."""
    frame = pd.DataFrame(np.ones((len(values), len(CATALOGUE))), columns=list(CATALOGUE.ids))
    frame["IH01"] = values
    found = overview(parts().blend, CATALOGUE, frame).dependence
    return found[found["id"] == "IH01"]


def test_a_common_value_has_a_bin_of_its_own_however_few_have_another() -> None:
    rare = bins_of([0.0] * 990 + [1.0] * 10)
    assert rare[["low", "high", "rows"]].to_numpy().tolist() == [[0, 0, 990], [1, 1, 10]]
    between = bins_of([0.0] * 3 + [1.0] * 500 + [2.0] * 2)
    assert between[["low", "rows"]].to_numpy().tolist() == [[0, 3], [1, 500], [2, 2]]
    skewed = bins_of([0.0] * 900 + [*range(1, 101)])
    assert skewed[["low", "high"]].iloc[0].tolist() == [0, 0]
    assert len(skewed) == 12


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-3, 40) | st.sampled_from([0, 1]), min_size=1, max_size=200))
def test_bins_hold_what_lies_between_their_ends(values: list[int]) -> None:
    found = bins_of([float(each) for each in values])
    told = np.array(values)
    ends = found[["low", "high"]].to_numpy()
    assert len(found) <= 24
    assert (np.diff(ends.ravel()) >= 0).all()
    for low, high, rows, mean in found[["low", "high", "rows", "value"]].itertuples(index=False):
        inside = told[(told >= low) & (told <= high)]
        assert (inside.min(), inside.max(), inside.size) == (low, high, rows)
        assert inside.mean() == pytest.approx(mean)
    for value in np.unique(told):
        if 12 * (told == value).sum() >= told.size:
            assert [value, value] in ends.tolist()


@pytest.mark.parametrize("blend", [parts().blend, blended()], ids=["booster", "all parts"])
def test_interactions_of_dimensions_sum_to_the_contributions(matrix, blend: Blend) -> None:
    one = overview(blend, CATALOGUE, matrix.iloc[:1]).interactions
    values, _ = contributions(blend, matrix.iloc[:1].to_numpy())
    names = [each.dimension for each in CATALOGUE]
    assert list(one.index) == sorted(set(names))
    assert (one.to_numpy() >= 0).all()
    assert np.allclose(one, one.T)
    # Without signs they are at least as large as what they sum to.
    for name in one.index:
        mine = values[0, [each == name for each in names]].sum()
        assert one.loc[name].sum() >= abs(mine) - 1e-9


def test_other_columns_or_no_rows_are_refused(matrix) -> None:
    for wrong in (matrix.iloc[:0], matrix[["IH01"]]):
        with pytest.raises(InvalidError, match="rows with the catalogue's"):
            overview(parts().blend, CATALOGUE, wrong)
