"""Accounts: who has one, one with what was done to it, and what administrators do to it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from ...access import Role
from .. import once
from ..asking import Browsing
from ..browser import Browser
from ..inside import RefusedError
from ..office import first, is_shown_again, led_to_proof, order_of, queried, typed
from .administration import ADMINISTRATION, filled_tab, onward

__all__ = ["ACTS", "router"]

router = APIRouter(include_in_schema=False)
ACCOUNTS, NEW = f"{ADMINISTRATION}/accounts", f"{ADMINISTRATION}/new-account"
SEE, LIMIT, RECENT = 303, 100, 30
ACTS = ("agree", "reset", "drop-factor", "sign-out", "disable", "enable")
"""What is done to an account without more to be said, as the routes are called."""


@router.get(ACCOUNTS)
async def listed(browser: Browsing) -> Response:
    """Show the accounts, a page at a time."""
    asked = {name: browser.request.query_params.get(name, "") for name in ("state", "role")}
    after = browser.request.query_params.get("after")
    page = await browser.get("/v1/accounts", **asked, after=after, limit=LIMIT)
    return filled_tab(
        browser, "accounts", asked=asked, page=page, roles=Role, onward=onward(ACCOUNTS, asked)
    )


@router.get(NEW)
async def new(browser: Browsing) -> Response:
    """Show how an account is made."""
    return await _form(browser, "new", queried(browser))


@router.post(NEW)
async def add(browser: Browsing) -> Response:
    """Make an account, and lead to it, where its code is shown once."""
    form = await browser.form()
    body: dict[str, Any] = {"name": first(form, "name"), "grant": order_of(form)}
    body |= {"person": first(form, "person") or None}
    try:
        answer = await browser.act("/v1/accounts", body, form)
    except RefusedError as refused:
        if is_shown_again(refused):
            return await _form(browser, "new", typed(form), refused)
        return await led_to_proof(browser, refused, f"{NEW}?{urlencode(typed(form), doseq=True)}")
    return _led_on(browser, "add", answer.values)


@router.get(f"{ACCOUNTS}/{{account}}")
async def one(browser: Browsing, account: str) -> Response:
    """Show an account, what was done to it, and what may be."""
    return await _page(browser, account)


@router.get(f"{ACCOUNTS}/{{account}}/grant")
async def grant_form(browser: Browsing, account: str) -> Response:
    """Show how an account is let do something else."""
    found = await browser.get(f"/v1/accounts/{account}")
    asked = queried(browser)
    return await _form(browser, "grant", asked or _granted(found["grant"]), account=found)


@router.post(f"{ACCOUNTS}/{{account}}/grant")
async def grant(browser: Browsing, account: str) -> Response:
    """Let an account do something else."""
    form = await browser.form()
    try:
        path = f"/v1/accounts/{account}/grant"
        answer = await browser.act(path, order_of(form), form, method="PUT")
    except RefusedError as refused:
        if is_shown_again(refused):
            found = await browser.get(f"/v1/accounts/{account}")
            return await _form(browser, "grant", typed(form), refused, account=found)
        back = f"{_address(account)}/grant?{urlencode(typed(form), doseq=True)}"
        return await led_to_proof(browser, refused, back)
    return _led_on(browser, "grant", answer.values)


@router.get(f"{ACCOUNTS}/{{account}}/{{act}}")
async def formless(account: str) -> Response:
    """Lead from where a form was sent to the page that has it."""
    return RedirectResponse(_address(account), SEE)


@router.post(f"{ACCOUNTS}/{{account}}/{{act}}")
async def act(browser: Browsing, account: str, act: str) -> Response:
    """Do something to an account that needs no more to be said."""
    if act not in ACTS:
        raise HTTPException(404)
    form = await browser.form()
    try:
        answer = await browser.act(f"/v1/accounts/{account}/{act}", None, form)
    except RefusedError as refused:
        if is_shown_again(refused):
            return await _page(browser, account, refused)
        return await led_to_proof(browser, refused, _address(account))
    if act == "sign-out":
        query = urlencode({"done": act, "sessions": answer.values["sessions"]})
        return RedirectResponse(f"{_address(account)}?{query}", SEE)
    return _led_on(browser, act, answer.values)


async def _page(browser: Browser, account: str, refused: RefusedError | None = None) -> Response:
    found = await browser.get(f"/v1/accounts/{account}")
    subject = f"account {found['name']}"
    past = await browser.get("/v1/access/history", of=subject, limit=RECENT)
    invited = once.shown(browser, subject)
    response = filled_tab(
        browser,
        "account",
        200 if refused is None else refused.answer.status,
        account=found,
        past=past["entries"],
        invited=invited,
        refused=refused,
        mine=subject == browser.session["actor"],
        sessions=browser.request.query_params.get("sessions"),
    )
    return once.drop(response, browser) if invited else response


async def _form(
    browser: Browser,
    which: str,
    asked: Mapping[str, Any],
    refused: RefusedError | None = None,
    account: Mapping[str, Any] | None = None,
) -> Response:
    roles = await browser.get("/v1/roles")
    return filled_tab(
        browser,
        "account_form",
        200 if refused is None else refused.answer.status,
        which=which,
        asked=asked,
        refused=refused,
        account=account,
        roles=roles["roles"],
    )


def _led_on(browser: Browser, done: str, invitation: Mapping[str, Any]) -> Response:
    """Lead to the account after a change, with the code that is shown once."""
    name = invitation["account"]["name"]
    response = RedirectResponse(f"{_address(name)}?{urlencode({'done': done})}", SEE)
    told = {each: invitation[each] for each in ("setup_code", "half", "unknown_districts")}
    if not (told["setup_code"] or told["unknown_districts"]):
        return response
    return once.kept(response, browser, f"account {name}", told)


def _address(name: str) -> str:
    return f"{ACCOUNTS}/{quote(name, safe='')}"


def _granted(grant: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what a grant is, as the fields of a form have it."""
    lists = {name: grant[name] or [] for name in ("permissions", "districts", "categories")}
    return {"role": [grant["role"]], **lists, "sources": [", ".join(grant["sources"] or [])]}
