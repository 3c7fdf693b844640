"""The areas of the district bureaus: nine districts, and two functional areas cut out of them."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from .arrays import Floats
from .city import DISTRICTS

__all__ = ["AREAS", "COURTS", "areas_of"]

COURTS: Mapping[str, str] = {
    "440303": "luohu",
    "440304": "futian",
    "440305": "nanshan",
    "440306": "baoan",
    "440307": "longgang",
    "440308": "yantian",
    "440309": "longhua",
    "440310": "pingshan",
    "440311": "guangming",
}
"""Districts, each with a court of its own, by code."""
FUNCTIONAL = {"dapeng": ("440307", 0.10), "shenshan": ("440310", 0.15)}
AREAS = (*(COURTS[code] for code in DISTRICTS), *FUNCTIONAL)
"""Areas with a bureau of their own; the first nine are in the order of `DISTRICTS`."""


def areas_of(district: npt.NDArray[np.int8], longitude: Floats) -> npt.NDArray[np.int8]:
    """Return the area of each enterprise; those at one place are in one area.

    Examples
    --------
    >>> [AREAS[place] for place in areas_of(np.array([1, 1]), np.array([114.20001, 114.20099]))]
    ['dapeng', 'longgang']
    """
    areas = np.array(district, np.int8)
    share = np.round(longitude * 1e5).astype(np.int64) % 100 / 100
    for number, (code, part) in enumerate(FUNCTIONAL.values(), len(DISTRICTS)):
        areas[(district == list(DISTRICTS).index(code)) & (share < part)] = number
    return areas
