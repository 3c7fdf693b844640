"""The audit trail: entries by whom, when, of what and what for, and how its last check ended."""

from typing import Any

from ...core.settings import Settings
from ...jobs import Job, Timetable, next_slot
from ...ledger import JobRun, Place, Proof, Sought
from ..answers import Values, audit_values
from ..live.service import Service

__all__ = ["entries", "verification"]

COMMAND = ("ledger", "verify")
COUNTS = ("entries", "chains", "anchors", "faults", "remarks")


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
