"""Steps: running sums that answer for any day, by binary search."""

from dataclasses import dataclass

import numpy as np

from ..core.time import NEVER
from .intervals import Days, Ints, Stretches, pack, unpack

__all__ = ["Steps"]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Running sums by group.

    Parameters
    ----------
    groups
        The keys, rising.
    ends
        Number of a group and a day after which a sum of it is another, packed into one number.
    totals
        Sums x (ends + 1): what each is after so many ends.
    """

    groups: Ints
    ends: Ints
    totals: Ints

    @classmethod
    def of(cls, stretches: Stretches, *amounts: Ints) -> "Steps":
        """Sum up what holds on stretches of days, by key; an amount for each stretch and sum.

        Examples
        --------
        >>> key, start, stop = np.array([7, 7]), np.array([10, 12]), np.array([20, 14])
        >>> steps = Steps.of((key, start, stop), np.array([1, 1]))
        >>> steps.at(np.array([7, 7, 7, 8]), np.array([10, 13, 20, 13])).tolist()
        [[0, 2, 1, 0]]
        """
        key, start, stop = stretches
        groups, number = np.unique(key, return_inverse=True)
        ends = stop < NEVER
        packed = np.concatenate([pack(number, start), pack(number[ends], stop[ends])])
        order = np.argsort(packed, kind="stable")
        first = np.flatnonzero(np.diff(packed[order], prepend=-1))
        changes = np.zeros((len(amounts), len(first)), np.int64)
        for change, amount in zip(changes, amounts, strict=True):
            if len(first):
                both = np.concatenate([amount, -amount[ends]])
                np.add.reduceat(both[order], first, out=change)
        moved = changes.any(axis=0)
        totals = np.zeros((len(amounts), int(moved.sum()) + 1), np.int64)
        np.cumsum(changes[:, moved], axis=1, out=totals[:, 1:])
        return cls(groups, packed[order[first[moved]]], totals)

    def at(self, keys: Ints, as_of: Days) -> Ints:
        """Return the sums of each group as of each day: sums x rows."""
        if not len(self.groups):
            return np.zeros((len(self.totals), len(keys)), np.int64)
        number = np.searchsorted(self.groups, keys).clip(max=len(self.groups) - 1)
        to = np.searchsorted(self.ends, pack(number, as_of), side="left")
        since = np.searchsorted(self.ends, pack(number, np.full(len(keys), -NEVER)), side="left")
        known = self.groups[number] == keys
        return np.where(known, self.totals[:, to] - self.totals[:, since], 0)

    def moved(self, earlier: int, later: int) -> Ints:
        """Return the groups of which a sum may differ between two days, rising.

        Examples
        --------
        >>> steps = Steps.of((np.array([7]), np.array([10]), np.array([20])), np.array([1]))
        >>> [steps.moved(*days).tolist() for days in ((9, 10), (10, 11), (11, 20), (20, 21))]
        [[], [7], [], [7]]
        """
        number, day = unpack(self.ends)
        return self.groups[np.unique(number[(earlier <= day) & (day < later)])]
