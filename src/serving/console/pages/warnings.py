"""Warnings: what spreads in products, and downgrade warnings through their whole life."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from ....core.codes import CodeTable
from ...answers import product_names
from ..acts import Form
from ..alarmfigures import evidence_figure
from ..asking import Browsing
from ..browser import Browser
from ..downgradeacts import (
    ALARM_ACTS,
    ALARM_DONE,
    DONE,
    EXPOSED,
    KINDS,
    METHODS,
    REPLIES,
    SOURCES,
    STATES,
    forms,
)
from ..inside import RefusedError
from ..page import filled
from .cases import done_by

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
HERE = "/console/warnings"
ALARMS, DOWNGRADES = "/v1/watch/alarms", "/v1/downgrades"
ASKED = ("kind", "product", "hazard", "since", "until", "after")
ENDED = ("lifted", "rejected", "expired")
LIMIT = 30


@router.get(HERE)
async def warnings(browser: Browsing) -> Response:
    """Show the alarms of products, and the queue of downgrade warnings."""
    params = browser.request.query_params
    asked: dict[str, Any] = {name: params.get(name) for name in ASKED}
    asked["open"] = params.get("open", "true")
    waits: dict[str, Any] = {name: params.get(name) for name in ("district", "overdue")}
    waits["state"] = params.getlist("state") or [each for each in STATES if each not in ENDED]
    alarms = await browser.get(ALARMS, **asked, limit=LIMIT)
    later = params.get("later")
    queue = await browser.get_if("decide", DOWNGRADES, **waits, after=later, limit=LIMIT)
    kept = {name: value for name, value in asked.items() if value and name != "after"}
    kept["open"] = asked["open"]  # empty is open and closed, which is not what is left out
    more = {name: value for name, value in waits.items() if value}
    return filled(
        browser,
        "warnings",
        alarms=alarms,
        products=sorted(product_names(browser.language).items(), key=lambda each: each[1]),
        asked=asked,
        downgrades=queue,
        waits=waits,
        later=later,
        districts={each["code"]: each for each in CodeTable.load("district").table.to_pylist()},
        kinds=KINDS,
        states=STATES,
        onward=lambda **place: f"{HERE}?" + urlencode(kept | place),
        onward_downgrades=lambda **place: (
            f"{HERE}?{urlencode(more | place, doseq=True)}#downgrades"
        ),
    )


@router.get(f"{HERE}/alarms/{{alarm}}")
async def alarm(browser: Browsing, alarm: int) -> Response:
    """Show one alarm: what stands behind it, its neighbours, and whom it concerns."""
    return await _alarm_page(browser, alarm)


@router.get(f"{HERE}/alarms/{{alarm}}/figures/evidence.json")
async def evidence(browser: Browsing, alarm: int) -> Response:
    """Return the figure of what sources told of, beside the usual."""
    found = await browser.get(f"{ALARMS}/{alarm}")
    return JSONResponse(evidence_figure(found["evidence"], browser.language))


@router.post(f"{HERE}/alarms/{{alarm}}")
async def act_on_alarm(browser: Browsing, alarm: int) -> Response:
    """Note something on an alarm, close it, or open it again."""

    async def shown(refused: RefusedError, form: Form) -> Response:
        return await _alarm_page(browser, alarm, refused, form)

    return await done_by(browser, f"{HERE}/alarms", ALARMS, alarm, ALARM_ACTS, shown)


@router.get(f"{HERE}/downgrades/{{case}}")
async def downgrade(browser: Browsing, case: int) -> Response:
    """Show one downgrade warning, and all that may be done to it."""
    return await _downgrade_page(browser, case)


@router.post(f"{HERE}/downgrades/{{case}}")
async def act_on_downgrade(browser: Browsing, case: int) -> Response:
    """Do something to a downgrade warning."""
    warning = await browser.get(f"{DOWNGRADES}/{case}")

    async def shown(refused: RefusedError, form: Form) -> Response:
        return await _downgrade_page(browser, case, refused, form)

    acts = forms({**warning, "allowed": DONE})
    return await done_by(browser, f"{HERE}/downgrades", DOWNGRADES, case, acts, shown)


@router.get(f"{HERE}/downgrades/{{case}}/document")
async def document(browser: Browsing, case: int) -> Response:
    """Show the document that is served, as it is printed."""
    answer = await browser.inside.send("GET", f"{DOWNGRADES}/{case}/document")
    headers = {name: answer.headers[name] for name in ("content-security-policy", "content-type")}
    return Response(answer.content, headers=headers)


async def _alarm_page(
    browser: Browser, alarm: int, refused: RefusedError | None = None, form: Form | None = None
) -> Response:
    found = await browser.get(f"{ALARMS}/{alarm}")
    return filled(
        browser,
        "alarm",
        refused.answer.status if refused else 200,
        alarm=found,
        acts=[each for each in ALARM_ACTS if each.name in found["allowed"]],
        done=ALARM_DONE,
        kinds=KINDS,
        sources=SOURCES,
        exposed_as=EXPOSED,
        refused=refused,
        form=form or {},
    )


async def _downgrade_page(
    browser: Browser, case: int, refused: RefusedError | None = None, form: Form | None = None
) -> Response:
    found = await browser.get(f"{DOWNGRADES}/{case}")
    one = f"/v1/enterprises/{found['enterprise']}"
    return filled(
        browser,
        "downgrade",
        refused.answer.status if refused else 200,
        warning=found,
        acts=forms(found),
        states=STATES,
        done=DONE,
        methods=dict(METHODS),
        replies=dict(REPLIES),
        profile=await browser.find(f"{one}/profile"),
        grade=await browser.find(f"{one}/grade"),
        refused=refused,
        form=form or {},
    )
