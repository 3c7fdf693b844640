"""Additive models: which stretch a value falls into, and that the parts sum to the margin."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.training import Additive, Steps, varying

NUMBERS = st.integers(-8, 8).map(lambda number: number / 2)


@st.composite
def steps(draw: st.DrawFn) -> Steps:
    edges = sorted(draw(st.sets(NUMBERS, max_size=5)))
    heights = draw(st.lists(NUMBERS, min_size=len(edges) + 1, max_size=len(edges) + 1))
    return Steps(np.array(edges, np.float64), np.array(heights, np.float64), draw(NUMBERS))


def read_off(column: Steps, value: float) -> float:
    """Look a value up as a person would: past how many edges is it?"""
    if np.isnan(value):
        return column.absent
    return float(column.heights[sum(value >= edge for edge in column.edges.tolist())])


ROWS = st.lists(st.tuples(*[NUMBERS | st.just(np.nan)] * 2), min_size=1, max_size=8)


@given(first=steps(), second=steps(), intercept=NUMBERS, rows=ROWS)
def test_parts_are_those_read_off_and_sum_to_the_margin(
    first: Steps, second: Steps, intercept: float, rows: list[tuple[float, float]]
) -> None:
    matrix = pd.DataFrame(rows, columns=["b", "a"], index=range(7, 7 + len(rows))).assign(other=1.0)
    model = Additive(intercept, {"a": first, "b": second})
    expected = pd.DataFrame(
        {
            "a": [read_off(first, a) for _, a in rows],
            "b": [read_off(second, b) for b, _ in rows],
        },
        index=matrix.index,
    )
    pd.testing.assert_frame_equal(model.parts(matrix), expected)
    np.testing.assert_array_equal(model.margin(matrix), intercept + expected["a"] + expected["b"])


def test_a_model_of_no_column_gives_everyone_its_intercept() -> None:
    assert Additive(-1.5, {}).margin(pd.DataFrame({"a": [1.0, np.nan]})).tolist() == [-1.5, -1.5]


@pytest.mark.parametrize(
    ("column", "varies"),
    [
        ([1.0, 1.0, 1.0], False),
        ([np.nan, np.nan, np.nan], False),
        ([1.0, 1.0, 2.0], True),
        ([1.0, np.nan, 1.0], True),
        ([np.nan, 1.0, 1.0], True),
    ],
)
def test_a_column_varies_if_it_tells_two_rows_apart(column: list[float], *, varies: bool) -> None:
    assert varying(pd.DataFrame({"a": column})) == (["a"] if varies else [])
