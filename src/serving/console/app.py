"""The console in the application: its pages, its files, and what is shown where one is refused."""

from copy import copy

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

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
        app.router.routes.extend(map(_named, router.routes))
    app.add_exception_handler(RefusedError, _refused)


def _named(route: BaseRoute) -> BaseRoute:
    """Return a page under a name that no route of the API has, as metrics and logs tell it."""
    found = copy(route)
    found.name = f"console {found.name}"  # type: ignore[attr-defined]
    return found


async def _refused(request: Request, error: Exception) -> Response:
    """Lead whoever is not signed in to where they can; show everybody else why not."""
    assert isinstance(error, RefusedError)  # noqa: S101 it is registered for nothing else
    if error.answer.status == NOT_SIGNED_IN and request.method == "GET":
        return RedirectResponse(sign_in_address(request), 303)
    session = getattr(request.state, "session", {})
    status = error.answer.status
    return filled(Browser(request, session), "refused", status, refused=error)
