"""One enterprise: its level and why, records, history, remedies, and what is done about it."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from .. import downgradeacts, reviewacts
from ..asking import Browsing
from ..browser import Browser
from ..figures import history_figure, timeline_figure, waterfall_figure
from ..page import filled

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
PAGE = "/console/enterprises/{identifier}"
ONE = "/v1/enterprises/"


@router.get(PAGE)
async def why(browser: Browsing, identifier: str) -> Response:
    """Show the level, what decides it, and the reasons with their records."""
    as_of = browser.request.query_params.get("as_of")
    profile = await _profile(browser, identifier)
    found = await browser.get(f"{ONE}{identifier}/explanation", as_of=as_of)
    warnings = await browser.find(f"{ONE}{identifier}/warnings", as_of=as_of)
    return _tab(browser, "why", profile, explanation=found, grade=found["grade"], warnings=warnings)


@router.get(f"{PAGE}/records")
async def records(browser: Browsing, identifier: str) -> Response:
    """Show the records behind the level, the latest first, and when each ages out."""
    as_of = browser.request.query_params.get("as_of")
    profile = await _profile(browser, identifier)
    found = await browser.get(f"{ONE}{identifier}/records", as_of=as_of)
    return _tab(browser, "records", profile, records=found, entries=effects(found))


@router.get(f"{PAGE}/history")
async def history(browser: Browsing, identifier: str) -> Response:
    """Show the levels that runs gave, and why the level moved between two days."""
    params = browser.request.query_params
    profile = await _profile(browser, identifier)
    found = await browser.get(f"{ONE}{identifier}/grades", limit=1_000)
    since = params.get("since") or (found["grades"][0]["run"]["as_of"] if found["grades"] else None)
    movement = None
    if params.get("since"):
        query = {"since": since, "as_of": params.get("as_of")}
        movement = await browser.get(f"{ONE}{identifier}/movement", **query)
    return _tab(browser, "history", profile, history=found, movement=movement, since=since)


@router.get(f"{PAGE}/remedies")
async def remedies(browser: Browsing, identifier: str) -> Response:
    """Show what the enterprise can do for a better level, and what that would come to."""
    as_of = browser.request.query_params.get("as_of")
    profile = await _profile(browser, identifier)
    found = await browser.get(f"{ONE}{identifier}/remedies", as_of=as_of)
    return _tab(browser, "remedies", profile, remedies=found)


@router.get(f"{PAGE}/cases")
async def cases(browser: Browsing, identifier: str) -> Response:
    """Show reviews, objections and downgrade warnings of the enterprise."""
    profile = await _profile(browser, identifier)
    reviews = await browser.get(f"{ONE}{identifier}/reviews")
    downgrades = await browser.get(f"{ONE}{identifier}/downgrades")
    states = {"review": reviewacts.STATES, "downgrade": downgradeacts.STATES}
    return _tab(browser, "cases", profile, reviews=reviews, downgrades=downgrades, states=states)


@router.get(f"{PAGE}/figures/waterfall.json")
async def waterfall(browser: Browsing, identifier: str) -> Response:
    """Return the figure of what leads from the usual margin to that of the enterprise."""
    as_of = browser.request.query_params.get("as_of")
    found = await browser.get(f"{ONE}{identifier}/explanation", as_of=as_of)
    return JSONResponse(waterfall_figure(found, browser.language))


@router.get(f"{PAGE}/figures/timeline.json")
async def timeline(browser: Browsing, identifier: str) -> Response:
    """Return the figure of records by day, each with its effect and the day it ages out."""
    as_of = browser.request.query_params.get("as_of")
    found = await browser.get(f"{ONE}{identifier}/records", as_of=as_of)
    return JSONResponse(timeline_figure(effects(found), browser.language))


@router.get(f"{PAGE}/figures/history.json")
async def levels(browser: Browsing, identifier: str) -> Response:
    """Return the figure of levels and probabilities over time."""
    found = await browser.get(f"{ONE}{identifier}/grades", limit=1_000)
    return JSONResponse(history_figure(found["grades"], browser.language))


def effects(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each record behind a level once, with all that it adds, the latest first.

    Examples
    --------
    >>> shared = {"record": "1", "occurred": "2026-01-02", "contribution": 0.25}
    >>> [told] = effects({"indicators": [
    ...     {"name": "a", "records": [shared]}, {"name": "b", "records": [shared]},
    ... ]})
    >>> told["contribution"], told["indicators"]
    (0.5, ['a', 'b'])
    """
    told: dict[str, dict[str, Any]] = {}
    for indicator in found["indicators"]:
        for record in indicator["records"]:
            each = told.setdefault(
                record["record"], record | {"contribution": 0.0, "indicators": []}
            )
            each["contribution"] += record["contribution"]
            each["indicators"].append(indicator["name"])
    return sorted(told.values(), key=lambda each: each["occurred"], reverse=True)


async def _profile(browser: Browser, identifier: str) -> dict[str, Any]:
    as_of = browser.request.query_params.get("as_of")
    found: dict[str, Any] = await browser.get(f"{ONE}{identifier}/profile", as_of=as_of)
    return found


def _tab(browser: Browser, tab: str, profile: dict[str, Any], **values: Any) -> Response:
    as_of = browser.request.query_params.get("as_of")
    return filled(
        browser,
        f"enterprise_{tab}",
        tab=tab,
        profile=profile,
        identifier=profile["enterprise"],
        as_of=as_of,
        asked=f"?as_of={as_of}" if as_of else "",
        **values,
    )
