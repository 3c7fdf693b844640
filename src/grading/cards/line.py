"""Lines of a score card: which records count for one, on which days, and for how many points."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ...core.time import in_window
from ...features import (
    Aggregate,
    Events,
    Missed,
    Stretches,
    apart,
    count,
    deadlines_missed,
    intervals,
    meetings,
    union,
)

__all__ = ["Cap", "CardLine", "CardPart", "Deadlines", "Factor", "Part", "Points", "Unless"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Days = npt.NDArray[np.int32]


Part = StrEnum
"""What a line is for; each kind of grading has parts of its own."""


class CardPart(StrEnum):
    """What a line of a score card is for."""

    INITIAL = "initial"
    """The score to begin with: the least of all that stand."""
    DEDUCTION = "deduction"
    """Points are taken away."""
    BONUS = "bonus"
    """Points are added, unless something bars it."""
    LOWEST = "lowest"
    """The grade is the lowest, whatever the score, and there is no bonus."""
    BAR = "bar"
    """There is no bonus: a statutory rule is met, which is no line of the card."""


@dataclass(frozen=True, slots=True)
class Points:
    """How many points a record gives, before whatever multiplies or limits them.

    Parameters
    ----------
    each
        For every record.
    by_severity
        (severity, points), rising: those of the last severity that the record reaches. A record
        that reaches none, or has none, gives no point.
    by_value
        The same by its value.
    times_value
        Whether they are taken as often as the record's value says; without one, not at all.

    Examples
    --------
    >>> Points(by_severity=((1, 6), (3, 10))).of(np.array([1.0, 2, 3, 9, 0, np.nan]), np.ones(6))
    array([ 6.,  6., 10., 10.,  0.,  0.])
    >>> Points(each=5, times_value=True).of(np.ones(2), np.array([3.0, np.nan]))
    array([15.,  0.])
    """

    each: float = 0.0
    by_severity: tuple[tuple[float, float], ...] = ()
    by_value: tuple[tuple[float, float], ...] = ()
    times_value: bool = False

    def of(self, severity: Floats, value: Floats) -> Floats:
        """Return the points of records by their severities and values."""
        points = np.full(len(severity), self.each)
        for number, steps in ((severity, self.by_severity), (value, self.by_value)):
            for least, given in steps:
                points = np.where(number >= least, given, points)
        return points * np.nan_to_num(np.maximum(value, 0)) if self.times_value else points


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Yearly deadlines that were missed, each on its day and for `window` days after it."""

    missed: Missed
    window: int

    def of(self, events: Events, enterprise: Days, as_of: Days) -> tuple[Rows, Ints]:
        """Return those of rows, by row and day: the number of the row, and the day."""
        rows, days = deadlines_missed(self.missed, events, enterprise, as_of)
        kept = in_window(days, as_of[rows].astype(np.int64), self.window)
        return rows[kept], days[kept]


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that several records give together, over all the lines that name it.

    Of one record (`per_record`) it limits the points before they fade; else it limits all points
    of a row as they are. Points are taken up in the order of lines and records.
    """

    id: str
    points: float
    per_record: bool


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies the points of a record.

    Parameters
    ----------
    zh, en
        When it does, in words.
    by
        The factor.
    streams
        Which records make it apply.
    within
        None: the same record feeds one of the streams, too. Days: a record of the streams has
        the same code, another case, and occurred so many days before at most.
    """

    zh: str
    en: str
    by: float
    streams: tuple[str, ...]
    within: int | None = None

    def days(self, line: "CardLine", events: Events) -> Stretches:
        """Return the days on which it applies to each event of a line, as a union by event."""
        rows, start, stop = line.standing(events)
        others, since, until = intervals(count(*self.streams, repaired=line.repaired), events)
        key = self._key(events)
        order = np.argsort(key[others], kind="stable")
        others, since, until = others[order], since[order], until[order]
        one, other, start, stop = meetings((key[rows], start, stop), (key[others], since, until))
        mine, theirs = rows[one], others[other]
        kept = events.enterprise[mine] == events.enterprise[theirs]
        if self.within is not None:
            gap = events.occurred[mine].astype(np.int64) - events.occurred[theirs]
            kept &= (gap > 0) & (gap <= self.within) & (events.case[mine] != events.case[theirs])
        return union(mine[kept].astype(np.int64), start[kept], stop[kept])

    def _key(self, events: Events) -> Ints:
        """Return what an event has in common with those that make the factor apply."""
        if self.within is None:
            return events.record
        return (events.enterprise.astype(np.int64) << 32) + events.stream


@dataclass(frozen=True, slots=True)
class Unless:
    """Other records of the enterprise while which a record does not count.

    `counts` says which and when; `day`, which of them concern a record: those of `any` day, of
    the `same` day as it, or of that day and `later`.
    """

    counts: Aggregate
    day: str = "any"

    def applied(self, found: tuple[Rows, Ints, Ints], events: Events) -> tuple[Rows, Ints, Ints]:
        """Return what is left of the days `start < as_of <= stop` on which events count."""
        (rows, start, stop), whose = found, events.enterprise.astype(np.int64)
        others, since, until = intervals(self.counts, events)
        one, other, since, until = meetings(
            (whose[rows], start, stop), (whose[others], since, until)
        )
        if self.day != "any":
            mine, theirs = events.occurred[rows[one]], events.occurred[others[other]]
            kept = theirs >= mine if self.day == "later" else theirs == mine
            one, since, until = one[kept], since[kept], until[kept]
        taken = union(one.astype(np.int64), since, until)
        own, start, stop = apart(union(np.arange(len(rows)), start, stop), taken)
        return rows[own], start, stop


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One line of a score card.

    Parameters
    ----------
    part
        What it is for.
    id, zh, en, basis
        Its name, its names in words, and the law or source.
    counts
        Which records count and when, by the rules of indicators; or yearly deadlines missed.
    points
        What each gives.
    half_life
        Days since a record occurred in which it loses half of its points; None: it does not fade.
    once
        `record`: each counts. `case`, `line`: only the one that gives most, of a case or of all.
    cap
        The most that it gives together with others.
    factors
        What multiplies points.
    until
        Streams that end what was before them: a record does not count once one of these is known
        that occurred on its day or later.
    unless
        Other records while which a record does not count.
    """

    part: Part
    id: str
    zh: str
    en: str
    basis: str
    counts: Aggregate | Deadlines
    points: Points
    half_life: int | None = None
    once: str = "record"
    cap: Cap | None = None
    factors: tuple[Factor, ...] = ()
    until: tuple[str, ...] = ()
    unless: tuple[Unless, ...] = ()

    @property
    def repaired(self) -> str:
        """What becomes of repaired records, as aggregates say it."""
        return self.counts.repaired if isinstance(self.counts, Aggregate) else "stays"

    def standing(self, events: Events) -> tuple[Rows, Ints, Ints]:
        """Return the events that ever count, each on the days `start < as_of <= stop`.

        An event of which `until` makes several stretches stands several times; deadlines are no
        events.
        """
        if isinstance(self.counts, Deadlines):
            return np.empty(0, np.intp), np.empty(0, np.int64), np.empty(0, np.int64)
        found = intervals(self.counts, events)
        if self.until:
            found = Unless(count(*self.until), "later").applied(found, events)
        for each in self.unless:
            found = each.applied(found, events)
        return found
