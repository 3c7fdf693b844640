"""Keys: who has which, one with what was done to it; issuing, rotating and revoking them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from ...access import Role
from .. import once
from ..asking import Browsing
from ..browser import Browser
from ..inside import RefusedError
from ..office import Form, first, is_shown_again, led_to_proof, order_of, queried, typed
from .administration import ADMINISTRATION, filled_tab, onward

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
KEYS, NEW = f"{ADMINISTRATION}/keys", f"{ADMINISTRATION}/new-key"
SEE, LIMIT, RECENT = 303, 100, 30


@router.get(KEYS)
async def listed(browser: Browsing) -> Response:
    """Show the keys, a page at a time."""
    asked = {name: browser.request.query_params.get(name, "") for name in ("state", "role")}
    after = browser.request.query_params.get("after")
    page = await browser.get("/v1/keys", **asked, after=after, limit=LIMIT)
    return filled_tab(
        browser, "keys", asked=asked, page=page, roles=Role, onward=onward(KEYS, asked)
    )


@router.get(NEW)
async def new(browser: Browsing) -> Response:
    """Show how a key is issued."""
    return await _form(browser, queried(browser))


@router.post(NEW)
async def issue(browser: Browsing) -> Response:
    """Issue a key, and lead to it, where its text is shown once."""
    form = await browser.form()
    body = {
        "holder": first(form, "holder"),
        "grant": order_of(form),
        "channel": first(form, "channel"),
        "days": _number(form, "days"),
        "limit": _number(form, "limit"),
        "own": bool(first(form, "own")),
    }
    try:
        answer = await browser.act("/v1/keys", body, form)
    except RefusedError as refused:
        if is_shown_again(refused):
            return await _form(browser, typed(form), refused)
        return await led_to_proof(browser, refused, f"{NEW}?{urlencode(typed(form), doseq=True)}")
    return _led_on(browser, "issue", answer.values)


@router.get(f"{KEYS}/{{key}}")
async def one(browser: Browsing, key: str) -> Response:
    """Show a key, what was done to it, and what may be."""
    return await _page(browser, key)


@router.get(f"{KEYS}/{{key}}/{{form:path}}")
async def formless(key: str) -> Response:
    """Lead from where a form was sent to the page that has it."""
    return RedirectResponse(_address(key), SEE)


@router.post(f"{KEYS}/{{key}}/rotate")
async def rotate(browser: Browsing, key: str) -> Response:
    """Issue a key in the place of another, and lead to it, where its text is shown once."""
    form = await browser.form()
    body = {name: _number(form, name) for name in ("days", "overlap")}
    try:
        answer = await browser.act(f"/v1/keys/{key}/rotate", body, form)
    except RefusedError as refused:
        return await _refused(browser, key, refused)
    return _led_on(browser, "rotate", answer.values)


@router.post(f"{KEYS}/{{key}}/revoke")
async def revoke(browser: Browsing, key: str) -> Response:
    """Make a key invalid for good."""
    return await _done(browser, key, "revoke")


@router.post(f"{KEYS}/{{key}}/agree")
async def agree(browser: Browsing, key: str) -> Response:
    """Agree to a key that another administrator issued."""
    return await _done(browser, key, "agree")


async def _done(browser: Browser, key: str, act: str) -> Response:
    try:
        await browser.act(f"/v1/keys/{key}/{act}", None, await browser.form())
    except RefusedError as refused:
        return await _refused(browser, key, refused)
    return RedirectResponse(f"{_address(key)}?done={act}", SEE)


async def _refused(browser: Browser, key: str, refused: RefusedError) -> Response:
    if is_shown_again(refused):
        return await _page(browser, key, refused)
    return await led_to_proof(browser, refused, _address(key))


async def _page(browser: Browser, key: str, refused: RefusedError | None = None) -> Response:
    found = await browser.get(f"/v1/keys/{key}")
    subject = f"key {key}"
    past = await browser.get("/v1/access/history", of=subject, limit=RECENT)
    issued = once.shown(browser, subject)
    response = filled_tab(
        browser,
        "key",
        200 if refused is None else refused.answer.status,
        found=found,
        past=past["entries"],
        issued=issued,
        refused=refused,
    )
    return once.drop(response, browser) if issued else response


async def _form(
    browser: Browser, asked: Mapping[str, Any], refused: RefusedError | None = None
) -> Response:
    roles = await browser.get("/v1/roles")
    channels = await browser.get("/v1/channels")
    return filled_tab(
        browser,
        "key_form",
        200 if refused is None else refused.answer.status,
        asked=asked,
        refused=refused,
        roles=roles["roles"],
        channels=channels["channels"],
    )


def _led_on(browser: Browser, done: str, issued: Mapping[str, Any]) -> Response:
    """Lead to a new key, with its text, which is shown once."""
    name = issued["key"]["id"]
    response = RedirectResponse(f"{_address(name)}?done={done}", SEE)
    told = {each: issued[each] for each in ("secret", "unknown_districts")}
    return once.kept(response, browser, f"key {name}", told)


def _address(key: str) -> str:
    return f"{KEYS}/{quote(key, safe='')}"


def _number(form: Form, name: str) -> float | str | None:
    """Return a number that was typed; as it was typed where it is none, which is refused then."""
    text = first(form, name)
    try:
        return int(text) if text.isdecimal() else float(text) if text else None
    except ValueError:
        return text
