"""Planned visits: what a forecast knows of them, computed on both sides of a leak test.

Each visit is looked at as its own plan has it. If that plan began after the cut, one that begins on
the cut is taken instead, as for the visits of a test window. So every plan begins by the cut, and
nothing that came from the cut on may change

- in a strict plan (`Visits.strict_matrix`): anything;
- in a plan (`Visits.matrix`, `Visits.late`): anything of visits up to the cut, for the register is
  read as of the visit at the latest; nor of later visits where the register told of the enterprise
  before the plan began, for then it is read as of that day.

Left out are later visits to others: who they are comes with the list, from a register that came
after the cut.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from .cells import Cells
from .cohorts import Cohort, Days
from .side import Side
from .visits import plan_starts

__all__ = ["planned_cells"]

PLAN, STRICT = "plan:", "strict_plan:"


@dataclass(frozen=True, slots=True, eq=False)
class _Planned:
    """Visits of a cohort, to enterprises by name, and the first day of the plan of each."""

    visits: Cohort
    names: pd.Index
    begun: Days

    @classmethod
    def of(cls, side: Side, day: int, months: int, known: pd.Index) -> Self:
        """Return the visits to those known, each enterprise once a day."""
        cohort = side.cohort
        names = side.names[cohort.enterprise]
        begun = np.minimum(plan_starts(cohort.as_of, months), day).astype(np.int32)
        again = cohort.rows().duplicated().to_numpy()
        return cls(cohort, names, begun).take(names.isin(known) & ~again)

    def take(self, rows: npt.NDArray[np.bool_]) -> Self:
        """Return some visits."""
        return replace(
            self, visits=self.visits.take(rows), names=self.names[rows], begun=self.begun[rows]
        )

    def plans(self, side: Side) -> pd.DataFrame:
        """Return what plans know of the visits on a side."""
        visits = self._numbered(side)
        found = side.listing.matrix(visits, self.begun, threads=side.threads)
        late = side.listing.late(visits, self.begun).astype(float)
        return found.assign(LATE=late).add_prefix(PLAN).set_axis(self._index())

    def strict_plans(self, side: Side) -> pd.DataFrame:
        """Return what strict plans know of them."""
        found = side.listing.strict_matrix(self._numbered(side), self.begun, threads=side.threads)
        return found.add_prefix(STRICT).set_axis(self._index())

    def _numbered(self, side: Side) -> Cohort:
        """Return the visits with the numbers that enterprises have on a side."""
        numbers = side.names.get_indexer(self.names).astype(np.int32)
        return replace(self.visits, enterprise=numbers)

    def _index(self) -> pd.MultiIndex:
        rows = {"enterprise": self.names, "as_of": self.begun, "visit": self.visits.as_of}
        return pd.MultiIndex.from_frame(pd.DataFrame(rows))


def planned_cells(
    one: Side, other: Side, day: int, months: int, known: pd.Index
) -> tuple[Cells, Cells]:
    """Hold what plans know of visits on one side against what they know on the other.

    Parameters
    ----------
    one, other
        As delivered, whose visits are looked at, and altered from a day on.
    day
        The cut.
    months
        How many months a plan reaches.
    known
        Names of those whom both sides knew of before the cut; nobody else is looked at.

    Returns
    -------
    plans, strict_plans
        All indicators, named `plan:ID` and `strict_plan:ID`, and `plan:LATE`: whether the register
        told of the enterprise only after the plan began.
    """
    strict = _Planned.of(one, day, months, known)
    registered = one.listing.registered(strict.visits, strict.begun)
    listed = strict.take((strict.visits.as_of <= day) | registered)
    return (
        Cells(listed.plans(one), listed.plans(other)),
        Cells(strict.strict_plans(one), strict.strict_plans(other)),
    )
