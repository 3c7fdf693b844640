"""Moved: the grades of those whom a delivery told of, with it and without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core import time
from ..core.errors import PolicyError
from ..features.overlaid import events_of
from ..grading import GradeBook
from .state import State

__all__ = ["Moved", "moved"]

POSTED = "posted"


@dataclass(frozen=True, slots=True)
class Moved:
    """The grade of one enterprise before and after; None where nothing was known of it.

    `enterprise` is its code as sources have it, `number` its dense number.
    """

    number: int
    enterprise: str
    as_of: int
    before: str | None
    level: str
    probability: float

    def told(self) -> dict[str, Any]:
        """Return it as a receipt has it."""
        return {
            "enterprise": self.enterprise,
            "as_of": time.show(self.as_of),
            "level_before": self.before,
            "level": self.level,
            "probability": self.probability,
        }

    def change(self, detail: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return what the ledger has of a level that changed; None if it did not."""
        if self.before is None or self.before == self.level:
            return None
        return {
            "number": self.number,
            "enterprise": self.enterprise,
            "as_of": self.as_of,
            "level": self.level,
            "previous": self.before,
            "cause": POSTED,
            "detail": {POSTED: detail},
        }


def moved(state: State, before: State, delivery: int, day: int) -> list[Moved]:
    """Return the grades of those whom a delivery told of.

    Parameters
    ----------
    state, before
        That which has seen the delivery, and one from earlier. Where that is not the one right
        before the delivery, what the delivery told is taken back from the later one.
    delivery
        Its number.
    day
        Day number of the grades.
    """
    archive = state.gradings.city.archive
    numbers = archive.touched(delivery - 1, delivery)
    try:
        state.book.bundle.policy.on(day)
    except PolicyError:
        return []
    if not len(numbers):
        return []
    book = before.book if before.book.sequence == delivery - 1 else _taken_back(state, delivery)
    then, now = (_graded(each, numbers.tolist(), day) for each in (book, state.book))
    codes = archive.codes(numbers)
    return [
        Moved(number, codes[number], day, then.get(number, (None, 0.0))[0], *now[number])
        for number in numbers.tolist()
        if number in now
    ]


def _taken_back(state: State, delivery: int) -> GradeBook:
    """Return the grades as if the delivery had told nothing of those of whom it told."""
    archive, last = state.gradings.city.archive, delivery - 1
    told = archive.touched(last, delivery)
    return state.book.laid_over(events_of(archive, told, last))


def _graded(book: GradeBook, numbers: Sequence[int], day: int) -> dict[int, tuple[str, float]]:
    known = [
        number
        for number in numbers
        if book.events.of(number).available.min(initial=time.NEVER) < day
    ]
    if not known:
        return {}
    frame = book.grades(np.array(known, np.int32), day)
    graded = (book.scorer.grade(frame, place) for place in range(len(known)))
    return {
        number: (str(each.level), each.probability)
        for number, each in zip(known, graded, strict=True)
    }
