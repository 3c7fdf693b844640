"""The calendar: which runs are due, for whom, as policy and events alone have it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core import time
from ..policy import Policy
from ..updates import NamedEvent

__all__ = ["MONTHLY", "Due", "Told", "due", "monthly", "named", "told", "told_late"]

MONTHLY = "monthly"

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Due:
    """A run that is due.

    Parameters
    ----------
    as_of
        Day number.
    reason
        Why, as the ledger has it: `monthly`, or the ids of the named events.
    enterprises
        Dense numbers of whom it concerns, rising; None if it is everybody.
    """

    as_of: int
    reason: str
    enterprises: Numbers | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Named events: whom something was told of, and the day on which that leads to a grade."""

    event: str
    as_of: Numbers
    enterprise: Numbers


def monthly(policy: Policy, after: int, until: int) -> list[int]:
    """Return the days after one and until another on which everybody is graded.

    Examples
    --------
    >>> days = monthly(Policy.default(), time.day("2026-01-01"), time.day("2026-03-15"))
    >>> [time.show(each) for each in days]
    ['2026-02-01', '2026-03-01']
    """
    days = (time.EPOCH + timedelta(days=number) for number in range(after + 1, until + 1))
    return [time.day(each) for each in days if _is_monthly(policy, each)]


def _is_monthly(policy: Policy, day: date) -> bool:
    return day.day <= 28 and policy.on(day).updates.day_of_month == day.day


def due(policy: Policy, found: Iterable[Told], after: int, until: int) -> list[Due]:
    """Return the runs after one day and until another, in order.

    Parameters
    ----------
    policy
        Its edition in force on a day says whether everybody is graded then, and on which events.
    found
        From `told`, over the same days, and from `told_late`.
    after, until
        Day numbers: that of the last run, and the last day.
    """
    everybody = monthly(policy, after, until)
    concerned: dict[int, dict[str, list[Numbers]]] = defaultdict(lambda: defaultdict(list))
    for each_told in found:
        for day in np.unique(each_told.as_of).tolist():
            who = each_told.enterprise[each_told.as_of == day]
            concerned[day][each_told.event].append(who)
    runs = [Due(day, MONTHLY) for day in everybody]
    for day in set(concerned) - set(everybody):
        names = sorted(concerned[day])
        who = np.unique(np.concatenate([part for name in names for part in concerned[day][name]]))
        runs.append(Due(day, " ".join(names), who.astype(np.int32)))
    return sorted(runs, key=lambda run: run.as_of)


def named(policy: Policy) -> tuple[NamedEvent, ...]:
    """Return the events that any edition of a policy names."""
    events = (event for edition in policy.editions for event in edition.updates.events)
    return tuple(dict.fromkeys(events))


def told(policy: Policy, turns: pd.DataFrame, after: int, until: int) -> Iterator[Told]:
    """Find whom the events that policy names concern after one day and until another.

    An event counts for the day after anything was told of its record: that it is there, was
    withdrawn, repaired or ended. Whether policy names it is asked of the edition of that day.

    Parameters
    ----------
    policy
        The policy.
    turns
        Of the events that it names; see `turns.turns_of`.
    after, until
        Day numbers.
    """
    place = {event: number for number, event in enumerate(named(policy))}
    for edition in policy.editions:
        first, last = max(after, edition.effective_from - 1), min(until, edition.effective_to)
        for event in edition.updates.events:
            here = turns["event"].eq(place[event]) & turns["day"].between(first, last - 1)
            some = turns[here]
            yield Told(event.id, some["day"].to_numpy() + np.int32(1), _numbers(some))


def told_late(policy: Policy, changed: pd.DataFrame, as_of: int) -> Iterator[Told]:
    """Find whom events concern of which the days had passed when they were told.

    Parameters
    ----------
    policy
        The policy.
    changed
        The turns before the last run that are known now and were not then, or the other way round.
    as_of
        The day for which they count: the first on which there can be a run.
    """
    place = {event: number for number, event in enumerate(named(policy))}
    for event in policy.on(as_of).updates.events:
        some = changed[changed["event"].eq(place[event])]
        yield Told(event.id, np.full(len(some), as_of, np.int32), _numbers(some))


def _numbers(turns: pd.DataFrame) -> Numbers:
    return turns["enterprise"].to_numpy()
