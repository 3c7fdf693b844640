"""Scaling: a matrix as columns of one size, for models that add up."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ..cohorts import Array, Rows

__all__ = ["Scaler"]


@dataclass(frozen=True, slots=True, eq=False)
class Scaler:
    """Means and spreads of the columns that vary, and the patterns of not applying.

    Where a column does not apply (NaN), it stands at its mean, and each distinct pattern of not
    applying gets a column of its own. Values further out than `reach` spreads are pulled in.

    Attributes
    ----------
    kept
        Positions of the columns that vary.
    mean, spread
        Of each kept column, where it applies.
    centre
        Mean of each scaled column where it applies, after pulling in.
    pattern
        Of every column, which pattern of not applying it has; -1 where it always or never applies.
    first
        Position of the first column of each pattern.
    share
        Share of the rows to which the columns of each pattern do not apply.
    reach
        How many spreads from the mean a value may lie.
    """

    kept: Rows
    mean: Array
    spread: Array
    centre: Array
    pattern: Rows
    first: Rows
    share: Array
    reach: float

    @classmethod
    def of(cls, values: Array, reach: float) -> Self:
        """Measure a matrix, shape (n, columns)."""
        gone = np.isnan(values)
        count = np.maximum((~gone).sum(0), 1)
        mean = np.where(gone, 0.0, values).sum(0) / count
        spread = np.sqrt((np.where(gone, 0.0, values - mean) ** 2).sum(0) / count)
        kept = np.flatnonzero(spread > 1e-9 * np.maximum(1.0, np.abs(mean)))
        pattern, first = _patterns(gone)
        mean, spread = mean[kept], spread[kept]
        scaled = np.clip((values[:, kept] - mean) / spread, -reach, reach)
        centre = np.nan_to_num(scaled).sum(0) / count[kept]
        share = gone[:, first].mean(0)
        return cls(kept, mean, spread, centre, pattern, first, share, reach)

    def scaled(self, values: Array) -> Array:
        """Return the kept columns scaled and centred, then one column for each pattern."""
        inside = (values[:, self.kept] - self.mean) / self.spread
        inside = np.clip(inside, -self.reach, self.reach) - self.centre
        gone = np.isnan(values[:, self.first]) - self.share
        return np.column_stack([np.nan_to_num(inside, nan=0.0), gone])


def _patterns(gone: npt.NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """Return the pattern of each column, and where each pattern is first found."""
    sometimes = gone.any(0) & ~gone.all(0)
    pattern = np.full(gone.shape[1], -1, np.intp)
    first: list[int] = []
    packed = np.packbits(gone, axis=0)
    known: dict[bytes, int] = {}
    for place in np.flatnonzero(sometimes).tolist():
        key = packed[:, place].tobytes()
        if key not in known:
            known[key] = len(first)
            first.append(place)
        pattern[place] = known[key]
    return pattern, np.array(first, np.intp)
