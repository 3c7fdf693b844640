"""Monotonicity: whether a margin ever goes against the direction of an indicator.

It is read off the model itself, not tried on rows. Each leaf of a tree is a box; a tree goes
against a direction where two boxes that have something in common in all other indicators lie one
above the other in this one, and the one on the wrong side has the greater value. As parts add
up, a blend of which no part does so never does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError
from .blend import Blend
from .linear import Linear

__all__ = ["Reversal", "reversals"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

LARGEST = 1e300  # LightGBM holds it for infinity: beyond it lies nothing but a missing value
ROUNDING = 1e-12  # leaves of equal value may differ by what a sum of two numbers rounds


@dataclass(frozen=True, slots=True)
class Reversal:
    """A place where a margin goes against the direction of an indicator.

    Attributes
    ----------
    column
        Id of the indicator.
    part
        Of which part of the blend, such as `tree 3 of the booster`.
    above
        Beyond which value of the indicator the margin has gone the wrong way; minus infinity for
        a line, which does so everywhere.
    change
        By how much the margin changes there as the indicator rises; for a line, by each unit.
    """

    column: str
    part: str
    above: float
    change: float

    def __str__(self) -> str:
        """Say which part goes wrong, where, and by how much."""
        where = "" if np.isinf(self.above) else f" beyond {self.above:g}"
        return f"{self.part} changes by {self.change:+.3g} as {self.column} rises{where}"


@dataclass(frozen=True, slots=True, eq=False)
class _Leaves:
    """The leaves of a tree: in each column the values above `low` up to `high`, or none."""

    value: Array
    low: Array
    high: Array
    absent: Flags

    def meeting(self) -> Flags:
        """Tell which leaves have something in common, by leaf, leaf and column."""
        low = np.maximum(self.low[:, None], self.low[None])
        high = np.minimum(self.high[:, None], self.high[None])
        return (low < high) | (self.absent[:, None] & self.absent[None])


def reversals(blend: Blend, directions: Mapping[str, int]) -> list[Reversal]:
    """Return where a blend goes against a direction: nowhere, if the list is empty.

    Parameters
    ----------
    blend
        The model.
    directions
        By column: 1 if a larger value never lowers the margin, -1 if it never raises it; columns
        of 0, or not named, may do as they like.

    Raises
    ------
    InvalidError
        If a tree splits otherwise than by order, or takes zero for missing.

    Examples
    --------
    >>> data = lgb.Dataset(np.array([[0.0], [1.0]] * 50), [0, 1] * 50)
    >>> settings = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 1}
    >>> booster = lgb.train(settings, data, num_boost_round=1)
    >>> reversals(Blend(booster), {"Column_0": 1})
    []
    >>> print(*reversals(Blend(booster), {"Column_0": -1}))
    tree 0 of the booster changes by +0.1 as Column_0 rises beyond 1e-35
    """
    columns = blend.columns
    signs = np.array([directions.get(name, 0) for name in columns])
    found = list(_of_booster(blend.booster, columns, signs, "the booster"))
    if blend.specialist is not None:
        found += _of_booster(blend.specialist.booster, columns, signs, "the specialist")
    if blend.linear is not None:
        found += _of_lines(blend.linear, directions)
    return found


def _of_lines(linear: Linear, directions: Mapping[str, int]) -> Iterator[Reversal]:
    for line in linear.lines:
        if line.slope * directions.get(line.column, 0) < 0:
            yield Reversal(line.column, "the linear part", -np.inf, line.slope)


def _of_booster(
    booster: lgb.Booster, columns: Sequence[str], signs: npt.NDArray[np.int_], name: str
) -> Iterator[Reversal]:
    for tree in booster.dump_model()["tree_info"]:
        used, leaves = _leaves(tree["tree_structure"])
        apart = ~leaves.meeting()
        unlike = apart.sum(axis=2)
        for place, column in enumerate(used):
            if not signs[column]:
                continue
            filled = leaves.low[:, place] < leaves.high[:, place]
            below = leaves.high[:, None, place] <= leaves.low[None, :, place]
            change = leaves.value[None] - leaves.value[:, None]
            wrong = below & filled[:, None] & filled[None] & (signs[column] * change < -ROUNDING)
            for one, other in np.argwhere(wrong & (unlike == apart[:, :, place])):
                yield Reversal(
                    columns[column],
                    f"tree {tree['tree_index']} of {name}",
                    float(leaves.low[other, place]),
                    float(change[one, other]),
                )


def _leaves(structure: Mapping[str, Any]) -> tuple[list[int], _Leaves]:
    """Return the columns a tree splits on, and its leaves in these columns."""
    used = sorted(_splits(structure))
    places = {column: place for place, column in enumerate(used)}
    values: list[float] = []
    boxes: list[tuple[Array, Array, Flags]] = []

    def walk(node: Mapping[str, Any], low: Array, high: Array, absent: Flags) -> None:
        if "leaf_value" in node:
            values.append(node["leaf_value"])
            boxes.append((low, high, absent))
            return
        place, threshold = places[node["split_feature"]], node["threshold"]
        missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
        for child, left in (("left_child", True), ("right_child", False)):
            bounds = low.copy(), high.copy(), absent.copy()
            end = bounds[1] if left else bounds[0]
            end[place] = min(end[place], threshold) if left else max(end[place], threshold)
            bounds[2][place] &= missing_left == left
            walk(node[child], *bounds)

    size = len(used)
    walk(structure, np.full(size, -LARGEST), np.full(size, LARGEST), np.ones(size, bool))
    low, high, absent = (
        np.array(each).reshape(len(values), size) for each in zip(*boxes, strict=True)
    )
    return used, _Leaves(np.array(values), low, high, absent)


def _splits(node: Mapping[str, Any]) -> set[int]:
    if "leaf_value" in node:
        return set()
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise InvalidError(
            f"a tree splits by {node['decision_type']!r} and takes {node['missing_type']!r} for "
            "missing; a model whose directions can be told splits by order alone: train without "
            "categorical columns and without zero_as_missing"
        )
    return {node["split_feature"]} | _splits(node["left_child"]) | _splits(node["right_child"])
