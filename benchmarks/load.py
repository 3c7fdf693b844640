"""Load: one process that asks a service over HTTP, and is honest about how long answers take.

`most` asks on every connection again as soon as it is answered: so many requests a second there
are at most. `paced` asks at a rate that is given, whatever the service does, and counts from when a
request was due: a service that stalls makes all that follow late, and is told so.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Any

import numpy as np

__all__ = ["Found", "most", "paced"]

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
        How many were answered with 200.
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

    def connection_lost(self, exc: Exception | None) -> None:
        if self.begun:
            self.load.answered(self, ok=False)

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
        if len(self.buffer) < head + 4 + length:
            return
        ok = self.buffer[9:12] == b"200"
        self.buffer = b""
        self.load.answered(self, ok=ok)


class _Load:
    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests, self.until = requests, until
        self.found = Found()
        self.free: deque[_Connection] = deque()
        self.waiting: deque[float] = deque()
        self.open = 0
        self.closed_loop = True

    def answered(self, connection: _Connection, *, ok: bool) -> None:
        now = perf_counter()
        if ok:
            self.found.answered += 1
            self.found.latencies.append(now - connection.begun)
        else:
            self.found.failed += 1
        connection.begun = 0.0
        if self.closed_loop and now < self.until:
            connection.send(next(self.requests), now)
        elif self.waiting:
            connection.send(next(self.requests), self.waiting.popleft())
        else:
            self.open -= 1
            self.free.append(connection)

    def due(self, when: float) -> None:
        if self.free:
            self.open += 1
            self.free.popleft().send(next(self.requests), when)
        else:
            self.waiting.append(when)


async def _connected(load: _Load, port: int, connections: int) -> None:
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        _, protocol = await loop.create_connection(lambda: _Connection(load), "127.0.0.1", port)
        load.free.append(protocol)


async def _most(port: int, load: _Load, connections: int, seconds: float) -> Found:
    await _connected(load, port, connections)
    start = perf_counter()
    load.until = start + seconds
    while load.free:
        load.due(perf_counter())
    while load.open:
        await asyncio.sleep(0.01)
    load.found.seconds = perf_counter() - start
    return load.found


async def _paced(port: int, load: _Load, connections: int, seconds: float, rate: float) -> Found:
    await _connected(load, port, connections)
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
    ending = perf_counter() + DRAIN_S
    while (load.open or load.waiting) and perf_counter() < ending:
        await asyncio.sleep(0.01)
    load.found.failed += load.open + len(load.waiting)
    load.found.seconds = perf_counter() - start
    return load.found


def most(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Found:
    """Ask on every connection as often as answers come; requests go round."""
    return asyncio.run(_most(port, _Load(cycle(requests), 0.0), connections, seconds))


def paced(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, rate: float
) -> Found:
    """Ask so many times a second, as on a clock."""
    return asyncio.run(_paced(port, _Load(cycle(requests), 0.0), connections, seconds, rate))
