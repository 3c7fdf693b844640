"""Run days: when an enterprise is graded in the days ahead, as policy and its records have it."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ...features import Events, matching
from ...grading import Policy
from ...grading.dynamic.calendar import monthly
from ...grading.dynamic.turns import CLOCKS

__all__ = ["RunDays"]

Numbers = npt.NDArray[np.int32]


class RunDays:
    """The days after one and until another on which an enterprise is graded.

    That is everybody's days, and the day after something is told of a record that policy names.

    Parameters
    ----------
    policy
        The policy.
    as_of, until
        Day numbers.

    Examples
    --------
    >>> from xinheng.core import time
    >>> start = time.day("2026-01-04")
    >>> _, days = RunDays(Policy.default(), start, start + 60).of(Events.none(), 1)
    >>> [time.show(day) for day in days.tolist()]
    ['2026-02-01', '2026-03-01']
    """

    def __init__(self, policy: Policy, as_of: int, until: int) -> None:
        self._policy, self._as_of, self._until = policy, as_of, until
        self._everybody = np.array(monthly(policy, as_of, until), np.int32)

    def of(self, events: Events, worlds: int) -> tuple[Numbers, Numbers]:
        """Return worlds and days of all runs, by world and then by day.

        Parameters
        ----------
        events
            As they would be, with the number of the world as that of the enterprise.
        worlds
            How many there are; their numbers are those below it.
        """
        every = np.repeat(np.arange(worlds, dtype=np.int32), len(self._everybody))
        pairs = [np.stack([every, np.tile(self._everybody, worlds)]), *self._named(events)]
        found = np.unique(np.concatenate(pairs, axis=1), axis=1)
        return found[0], found[1]

    def _named(self, events: Events) -> Iterator[Numbers]:
        """Yield worlds and days of the runs to which events lead that policy names."""
        for edition in self._policy.editions:
            first = max(self._as_of, edition.effective_from - 1)
            last = min(self._until, edition.effective_to)
            for event in edition.updates.events if first < last else ():
                rows = np.isin(events.stream, matching(event.streams, events.vocabulary))
                if event.severity is not None:
                    rows &= events.severity >= event.severity
                some = events.take(np.flatnonzero(rows))
                for clock in CLOCKS:
                    day = getattr(some, clock)
                    here = (first <= day) & (day < last)
                    yield np.stack([some.enterprise[here], day[here] + np.int32(1)])
