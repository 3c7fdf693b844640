"""Scheduled jobs: what there is, what ran, and asking for a run."""

from typing import Any

from ...core.errors import NotFoundError
from ...jobs import Job, Timetable, advice, next_slot
from ...ledger import JobRun
from ..answers import Values
from ..live.service import Service
from ..problem import ProblemError, sentence

__all__ = ["ask", "job_of", "jobs", "runs"]


def jobs(service: Service, timetable: Timetable) -> Values:
    """Return every job, when it is due next, and how it went last."""
    return {"jobs": [_job(service, each) for each in timetable.job]}


def runs(service: Service, job: Job, after: int, limit: int) -> Values:
    """Return a page of the runs of a job, newest first."""
    found = service.ledger.jobs.runs(job.name, before=after, limit=limit + 1)
    page = found[:limit]
    following = page[-1].id if len(found) > limit else None
    return {"job": job.name, "runs": [_run(each) for each in page], "next": following}


def ask(service: Service, job: Job, actor: str) -> Values:
    """Ask for a run of a job; where one waits already, that one is told."""
    kept = service.ledger.jobs
    waiting = [each for each in kept.requests() if each.job == job.name]
    if not waiting:
        kept.request(job.name, at=service.now(), actor=actor)
        waiting = [each for each in kept.requests() if each.job == job.name]
    first = waiting[0]
    return {"request": first.id, "job": job.name, "at": first.at.isoformat()}


def job_of(timetable: Timetable, name: str) -> Job:
    """Return a job by its name.

    Raises
    ------
    ProblemError
        If there is none.
    """
    try:
        return timetable[name]
    except NotFoundError as error:
        raise ProblemError("not-found", sentence(error)) from None


def _job(service: Service, job: Job) -> dict[str, Any]:
    last = service.ledger.jobs.last(job.name)
    done = service.ledger.jobs.last(job.name, "done")
    return {
        "name": job.name,
        "zh": job.zh,
        "en": job.en,
        "rhythm": job.rhythm,
        "next": next_slot(job, service.now()).isoformat(),
        "last": None if last is None else _run(last),
        "last_done": done.ended.isoformat() if done and done.ended else None,
    }


def _run(run: JobRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "job": run.job,
        "slot": run.slot.isoformat() if run.slot else None,
        "attempt": run.attempt,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "actor": run.actor,
        "host": run.host,
        "outcome": run.outcome,
        "counts": dict(run.counts),
        "excerpt": run.excerpt,
        "advice": advice(run),
    }
