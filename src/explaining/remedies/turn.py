"""Turn: when steps begin that other steps of their set, or days to come, make way for."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

from ...core import time
from ...features import Events
from ..law.actions import Deed
from ..law.reach import in_the_way
from ..law.steps import Step, rows_of

__all__ = ["Turn"]


class Turn:
    """In which turn steps can be taken: each once nothing that forbids it is open.

    What is open may be ended by other steps of a set, or by a day that is known.

    Parameters
    ----------
    own
        The events of the enterprise, as known now.
    steps
        All that are looked at, each of which begins when it could by itself.
    as_of
        Day number.
    """

    def __init__(self, own: Events, steps: Iterable[Step], as_of: int) -> None:
        self._ended = own.ended.astype(np.int64)
        self._open = np.maximum(self._ended, own.ended_available)
        self._ways, self._ends = {}, {}
        for step in steps:
            self._ways[step.deed] = in_the_way(step.action, step.record, own, as_of)
            if step.action.does is Deed.END:
                self._ends[step.deed] = rows_of(step, own)

    def of(self, steps: Sequence[Step]) -> tuple[Step, ...] | None:
        """Return a set of steps, each begun in its turn; None if that of one never comes."""
        found = self._settled(steps)
        return found if len(found) == len(steps) else None

    def most(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Return those of some steps that can be taken if all are, each in its turn."""
        while (turned := self.of(steps)) is None:
            able = {step.deed for step in self._settled(steps)}
            steps = [step for step in steps if step.deed in able]
        return turned

    def sets(self, steps: Sequence[Step], most: int) -> Iterator[tuple[Step, ...]]:
        """Yield all sets of so many steps at most that can be taken, each in its turn."""
        for size in range(min(most, len(steps)) + 1):
            for chosen in combinations(steps, size):
                if (found := self.of(chosen)) is not None:
                    yield found

    def _settled(self, steps: Sequence[Step]) -> tuple[Step, ...]:
        """Put steps off until all stand; once some never can, return the others."""
        found = tuple(steps)
        while (turned := tuple(self._free(found))) != found:
            if len(turned) < len(found):
                return turned
            found = turned
        return found

    def _free(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Yield the steps that can be taken if all are, put off until nothing forbids them."""
        done = {step.deed: step.day for step in steps}
        open_until = self._open
        for step in steps:
            if (rows := self._ends.get(step.deed)) is not None:
                if open_until is self._open:
                    open_until = open_until.copy()
                rows = rows[self._ended[rows] > step.done]
                open_until[rows] = np.minimum(open_until[rows], step.done)
        for step in steps:
            free = int(open_until[self._ways[step.deed]].max(initial=0)) + 1
            free = max(free, *(done.get(each, time.NEVER + 1) for each in step.after), 0)
            if free <= time.NEVER and step.put_off(free).in_time:
                yield step.put_off(free)
