"""The overview: the city at a glance, and what waits to be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ..asking import Browsing
from ..browser import Browser
from ..citymap import tiles
from ..inside import RefusedError
from ..page import filled

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
WAITING = 8
LARGEST = 12


@router.get("/console/overview")
async def overview(browser: Browsing) -> Response:
    """Show how many stand at which level, where, who moved, and what waits."""
    city = await browser.get_if("read grade", "/v1/overview")
    return filled(
        browser,
        "overview",
        city=city,
        tiles=tiles(city["districts"]) if city else [],
        moved=await _moved(browser, city),
        reviews=await browser.get_if("decide", "/v1/reviews", limit=WAITING),
        downgrades=await browser.get_if("decide", "/v1/downgrades", limit=WAITING),
        alarms=await browser.get_if("read records", "/v1/watch/alarms", open="true", limit=WAITING),
        model=await browser.get("/v1/model"),
        state=await browser.get_if("read operations", "/v1/state"),
        ready=await _is_ready(browser),
        severe=severe,
        largest=LARGEST,
    )


async def _is_ready(browser: Browser) -> bool:
    """Tell whether all is well with the service; what it answers is shown in any case."""
    try:
        answer = await browser.get("/readyz")
    except RefusedError:
        return False
    return bool(answer["status"] == "ready")


async def _moved(browser: Browser, city: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return whom the newest run moved, the worst first."""
    if not city or not city["as_of"] or not browser.may("read records"):
        return []
    query = {"moved_since": city["as_of"], "sort": "level", "limit": WAITING}
    page = await browser.get("/v1/enterprises", **query)
    found: list[dict[str, Any]] = page["enterprises"]
    return found


def severe(levels: Mapping[str, int], among: Sequence[str] = ("D", "E")) -> float | None:
    """Return the share of those graded who stand at the severest levels.

    Examples
    --------
    >>> severe({"A": 3, "D": 1}), severe({"A": 0})
    (0.25, None)
    """
    graded = sum(levels.values())
    return sum(levels.get(level, 0) for level in among) / graded if graded else None
