"""Deadlines missed: what should have come by a day of every year and did not.

Nothing is recorded where nobody reports, so what is counted are the deadlines that have passed
without an event, of those that bound the enterprise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError
from .aggregate import Aggregate, count
from .events import Events
from .expression import UNARY, Leaf
from .kernel import aggregate
from .plan import compile_plan

__all__ = ["Missed", "deadlines_missed"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
YEAR = 365
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(Leaf):
    """Number of the last yearly deadlines that passed without an event.

    A deadline of a year binds an enterprise if `start` lies in an earlier calendar year. It is
    met by any event of the streams that occurred in the year before it. Missing where `start` is.

    Parameters
    ----------
    streams
        Patterns of the events that meet a deadline, on the day it passed.
    years
        How many deadlines are looked back on, 1 to 20.
    turn
        (month, day) that follows the deadline: from this day on it has passed.
    start
        Day number from which the enterprise may be held to it.
    since
        Year of the first deadline of all: that of a law, or the first that the records tell of.

    Raises
    ------
    DeclarationError
        If a part is of no use.

    Examples
    --------
    Reports are due on 30 June of every year from the one after the enterprise began:

    >>> from xinheng.features import latest
    >>> reports = Missed(streams=("annual_report.due:on_time",), years=2, turn=(7, 1),
    ...                  start=latest("enterprise.established"))
    >>> as_of, began, none, one = (np.array([day], float) for day in (20635, 19900, 0, 1))
    >>> reports.value([began, none, one], as_of), reports.days([began, none, one], as_of)
    (array([1.]), (20634,))
    """

    streams: tuple[str, ...]
    years: int
    turn: tuple[int, int]
    start: Aggregate
    since: int = 0

    __hash__ = Leaf.__hash__

    def __post_init__(self) -> None:
        for name, low, high in (("years", 1, MOST), ("since", 0, 9999)):
            number = getattr(self, name)
            if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
                raise DeclarationError(f"{name} {number!r} must be a whole number {low} to {high}")
        start: object = self.start
        if not isinstance(start, Aggregate):
            raise DeclarationError(f"start {start!r} must be an aggregate that yields a day number")
        object.__setattr__(self, "turn", self.parts[1].cycle)

    @property
    def parts(self) -> tuple[Aggregate, ...]:
        """What it is made of: `start`, then what met each deadline, the last one first."""
        return self.start, *(
            count(*self.streams, cycle=self.turn, window=YEAR, lag=YEAR * back)
            for back in range(self.years)
        )

    def value(self, parts: Sequence[Floats], as_of: Floats) -> Floats:
        """Return the number of deadlines missed.

        Parameters
        ----------
        parts
            Values of `parts` by row.
        as_of
            Day numbers by row.
        """
        missed = self.missed(parts, as_of).sum(axis=0, dtype=np.float64)
        return np.where(np.isnan(parts[0]), np.nan, missed)

    def days(self, parts: Sequence[Floats], as_of: Floats) -> tuple[int, ...]:
        """Return the day numbers of the deadlines missed by the first row, in their order."""
        missed = self.missed(parts, as_of)[:, 0]
        return tuple(sorted(self.deadlines(as_of)[missed, 0].astype(int).tolist()))

    def missed(self, parts: Sequence[Floats], as_of: Floats) -> npt.NDArray[np.bool_]:
        """Tell of each deadline and row whether it bound the enterprise and was not met."""
        start, *met = parts
        year = UNARY["year"](self.deadlines(as_of))
        bound = (year > UNARY["year"](start)) & (year >= self.since)
        return np.asarray(bound & (np.array(met) == 0))

    def deadlines(self, as_of: Floats) -> Floats:
        """Return the last deadlines that had passed, as day numbers: years x rows."""
        year = UNARY["year"](as_of)
        last = np.where(_date(year, *self.turn) <= as_of, year, year - 1)
        return _date(last - np.arange(self.years)[:, np.newaxis], *self.turn) - 1


def deadlines_missed(
    leaf: Missed, events: Events, enterprise: Days, as_of: Days
) -> tuple[npt.NDArray[np.intp], Ints]:
    """Return the deadlines that enterprises missed as of days: the number of a row, and the day.

    Parameters
    ----------
    leaf
        Which deadlines.
    events
        Of at least the enterprises asked for.
    enterprise, as_of
        Dense numbers and day numbers of the rows, in any order.

    Returns
    -------
    rows, days
        One for each deadline missed, by row and then by day.

    Examples
    --------
    >>> from xinheng.features import latest
    >>> reports = Missed(streams=("annual_report.due:on_time",), years=2, turn=(7, 1),
    ...                  start=latest("enterprise.established"))
    >>> nobody, today = np.array([5], np.int32), np.array([20635], np.int32)
    >>> [found.tolist() for found in deadlines_missed(reports, Events.none(), nobody, today)]
    [[], []]
    """
    plan = compile_plan(leaf.parts, events.vocabulary)
    table = aggregate(plan, events, enterprise, as_of)
    found = dict(zip(plan.aggregates, table.T, strict=True))
    day = as_of.astype(np.float64)
    missed = leaf.missed([found[part] for part in leaf.parts], day)
    rows, back = np.nonzero(missed[::-1].T)
    deadlines = leaf.deadlines(day)[::-1].T
    return rows, deadlines[rows, back].astype(np.int64)


def _date(year: Floats, month: int, day: int) -> Floats:
    """Return the day numbers of a day of some years."""
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(first.astype(np.int64) + float(day - 1), dtype=np.float64)
