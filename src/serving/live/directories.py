"""The directory that is asked: everybody in the archive, beside where they stand now."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

from ...archive import Archive
from ...archive.directory import Directory
from ...core.errors import XinhengError
from .standing import Standing, Standings

__all__ = ["Directories", "Everybody"]

log = logging.getLogger(__name__)

EVERY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Everybody:
    """A directory, and the standing of its rows.

    Attributes
    ----------
    directory
        Rows in order of names.
    standing
        Of the rows, in their order.
    """

    directory: Directory
    standing: Standing


class Directories:
    """The directory of an archive, renewed beside while it is asked.

    Parameters
    ----------
    archive
        The archive.
    standings
        Levels in force.
    clock
        Seconds that only rise.
    """

    def __init__(
        self, archive: Archive, standings: Standings, clock: Callable[[], float] = monotonic
    ) -> None:
        self._archive, self._standings, self._clock = archive, standings, clock
        self._directory = archive.directory()
        self._looked = clock()
        self._lock, self._renewing = Lock(), Lock()
        self._now: Everybody | None = None

    def now(self) -> Everybody:
        """Return everybody; what was delivered a moment ago may not be there yet."""
        self._look()
        standing, known = self._standings.now(), self._now
        directory = self._directory
        if known is None or known.directory is not directory or known.standing.run != standing.run:
            known = self._now = Everybody(directory, standing.of(directory.number))
        return known

    def renew(self) -> None:
        """Open the directory of the archive as it is now."""
        with self._renewing:
            found = self._archive.directory()
            if found.key != self._directory.key:
                self._directory = found

    def _look(self) -> None:
        """See now and then whether there is something newer, and get it without making wait."""
        with self._lock:
            if self._clock() < self._looked + EVERY_SECONDS:
                return
            self._looked = self._clock()
        Thread(target=self._renew_quietly, name="directory", daemon=True).start()

    def _renew_quietly(self) -> None:
        try:
            self.renew()
        except (XinhengError, OSError):
            log.exception("the directory cannot be renewed; the one before goes on")
