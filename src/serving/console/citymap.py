"""The map of the city: a schematic one, each district a tile about where it lies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ...core.codes import CodeTable

__all__ = ["Tile", "tiles"]

COLUMNS, ROWS = 5, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A district on the map.

    Parameters
    ----------
    column, row
        Where it lies, from the north-west on.
    group
        What the overview tells of it.
    """

    column: int
    row: int
    group: Mapping[str, Any]


def tiles(groups: Sequence[Mapping[str, Any]]) -> list[Tile]:
    """Return the districts of an overview on a grid; those of no known place are left out.

    Each lies about where its centre does among the others, or in the nearest tile that is free.

    Examples
    --------
    >>> def group(code):
    ...     return {"term": {"code": code}}
    >>> luohu, nanshan = tiles([group("440303"), group("440305")])
    >>> luohu.column > nanshan.column
    True
    """
    told = [each for each in groups if each["term"] and each["term"]["code"] in _centres()]
    return [Tile(*_places()[each["term"]["code"]], each) for each in told]


@cache
def _centres() -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of the districts."""
    table = CodeTable.load("district").table
    columns = (table[name].to_pylist() for name in ("code", "longitude", "latitude"))
    return {
        code: (float(east), float(north))
        for code, east, north in zip(*columns, strict=True)
        if east and north
    }


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Return the column and row of each district, by its rank from west to east and from north."""
    centres = _centres()
    easts = sorted(east for east, _ in centres.values())
    norths = sorted((north for _, north in centres.values()), reverse=True)
    most = max(len(centres) - 1, 1)
    taken: dict[tuple[int, int], str] = {}
    for code, (east, north) in centres.items():
        column = easts.index(east) / most * (COLUMNS - 1)
        row = norths.index(north) / most * (ROWS - 1)
        free = [(x, y) for x in range(COLUMNS) for y in range(ROWS) if (x, y) not in taken]
        taken[min(free, key=lambda at: math.dist(at, (column, row)))] = code
    return {code: place for place, code in taken.items()}
