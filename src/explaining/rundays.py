"""Run days: when an enterprise is graded in the days ahead, as policy and its own steps have it."""

from collections.abc import Callable, Sequence

import numpy as np

from ..features import Events, matching
from ..grading import Policy
from ..grading.dynamic.calendar import monthly
from ..grading.dynamic.turns import CLOCKS
from .steps import Step

__all__ = ["RunDays", "first_of"]


class RunDays:
    """The days after one and until another on which an enterprise is graded.

    That is everybody's days, and the day after a step of its own tells of a record that policy
    names.

    Parameters
    ----------
    policy
        The policy.
    after
        Returns the events as they would be after some steps.
    as_of, until
        Day numbers.

    Examples
    --------
    >>> from xinheng.core import time
    >>> start = time.day("2026-01-04")
    >>> days = RunDays(Policy.default(), lambda steps: Events.none(), start, start + 60)
    >>> [time.show(day) for day in days.all([])]
    ['2026-02-01', '2026-03-01']
    """

    def __init__(
        self,
        policy: Policy,
        after: Callable[[Sequence[Step]], Events],
        as_of: int,
        until: int,
    ) -> None:
        self._policy, self._after, self._as_of, self._until = policy, after, as_of, until
        self._everybody = monthly(policy, as_of, until)
        self._named: dict[Step, bool] = {}

    def all(self, steps: Sequence[Step]) -> list[int]:
        """Return all days if some steps are taken, rising."""
        return sorted({*self._everybody, *(step.day for step in steps if self._leads(step))})

    def _leads(self, step: Step) -> bool:
        """Tell whether a step leads to a run by itself."""
        if step not in self._named:
            within = self._as_of < step.day <= self._until
            self._named[step] = within and self._is_named(step)
        return self._named[step]

    def _is_named(self, step: Step) -> bool:
        """Tell whether policy names an event of which something is told on the day it is done."""
        later = self._after([step])
        for event in self._policy.on(step.day).updates.events:
            rows = np.isin(later.stream, matching(event.streams, later.vocabulary))
            if event.severity is not None:
                rows &= later.severity >= event.severity
            if any((getattr(later, clock)[rows] == step.done).any() for clock in CLOCKS):
                return True
        return False


def first_of(steps: Sequence[Step]) -> int:
    """Return the first day as of which some steps have all been taken."""
    return max((step.day for step in steps), default=0)
