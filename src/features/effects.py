"""Effects: what records do to a value, by the parts of it that rest on them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .aggregate import Aggregate
from .events import Events
from .examination import Examination
from .expression import Leaf, leaves_of
from .indicator import Indicator
from .medians import Median
from .places import Nearby
from .rates import Rate
from .shares import reading
from .slopes import slopes

__all__ = ["Moved", "Part", "moved", "spread"]

Floats = npt.NDArray[np.float64]

HOLDERS = ("smallest", "largest", "latest", "previous")
"""Operators whose value is that of a record, and no sum of what records add."""
OTHERS = (Rate, Median, Nearby)
"""Leaves that are of others."""
NOTHING = 1e-9
"""What is less than this part of what it is the difference of is a rounding error."""


class Part(NamedTuple):
    """A leaf, the events that it rests on, and their shares, which sum to one or are all zero."""

    leaf: Leaf
    rows: npt.NDArray[np.intp]
    portions: Floats


class Moved(NamedTuple):
    """The effect of each event on a value, and the parts by which its records may move it."""

    effects: Floats
    parts: list[Part]


def moved(indicator: Indicator, found: Examination, parts: Sequence[Part]) -> Moved:
    """Return what the events of an enterprise do to a value.

    Parameters
    ----------
    indicator, found
        Whose value, and in what examination.
    parts
        Those of the enterprise's own records.

    Returns
    -------
    `effects` is of all its events; shape (events,). `parts` are those with a slope; where none has
    one, all of them, unless what others have has one.
    """
    effects, size = np.zeros(len(found.own)), np.zeros(len(found.own))
    by = _slopes(indicator, found) if parts else {}
    moving = [part for part in parts if by.get(part.leaf) and len(part.rows)]
    if not moving:
        others = any(slope and isinstance(leaf, OTHERS) for leaf, slope in by.items())
        return Moved(effects, [] if others else list(parts))
    if all(_holds(part.leaf) for part in moving):
        return Moved(effects, moving)
    for part in moving:
        amount = by[part.leaf] * _amounts(part, found.own, found)
        effects[part.rows] += amount
        size[part.rows] += np.abs(amount)
    effects[np.abs(effects) <= NOTHING * size] = 0
    return Moved(effects, moving)


def spread(parts: Iterable[Part], missed: int, events: int) -> Floats:
    """Give each part that has records, and each of some `missed` beside them, an equal part."""
    share = np.zeros(events)
    for part in parts:
        share[part.rows] += part.portions
    whole = share.sum() + missed
    return share / whole if whole else share


def _slopes(indicator: Indicator, found: Examination) -> dict[Leaf, float]:
    """Return the slopes of the value as it is cut to the limits."""
    leaves = leaves_of(indicator.expression)
    values = {leaf: float(found.leaves[leaf][0]) for leaf in leaves}
    raw, by = slopes(indicator.expression, values, found.as_of)
    low, high = indicator.limits
    return by if low < raw <= high else {}


def _holds(leaf: Leaf) -> bool:
    return isinstance(leaf, Aggregate) and leaf.operator in HOLDERS


def _amounts(part: Part, own: Events, found: Examination) -> Floats:
    """Return what each event adds to the value of a leaf."""
    leaf = part.leaf
    if isinstance(leaf, Aggregate) and leaf.operator == "total":
        numbers: Floats = reading(str(leaf.field), own, found.as_of)[part.rows]
        return numbers
    return part.portions * float(found.leaves[leaf][0])
