"""The calendar: which runs are due, for whom, as policy and events alone have it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

from ...core import time
from ...features import Events, matching
from ...features.workers import each
from ..policy import Policy
from ..updates import NamedEvent

__all__ = ["MONTHLY", "Due", "Told", "due", "monthly", "told"]

MONTHLY = "monthly"
CLOCKS = ("available", "withdrawn", "repaired", "ended_available")

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
        From `told`, over the same days.
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


def told(
    policy: Policy,
    parts: Iterable[Callable[[], Events]],
    after: int,
    until: int,
    pool: Executor,
) -> Iterator[Told]:
    """Find the events that policy names, part by part of a city.

    An event counts for the day after anything was told of its record: that it is there, was
    withdrawn, repaired or ended. Whether policy names it is asked of the edition of that day.

    Parameters
    ----------
    policy
        The policy.
    parts
        What reads the events of each part.
    after, until
        Day numbers: only days after the one and until the other.
    pool
        Reads the parts.
    """
    spans = tuple(
        (event, max(after, edition.effective_from - 1), min(until, edition.effective_to))
        for edition in policy.editions
        for event in edition.updates.events
    )
    wanted = tuple(span for span in spans if span[1] < span[2])
    if wanted:
        for found in each(pool, partial(_told, wanted), [*parts]):
            yield from found


def _told(
    wanted: tuple[tuple[NamedEvent, int, int], ...], part: Callable[[], Events]
) -> list[Told]:
    events, found = part(), []
    for event, after, until in wanted:
        streams = matching(event.streams, events.vocabulary)
        rows = np.isin(events.stream, streams)
        if event.severity is not None:
            rows &= events.severity >= event.severity
        some = events.take(np.flatnonzero(rows))
        for clock in CLOCKS:
            days = getattr(some, clock)
            here = (days >= after) & (days < until)
            found.append(Told(event.id, days[here] + np.int32(1), some.enterprise[here]))
    return found
