"""The console in the application: its pages, its files, and what is shown where one is refused."""

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from .browser import Browser
from .inside import RefusedError
from .page import filled
from .pages import ROUTERS
from .pages.door import sign_in_address

__all__ = ["add_console"]

NOT_SIGNED_IN = 401


def add_console(app: FastAPI) -> None:
    """Add the pages, and turn what the service refuses them into pages as well."""
    for router in ROUTERS:
        app.include_router(router, include_in_schema=False)
    app.add_exception_handler(RefusedError, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    """Lead whoever is not signed in to where they can; show everybody else why not."""
    assert isinstance(error, RefusedError)  # noqa: S101 it is registered for nothing else
    if error.answer.status == NOT_SIGNED_IN and request.method == "GET":
        return RedirectResponse(sign_in_address(request), 303)
    session = getattr(request.state, "session", {})
    status = error.answer.status
    return filled(Browser(request, session), "refused", status, refused=error)
