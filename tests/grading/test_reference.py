"""Reference histograms: nothing lost, equal values together, the same edges for later data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.grading import Checks, Histogram, Reference
from xinheng.grading.reference import LEVEL

numbers = st.lists(st.floats(-1e6, 1e6) | st.just(np.nan) | st.sampled_from([0.0, 1.0]))


@given(numbers, st.integers(2, 30))
def test_nothing_is_lost(values: list[float], bins: int) -> None:
    found = Histogram.of(np.array(values), bins)
    assert sum(found.counts) + found.missing == len(values)
    assert found.missing == np.isnan(values).sum()
    assert len(found.counts) == len(found.edges) + 1 <= bins
    assert list(found.edges) == sorted(set(found.edges))
    assert found.count(np.array(values)) == found


def test_counts_stay_whole() -> None:
    found = Histogram.of(np.repeat([0.0, 1.0, 2.0, 5.0], [70, 20, 9, 1]))
    assert found == Histogram((0.5, 1.5, 3.5), (70, 20, 9, 1), 0)


def test_many_values_fall_into_parts_of_like_size() -> None:
    found = Histogram.of(np.random.default_rng(0).normal(size=10_000), bins=10)
    assert len(found.counts) == 10
    assert max(found.counts) - min(found.counts) <= 2


def test_later_values_are_counted_between_the_same_edges() -> None:
    first = Histogram.of(np.array([0.0, 1.0, 2.0]))
    assert first.count(np.array([-5.0, 0.4, 0.5, 9.0, np.nan])) == Histogram(
        (0.5, 1.5), (2, 1, 1), 1
    )


def test_references_are_written_and_read() -> None:
    matrix = pd.DataFrame({"PN06": [0.0, 1.0, 1.0], "BC01": [0.25, np.nan, 3.5]})
    reference = Reference.of(matrix, [-1.0, 0.1, 2.0])
    assert Reference.from_json(reference.to_json()) == reference
    assert reference.indicators["BC01"].missing == 1
    for text in ("", "[]", "{}", '{"indicators": {}, "margin": 1}'):
        with pytest.raises(InvalidError, match="no reference histograms"):
            Reference.from_json(text)


def test_months_are_counted_by_population_between_the_same_edges() -> None:
    index = pd.MultiIndex.from_tuples(
        [(1, 10), (2, 10), (1, 40), (2, 40), (3, 40)], names=["enterprise", "as_of"]
    )
    matrix = pd.DataFrame({"PN06": [0.0, 1.0, 1.0, 1.0, np.nan]}, index=index)
    checks = Checks(("inspection",), ((("inspection.critical",), 0.0),))
    reference = Reference.of(
        matrix,
        [-1.0, 0.0, 0.5, 1.0, 2.0],
        levels=[0, 1, 1, 2, 5],
        population=["entity", "operator", "entity", "operator", "operator"],
        checks=checks,
    )
    operators = reference.months["operator"]
    assert operators.days == (10, 40)
    assert operators.counts["PN06"] == ((0, 1, 0), (0, 1, 1))
    assert operators.counts[LEVEL] == ((0, 1, 0, 0, 0, 0, 0), (0, 0, 1, 0, 0, 1, 0))
    assert reference.months["entity"].counts["PN06"] == ((1, 0, 0), (0, 1, 0))
    assert Reference.from_json(reference.to_json()) == reference
