"""Asking: what the functions of pages are given."""

from typing import Annotated

from fastapi import Depends, Request

from .browser import Browser
from .inside import Inside

__all__ = ["Anybody", "Browsing"]


async def _browser(request: Request) -> Browser:
    """Return the browser of somebody who is signed in; else the session is refused."""
    session = await Inside(request, "zh").get("/v1/session")
    request.state.session = session
    return Browser(request, session)


async def _anybody(request: Request) -> Browser:
    return Browser(request, {})


Browsing = Annotated[Browser, Depends(_browser)]
"""Somebody who is signed in."""
Anybody = Annotated[Browser, Depends(_anybody)]
"""Whoever comes, signed in or not."""
