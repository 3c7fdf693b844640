"""Live: the state that is answered from follows the installation, and no request is lost by it.

Once a second it is looked whether there is a new champion, delivery or run. If so, the next state
is opened beside the one that is answered from, warmed, and takes its place in one assignment. What
cannot be believed is refused, and the old state goes on. While ledger or archive are gone,
answers are those of the newest state that is known.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event, Lock, Thread
from time import monotonic
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from ...core import time
from ...core.errors import XinhengError
from ...core.settings import Settings
from ...grading import Bundle, Purpose
from ...grading.stored import read_stored
from ...ledger import Ledger
from .directories import Directories
from .foresight import Foresight
from .kept import Kept
from .service import Clock, Service
from .standing import Standings
from .state import Seen, State, look

__all__ = ["NO_LEDGER", "Live", "Pulse"]

MEGABYTE, SHOWN = 1 << 20, 12
LEDGER_SECONDS = 30.0
"""How long the ledger is waited for: a thread that waits for one that hangs answers nobody."""
GONE = (SQLAlchemyError, OSError)
NO_LEDGER = "ledger or archive cannot be read; answers are the newest that are known"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often is looked, and how long is waited.

    Attributes
    ----------
    every_seconds
        Between two looks.
    warm_seconds
        How long a state is warmed, at most, before it is answered from; the rest follows.
    again_seconds
        When a champion that was refused is looked at again: its files may be on their way.
    ahead
        How long before a day begins its grades are made.
    """

    every_seconds: float = 1.0
    warm_seconds: float = 20.0
    again_seconds: float = 10.0
    ahead: timedelta = timedelta(minutes=10)


class Live:
    """The service of an installation, as it is now.

    Parameters
    ----------
    settings
        The installation.
    service
        What is answered from at first.
    pulse
        How often is looked.

    Attributes
    ----------
    service
        What requests ask from now on. It is replaced, never altered.
    trouble
        Why something newer is not answered from, in words for whoever runs the service; empty
        if nothing is wrong.
    """

    def __init__(self, settings: Settings, service: Service, pulse: Pulse | None = None) -> None:
        self.service = service
        self.trouble = ""
        self._settings = settings
        self._pulse = pulse or Pulse()
        self._changing = Lock()
        self._ending = Event()
        self._refused, self._again = "", 0.0
        self._thread = Thread(target=self._watch, name="watcher", daemon=True)

    @classmethod
    def open(cls, settings: Settings, now: Clock, pulse: Pulse | None = None) -> Self:
        """Open the service of an installation, ready to answer at once.

        Raises
        ------
        NotFoundError, IntegrityError
            As for `open_book`.
        """
        ledger = Ledger.open(settings, LEDGER_SECONDS)
        try:
            state = State.open(settings, ledger)
            kept = Kept(settings.kept_answers * MEGABYTE)
            gradings = state.gradings
            standings = Standings(gradings.store, ledger.history)
            directories = Directories(gradings.city.archive, standings)
            foresight = Foresight.open(settings, gradings.city.archive)
            service = Service(state, ledger, now, kept, directories, foresight=foresight)
            live = cls(settings, service, pulse)
            state.compile(live._today)
            live._warm(state)
        except BaseException:
            ledger.close()
            raise
        return live

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """End the watch, and release what was opened."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        self.service.ledger.close()

    def swap(self, change: Callable[[State], State]) -> State:
        """Let requests from now on be answered from another state, and return it.

        Parameters
        ----------
        change
            Makes it from the state of now. Changes are made one after the other, so that none is
            lost; it should take no longer than others can wait.
        """
        with self._changing:
            state = change(self.service.of)
            if state is not self.service.of:
                self.service = self.service.swapped(state)
            return state

    def follow(self) -> bool:
        """Look once, swap in what is newer, and tell whether anything was.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError, OSError, XinhengError
            If it cannot be looked; what is answered from stays.
        """
        before = self.service.of
        followed = self._follow(before)
        then, seen = before.seen, self.service.of.seen
        if replace(then, edition=seen.edition, reviews=seen.reviews) != seen:
            told = "delivery %d, run %d and champion %s are answered from now"
            log.info(told, seen.sequence, seen.run, self.service.book.bundle.digest[:SHOWN])
        return followed

    def _follow(self, before: State) -> bool:
        advanced = self.swap(State.advanced) is not before
        seen = look(self.service.archive, self.service.ledger)
        waiting = not self._refused or monotonic() < self._again
        if seen == self.service.of.seen and waiting and not self.service.of.laden:
            return advanced
        following = self._next(self.service.of, seen)
        self._warm(following)
        self.swap(lambda _: following.advanced())
        return True

    @property
    def _today(self) -> int:
        return time.day_of(self.service.now())

    def beat(self) -> None:
        """Follow once, whatever comes of it, and make ahead what is not made yet."""
        try:
            self.follow()
            self._tell(self._refused)
        except GONE:
            self._tell(NO_LEDGER)
        except XinhengError as error:
            self._tell(f"what is newer cannot be opened: {error}")
        except Exception:
            log.exception("what is newer cannot be opened")
            self._tell("what is newer cannot be opened; the log has the cause")
        self._ahead()

    def _watch(self) -> None:
        while not self._ending.wait(self._pulse.every_seconds):
            self.beat()

    def _next(self, state: State, seen: Seen) -> State:
        bundle = self._champion(state, seen.champion)
        ledger, settings = self.service.ledger, self._settings
        before = state.seen
        if state.laden:
            return State.open(settings, ledger, bundle)
        if replace(seen, reviews=before.reviews) == before and bundle is state.book.bundle:
            return state.reviewing(ledger, seen)
        if (seen.sequence, seen.edition) == (before.sequence, before.edition):
            return state.after(ledger, seen, bundle)
        return State.open(settings, ledger, bundle)

    def _champion(self, state: State, digest: str) -> Bundle:
        """Return the bundle of the champion; that of now where it cannot be believed."""
        mine = state.book.bundle
        if digest == mine.digest:
            self._refused = ""
            return mine
        try:
            bundle = read_stored(self._settings, digest, Purpose.GRADE)
        except (XinhengError, OSError) as error:
            self._refused = (
                f"champion {digest[:12]} is refused, {mine.digest[:12]} goes on: {error}"
            )
            return mine
        self._refused = ""
        return bundle

    def _warm(self, state: State) -> None:
        """Make the grades of today ahead, for as long as may be waited."""
        until = monotonic() + self._pulse.warm_seconds
        for _ in state.days.fill(self._today):
            if monotonic() > until or self._ending.is_set():
                return

    def _ahead(self) -> None:
        """Make what is not made yet of the grades of today, and of a day that begins soon."""
        state = self.service.of
        soon = time.day_of(self.service.now() + self._pulse.ahead)
        rests = monotonic() < state.days.rests_until
        for day in () if rests else sorted({self._today, soon}):
            for _ in () if state.days.whole(day) else state.days.fill(day):
                if self._ending.is_set() or self.service.of is not state:
                    return

    def _tell(self, trouble: str) -> None:
        """Log what is wrong when it begins and when it ends."""
        if trouble != self.trouble:
            log.log(logging.WARNING if trouble else logging.INFO, trouble or "all is well again")
            self.trouble = trouble
