"""The census: how many enterprises stand at which level, by district and line of business."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock

import numpy as np
import numpy.typing as npt

from ...archive.directory import Rows
from ...core import time
from ...grading import Level
from ...ledger import History
from .directories import Directories, Everybody

__all__ = ["MONTH", "Census", "Censuses", "Moves"]

MONTH = 30
"""For so many days before the newest run moves are counted."""
LEVELS = len(Level)
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Who moved, one line for each change of a level.

    Attributes
    ----------
    since
        Day number from which on they are counted.
    row
        Row of the enterprise in the directory.
    before, after
        Codes of its level before and after.
    newest
        Whether the newest run moved it.
    """

    since: int
    row: Rows
    before: npt.NDArray[np.int8]
    after: npt.NDArray[np.int8]
    newest: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Census:
    """Everybody counted.

    Attributes
    ----------
    everybody
        Who is counted.
    as_of
        Day number of the newest run; None where there was none.
    moves
        Since a month before it.
    """

    everybody: Everybody
    as_of: int | None
    moves: Moves

    @cached_property
    def counts(self) -> Counts:
        """Numbers of enterprises by district, line of business and level; the last is untold."""
        directory = self.everybody.directory
        return _counted(
            directory.district,
            directory.business,
            self.everybody.standing.level,
            (len(directory.districts) + 1, len(directory.businesses) + 1, LEVELS + 1),
        )

    def among(self, rows: Rows) -> Counts:
        """Return the same of some rows only."""
        directory = self.everybody.directory
        return _counted(
            directory.district[rows],
            directory.business[rows],
            self.everybody.standing.level[rows],
            self.counts.shape,
        )


class Censuses:
    """The census of now; it is taken anew once a run or a delivery came.

    Parameters
    ----------
    directories
        Of who is counted.
    history
        Of the runs that gave levels.
    """

    def __init__(self, directories: Directories, history: History) -> None:
        self._directories, self._history = directories, history
        self._known: Census | None = None
        self._taking = Lock()

    def now(self) -> Census:
        """Return the census of now."""
        everybody, known = self._directories.now(), self._known
        if known is not None and known.everybody is everybody:
            return known
        with self._taking:
            if self._known is None or self._known.everybody is not everybody:
                self._known = self._take(everybody)
            return self._known

    def _take(self, everybody: Everybody) -> Census:
        runs = [each for each in self._history.runs() if each.id <= everybody.standing.run]
        if not runs:
            return Census(everybody, None, _moves(everybody, [], 0, 0))
        day = runs[-1].as_of
        since = day - MONTH
        first = next((each.id for each in runs if each.as_of > since), runs[-1].id + 1)
        shifts = self._history.shifts(first)
        return Census(everybody, day, _moves(everybody, shifts, since, day))


def _moves(
    everybody: Everybody, shifts: list[tuple[int, str, str, date]], since: int, newest: int
) -> Moves:
    directory = everybody.directory
    known = [each for each in shifts if directory.row(each[0]) >= 0]
    return Moves(
        since,
        np.array([directory.row(number) for number, *_ in known], np.int32),
        np.array([Level.of(before) for _, before, _, _ in known], np.int8),
        np.array([Level.of(after) for _, _, after, _ in known], np.int8),
        np.array([time.day(day) == newest for *_, day in known], np.bool_),
    )


def _counted(
    district: npt.NDArray[np.int16],
    business: npt.NDArray[np.int16],
    level: npt.NDArray[np.int8],
    shape: tuple[int, ...],
) -> Counts:
    """Count cells; what is not told, -1, is counted in the last place of its axis."""
    places = (district % shape[0], business % shape[1], level % shape[2])
    cells = np.ravel_multi_index(places, shape)
    counts: Counts = np.bincount(cells, minlength=int(np.prod(shape))).reshape(shape)
    return counts
