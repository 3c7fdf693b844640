"""Sets of numbers: what numpy finds by hashing is found by sorting."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.sets import among, unique

NUMBERS = st.lists(st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1)))


@given(numbers=NUMBERS, some=NUMBERS)
def test_numbers_are_distinct_and_found_as_by_numpy(numbers: list[int], some: list[int]) -> None:
    first, second = np.array(numbers, np.int64), np.array(some, np.int64)
    assert unique(first).tolist() == sorted(set(numbers))
    found = among(first, unique(second))
    assert found.tolist() == [number in set(some) for number in numbers]
