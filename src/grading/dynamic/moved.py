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
        return np.asarray(self.packed.any(axis=2))

    def put_back(self, rows: npt.NDArray[np.intp], back: Parts) -> Array:
        """Return the new matrix of some rows with some movers put back; shape (m, indicators).

        An indicator that both records and the day moved keeps, where only the day is put back, what
        the records added to it.
        """
        by_day, told = back[:, self.movers], back[:, RECORDS]
        found = np.empty((len(rows), len(self.movers)))
        for flags, day_before, day_now in (
            (told, self.before, self.unheard),
            (~told, self._still, self.now),
        ):
            some = rows[flags]
            found[flags] = np.where(by_day[flags], day_before[some], day_now[some])
        return found

    @cached_property
    def packed(self) -> npt.NDArray[np.uint8]:
        """Which indicators each mover moved, as packed bits; shape (n, 4, indicators / 8).

        Examples
        --------
        >>> edges = Edges((np.array([1.5]), np.array([5.5])), np.array([False, False]))
        >>> matrices = np.array([[1.0, 5.0]]), np.array([[1.0, 6.0]]), np.array([[2.0, 6.0]])
        >>> moved = Moved(np.array([TIME, WINDOWS], np.int8), edges, *matrices)
        >>> np.unpackbits(moved.packed, axis=2, count=2).tolist()
        [[[1, 0], [0, 1], [0, 0], [0, 0]]]
        """
        by_day = [self.movers == mover for mover in (WINDOWS, TIME, OTHERS)]
        told, days = (
            np.packbits(self.edges.differs(one, other), axis=1)[:, None]
            for one, other in ((self.unheard, self.now), (self.before, self.unheard))
        )
        return np.concatenate([told, days & np.packbits(by_day, axis=1)], axis=1)

    def with_unheard(self, rows: npt.NDArray[np.intp], unheard: Array) -> Self:
        """Return some rows with another matrix of what was not told."""
        return replace(self, before=self.before[rows], unheard=unheard, now=self.now[rows])

    @cached_property
    def _still(self) -> Array:
        """What was, and what records added to it since."""
        both = (self.unheard != self.now) & ~(np.isnan(self.unheard) & np.isnan(self.now))
        added = self.before + (self.now - self.unheard)
        return np.where(both, np.where(np.isnan(added), self.now, added), self.before)
