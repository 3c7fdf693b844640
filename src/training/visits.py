"""Visits as a plan made beforehand has them: who they are to, and what was known by then.

A plan is a list of whom to visit. So who is on it, and where, is given: the register is read as
of the plan's first day or, where it first came to us later, as of the visit. That is only done for
an enterprise of which something else was known on the first day, such as its licence, for only
then could it be listed. Everything else is frozen: what is found and reported from the first day
on changes nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError
from ..features import Catalogue, Events, Nearby, Places, References, compute, matching
from .cohorts import Cohort, Days, Fold, fold, latest, rolling
from .inputs import read_cohort, read_references
from .task import Task

__all__ = ["Visits", "plan_starts", "read_visits"]

REGISTER = ("enterprise.*",)
TOLD = ("enterprise", "occurred", "available")

Flags = npt.NDArray[np.bool_]


def plan_starts(days: Days, months: int) -> Days:
    """Return the day on which the plan began to which each day belongs.

    Parameters
    ----------
    days
        Day numbers.
    months
        How many months a plan reaches, counted from January on; a divisor of 12.

    Examples
    --------
    >>> days = np.array([time.day(day) for day in ("2026-01-01", "2026-03-31", "2026-04-01")])
    >>> [time.show(day) for day in plan_starts(days, 3).tolist()]
    ['2026-01-01', '2026-01-01', '2026-04-01']
    """
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    begun = (month // months * months).astype("datetime64[M]").astype("datetime64[D]")
    return begun.astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """The visits of a cohort, and what indicators are computed from.

    Attributes
    ----------
    cohort
        The visits.
    catalogue
        The indicators.
    events, references, places
        What they are computed from; places are None where nothing near a place is counted.
    test, rolling
        The folds.
    sequence
        The delivery up to which the archive was read.
    """

    cohort: Cohort
    catalogue: Catalogue
    events: Events
    references: References
    places: Places | None
    test: Fold
    rolling: tuple[Fold, ...]
    sequence: int

    def late(self, cohort: Cohort, begun: Days) -> Flags:
        """Tell of each visit whether it is to whom the register told of after its plan began.

        It is not where nothing else known by the visit had occurred before the plan, such as the
        start of a licence: nobody could list an enterprise that was not there.
        """
        streams = matching(REGISTER, self.events.vocabulary)
        register = np.isin(self.events.stream, streams)
        late = ~self._registered(cohort, begun, register)
        late[late] = self._there(cohort.take(late), begun[late], ~register)
        return late

    def matrix(self, cohort: Cohort, begun: Days, *, threads: int = 1) -> pd.DataFrame:
        """Return the indicators of visits as a list of whom to visit has them on its first day.

        Parameters
        ----------
        cohort
            The visits, any of the cohort's.
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

    def _registered(self, cohort: Cohort, begun: Days, register: Flags) -> Flags:
        """Tell of each visit whether the register knew of the enterprise before a day."""
        events = self.events
        most = max(int(each.max(initial=-1)) for each in (cohort.enterprise, events.enterprise))
        first = np.full(most + 1, time.NEVER, np.int64)
        known = np.maximum(events.occurred, events.available)[register]
        np.minimum.at(first, events.enterprise[register], known)
        return first[cohort.enterprise] < begun

    def _there(self, cohort: Cohort, begun: Days, kept: Flags) -> Flags:
        """Tell of each visit whether any kept event, known by then, occurred before a day."""
        theirs = kept & np.isin(self.events.enterprise, cohort.enterprise)
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


def read_visits(archive: Archive, task: Task, catalogue: Catalogue, *, threads: int = 1) -> Visits:
    """Read the visits of a task.

    Raises
    ------
    InvalidError
        If the task's rows are no visits, or a window lacks rows of both outcomes.
    """
    if not task.planning:
        raise InvalidError(
            f"a forecast puts visits in order, and the cohort {task.cohort.name!r} is a panel of "
            "dates; name a cohort of kind 'inspections'"
        )
    sequence = archive.sequence
    events = Events.from_view(archive.events(upto=sequence))
    cohort = read_cohort(archive, task, catalogue, events, threads=threads)
    windows = (task.windows.train, task.windows.test) if task.windows else latest(cohort)
    further = task.rolling
    nearby = any(isinstance(leaf, Nearby) for leaf in catalogue.leaves)
    return Visits(
        cohort=cohort,
        catalogue=catalogue,
        events=events,
        references=read_references(archive, catalogue, events),
        places=Places.from_table(archive.places(upto=sequence)) if nearby else None,
        test=fold(cohort, *windows),
        rolling=rolling(cohort, further.starts, further.last) if further else (),
        sequence=sequence,
    )
