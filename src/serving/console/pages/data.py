"""Data: what the service answers from, and the jobs that bring data in and work on it."""

from fastapi import APIRouter
from starlette.responses import Response

from ..asking import Browsing
from ..page import filled

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
HERE = "/console/data"
RUNS = 30


@router.get(HERE)
async def data(browser: Browsing) -> Response:
    """Show the delivery that grades rest on, and every job with its last run."""
    jobs = await browser.get("/v1/jobs")
    return filled(browser, "data", state=await browser.get("/v1/state"), jobs=jobs["jobs"])


@router.get(f"{HERE}/jobs/{{name}}")
async def job(browser: Browsing, name: str) -> Response:
    """Show the runs of a job, the newest first."""
    found = await browser.get(f"/v1/jobs/{name}/runs", limit=RUNS)
    return filled(browser, "data_job", name=name, runs=found["runs"])
