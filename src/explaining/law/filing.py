"""Filing: what is due every year, by which deadlines it can be filed, and what it would say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from ...core import time
from ...features import Events, deadlines_missed, matching
from ...features.missed import MOST
from .actions import Action, Deadline

__all__ = ["filed", "opens", "to_file"]

Record = dict[str, float]


def to_file(deadline: Deadline, own: Events, as_of: int) -> tuple[int, ...]:
    """Return the deadlines for which something can be filed: the last days, in order.

    Filing late reaches back to the deadline of each entry that tells that nothing was filed.

    Parameters
    ----------
    deadline
        What is due.
    own, as_of
        The events of an enterprise as known now, and day number.
    """
    if not len(own):
        return ()
    turn, missed = deadline.missed.turn, deadline.missed
    passed = as_of if deadline.late else _turn_after(turn, as_of)
    listed = _listed(deadline, own, as_of)
    if listed:
        years = _year(_turn_before(turn, passed)) - _year(min(listed) + 1) + 1
        missed = replace(missed, years=min(max(years, missed.years), MOST))
    asked = own.enterprise[:1], np.array([passed], np.int32)
    _, days = deadlines_missed(missed, own, *asked)
    found = listed | {day for day in days.tolist() if deadline.late or day >= as_of}
    return tuple(sorted(found))


def opens(day: int) -> int:
    """Return the first day on which something due on a day can be filed: its year is over."""
    return _end_of_year(day) + 1


def _listed(deadline: Deadline, own: Events, as_of: int) -> set[int]:
    """Return the deadlines of open entries by which nothing was filed, in time or late."""
    counts = time.is_counted(own.available, own.withdrawn, as_of)
    about = np.isin(own.stream, matching(deadline.listed, own.vocabulary))
    entries = counts & about & time.is_open(own.ended, own.ended_available, as_of)
    met = counts & np.isin(own.stream, matching(deadline.missed.streams, own.vocabulary))
    told = set(own.occurred[met].tolist())
    days = {_turn_before(deadline.missed.turn, day) - 1 for day in own.occurred[entries].tolist()}
    return days - told


def filed(
    action: Action, deadline: Deadline, days: tuple[int, ...], done: int, own: Events
) -> Iterator[tuple[tuple[str, str], Record]]:
    """Yield what is told once something is filed: streams, and what their events say.

    Parameters
    ----------
    action, deadline
        The action, and what is due by it.
    days
        The deadlines for which it is filed.
    done
        The day on which it is.
    own
        The events of the enterprise; what the last filing said of its year is said again.
    """
    kind, _, code = action.streams[0].partition(":")
    for day in days:
        yield (kind, code), {"occurred": day, "value": float(done - day), "severity": np.nan}
    told = time.is_counted(own.available, own.withdrawn, done)
    said = np.flatnonzero(told & np.isin(own.stream, matching(deadline.as_before, own.vocabulary)))
    last = int(own.occurred[said].max(initial=-time.NEVER))
    end = _end_of_year(days[-1])
    if not -time.NEVER < last < end or (deadline.late and days[-1] != _latest(deadline, done)):
        return
    for row in said[own.occurred[said] == last].tolist():
        yield (
            own.vocabulary[own.stream[row]],
            {
                "occurred": end,
                "value": float(own.value[row]),
                "severity": float(own.severity[row]),
            },
        )


def _turn_after(turn: tuple[int, int], day: int) -> int:
    """Return the first turn of a year after a day."""
    today = time.EPOCH + timedelta(day)
    found = date(today.year, *turn)
    return time.day(found if found > today else date(today.year + 1, *turn))


def _turn_before(turn: tuple[int, int], day: int) -> int:
    """Return the last turn of a year on a day or before it."""
    today = time.EPOCH + timedelta(day)
    found = date(today.year, *turn)
    return time.day(found if found <= today else date(today.year - 1, *turn))


def _year(day: int) -> int:
    return (time.EPOCH + timedelta(day)).year


def _latest(deadline: Deadline, as_of: int) -> int:
    """Return the last deadline that had passed as of a day."""
    return int(deadline.missed.deadlines(np.array([float(as_of)]))[0, 0])


def _end_of_year(day: int) -> int:
    """Return the last day of the year before that of a deadline, which is reported on."""
    return time.day(date(_year(day) - 1, 12, 31))
