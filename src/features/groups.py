"""Groups: to which of them an enterprise belongs by what was known as of a day."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from .aggregate import Aggregate, latest
from .events import Events
from .intervals import Ints, Rows, Stretches, meetings, pack, read_by, unpack
from .kernel import aggregate
from .plan import compile_plan

__all__ = ["CITY", "GROUPS", "WHEREABOUTS", "Block", "membership"]

CITY = "city"
Found = TypeVar("Found")
WHEREABOUTS = ("district", "area_1km", "area_3km")
"""Groups of enterprises that are near each other, which never enter a grade."""
GROUPS = (CITY, "category", "brand", "site", *WHEREABOUTS)


def membership(group: str) -> Aggregate:
    """Return the aggregate that finds the event which says to which group one belongs."""
    return latest(f"enterprise.{group}", field="position")


class Block:
    """The events of some enterprises, all that there are of each, and the groups they were in."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self._found: dict[Hashable, Any] = {}

    def once(self, name: Hashable, find: Callable[[], Found]) -> Found:
        """Return what is found in these events, which several may ask for by one name."""
        if name not in self._found:
            self._found[name] = find()
        found: Found = self._found[name]
        return found

    def grouped(self, group: str, rows: Rows, start: Ints, stop: Ints) -> tuple[Rows, Stretches]:
        """Cut stretches of days of some events by the group in which their enterprise was.

        Returns
        -------
        rows, stretches
            The event of each piece, and its days by the key of the group; the city's key is 0.
        """
        if group == CITY:
            return rows, (np.zeros(len(rows), np.int64), start, stop)
        pieces, key = self.once(group, lambda: _pieces(group, self.events))
        whose = self.events.enterprise[rows].astype(np.int64)
        left, right, start, stop = meetings((whose, start, stop), pieces)
        return rows[left], (key[right], start, stop)


def _pieces(group: str, events: Events) -> tuple[Stretches, Ints]:
    """Return the days by enterprise on which it was in a group, and which group it was."""
    rows = read_by((f"enterprise.{group}",), events)
    begin = np.maximum(events.occurred[rows], events.available[rows]).astype(np.int64) + 1
    end = events.withdrawn[rows].astype(np.int64) + 1
    day = np.concatenate([begin, end])
    packed = pack(np.tile(events.enterprise[rows], 2), day)
    enterprise, since = unpack(np.unique(packed[day <= NEVER]))
    plan = compile_plan([membership(group)], events.vocabulary)
    at = aggregate(plan, events, enterprise.astype(np.int32), since.astype(np.int32))[:, 0]
    same = np.append(enterprise[1:] == enterprise[:-1], False)
    until = np.where(same, np.append(since[1:], 0), NEVER + 1)
    held = ~np.isnan(at)
    enterprise, since, until = enterprise[held], since[held], until[held]
    key: npt.NDArray[np.int64] = events.case[at[held].astype(np.int64)]
    moves = (enterprise[1:] != enterprise[:-1]) | (key[1:] != key[:-1]) | (since[1:] != until[:-1])
    ends = np.flatnonzero(np.append(moves, np.ones(min(len(key), 1), np.bool)))
    starts = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    return (enterprise[starts], since[starts] - 1, until[ends] - 1), key[starts]
