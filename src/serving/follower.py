"""The follower: what few deliveries tell is answered from a moment after they landed.

Each process that answers looks at the archive many times a second, which costs next to nothing,
and lays what is new over its state, whoever delivered it. What tells of many is left to the
watcher (`live`), which opens everything anew.
"""

import logging
from threading import Event, Thread

from ..core.errors import XinhengError
from .live import Live
from .state import State

__all__ = ["Follower"]

EVERY = 0.05

log = logging.getLogger(__name__)


class Follower:
    """Lets the state of a service follow the archive.

    Parameters
    ----------
    live
        The service.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._ending = Event()
        self._failed = False
        self._thread = Thread(target=self._work, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def follow(self) -> None:
        """Let the state go on to the newest delivery, if what is new tells of few."""
        if self._live.service.archive.sequence != self._live.service.book.sequence:
            self._live.swap(State.advanced)

    def _work(self) -> None:
        while not self._ending.wait(EVERY):
            try:
                self.follow()
                self._failed = False
            except (XinhengError, OSError):
                self._tell("the archive cannot be followed")
            except Exception:
                self._tell("the archive cannot be followed, by a fault of ours")

    def _tell(self, what: str) -> None:
        if not self._failed:
            log.warning(what, exc_info=True)
        self._failed = True
