"""Finishing: one row of indicators from the values of its leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from .expression import Expression, Leaf
from .indicator import Indicator
from .program import Program

__all__ = ["Finishing"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Finishing:
    """How the values of one row are cut, stood in for, and left out where they do not apply.

    Parameters
    ----------
    program
        The indicators, and after them the populations.
    low, high, stand_in
        Limits, and what is taken where nothing is known; shape (indicators,).
    open_to
        To which populations each indicator applies; indicators x populations.
    """

    program: Program
    low: Floats
    high: Floats
    stand_in: Floats
    open_to: Flags

    @classmethod
    def of(cls, indicators: Sequence[Indicator], populations: Mapping[str, Expression]) -> Self:
        """Return how the rows of some indicators are finished."""
        bounds = np.array([(*each.limits, each.missing) for each in indicators]).reshape(-1, 3)
        low, high, stand_in = bounds.T
        applies = [[name in each.populations for name in populations] for each in indicators]
        trees = (*(each.expression for each in indicators), *populations.values())
        open_to = np.array(applies, np.bool_).reshape(len(indicators), len(populations))
        return cls(Program.of(trees), low, high, stand_in, open_to)

    def row(self, leaves: Mapping[Leaf, Floats], as_of: Floats) -> tuple[Floats, Flags]:
        """Return the indicators of one row, and where none is known.

        Parameters
        ----------
        leaves
            What they and the populations are made of, each of shape (1,).
        as_of
            Day number, of shape (1,).
        """
        found = self.program.run(leaves, as_of)[:, 0]
        raw, member = found[: len(self.low)], found[len(self.low) :] > 0
        applies = (self.open_to & member).any(axis=1)
        absent = np.isnan(raw)
        values = np.where(absent, self.stand_in, np.clip(raw, self.low, self.high))
        return np.where(applies, values, np.nan), absent & applies
