"""What moved the indicators of rows whose level they changed, found by putting it back."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..calibrator import Array
from ..scores import Codes
from .between import BY_DAY, WAYS
from .cause import INDICATORS, Sides
from .edges import edges_of
from .least import Parts, fewest
from .retrospect import Retrospect
from .telling import TOLD

__all__ = ["MOVERS", "RECORDS", "Refined", "refine"]

Places = npt.NDArray[np.intp]

MOVERS = ("records", "windows", "time", "others")
"""What moves indicators: what was told of records, and `BY_DAY`."""
RECORDS, OTHERS = MOVERS.index("records"), MOVERS.index("others")


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """What moved the indicators of rows, and in which ways records were told of.

    Attributes
    ----------
    found
        What changed the level; shape (n, 4), in order of `MOVERS`.
    ways
        How records were told of that did; shape (n, 6), in order of `TOLD`.
    names
        Of the indicators.
    moved
        Which indicators each mover moved, as packed bits; shape (n, 4, indicators / 8).
    """

    found: Parts
    ways: Parts
    names: tuple[str, ...]
    moved: npt.NDArray[np.uint8]

    def indicators(self) -> list[str]:
        """Return the indicators that moved, by what moved them and the level, as a part of JSON."""
        flags = np.unpackbits(self.moved[self.found], axis=1, count=len(self.names))
        names = pa.array([json.dumps(name) for name in self.names], pa.string())
        lists = _joined(names.take(pa.array(np.nonzero(flags)[1])), flags.sum(axis=1))
        movers = pa.array([f'"{mover}": [' for mover in MOVERS])
        named = movers.take(pa.array(np.nonzero(self.found)[1]))
        parts = pc.binary_join_element_wise(named, lists, "]", "")
        rows = _joined(parts, self.found.sum(axis=1))
        found: list[str] = pc.binary_join_element_wise(
            ', "indicators": {', rows, "}", ""
        ).to_pylist()
        return found


def refine(sides: Sides, found: Parts, rows: Places, back: Retrospect, now: Array) -> Refined:
    """Return what moved the indicators of rows.

    Parameters
    ----------
    sides, found
        The two grades, and the parts that changed the levels, of all rows; see `cause`.
    rows
        Places of those that the indicators changed, under one model; shape (n,).
    back, now
        What is known of these, and their indicators; shape (n, indicators).
    """
    catalogue = back.matrices.bundle.catalogue
    trial = _Trial(sides, found, rows, back, now)
    differs = np.ones((rows.size, len(MOVERS)), bool)
    differs[:, OTHERS] = bool(catalogue.dated)
    named = fewest(trial.levels, trial.level_before, differs)
    ways = _ways(trial, named)
    moved = _moved(back, np.column_stack([ways, named[:, 1:]]))
    return Refined(named, ways, catalogue.ids, moved)


class _Trial:
    """Levels of rows with some of what moved their indicators put back."""

    def __init__(
        self, sides: Sides, found: Parts, rows: Places, back: Retrospect, now: Array
    ) -> None:
        self.sides, self.rows, self.back, self.now = sides, rows, back, now
        self.level_before = sides.level_before[rows]
        self._base = found[rows].copy()
        self._base[:, INDICATORS] = True
        self._margin_before = sides.margins(rows, self._base)
        self._base[:, INDICATORS] = False
        self._margin_now = sides.margins(rows, self._base)

    def levels(self, some: Places, back: Parts) -> Codes:
        """Return the levels of some with movers put back, records in all ways."""
        return self.levels_of(some, np.repeat(back, (len(WAYS), *(1 for _ in BY_DAY)), axis=1))

    def levels_of(self, some: Places, back: Parts) -> Codes:
        """Return the levels of some with ways of telling, and `BY_DAY`, put back."""
        margins = self._margins(some, back)
        others = np.flatnonzero(back[:, -1])
        if others.size:
            margins[others] += self._late(some[others])
        return self.sides.levels(self.rows[some], self._base[some], margins)

    def _late(self, some: Places) -> Array:
        """Return what the margins before of some miss of what others were told late."""
        whole = np.ones((some.size, len(WAYS) + len(BY_DAY)), bool)
        return self._margin_before[some] - self._margins(some, whole)

    def _margins(self, some: Places, back: Parts) -> Array:
        """Return margins, which are those of now wherever nothing moved that counts."""
        blend, values = self.back.matrices.bundle.blend, self.back.rows(some, back)
        moved = np.flatnonzero(edges_of(blend).differs(values, self.now[some]).any(axis=1))
        margins = self._margin_now[some]
        margins[moved] = blend.margins(values[moved])
        return margins


def _ways(trial: _Trial, named: Parts) -> Parts:
    """Return in which ways records were told of that changed a level."""
    told = np.zeros((len(named), len(TOLD)), bool)
    rows = np.flatnonzero(named[:, RECORDS])
    if not rows.size:
        return told
    found = trial.back.told(rows)
    whose = np.searchsorted(trial.back.enterprises, found["enterprise"].to_numpy())
    told[whose, pd.Index(TOLD).get_indexer(pd.Index(found["told"]))] = True

    def levels_of(some: Places, ways: Parts) -> Codes:
        return trial.levels_of(some, np.column_stack([ways, named[some, 1:]]))

    return fewest(levels_of, trial.level_before, told)


def _moved(back: Retrospect, named: Parts) -> npt.NDArray[np.uint8]:
    """Return which indicators each mover moved where all that is named is put back, and it is not.

    That one moved is said only where that counts in the model.
    """
    columns = (slice(len(WAYS)), *range(len(WAYS), named.shape[1]))
    without = np.repeat(named[:, None], len(columns), axis=1)
    for mover, some in enumerate(columns):
        without[:, mover, some] = False
    row, which = np.nonzero((without != named[:, None]).any(axis=2))
    places = np.concatenate([np.arange(len(named)), row])
    values = back.rows(places, np.concatenate([named, without[row, which]]))
    still, moved = values[row], values[len(named) :]
    found = np.zeros((len(named), len(columns), values.shape[1]), bool)
    found[row, which] = edges_of(back.matrices.bundle.blend).differs(still, moved)
    return np.packbits(found, axis=2)


def _joined(texts: pa.Array, many: npt.NDArray[np.integer[Any]]) -> pa.Array:
    """Return so many texts after the other in one, parted by commas."""
    ends = np.concatenate([[0], np.cumsum(many)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(ends, texts), ", ")
