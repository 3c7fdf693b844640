"""Candidates: who could have been looked at on which day, and who was.

In a panel every row is a candidate. A cohort of inspections holds only those that were visited; its
candidates are all that were in business on each of a series of days, visited within the weeks that
follow or not.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ...features import Catalogue, Events
from .cohort import Cohort, Days, Texts
from .registration import registration

__all__ = ["Candidates", "Presence", "present"]

SPAN = 30


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Who was in business on a day, of shape (n,).

    Attributes
    ----------
    enterprise, as_of
        Dense number and day number.
    seen
        Day from which it was known that it was looked at within `SPAN` days; `time.NEVER` where
        nobody looked.
    """

    enterprise: Days
    as_of: Days
    seen: Days

    def rows(self) -> pd.DataFrame:
        """Return `enterprise` and `as_of` for `features.compute`."""
        return pd.DataFrame({"enterprise": self.enterprise, "as_of": self.as_of})


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Who could have been looked at, of shape (n,), and what was known of them before.

    Attributes
    ----------
    enterprise
        Dense number.
    until
        Last day on which being looked at counts.
    seen
        Day from which it was known that it was looked at; `time.NEVER` where nobody looked.
    matrix
        Inputs as of the day from which it counts.
    """

    enterprise: Days
    until: Days
    seen: Days
    matrix: pd.DataFrame

    @classmethod
    def of_panel(cls, cohort: Cohort, matrix: pd.DataFrame) -> Self:
        """Take the rows of a panel, those without an outcome among them.

        A row that was read anew is one candidate, seen since its first reading.
        """
        order = np.lexsort((cohort.available, cohort.enterprise, cohort.as_of))
        rows = pd.DataFrame({"who": cohort.enterprise[order], "day": cohort.as_of[order]})
        first = order[~rows.duplicated().to_numpy()]
        one = cohort.take(first)
        return cls(one.enterprise, one.settled, one.available, matrix.iloc[first])

    @classmethod
    def of_visits(cls, presence: Presence, matrix: pd.DataFrame) -> Self:
        """Take those that were in business, with their inputs in the same order."""
        until = presence.as_of + np.int32(SPAN - 1)
        return cls(presence.enterprise, until, presence.seen, matrix)


def present(
    cohort: Cohort,
    population: Texts,
    events: Events,
    catalogue: Catalogue,
    *,
    among: npt.NDArray[np.int32],
    last: int,
    most: int,
    seed: int = 0,
    threads: int = 1,
) -> Presence:
    """Find who was in business every `SPAN` days, and whom a cohort of inspections then visited.

    Parameters
    ----------
    cohort
        The inspections.
    population
        Of each of its rows; candidates are of these populations.
    events, catalogue
        Say who was in business, and in which population.
    among
        Dense numbers of the enterprises in question.
    last
        Day before which the last span ends.
    most
        So many enterprises are drawn on each day.
    seed
        Of the draw.
    threads
        How many threads share the rows.
    """
    rng, wanted = np.random.default_rng(seed), sorted(set(population.tolist()))
    days = np.arange(cohort.as_of.min(), last - SPAN + 1, SPAN, dtype=np.int32)
    drawn = [np.empty(0, np.int32)]
    for day in days:  # one by one, for memory
        on = np.full(among.size, day, np.int32)
        known = registration(catalogue, events, among, on, threads=threads)
        there = among[known.active & np.isin(known.population.astype(str), wanted)]
        drawn.append(np.sort(rng.permutation(there)[:most]))
    enterprise = np.concatenate(drawn)
    as_of = np.repeat(days, [each.size for each in drawn[1:]])
    return Presence(enterprise, as_of, _seen(cohort, enterprise, as_of))


def _seen(cohort: Cohort, enterprise: Days, as_of: Days) -> Days:
    """Return from when the first visit within the span of each was known."""
    order = np.lexsort((cohort.available, cohort.as_of, cohort.enterprise))
    visits = (cohort.enterprise[order].astype(np.int64) << 32) + cohort.as_of[order]
    start = (enterprise.astype(np.int64) << 32) + as_of
    place = np.searchsorted(visits, start)
    hit = np.append(visits, np.iinfo(np.int64).max)[place] < start + SPAN
    known = np.append(cohort.available[order], time.NEVER)[place]
    return np.where(hit, known, time.NEVER).astype(np.int32)
