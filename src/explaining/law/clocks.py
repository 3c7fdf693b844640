"""Clocks: what time will do to a record behind a grade.

On which day it leaves the windows of an indicator, from which day on its repair or removal may be
applied for, and when its publicity ends. All of it follows from what is known now.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ...core import time
from ...features import Events, Indicator, Missed, Rate, count
from ...features.aggregate import Aggregate
from ...features.expression import Leaf
from ...features.intervals import intervals
from ...features.shares import shared
from .actions import Action
from .reach import in_the_way, waited, within_reach
from .steps import Step, possible_steps

__all__ = ["Clocks", "Repair", "ages_out", "repairable"]

FILED = "annual_report.due"

ALL_COUNT = frozenset({"count", "distinct", "total"})
Days = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Repair:
    """From when on the repair or removal of a record may be applied for.

    Parameters
    ----------
    day
        The day; None if something else has to end first that nobody knows the end of.
    awaits
        The kind of what has to end then, such as `penalty.due` or `list_entry`.
    """

    day: int | None
    awaits: str | None


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time will do to a record.

    Parameters
    ----------
    ages_out
        The first day from which on it does not count for the indicator any longer, by time alone;
        None if it counts for as long as nothing is told of it, or others' records decide of it.
    repair
        From when on its repair or removal may be applied for; None if it may not.
    public_until
        The day on which its publicity ends, or of a small fine may end; None if no term is about
        it, or if it stands though its term has passed.
    """

    ages_out: int | None
    repair: Repair | None
    public_until: int | None

    @property
    def by_law(self) -> bool:
        """Whether any of them is a time limit of the law."""
        return self.repair is not None or self.public_until is not None


def ages_out(indicator: Indicator, own: Events, as_of: int) -> dict[int, int]:
    """Return the first day from which on each record counts for an indicator no longer, by number.

    A record counts while it is among the evidence of a part of the indicator: it is in the window,
    and of an extreme, a latest value or a repeat, it is one of those that make it. Records that
    count for as long as nothing is told of them are not in it; nor are those that count for ties
    or persons, as others' records decide of them.

    Parameters
    ----------
    indicator
        The indicator.
    own, as_of
        The events of an enterprise, and day number.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> ages_out(standard_catalogue()["PN06"], Events.none(), 20513)
    {}
    """
    found: dict[int, int] = {}
    for leaf in indicator.leaves:
        for part in _parts(leaf):
            for record, day in _last(part, own, as_of):
                found[record] = max(day, found.get(record, day))
    return {record: day for record, day in found.items() if day < time.NEVER}


def _parts(leaf: Leaf) -> tuple[Aggregate, ...]:
    """Return by what own records count for a leaf."""
    match leaf:
        case Aggregate():
            return (leaf,)
        case Missed():
            return leaf.parts
        case Rate(streams=streams, window=window):
            return (count(*streams, window=window),)
    return ()


def _last(part: Aggregate, own: Events, as_of: int) -> Iterator[tuple[int, int]]:
    """Yield records that count on a day or later, and the day after the last one they do."""
    rows, start, stop = _stretches(part, own)
    if part.operator in ALL_COUNT:
        kept = stop >= as_of
        ends = np.minimum(stop[kept] + 1, time.NEVER)
        yield from zip(own.record[rows[kept]].tolist(), ends.tolist(), strict=True)
        return
    edges = np.concatenate([start, stop]) + 1
    if part.operator == "repeat":  # what is repeated may lie before the window
        _, since, until = _stretches(replace(part, window=None), own)
        edges = np.concatenate([edges, since + 1, until + 1])
    days = np.unique(edges[(as_of < edges) & (edges < time.NEVER)]).tolist()
    for day, following in pairwise([as_of, *days, time.NEVER]):
        for record in own.record[shared(part, own, day)[0]].tolist():
            yield record, following


def _stretches(part: Aggregate, own: Events) -> tuple[Rows, Days, Days]:
    """Return the rows that ever count for an aggregate, and from when to when; see `intervals`."""
    if part.cycle is None:
        return intervals(part, own)
    rows, start, stop = intervals(replace(part, cycle=None, window=None, lag=0), own)
    until = own.occurred[rows].astype(np.int64) + part.lag
    start = np.maximum(start, _before_turn(until, part.cycle))
    if part.window is not None:
        stop = np.minimum(stop, _before_turn(until + part.window, part.cycle))
    kept = start < stop
    return rows[kept], start[kept], stop[kept]


def _before_turn(days: Days, turn: tuple[int, int]) -> Days:
    """Return the last day before years turn next after each day."""
    dates = (time.EPOCH + timedelta(each) for each in days.tolist())
    ends = (
        time.day(date(each.year + ((each.month, each.day) >= turn), *turn)) - 1 for each in dates
    )
    return np.fromiter(ends, np.int64, len(days))


def repairable(
    own: Events,
    as_of: int,
    actions: Iterable[Action],
    over: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, Repair]:
    """Return when the repair or removal of each record can be asked for, by number.

    Records of which nothing can be asked, or that are cleared or repaired already, are not in it.

    Parameters
    ----------
    own, as_of
        The events of an enterprise, and day number.
    actions
        What may be done about records; of several, the first that is possible counts.
    over
        The day on which a record is cleared by itself, by number.
    """
    found: dict[int, Repair] = {}
    asked = _asked(tuple(actions), own, as_of)
    for step in possible_steps(asked, own, as_of, frozenset(), over=over):
        if step.action.asks and step.about is not None and step.record not in found:
            repair = _repair(step, step.about.occurred, own, as_of)
            if repair.day is None or step.put_off(repair.day).in_time:
                found[step.record] = repair
    return found


def _asked(actions: tuple[Action, ...], own: Events, as_of: int) -> list[Action]:
    """Return what is applied for, and what has to come before where it could be."""
    awaiting = [each for each in actions if each.asks and each.after]
    first = {
        name for each in awaiting if within_reach(each, own, as_of).size for name in each.after
    }
    return [each for each in actions if each.asks or each.id in first]


def _repair(step: Step, occurred: int, own: Events, as_of: int) -> Repair:
    """Return from when on a step may be asked for, by its wait and by what stands in its way."""
    if step.after:
        return Repair(None, FILED)
    rows = in_the_way(step.action, step.record, own, as_of)
    ends = np.maximum(own.ended[rows], own.ended_available[rows])
    if (endless := rows[ends >= time.NEVER]).size:
        return Repair(None, own.vocabulary[own.stream[endless[0]]][0])
    start = waited(step.action, occurred)
    return Repair(max(start, int(ends.max(initial=-1)) + 1), None)
