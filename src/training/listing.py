"""Listing: what is known of visits when the list of whom to visit is made.

A plan is a list of whom to visit. So who is on it, and where, is given: the register is read as
of the plan's first day or, where it first came to us later, as of the visit. That is only done for
an enterprise of which something else dates from before the first day, such as its licence, for only
then could it be listed. Everything else is frozen: what is found and reported from the first day
on changes nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..features import Catalogue, Events, Places, References, compute, matching
from .cohorts import Cohort, Days

__all__ = ["Listing"]

REGISTER = ("enterprise.*",)
TOLD = ("enterprise", "occurred", "available")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """What the indicators of visits are computed from when a plan begins.

    Attributes
    ----------
    catalogue
        The indicators.
    events, references, places
        What they are computed from; places are None where nothing near a place is counted.
    """

    catalogue: Catalogue
    events: Events
    references: References
    places: Places | None

    def late(self, cohort: Cohort, begun: Days) -> Flags:
        """Tell of each visit whether it is to whom the register told of after its plan began.

        It is not where nothing else known by the visit had occurred before the plan, such as the
        start of a licence: nobody could list an enterprise that was not there.
        """
        late = ~self.registered(cohort, begun)
        late[late] = self._there(cohort.take(late), begun[late])
        return late

    def registered(self, cohort: Cohort, begun: Days) -> Flags:
        """Tell of each visit whether the register told of the enterprise before its plan began."""
        events, register = self.events, self._of_register()
        most = max(int(each.max(initial=-1)) for each in (cohort.enterprise, events.enterprise))
        first = np.full(most + 1, time.NEVER, np.int64)
        known = np.maximum(events.occurred, events.available)[register]
        np.minimum.at(first, events.enterprise[register], known)
        return first[cohort.enterprise] < begun

    def matrix(self, cohort: Cohort, begun: Days, *, threads: int = 1) -> pd.DataFrame:
        """Return the indicators of visits as a list of whom to visit has them on its first day.

        Parameters
        ----------
        cohort
            The visits, of enterprises that the events number.
        begun
            The first day of the plan of each.
        threads
            How many threads compute.
        """
        registered = np.where(self.late(cohort, begun), cohort.as_of, begun).astype(np.int32)
        return self._values(cohort, begun, registered, threads)

    def strict_matrix(self, cohort: Cohort, begun: Days, *, threads: int = 1) -> pd.DataFrame:
        """Return the same, but nothing of the register that came after the first day."""
        return self._values(cohort, begun, begun, threads)

    def _values(self, cohort: Cohort, begun: Days, registered: Days, threads: int) -> pd.DataFrame:
        rows = pd.DataFrame(
            {"enterprise": cohort.enterprise, "as_of": begun, "registered": registered}
        )
        return compute(
            self.catalogue,
            self.events,
            rows,
            references=self.references,
            places=self.places,
            threads=threads,
        )

    def _of_register(self) -> Flags:
        """Tell which events are the register's."""
        return np.isin(self.events.stream, matching(REGISTER, self.events.vocabulary))

    def _there(self, cohort: Cohort, begun: Days) -> Flags:
        """Tell of each visit whether anything else, known by then, occurred before a day."""
        theirs = ~self._of_register() & np.isin(self.events.enterprise, cohort.enterprise)
        told = pd.DataFrame({name: getattr(self.events, name)[theirs] for name in TOLD})
        asked = pd.DataFrame(
            {"enterprise": cohort.enterprise, "visit": cohort.as_of, "begun": begun}
        )
        pairs = asked.reset_index(names="row").merge(told, on="enterprise")
        before = (pairs["occurred"] < pairs["begun"]) & time.is_known(
            pairs["available"].to_numpy(), pairs["visit"].to_numpy()
        )
        there = np.zeros(len(cohort), bool)
        there[pairs.loc[before, "row"].unique()] = True
        return there
