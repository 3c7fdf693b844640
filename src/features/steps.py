"""Steps: running sums that answer for any day, by binary search."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER

__all__ = ["Steps", "pack", "steps_of"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Running sums by group: at `ends` (group number and day packed into one number)."""

    groups: Ints
    ends: Ints
    n: Ints
    sums: Ints

    def at(self, keys: Ints, as_of: npt.NDArray[np.integer[Any]]) -> tuple[Ints, Ints]:
        """Return n and the sum, in millionths, of each group as of each day."""
        if not len(self.groups):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
        number = np.searchsorted(self.groups, keys).clip(max=len(self.groups) - 1)
        to = np.searchsorted(self.ends, pack(number, as_of), side="left")
        since = np.searchsorted(self.ends, pack(number, np.full(len(keys), -NEVER)), side="left")
        known = self.groups[number] == keys
        return tuple(  # type: ignore[return-value]
            np.where(known, sums[to] - sums[since], 0) for sums in (self.n, self.sums)
        )


def pack(group: npt.NDArray[np.integer[Any]], day: npt.NDArray[np.integer[Any]]) -> Ints:
    """Return group number and day as one number, in the same order."""
    return (group.astype(np.int64) << 32) + (day.astype(np.int64) + NEVER)


def steps_of(parts: list[Ints]) -> Steps:
    """Sum rows (group key, day, n, sum) up, by group and day."""
    key, day, n, sums = np.concatenate([np.empty((4, 0), np.int64), *parts], axis=1)
    groups, number = np.unique(key, return_inverse=True)
    packed = pack(number, day)
    order = np.argsort(packed, kind="stable")
    running = [np.concatenate([[0], np.cumsum(column[order])]) for column in (n, sums)]
    return Steps(groups, packed[order], *running)
