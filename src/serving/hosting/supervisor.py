"""The supervisor: so many workers on one socket, of which one that dies is replaced.

The socket is the supervisor's and every worker accepts from it, so that no connection is lost when
one of them goes. Signals: SIGTERM and SIGINT end all of them, each once it has answered what it had
begun; SIGHUP replaces them one by one, each once its successor is ready.
"""

import logging
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

from ...core.errors import StorageError

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

__all__ = ["READY", "Patience", "Supervisor", "Work"]

SPAWN = get_context("spawn")
READY = b"ready"

log = logging.getLogger(__name__)

Work = Callable[[socket.socket, Connection], object]
"""What a worker does: answers on a socket, sends `READY`, and ends once the connection does."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited.

    Attributes
    ----------
    ready_seconds
        For a worker to become ready.
    ending_seconds
        For one to end that was told to; then it is killed.
    least_seconds, most_seconds
        Before one that died is replaced: twice as long each time, anew after one that lived.
    lived_seconds
        How long a worker has to live for its death to be a new one.
    """

    ready_seconds: float = 600.0
    ending_seconds: float = 30.0
    least_seconds: float = 0.5
    most_seconds: float = 30.0
    lived_seconds: float = 60.0


@dataclass(eq=False)
class Worker:
    """A process, and the supervisor's end of the connection to it."""

    process: "SpawnProcess"
    connection: Connection
    born: float = field(default_factory=monotonic)
    ready: bool = False

    def end(self) -> None:
        """Tell it to answer what it has begun, and then to end."""
        if self.process.pid is not None and self.process.is_alive():
            os.kill(self.process.pid, signal.SIGTERM)

    def bury(self, seconds: float) -> None:
        """Wait until it has ended; kill it if it does not."""
        self.process.join(seconds)
        if self.process.is_alive():
            log.warning("worker %s did not end in %g s and is killed", self.process.pid, seconds)
            self.process.kill()
            self.process.join()
        self.connection.close()


class Supervisor:
    """Workers on one socket.

    Parameters
    ----------
    listener
        Where they accept.
    count
        How many there are.
    work
        What each does; it has to be known by a name, as workers are spawned.
    ready
        Is told once all are ready for the first time.
    patience
        How long is waited.
    """

    def __init__(
        self,
        listener: socket.socket,
        count: int,
        work: Work,
        ready: Callable[[], object] = lambda: None,
        patience: Patience | None = None,
    ) -> None:
        self._listener, self._count, self._work = listener, count, work
        self._announce = ready
        self._patience = patience or Patience()
        self._workers: list[Worker] = []
        self._woken, self._wake = SPAWN.Pipe(duplex=False)
        self._ending = self._rolling = self._announced = False
        self._pause, self._due = self._patience.least_seconds, 0.0

    def run(self) -> None:
        """Keep them at work until told to end.

        Raises
        ------
        StorageError
            If one could not begin, before all were ready for the first time.
        """
        handled = {signal.SIGTERM: self._end, signal.SIGINT: self._end, signal.SIGHUP: self._roll}
        before = {number: signal.signal(number, each) for number, each in handled.items()}
        try:
            self._workers = [self._begun() for _ in range(self._count)]
            while not self._ending:
                self._tend()
        finally:
            for worker in self._workers:
                worker.end()
            for worker in self._workers:
                worker.bury(self._patience.ending_seconds)
            for number, each in before.items():
                signal.signal(number, each)

    def _begun(self) -> Worker:
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=self._work, args=(self._listener, theirs), daemon=False)
        process.start()
        theirs.close()
        return Worker(process, ours)

    def _tend(self) -> None:
        """Wait for whatever comes next, and see to it."""
        seen = {each.process.sentinel: each for each in self._workers}
        heard = {each.connection: each for each in self._workers if not each.ready}
        told = wait([self._woken, *seen, *heard], timeout=self._until())
        if self._woken in told:
            self._woken.recv_bytes()
        for each in told:
            if isinstance(each, Connection) and each in heard:
                self._hear(heard[each])
        for worker in [seen[each] for each in told if each in seen]:
            self._lose(worker)
        self._fill()
        if self._rolling and not self._ending:
            self._rolling = False
            self._replace()

    def _hear(self, worker: Worker) -> None:
        try:
            worker.ready = worker.connection.recv_bytes() == READY
        except (EOFError, OSError):
            return
        if not self._announced and all(each.ready for each in self._workers):
            self._announced = True
            self._announce()

    def _lose(self, worker: Worker) -> None:
        """Take leave of a worker that ended by itself; a successor follows after a pause."""
        worker.bury(0)
        self._workers.remove(worker)
        code = worker.process.exitcode
        if not self._announced:
            self._ending = True
            raise StorageError(
                f"a worker ended with {code} before it was ready; what it printed above says why"
            )
        lived = monotonic() - worker.born
        if lived >= self._patience.lived_seconds:
            self._pause = self._patience.least_seconds
        log.error(
            "worker %s ended with %s after %.0f s; another follows in %g s",
            worker.process.pid, code, lived, self._pause,
        )  # fmt: skip
        self._due = monotonic() + self._pause
        self._pause = min(2 * self._pause, self._patience.most_seconds)

    def _until(self) -> float | None:
        return max(0.0, self._due - monotonic()) if len(self._workers) < self._count else None

    def _fill(self) -> None:
        if len(self._workers) < self._count and monotonic() >= self._due and not self._ending:
            self._workers.append(self._begun())

    def _replace(self) -> None:
        """Replace all workers, one after the other, for as long as the new ones begin."""
        for old in [*self._workers]:
            new = self._begun()
            if not self._became_ready(new):
                new.end()
                new.bury(self._patience.ending_seconds)
                if not self._ending:
                    log.error("a new worker was not ready; the others stay as they are")
                return
            self._workers[self._workers.index(old)] = new
            old.end()
            old.bury(self._patience.ending_seconds)
            log.info("worker %s took the place of %s", new.process.pid, old.process.pid)

    def _became_ready(self, worker: Worker) -> bool:
        until = monotonic() + self._patience.ready_seconds
        while (left := until - monotonic()) > 0 and not self._ending:
            if worker.connection in wait([worker.connection, self._woken], timeout=left):
                self._hear(worker)
                return worker.ready
            self._woken.recv_bytes()
        return False

    def _end(self, *_: int | FrameType | None) -> None:
        self._ending = True
        self._wake.send_bytes(b"end")

    def _roll(self, *_: int | FrameType | None) -> None:
        self._rolling = True
        self._wake.send_bytes(b"roll")
