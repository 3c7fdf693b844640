"""Leads: who did something wrong on which day, so that others follow it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .arrays import Days, Who

__all__ = ["Leads"]


@dataclass(frozen=True, slots=True)
class Leads:
    """Enterprises (places in the part) and days, of equal length."""

    who: Who
    occurred: Days

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return some of them, by mask or by position."""
        return type(self)(self.who[rows], self.occurred[rows])

    @classmethod
    def joined(cls, parts: Sequence["Leads"]) -> Self:
        """Return several as one."""
        return cls(
            np.concatenate([each.who for each in parts]),
            np.concatenate([each.occurred for each in parts]),
        )
