"""Routes for who runs the service: its metrics, and its scheduled jobs."""

from functools import partial
from ipaddress import ip_address
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request
from fastapi import Path as InPath
from starlette.responses import Response

from ...core.settings import Settings
from ...jobs import Timetable
from ..answers import JobRequestAnswer, JobRunsAnswer, JobsAnswer
from ..counters import exposition
from ..live.live import Live
from ..metrics import Installation
from ..problem import ProblemError
from ..reads import jobs as reads
from .parts import ALWAYS, READING, After, Limit, Posting, TheLive, answers, without

__all__ = ["router"]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
OPERATING = without(READING, 304, 404, 422)
NO_JOB = {404: "There is no such job.", 422: "Values cannot be used."}
router = APIRouter(tags=["operations"])


async def _timetable(request: Request) -> Timetable:
    return cast("Timetable", request.app.state.timetable)


async def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


TheTimetable = Annotated[Timetable, Depends(_timetable)]
TheSettings = Annotated[Settings, Depends(_settings)]
Name = Annotated[
    str, InPath(min_length=1, max_length=50, description="Name of a job.", examples=["grades"])
]


@router.get("/metrics", name="metrics", include_in_schema=False, responses=answers(ALWAYS))
def local_metrics(
    request: Request, live: TheLive, timetable: TheTimetable, settings: TheSettings
) -> Response:
    """Tell this machine's own programs the metrics; nobody else, and none behind a proxy."""
    if settings.metrics == "off" or not _local(request):
        raise ProblemError(
            "not-found",
            "There are no metrics here for this caller: /metrics is for programs of the service's "
            "own machine, and /v1/metrics for keys that may read operations.",
        )
    return _exposed(live, timetable, settings)


@router.get(
    "/v1/metrics",
    name="operations_metrics",
    summary="Metrics for Prometheus",
    response_description="In the text format 0.0.4: no enterprise, no person.",
    response_class=Response,
    responses={
        **answers(OPERATING),
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    },
)
def metrics(
    caller: Posting, live: TheLive, timetable: TheTimetable, settings: TheSettings
) -> Response:
    """Tell what requests did, and how book, ledger, audit, jobs and disks are."""
    caller.record("read metrics", "metrics", {})
    return _exposed(live, timetable, settings)


@router.get(
    "/v1/jobs",
    name="jobs",
    summary="The scheduled jobs",
    response_description="Each with when it is due next, and how it went last.",
    response_model=JobsAnswer,
    responses=answers(OPERATING),
)
def jobs(caller: Posting, timetable: TheTimetable) -> Response:
    """Return every scheduled job."""
    return caller.compute("read jobs", "jobs", {}, partial(reads.jobs, caller.service, timetable))


@router.get(
    "/v1/jobs/{name}/runs",
    name="job_runs",
    summary="The runs of a job",
    response_description="A page of them, newest first.",
    response_model=JobRunsAnswer,
    responses=answers(OPERATING | NO_JOB),
)
def runs(
    name: Name, caller: Posting, timetable: TheTimetable, after: After = 0, limit: Limit = 20
) -> Response:
    """Return the runs of a job, with what they counted and told; `next` leads to older ones."""
    job = reads.job_of(timetable, name)
    make = partial(reads.runs, caller.service, job, after, limit)
    return caller.compute("read jobs", name, {"after": after, "limit": limit}, make)


@router.post(
    "/v1/jobs/{name}/runs",
    name="run_job",
    status_code=202,
    summary="Ask for a run of a job",
    response_description="That it was asked for; who watches the timetable runs it.",
    response_model=JobRequestAnswer,
    responses=answers(OPERATING | NO_JOB),
)
def run(name: Name, caller: Posting, timetable: TheTimetable) -> Response:
    """Ask for a run of a job now; while one waits, asking again asks for the same."""
    job = reads.job_of(timetable, name)
    make = partial(reads.ask, caller.service, job, caller.principal.actor)
    response = caller.compute("run job", name, {}, make)
    response.status_code = 202
    return response


def _exposed(live: Live, timetable: Timetable, settings: Settings) -> Response:
    content = exposition(Installation(live, settings, timetable))
    return Response(content, headers={"Content-Type": MEDIA_TYPE})


def _local(request: Request) -> bool:
    """Tell whether a program of this machine asks, and no proxy for somebody else."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
