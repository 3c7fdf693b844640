"""Counts as they may come: rare and frequent series, short and long, with outbreaks."""

import numpy as np
from hypothesis import strategies as st

from xinheng.earlywarning import Counts


def of(*cases: list[int], tested: list[list[int]] | None = None) -> Counts:
    """Make counts of series, each a hazard of its own in one product."""
    series = np.arange(len(cases))
    known = None if tested is None else np.array(tested)
    return Counts(np.array(cases), np.zeros_like(series), series, known)


@st.composite
def counts(draw: st.DrawFn, most_weeks: int = 160) -> Counts:
    """Draw up to four products with up to three hazards each, with or without numbers tested."""
    products, hazards = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    weeks = draw(st.integers(1, most_weeks))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    product, hazard = np.divmod(rng.permutation(products * hazards), hazards)
    means = 10 ** rng.uniform(-3, 1, (product.size, 1)) * np.ones(weeks)
    means[0, -rng.integers(1, weeks + 1) :] *= 10
    cases = rng.poisson(means).astype(np.int32)
    tested = cases + rng.poisson(5, cases.shape).astype(np.int32)
    return Counts(cases, product, hazard, tested if draw(st.booleans()) else None)


def chosen(counts: Counts, series: np.ndarray) -> Counts:
    """Take some series of them, in this order."""
    tested = None if counts.tested is None else counts.tested[series]
    return Counts(counts.cases[series], counts.product[series], counts.hazard[series], tested)


def added(counts: Counts, series: int, back: int) -> Counts:
    """Add a case, found among those tested, so many weeks before the last."""
    cases = counts.cases.copy()
    cases[series, counts.weeks - 1 - back] += 1
    return Counts(cases, counts.product, counts.hazard, counts.tested)
