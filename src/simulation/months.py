"""Months, and the days in them on which things happen."""

import itertools
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..core.time import day
from .arrays import Days

__all__ = ["Month", "entered", "months_of", "on_monday", "weekdays"]

YEAR = 12
LATE, LATEST = 0.02, 200


@dataclass(frozen=True, slots=True)
class Month:
    """A month: its number from the first January, its first day and the day after its last."""

    number: int
    year: int
    first: int
    after: int

    @property
    def calendar(self) -> int:
        """Month of the year, 1 to 12."""
        return self.number % YEAR + 1


def months_of(first_year: int, years: int) -> list[Month]:
    """Return the months of some years.

    Examples
    --------
    >>> months = months_of(2022, 4)
    >>> len(months), months[-1].calendar, months[-1].after - months[0].first
    (48, 12, 1461)
    """
    starts = [
        day(date(first_year + number // YEAR, number % YEAR + 1, 1))
        for number in range(years * YEAR + 1)
    ]
    return [
        Month(number, first_year + number // YEAR, start, after)
        for number, (start, after) in enumerate(itertools.pairwise(starts))
    ]


def weekdays(rng: np.random.Generator, first: int, after: int, count: int) -> Days:
    """Draw days from Monday to Friday with `first <= day < after`.

    Examples
    --------
    Day 0 was a Thursday, days 2 and 3 the weekend:

    >>> set(weekdays(np.random.default_rng(0), 0, 5, 50).tolist()) == {0, 1, 4}
    True
    """
    days = np.arange(first, after, dtype=np.int32)
    working = days[(days + 3) % 7 < 5]
    return working[rng.integers(0, len(working), count)]


def on_monday(days: Days) -> Days:
    """Move what falls on a weekend to the Monday after it.

    Examples
    --------
    >>> on_monday(np.array([1, 2, 3, 4])).tolist()
    [1, 4, 4, 4]
    """
    weekday = (days + 3) % 7
    return days + np.where(weekday >= 5, 7 - weekday, 0)


def entered(rng: np.random.Generator, days: Days, usual: int) -> Days:
    """Return when records of those days were entered: within `usual` days, a few much later."""
    late = rng.random(len(days), np.float32) < LATE
    known = days + rng.integers(0, usual + 1, len(days))
    known[late] += rng.integers(30, LATEST, int(late.sum()))
    return known.astype(np.int32)
