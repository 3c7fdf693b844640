"""Filing: what is due every year, by which deadlines it can be filed, and what it would say."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from ..core import time
from ..features import Events, deadlines_missed, matching
from .actions import Action, Deadline

__all__ = ["filed", "to_file"]

Record = dict[str, float]


def to_file(deadline: Deadline, own: Events, as_of: int) -> tuple[int, ...]:
    """Return the deadlines for which something can be filed: the last days, in order.

    Parameters
    ----------
    deadline
        What is due.
    own, as_of
        The events of an enterprise as known now, and day number.
    """
    if not len(own):
        return ()
    passed = as_of if deadline.late else _next(deadline.missed.turn, as_of)
    asked = own.enterprise[:1], np.array([passed], np.int32)
    _, days = deadlines_missed(deadline.missed, own, *asked)
    return tuple(day for day in days.tolist() if deadline.late or day >= as_of)


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


def _next(turn: tuple[int, int], as_of: int) -> int:
    """Return the day after which the next deadline has passed."""
    today = time.EPOCH + timedelta(as_of)
    found = date(today.year, *turn)
    return time.day(found if found > today else date(today.year + 1, *turn))


def _latest(deadline: Deadline, as_of: int) -> int:
    """Return the last deadline that had passed as of a day."""
    return int(deadline.missed.deadlines(np.array([float(as_of)]))[0, 0])


def _end_of_year(day: int) -> int:
    """Return the last day of the year before that of a deadline, which is reported on."""
    return time.day(date((time.EPOCH + timedelta(day)).year - 1, 12, 31))
