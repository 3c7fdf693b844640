"""Editions: what a file says over a stretch of days, and which of them is in force on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.errors import PolicyError
from .table import Table

__all__ = ["DatedEdition", "in_force", "in_order", "read_dates"]


@dataclass(frozen=True, slots=True)
class DatedEdition:
    """Version, standing and days of an edition; `effective_to` is the last of them."""

    version: str
    status: str
    effective_from: int
    effective_to: int

    def holds(self, days: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Tell for each day number whether the edition is in force on it."""
        when = np.asarray(days)
        return np.asarray((self.effective_from <= when) & (when <= self.effective_to))


Edition = TypeVar("Edition", bound=DatedEdition)


def read_dates(table: Table) -> tuple[str, str, int, int]:
    """Return what every edition begins with, in the order of `DatedEdition`."""
    start = time.day(table.take("effective_from", date))
    end = table.take("effective_to", date, date.max)
    last = time.NEVER if end == date.max else time.day(end)
    if last < start:
        table.refuse("effective_to", end, f"a date not before effective_from {time.show(start)}")
    return table.take("version", str), table.take("status", str), start, last


def in_order(editions: Iterable[Edition], source: str) -> tuple[Edition, ...]:
    """Return editions in order of time.

    Raises
    ------
    PolicyError
        If two are in force on one day, or have one version.
    """
    found = sorted(editions, key=lambda edition: edition.effective_from)
    for before, after in pairwise(found):
        if after.effective_from <= before.effective_to:
            raise PolicyError(
                f"{source}: edition {before.version!r} is in force until "
                f"{time.show(before.effective_to)}, edition {after.version!r} already from "
                f"{time.show(after.effective_from)}; give the former an effective_to before it"
            )
    versions = [edition.version for edition in found]
    if len(set(versions)) < len(versions):
        raise PolicyError(f"{source}: versions {versions} must differ")
    return tuple(found)


def in_force(editions: Sequence[Edition], day: int | date, whose: str) -> Edition:
    """Return the edition in force on a day; `whose` editions they are is named in errors.

    Raises
    ------
    PolicyError
        If none is.
    """
    number = time.day(day) if isinstance(day, date) else day
    for edition in editions:
        if edition.holds(number):
            return edition
    stretches = "; ".join(
        f"{edition.version} {time.show(edition.effective_from)} to "
        f"{time.show(edition.effective_to)}"
        for edition in editions
    )
    raise PolicyError(f"{whose} says nothing about {time.show(number)}; it covers: {stretches}")
