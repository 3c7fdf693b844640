"""Running sums: by whichever road they are made, they are what a dictionary holds."""

from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.time import NEVER
from xinheng.features import steps as module
from xinheng.features.intervals import Stretches
from xinheng.features.steps import Steps

KEYS = (-(2**63), -7, 0, 7, 2**62)
DAYS = range(-3, 45)
FAR = (-NEVER, -1, NEVER - 1)
Row = tuple[int, int, int, int, int]


@st.composite
def rows(draw: st.DrawFn, days: st.SearchStrategy[int]) -> list[Row]:
    """Draw stretches: key, start and stop, and two amounts."""
    amounts = st.sampled_from([-(2**40), -2, 0, 1, 1, 3, 10**12])

    def row() -> Row:
        start, stop = sorted((draw(days), draw(days)))
        stop = draw(st.sampled_from([stop, stop, NEVER]))
        return draw(st.sampled_from(KEYS)), start, stop, draw(amounts), draw(amounts)

    return [row() for _ in range(draw(st.integers(0, 25)))]


NEAR = rows(st.sampled_from(DAYS))
WIDE = rows(st.sampled_from([*DAYS, *FAR]))


def steps_of(found: list[Row]) -> Steps:
    key, start, stop, one, other = np.array(found, np.int64).reshape(-1, 5).T
    stretches: Stretches = key, start, stop
    return Steps.of(stretches, one, other)


def sums(found: list[Row], key: int, as_of: int) -> list[int]:
    held = [row for row in found if row[0] == key and row[1] < as_of <= row[2]]
    return [sum(row[3] for row in held), sum(row[4] for row in held)]


def agree(steps: Steps, found: list[Row], days: list[int]) -> None:
    asked = [(key, day) for key in (*KEYS, 5) for day in days]
    keys, as_of = (np.array(column) for column in zip(*asked, strict=True))
    expected = [sums(found, key, day) for key, day in asked]
    days_asked = as_of.astype(np.int32)
    assert steps.at(keys, days_asked).T.tolist() == expected
    alone = [steps.at(keys[[row]], days_asked[[row]])[:, 0].tolist() for row in range(len(keys))]
    assert alone == expected


def by(room: int, found: list[Row]) -> Steps:
    with patch.object(module, "ROOM", room):
        return steps_of(found)


@given(NEAR)
def test_both_roads_lead_to_the_same_bits_and_to_what_a_dictionary_holds(found: list[Row]) -> None:
    dense, sparse = by(10**6, found), by(0, found)
    for name in ("groups", "ends", "totals"):
        one, other = getattr(dense, name), getattr(sparse, name)
        assert one.dtype == other.dtype == np.int64
        np.testing.assert_array_equal(one, other)
    agree(dense, found, [*DAYS])


@given(WIDE)
def test_whichever_road_is_taken_days_may_lie_far_apart(found: list[Row]) -> None:
    agree(steps_of(found), found, [-NEVER + 1, *DAYS, NEVER - 1, NEVER])


@given(NEAR, st.data())
def test_the_sums_of_parts_together_are_those_of_all(found: list[Row], data: Any) -> None:
    numbers = data.draw(st.lists(st.integers(0, 5), min_size=len(found), max_size=len(found)))
    parts = [[r for r, n in zip(found, numbers, strict=True) if n == part] for part in range(6)]
    joined = Steps.joined([steps_of(part) for part in parts])
    agree(joined, found, [*DAYS])
    assert np.isin(joined.groups, steps_of(found).groups).all()


def test_the_dense_road_is_taken_only_where_changes_lie_close() -> None:
    close = [(0, day, day + 1, 1, 1) for day in range(9)]
    far = [(0, 1000 * day, 1000 * day + 1, 1, 1) for day in range(9)]
    with patch.object(np, "argsort", wraps=np.argsort) as sorting:
        agree(steps_of(close), close, [*DAYS])
        assert not sorting.called
        agree(steps_of(far), far, [*DAYS, 1000, 1001])
        assert sorting.called
