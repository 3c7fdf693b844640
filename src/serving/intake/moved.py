"""Moved: the grades of those whom a delivery told of, with it and without it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import PolicyError
from ...explaining import level_of
from ...features import Events
from ...features.overlaid import events_of
from ...grading import GradeBook
from ..live.state import State

__all__ = ["Moved", "moved", "moved_in_turn"]

POSTED = "posted"
Numbers = npt.NDArray[np.int32]


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
    """Return the grades of those whom a delivery told of, without and with it.

    Both are grades by the model and from the levels of the later state, and a level that people
    set counts in both: what else changed meanwhile is not told of the records.

    Parameters
    ----------
    state, before
        A state that has the delivery, and an earlier one, best that right before it.
    delivery
        Its number.
    day
        Day number of the grades.
    """
    numbers = state.gradings.city.archive.touched(delivery - 1, delivery)
    if not len(numbers):
        return []
    then, now = (_book(state, before, numbers, upto) for upto in (delivery - 1, delivery))
    return _moved(state, then, now, numbers, day)


def moved_in_turn(
    state: State, before: State, deliveries: Sequence[int], day: int
) -> list[list[Moved]]:
    """Return for each of some deliveries in a row what `moved` does, had each been followed alone.

    Parameters
    ----------
    state, before, day
        As of `moved`.
    deliveries
        Their numbers, rising by one.
    """
    first, last = deliveries[0], deliveries[-1]
    if (before.book.sequence, state.book.sequence) != (first - 1, last) or not _alike(
        state, before
    ):
        return [moved(state, before, each, day) for each in deliveries]
    archive, book, found = state.gradings.city.archive, before.book, []
    told = [archive.touched(each - 1, each) for each in deliveries]
    for place, (each, numbers) in enumerate(zip(deliveries, told, strict=True)):
        later = {number for some in told[place + 1 :] for number in some.tolist()}
        newer = _newer(state, numbers, later, each)
        after = state.book if each == last else book.advanced(each, newer)
        found.append(_moved(state, book, after, numbers, day))
        book = after
    return found


def _newer(state: State, numbers: Numbers, later: Collection[int], upto: int) -> dict[int, Events]:
    """Return all events of some up to a delivery; `later` ones tell of some of them again."""
    own = {n: state.book.events.of(n) for n in numbers.tolist() if n not in later}
    again = np.array([n for n in numbers.tolist() if n in later], np.int32)
    return own | (events_of(state.gradings.city.archive, again, upto) if len(again) else {})


def _moved(
    state: State, before: GradeBook, after: GradeBook, numbers: Numbers, day: int
) -> list[Moved]:
    try:
        state.book.bundle.policy.on(day)
    except PolicyError:
        return []
    then, now = (_graded(state, book, numbers, day) for book in (before, after))
    codes = state.gradings.city.archive.codes(numbers)
    return [
        Moved(number, codes[number], day, then.get(number, (None, 0.0))[0], *now[number])
        for number in numbers.tolist()
        if number in now
    ]


def _alike(state: State, before: State) -> bool:
    """Tell whether two states grade by one model and from the levels of one run."""
    return before.book.bundle is state.book.bundle and before.seen.run == state.seen.run


def _book(state: State, before: State, numbers: Numbers, upto: int) -> GradeBook:
    """Return the grades of some as of a delivery, by the model and from the levels of a state."""
    for each in (state, before) if _alike(state, before) else (state,):
        if each.book.sequence == upto:
            return each.book
    return state.book.laid_over(events_of(state.gradings.city.archive, numbers, upto))


def _graded(
    state: State, book: GradeBook, numbers: Numbers, day: int
) -> dict[int, tuple[str, float]]:
    known = [
        number
        for number in numbers.tolist()
        if book.events.of(number).available.min(initial=time.NEVER) < day
    ]
    if not known:
        return {}
    frame = book.grades(np.array(known, np.int32), day)
    found: dict[int, tuple[str, float]] = {}
    for place, number in enumerate(known):
        grade = book.scorer.grade(frame, place)
        level = level_of(grade, state.reviewed.of(number, day).override)
        found[number] = str(level), grade.probability
    return found
