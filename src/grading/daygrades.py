"""The grades of a day: everybody's, from one batch, ready to be told one at a time."""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..features import compute
from .dynamic.columns import codes, masks
from .dynamic.store import GradeStore
from .grade import Grade
from .gradebook import GradeBook
from .scores import Scores

__all__ = ["DayGrades"]

TOGETHER, UNGRADED = 20_000, -1
NAMES = tuple(each.name for each in fields(Scores))
DERIVED = ("better", "worse", "plain", "override", "warning", "met")
COMPARED = ("model_level", "previous", "card_level", "probability", "margin", "rules")


class DayGrades:
    """Grades as of a day, each as `GradeBook.grade` gives it; 49 bytes for an enterprise.

    Parameters
    ----------
    book
        Whose grades they are.
    as_of
        Day number.

    Attributes
    ----------
    as_of
        Day number.
    whole
        Whether everybody known is graded.
    compared
        Digest of the grades of the run that they were compared with; empty before.
    """

    def __init__(self, book: GradeBook, as_of: int) -> None:
        self.as_of = as_of
        self.whole = False
        self.compared = ""
        self._book = book
        self._known = book.known(as_of)
        self._place = np.full(int(self._known.max(initial=-1)) + 1, UNGRADED, np.int32)
        self._filled = 0
        self._scores: Scores | None = None
        self._given = np.zeros(len(self._known), np.bool_)

    def fill(self) -> Iterator[int]:
        """Grade everybody, some thousands at a time; yield how many are graded by then.

        What was begun before goes on where it ended.
        """
        for start in range(self._filled, len(self._known), TOGETHER):
            some = self._known[start : start + TOGETHER]
            self._put(start, self._scored(some))
            self._place[some] = np.arange(start, start + len(some))
            self._filled = start + len(some)
            yield self._filled
        self.whole = True

    def grade(self, enterprise: int) -> Grade | None:
        """Return the grade of an enterprise; None if it is not graded yet, or not known."""
        place = self._at(enterprise)
        if place == UNGRADED or self._scores is None:
            return None
        return self._book.scorer.graded(self._scores, enterprise, self.as_of, place)

    def scores(self, some: npt.NDArray[np.int32]) -> Scores:
        """Return the grades of some enterprises, which are known as of the day, as columns.

        What is graded is taken from there; `better`, `worse`, `plain` and `met` are then empty.

        Parameters
        ----------
        some
            Dense numbers, each once; shape (n,).
        """
        made, places = self._scores, self._places(some)
        lacking = places == UNGRADED
        if made is None or lacking.all():
            return self._scored(some)
        columns = {name: getattr(made, name) for name in NAMES}
        taken = {name: each[places] if len(each) else each for name, each in columns.items()}
        if lacking.any():
            rest = self._scored(some[lacking])
            for name in NAMES:
                if name not in DERIVED:
                    taken[name][lacking] = getattr(rest, name)
        return Scores(**taken)

    def has(self, enterprise: int) -> bool:
        """Tell whether an enterprise is graded."""
        return self._at(enterprise) != UNGRADED

    def without(self, enterprises: Iterable[int], book: GradeBook) -> Self:
        """Return the same grades but for some enterprises, which are not graded.

        Parameters
        ----------
        enterprises
            Dense numbers.
        book
            That grades from here on: everybody else as before.
        """
        found, place = copy(self), self._place.copy()
        place[[number for number in enterprises if number < len(place)]] = UNGRADED
        vars(found).update(_place=place, _book=book)
        return found

    def compare(self, store: GradeStore, digest: str) -> None:
        """Find out to whom a run gave these very grades; see `was_given`.

        Parameters
        ----------
        store, digest
            Where the grades of the run are.

        Raises
        ------
        NotFoundError, IntegrityError
            As of `GradeStore.read`.
        """
        mine = self._scores
        for table in store.pieces(digest, columns=["enterprise", *COMPARED]):
            who = table["enterprise"].to_numpy()
            place = self._places(who)
            rows = np.flatnonzero(place != UNGRADED)
            if mine is None or not len(rows):
                continue
            at, rules = place[rows], list(self._book.bundle.rules.ids)
            same = masks(table["rules"], rules)[rows] == mine.applied[at]
            for name, column in (
                ("model_level", mine.model), ("previous", mine.previous), ("card_level", mine.card),
            ):  # fmt: skip
                same &= codes(table[name])[rows] == column[at]
            for name, numbers in (("probability", mine.probability), ("margin", mine.margin)):
                same &= table[name].to_numpy()[rows] == numbers[at]
            self._given[at] = same
        self.compared = digest

    def was_given(self, enterprise: int) -> bool:
        """Tell whether the run that was compared gave an enterprise this very grade."""
        place = self._at(enterprise)
        return place != UNGRADED and bool(self._given[place])

    def _places(self, some: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        inside = some < len(self._place)
        return np.where(inside, self._place[np.where(inside, some, 0)], UNGRADED)

    def _at(self, enterprise: int) -> int:
        return int(self._place[enterprise]) if enterprise < len(self._place) else UNGRADED

    def _scored(self, some: npt.NDArray[np.int32]) -> Scores:
        book, bundle = self._book, self._book.bundle
        days = np.full(len(some), self.as_of, np.int32)
        rows = pd.DataFrame({"enterprise": some, "as_of": days})
        events = book.events.among(some)
        law = compute(bundle.rules.catalogue, events, rows).to_numpy() > 0
        return book.scorer.score(
            book.scorer.values(book.matrix(some, self.as_of)),
            book.scorer.masks(law, days),
            days,
            book.previous(some, self.as_of),
            book.scorer.cards(events, rows),
        )

    def _put(self, start: int, scores: Scores) -> None:
        if self._scores is None:
            room: dict[str, Any] = {n: self._room(n, scores) for n in NAMES}
            self._scores = Scores(**room)
        for name in NAMES:
            if name not in DERIVED:
                found = getattr(scores, name)
                getattr(self._scores, name)[start : start + len(found)] = found

    def _room(self, name: str, scores: Scores) -> npt.NDArray[Any]:
        size = 0 if name in DERIVED else len(self._known)
        return np.empty(size, getattr(scores, name).dtype)
