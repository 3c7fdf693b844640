"""Cases and counts drawn by hypothesis."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xinheng.earlywarning import Cases, Counts

__all__ = ["CASES", "COUNTS", "counts"]


def counts(*rows: list[int], tested: list[list[int]] | None = None) -> Counts:
    """Return series of a hazard each in one product."""
    table = np.array(rows, np.int32)
    hazard = np.arange(len(rows), dtype=np.int32)
    known = None if tested is None else np.array(tested, np.int32)
    return Counts(table, np.zeros_like(hazard), hazard, known)


@st.composite
def _counts(draw: st.DrawFn) -> Counts:
    series, weeks = draw(st.integers(1, 6)), draw(st.integers(2, 60))
    often = st.sampled_from([0, 0, 0, 0, 1, 1, 2, 7])
    table = draw(arrays.arrays(np.int32, (series, weeks), elements=often))
    product, hazard = (draw(arrays.arrays(np.int32, series, elements=st.integers(0, 2)))
                       for _ in range(2))  # fmt: skip
    return Counts(table, product, hazard)


COUNTS = _counts()

CASES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 200)),
    min_size=1,
    max_size=40,
).map(lambda rows: Cases.of(*zip(*rows, strict=True)))
