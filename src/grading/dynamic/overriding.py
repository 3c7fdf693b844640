"""Overriding: the levels that people set, as runs take them in."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from ...ledger import Run
from ...ledger.reviews import Overrides
from ..scale import Level
from ..scores import NO_LEVEL, Codes
from .calendar import Told

__all__ = ["OVERRIDE", "levels_set", "overriding", "set_by_people", "set_late"]

OVERRIDE = "override"
Numbers = npt.NDArray[np.int32]


def levels_set(overrides: Overrides, day: int) -> dict[int, Level]:
    """Return the levels that people set and that count on a day, by dense number."""
    found = overrides.in_force(day).items()
    return {number: Level.of(str(setting.level)) for number, setting in found}


def overriding(levels: Mapping[int, Level], enterprises: Numbers) -> Codes | None:
    """Return the codes of levels that people set of some enterprises; None where they set none.

    Examples
    --------
    >>> overriding({7: Level.B}, np.array([3, 7], np.int32)).tolist()
    [-1, 2]
    """
    if not levels:
        return None
    numbers = np.fromiter(levels, np.int32, len(levels))
    codes = np.fromiter(map(int, levels.values()), np.int8, len(levels))
    order = np.argsort(numbers)
    places = np.searchsorted(numbers, enterprises, sorter=order)
    chosen = order[np.minimum(places, len(order) - 1)]
    return np.where(numbers[chosen] == enterprises, codes[chosen], NO_LEVEL).astype(np.int8)


def set_by_people(overrides: Overrides, after: int, until: int) -> Iterator[Told]:
    """Yield whom it concerns that what people set begins or ends, after one day and until another.

    Examples
    --------
    >>> [*set_by_people(Overrides(), 20_000, 20_100)]
    []
    """
    yield from _told([*overrides.turns(after, until)])


def set_late(overrides: Overrides, last: Run, day: int) -> Iterator[Told]:
    """Yield for a day whom it concerns that people set what the last run was made without.

    That is what took effect since the run was made, and counted on its day already: a run of a day
    that lay ahead.
    """
    yield from _told([(day, number) for number in sorted(overrides.late(last.as_of, last.at))])


def _told(turns: list[tuple[int, int]]) -> Iterator[Told]:
    if turns:
        days, numbers = np.array(turns, np.int32).T
        yield Told(OVERRIDE, days, numbers)
