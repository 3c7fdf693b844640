"""Parts of a delivery: in the order of owners, and of one owner in the order of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.parts import order

SPREAD = st.integers(-(2**63), 2**63 - 1)
ALIKE = st.integers(-3, 3)


@given(
    rows=st.lists(st.tuples(st.one_of(SPREAD, ALIKE), st.integers(1, 9)), min_size=1),
    in_file_order=st.booleans(),
)
def test_rows_are_sorted_by_owner_then_row_and_ties_stay_as_they_came(
    rows: list[tuple[int, int]], *, in_file_order: bool
) -> None:
    given_rows = sorted(rows, key=lambda row: row[1]) if in_file_order else rows
    owners, numbers = (np.array(column, np.int64) for column in zip(*given_rows, strict=True))
    expected = sorted(range(len(rows)), key=lambda place: (*given_rows[place], place))
    assert order(owners, numbers).tolist() == expected


@pytest.mark.parametrize("gap", [1, 2**40])
def test_owners_that_differ_in_their_lowest_bits_only_are_told_apart(gap: int) -> None:
    """Fewer bits are left for owners than they need, where rows are many and owners far apart."""
    rng = np.random.default_rng(7)
    owners = rng.integers(0, 2, 5_000) + gap * rng.integers(0, 2**20, 5_000)
    rows = np.arange(len(owners))
    assert order(owners, rows).tolist() == np.lexsort((rows, owners)).tolist()
