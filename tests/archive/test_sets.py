"""Sets of numbers: what numpy finds by hashing is found by sorting."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.sets import among, ranges, runs, unique

NUMBERS = st.lists(st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1)))


@given(numbers=NUMBERS, some=NUMBERS)
def test_numbers_are_distinct_and_found_as_by_numpy(numbers: list[int], some: list[int]) -> None:
    first, second = np.array(numbers, np.int64), np.array(some, np.int64)
    assert unique(first).tolist() == sorted(set(numbers))
    found = among(first, unique(second))
    assert found.tolist() == [number in set(some) for number in numbers]


@given(numbers=st.lists(st.integers(0, 2)))
def test_runs_put_together_are_the_numbers(numbers: list[int]) -> None:
    first = np.array(numbers, np.int64)
    starts, lengths = runs(first)
    assert ranges(starts, lengths).tolist() == list(range(len(numbers)))
    assert np.repeat(first[starts], lengths).tolist() == numbers
    assert (np.diff(first[starts]) != 0).all()


def test_stretches_follow_each_other_in_the_order_given() -> None:
    found = ranges(np.array([8, 2, 5, 0]), np.array([2, 0, 1, 3]))
    assert found.tolist() == [8, 9, 5, 0, 1, 2]
