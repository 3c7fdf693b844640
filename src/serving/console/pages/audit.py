"""The audit trail: who did or read what, when and what for, and whether the trail holds."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from .. import officewords as words
from ..asking import Browsing
from .administration import ADMINISTRATION, INVALID, entries, filled_tab, onward

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
AUDIT = f"{ADMINISTRATION}/audit"
TEXTS = ("actor", "enterprise", "subject", "purpose", "since", "until")


@router.get(AUDIT)
async def audit(browser: Browsing) -> Response:
    """Show a page of the audit trail, the newest entries first."""
    params = browser.request.query_params
    asked: dict[str, Any] = {name: params.get(name, "") for name in TEXTS}
    asked["action"] = [each for each in params.getlist("action") if each]
    page, refused = await entries(browser, "/v1/audit", asked)
    return filled_tab(
        browser,
        "audit",
        200 if refused is None else INVALID,
        asked=asked,
        page=page,
        refused=refused,
        trail=await browser.get_if("read operations", "/v1/audit/verification"),
        groups=words.SEARCHED,
        onward=onward(AUDIT, asked),
    )
