"""Planned visits: what a forecast knows of them, computed on both sides of a leak test.

Each visit is looked at as its own plan has it. If that plan began after the cut, one that begins on
the cut is taken instead, as for the visits of a test window. So every plan begins by the cut, and
what came from the cut on changes

- nothing of any visit in a strict plan (`Visits.strict_matrix`);
- nothing of a visit up to the cut in a plan (`Visits.matrix`, `Visits.late`), for the register is
  read as of the visit at the latest;
- nothing of a later visit in a plan if the register told of the enterprise before the plan began,
  for then it is read as of that day;
- of other later visits only what reads the register, whose word may have come after the cut.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Catalogue, patterns_of
from ..cohorts import Cohort, Days
from ..visits import plan_starts
from .cells import Cells
from .side import Side

__all__ = ["planned_cells"]

PLAN, LATE, STRICT = "plan:", "late_plan:", "strict_plan:"
REGISTER, EVERYBODY = "enterprise.", "entity"


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
        return found.assign(LATE=late).set_axis(self._index())

    def strict_plans(self, side: Side) -> pd.DataFrame:
        """Return what strict plans know of them."""
        found = side.listing.strict_matrix(self._numbered(side), self.begun, threads=side.threads)
        return found.set_axis(self._index())

    def _numbered(self, side: Side) -> Cohort:
        """Return the visits with the numbers that enterprises have on a side."""
        numbers = side.names.get_indexer(self.names).astype(np.int32)
        return replace(self.visits, enterprise=numbers)

    def _index(self) -> pd.MultiIndex:
        rows = {"enterprise": self.names, "as_of": self.begun, "visit": self.visits.as_of}
        return pd.MultiIndex.from_frame(pd.DataFrame(rows))


def planned_cells(
    one: Side, other: Side, day: int, months: int, known: pd.Index
) -> tuple[Cells, Cells, Cells]:
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
    plans
        All indicators, named `plan:ID`, and `plan:LATE`: whether the register told of the
        enterprise only after the plan began.
    late_plans
        Those that read nothing of the register, named `late_plan:ID`, of later visits to others.
    strict_plans
        All indicators of all visits, named `strict_plan:ID`.
    """
    planned = _Planned.of(one, day, months, known)
    registered = one.listing.registered(planned.visits, planned.begun)
    told = (planned.visits.as_of <= day) | registered
    own = _without_the_register(one.catalogue)
    plans = planned.plans(one), planned.plans(other)
    strict = planned.strict_plans(one), planned.strict_plans(other)
    return (
        Cells(*(each[told].add_prefix(PLAN) for each in plans)),
        Cells(*(each.loc[~told, own].add_prefix(LATE) for each in plans)),
        Cells(*(each.add_prefix(STRICT) for each in strict)),
    )


def _without_the_register(catalogue: Catalogue) -> list[str]:
    """Return the indicators of everybody that an enterprise's other events decide alone."""
    return [
        indicator.id
        for indicator in catalogue.layout.settled
        if EVERYBODY in indicator.populations
        and not any(pattern.startswith(REGISTER) for pattern in patterns_of(indicator))
    ]
