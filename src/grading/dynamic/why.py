"""Why levels changed: the causes of the changes of a block, in columns."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..calibrator import Array
from ..scores import LEVELS, Codes
from .cause import CAUSES, INDICATORS, MODEL, Sides, causes, same_blend
from .matrices import Matrices
from .moved import MOVERS, RECORDS
from .refined import Refined, refine
from .retrospect import Given
from .telling import TOLD

__all__ = ["WORDS", "Reasons", "phrases", "why"]

Numbers = npt.NDArray[np.int32]
Bits = npt.NDArray[np.int64]
DECIDED = ("policy", "model", "rule_met", "rule_lifted", "card", "calibration")
WAYS = tuple(f"{way}_records" for way in TOLD)
WORDS = (*DECIDED, *WAYS, "aged_out", "time", "others", "released")
"""What causes are called, in the order in which they are named."""
BITS = {word: np.int64(1 << place) for place, word in enumerate(WORDS)}
MOVED = {"windows": "aged_out", "time": "time", "others": "others"}


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Why the levels of some rows changed.

    Attributes
    ----------
    sides
        The two grades of the rows.
    found
        The parts that changed each level; shape (n, 6), in order of `CAUSES`.
    refined
        What moved the indicators, by place of the rows where they changed the level.
    cause
        All of it as bits, in order of `WORDS`; shape (n,).
    """

    sides: Sides
    found: npt.NDArray[np.bool_]
    refined: tuple[tuple[npt.NDArray[np.intp], Refined], ...]
    cause: Bits

    def released(self, rows: npt.NDArray[np.bool_]) -> "Reasons":
        """Return the reasons with hysteresis named where it let go of a level."""
        return replace(self, cause=self.cause | np.where(rows, BITS["released"], 0))

    def details(self) -> Iterator[dict[str, Any]]:
        """Yield what is known of the causes of each row, as the ledger has it."""
        moved: dict[int, dict[str, list[str]]] = {}
        for rows, refined in self.refined:
            moved |= zip(rows.tolist(), refined.indicators(), strict=True)
        before, now = self.sides.before, self.sides.now
        for row in range(len(self.found)):
            named = {CAUSES[part] for part in np.flatnonzero(self.found[row, :INDICATORS])}
            found: dict[str, Any] = {
                "margin": [float(before.margin[row]), float(now.margin[row])],
                "model_level": [LEVELS[before.model[row]], LEVELS[now.model[row]]],
            }
            yield (
                found
                | _decided(self.sides, row, named)
                | ({"indicators": moved[row]} if row in moved else {})
            )


def phrases(cause: Bits) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the different sets of causes as text, parted by blanks, and that of each row."""
    sets, places = np.unique(cause, return_inverse=True)
    texts = [
        " ".join(word for place, word in enumerate(WORDS) if each >> place & 1)
        for each in sets.tolist()
    ]
    return texts, places.astype(np.int32)


def why(
    sides: Sides,
    enterprises: Numbers,
    given: Given,
    matrices: tuple[Matrices, Matrices],
    as_of: int,
    now: Array,
) -> Reasons:
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
    followed = same_blend(sides.before.bundle, sides.now.bundle)
    cause = np.zeros(len(found), np.int64)
    for part, word in enumerate(CAUSES[:INDICATORS]):
        named = "calibration" if part == MODEL and followed else word
        cause[found[:, part]] |= BITS[named]
    refined = []
    for model, world in ((True, matrices[0]), (False, matrices[1])):
        rows = np.flatnonzero(found[:, INDICATORS] & (found[:, MODEL] == model))
        if not rows.size:
            continue
        back = world.retrospect(enterprises[rows], given, as_of)
        each = refine(sides, found, rows, back, back.heard() if model else now[rows])
        refined.append((rows, each))
        for mover, word in MOVED.items():
            cause[rows[each.found[:, MOVERS.index(mover)]]] |= BITS[word]
        for way, word in enumerate(WAYS):
            cause[rows[each.ways[:, way] & each.found[:, RECORDS]]] |= BITS[word]
    return Reasons(sides, found, tuple(refined), cause)


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
        told["card"] = [_level(before.card, row), _level(now.card, row)]
    return told


def _level(codes: Codes, row: int) -> str | None:
    return LEVELS[codes[row]] if codes[row] >= 0 else None
