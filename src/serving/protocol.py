"""The protocol: HTTP/1.1 by uvicorn and httptools, with an end to the patience with slow clients.

A request that has begun has to be there in whole in a stated time, else it is answered with 408. A
worker that has more connections than it is meant for says so, and does not fall over.
"""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .problem import MEDIA_TYPE, ProblemError

__all__ = ["CONNECTIONS", "HEADERS_S", "PatientProtocol"]

HEADERS_S, BODY_S = 10.0, 60.0
CONNECTIONS = 2_000


class PatientProtocol(HttpToolsProtocol):
    """One connection.

    Attributes
    ----------
    headers_seconds, body_seconds
        How long a connection may take to its first request and a request to the end of its
        headers, and from there to the end of its body.
    connections_most
        How many connections a worker has at once.
    """

    headers_seconds, body_seconds = HEADERS_S, BODY_S
    connections_most = CONNECTIONS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._stage = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection; the client has to say something soon."""
        super().connection_made(transport)
        if len(self.connections) > self.connections_most:
            self._refuse(
                ProblemError("overloaded", "This worker has all the connections it can have; ask "
                             "again in a second.")
            )  # fmt: skip
            return
        self._wait("headers", self.headers_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._wait("", 0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent; what began and is not whole has to be so in time."""
        super().data_received(data)
        if self._stage and self._timer is None and not self.transport.is_closing():
            seconds = self.headers_seconds if self._stage == "headers" else self.body_seconds
            self._timer = self.loop.call_later(seconds, self._slow)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._stage = "headers"

    def on_headers_complete(self) -> None:
        """End the headers of a request."""
        super().on_headers_complete()
        self._wait("body", 0)

    def on_message_complete(self) -> None:
        """End a request."""
        super().on_message_complete()
        self._wait("", 0)

    def _wait(self, stage: str, seconds: float) -> None:
        """Wait for a stage to end, with a timer if it is given a time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._stage = stage
        if seconds:
            self._timer = self.loop.call_later(seconds, self._slow)

    def _slow(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self.cycle is not None and self.cycle.response_started:
            self.transport.close()
            return
        seconds = self.headers_seconds if self._stage == "headers" else self.body_seconds
        self._refuse(
            ProblemError("request-timeout", f"The {self._stage or 'request'} did not arrive within "
                         f"{seconds:g} seconds; send the request anew, in one go.")
        )  # fmt: skip

    def _refuse(self, problem: ProblemError) -> None:
        """Answer with a problem, and close."""
        request_id = str(uuid4())
        body = problem.document(request_id).encode()
        status = HTTPStatus(problem.status_code)
        head = [f"HTTP/1.1 {status.value} {status.phrase}", f"content-type: {MEDIA_TYPE}"]
        head += [f"content-length: {len(body)}", f"x-request-id: {request_id}"]
        head += ["cache-control: no-store", "connection: close"]
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            head.append("retry-after: 1")
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()
