"""The protocol: HTTP/1.1 by uvicorn and httptools, with an end to the patience with slow clients.

A request that has begun has to be there in whole in a stated time, else it is answered with 408,
and its headers have to be of a sensible length, else with 431. Who does not read what is answered
is cut off, so that neither answers nor requests pile up for anybody. A worker that has more
connections than it is meant for says so, and does not fall over.
"""

import asyncio
import sys
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from httptools import HttpParserInvalidURLError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..problem import MEDIA_TYPE, ProblemError

__all__ = ["CONNECTIONS", "HEADERS_S", "PatientProtocol"]

HEADERS_S, BODY_S, READING_S = 10.0, 60.0, 30.0
CONNECTIONS = 2_000
HEADER_BYTES = 1 << 16
AHEAD = 100
NO_HTTP = "What was sent is no request of HTTP/1.1."
ADDRESS = (
    "The address has characters that none may have; percent-encode what is not ASCII, in curl by "
    "--get --data-urlencode 'q=...'."
)


class PatientProtocol(HttpToolsProtocol):
    """One connection.

    Attributes
    ----------
    headers_seconds, body_seconds
        How long a connection may take to its first request and a request to the end of its
        headers, and from there to the end of its body.
    reading_seconds
        How long a client may leave an answer unread that no more fits beside.
    connections_most
        How many connections a worker has at once.
    """

    headers_seconds, body_seconds, reading_seconds = HEADERS_S, BODY_S, READING_S
    connections_most = CONNECTIONS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._stage = ""
        self._aside = 0

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
        self._was_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent; what began and is not whole has to be so in time."""
        self._aside += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._stage and self._aside > HEADER_BYTES:
            self._refuse(
                ProblemError("headers-too-large", f"Headers have {HEADER_BYTES:,} bytes at most; "
                             "what is longer goes into the body.")
            )  # fmt: skip
        elif self._stage and self._timer is None:
            seconds = self.headers_seconds if self._stage == "headers" else self.body_seconds
            self._timer = self.loop.call_later(seconds, self._slow)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._stage, self._aside = "headers", 0

    def on_headers_complete(self) -> None:
        """End the headers of a request; who sends very many without waiting is cut off."""
        super().on_headers_complete()
        self._wait("body", 0)
        self._aside = 0
        if len(self.pipeline) > AHEAD:
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        super().on_body(body)
        self._aside = 0

    def on_message_complete(self) -> None:
        """End a request."""
        super().on_message_complete()
        self._wait("", 0)

    def pause_writing(self) -> None:
        """Wait until the client has read some of an answer, but not for ever."""
        super().pause_writing()
        self._has_to_read()

    def resume_writing(self) -> None:
        """Go on, as it has."""
        super().resume_writing()
        self._was_read()

    def on_response_complete(self) -> None:
        """End an answer; what of it waits on a connection that closes is read soon, or never."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._has_to_read()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing comes any more."""
        super().timeout_keep_alive_handler()
        self._has_to_read()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no HTTP as every error is answered."""
        told = ADDRESS if isinstance(sys.exception(), HttpParserInvalidURLError) else NO_HTTP
        self._refuse(ProblemError("bad-request", told))

    def _has_to_read(self) -> None:
        if self._unread is None:
            self._unread = self.loop.call_later(self.reading_seconds, self.transport.abort)

    def _was_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

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
            self._has_to_read()
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
        self._has_to_read()
