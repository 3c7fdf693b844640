"""The runner: one job at a time as a process of its own, alone among all machines, written down."""

import json
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from time import monotonic
from typing import IO, Any

from sqlalchemy.exc import SQLAlchemyError

from ..core.scrub import scrubbed, scrubbed_error
from ..core.time import SHANGHAI
from ..ledger import JobRun, Lease, Ledger
from .due import Due

__all__ = ["Runner"]

BEAT = 10.0
"""How often a runner makes sure that it still is the only one."""
POLL, GRACE = 0.1, 10.0
LONGEST, MOST_COUNTS = 100, 20
ACTOR = "scheduler"


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs as processes, each under a lease of the ledger, and writes down how they ended.

    Parameters
    ----------
    ledger
        Where leases and history are.
    program
        Words that run a command of xinheng, before those of the job.
    clock
        Tells the present moment.
    environment
        Variables of the processes; those of this one where not given.
    stop
        Set when whoever runs jobs has to end: the process is told to end too.
    elapsed
        Tells how many seconds have gone by, whatever becomes of the clock.
    """

    ledger: Ledger
    program: Sequence[str]
    clock: Callable[[], datetime]
    environment: Mapping[str, str] | None = None
    stop: Event = field(default_factory=Event)
    elapsed: Callable[[], float] = monotonic

    def run(self, due: Due) -> JobRun | None:
        """Run what is due, to its end.

        Returns
        -------
        JobRun or None
            As the history has it; None if another runs the job, or ran this slot or request.
        """
        with self._lease(due.job.name) as lease:
            if not lease.held():
                return None
            number = self.ledger.jobs.start(
                due.job.name,
                at=self.clock(),
                actor=due.request.actor if due.request else ACTOR,
                host=socket.gethostname()[:LONGEST],
                slot=due.slot,
                attempt=due.attempt,
                request=due.request.id if due.request else None,
            )
            if number is None:
                return None
            try:
                outcome, counts, excerpt = self._work(due, lease)
            except OSError as error:
                outcome, counts, excerpt = "failed", {}, f"not run: {scrubbed_error(error)}"
            self._end(number, outcome, counts, excerpt)
            return self.ledger.jobs.run(number)

    def mend(self, names: Sequence[str]) -> list[int]:
        """Write down as lost the runs whose runner is gone; return their numbers."""
        lost = []
        for name in names:
            last = self.ledger.jobs.last(name)
            if last is None or last.outcome != "running":
                continue
            told = f"who ran it on {last.host} was gone before it ended"
            with self._lease(name) as lease:
                if lease.held() and self.ledger.jobs.end(
                    last.id, "lost", at=self.clock(), excerpt=told
                ):
                    lost.append(last.id)
        return lost

    def _lease(self, name: str) -> Lease:
        return self.ledger.lease(f"job-{name}")

    def _work(self, due: Due, lease: Lease) -> tuple[str, dict[str, Any], str]:
        """Run the command; return outcome, counts and excerpt."""
        day = (due.slot or self.clock()).astimezone(SHANGHAI).date()
        command = [*self.program, *due.job.words(day), "--json"]
        with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(  # noqa: S603 the words are those of the timetable, checked
                command,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=errors,
                env=None if self.environment is None else dict(self.environment),
                start_new_session=True,
            )
            ended = self._attend(process, due, lease)
            excerpt = scrubbed(_tail(errors))
            if ended is not None:
                outcome, why = ended
                return outcome, {}, f"{excerpt}\n{why}".strip()
            if process.returncode:
                return "failed", _counts(told), excerpt or f"exit status {process.returncode}"
            return "done", _counts(told), excerpt

    def _attend(
        self, process: subprocess.Popen[bytes], due: Due, lease: Lease
    ) -> tuple[str, str] | None:
        """Wait for the process, and see to the lease; return why it was stopped, if it was."""
        seen = self.elapsed()
        latest = seen + 60 * due.job.minutes
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL)
                return None
            moment = self.elapsed()
            if self.stop.is_set():
                _kill(process)
                return "failed", "stopped, as the scheduler was; it is tried again"
            if moment >= latest:
                _kill(process)
                return "late", f"stopped after {due.job.minutes} minutes, as the timetable says"
            if moment - seen >= BEAT:
                seen = moment
                if not _holds(lease):
                    _kill(process)
                    return "failed", "stopped: without the ledger it is not sure to run alone"

    def _end(self, run: int, outcome: str, counts: Mapping[str, Any], excerpt: str) -> None:
        """Write down the end; a ledger that is gone for a moment is tried again."""
        for attempt in range(5):
            try:
                self.ledger.jobs.end(run, outcome, at=self.clock(), counts=counts, excerpt=excerpt)
            except SQLAlchemyError:
                if attempt == 4:
                    raise
                self.stop.wait(1)
            else:
                return


def _holds(lease: Lease) -> bool:
    try:
        return lease.held()
    except SQLAlchemyError:
        return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started: asked first, then made to."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 20_000))
    return file.read().decode("utf-8", "replace").strip()


def _counts(file: IO[bytes]) -> dict[str, Any]:
    """Return the numbers that a command told, and how long its lists are."""
    file.seek(0)
    try:
        found = json.loads(file.read())
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    counts: dict[str, Any] = {}
    for name, value in list(found.items())[:MOST_COUNTS]:
        if isinstance(value, list):
            counts[name] = len(value)
        elif isinstance(value, bool | int | float):
            counts[name] = value
    return counts
