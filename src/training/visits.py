"""Visits: those of a task, as lists of whom to visit made beforehand have them."""

from dataclasses import dataclass

import numpy as np

from ..archive import Archive
from ..core.errors import InvalidError
from ..features import Catalogue, Events, Nearby, Places
from .cohorts import Cohort, Days, Fold, fold, rolling
from .inputs import read_cohort, read_references, windows_of
from .listing import Listing
from .task import Task

__all__ = ["Visits", "plan_starts", "read_visits"]


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
    >>> from xinheng.core import time
    >>> days = np.array([time.day(day) for day in ("2026-01-01", "2026-03-31", "2026-04-01")])
    >>> [time.show(day) for day in plan_starts(days, 3).tolist()]
    ['2026-01-01', '2026-01-01', '2026-04-01']
    """
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    begun = (month // months * months).astype("datetime64[M]").astype("datetime64[D]")
    return begun.astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Visits(Listing):
    """The visits of a cohort, and what their indicators are computed from.

    Attributes
    ----------
    cohort
        The visits.
    test, rolling
        The folds.
    sequence
        The delivery up to which the archive was read.
    """

    cohort: Cohort
    test: Fold
    rolling: tuple[Fold, ...]
    sequence: int


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
    further = task.rolling
    nearby = any(isinstance(leaf, Nearby) for leaf in catalogue.leaves)
    return Visits(
        cohort=cohort,
        catalogue=catalogue,
        events=events,
        references=read_references(archive, catalogue, events),
        places=Places.from_table(archive.places(upto=sequence)) if nearby else None,
        test=fold(cohort, *windows_of(task, cohort)),
        rolling=rolling(cohort, further.starts, further.last) if further else (),
        sequence=sequence,
    )
