"""Worlds: the indicators of an enterprise with some things as they are, and others as they were.

See `grading.dynamic.between`, which does it for many at once.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ...features import Catalogue, examine, matching
from ...grading.dynamic.between import BY_DAY, WAYS, Between, Seen
from ...grading.dynamic.telling import TOLD
from ..explanation import states_of
from ..words.form import State

__all__ = ["Worlds"]

Array = npt.NDArray[np.float64]
Chosen = frozenset[str]


class Worlds:
    """The indicators of an enterprise between two days.

    Parameters
    ----------
    enterprise
        Dense number.
    before, after
        What was known then, and now; the days may come in any order, and be the same.
    """

    def __init__(self, enterprise: int, before: Seen, after: Seen) -> None:
        self._between = Between(np.array([enterprise], np.int32), before, after)
        self.told = self._between.told
        found = set(self.told["told"])
        self.ways = {name: way for name, way in zip(WAYS, TOLD, strict=True) if way in found}
        self.movers = (*self.ways, *BY_DAY)
        self._rows: dict[str, dict[Chosen, Array]] = {}

    def records(self, mover: str, streams: tuple[str, ...] = ("*",)) -> tuple[int, ...]:
        """Return the records of some streams that were told of in the way that a mover names."""
        some = self.told.loc[self.told["told"] == self.ways.get(mover), "record"].to_numpy()
        found: set[int] = set()
        for each in (self._between.before, self._between.after):
            known = each.known
            here = np.isin(known.stream, matching(streams, known.vocabulary))
            found |= {*known.record[here & np.isin(known.record, some)].tolist()}
        return tuple(sorted(found))

    def rows(self, catalogue: Catalogue, sets: Iterable[Chosen]) -> Array:
        """Return the indicators where some movers have moved; shape (sets, indicators).

        With none they are those of `compute` on the day before, with all those of the day after.
        """
        rows = self._rows.setdefault(catalogue.fingerprint, {})
        asked = [*sets]
        new = [chosen for chosen in dict.fromkeys(asked) if chosen not in rows]
        if new:
            still = [[name not in chosen for name in (*WAYS, *BY_DAY)] for chosen in new]
            back = np.array(still)
            back[:, [WAYS.index(name) for name in WAYS if name not in self.ways]] = False
            made = self._between.rows(catalogue, np.zeros(len(new), np.intp), back)
            rows |= zip(new, made, strict=True)
        return np.array([rows[chosen] for chosen in asked])

    def states(self, catalogue: Catalogue) -> tuple[list[State], list[State]]:
        """Return what stood behind each indicator on the day before, and on the day after."""
        [who] = self._between.enterprises.tolist()
        before, after = (
            states_of(examine(catalogue, each.known, who, each.as_of, references=each.references))
            for each in (self._between.before, self._between.after)
        )
        return before, after
