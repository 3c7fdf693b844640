"""The service: what is open while it runs, of which every reading is recorded."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from importlib import metadata
from typing import Any, Self

from sqlalchemy.exc import SQLAlchemyError

from ..archive import Archive
from ..core import time
from ..core.errors import PolicyError, StorageError
from ..core.settings import Settings
from ..explaining import Standpoints, explain
from ..grading import GradeBook, open_book
from ..grading.dynamic import Gradings, open_gradings
from ..ledger import Ledger
from .directories import Directories
from .problem import FieldError, ProblemError
from .profiles import Profiles
from .register import Register
from .standing import Standings

__all__ = ["VERSION", "Clock", "Service", "clock"]

VERSION = metadata.version("xinheng")

Clock = Callable[[], datetime]


def clock() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class Service:
    """One grade book and what goes with it; safe to use from many threads.

    Parameters
    ----------
    book
        Grades by the champion on one state of the archive.
    gradings
        The archive, and the grades that runs gave.
    register
        The enterprises of that archive.
    profiles
        Where they are, and what they do.
    directories
        By which they are searched.
    ledger
        Where reads are recorded.
    now
        The clock.

    Attributes
    ----------
    standpoints
        From where grades were given, and from where they are now.
    """

    def __init__(
        self,
        book: GradeBook,
        gradings: Gradings,
        register: Register,
        profiles: Profiles,
        directories: Directories,
        ledger: Ledger,
        now: Clock,
    ) -> None:
        self.book = book
        self.gradings = gradings
        self.register = register
        self.profiles = profiles
        self.directories = directories
        self.ledger = ledger
        self.standpoints = Standpoints(gradings, book)
        self.now = now

    @classmethod
    def open(cls, settings: Settings, now: Clock) -> Self:
        """Open the service of an installation, ready to answer at once.

        Raises
        ------
        NotFoundError, IntegrityError
            As for `open_book`.
        """
        ledger = Ledger.open(settings)
        book = open_book(settings, ledger)
        archive = Archive(settings.archive)
        register = Register(archive.enterprises(), book.events)
        profiles = Profiles.open(archive, book.events)
        gradings = open_gradings(settings, ledger)
        directories = Directories(archive, Standings(gradings.store, ledger.history))
        service = cls(book, gradings, register, profiles, directories, ledger, now)
        service._warm_up()
        return service

    def close(self) -> None:
        """Release what was opened."""
        self.ledger.close()

    @property
    def archive(self) -> Archive:
        """The archive, as it is now."""
        return self.gradings.city.archive

    def state(self) -> tuple[str, str, int, int]:
        """Return all that answers follow from besides the question: another, and they may differ.

        Returns
        -------
        The version of the program, the digest of the bundle, the delivery, and the newest run.
        """
        book = self.book
        return VERSION, book.bundle.digest, book.sequence, self.ledger.history.last()

    def day(self, asked: date | None, where: str) -> int:
        """Return the day that was asked for, by default today in Shanghai.

        Raises
        ------
        ProblemError
            If it lies ahead, or no edition of the policy was in force on it.
        """
        today = time.day_of(self.now())
        day = today if asked is None else time.day(asked)
        if day > today:
            message = f"lies ahead; today is {time.show(today)} in Shanghai"
            error = FieldError(where=where, message=message, value=time.show(day))
            detail = f"The day {time.show(day)} lies ahead, and records may come until then."
            raise ProblemError("invalid-request", detail, [error])
        try:
            self.book.bundle.policy.on(day)
        except PolicyError as error:
            raise ProblemError("no-policy", f"{error}.") from None
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

    def record(self, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """Write down that something is read, before it is.

        Raises
        ------
        ProblemError
            If that cannot be done.
        """
        try:
            self.ledger.audit(
                at=self.now(), actor=actor, action=action, subject=subject, detail=detail
            )
        except (SQLAlchemyError, StorageError) as error:
            raise ProblemError(
                "audit-unavailable",
                "Every reading of a grade is recorded, and this one cannot be at the moment; ask "
                "again later.",
            ) from error

    def _warm_up(self) -> None:
        """Compile what is compiled on first use."""
        number, day = int(self.book.events.enterprise[0]), time.day_of(self.now())
        book = self.book
        explain(
            book.scorer,
            book.events,
            number,
            day,
            references=book.references,
            previous=book.previous([number], day),
        )
