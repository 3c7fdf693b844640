"""Room: whether the disk of the audit trail takes anything at the moment."""

import math
import os
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic

from .disk import write

__all__ = ["Room"]

LEAST = 64 << 10
"""As many bytes as some hundred entries that come at once."""


class Room:
    """Asks the disk of a folder by writing a file that has no name; safe to use from many threads.

    Parameters
    ----------
    folder
        Of the audit trail.
    again_seconds
        How long an answer is believed: anybody may ask whether the service is ready.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Room(Path(folder)).trouble()
    ''
    """

    def __init__(self, folder: Path, again_seconds: float = 1.0) -> None:
        self._folder, self._again = folder, again_seconds
        self._asking = Lock()
        self._asked, self._trouble = -math.inf, ""

    def trouble(self) -> str:
        """Say why the disk takes nothing; empty if it does."""
        with self._asking:
            if monotonic() - self._asked >= self._again:
                self._trouble = self._ask()
                self._asked = monotonic()
            return self._trouble

    def _ask(self) -> str:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self._folder, buffering=0) as file:
                write(file.fileno(), bytes(LEAST))
        except OSError as error:
            return os.strerror(error.errno) if error.errno else "gone"
        return ""
