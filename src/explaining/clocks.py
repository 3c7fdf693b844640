"""Clocks: what time will do to a record behind a grade.

On which day it leaves the windows of an indicator, from which day on its repair or removal may be
applied for, and when its publicity ends. All of it follows from what is known now.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..core import time
from ..features import Events, Indicator, matching
from ..features.aggregate import Aggregate
from ..features.expression import leaves_of
from ..features.intervals import intervals
from ..features.shares import counting
from .actions import Action, Deed
from .publicity import PublicityEdition

__all__ = ["Clocks", "clocks_of"]

YEARS = 12
"""For how many turns of a year it is looked when a record leaves a window of whole years."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time will do to a record.

    Parameters
    ----------
    ages_out
        The first day as of which it does not count for the indicator any longer, by time alone;
        None if it counts for as long as nothing is told of it.
    repairable
        The day from which on its repair or removal may be applied for; None if it may not.
    public_until
        The day on which its publicity ends at the earliest; None if no term is about it.
    """

    ages_out: int | None
    repairable: int | None
    public_until: int | None


def clocks_of(
    indicator: Indicator,
    own: Events,
    record: int,
    as_of: int,
    actions: Iterable[Action],
    publicity: PublicityEdition,
) -> Clocks:
    """Return what time will do to a record that counts for an indicator as of a day.

    Parameters
    ----------
    indicator
        For which it counts.
    own, record
        The events of its enterprise, and its number.
    as_of
        Day number.
    actions, publicity
        What may be done about records, and how long they are public.
    """
    return Clocks(
        ages_out(indicator, own, record, as_of),
        _repairable(own, record, as_of, actions),
        publicity.until(own, record),
    )


def ages_out(indicator: Indicator, own: Events, record: int, as_of: int) -> int | None:
    """Return the first day as of which a record counts for an indicator no longer."""
    leaves = (leaf for leaf in leaves_of(indicator.expression) if isinstance(leaf, Aggregate))
    ends = [end for leaf in leaves if (end := _end(leaf, own, record, as_of)) is not None]
    last = max(ends, default=time.NEVER)
    return None if last >= time.NEVER else last


def _end(part: Aggregate, own: Events, record: int, as_of: int) -> int | None:
    """Return the first day on which a record counts for an aggregate no longer, if it does now."""
    if part.cycle is not None:
        return _turned(part, own, record, as_of)
    rows, start, stop = intervals(part, own)
    now = (own.record[rows] == record) & (start < as_of) & (as_of <= stop)
    return min(int(stop[now].max()) + 1, time.NEVER) if now.any() else None


def _turned(part: Aggregate, own: Events, record: int, as_of: int) -> int | None:
    """Return the turn of the year at which a record leaves a window of whole years."""
    if not _counts(part, own, record, as_of) or part.cycle is None:
        return None
    month, day = part.cycle
    first = int(time.show(as_of)[:4])
    for year in range(first, first + YEARS):
        turn = time.day(f"{year}-{month:02}-{day:02}") + part.lag
        if turn > as_of and not _counts(part, own, record, turn):
            return turn
    return time.NEVER


def _counts(part: Aggregate, own: Events, record: int, as_of: int) -> bool:
    return bool(np.isin(record, own.record[counting(part, own, as_of)]))


def _repairable(own: Events, record: int, as_of: int, actions: Iterable[Action]) -> int | None:
    """Return from when on the first action that ends or repairs a record may be asked for."""
    rows = np.flatnonzero(own.record == record)
    if time.is_repaired(own.repaired[rows], as_of).any():
        return None
    days = []
    for action in actions:
        fits = rows[np.isin(own.stream[rows], matching(action.streams, own.vocabulary))]
        if action.does is Deed.END:
            fits = fits[time.is_open(own.ended[fits], own.ended_available[fits], as_of)]
        if action.does in (Deed.END, Deed.REPAIR) and fits.size:
            days.append(int(own.occurred[fits].min()) + time.months(action.wait_months))
    return min(days, default=None)
