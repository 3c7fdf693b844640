"""The linear part: bent lines that add up."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.grading import Line, Linear

PART = Linear(
    base=-2.0,
    lines=(
        Line("B", slope=0.5, low=0.0, high=4.0, centre=1.0, present=-0.2, absent=0.3),
        Line("A", slope=-1.0, low=-1.0, high=1.0, centre=0.0),
    ),
)


@pytest.mark.parametrize(
    ("row", "parts"),
    [
        ([0.0, 1.0], [0.0, -0.2]),  # both at their centre
        ([0.5, 3.0], [-0.5, 0.8]),
        ([9.0, 100.0], [-1.0, 1.3]),  # held at the ends
        ([-9.0, -1.0], [1.0, -0.7]),
        ([np.nan, np.nan], [0.0, 0.3]),
    ],
)
def test_lines_by_hand(row: list[float], parts: list[float]) -> None:
    values = np.array([row])
    np.testing.assert_allclose(PART.parts(values, ["A", "B"]), [parts], atol=1e-12)
    np.testing.assert_allclose(PART.margins(values, ["A", "B"]), [-2 + sum(parts)], atol=1e-12)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=2))
def test_margins_are_base_and_parts(row: list[float]) -> None:
    values = np.array([row])
    parts = PART.parts(values, ["A", "B"])
    assert PART.margins(values, ["A", "B"])[0] == pytest.approx(PART.base + parts.sum())


def test_what_is_written_is_read() -> None:
    assert Linear.from_dict(json.loads(json.dumps(PART.to_dict()))) == PART


@pytest.mark.parametrize(
    "fields",
    [{}, {"base": 0}, {"base": "x", "lines": []}, {"base": 0, "lines": [{"column": "A"}]}],
)
def test_other_things_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidError, match="no linear part"):
        Linear.from_dict(fields)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InvalidError, match="low <= high"):
        Line("A", slope=1.0, low=2.0, high=1.0, centre=0.0)
    with pytest.raises(InvalidError, match="finite"):
        Line("A", slope=float("nan"), low=0.0, high=1.0, centre=0.0)
    with pytest.raises(InvalidError, match="one line for an indicator"):
        Linear(0.0, (PART.lines[0], PART.lines[0]))
    with pytest.raises(NotFoundError, match="There are: A, C"):
        PART.parts(np.zeros((1, 2)), ["A", "C"])
