"""Prompt routes: a question that is plainly right is answered without asking FastAPI about it.

FastAPI works out what a route is given, validates it, and runs the route in a thread, which takes
longer than many an answer. Here the plain forms of a question are recognised: no parameter twice,
none unknown, each in the one form that needs no conversion. Anything else goes the usual way,
which alone refuses what is wrong; both ways end in the same function of the route.
"""

import re
from collections.abc import Callable, Coroutine
from datetime import date
from inspect import Parameter, signature
from typing import Any
from urllib.parse import parse_qsl

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from ..entrance.caller import Caller
from ..language import accepted
from ..questions import ISO, LONGEST

__all__ = ["PromptRoute"]

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
PLAIN = re.compile(rb"[a-z_]+=[A-Za-z0-9-]+(?:&[a-z_]+=[A-Za-z0-9-]+)*")
DAYS = frozenset({"as_of", "since"})
ONE_OF: dict[str, tuple[str, ...]] = {"lang": ("zh", "en"), "detail": ("full", "short")}
SPOKEN = "language"


class PromptRoute(APIRoute):
    """A route about one enterprise, of a function that does nothing but look up and refer."""

    def get_route_handler(self) -> Handler:
        """Return what answers a request."""
        usual, parameters = super().get_route_handler(), signature(self.endpoint).parameters
        taken = frozenset(parameters)
        needed = {name for name, each in parameters.items() if each.default is Parameter.empty}

        async def handle(request: Request) -> Response:
            given = _plain(request, taken)
            if given is None or not needed <= given.keys():
                return await usual(request)
            response: Response = self.endpoint(**given)
            return response

        return handle


def _plain(request: Request, taken: frozenset[str]) -> dict[str, Any] | None:
    """Return what a route is given, or None where the question is not plainly right."""
    known = ", ".join(request.headers.getlist("if-none-match"))
    caller = Caller(request.state.visit, known)
    if not caller.reach.everywhere:
        return None  # what is beyond reach is recorded, for which the loop cannot wait
    identifier = request.path_params["identifier"]
    if not (0 < len(identifier) <= LONGEST and identifier.isprintable()):
        return None
    given = _query(request.scope["query_string"], taken)
    if given is None:
        return None
    given |= {"identifier": identifier, "caller": caller}
    if SPOKEN in taken:
        asked = request.headers.getlist("accept-language")
        if len(asked) > 1:
            return None
        own = request.state.visit.found.channel.language
        given[SPOKEN] = given.pop("lang", None) or accepted(asked[0] if asked else None, own)
    return given


def _query(text: bytes, taken: frozenset[str]) -> dict[str, Any] | None:
    if not text:
        return {}
    if not PLAIN.fullmatch(text):
        return None
    pairs = parse_qsl(text.decode(), keep_blank_values=True)
    given: dict[str, Any] = {}
    for name, value in pairs:
        allowed = SPOKEN in taken if name == "lang" else name in taken
        if name in given or not allowed:
            return None
        if name in DAYS and ISO.fullmatch(value):
            try:
                given[name] = date.fromisoformat(value)
            except ValueError:
                return None
        elif value in ONE_OF.get(name, ()):
            given[name] = value
        else:
            return None
    return given
