"""The door: signing in and out, language and purpose, and the files of the console."""

from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from ..asking import Anybody, Browsing
from ..assets import file_response
from ..browser import PURPOSE, Browser
from ..inside import Answer, RefusedError
from ..navigation import home
from ..page import filled

__all__ = ["SEE", "SIGN_IN", "led_on", "own_path", "router", "sign_in_address"]

router = APIRouter(include_in_schema=False)
CONSOLE, SIGN_IN = "/console", "/console/sign-in"
CHANNEL = "console"
SEE = 303


@router.get("/console/static/{digest}/{name}")
async def static(digest: str, name: str) -> Response:
    """Return a file of the console."""
    return file_response(name, digest)


@router.get(CONSOLE)
async def entrance(browser: Browsing) -> Response:
    """Lead to the first place that whoever comes gets to."""
    return RedirectResponse(home(browser), SEE)


@router.get(SIGN_IN)
async def sign_in_page(browser: Anybody) -> Response:
    """Show how people sign in."""
    return await _sign_in_page(browser, browser.request.query_params.get("next", ""))


@router.post(SIGN_IN)
async def sign_in(browser: Anybody) -> Response:
    """Sign somebody in, and lead on to where they wanted to go."""
    form = {name: values[0] for name, values in (await browser.form()).items()}
    question = {
        "name": form.get("name", ""),
        "password": form.get("password", ""),
        "code": form.get("code", "").strip(),
        "channel": CHANNEL,
    }
    try:
        answer = await browser.inside.send("POST", "/v1/session", body=question)
    except RefusedError as refused:
        return await _sign_in_page(browser, form.get("next", ""), question["name"], refused)
    return led_on(answer, own_path(form.get("next", "")))


@router.post("/console/sign-out")
async def sign_out(browser: Browsing) -> Response:
    """End the session."""
    answer = await browser.act("/v1/session", None, await browser.form(), method="DELETE")
    return led_on(answer, SIGN_IN)


@router.post("/console/purpose")
async def choose_purpose(browser: Browsing) -> Response:
    """Keep what is read for from now on; an empty case is none."""
    form = {name: values[0] for name, values in (await browser.form()).items()}
    code, case = form.get("purpose", ""), form.get("case", "").strip()
    response = RedirectResponse(own_path(form.get("back", "")), SEE)
    browser.keep(response, PURPOSE, f"{code}:{case}" if case else code)
    return response


def sign_in_address(request: Request) -> str:
    """Return where somebody signs in who is led back to the page of a request then."""
    query = request.url.query
    wanted = request.url.path + (f"?{query}" if query else "")
    return SIGN_IN if wanted == CONSOLE else f"{SIGN_IN}?next={quote(wanted, safe='')}"


def own_path(text: str) -> str:
    """Return a path of the console; where something else was sent, its entrance.

    Examples
    --------
    >>> own_path("/console/find?q=tea"), own_path("//elsewhere/console/"), own_path("")
    ('/console/find?q=tea', '/console', '/console')
    """
    parts = urlsplit(text)
    plain = text.isprintable() and "\\" not in text and not parts.scheme and not parts.netloc
    return text if plain and text.startswith(f"{CONSOLE}/") else CONSOLE


async def _sign_in_page(
    browser: Browser, wanted: str, name: str = "", refused: RefusedError | None = None
) -> Response:
    status = 200 if refused is None else refused.answer.status
    ways = await browser.find("/v1/sign-in")
    providers = ways["providers"] if ways else []
    return filled(
        browser,
        "sign_in",
        status,
        wanted=wanted,
        name=name,
        refused=refused,
        providers=providers,
        done=browser.request.query_params.get("done"),
    )


def led_on(answer: Answer, path: str) -> Response:
    """Lead on, with the cookies that the service set."""
    response = RedirectResponse(path, SEE)
    for cookie in answer.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response
