"""Why levels changed: the causes of all changes of a run, and what is known of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..bundle import Bundle
from ..calibrator import Array
from ..scores import LEVELS, Codes
from .cause import CAUSES, INDICATORS, MODEL, Side, Sides, causes, same_blend
from .edges import edges_of
from .least import Parts, fewest
from .matrices import Matrices
from .moved import MOVERS, OTHERS, RECORDS, Moved, movers_of
from .retrospect import Given, Retrospect
from .telling import TOLD

__all__ = ["Why", "why"]

Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]
WORDS = {"others": "others", "windows": "aged_out", "time": "time"}


@dataclass(frozen=True, slots=True)
class Why:
    """Why one level changed: causes, parted by blanks, and what is known of them."""

    cause: str
    detail: Mapping[str, Any]


def why(
    sides: Sides,
    enterprises: Numbers,
    given: Given,
    matrices: tuple[Matrices, Matrices],
    as_of: int,
    now: Array,
) -> list[Why]:
    """Return why the level of each row changed.

    Parameters
    ----------
    sides
        The two grades of the rows.
    enterprises
        Dense numbers, rising; shape (n,).
    given
        When the grades before were given.
    matrices
        What the bundles are told of the city: the one before, and the one now.
    as_of
        Day number of the grades now.
    now
        The indicators behind them; shape (n, indicators).
    """
    found = causes(sides)
    names = _names(sides)
    words: list[list[str]] = [[] for _ in range(len(found))]
    for row, part in np.argwhere(found).tolist():
        words[row].append(names[part])
    details = _details(sides, found)
    for model, world in ((True, matrices[0]), (False, matrices[1])):
        rows = np.flatnonzero(found[:, INDICATORS] & (found[:, MODEL] == model))
        if not rows.size:
            continue
        back = world.retrospect(enterprises[rows], given, as_of)
        refined = _Refined(sides, found, rows, back, world.bundle)
        for row, movers, detail in refined.each(back.now() if model else now[rows]):
            words[row] += movers
            details[row] |= detail
    return [
        Why(" ".join(filter(None, each)), detail)
        for each, detail in zip(words, details, strict=True)
    ]


def _names(sides: Sides) -> tuple[str, ...]:
    """Return what each part is called as a cause; the indicators by what moved them."""
    names = list(CAUSES)
    names[INDICATORS] = ""
    if same_blend(sides.before.bundle, sides.now.bundle):
        names[MODEL] = "calibration"
    return tuple(names)


def _details(sides: Sides, found: Parts) -> list[dict[str, Any]]:
    """Return margins and levels of the model of each row, and what is known of its causes."""
    before, now = sides.before, sides.now
    margins = zip(before.margin.tolist(), now.margin.tolist(), strict=True)
    levels = zip(before.model.tolist(), now.model.tolist(), strict=True)
    details: list[dict[str, Any]] = [
        {"margin": [*margin], "model_level": [LEVELS[level] for level in model]}
        for margin, model in zip(margins, levels, strict=True)
    ]
    for row in np.flatnonzero(found[:, :INDICATORS].any(axis=1)).tolist():
        details[row] |= _decided(sides, row, {CAUSES[part] for part in np.flatnonzero(found[row])})
    return details


def _decided(sides: Sides, row: int, named: set[str]) -> dict[str, Any]:
    """Return what is known of the causes of a row that are no indicators."""
    before, now = sides.before, sides.now
    told: dict[str, Any] = {}
    if "policy" in named:
        told["policy"] = [before.edition.version, now.edition.version]
    if "model" in named:
        told["bundle"] = [before.bundle.digest, now.bundle.digest]
    for name, bits in (
        ("rule_met", now.met[row] & ~before.met[row]),
        ("rule_lifted", before.met[row] & ~now.met[row]),
    ):
        if name in named:
            told[name] = [r for place, r in enumerate(sides.rules) if int(bits) >> place & 1]
    if "card" in named:
        told["card"] = [_level(before.card[row]), _level(now.card[row])]
    return told


def _level(code: np.int8) -> str | None:
    return LEVELS[code] if code >= 0 else None


class _Refined:
    """What moved the indicators of rows whose level they changed, under one model."""

    def __init__(
        self, sides: Sides, found: Parts, rows: Places, back: Retrospect, bundle: Bundle
    ) -> None:
        self.sides, self.rows, self.back, self.bundle = sides, rows, back, bundle
        self.base = found[rows].copy()
        self.base[:, INDICATORS] = False

    def each(self, now: Array) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
        """Yield place, causes and details of each row."""
        catalogue = self.bundle.catalogue
        movers, edges = movers_of(catalogue), edges_of(self.bundle.blend)
        moved = Moved(movers, edges, self.back.before(), self.back.unheard(), now)
        differs = moved.differs()
        differs[:, OTHERS] |= ~differs.any(axis=1)
        found = fewest(
            lambda rows, back: self._levels(moved, differs, rows, back),
            self.sides.level_before[self.rows],
            differs,
        )
        self._add_late(moved, differs, found)
        told = self._told(moved, found)
        moves = moved.indicators(catalogue.ids)
        for place, (row, flags) in enumerate(zip(self.rows.tolist(), found.tolist(), strict=True)):
            named = [mover for mover, flag in zip(MOVERS, flags, strict=True) if flag]
            words = told.get(place, []) + [WORDS[mover] for mover in named if mover in WORDS]
            yield row, words, {"indicators": {mover: moves[mover][place] for mover in named}}

    def _add_late(self, moved: Moved, differs: Parts, found: Parts) -> None:
        """Name the others where all is put back, and their records that came late are missing."""
        rows = np.flatnonzero((found == differs).all(axis=1) & ~found[:, OTHERS])
        late = self._margins(moved.before[rows]) != self._margin_before()[rows]
        found[rows[late], OTHERS] = True

    def _margin_before(self) -> Array:
        back = self.base.copy()
        back[:, INDICATORS] = True
        return self.sides.margins(self.rows, back)

    def _levels(self, moved: Moved, differs: Parts, rows: Places, back: Parts) -> Codes:
        whole = (back | ~differs[rows]).all(axis=1)
        margins = self._margin_before()[rows]
        some = np.flatnonzero(~whole)
        margins[some] = self._margins(moved.put_back(rows[some], back[some]))
        return self.sides.levels(self.rows[rows], self.base[rows], margins)

    def _told(self, moved: Moved, found: Parts) -> dict[int, list[str]]:
        """Return in which ways records were told of that moved rows, by place."""
        places = np.flatnonzero(found[:, RECORDS])
        if not places.size:
            return {}
        told = self.back.told()
        flags = np.zeros((len(self.rows), len(TOLD)), bool)
        whose = np.searchsorted(self.back.enterprises, told["enterprise"].to_numpy())
        flags[whose, pd.Index(TOLD).get_indexer(told["told"])] = True
        kinds = {
            place: [way for way, flag in zip(TOLD, flags[place].tolist(), strict=True) if flag]
            for place in places.tolist()
        }
        kinds |= self._alone(moved, found, kinds)
        return {place: [f"{way}_records" for way in some] for place, some in kinds.items()}

    def _alone(
        self, moved: Moved, found: Parts, kinds: Mapping[int, list[str]]
    ) -> dict[int, list[str]]:
        """Return the first way that alone did it, where there were several and one did."""
        alone: dict[int, list[str]] = {}
        for way in TOLD:
            left = [p for p, some in kinds.items() if len(some) > 1 and way in some]
            here = np.array([place for place in left if place not in alone], np.intp)
            if not here.size:
                continue
            without = self.back.without(way, here)
            trial = Moved(moved.movers, moved.edges, moved.before[here], without, moved.now[here])
            margins = self._margins(trial.put_back(np.arange(len(here)), found[here]))
            levels = self.sides.levels(self.rows[here], self.base[here], margins)
            done = levels == self.sides.level_before[self.rows[here]]
            alone |= {place: [way] for place in here[done].tolist()}
        return alone

    def _margins(self, values: Array) -> Array:
        return self.bundle.blend.margins(values)
