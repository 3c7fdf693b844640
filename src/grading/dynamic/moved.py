"""What moved the indicators: records that were told, windows, time alone, or other enterprises.

Between two grades an indicator moves for four reasons. What the enterprise's own records say is
told apart by computing the new day's indicators from what was known at the grade before. What is
left moves by the day: an indicator that rests on others may move by them, one that counts in a
window by what leaves it, and any other because time passed. That an indicator moved is said only
where that counts in the model (`edges`).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from ...features import Aggregate, Catalogue, Indicator
from ...features.dated import Dated
from ...features.expression import leaves_of
from ..calibrator import Array
from .edges import Edges
from .least import Parts

__all__ = ["MOVERS", "Moved", "movers_of"]

MOVERS = ("records", "windows", "time", "others")
RECORDS, WINDOWS, TIME, OTHERS = range(len(MOVERS))


def movers_of(catalogue: Catalogue) -> npt.NDArray[np.int8]:
    """Return by what each indicator moves when nothing is told: its place in `MOVERS`."""
    return np.array([_mover(indicator) for indicator in catalogue.indicators], np.int8)


def _mover(indicator: Indicator) -> int:
    leaves = [*leaves_of(indicator.expression)]
    if any(isinstance(leaf, Dated) for leaf in leaves):
        return OTHERS
    if any(isinstance(leaf, Aggregate) and leaf.window is not None for leaf in leaves):
        return WINDOWS
    return TIME


@dataclass(frozen=True, eq=False)
class Moved:
    """Three matrices of the same rows, float64 of shape (n, indicators).

    Parameters
    ----------
    movers, edges
        From `movers_of`, and those of the model.
    before
        As of the day of the grade before, from what was known then.
    unheard
        As of the new day, from what was known at the grade before of the enterprise itself.
    now
        As of the new day, from all that is known.
    """

    movers: npt.NDArray[np.int8]
    edges: Edges
    before: Array
    unheard: Array
    now: Array

    def differs(self) -> Parts:
        """Tell by what any indicator moved at all; shape (n, 4)."""
        found = np.zeros((len(self.now), len(MOVERS)), bool)
        found[:, RECORDS] = self._told.any(axis=1)
        for mover in (WINDOWS, TIME, OTHERS):
            found[:, mover] = self._by_day[:, self.movers == mover].any(axis=1)
        return found

    def put_back(self, rows: npt.NDArray[np.intp], back: Parts) -> Array:
        """Return the new matrix of some rows with some movers put back; shape (m, indicators).

        An indicator that both records and the day moved keeps, where only the day is put back, what
        the records added to it.
        """
        before, unheard, now = self.before[rows], self.unheard[rows], self.now[rows]
        by_day = back[:, self.movers]
        told = back[:, [RECORDS]]
        both = (unheard != now) & ~(np.isnan(unheard) & np.isnan(now))
        added = before + (now - unheard)
        carried = np.where(np.isnan(added), now, added)
        still = np.where(both, carried, before)
        return np.where(told, np.where(by_day, before, unheard), np.where(by_day, still, now))

    def flags(self) -> tuple[npt.NDArray[np.bool_], ...]:
        """Tell which indicators each mover moved, in order of `MOVERS`; shape (n, indicators).

        Examples
        --------
        >>> edges = Edges((np.array([1.5]), np.array([5.5])), np.array([False, False]))
        >>> matrices = np.array([[1.0, 5.0]]), np.array([[1.0, 6.0]]), np.array([[2.0, 6.0]])
        >>> moved = Moved(np.array([TIME, WINDOWS], np.int8), edges, *matrices)
        >>> [flags.tolist() for flags in moved.flags()][:2]
        [[[True, False]], [[False, True]]]
        """
        by_day = (self._by_day & (self.movers == mover) for mover in (WINDOWS, TIME, OTHERS))
        return (self._told, *by_day)

    def with_unheard(self, rows: npt.NDArray[np.intp], unheard: Array) -> Self:
        """Return some rows with another matrix of what was not told."""
        return replace(self, before=self.before[rows], unheard=unheard, now=self.now[rows])

    @cached_property
    def _told(self) -> npt.NDArray[np.bool_]:
        return self.edges.differs(self.unheard, self.now)

    @cached_property
    def _by_day(self) -> npt.NDArray[np.bool_]:
        return self.edges.differs(self.before, self.unheard)
