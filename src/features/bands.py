"""Bands: the default steps of an indicator, from 0 (best) to 1 (worst), read from its text.

A text such as `0:0; <1:.2; 1-5:.5; >=5:1` gives for each band its values and its points. Where
two bands touch, the value in between belongs to the one that `>=` and `<` (the upper one), or
`<=` and `>` (the lower one), say. With a `%` anywhere, all its values are in hundredths.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError

__all__ = ["Band", "banded", "read_bands"]

Floats = npt.NDArray[np.float64]

NUMBER = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
UNIT = r"\s*[%万]?"
SINGLE = re.compile(rf"(>=|<=|>|<|)\s*({NUMBER}){UNIT}")
RANGE = re.compile(rf"({NUMBER}){UNIT}(?:-|\.\.)({NUMBER}){UNIT}")
POINTS = re.compile(rf"(.+):\s*({NUMBER})(?:\s*\(.*\))?")


@dataclass(frozen=True, slots=True)
class Band:
    """One step: what it is called, its ends, and its points from 0 to 1.

    `low` and `high` are NaN where the name is a word and no number.
    """

    name: str
    points: float
    low: float
    high: float
    strict: bool = False

    def holds(self, values: Floats) -> npt.NDArray[np.bool]:
        """Tell which values lie in it, its ends included unless it is strict."""
        if self.strict:
            return (values > self.low) & (values < self.high)
        return (values >= self.low) & (values <= self.high)


def read_bands(text: str) -> tuple[Band, ...]:
    """Read the bands of an indicator, in their order.

    Raises
    ------
    DeclarationError
        If a band is not written `value:points`, or its points are not between 0 and 1.

    Examples
    --------
    >>> [(band.name, band.points) for band in read_bands("0:0; <1万:.2; 1-5:.5; >=5:1")]
    [('0', 0.0), ('<1万', 0.2), ('1-5', 0.5), ('>=5', 1.0)]
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    whole = 100 if "%" in text else 1
    return tuple(_band(part, whole) for part in parts)


def banded(bands: Sequence[Band], values: Floats) -> npt.NDArray[np.intp]:
    """Return for each value the number of its band, -1 where no band holds it.

    Examples
    --------
    >>> bands = read_bands("0:0; <1:.2; 1-5:.5; >=5:1")
    >>> banded(bands, np.array([0, 0.5, 1, 5, -1, np.nan])).tolist()
    [0, 1, 2, 3, 1, -1]
    """
    found = np.full(len(values), -1, np.intp)
    for number in _order(bands):
        found[(found < 0) & bands[number].holds(values)] = number
    return found


def _order(bands: Sequence[Band]) -> list[int]:
    """Return the bands in the order in which they may claim a value: those with a sign first."""
    signs = "".join(band.name for band in bands)
    lower = "<=" in signs or (">" in signs and ">=" not in signs)
    numbers = range(len(bands))

    def place(number: int) -> tuple[bool, float]:
        band = bands[number]
        between = band.low < band.high and np.isfinite(band.high - band.low)
        return bool(between), band.low if lower else -band.low

    exact = [number for number in numbers if bands[number].low == bands[number].high]
    return exact + sorted((n for n in numbers if n not in exact), key=place)


def _band(part: str, whole: int) -> Band:
    split = POINTS.fullmatch(part)
    if split is None or not 0 <= float(split[2]) <= 1:
        raise DeclarationError(
            f"the band {part!r} is not written value:points, with points from "
            "0 (best) to 1 (worst), such as '1-5:.5'"
        )
    name, points = split[1].strip(), float(split[2])
    if (pair := RANGE.fullmatch(name)) is not None:
        low, high = sorted((float(pair[1]) / whole, float(pair[2]) / whole))
        return Band(name, points, low, high)
    if (single := SINGLE.fullmatch(name)) is not None:
        end = float(single[2]) / whole
        low = end if single[1] in (">=", ">", "") else -np.inf
        high = end if single[1] in ("<=", "<", "") else np.inf
        return Band(name, points, low, high, strict=single[1] in ("<", ">"))
    return Band(name, points, np.nan, np.nan)
