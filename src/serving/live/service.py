"""The service: what a request asks, of which every reading is recorded."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Self

from ...archive import Archive
from ...core import time
from ...core.errors import PolicyError
from ...explaining import Standpoints
from ...grading import GradeBook
from ...grading.dynamic import Gradings
from ...ledger import Ledger
from ..problem import FieldError, ProblemError, sentence
from ..recorder import Recorder
from .census import Censuses
from .directories import Directories
from .foresight import Foresight
from .kept import Kept
from .profiles import Profiles
from .register import Register
from .state import VERSION, Key, State

__all__ = ["VERSION", "Clock", "Service", "clock"]

Clock = Callable[[], datetime]


def clock() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class Service:
    """One state, and what all states share; safe to use from many threads.

    A request asks the service that was there when it came, so that all of its answer follows from
    one state, whatever is swapped in meanwhile.

    Parameters
    ----------
    state
        What is answered from.
    ledger
        Where reads are recorded.
    now
        The clock.
    kept
        Answers that were made, of this state and others.
    directories
        By which enterprises are searched.
    recorder
        Writes down what is read; by default a new one.
    foresight
        What early warning needs besides the state.
    censuses
        Counts everybody; by default anew.
    """

    def __init__(
        self,
        state: State,
        ledger: Ledger,
        now: Clock,
        kept: Kept,
        directories: Directories,
        recorder: Recorder | None = None,
        foresight: Foresight | None = None,
        censuses: Censuses | None = None,
    ) -> None:
        self.of = state
        self.ledger = ledger
        self.now = now
        self.kept = kept
        self.directories = directories
        self.censuses = censuses or Censuses(directories, ledger.history)
        self.recorder = recorder or Recorder(ledger, now)
        self._foresight = foresight

    def swapped(self, state: State) -> Self:
        """Return the service with another state, all else shared."""
        shared = (self.kept, self.directories, self.recorder, self._foresight, self.censuses)
        return type(self)(state, self.ledger, self.now, *shared)

    @property
    def foresight(self) -> Foresight:
        """What early warning needs besides the state.

        Raises
        ------
        ValueError
            If the service was made without it.
        """
        if self._foresight is None:
            raise ValueError("the service was made without foresight")
        return self._foresight

    @property
    def book(self) -> GradeBook:
        """Grades by the champion on one state of the archive."""
        return self.of.book

    @property
    def gradings(self) -> Gradings:
        """The archive, and the grades that runs gave."""
        return self.of.gradings

    @property
    def register(self) -> Register:
        """The enterprises of that archive."""
        return self.of.register

    @property
    def profiles(self) -> Profiles:
        """Where they are, and what they do."""
        return self.of.profiles

    @property
    def standpoints(self) -> Standpoints:
        """From where grades were given, and from where they are now."""
        return self.of.standpoints

    @property
    def archive(self) -> Archive:
        """The archive, as it is now."""
        return self.gradings.city.archive

    def state(self) -> Key:
        """Return all that answers follow from besides the question; see `State.key`."""
        return self.of.key

    def day(self, asked: date | None, where: str) -> int:
        """Return the day that was asked for, by default today in Shanghai.

        The next day may be asked for before it begins, so that what has just become known can be
        seen: as of its start all counts that comes until then.

        Raises
        ------
        ProblemError
            If it lies further ahead, or no edition of the policy was in force on it.
        """
        today = time.day_of(self.now())
        day = today if asked is None else time.day(asked)
        if day > today + 1:
            message = f"lies ahead; the next day in Shanghai is {time.show(today + 1)}"
            error = FieldError(where=where, message=message, value=time.show(day))
            detail = (
                f"The day {time.show(day)} lies more than one day ahead; nobody can see so far."
            )
            raise ProblemError("invalid-request", detail, [error])
        try:
            self.book.bundle.policy.on(day)
        except PolicyError as error:
            raise ProblemError("no-policy", sentence(error)) from None
        return day

    def number(self, identifier: str, day: int) -> int:
        """Return the dense number of an enterprise of which something was known as of a day.

        Raises
        ------
        ProblemError
            If there is none.
        """
        [number], problems = self.register.find([identifier], day)
        if problems:
            raise problems[identifier]
        return int(number)
