"""The audit trail: entries by whom, when, of what and what for, and how its last check ended."""

from datetime import date, datetime
from datetime import time as clock
from typing import Any

from ...core.identifiers import USCC
from ...core.settings import Settings
from ...core.time import SHANGHAI
from ...jobs import Job, Timetable, next_slot
from ...ledger import JobRun, Place, Proof, Sought
from ..answers import Values, audit_values
from ..service import Service

__all__ = ["HISTORY", "entries", "forms", "sought", "verification"]

LISTS = frozenset({"read scores", "send changes"})
"""Readings of many enterprises, who are named in the details."""
HISTORY = frozenset(
    {
        *("issue key", "rotate key", "revoke key"),
        *("add account", "set person", "change grant", "disable account", "enable account"),
        *("offer set-up", "set password", "hold account", "agree to account", "end sessions"),
        *("offer second factor", "confirm second factor", "drop second factor"),
        *("sign in", "sign out", "was kept out", "prove again"),
    }
)
"""What is done to keys and accounts, and by them to come in."""
COMMAND = ("ledger", "verify")
COUNTS = ("entries", "chains", "anchors", "faults", "remarks")


def forms(identifier: str) -> frozenset[str]:
    """Return how an identifier may have been asked for.

    Examples
    --------
    >>> sorted(forms("91440300MA5XNG010A")) == sorted(forms("uscc:91440300MA5XNG010A"))
    True
    """
    scheme, found, code = identifier.partition(":")
    if found and scheme != USCC:
        return frozenset({identifier})
    bare = code if found else identifier
    return frozenset({bare, f"{USCC}:{bare}"})


def sought(
    *,
    actor: str | None = None,
    subjects: frozenset[str] = frozenset(),
    actions: frozenset[str] = frozenset(),
    purpose: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Sought:
    """Return what is asked for, by days of Shanghai."""
    return Sought(
        actor=actor,
        purpose=purpose,
        subjects=subjects,
        lists=LISTS,
        actions=actions,
        since=_start(since),
        until=_start(until),
    )


def entries(service: Service, wanted: Sought, after: Place | None, limit: int) -> Values:
    """Return a page of entries, the newest first."""
    return audit_values(service.ledger.search(wanted, after, limit))


def verification(service: Service, settings: Settings, timetable: Timetable) -> Values:
    """Return how the trail stood when the scheduled job last checked it; nothing is checked now."""
    job = next((each for each in timetable.job if each.command[:2] == COMMAND), None)
    proof = Proof.of(settings)
    return _checked(service, job) | {"waiting": proof.waiting(), "anchored": proof.anchored()}


def _checked(service: Service, job: Job | None) -> Values:
    if job is None:
        return dict.fromkeys(COUNTS) | {
            "state": "not scheduled", "job": None, "checked": None, "sound_at": None, "due": None
        }  # fmt: skip
    jobs = service.ledger.jobs
    ended = [each for each in jobs.runs(job.name, limit=20) if each.ended is not None]
    last, sound = next(iter(ended), None), jobs.last(job.name, "done")
    counts: Any = {} if last is None else last.counts
    return {name: counts.get(name) for name in COUNTS} | {
        "state": _state(last),
        "job": job.name,
        "checked": None if last is None else last.ended,
        "sound_at": None if sound is None else sound.ended,
        "due": next_slot(job, service.now()),
    }


def _state(last: JobRun | None) -> str:
    if last is None:
        return "never checked"
    if last.outcome == "done":
        return "sound"
    return "faulty" if last.counts.get("faults") else "failed"


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, clock.min, SHANGHAI)
