"""Steps: running sums that answer for any day, by binary search."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..core.time import NEVER
from .intervals import Days, Ints, Stretches, earliest, pack, unpack

__all__ = ["Steps"]

ROOM = 8  # places for each change, up to which changes are put by their place instead of sorted


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
        ends = stop < NEVER
        both = [np.append(amount, -amount[ends]) for amount in amounts]
        return cls._summed(np.append(key, key[ends]), np.append(start, stop[ends]), both)

    @classmethod
    def joined(cls, parts: Sequence["Steps"]) -> "Steps":
        """Return the sums of several together; there is one at least.

        Examples
        --------
        >>> key, start, stop = np.array([7, 7]), np.array([10, 12]), np.array([20, 14])
        >>> steps = Steps.of((key, start, stop), np.array([1, 1]))
        >>> Steps.joined([steps, steps]).at(np.array([7, 7]), np.array([10, 13])).tolist()
        [[0, 4]]
        """
        groups, days = zip(*(unpack(part.ends) for part in parts), strict=True)
        keys = [part.groups[group] for part, group in zip(parts, groups, strict=True)]
        changes = np.concatenate([np.diff(part.totals, axis=1) for part in parts], axis=1)
        return cls._summed(np.concatenate(keys), np.concatenate(days), list(changes))

    @classmethod
    def _summed(cls, key: Ints, day: Ints, amounts: Sequence[Ints]) -> "Steps":
        group, groups = pd.factorize(key, sort=True)
        ends, changes = _changes(group, day, amounts)
        totals = np.zeros((len(amounts), len(ends) + 1), np.int64)
        np.cumsum(changes, axis=1, out=totals[:, 1:])
        return cls(groups, ends, totals)

    def at(self, keys: Ints, as_of: Days) -> Ints:
        """Return the sums of each group as of each day: sums x rows."""
        if not len(self.groups):
            return np.zeros((len(self.totals), len(keys)), np.int64)
        if len(keys) == 1:
            return self._at_one(keys, as_of)
        number = np.minimum(np.searchsorted(self.groups, keys), len(self.groups) - 1)
        to = np.searchsorted(self.ends, pack(number, as_of), side="left")
        since = np.searchsorted(self.ends, earliest(number), side="left")
        known = self.groups[number] == keys
        return np.where(known, self.totals[:, to] - self.totals[:, since], 0)

    def _at_one(self, key: Ints, as_of: Days) -> Ints:
        """Return the same of one row, with less to do."""
        number = self.groups.searchsorted(key)
        if number[0] == len(self.groups) or self.groups[number[0]] != key[0]:
            return np.zeros((len(self.totals), 1), np.int64)
        to = self.ends.searchsorted(pack(number, as_of))
        since = self.ends.searchsorted(earliest(number))
        found: Ints = self.totals[:, to] - self.totals[:, since]
        return found


def _changes(group: Ints, day: Ints, amounts: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Return the packed groups and days on which a sum changes, rising, and by how much."""
    low, high = int(day.min(initial=NEVER)), int(day.max(initial=-NEVER))
    width, groups = high - low + 1, int(group.max(initial=-1)) + 1
    if 0 < groups * width <= ROOM * len(day):
        changes = np.zeros((len(amounts), groups * width), np.int64)
        place = group * width + (day - low)
        for change, amount in zip(changes, amounts, strict=True):
            np.add.at(change, place, amount)
        moved = np.flatnonzero(changes.any(axis=0))
        return pack(moved // width, moved % width + low), changes[:, moved]
    packed = pack(group, day)
    order = np.argsort(packed, kind="stable")
    first = np.flatnonzero(np.diff(packed[order], prepend=-1))
    changes = np.zeros((len(amounts), len(first)), np.int64)
    for change, amount in zip(changes, amounts, strict=True):
        if len(first):
            np.add.reduceat(amount[order], first, out=change)
    moved = np.flatnonzero(changes.any(axis=0))
    return packed[order[first[moved]]], changes[:, moved]
