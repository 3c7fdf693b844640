"""Blocks: enterprises parted into as many as are read at once, those together that lie together."""

import numpy as np
import numpy.typing as npt

from ...features import City

__all__ = ["blocks"]

TOGETHER = 2_000


def blocks(city: City, enterprises: npt.NDArray[np.int32]) -> list[npt.NDArray[np.int32]]:
    """Return enterprises in blocks, rising in each, in the order in which a city has them stored.

    Parameters
    ----------
    city
        The city.
    enterprises
        Dense numbers.
    """
    order = city.archive.side_by_side(enterprises)
    return [np.sort(order[at : at + TOGETHER]) for at in range(0, len(order), TOGETHER)]
