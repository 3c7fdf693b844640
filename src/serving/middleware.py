"""What every request passes on its way in, and every response on its way out."""

import logging
from collections.abc import Sequence
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problem import ProblemError

__all__ = ["middleware"]

MAX_BODY = 1_000_000
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

log = logging.getLogger(__name__)


def middleware(hosts: Sequence[str]) -> list[Middleware]:
    """Return the stack, outermost first, for a service known by these host names."""
    return [
        Middleware(RequestId),
        Middleware(SecureHeaders),
        Middleware(LastResort),
        Middleware(KnownHost, hosts=hosts),
        Middleware(BodyLimit, limit=MAX_BODY),
    ]


class RequestId:
    """Give every request an id of our own; one that a caller sends is not believed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        await self.app(scope, receive, named)


class SecureHeaders:
    """Set the headers of `HEADERS` wherever a response does not set them itself; `BY_TLS` too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        set_here = HEADERS | BY_TLS if scope.get("scheme") == "https" else HEADERS

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in set_here.items():
                    headers.setdefault(name, value)
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
    """Refuse bodies of more than `limit` bytes, said or sent."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        problem = ProblemError(
            "content-too-large",
            f"The body has more than {self.limit:,} bytes; send the request in parts.",
        )
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and (len(said) > MAX_DIGITS or int(said) > self.limit):
            await problem.response(scope)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise problem
            return message

        await self.app(scope, counted, send)
