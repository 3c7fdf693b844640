"""The state: all that answers follow from besides the question, opened once and never altered."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import metadata
from time import monotonic
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ...archive import Archive
from ...core.errors import XinhengError
from ...core.settings import Settings
from ...explaining import Standpoints, explain
from ...features import City, Events
from ...features.overlaid import Overlaid, newer_events
from ...grading import Bundle, DayGrades, Grade, GradeBook, Purpose, read_champion
from ...grading.dynamic import Carried, Gradings, open_gradings
from ...grading.reviewing import ReviewPolicy
from ...grading.scores import Scores
from ...ledger import Ledger, Run
from .profiles import Profiles
from .register import Register
from .reviewed import Reviewed

__all__ = ["VERSION", "Days", "Key", "Seen", "State", "look"]

VERSION = metadata.version("xinheng")
DAYS, REST, SPARED = 2, 30.0, 4.0
FEW, LADEN = 2_000, 50_000
MOVING = frozenset({"fold", "compact"})  # what moves rows, and changes none
NOBODY = pa.table({"enterprise": pa.array([], pa.int64()), "scheme": [], "id": []})

Key = tuple[str, str, int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is now, by which a state is known to be the newest: names, and nothing of it.

    Parameters
    ----------
    champion
        Digest of the bundle that the ledger names.
    sequence
        Newest delivery of the archive.
    edition
        How often the archive was tidied since, such as when an enterprise was erased.
    run
        Number of the newest run.
    reviews
        How many levels people set, how many acts there were on objections, and how often warnings
        set something.
    """

    champion: str
    sequence: int
    edition: int
    run: int
    reviews: tuple[int, int, int] = (0, 0, 0)


