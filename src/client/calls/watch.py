"""Calls about early warning: alarms of the watch, its runs and feed, warnings of enterprises."""

from typing import Any, TypedDict

from ...serving.answers import (
    AlarmAnswer,
    AlarmsAnswer,
    FeedAnswer,
    WarningsAnswer,
    WatchRunsAnswer,
)
from ..call import Call, path
from .parts import Day, do, get

__all__ = [
    "AlarmsSought",
    "alarm",
    "alarm_close",
    "alarm_note",
    "alarm_reopen",
    "alarms",
    "feed",
    "warnings",
    "watch_runs",
]

ALARM = "/v1/watch/alarms/{alarm}"


class AlarmsSought(TypedDict, total=False):
    """Which alarms are meant; see `alarms`."""

    since: Day
    until: Day
    kind: str | None
    product: str | None
    hazard: str | None
    is_open: bool | None


def alarms(
    *,
    since: Day = None,
    until: Day = None,
    kind: str | None = None,
    product: str | None = None,
    hazard: str | None = None,
    is_open: bool | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Call[AlarmsAnswer]:
    """Return the call for a page of alarms, the newest first.

    Parameters
    ----------
    since, until
        Days between which they were told, both included.
    kind
        `signal`, `standing` or `newcomer`.
    product, hazard
        Of which they are.
    is_open
        Those alone that nobody closed, or closed; all if None.
    after, limit
        Cursor, and how many at most.
    """
    return get(
        "alarms",
        "/v1/watch/alarms",
        AlarmsAnswer,
        since=since,
        until=until,
        kind=kind,
        product=product,
        hazard=hazard,
        open=None if is_open is None else str(is_open).lower(),
        after=after,
        limit=limit,
    )


def alarm(alarm: int) -> Call[AlarmAnswer]:
    """Return the call for an alarm, what stands behind it, and whom it concerns."""
    return get("alarm", path(ALARM, alarm=alarm), AlarmAnswer)


def alarm_note(alarm: int, reason: str, key: str | None = None) -> Call[AlarmAnswer]:
    """Return the call that notes something on an alarm."""
    return _act("note", alarm, reason, key)


def alarm_close(alarm: int, reason: str, key: str | None = None) -> Call[AlarmAnswer]:
    """Return the call that closes an alarm."""
    return _act("close", alarm, reason, key)


def alarm_reopen(alarm: int, reason: str, key: str | None = None) -> Call[AlarmAnswer]:
    """Return the call that opens an alarm again."""
    return _act("reopen", alarm, reason, key)


def watch_runs(after: int | None = None, limit: int = 50) -> Call[WatchRunsAnswer]:
    """Return the call for a page of the runs of the watch, the newest first."""
    return get("watch_runs", "/v1/watch/runs", WatchRunsAnswer, after=after, limit=limit)


def feed(limit: int = 50) -> Call[FeedAnswer]:
    """Return the call for the feed of early warning."""
    return get("feed", "/v1/watch/feed", FeedAnswer, limit=limit)


def warnings(identifier: str, as_of: Day = None) -> Call[WarningsAnswer]:
    """Return the call for the warnings of an enterprise."""
    where = path("/v1/enterprises/{identifier}/warnings", identifier=identifier)
    return get("warnings", where, WarningsAnswer, as_of=as_of)


def _act(act: str, alarm: int, reason: str, key: str | None) -> Call[Any]:
    where = path(f"{ALARM}/{{act}}", alarm=alarm, act=act)
    return do(f"alarm_{act}", where, AlarmAnswer, {"reason": reason}, key)
