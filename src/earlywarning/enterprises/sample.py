"""The sample of the forecast: rows of enterprises and days, and whether their level fell after.

A row is made of a look and those up to 90 days before it. Whether the level fell within some days
is read from the looks after it: of the grades given every 30 days up to then, one was worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError, NotFoundError
from ...grading import Level
from .looks import AHEAD, STEP, Look
from .signs import SIGNS
from .warningpolicy import Gravity

__all__ = ["BEFORE", "COLUMNS", "HORIZONS", "Sample", "fell", "row_block", "sampled"]

Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HORIZONS = (30, 90)
"""Days within which a fall is forecast."""
BEFORE = 3
"""How many looks before a row's own are read."""
OWN = (
    "level",
    "held",
    "room",
    *(f"room_{days}" for days in HORIZONS),
    *(f"falls_{days}" for days in HORIZONS),
    "drift_30",
    "drift_90",
    "swing",
)
COLUMNS = (*OWN, *SIGNS.ids, *(f"warned_{each}" for each in Gravity))
"""Level; steps by which rules hold it above the model's; room to the next worse level, now and as
it would be without news; whether it then falls; how the margin moved in 30 and 90 days, and its
largest move; signs; and how many warnings of each gravity there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows of enterprises and days.

    Attributes
    ----------
    enterprise, as_of
        Dense and day number of each row; shape (n,).
    values
        Shape (n, len(COLUMNS)); NaN where nothing is known.
    """

    enterprise: Numbers
    as_of: Numbers
    values: Floats

    def __len__(self) -> int:
        return len(self.enterprise)

    def column(self, name: str) -> Floats:
        """Return a column; shape (n,).

        Raises
        ------
        NotFoundError
            If there is none of that name.
        """
        if name not in COLUMNS:
            raise NotFoundError.among("column of the forecast", name, COLUMNS)
        return np.asarray(self.values[:, COLUMNS.index(name)])

    def take(self, rows: Flags | npt.NDArray[np.intp]) -> "Sample":
        """Return some of the rows."""
        return Sample(*(getattr(self, each.name)[rows] for each in fields(self)))


def row_block(looks: Sequence[Look], place: int) -> Sample:
    """Return the rows of one look: of all whose level can be worse.

    Parameters
    ----------
    looks
        `STEP` days apart, rising.
    place
        Of the look among them.

    Raises
    ------
    InvalidError
        If there are not `BEFORE` looks before it, the days do not fit, or it has no grades ahead.
    """
    look, earlier = looks[place], looks[max(0, place - BEFORE) : place]
    days = [each.as_of for each in earlier]
    if days != [look.as_of - STEP * back for back in range(BEFORE, 0, -1)]:
        raise InvalidError(f"a row needs {BEFORE} looks before it, each {STEP} days apart")
    if len(look.level_ahead) != len(AHEAD):
        raise InvalidError("a row needs the grades ahead; look back with them")
    kept = look.level < Level.E
    margins = [_of(each, look.enterprise) for each in earlier]
    reached = [sum(each <= horizon for each in AHEAD) for horizon in HORIZONS]
    moves = np.diff([*margins, look.margin], axis=0)
    columns = [
        look.level,
        look.level - look.model,
        look.room,
        *(look.room_ahead[:steps].min(axis=0) for steps in reached),
        *((look.level_ahead[:steps] > look.level).any(axis=0) for steps in reached),
        look.margin - margins[-1],
        look.margin - margins[0],
        np.abs(moves).max(axis=0),
        *look.signs.T,
        *look.warned.T,
    ]
    values = np.column_stack([np.asarray(each, np.float64) for each in columns])[kept]
    when = np.full(int(kept.sum()), look.as_of, np.int32)
    return Sample(look.enterprise[kept], when, values)


def fell(looks: Sequence[Look], place: int, days: int) -> Flags:
    """Return for each row of a look whether its level was worse on some later look within days.

    Raises
    ------
    InvalidError
        If the looks do not reach so far.
    """
    look = looks[place]
    later = looks[place + 1 : place + 1 + days // STEP]
    if [each.as_of for each in later] != [look.as_of + d for d in range(STEP, days + 1, STEP)]:
        raise InvalidError(f"whether a level fell in {days} days needs all looks of these days")
    kept = look.level < Level.E
    who, level = look.enterprise[kept], look.level[kept]
    worse = np.zeros(len(who), np.bool_)
    for each in later:
        at = each.places(who)
        worse |= (at >= 0) & (each.level[at] > level)
    return worse


def sampled(looks: Sequence[Look]) -> tuple[Sample, dict[int, Flags]]:
    """Return all rows that can be made of looks, and whether they fell, by horizon.

    Raises
    ------
    InvalidError
        If there are too few looks for a row.
    """
    places = range(BEFORE, len(looks) - max(HORIZONS) // STEP)
    if not places:
        raise InvalidError(
            f"{len(looks)} looks are too few; a row needs {BEFORE} before and "
            f"{max(HORIZONS) // STEP} after it"
        )
    blocks = [row_block(looks, place) for place in places]
    joined = (np.concatenate([getattr(b, f.name) for b in blocks]) for f in fields(Sample))
    outcomes = {
        days: np.concatenate([fell(looks, place, days) for place in places]) for days in HORIZONS
    }
    return Sample(*joined), outcomes


def _of(look: Look, enterprise: Numbers) -> Floats:
    at = look.places(enterprise)
    return np.where(at >= 0, look.margin[at], np.nan)
