"""Why levels changed: the causes of the changes of a block, in columns."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...core.errors import IntegrityError
from ..calibrator import Array
from .between import BY_DAY, WAYS
from .cause import CAUSES, INDICATORS, MODEL, Sides, causes, same_blend
from .matrices import Matrices
from .refined import MOVERS, RECORDS, Refined, refine
from .retrospect import Given

__all__ = ["WORDS", "Reasons", "why"]

Numbers = npt.NDArray[np.int32]
Bits = npt.NDArray[np.int64]
DECIDED = (*CAUSES[:INDICATORS], "calibration")
WORDS = (*DECIDED, *WAYS, *BY_DAY, "released")
"""What causes are called, in the order in which they are named."""
SHOWN = 5
BITS = {word: np.int64(1 << place) for place, word in enumerate(WORDS)}
MOVED = dict(zip(MOVERS[1:], BY_DAY, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Why the levels of some rows changed.

    Attributes
    ----------
    sides
        The two grades of the rows.
    found
        The parts that changed each level; shape (n, 8), in order of `CAUSES`.
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

    Raises
    ------
    IntegrityError
        If a level changed though nothing is known of that decides it.
    """
    found = causes(sides)
    followed = same_blend(sides.before.bundle, sides.now.bundle)
    cause = np.zeros(len(found), np.int64)
    for part, word in enumerate(CAUSES[:INDICATORS]):
        named = "calibration" if part == MODEL and followed else word
        cause[found[:, part]] |= BITS[named]
    refined = []
    untold = np.asarray(~found.any(axis=1)) | ~_explained(sides)
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
            cause[rows[each.ways[:, way]]] |= BITS[word]
        untold[rows] |= ~each.found.any(axis=1)
        untold[rows] |= each.found[:, RECORDS] & ~each.ways.any(axis=1)
    _refuse(enterprises[untold])
    return Reasons(sides, found, tuple(refined), cause)


def _explained(sides: Sides) -> npt.NDArray[np.bool_]:
    """Tell where the level before is the one that all parts together, put back, give."""
    differs = sides.differs()
    return np.asarray(sides.levels(np.arange(len(differs)), differs) == sides.level_before)


def _refuse(enterprises: Numbers) -> None:
    if not enterprises.size:
        return
    some = ", ".join(map(str, enterprises[:SHOWN].tolist()))
    raise IntegrityError(
        f"the levels of {enterprises.size:,} enterprises changed without a cause, such as those "
        f"of number {some}: what is known to have changed since the grade before does not give it "
        "when it is put back; `xinheng archive verify` and `xinheng grades rebuild` find what is "
        "not as it was written"
    )
