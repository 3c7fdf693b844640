"""What moved the indicators of rows whose level they changed, found by putting it back."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..bundle import Bundle
from ..calibrator import Array
from ..scores import Codes
from .cause import INDICATORS, Sides
from .edges import edges_of
from .least import Parts, fewest
from .moved import MOVERS, OTHERS, RECORDS, Moved
from .retrospect import Retrospect
from .telling import TOLD

__all__ = ["Refined", "refine"]

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """What moved the indicators of rows, and in which ways records were told of.

    Attributes
    ----------
    found
        What changed the level; shape (n, 4), in order of `MOVERS`.
    ways
        How records were told of that did; shape (n, 5), in order of `TOLD`.
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
    bundle = back.matrices.bundle
    moved = Moved(back.matrices.movers, edges_of(bundle.blend), back.before(), back.unheard(), now)
    trial = _Trial(sides, found, rows, bundle, moved)
    differs = moved.differs()
    if bundle.catalogue.dated:
        differs[:, OTHERS] |= ~differs.any(axis=1)
    named = fewest(
        lambda some, parts: trial.levels(some, parts, differs), trial.level_before, differs
    )
    late = trial.late(differs, named)
    named[late, OTHERS] = True
    ways = _ways(trial, back, named, late)
    return Refined(named, ways, bundle.catalogue.ids, moved.packed)


class _Trial:
    """Levels of rows with some of what moved their indicators put back."""

    def __init__(
        self, sides: Sides, found: Parts, rows: Places, bundle: Bundle, moved: Moved
    ) -> None:
        self.sides, self.rows, self.bundle, self.moved = sides, rows, bundle, moved
        self.level_before = sides.level_before[rows]
        self._base = found[rows].copy()
        self._base[:, INDICATORS] = True
        self._margin_before = sides.margins(rows, self._base)
        self._base[:, INDICATORS] = False

    def levels(self, some: Places, back: Parts, differs: Parts) -> Codes:
        """Return the levels of some with movers put back; all of them give the margin before."""
        margins = self._margin_before[some]
        left = np.flatnonzero((differs[some] & ~back).any(axis=1))
        margins[left] = self._margins(self.moved.put_back(some[left], back[left]))
        return self.sides.levels(self.rows[some], self._base[some], margins)

    def levels_of(self, some: Places, values: Array) -> Codes:
        """Return the levels of some with other indicators."""
        return self.sides.levels(self.rows[some], self._base[some], self._margins(values))

    def late(self, differs: Parts, named: Parts) -> npt.NDArray[np.bool_]:
        """Tell where all is put back, and records of others are missing that came late.

        It is not asked where others are named anyway, and no records are.
        """
        found: npt.NDArray[np.bool_] = (named == differs).all(axis=1)
        found &= named[:, RECORDS] | ~named[:, OTHERS]
        rows = np.flatnonzero(found)
        found[rows] = self._margins(self.moved.before[rows]) != self._margin_before[rows]
        return found

    def _margins(self, values: Array) -> Array:
        return self.bundle.blend.margins(values)


def _ways(trial: _Trial, back: Retrospect, named: Parts, late: npt.NDArray[np.bool_]) -> Parts:
    """Return in which ways records were told of that changed a level; all, where others came late.

    What came late cannot be put back alone, so that fewer ways cannot be tried beside it.
    """
    told = np.zeros((len(named), len(TOLD)), bool)
    rows = np.flatnonzero(named[:, RECORDS])
    if not rows.size:
        return told
    found = back.told(rows)
    whose = np.searchsorted(back.enterprises, found["enterprise"].to_numpy())
    told[whose, pd.Index(TOLD).get_indexer(pd.Index(found["told"]))] = True

    def levels_of(some: Places, ways: Parts) -> Codes:
        levels = np.empty(some.size, np.int8)
        for each in np.unique(ways, axis=0):
            here = np.flatnonzero((ways == each).all(axis=1))
            without = back.without([TOLD[way] for way in np.flatnonzero(each)], some[here])
            moved = trial.moved.with_unheard(some[here], without)
            values = moved.put_back(np.arange(here.size), named[some[here]])
            levels[here] = trial.levels_of(some[here], values)
        return levels

    return np.where(late[:, None], told, fewest(levels_of, trial.level_before, told))


def _joined(texts: pa.Array, many: npt.NDArray[np.integer[Any]]) -> pa.Array:
    """Return so many texts after the other in one, parted by commas."""
    ends = np.concatenate([[0], np.cumsum(many)]).astype(np.int32)
    return pc.binary_join(pa.ListArray.from_arrays(ends, texts), ", ")
