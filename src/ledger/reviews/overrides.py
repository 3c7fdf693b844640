"""Overrides: the levels that people set, and which of them counts on a day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ...core import time

__all__ = ["Overrides", "Setting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A level that people set in place of a grade, or that they set none any more.

    Parameters
    ----------
    id, case
        Its number, which rises, and the number of the case.
    at
        When it took effect.
    number
        Dense number of the enterprise.
    level
        What was set; None where an earlier setting was lifted.
    first, until
        Day numbers between which it counts, both included.
    by, second
        Who decided, and who agreed; None where nobody had to.
    reason, basis
        Why, and on which law.
    """

    id: int
    case: int
    at: datetime
    number: int
    level: str | None
    first: int
    until: int = time.NEVER
    by: str
    second: str | None
    reason: str
    basis: str

    def holds(self, day: int) -> bool:
        """Tell whether it sets a level for a day."""
        return self.level is not None and self.first <= day <= self.until


@dataclass(frozen=True)
class Overrides:
    """Settings, and which counts on a day: the last that had begun by then, if it has not ended.

    A setting counts from the start of the day after it took effect, as records do. So what counts
    on a day that has begun never changes.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 1, 4, tzinfo=UTC)
    >>> first = time.day("2026-03-02")
    >>> common = {"case": 1, "at": at, "number": 7, "by": "li", "second": "wang"}
    >>> common |= {"reason": "seen on the spot", "basis": "design"}
    >>> setting = Setting(id=1, level="B", first=first, until=first + 30, **common)
    >>> lifted = Setting(id=2, level=None, first=first + 10, **common)
    >>> found = Overrides((setting, lifted))
    >>> [found.on(7, first + days) is not None for days in (-1, 0, 9, 10, 30)]
    [False, True, True, False, False]
    """

    settings: tuple[Setting, ...] = ()

    @cached_property
    def _of(self) -> dict[int, list[Setting]]:
        found: dict[int, list[Setting]] = defaultdict(list)
        for each in sorted(self.settings, key=lambda each: (each.first, each.id)):
            found[each.number].append(each)
        return found

    @property
    def numbers(self) -> frozenset[int]:
        """Dense numbers of all enterprises of which anything was ever set."""
        return frozenset(self._of)

    def on(self, number: int, day: int) -> Setting | None:
        """Return the setting that counts for an enterprise on a day; None if none does."""
        begun = [each for each in self._of.get(number, ()) if each.first <= day]
        return begun[-1] if begun and begun[-1].holds(day) else None

    def in_force(self, day: int) -> dict[int, Setting]:
        """Return the settings that count on a day, by dense number."""
        found = ((number, self.on(number, day)) for number in self._of)
        return {number: setting for number, setting in found if setting is not None}

    def turns(self, after: int, until: int) -> Iterable[tuple[int, int]]:
        """Yield the days after one and until another on which what counts changes, and for whom.

        Yields
        ------
        Day number and dense number.
        """
        for number, settings in self._of.items():
            days = {day for each in settings for day in (each.first, each.until + 1)}
            for day in sorted(days):
                if after < day <= until and self.on(number, day) != self.on(number, day - 1):
                    yield day, number

    def late(self, day: int, since: datetime) -> frozenset[int]:
        """Return of whom something took effect from a moment on that counted by a day already."""
        return frozenset(
            each.number for each in self.settings if each.first <= day and each.at >= since
        )
