"""The standing of everybody: the level in force, and since when, after the newest run."""

from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ...core import time
from ...grading.dynamic import GradeStore
from ...grading.dynamic.columns import codes
from ...grading.dynamic.inforce import since_everybody
from ...ledger import History

__all__ = ["NO_LEVEL", "Standing", "Standings"]

NO_LEVEL = -1
Number = TypeVar("Number", np.int8, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Levels after a run.

    Attributes
    ----------
    run
        Number of the run, 0 where there is none yet.
    change
        Number of the newest change that is counted.
    level
        Code of the level of each enterprise by dense number, -1 where none was given.
    moved
        Day number of the run that moved it last, `time.NEVER` where none did.
    """

    run: int
    change: int
    level: npt.NDArray[np.int8]
    moved: npt.NDArray[np.int32]

    def of(self, numbers: npt.NDArray[np.int32]) -> "Standing":
        """Return the standing of some enterprises, in their order."""
        return Standing(
            self.run,
            self.change,
            _taken(self.level, numbers, NO_LEVEL),
            _taken(self.moved, numbers, time.NEVER),
        )


NOBODY = Standing(0, 0, np.empty(0, np.int8), np.empty(0, np.int32))


class Standings:
    """The standing now: read from what runs left, and again once there is a newer run.

    Parameters
    ----------
    store, history
        Where grades are, and the runs that gave them.
    """

    def __init__(self, store: GradeStore, history: History) -> None:
        self._store, self._history = store, history
        self._known = NOBODY
        self._reading = Lock()

    def now(self) -> Standing:
        """Return the standing after the newest run."""
        last = self._history.last()
        if last == self._known.run:
            return self._known
        with self._reading:
            if last > self._known.run:
                self._known = self._read(self._known)
            return self._known

    def _read(self, known: Standing) -> Standing:
        runs = self._history.runs()
        level = known.level
        begin = since_everybody(runs, runs[-1].as_of)
        for run in begin if begin[0].id > known.run else [r for r in runs if r.id > known.run]:
            for piece in self._store.pieces(run.digest, columns=["enterprise", "level"]):
                who = piece["enterprise"].to_numpy()
                level = _roomy(level, int(who.max(initial=-1)) + 1, NO_LEVEL)
                level[who] = codes(piece["level"])
        change, rows = self._history.moved(known.change)
        who, days = np.array(rows or np.empty((0, 2)), np.int64).T
        moved = _roomy(known.moved, max(len(level), int(who.max(initial=-1)) + 1), time.NEVER)
        moved[who] = days
        return Standing(runs[-1].id, change, level, moved)


def _roomy(column: npt.NDArray[Number], size: int, nothing: int) -> npt.NDArray[Number]:
    """Return a copy of a column with room for so many."""
    more = max(size - len(column), 0)
    return np.concatenate([column, np.full(more, nothing, column.dtype)])


def _taken(
    column: npt.NDArray[Number], numbers: npt.NDArray[np.int32], nothing: int
) -> npt.NDArray[Number]:
    found = np.full(len(numbers), nothing, column.dtype)
    known = numbers < len(column)
    found[known] = column[numbers[known]]
    return found
