"""Load: one process that asks a service over HTTP, and is honest about how long answers take.

`most` asks on every connection again as soon as it is answered, each request once: so many
requests a second there are at most. `paced` asks at a rate that is given, whatever the service
does, and counts from when a request was due: a service that stalls makes all that follow late, and
is told so.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Any

import numpy as np

__all__ = ["Found", "get", "most", "paced", "post"]

END, LENGTH = b"\r\n\r\n", b"content-length:"
DRAIN_S = 30.0


@dataclass
class Found:
    """What became of the requests.

    Attributes
    ----------
    seconds
        How long it took.
    answered
        How many were answered with the status that was wanted.
    failed
        How many were not, or not at all.
    latencies
        Of each that was answered, in seconds.
    late
        How long after it was due the generator sent the latest request: its own lag.
    """

    seconds: float = 0.0
    answered: int = 0
    failed: int = 0
    late: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    def milliseconds(self, share: float) -> float:
        """Return the latency that a share of the answers does not exceed."""
        return 1e3 * float(np.quantile(self.latencies, share)) if self.latencies else float("inf")


class _Connection(asyncio.Protocol):
    """A connection with at most one request under way."""

    def __init__(self, load: "_Load") -> None:
        self.load = load
        self.buffer = b""
        self.begun = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        self.load.lost(self)

    def send(self, request: bytes, begun: float) -> None:
        self.begun = begun
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer = data if not self.buffer else self.buffer + data
        head = self.buffer.find(END)
        if head < 0:
            return
        said = self.buffer[:head].lower()
        at = said.find(LENGTH)
        length = int(said[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < head + len(END) + length:
            return
        ok = self.buffer[9:12] == self.load.status
        self.buffer = b""
        self.load.answered(self, ok=ok)


class _Load:
    """Requests and the connections that send them; one that is closed is opened again."""

    def __init__(self, port: int, requests: Iterator[bytes], status: bytes = b"200") -> None:
        self.port, self.requests, self.status = port, requests, status
        self.until = 0.0
        self.found = Found()
        self.free: deque[_Connection] = deque()
        self.waiting: deque[float] = deque()
        self.open = 0
        self.closed_loop, self.ended = True, False
        self._opening: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self.port)
        self._freed(made)

    def answered(self, connection: _Connection, *, ok: bool) -> None:
        now = perf_counter()
        self._count(now - connection.begun, ok=ok)
        connection.begun = 0.0
        following = next(self.requests, None) if self.closed_loop and now < self.until else None
        if following is not None:
            connection.send(following, now)
        else:
            self.open -= 1
            self._freed(connection)

    def lost(self, connection: _Connection) -> None:
        if connection.begun:
            self._count(0.0, ok=False)
            self.open -= 1
        elif connection in self.free:
            self.free.remove(connection)
        if not self.ended:
            opening = asyncio.ensure_future(self.connect())
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    def due(self, when: float) -> None:
        if self.free:
            self.open += 1
            self.free.popleft().send(next(self.requests), when)
        else:
            self.waiting.append(when)

    async def idle(self, seconds: float) -> None:
        """Wait until nothing is under way, but not for ever."""
        ending = perf_counter() + seconds
        while (self.open or self.waiting) and perf_counter() < ending:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        self.ended = True
        for each in self.free:
            each.transport.close()
        await asyncio.sleep(0.05)

    def _freed(self, connection: _Connection) -> None:
        if self.waiting:
            self.open += 1
            connection.send(next(self.requests), self.waiting.popleft())
        else:
            self.free.append(connection)

    def _count(self, seconds: float, *, ok: bool) -> None:
        if ok:
            self.found.answered += 1
            self.found.latencies.append(seconds)
        else:
            self.found.failed += 1


async def _most(load: _Load, connections: int, seconds: float, first: int) -> Found:
    for _ in range(connections):
        await load.connect()
    start = perf_counter()
    load.until = start + seconds
    for _ in range(first):
        load.due(perf_counter())
    await load.idle(DRAIN_S + seconds)
    load.found.seconds = perf_counter() - start
    await load.close()
    return load.found


async def _paced(load: _Load, connections: int, seconds: float, rate: float) -> Found:
    for _ in range(connections):
        await load.connect()
    load.closed_loop = False
    start, count = perf_counter(), int(rate * seconds)
    sent = 0
    while sent < count:
        now = perf_counter()
        while sent < count and start + sent / rate <= now:
            when = start + sent / rate
            load.found.late = max(load.found.late, perf_counter() - when)
            load.due(when)
            sent += 1
        await asyncio.sleep(max(0.0, start + sent / rate - perf_counter()))
    await load.idle(DRAIN_S)
    load.found.failed += load.open + len(load.waiting)
    load.found.seconds = perf_counter() - start
    await load.close()
    return load.found


def most(
    port: int,
    requests: Sequence[bytes],
    connections: int,
    seconds: float,
    status: bytes = b"200",
) -> Found:
    """Ask on every connection as often as answers come, until the time or the requests are over."""
    first = min(connections, len(requests))
    return asyncio.run(_most(_Load(port, iter(requests), status), connections, seconds, first))


def paced(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, rate: float
) -> Found:
    """Ask so many times a second, as on a clock; requests go round."""
    return asyncio.run(_paced(_Load(port, cycle(requests)), connections, seconds, rate))


def get(path: str, **headers: str) -> bytes:
    """Return a request, its headers given as names, with `_` for `-`."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{told}\r\n".encode()


def post(path: str, body: bytes, **headers: str) -> bytes:
    """Return a request with a body in JSON."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    told += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{told}\r\n".encode() + body
