"""One's own account: who one is, what one signs in with, and proving it again."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from .. import officewords as words
from ..asking import Anybody, Browsing
from ..browser import Browser
from ..inside import Answer, RefusedError
from ..page import filled
from .door import SEE, SIGN_IN, led_on, own_path

__all__ = ["ACCOUNT", "router"]

router = APIRouter(include_in_schema=False)
ACCOUNT, SET_UP = "/console/account", "/console/set-up"
KEPT_HERE = "account "
"""How whoever signs in with a password of this service is named."""
WRONG = 422
Form = Mapping[str, Sequence[str]]


@router.get(ACCOUNT)
async def account(browser: Browsing) -> Response:
    """Show who is signed in, and how they change what they sign in with."""
    return _page(browser, browser.request.query_params.get("next", ""))


@router.get(f"{ACCOUNT}/{{form:path}}")
async def formless(browser: Browsing) -> Response:
    """Lead from where a form was sent, as by a change of language, to the page that has it."""
    query = browser.request.url.query
    return RedirectResponse(f"{ACCOUNT}?{query}" if query else ACCOUNT, SEE)


@router.post(f"{ACCOUNT}/proof")
async def prove(browser: Browsing) -> Response:
    """Prove again who it is, and lead back to what needed it."""
    form = await browser.form()
    wanted = _first(form, "next")
    try:
        await browser.act("/v1/session/proof", _proof(form), form)
    except RefusedError as refused:
        return _page(browser, wanted, "proof", refused)
    return RedirectResponse(own_path(wanted) if wanted else f"{ACCOUNT}?done=proof", SEE)


@router.post(f"{ACCOUNT}/password")
async def change_password(browser: Browsing) -> Response:
    """Change the password; whoever did signs in anew."""
    form = await browser.form()
    if _first(form, "new") != _first(form, "again"):
        return _page(browser, "", "password", differ=True)
    body = _proof(form) | {"new": _first(form, "new")}
    return await _changed(browser, "password", "/v1/session/password", body, form)


@router.post(f"{ACCOUNT}/factor")
async def offer_factor(browser: Browsing) -> Response:
    """Show the secret of a second factor, this once; asking again shows another one."""
    form = await browser.form()
    try:
        answer = await browser.act("/v1/session/factor", _proof(form), form)
    except RefusedError as refused:
        return _page(browser, "", "factor", refused)
    return filled(browser, "second_factor", offer=answer.values, refused=None)


@router.post(f"{ACCOUNT}/factor/confirm")
async def confirm_factor(browser: Browsing) -> Response:
    """Use the second factor from now on; whoever did signs in anew."""
    form = await browser.form()
    body = {"code": _first(form, "code").strip()}
    try:
        answer = await browser.act("/v1/session/factor", body, form, method="PUT")
    except RefusedError as refused:
        status = refused.answer.status
        return filled(browser, "second_factor", status, offer=None, refused=refused)
    return _signed_out(answer, "factor")


@router.get(SET_UP)
async def set_up_page(browser: Anybody) -> Response:
    """Show how the person of a new account chooses its password."""
    return _set_up_page(browser, browser.request.query_params.get("name", ""))


@router.post(SET_UP)
async def set_up(browser: Anybody) -> Response:
    """Set the password of a new account, and lead to where its person signs in."""
    form = await browser.form()
    name = _first(form, "name").strip()
    if _first(form, "new") != _first(form, "again"):
        return _set_up_page(browser, name, differ=True)
    body = {"name": name, "code": _first(form, "code").strip(), "new": _first(form, "new")}
    try:
        await browser.inside.send("POST", "/v1/session/set-up", body=body)
    except RefusedError as refused:
        return _set_up_page(browser, name, refused)
    return RedirectResponse(f"{SIGN_IN}?done=set-up", SEE)


async def _changed(browser: Browser, what: str, path: str, body: object, form: Form) -> Response:
    try:
        answer = await browser.act(path, body, form)
    except RefusedError as refused:
        return _page(browser, "", what, refused)
    return _signed_out(answer, what)


def _signed_out(answer: Answer, what: str) -> Response:
    """Lead to where people sign in, as every session of the account is over."""
    return led_on(answer, f"{SIGN_IN}?" + urlencode({"done": what}))


def _page(
    browser: Browser,
    wanted: str,
    tried: str = "",
    refused: RefusedError | None = None,
    *,
    differ: bool = False,
) -> Response:
    status = refused.answer.status if refused else WRONG if differ else 200
    return filled(
        browser,
        "account",
        status,
        wanted=wanted,
        tried=tried,
        refused=refused,
        differ=differ,
        here=str(browser.session["actor"]).startswith(KEPT_HERE),
        done=browser.request.query_params.get("done"),
        why=browser.request.query_params.get("why"),
        words=words,
    )


def _set_up_page(
    browser: Browser, name: str, refused: RefusedError | None = None, *, differ: bool = False
) -> Response:
    status = refused.answer.status if refused else WRONG if differ else 200
    return filled(browser, "set_up", status, name=name, refused=refused, differ=differ)


def _proof(form: Form) -> dict[str, Any]:
    return {"password": _first(form, "password"), "code": _first(form, "code").strip()}


def _first(form: Form, name: str) -> str:
    return form[name][0] if form.get(name) else ""
