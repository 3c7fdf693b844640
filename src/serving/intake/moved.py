"""Moved: the grades of those whom a delivery told of, with it and without it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import PolicyError
from ...explaining import level_of
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
    archive = state.gradings.city.archive
    numbers = archive.touched(delivery - 1, delivery)
    if not len(numbers):
        return []
    then, now = (_book(state, before, numbers, upto) for upto in (delivery - 1, delivery))
    return _moved(state, [(numbers, then, now)], day)[0]


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
    around = (before.book.sequence, state.book.sequence) == (first - 1, last)
    if not around or not _alike(state, before):
        return [moved(state, before, each, day) for each in deliveries]
    told = state.gradings.city.archive.touched_by_each(first - 1, last)
    books = [*_books(state, before.book, deliveries, told)]
    return _moved(state, [*zip(told, books[:-1], books[1:], strict=True)], day)


def _books(
    state: State, before: GradeBook, deliveries: Sequence[int], told: Sequence[Numbers]
) -> Iterator[GradeBook]:
    """Yield the grades before some deliveries, and after each of them.

    Those whom no later one tells of have had all their events since.
    """
    book, archive = before, state.gradings.city.archive
    yield book
    later = Counter(number for numbers in told for number in numbers.tolist())
    now = {number: state.book.events.of(number) for number in sorted(later)}
    whole = state.book.contributed(now)
    for delivery, numbers in zip(deliveries[:-1], told, strict=False):
        who = numbers.tolist()
        later.subtract(who)
        if any(later[number] for number in who):
            book = book.advanced(delivery, events_of(archive, numbers, delivery))
        else:
            part = {source: spans.from_enterprises(who) for source, spans in whole.items()}
            book = book.advanced(delivery, {number: now[number] for number in who}, part)
        yield book
    yield state.book


def _moved(
    state: State, told: Sequence[tuple[Numbers, GradeBook, GradeBook]], day: int
) -> list[list[Moved]]:
    """Return the grades of those whom each delivery told of, by the books before and after it."""
    try:
        state.book.bundle.policy.on(day)
    except PolicyError:
        return [[] for _ in told]
    then = _graded(state, [(n, book) for who, book, _ in told for n in who.tolist()], day)
    now = _graded(state, [(n, book) for who, _, book in told for n in who.tolist()], day)
    codes = state.gradings.city.archive.codes(np.concatenate([who for who, _, _ in told]))
    pairs = iter(zip(then, now, strict=True))
    return [
        [
            Moved(number, codes[number], day, was[0] if was else None, *found)
            for number, (was, found) in zip(who.tolist(), pairs, strict=False)
            if found is not None
        ]
        for who, _, _ in told
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
    state: State, asked: Sequence[tuple[int, GradeBook]], day: int
) -> list[tuple[str, float] | None]:
    """Return level and probability of each, by its book; None where nothing was known of it."""
    found: list[tuple[str, float] | None] = [None] * len(asked)
    own = [book.events.of(number) for number, book in asked]
    left = [
        place for place, events in enumerate(own)
        if events.available.min(initial=time.NEVER) < day
    ]  # fmt: skip
    while left:  # each enterprise once at a time
        some = {asked[place][0]: place for place in reversed(left)}
        events = {number: own[place] for number, place in some.items()}
        references = [asked[place][1].references for place in some.values()]
        frame = state.book.grades_apart(events, references, day)
        for row, (number, place) in enumerate(some.items()):
            grade = state.book.scorer.grade(frame, row)
            people = state.reviewed.of(number, day)
            level = level_of(grade, people.override, people.warning)
            found[place] = str(level), grade.probability
        left = [place for place in left if place not in set(some.values())]
    return found