class Days:
    """The grades of days, from a batch where one was made ahead, else computed when asked for.

    Parameters
    ----------
    book
        Whose grades they are.
    gradings
        The grades that runs gave.
    """

    def __init__(self, book: GradeBook, gradings: Gradings) -> None:
        self._book, self._gradings = book, gradings
        self._found: dict[int, DayGrades] = {}
        self._took = REST
        self.rests_until = 0.0
        """Until when nothing is made ahead, by the monotonic clock: something newer is likely."""

    def after(self, book: GradeBook, gradings: Gradings, newer: Iterable[int]) -> "Days":
        """Return the grades of days after more is told of some enterprises.

        Where that moves nothing that others' grades rest on, these stay; else nothing is kept, and
        none are made ahead while further records are likely to come: for some times as long as
        making a day takes, and half a minute at most.
        """
        found = Days(book, gradings)
        found._took = self._took
        if book.references is self._book.references:
            found._found = {day: each.without(newer, book) for day, each in self._found.items()}
        else:
            found.rests_until = monotonic() + min(REST, SPARED * self._took)
        return found

    def fill(self, day: int) -> Iterator[int]:
        """Make the grades of a day ahead, bit by bit; yield how many there are by then.

        The newest `DAYS` days are kept. Grades are told from them as they come.
        """
        if day in self._found and self._found[day].whole:
            return
        made, begun = self._found.get(day) or DayGrades(self._book, day), monotonic()
        newest = sorted({*self._found, day})[-DAYS:]
        self._found = {each: self._found.get(each, made) for each in newest if each != day} | {
            day: made
        }
        yield from made.fill()
        self._took = monotonic() - begun
        if (run := self.run_on(day)) is not None and run.bundle == self._book.bundle.digest:
            with suppress(XinhengError):  # whoever asks for what the run gave is told
                made.compare(self._gradings.store, run.digest)

    def whole(self, day: int) -> bool:
        """Tell whether everybody's grades of a day are made."""
        return day in self._found and self._found[day].whole

    def grade(self, enterprise: int, day: int) -> Grade:
        """Return the grade of an enterprise as of a day."""
        made = self._found.get(day)
        found = None if made is None else made.grade(enterprise)
        return self._book.grade(enterprise, day) if found is None else found

    def scores(self, some: npt.NDArray[np.int32], day: int) -> Scores:
        """Return the grades of some enterprises as of a day as columns; see `DayGrades.scores`."""
        made = self._found.get(day)
        return (made or DayGrades(self._book, day)).scores(some)

    def has(self, enterprise: int, day: int) -> bool:
        """Tell whether the grade of an enterprise as of a day is made."""
        return day in self._found and self._found[day].has(enterprise)

    def was_given(self, enterprise: int, run: Run) -> bool | None:
        """Tell whether a run gave the grade as of its day; None if that is not worked out."""
        made = self._found.get(run.as_of)
        if made is None or made.compared != run.digest:
            return None
        return made.was_given(enterprise)

    def run_on(self, day: int) -> Run | None:
        """Return the run of a day; there is one at most."""
        return next((run for run in self._gradings.history.runs() if run.as_of == day), None)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One grade book and what goes with it; safe to use from many threads.

    Parameters
    ----------
    seen
        From what it was opened. Its `champion` may differ from the bundle of the book, where that
        champion was refused.
    book
        Grades by the champion on one state of the archive.
    gradings
        The archive, and the grades that runs gave; runs are told from memory.
    register
        The enterprises of that archive.
    profiles
        Where they are, and what they do.
    standpoints
        From where grades were given, and from where they are now.
    days
        Grades that were made ahead.
    reviewed
        What people set, and which enterprises contest their grade.
    """

    seen: Seen
    book: GradeBook
    gradings: Gradings
    register: Register
    profiles: Profiles
    standpoints: Standpoints
    days: Days
    reviewed: Reviewed

    @classmethod
    def open(cls, settings: Settings, ledger: Ledger, champion: Bundle | None = None) -> Self:
        """Open the state of an installation as it is now.

        Parameters
        ----------
        settings, ledger
            The installation.
        champion
            The bundle to grade by; that which the ledger names if None.

        Raises
        ------
        NotFoundError, IntegrityError
            As for `open_book`.
        """
        marks = _marks(ledger)
        reviewed = Reviewed.read(ledger, _review_policy(settings))
        gradings = _remembered(open_gradings(settings, ledger), ledger, reviewed)
        bundle = champion or read_champion(settings, ledger)
        seen = replace(
            look(gradings.city.archive, ledger), run=gradings.history.last(), reviews=marks
        )
        before = Carried(gradings, bundle.policy).levels
        book = GradeBook(gradings.city.archive, bundle, sequence=seen.sequence, before=before)
        archive = gradings.city.archive
        register = Register(archive.enterprises(), book.events)
        profiles = Profiles.open(archive, book.events)
        return cls._of(seen, book, gradings, register, profiles, reviewed)

    def after(self, ledger: Ledger, seen: Seen, bundle: Bundle) -> "State":
        """Return the state after other runs, or under another bundle: the same records."""
        reviewed = Reviewed.read(ledger, self.reviewed.policy)
        gradings = _remembered(self.gradings, ledger, reviewed)
        seen = replace(seen, run=gradings.history.last())
        book = self.book.under(bundle, Carried(gradings, bundle.policy).levels)
        return self._of(seen, book, gradings, self.register, self.profiles, reviewed)

    def advanced(self) -> "State":
        """Return the state after the deliveries that came since, up to one that costs more.

        Only what they tell of is read; all else is shared. One that tells of more than `FEW`
        enterprises, and whatever else changed besides, is better opened anew.

        Raises
        ------
        StorageError, IntegrityError, OSError
            If the archive cannot be read.
        """
        state = self
        while (further := state._further()) is not state:
            state = further
        return state

    def _further(self) -> "State":
        archive, before, seen = self.gradings.city.archive, self.book.sequence, self.seen
        now, edition = archive.sequence, archive.edition
        if now < before or (now, edition) == (before, seen.edition):
            return self
        if archive.tidied(before, seen.edition) - MOVING:
            return self
        if now == before:
            return replace(self, seen=replace(seen, edition=edition))
        upto, newer = _reach(archive, before, now)
        if newer is None:
            return self
        book, told = self.book.advanced(upto, newer), archive.told_in(before, upto)
        added = archive.enterprises(after=before, upto=upto) if "entity" in told else NOBODY
        gradings = replace(self.gradings, city=City(archive, upto))
        return State(
            replace(seen, sequence=upto, edition=edition if upto == now else 0),
            book,
            gradings,
            self.register.over(added, newer),
            self.profiles.over(archive, book.events, terms="enterprise" in told),
            self.standpoints.over(gradings, book),
            self.days.after(book, gradings, newer),
            self.reviewed,
        )

    @classmethod
    def _of(
        cls,
        seen: Seen,
        book: GradeBook,
        gradings: Gradings,
        register: Register,
        profiles: Profiles,
        reviewed: Reviewed,
    ) -> Self:
        standpoints = Standpoints(gradings, book)
        days = Days(book, gradings)
        return cls(seen, book, gradings, register, profiles, standpoints, days, reviewed)

    def reviewing(self, ledger: Ledger, seen: Seen) -> "State":
        """Return the state after people set levels, or objected: the same grades otherwise."""
        reviewed = Reviewed.read(ledger, self.reviewed.policy)
        gradings = _reviewed(self.gradings, reviewed)
        return replace(
            self,
            seen=replace(self.seen, reviews=seen.reviews),
            gradings=gradings,
            standpoints=Standpoints(gradings, self.book),
            reviewed=reviewed,
        )

    @property
    def key(self) -> Key:
        """What tells it from others: with another of these, answers may differ.

        Version of the program, digest of the bundle, delivery, edition, number of the run, levels
        that people set, acts on objections.
        """
        seen = self.seen
        made_from = (VERSION, self.book.bundle.digest, self.book.sequence, seen.edition, seen.run)
        return (*made_from, *seen.reviews)

    @property
    def laden(self) -> bool:
        """Whether so much lies over what was opened that it is better opened anew."""
        events = self.book.events
        return isinstance(events, Overlaid) and len(events.newer) > LADEN

    def compile(self, day: int) -> None:
        """Compile what is compiled on first use."""
        self.register.find([""], day)
        book, number = self.book, int(self.book.events.enterprise[0])
        explain(
            book.scorer,
            book.events,
            number,
            day,
            references=book.references,
            previous=book.previous([number], day),
        )


def look(archive: Archive, ledger: Ledger) -> Seen:
    """Return what there is now; costs a few reads, and opens nothing.

    Raises
    ------
    NotFoundError
        If nobody is champion.
    sqlalchemy.exc.SQLAlchemyError
        If the ledger cannot be read.
    """
    champion, run = ledger.champion(Purpose.GRADE), ledger.history.last()
    return Seen(champion, archive.sequence, archive.edition, run, _marks(ledger))


def _marks(ledger: Ledger) -> tuple[int, int, int]:
    """Return what moves with all that is set beside grades; see `Seen.reviews`."""
    settings, objections = ledger.reviews.state()
    return settings, objections, ledger.downgrades.state()


def _reach(archive: Archive, after: int, upto: int) -> tuple[int, dict[int, Events] | None]:
    """Return up to which delivery few are told of, and their events; None if the next is large."""
    while (newer := newer_events(archive, after, upto, FEW)) is None and upto > after + 1:
        upto = after + (upto - after) // 2
    return upto, newer


def _review_policy(settings: Settings) -> ReviewPolicy:
    path = settings.review_policy
    return ReviewPolicy.default() if path is None else ReviewPolicy.load(path)


def _remembered(gradings: Gradings, ledger: Ledger, reviewed: Reviewed) -> Gradings:
    history = ledger.history.remembered()
    return _reviewed(replace(gradings, history=history), reviewed)


def _reviewed(gradings: Gradings, reviewed: Reviewed) -> Gradings:
    return replace(gradings, overrides=reviewed.remembered, warnings=reviewed.remembered_warnings)
