"""Editions: what a TOML file says over stretches of days, and which is in force on a day."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from . import time
from .errors import PolicyError
from .table import Table, read_text

__all__ = ["DatedEdition", "Editions", "in_order", "read_dates"]

Places = npt.NDArray[np.intp]


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

    def overlaps(self, other: "DatedEdition") -> bool:
        """Tell whether both are in force on some day."""
        return (
            self.effective_from <= other.effective_to and other.effective_from <= self.effective_to
        )


Edition = TypeVar("Edition", bound=DatedEdition)


@dataclass(frozen=True, slots=True)
class Editions(ABC, Generic[Edition]):
    """A file of editions: its name, the editions in order of time, and the text as it was written.

    `KIND` is what such a file is called in errors, `SHIPPED` the one that ships with the part of
    Xinheng that the class is of.
    """

    KIND: ClassVar[str]
    SHIPPED: ClassVar[str]

    name: str
    editions: tuple[Edition, ...]
    text: str

    @classmethod
    @abstractmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read it from text; `source` names it in errors. See `load`."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a file.

        Raises
        ------
        NotFoundError
            If there is no such file.
        PolicyError
            If it is no TOML, lacks a key, has an unknown one, or contradicts itself; the
            message names file, key, value and what was expected.
        """
        return cls.parse(read_text(path, cls.KIND), str(path))

    @classmethod
    def default(cls) -> Self:
        """Return the one that ships with the package: design values."""
        return cast("Self", _shipped(cls))

    def on(self, day: int | date) -> Edition:
        """Return the edition in force on a day.

        Raises
        ------
        PolicyError
            If none is.
        """
        number = time.day(day) if isinstance(day, date) else day
        for edition in self.editions:
            if edition.holds(number):
                return edition
        stretches = "; ".join(
            f"{edition.version} {time.show(edition.effective_from)} to "
            f"{time.show(edition.effective_to)}"
            for edition in self.editions
        )
        raise PolicyError(
            f"{self.KIND} {self.name!r} says nothing about {time.show(number)}; it covers: "
            f"{stretches}"
        )

    def covering(self, day: int) -> Edition | None:
        """Return the edition in force on a day; None if none is."""
        return next((each for each in self.editions if each.holds(day)), None)

    def gap(self, stretch: DatedEdition) -> int | None:
        """Return the first day of a stretch on which no edition is in force; None if all are."""
        day = stretch.effective_from
        for edition in self.editions:
            if edition.effective_from > day:
                break
            day = max(day, edition.effective_to + 1)
        return day if day <= stretch.effective_to else None

    def over(self, days: npt.NDArray[np.int32]) -> Iterator[tuple[Edition, Places]]:
        """Yield each edition that is in force on some days, and the places of these.

        Raises
        ------
        PolicyError
            If none is in force on a day; nothing is yielded then.
        """
        for day in np.unique(days).tolist():
            self.on(day)
        for edition in self.editions:
            places = np.flatnonzero(edition.holds(days))
            if places.size:
                yield edition, places

    def check_past(self, before: Self, today: int) -> None:
        """Refuse to say otherwise than the file before of a day that has passed.

        An edition that has begun may end earlier than it said, and never say anything else.

        Raises
        ------
        PolicyError
            That names the edition.
        """
        known = {each.version: each for each in self.editions}
        for edition in before.editions:
            if edition.effective_from >= today:
                continue
            same = known.get(edition.version)
            last = min(edition.effective_to, today - 1)
            if same is None or replace(same, effective_to=edition.effective_to) != edition:
                raise PolicyError(
                    f"{self.KIND} {self.name!r} lacks or changes the edition "
                    f"{edition.version!r}, by which grades have been given since "
                    f"{time.show(edition.effective_from)}; leave it as it is, end it, and add an "
                    "edition after it"
                )
            if same.effective_to < last:
                raise PolicyError(
                    f"{self.KIND} {self.name!r} ends the edition {edition.version!r} on "
                    f"{time.show(same.effective_to)}, though grades were given by it until "
                    f"{time.show(last)}; it can end on {time.show(today - 1)} or later"
                )


@cache
def _shipped(kind: "type[Editions[Any]]") -> "Editions[Any]":
    """Read the file that ships with a class, from the top of its part of the package."""
    part = ".".join(kind.__module__.split(".")[:2])
    return kind.parse(files(part).joinpath(kind.SHIPPED).read_text("utf-8"), kind.SHIPPED)


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
