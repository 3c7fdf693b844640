"""Clocks: what time will do to a record behind a grade.

On which day it leaves the windows of an indicator, from which day on its repair or removal may be
applied for, and when its publicity ends. All of it follows from what is known now.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..core import time
from ..features import Events, Indicator
from ..features.aggregate import Aggregate
from ..features.expression import leaves_of
from ..features.intervals import intervals
from .actions import Action
from .steps import within_reach

__all__ = ["Clocks", "ages_out", "repairable"]


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time will do to a record.

    Parameters
    ----------
    ages_out
        The first day as of which it does not count for the indicator any longer, by time alone;
        None if it counts for as long as nothing is told of it, or no day is worked out.
    repairable
        The day from which on its repair or removal may be applied for; None if it may not.
    public_until
        The day on which its publicity ends, or of a small fine may end; None if no term is about
        it.
    """

    ages_out: int | None
    repairable: int | None
    public_until: int | None


def ages_out(indicator: Indicator, own: Events, record: int, as_of: int) -> int | None:
    """Return the first day as of which a record counts for an indicator no longer.

    None if it counts for as long as nothing is told of it. None too where no day is worked out: of
    a record that counts for none of the indicator's aggregates by itself, as those behind a rate,
    a tie or a person, or one that is repeated by another; and of an indicator with windows that
    end at the turn of a year.
    """
    leaves = (leaf for leaf in leaves_of(indicator.expression) if isinstance(leaf, Aggregate))
    ends = [end for leaf in leaves if (end := _end(leaf, own, record, as_of)) is not None]
    last = max(ends, default=time.NEVER)
    return None if last >= time.NEVER else last


def _end(part: Aggregate, own: Events, record: int, as_of: int) -> int | None:
    """Return the first day on which a record counts for an aggregate no longer, if it does now."""
    if part.cycle is not None:
        return time.NEVER
    rows, start, stop = intervals(part, own)
    now = (own.record[rows] == record) & (start < as_of) & (as_of <= stop)
    return min(int(stop[now].max()) + 1, time.NEVER) if now.any() else None


def repairable(own: Events, as_of: int, actions: Iterable[Action]) -> dict[int, int]:
    """Return from when on the repair or removal of each record can be asked for, by number.

    Records of which nothing can be asked, or that are ended or repaired already, are not in it.

    Parameters
    ----------
    own, as_of
        The events of an enterprise, and day number.
    actions
        What may be done about records; of several, the first that is possible counts.
    """
    found: dict[int, int] = {}
    for action in actions:
        if not action.asks:
            continue
        rows = within_reach(action, own, as_of)
        days = own.occurred[rows] + time.months(action.wait_months)
        for record, day in zip(own.record[rows].tolist(), days.tolist(), strict=True):
            found[record] = min(day, found.get(record, day))
    return found
