"""The linear part of a margin: one bent line for each indicator, and nothing between them.

A line has one slope between two ends and is level beyond them, so that a value of a size never
seen counts as the largest that was. Each line is centred on the rows it was fitted on: what it
gives a row is its exact Shapley value, against the mean of those rows.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError, NotFoundError

__all__ = ["Line", "Linear"]

Array = npt.NDArray[np.float64]
TOGETHER = 512  # rows, so few that their columns stay in a cache


@dataclass(frozen=True, slots=True)
class Line:
    """What one indicator adds: `slope * (value - centre)`, the value held between two ends.

    Parameters
    ----------
    column
        Id of the indicator.
    slope
        Change of the margin for each unit of the indicator.
    low, high
        The ends, beyond which the line is level.
    centre
        Mean of the held values that it was fitted on.
    present, absent
        What it adds besides where the indicator applies, and all that it adds where it does not.
    """

    column: str
    slope: float
    low: float
    high: float
    centre: float
    present: float = 0.0
    absent: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.slope, self.low, self.high, self.centre, self.present, self.absent)
        if not np.isfinite(numbers).all() or self.low > self.high:
            raise InvalidError(
                f"the line of {self.column} needs finite numbers and low <= high, not {self}"
            )

    def __call__(self, values: Array) -> Array:
        """Return what the indicator adds at each value; NaN means that it does not apply.

        Examples
        --------
        >>> line = Line("PN07", slope=0.5, low=0.0, high=4.0, centre=1.0, absent=-0.1)
        >>> line(np.array([1.0, 3.0, 100.0, np.nan])).tolist()
        [0.0, 1.0, 1.5, -0.1]
        """
        held = np.clip(values, self.low, self.high)
        added = self.present + self.slope * (held - self.centre)
        return np.where(np.isnan(values), self.absent, added)


@dataclass(frozen=True, slots=True)
class Linear:
    """A sum of lines on top of a base.

    Parameters
    ----------
    base
        Margin of a row on which all lines add nothing: the mean of the rows fitted on.
    lines
        One for each indicator that adds anything.
    """

    base: float
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        names = [line.column for line in self.lines]
        if len(set(names)) < len(names) or not np.isfinite(self.base):
            raise InvalidError("a linear part has a finite base and one line for an indicator")

    def parts(self, values: Array, columns: Sequence[str]) -> Array:
        """Return what each column adds to the margin of each row, in the shape of `values`.

        Raises
        ------
        NotFoundError
            If a line is about a column that is not there.
        """
        places = {name: place for place, name in enumerate(columns)}
        for line in self.lines:
            if line.column not in places:
                raise NotFoundError.among("column of the matrix", line.column, columns)
        added = np.zeros(values.shape)
        if self.lines:
            where = [places[line.column] for line in self.lines]
            added[:, where] = self._lined(values[:, where])
        return added

    def margins(self, values: Array, columns: Sequence[str]) -> Array:
        """Return the margin of each row."""
        found = np.empty(len(values))
        for start in range(0, len(values), TOGETHER):
            rows = slice(start, start + TOGETHER)
            found[rows] = self.parts(values[rows], columns).sum(axis=1)
        return np.asarray(self.base + found)

    def _lined(self, values: Array) -> Array:
        """Return what all lines add at once, as each does alone."""
        low, high, slope, centre, present, absent = np.array(
            [
                (line.low, line.high, line.slope, line.centre, line.present, line.absent)
                for line in self.lines
            ]
        ).T
        added = present + slope * (np.clip(values, low, high) - centre)
        return np.asarray(np.where(np.isnan(values), absent, added))

    def to_dict(self) -> dict[str, Any]:
        """Return the linear part as values that JSON knows."""
        return {"base": self.base, "lines": [asdict(line) for line in self.lines]}

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Read what `to_dict` gave.

        Raises
        ------
        InvalidError
            If a field is missing, unknown or no number.
        """
        try:
            lines = tuple(Line(**line) for line in fields["lines"])
            return cls(float(fields["base"]), lines)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidError(f"this is no linear part of a margin: {error!r}") from error
