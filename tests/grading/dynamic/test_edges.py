"""Edges: values between the same thresholds are one to the model."""

import numpy as np

from xinheng.features import compute
from xinheng.grading.dynamic.edges import edges_of

from ..world import CATALOGUE, city, city_rows, parts


def test_values_between_the_same_edges_have_the_same_margin() -> None:
    blend, rng = parts().blend, np.random.default_rng(3)
    edges = edges_of(blend)
    values = compute(CATALOGUE, city(), city_rows()).to_numpy()
    other = values + rng.normal(0, 0.4, values.shape) * (rng.random(values.shape) < 0.5)
    differs = edges.differs(values, other)
    assert differs.any()
    assert (~differs & (values != other) & ~np.isnan(values)).any()
    still = np.where(differs, values, other)
    np.testing.assert_array_equal(blend.margins(still), blend.margins(values))
