"""Reviews: the queue, one case with all that may be done to it, and those that are opened here."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from ....core.codes import CodeTable
from ..acts import Form
from ..asking import Browsing
from ..browser import Browser
from ..inside import RefusedError
from ..page import filled
from ..reviewacts import CAUSES, DONE, SIMPLE, STATES, forms
from .cases import done_by

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
QUEUE, API = "/console/reviews", "/v1/reviews"
ASKED = ("district", "level", "cause", "overdue", "after")
WAITING = ("received", "open", "taken", "sent_back", "proposed", "lifting")
LIMIT = 50


@router.get(QUEUE)
async def queue(browser: Browsing) -> Response:
    """Show the reviews that wait, those whose clock ends first before the others."""
    params = browser.request.query_params
    asked: dict[str, Any] = {name: params.get(name) for name in ASKED}
    asked["state"] = params.getlist("state") or list(WAITING)
    page = await browser.get(API, **asked, limit=LIMIT)
    policy = await browser.get("/v1/review-policy")
    kept = {name: value for name, value in asked.items() if value and name != "after"}
    return filled(
        browser,
        "reviews",
        page=page,
        asked=asked,
        states=STATES,
        causes=causes(policy),
        districts={each["code"]: each for each in CodeTable.load("district").table.to_pylist()},
        onward=lambda **more: f"{QUEUE}?" + urlencode(kept | more, doseq=True),
    )


@router.post(QUEUE)
async def opened(browser: Browsing) -> Response:
    """Open a review by hand, or take an objection down, and lead to it."""
    form = await browser.form()
    said = {name: values[0].strip() for name, values in form.items()}
    body: dict[str, Any] = {"enterprise": said.get("enterprise", "")}
    if said.get("what") == "objection":
        evidence = [line.strip() for line in said.get("evidence", "").splitlines() if line.strip()]
        body |= {"received": said.get("received"), "contests": said.get("reason", "")}
        answer = await browser.act("/v1/objections", body | {"evidence": evidence}, form)
    else:
        answer = await browser.act(API, body | {"reason": said.get("reason", "")}, form)
    page = f"{QUEUE}/{answer.values['case']}" if browser.may("read explanation") else "/console"
    return RedirectResponse(f"{page}?done=open", 303)


@router.get(f"{QUEUE}/{{case}}")
async def one(browser: Browsing, case: int) -> Response:
    """Show one review."""
    return await _page(browser, case)


@router.post(f"{QUEUE}/{{case}}")
async def act(browser: Browsing, case: int) -> Response:
    """Do something to a review."""
    review = await browser.get(f"{API}/{case}")
    policy = await browser.get("/v1/review-policy")
    every = {each.id: each for each in (*SIMPLE, *forms({**review, "allowed": ["decide"]}, policy))}

    async def shown(refused: RefusedError, form: Form) -> Response:
        return await _page(browser, case, refused, form)

    return await done_by(browser, QUEUE, API, case, [*every.values()], shown)


async def _page(
    browser: Browser, case: int, refused: RefusedError | None = None, form: Form | None = None
) -> Response:
    review = await browser.get(f"{API}/{case}")
    policy = await browser.get("/v1/review-policy")
    one = f"/v1/enterprises/{review['enterprise']}"
    return filled(
        browser,
        "review",
        refused.answer.status if refused else 200,
        review=review,
        acts=forms(review, policy),
        states=STATES,
        done=DONE,
        causes=causes(policy),
        reasons={each["id"]: (each["zh"], each["en"]) for each in policy["reasons"]},
        profile=await browser.find(f"{one}/profile"),
        short=await browser.find(f"{one}/explanation", detail="short"),
        refused=refused,
        form=form or {},
    )


def causes(policy: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what the causes of reviews are called: those of the policy, and the others."""
    return {each["id"]: (each["zh"], each["en"]) for each in policy["triggers"]} | dict(CAUSES)
