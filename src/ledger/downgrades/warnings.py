"""Warnings: the levels that served warnings set, and which of them counts on a day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ...core import time
from .severity import severity

__all__ = ["Warned", "Warnings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What a warning sets, said anew whenever it changes.

    Parameters
    ----------
    id, case
        Its number, which rises, and the number of the warning.
    at
        When it was said; it is so from the day after.
    number
        Dense number of the enterprise.
    level
        The level that the enterprise has at least; None where nothing is set any more.
    first, until
        Day numbers between which it counts, both included.
    basis
        Legal basis of the warning.
    """

    id: int
    case: int
    at: datetime
    number: int
    level: str | None
    first: int = time.NEVER
    until: int = time.NEVER
    basis: str

    @property
    def since(self) -> int:
        """The day from which on it is what the warning sets."""
        return time.day_of(self.at) + 1

    def holds(self, day: int) -> bool:
        """Tell whether it sets a level for a day."""
        return self.level is not None and self.first <= day <= self.until


@dataclass(frozen=True)
class Warnings:
    """All that warnings ever set: of each the last that was said before a day is what it sets.

    Of several that count, that with the worst level does. What counts on a day that has begun never
    changes.

    Examples
    --------
    A warning is served on 2 March, and counts from the 10th on; on the 12th it is lifted.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 2, 4, tzinfo=UTC)
    >>> common = {"case": 1, "number": 7, "basis": "design"}
    >>> first = time.day("2026-03-10")
    >>> served = Warned(id=1, at=at, level="D", first=first, until=first + 89, **common)
    >>> lifted = Warned(id=2, at=at.replace(day=12), level=None, **common)
    >>> found = Warnings((served, lifted))
    >>> [found.on(7, first + days) is not None for days in (-1, 0, 2, 3)]
    [False, True, True, False]
    """

    settings: tuple[Warned, ...] = ()

    @cached_property
    def _of(self) -> dict[int, list[Warned]]:
        found: dict[int, list[Warned]] = defaultdict(list)
        for each in sorted(self.settings, key=lambda each: each.id):
            found[each.number].append(each)
        return found

    @property
    def numbers(self) -> frozenset[int]:
        """Dense numbers of all enterprises on which a warning was ever served."""
        return frozenset(self._of)

    def on(self, number: int, day: int) -> Warned | None:
        """Return what counts for an enterprise on a day; None if nothing does."""
        said = {each.case: each for each in self._of.get(number, ()) if each.since <= day}
        holding = [each for each in said.values() if each.holds(day)]
        return max(holding, key=lambda each: severity(str(each.level)), default=None)

    def in_force(self, day: int) -> dict[int, Warned]:
        """Return what counts on a day, by dense number."""
        found = ((number, self.on(number, day)) for number in self._of)
        return {number: warned for number, warned in found if warned is not None}

    def turns(self, after: int, until: int) -> Iterable[tuple[int, int]]:
        """Yield the days after one and until another on which what counts changes, and for whom.

        Yields
        ------
        Day number and dense number.
        """
        for number, settings in self._of.items():
            days = {d for each in settings for d in (each.since, each.first, each.until + 1)}
            for day in sorted(days):
                if after < day <= until and self.on(number, day) != self.on(number, day - 1):
                    yield day, number

    def late(self, day: int, since: datetime) -> frozenset[int]:
        """Return of whom something was said from a moment on that was so by a day already."""
        return frozenset(
            each.number for each in self.settings if each.since <= day and each.at >= since
        )
