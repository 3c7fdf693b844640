"""What is due: slots of the timetable that nothing ran for, tries to repeat, and requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..ledger import JobRequest, JobRun
from .timetable import Job, Timetable

__all__ = ["PAUSE", "Due", "due", "next_slot"]

PAUSE = timedelta(minutes=5)
"""Between a try that failed and the next; it doubles with each."""
BACK = {"once": timedelta(days=40), "each": timedelta(days=370), "none": timedelta(minutes=30)}
"""How far back a slot is still caught up."""


@dataclass(frozen=True, slots=True)
class Due:
    """A run that is due.

    Attributes
    ----------
    job
        Which job.
    slot
        The moment by the timetable that it is for; None of a request.
    attempt
        The how manieth try it is.
    request
        The request that it answers, if any.
    """

    job: Job
    slot: datetime | None
    attempt: int = 1
    request: JobRequest | None = None


def due(
    timetable: Timetable,
    latest: Mapping[str, JobRun],
    requests: Sequence[JobRequest],
    now: datetime,
) -> list[Due]:
    """Return the runs that are due, requests first, then in the order of the timetable.

    A job that never ran is due from its next slot on. After an outage, one that catches up `once`
    runs for the last of the slots that were missed, and one that catches up `each` for all.

    Parameters
    ----------
    timetable
        The jobs.
    latest
        The newest run for a slot of each job, as the ledger has it.
    requests
        Those that no run has taken up.
    now
        The present moment.
    """
    names = {each.name: each for each in timetable.job}
    asked = [Due(names[each.job], None, request=each) for each in requests if each.job in names]
    return asked + [found for job in timetable.job for found in _of(job, latest.get(job.name), now)]


def next_slot(job: Job, now: datetime) -> datetime:
    """Return the next moment at which a job is due."""
    return job.slots(now, now + timedelta(days=32))[0]


def _of(job: Job, last: JobRun | None, now: datetime) -> list[Due]:
    if last is None or last.slot is None:
        missed = job.slots(now - BACK["none"], now)
    else:
        if last.outcome == "running":
            return []
        missed = job.slots(max(last.slot, now - BACK[job.catch_up]), now)
        if last.outcome != "done" and last.attempt < job.tries and _worth_it(job, missed):
            return _again(job, last, now)
    wanted = missed if job.catch_up == "each" else missed[-1:]
    return [Due(job, slot) for slot in wanted]


def _worth_it(job: Job, missed: list[datetime]) -> bool:
    """Tell whether a failed slot is still worth a try: no later one has come, or each counts."""
    return not missed or job.catch_up == "each"


def _again(job: Job, last: JobRun, now: datetime) -> list[Due]:
    ended = last.ended or last.started
    if now < ended + PAUSE * 2 ** (last.attempt - 1):
        return []
    return [Due(job, last.slot, last.attempt + 1)]
