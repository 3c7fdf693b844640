"""The service: grades and explanations of one grade book, each read of them recorded."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from importlib import metadata
from typing import Self

import numpy as np

from ..archive import Archive
from ..core import time
from ..core.errors import PolicyError, StorageError
from ..core.settings import Settings
from ..explaining import explain
from ..grading import GradeBook, open_book
from ..ledger import Ledger
from .answers import (
    ExplanationAnswer,
    GradeAnswer,
    HealthAnswer,
    Language,
    Score,
    ScoresAnswer,
)
from .problem import FieldError, ProblemError
from .register import Register

__all__ = ["ACTOR", "Clock", "Service", "clock"]

ACTOR = "anonymous (loopback)"
"""Who reads, until callers can prove who they are: what a header says is not believed."""

Clock = Callable[[], datetime]


def clock() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


class Service:
    """Answers from one grade book; safe to use from many threads.

    Parameters
    ----------
    book
        Grades by the champion on one state of the archive.
    register
        The enterprises of that archive.
    ledger
        Where reads are recorded.
    now
        The clock.
    """

    def __init__(self, book: GradeBook, register: Register, ledger: Ledger, now: Clock) -> None:
        self.book = book
        self.register = register
        self.ledger = ledger
        self._now = now

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
        register = Register(Archive(settings.archive).enterprises(), book.events)
        service = cls(book, register, ledger, now)
        service._warm_up()
        return service

    def close(self) -> None:
        """Release what was opened."""
        self.ledger.close()

    def day(self, asked: date | None, where: str) -> int:
        """Return the day that was asked for, by default today in Shanghai.

        Raises
        ------
        ProblemError
            If it lies ahead, or no edition of the policy was in force on it.
        """
        today = time.day_of(self._now())
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

    def grade(self, identifier: str, day: int, request_id: str) -> GradeAnswer:
        """Return the grade of an enterprise as of a day.

        Raises
        ------
        ProblemError
            If there is none, or its reading cannot be recorded.
        """
        number = self._number(identifier, day)
        self._record("read grade", identifier, day, request_id)
        return GradeAnswer.of(self.book.grade(number, day), identifier, self.book.sequence)

    def explanation(
        self, identifier: str, day: int, request_id: str, language: Language
    ) -> ExplanationAnswer:
        """Return why an enterprise has its grade as of a day.

        Raises
        ------
        ProblemError
            As for `grade`.
        """
        number = self._number(identifier, day)
        self._record("read explanation", identifier, day, request_id)
        book = self.book
        found = explain(
            book.scorer,
            book.events,
            number,
            day,
            references=book.references,
            previous=book.previous([number], day),
            origins=book.lineage(number, day),
        )
        return ExplanationAnswer.of(found, identifier, book.sequence, language)

    def scores(self, identifiers: Sequence[str], day: int, request_id: str) -> ScoresAnswer:
        """Return a grade or an error for each of many enterprises, in their order.

        Raises
        ------
        ProblemError
            If the reading cannot be recorded.
        """
        numbers, problems = self.register.find(identifiers, day)
        known = [each for each in identifiers if each not in problems]
        subject = f"{len(identifiers):,} enterprises"
        self._record("read scores", subject, day, request_id, enterprises=known)
        graded = np.unique(numbers[numbers >= 0])
        frame = self.book.grades(graded, day)
        places = np.searchsorted(graded, numbers)
        scores = []
        for identifier, place in zip(identifiers, places.tolist(), strict=True):
            problem = problems.get(identifier)
            grade = None
            if problem is None:
                found = self.book.scorer.grade(frame, place)
                grade = GradeAnswer.of(found, identifier, self.book.sequence)
            error = None if problem is None else problem.fault
            scores.append(Score(enterprise=identifier, grade=grade, error=error))
        failed = sum(score.error is not None for score in scores)
        return ScoresAnswer(
            as_of=date.fromisoformat(time.show(day)),
            graded=len(scores) - failed,
            failed=failed,
            scores=scores,
        )

    def health(self) -> HealthAnswer:
        """Return what the service answers from."""
        return HealthAnswer(
            status="ok",
            version=metadata.version("xinheng"),
            bundle=self.book.bundle.digest,
            sequence=self.book.sequence,
        )

    def _number(self, identifier: str, day: int) -> int:
        [number], problems = self.register.find([identifier], day)
        if problems:
            raise problems[identifier]
        return int(number)

    def _record(self, action: str, subject: str, day: int, request_id: str, **more: object) -> None:
        detail = {"as_of": time.show(day), "request_id": request_id, **more}
        try:
            self.ledger.audit(
                at=self._now(), actor=ACTOR, action=action, subject=subject, detail=detail
            )
        except StorageError as error:
            raise ProblemError(
                "audit-unavailable",
                "Every reading of a grade is recorded, and this one cannot be at the moment; ask "
                "again later.",
            ) from error

    def _warm_up(self) -> None:
        """Compile what is compiled on first use."""
        number, day = int(self.book.events.enterprise[0]), time.day_of(self._now())
        book = self.book
        explain(
            book.scorer,
            book.events,
            number,
            day,
            references=book.references,
            previous=book.previous([number], day),
        )
