"""The overview."""

from fastapi import APIRouter
from starlette.responses import Response

from ..asking import Browsing
from ..page import filled

__all__ = ["router"]

router = APIRouter()


@router.get("/console/overview")
async def overview(browser: Browsing) -> Response:
    """Show the city at a glance."""
    return filled(browser, "overview")
