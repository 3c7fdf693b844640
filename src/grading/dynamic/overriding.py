"""Overriding: the levels that people and warnings set, as runs take them in."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from ...ledger import Run
from ...ledger.downgrades import Warnings
from ...ledger.reviews import Overrides
from ..scale import Level
from ..scores import NO_LEVEL, Codes
from .calendar import Told

__all__ = ["DOWNGRADE", "OVERRIDE", "Kept", "levels_set", "overriding", "set_between", "set_late"]

OVERRIDE, DOWNGRADE = "override", "downgrade_warning"
Numbers = npt.NDArray[np.int32]
Kept = Overrides | Warnings
"""What the ledger keeps of levels that are set beside the model's."""


def levels_set(kept: Kept, day: int) -> dict[int, Level]:
    """Return the levels that are set and that count on a day, by dense number."""
    found = kept.in_force(day).items()
    return {number: Level.of(str(setting.level)) for number, setting in found}


def overriding(levels: Mapping[int, Level], enterprises: Numbers) -> Codes | None:
    """Return the codes of levels that are set of some enterprises; None where there are none.

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


def set_between(kept: Kept, after: int, until: int) -> Iterator[Told]:
    """Yield whom it concerns that what is set begins or ends, after one day and until another.

    Examples
    --------
    >>> [*set_between(Overrides(), 20_000, 20_100)]
    []
    """
    yield from _told(kept, [*kept.turns(after, until)])


def set_late(kept: Kept, last: Run, day: int) -> Iterator[Told]:
    """Yield for a day whom it concerns that something was set which the last run was made without.

    That is what took effect since the run was made, and counted on its day already: a run of a day
    that lay ahead.
    """
    yield from _told(kept, [(day, number) for number in sorted(kept.late(last.as_of, last.at))])


def _told(kept: Kept, turns: list[tuple[int, int]]) -> Iterator[Told]:
    if turns:
        days, numbers = np.array(turns, np.int32).T
        yield Told(OVERRIDE if isinstance(kept, Overrides) else DOWNGRADE, days, numbers)
