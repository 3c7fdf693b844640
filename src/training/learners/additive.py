"""Additive models: an intercept, and for each column a step function that can be read."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cohorts import Array

__all__ = ["Additive", "Steps", "varying"]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What a column adds to the margin: one height for each stretch of its values.

    Attributes
    ----------
    edges
        Where one stretch ends and the next begins, ascending; an edge belongs to the next.
    heights
        Log-odds by stretch, one more than there are edges.
    absent
        Log-odds where the column does not apply (NaN).
    """

    edges: Array
    heights: Array
    absent: float

    def __call__(self, values: Array) -> Array:
        """Return what each value adds.

        Examples
        --------
        >>> steps = Steps(np.array([2.0]), np.array([-0.5, 0.5]), absent=0.1)
        >>> steps(np.array([1.9, 2.0, np.nan])).tolist()
        [-0.5, 0.5, 0.1]
        """
        found = self.heights[np.searchsorted(self.edges, values, side="right")]
        return np.where(np.isnan(values), self.absent, found)


@dataclass(frozen=True, slots=True, eq=False)
class Additive:
    """A model that is the sum of its parts: the intercept, and what each column adds."""

    intercept: float
    steps: Mapping[str, Steps]

    def parts(self, matrix: pd.DataFrame) -> pd.DataFrame:
        """Return what each column of the model adds to each row's margin, in log-odds."""
        added = {
            name: steps(matrix[name].to_numpy(np.float64)) for name, steps in self.steps.items()
        }
        return pd.DataFrame(added, index=matrix.index)

    def margin(self, matrix: pd.DataFrame) -> Array:
        """Return the log-odds of each row.

        Examples
        --------
        >>> low = Steps(np.array([2.0]), np.array([-0.5, 0.5]), absent=0.0)
        >>> model = Additive(-2.0, {"a": low, "b": low})
        >>> model.margin(pd.DataFrame({"a": [1.0, 3.0], "b": [9.0, np.nan]})).tolist()
        [-2.0, -1.5]
        """
        return np.asarray(self.intercept + self.parts(matrix).to_numpy().sum(axis=1))


def varying(matrix: pd.DataFrame) -> list[str]:
    """Return the columns that tell rows apart: by two values, or by whether they apply.

    Examples
    --------
    >>> varying(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 3.0], "c": [3.0, np.nan]}))
    ['a', 'c']
    """
    values = matrix.to_numpy(np.float64)
    same = (values == values[:1]) | (np.isnan(values) & np.isnan(values[:1]))
    return [str(name) for name, fixed in zip(matrix, same.all(axis=0), strict=True) if not fixed]
