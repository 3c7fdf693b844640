"""Sending: one request to a pinned address, over TLS, with no redirect and not for long."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from threading import Timer
from time import monotonic

from ...core.errors import InvalidError
from .addresses import HTTPS, check_url, resolve

__all__ = ["Answer", "Sender"]

SECONDS = 15.0
REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of sending: the status, None if nobody answered; why it failed; how long it took.

    Attributes
    ----------
    status
        What the receiver answered.
    problem
        Why it counts as not delivered; empty if it was.
    took_ms
        Milliseconds.
    """

    status: int | None
    problem: str
    took_ms: int


class Sender:
    """Sends webhooks.

    Parameters
    ----------
    networks
        To which they may be sent besides public addresses.
    context
        By which receivers are believed; that of the system if None.
    seconds
        How long one may take from its beginning to its end.
    """

    def __init__(
        self,
        networks: Sequence[str] = (),
        context: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._networks = tuple(networks)
        self._context = context or ssl.create_default_context()
        self._seconds = seconds

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body, and tell what came of it; nothing is raised."""
        start = monotonic()
        status, problem = self._sent(url, headers, body)
        return Answer(status, problem, round((monotonic() - start) * 1000))

    def _sent(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int | None, str]:
        try:
            parts = check_url(url, self._networks)
            host, port = str(parts.hostname), parts.port or HTTPS
            address = resolve(host, port, self._networks)[0]
        except InvalidError as error:
            return None, str(error)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = Pinned(host, port, address, self._context, self._seconds)
        timer = Timer(self._seconds, connection.abort)
        timer.start()
        try:
            connection.request("POST", path, body, dict(headers))
            status = connection.getresponse().status
        except (OSError, HTTPException, ValueError) as error:
            return None, connection.late or f"nobody answered: {error or type(error).__name__}"
        finally:
            timer.cancel()
            connection.close()
        if connection.late:
            return None, connection.late
        if status in REDIRECTS:
            return (
                status,
                "it answered with a redirect, which is not followed; give the new address",
            )
        return status, "" if 200 <= status < 300 else f"it answered {status}, expected 200 to 299"


class Pinned(HTTPSConnection):
    """A connection to one address of a host, whose certificate has to be the host's."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext, seconds: float
    ) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self._address, self._tls, self._limit = address, context, seconds
        self._plain: socket.socket | None = None
        self.late = ""

    def connect(self) -> None:
        """Connect to the address."""
        self._plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(self._plain, server_hostname=self.host)

    def abort(self) -> None:
        """Break off: it takes too long."""
        self.late = f"it took longer than {self._limit:g} s"
        for each in (self.sock, self._plain):
            if each is not None:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
