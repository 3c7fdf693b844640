"""Cohorts: who is looked at on which day, and what then came out.

Where an outcome was later corrected, withdrawn or reinstated, each reading of it is a row of its
own with its own stretch of days. Of the rows that look at one thing, at most one holds as of any
day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time

__all__ = ["Array", "Cohort", "Days", "Texts"]

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Rows of equal length, sorted by (as_of, enterprise, number).

    Attributes
    ----------
    name
        Name of the cohort.
    enterprise
        Dense number of the enterprise.
    as_of
        Day as of which the row is looked at.
    label
        1 where the violation came, 0 where not.
    settled
        Last day on which the label depends.
    available, withdrawn
        The label is known for every cut with `available < cut <= withdrawn`.
    number
        The record's own number; empty where a row is no record.
    selection
        How the check was chosen; empty where that was not recorded, or nobody was checked.
    nuisance
        What explains outcomes and must never decide a grade, such as who inspected.
    unlabelled
        How many rows of the rule have no outcome, or none yet.
    """

    name: str
    enterprise: npt.NDArray[np.int32]
    as_of: Days
    label: npt.NDArray[np.float64]
    settled: Days
    available: Days
    withdrawn: Days
    number: Texts
    selection: Texts
    nuisance: Mapping[str, Texts]
    unlabelled: int = 0

    def __len__(self) -> int:
        return len(self.as_of)

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return some rows, by mask or by position."""
        names = ("enterprise", "as_of", "label", "settled", "available", "withdrawn", "number")
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in names}
        nuisance = {name: values[rows] for name, values in self.nuisance.items()}
        return replace(self, **columns, selection=self.selection[rows], nuisance=nuisance)

    def known(self, cut: int) -> npt.NDArray[np.bool_]:
        """Tell of each row whether its outcome was settled, known and standing before a day."""
        return (self.settled < cut) & time.is_counted(self.available, self.withdrawn, cut)

    def window(self, rows: npt.NDArray[np.intp]) -> tuple[str, str]:
        """Return the first and the last day (ISO) of some rows, by position."""
        days = self.as_of[rows]
        return time.show(int(days.min())), time.show(int(days.max()))

    def rows(self, *, until: int = time.NEVER) -> pd.DataFrame:
        """Return `enterprise` and `as_of` for `features.compute`; `until` holds as_of back."""
        as_of = np.minimum(self.as_of, until).astype(np.int32)
        return pd.DataFrame({"enterprise": self.enterprise, "as_of": as_of})
