"""Edges: the values at which an indicator begins to count differently in a model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..blend import Blend
from ..calibrator import Array

__all__ = ["Edges", "edges_of"]

ABSENT = -1


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Of each column the thresholds of all trees, rising; and whether a line counts every step.

    Two values of a column between the same thresholds are one to the trees, so whatever moved
    between them moved no margin.
    """

    thresholds: tuple[Array, ...]
    lined: npt.NDArray[np.bool_]

    def differs(self, one: Array, other: Array) -> npt.NDArray[np.bool_]:
        """Tell where two matrices differ by what counts in the model.

        Examples
        --------
        >>> edges = Edges((np.array([1.5]), np.array([])), np.array([False, False]))
        >>> one, other = np.array([[1.0, 7.0], [1.0, 7.0]]), np.array([[1.4, 9.0], [np.nan, 7.0]])
        >>> edges.differs(one, other).tolist()
        [[False, False], [True, False]]
        """
        found: npt.NDArray[np.bool_] = (one != other) & ~(np.isnan(one) & np.isnan(other))
        for column in np.flatnonzero(found.any(axis=0) & ~self.lined).tolist():
            rows = np.flatnonzero(found[:, column])
            places = (
                _places(self.thresholds[column], values[rows, column]) for values in (one, other)
            )
            found[rows, column] = np.not_equal(*places)
        return found


@lru_cache(maxsize=8)
def edges_of(blend: Blend) -> Edges:
    """Return the edges of a blend."""
    columns = blend.columns
    found: list[set[float]] = [set() for _ in columns]
    for booster in blend.boosters:
        for tree in booster.dump_model()["tree_info"]:
            for column, threshold in _splits(tree["tree_structure"]):
                found[column].add(threshold)
    lines = () if blend.linear is None else blend.linear.lines
    lined = np.isin(columns, [line.column for line in lines])
    return Edges(tuple(np.array(sorted(each)) for each in found), lined)


def _places(thresholds: Array, values: Array) -> npt.NDArray[np.int64]:
    """Return how many thresholds lie below each value; another number where it is missing."""
    below = np.searchsorted(thresholds, values, "left")
    if not thresholds.size:
        return below
    return np.where(np.isnan(values), ABSENT, below)


def _splits(node: Mapping[str, Any]) -> Iterator[tuple[int, float]]:
    if "leaf_value" in node:
        return
    yield node["split_feature"], node["threshold"]
    yield from _splits(node["left_child"])
    yield from _splits(node["right_child"])
