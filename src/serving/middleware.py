"""What every request passes on its way in, and every response on its way out."""

import logging
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .counters import IN_FLIGHT, REFUSED, REQUESTS, SECONDS
from .files.uploads import MOST_BYTES
from .problem import ProblemError

__all__ = ["middleware"]

MAX_BODY = 1_000_000
MAX_BODIES = {"/v1/scores/file": MOST_BYTES}
MAX_DIGITS = 15
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
BY_TLS = {"Strict-Transport-Security": "max-age=31536000"}

REQUEST_ID = b"x-request-id"
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
NOWHERE = "none"

log = logging.getLogger(__name__)
access = logging.getLogger("xinheng.access")


def middleware(hosts: Sequence[str]) -> list[Middleware]:
    """Return the stack, outermost first, for a service known by these host names."""
    return [
        Middleware(Observed),
        Middleware(SecureHeaders),
        Middleware(LastResort),
        Middleware(KnownHost, hosts=hosts),
        Middleware(BodyLimit, limit=MAX_BODY, others=MAX_BODIES),
    ]


class Observed:
    """Give every request an id of our own, count it, and write one line about it when it is over.

    An id that a caller sends is not believed. A line names route, status, duration and who asked
    by the id of the key; no address, no query, no body, no enterprise.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid4())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        status, sent, began = 0, 0, perf_counter()

        async def named(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (REQUEST_ID, request_id.encode())]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        IN_FLIGHT.inc()
        try:
            await self.app(scope, receive, named)
        finally:
            IN_FLIGHT.dec()
            _tell(scope, status, sent, perf_counter() - began)


def _tell(scope: Scope, status: int, sent: int, seconds: float) -> None:
    """Count a request that is over, and log it; status 0 is one whose caller went away."""
    state = scope["state"]
    route = getattr(scope.get("route"), "name", None) or NOWHERE
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(route, method, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
    problem = state.get("problem")
    if problem is not None:
        REFUSED.labels(problem).inc()
    if access.isEnabledFor(logging.INFO):
        told = {
            "request_id": state["request_id"],
            "route": route,
            "method": method,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "bytes": sent,
            **_who(state),
            "problem": problem,
        }
        access.info("request", extra={"told": told})


def _who(state: Mapping[str, Any]) -> dict[str, str]:
    """Say who asks: a key by its id, somebody who signed in by the role alone."""
    visit = state.get("visit")
    if visit is None:
        return {}
    principal = visit.principal
    actor = principal.actor if principal.means == "key" else principal.means
    return {"actor": actor, "role": str(principal.grant.role)}


class SecureHeaders:
    """Set the headers of `HEADERS` wherever a response does not set them itself; `BY_TLS` too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._plain, self._by_tls = Headers(HEADERS).raw, Headers(HEADERS | BY_TLS).raw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        set_here = self._by_tls if scope.get("scheme") == "https" else self._plain

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                named = {name for name, _ in own}
                message["headers"] = [*own, *(each for each in set_here if each[0] not in named)]
            await send(message)

        await self.app(scope, receive, secured)


class LastResort:
    """Answer what nobody foresaw with a problem that says nothing internal; log the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            request_id = scope["state"]["request_id"]
            log.exception("request %s failed", request_id)
            problem = ProblemError(
                "internal-error",
                f"The fault is ours. Quote the request id {request_id} to those who run this "
                "service; the log names the cause under it.",
            )
            await problem.response(scope)(scope, receive, send)


class KnownHost:
    """Refuse requests that were meant for another host, such as those of a rebound name."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else None
        if host is None or host.lower().partition(":")[0] in self.hosts:
            await self.app(scope, receive, send)
            return
        detail = f"This service answers to the hosts {', '.join(sorted(self.hosts))} only."
        problem = ProblemError("misdirected-request", detail)
        await problem.response(scope)(scope, receive, send)


class BodyLimit:
    """Refuse bodies of more than `limit` bytes, said or sent; `others` has paths with their own."""

    def __init__(self, app: ASGIApp, limit: int, others: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.others.get(scope["path"], self.limit)
        problem = ProblemError(
            "content-too-large",
            f"The body has more than {limit:,} bytes; send the request in parts.",
        )
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and (len(said) > MAX_DIGITS or int(said) > limit):
            await problem.response(scope)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise problem
            return message

        await self.app(scope, counted, send)
