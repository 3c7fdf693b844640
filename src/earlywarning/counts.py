"""Counts: how often each of many series had a case in each week, and nothing that came later."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

__all__ = ["Counts", "Floats", "Integers", "Reports", "cumulative", "trailing"]

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """What else is told, week by week: complaints about a product, alerts of a series.

    Attributes
    ----------
    name
        What tells it.
    told
        How often; shape (rows, weeks), the oldest week first.
    of
        The row that is about each series, -1 where none is; shape (series,). Series of one row
        share it, and at most one of them is thought to be what it is about.
    """

    name: str
    told: Integers
    of: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Cases of series, week by week; a series is a hazard in a product.

    A week is seven days that end on any day, so that a run at the end of each day is a run on
    weeks that end on it.

    Attributes
    ----------
    cases
        Shape (series, weeks), the oldest week first.
    product, hazard
        Codes from 0 on; shape (series,).
    tested
        How many were tested, where that is known of all; shape (series, weeks).
    reports
        What else is told of them, by source.

    Examples
    --------
    >>> counts = Counts(np.array([[0, 2, 1]]), np.array([0]), np.array([0]))
    >>> counts.series, counts.weeks, counts.until(2).cases.tolist()
    (1, 3, [[0, 2]])
    """

    cases: Integers
    product: Integers
    hazard: Integers
    tested: Integers | None = None
    reports: tuple[Reports, ...] = ()

    @property
    def series(self) -> int:
        """How many series there are."""
        return int(self.cases.shape[0])

    @property
    def weeks(self) -> int:
        """How many weeks there are."""
        return int(self.cases.shape[1])

    def until(self, weeks: int) -> Self:
        """Return the first so many weeks, as who stood there saw them."""
        return self._cut(slice(weeks))

    def ending(self, weeks: int) -> Self:
        """Return the last so many weeks, or all there are."""
        return self._cut(slice(max(self.weeks - weeks, 0), None))

    def _cut(self, kept: slice) -> Self:
        return replace(
            self,
            cases=self.cases[:, kept],
            tested=None if self.tested is None else self.tested[:, kept],
            reports=tuple(replace(each, told=each.told[:, kept]) for each in self.reports),
        )


def cumulative(cases: npt.NDArray[np.generic]) -> Floats:
    """Return the sums of the first 0, 1, ... weeks; shape (weeks + 1, series).

    Any window is a difference of two of them. Weeks come first, so that one week of all series
    lies together in memory.

    Parameters
    ----------
    cases
        Shape (series, weeks).

    Examples
    --------
    >>> cumulative(np.array([[1, 2, 3], [0, 5, 0]])).tolist()
    [[0.0, 0.0], [1.0, 0.0], [3.0, 5.0], [6.0, 5.0]]
    """
    series, weeks = cases.shape
    sums = np.zeros((weeks + 1, series))
    np.cumsum(cases.T, axis=0, dtype=np.float64, out=sums[1:])
    return sums


def trailing(cases: npt.NDArray[np.generic], weeks: int, last: int | None = None) -> Floats:
    """Return sums over so many weeks up to each, and over all up to it where there are fewer.

    Parameters
    ----------
    cases
        Shape (series, weeks).
    weeks
        At least 1.
    last
        How many weeks at the end are asked for; all by default.

    Returns
    -------
    numpy.ndarray
        Shape (series, last).

    Examples
    --------
    >>> trailing(np.array([[1, 2, 3, 4]]), 2).tolist()
    [[1.0, 3.0, 5.0, 7.0]]
    >>> trailing(np.array([[1, 2, 3, 4]]), 3, last=1).tolist()
    [[9.0]]
    """
    asked = cases.shape[1] if last is None else last
    sums = cumulative(cases[:, -(asked + weeks) :])
    stop = np.arange(len(sums) - asked, len(sums))
    return np.ascontiguousarray((sums[stop] - sums[np.maximum(stop - weeks, 0)]).T)
