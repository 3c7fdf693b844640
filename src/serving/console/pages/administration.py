"""Administration: what waits, the roles, the channels, and what was done to keys and accounts."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from .. import officewords as words
from ..asking import Browsing
from ..browser import Browser
from ..inside import RefusedError
from ..office import TABLES, terms
from ..page import filled

__all__ = ["ADMINISTRATION", "HISTORY", "entries", "filled_tab", "router"]

router = APIRouter(include_in_schema=False)
ADMINISTRATION = "/console/administration"
HISTORY = f"{ADMINISTRATION}/history"
INVALID = 422
FEW, LIMIT = 10, 50


@router.get(ADMINISTRATION)
async def front(browser: Browsing) -> Response:
    """Show what waits for an administrator, how the audit stands, and what was done last."""
    waiting = {"state": "waits", "limit": FEW}
    return filled_tab(
        browser,
        "front",
        accounts=(await browser.get("/v1/accounts", **waiting))["accounts"],
        keys=(await browser.get("/v1/keys", **waiting))["keys"],
        ending=(await browser.get("/v1/keys", state="ends soon", limit=FEW))["keys"],
        trail=await browser.get_if("read operations", "/v1/audit/verification"),
        latest=(await browser.get("/v1/access/history", limit=FEW))["entries"],
    )


@router.get(f"{ADMINISTRATION}/roles")
async def roles(browser: Browsing) -> Response:
    """Show what each role may do, and why that and no more."""
    found = await browser.get("/v1/roles")
    return filled_tab(browser, "roles", roles=found["roles"])


@router.get(f"{ADMINISTRATION}/channels")
async def channels(browser: Browsing) -> Response:
    """Show by which ways answers go out, and how often may be asked."""
    return filled_tab(browser, "channels", found=await browser.get("/v1/channels"))


@router.get(HISTORY)
async def history(browser: Browsing) -> Response:
    """Show what was done to keys and accounts, and who came in by them."""
    asked = {
        name: browser.request.query_params.get(name, "") for name in ("of", "by", "since", "until")
    }
    page, refused = await entries(browser, "/v1/access/history", asked)
    return filled_tab(
        browser,
        "history",
        200 if refused is None else INVALID,
        asked=asked,
        page=page,
        refused=refused,
        onward=onward(HISTORY, asked),
    )


async def entries(
    browser: Browser, path: str, asked: dict[str, Any]
) -> tuple[dict[str, Any] | None, RefusedError | None]:
    """Return a page of entries of the audit, or why what was asked cannot be searched for."""
    after = browser.request.query_params.get("after")
    given = {
        name: value.strip() if isinstance(value, str) else value for name, value in asked.items()
    }
    try:
        return await browser.get(path, **given, after=after, limit=LIMIT), None
    except RefusedError as refused:
        if refused.answer.status != INVALID:
            raise
        return None, refused


def onward(path: str, asked: dict[str, Any]) -> Any:
    """Return what makes the address of another page of what is asked."""
    given = {name: value for name, value in asked.items() if value}
    return lambda **more: path + "?" + urlencode(given | more, doseq=True)


def filled_tab(browser: Browser, tab: str, status: int = 200, **values: Any) -> Response:
    """Return a page of the office: with its tabs, and the words that they share."""
    access = browser.request.state.access
    return filled(
        browser,
        f"office_{tab}",
        status,
        tab=tab,
        words=words,
        terms=terms(*TABLES),
        reasons={each.code: (each.zh, each.en) for each in access.purposes_today()},
        after=browser.request.query_params.get("after"),
        done=browser.request.query_params.get("done"),
        **values,
    )
