"""False shares: e-BH by hand, and that it holds where nothing spreads."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning.discovery import false_shares


@given(st.lists(st.floats(-5, 20), min_size=1, max_size=30), st.integers(0, 50))
def test_shares_are_those_of_the_procedure(strengths: list[float], more: int):
    """At any share, the procedure tells the k strongest for the largest k that it lets pass."""
    series = len(strengths) + more
    shares = false_shares(strengths, series)
    ordered = np.exp(np.sort(strengths)[::-1])
    for share in (0.05, 0.2, 0.7):
        passing = [k for k in range(1, len(ordered) + 1) if ordered[k - 1] >= series / (k * share)]
        told = max(passing, default=0)
        assert (shares <= share * (1 + 1e-9)).sum() == told or np.isclose(shares, share).any()


def test_where_nothing_spreads_false_alarms_are_as_rare_as_said():
    draw = np.random.default_rng(2)
    known = draw.poisson(1.0, (4_000, 200))
    factors = known * np.log(4.0) - 3.0  # of means 4 and 1
    told = [(false_shares(each, 200) <= 0.2).any() for each in factors]
    assert np.mean(told) <= 0.2


def test_no_strength_has_no_share():
    assert false_shares([], 100).tolist() == []
