"""A detector: what all of them are."""

from typing import Protocol

from ..counts import Counts, Floats

__all__ = ["NONE", "Detector"]

NONE = float("-inf")
"""The score of a series that cannot be alarming."""


class Detector(Protocol):
    """Tells how alarming series are.

    What is told of a week follows from that week and those before it alone: a score at the end of
    a week is the same whatever comes later.
    """

    @property
    def name(self) -> str:
        """What it is called in tables."""

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return how alarming each series is at the end of each of the last weeks.

        Parameters
        ----------
        counts
            Cases of all series.
        last
            How many weeks are asked for, at least 1; a run at the end of a day asks for one.

        Returns
        -------
        numpy.ndarray
            Shape (series, last); the larger, the more alarming, `NONE` where nothing is, and
            never NaN. Only differences of order have a meaning across detectors.
        """
