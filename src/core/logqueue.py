"""Lines of a log, written by a thread of their own: who logs never waits for whoever reads.

A pipe that nobody empties would keep the thread that writes to it waiting, and with it everything
that is answered by that thread.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic, sleep

__all__ = ["LogQueue", "write_to"]

MOST, REST_S, PATIENCE_S = 10_000, 0.02, 3.0
DROPPED = "lines of the log were dropped, as they were not read in time"


class LogQueue(logging.Handler):
    r"""Keeps lines until they are written; so many at most, and drops what comes beyond.

    How many were dropped is told in a line of its own once everything before is written.

    Parameters
    ----------
    write
        Writes text; it may take as long as it likes.
    dropped
        Told of every line that is dropped.
    most
        Lines that wait, at most.
    patience
        Seconds for which the end waits until everything is written.

    Examples
    --------
    >>> written = []
    >>> queue = LogQueue(written.append)
    >>> queue.handle(logging.makeLogRecord({"msg": "ready"}))
    True
    >>> queue.close()
    >>> written
    ['ready\n']
    """

    def __init__(
        self,
        write: Callable[[str], object],
        dropped: Callable[[], object] = lambda: None,
        most: int = MOST,
        patience: float = PATIENCE_S,
    ) -> None:
        super().__init__()
        self._write, self._count, self._most, self._patience = write, dropped, most, patience
        self._lines: SimpleQueue[str | None] = SimpleQueue()  # the one that garbage may log into
        self._kept = self._written = self._dropped = self._told = 0
        self._hurry = Event()
        self._thread = Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line until it is written, or drop it where too many wait."""
        line = f"{self.format(record)}\n"
        if self._lines.qsize() < self._most:
            self._kept += 1
            self._lines.put(line)
        else:
            self._dropped += 1
            self._count()

    def flush(self) -> None:
        """Wait until what was logged is written, for as long as there is patience."""
        kept, until = self._kept, monotonic() + self._patience
        self._hurry.set()
        while self._written < kept and monotonic() < until:
            sleep(REST_S / 10)
        self._hurry.clear()

    def close(self) -> None:
        """Write what waits, and end the thread; what is logged later is dropped."""
        self._hurry.set()
        self._lines.put(None)
        self._thread.join(self._patience)
        super().close()

    def _run(self) -> None:
        ending = False
        while not ending:
            lines = self._taken()
            ending = lines[-1] is None
            self._put("".join(filter(None, lines)), len(lines))
            if self._dropped > self._told and self._lines.empty():
                self._tell()
            self._written += len(lines)
            self._hurry.wait(REST_S)  # so that lines that come together are written together

    def _taken(self) -> list[str | None]:
        """Return the lines that wait; if none does, once one comes. None is the end."""
        lines = [self._lines.get()]
        with suppress(Empty):
            while lines[-1] is not None:
                lines.append(self._lines.get_nowait())
        return lines

    def _put(self, text: str, count: int) -> None:
        try:
            if text:
                self._write(text)
        except (OSError, ValueError):  # whoever read is gone, and is told nothing
            for _ in range(count):
                self._count()

    def _tell(self) -> None:
        now = self._dropped
        values = {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING"}
        values |= {"msg": DROPPED, "dropped": now - self._told}
        self._told = now
        with suppress(OSError, ValueError):
            self._write(f"{self.format(logging.makeLogRecord(values))}\n")


def write_to(file: int, text: str) -> None:
    """Write all of a text to an open file, past whatever else may hold back what it is given.

    Raises
    ------
    OSError
        If whoever read is gone.
    """
    rest = memoryview(text.encode("utf-8", "backslashreplace"))
    while rest:
        rest = rest[os.write(file, rest) :]
