"""The scheduler: a process beside the service that runs what is due, begun anew if it dies."""

import logging
import subprocess
from collections.abc import Sequence
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

__all__ = ["Scheduler"]

PAUSE_S = 5.0

log = logging.getLogger(__name__)


class Scheduler:
    """Keeps one process alive from entering the context to its end.

    Parameters
    ----------
    command
        The words of the process.
    pause
        Seconds before one that died is begun anew.
    """

    def __init__(self, command: Sequence[str], pause: float = PAUSE_S) -> None:
        self._command, self._pause = command, pause
        self._ending, self._beginning = Event(), Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._keep, name="scheduler")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        with self._beginning:
            if self._process is not None:
                self._process.terminate()
        self._thread.join()

    def _keep(self) -> None:
        while not self._ending.is_set():
            with self._beginning:
                if self._ending.is_set():
                    return
                self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)  # noqa: S603
            code = self._process.wait()
            if not self._ending.is_set():
                log.error("the scheduler ended with %s; another follows in %g s", code, self._pause)
                self._ending.wait(self._pause)
