"""What moved the indicators: records that were told, other enterprises, windows, or time alone.

Between two grades an indicator moves for four reasons. What the enterprise's own records say is
told apart by computing the new day's indicators from what was known at the grade before. What is
left moves by the day: an indicator that rests on others may move by them, one that counts in a
window by what leaves it, and any other because time passed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...features import Aggregate, Catalogue, Indicator
from ...features.dated import Dated
from ...features.expression import leaves_of
from ..calibrator import Array
from .least import Parts

__all__ = ["MOVERS", "Moved", "movers_of"]

MOVERS = ("records", "others", "windows", "time")
RECORDS, OTHERS, WINDOWS, TIME = range(len(MOVERS))


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


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Three matrices of the same rows, float64 of shape (n, indicators).

    Parameters
    ----------
    movers
        From `movers_of`.
    before
        As of the day of the grade before, from what was known then.
    unheard
        As of the new day, from what was known at the grade before of the enterprise itself.
    now
        As of the new day, from all that is known.
    """

    movers: npt.NDArray[np.int8]
    before: Array
    unheard: Array
    now: Array

    def differs(self) -> Parts:
        """Tell by what any indicator moved at all; shape (n, 4)."""
        found = np.zeros((len(self.now), len(MOVERS)), bool)
        found[:, RECORDS] = _unequal(self.unheard, self.now).any(axis=1)
        by_day = _unequal(self.before, self.unheard)
        for mover in (OTHERS, WINDOWS, TIME):
            found[:, mover] = by_day[:, self.movers == mover].any(axis=1)
        return found

    def put_back(self, rows: npt.NDArray[np.intp], back: Parts) -> Array:
        """Return the new matrix of some rows with some movers put back; shape (m, indicators).

        An indicator that both records and the day moved keeps, where only the day is put back, what
        the records added to it.
        """
        before, unheard, now = self.before[rows], self.unheard[rows], self.now[rows]
        by_day = back[:, self.movers]
        told = back[:, [RECORDS]]
        added = before + (now - unheard)
        carried = np.where(np.isnan(added), now, added)
        still = np.where(_unequal(unheard, now), carried, before)
        return np.where(
            told, np.where(by_day, before, unheard), np.where(by_day, still, now)
        )

    def indicators(self, row: int, names: tuple[str, ...]) -> dict[str, list[str]]:
        """Return which indicators of a row moved, by what moved them."""
        told = _unequal(self.unheard[row], self.now[row])
        by_day = _unequal(self.before[row], self.unheard[row])
        moved = {MOVERS[RECORDS]: told} | {
            MOVERS[mover]: by_day & (self.movers == mover) for mover in (OTHERS, WINDOWS, TIME)
        }
        return {
            mover: [name for name, flag in zip(names, flags.tolist(), strict=True) if flag]
            for mover, flags in moved.items()
            if flags.any()
        }


def _unequal(one: Array, other: Array) -> npt.NDArray[np.bool_]:
    """Tell where two values differ; two that are missing do not."""
    found: npt.NDArray[np.bool_] = (one != other) & ~(np.isnan(one) & np.isnan(other))
    return found
