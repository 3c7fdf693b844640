"""The follower: what few deliveries tell is answered from a moment after they landed.

Each process that answers looks at the archive many times a second, which costs next to nothing,
and lays what is new over its state, whoever delivered it. What tells of many is left to the
watcher (`live`), which opens everything anew.
"""

import logging
from threading import Event, Thread

from ..live.live import Live
from ..live.state import State

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
        self._seen = 0
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
        now = self._live.service.archive.sequence
        if now not in (self._live.service.book.sequence, self._seen):
            self._live.swap(State.advanced)
            self._seen = now

    def _work(self) -> None:
        while not self._ending.wait(EVERY):
            try:
                self.follow()
                self._failed = False
            except Exception as error:
                if not self._failed:
                    log.warning("the archive cannot be followed", exc_info=error)
                self._failed = True
