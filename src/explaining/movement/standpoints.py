"""Standpoints of an installation: from where grades were given, and from where they are now."""

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

import numpy as np

from ...core.errors import NotFoundError
from ...features import Cases, Events, References
from ...features.dated import Dated
from ...grading import Bundle, GradeBook, Level, Scorer
from ...grading.dynamic import Gradings, grade_given, run_of
from ...grading.scores import NO_LEVEL
from ...ledger import Run
from ..explanation import Override
from ..warning import DowngradeWarning
from .sides import Standpoint

__all__ = ["Standpoints"]

PASTS, BUNDLES = 2, 8


class Standpoints:
    """Where the grades of an installation stand; safe to use from many threads.

    Of a run that was made from an earlier delivery, what is shared with others is built anew from
    the archive as it was then. The newest two are kept, as each is as large as that of the book.

    Parameters
    ----------
    gradings
        The installation, and what was given.
    book
        The grades now.
    """

    def __init__(self, gradings: Gradings, book: GradeBook) -> None:
        self._gradings, self._book = gradings, book
        self._past = lru_cache(PASTS)(self._references)
        self._shared = lru_cache(PASTS)(book.references_for)
        self._scorer = lru_cache(BUNDLES)(self._scored)
        self._building = Lock()

    def over(self, gradings: Gradings, book: GradeBook) -> "Standpoints":
        """Return where grades stand after a few further records; what is of the past is shared."""
        found = Standpoints(gradings, book)
        found._past, found._scorer = self._past, self._scorer
        return found

    def run(self, enterprise: int, day: int) -> Run | None:
        """Return the run that gave the grade in force on a day; None if none did."""
        try:
            return run_of(self._gradings, day, enterprise)
        except NotFoundError:
            return None

    def between(
        self, enterprise: int, since: int, day: int, identifier: str = ""
    ) -> tuple[Standpoint, Standpoint]:
        """Return from where the grade in force on one day was given, and that as of a later one.

        Where no run gave a grade by the first day, it is graded as of that day by what is known of
        it now.

        Parameters
        ----------
        enterprise
            Dense number.
        since, day
            Day numbers.
        identifier
            What errors call the enterprise; its number if not given.

        Raises
        ------
        NotFoundError, IntegrityError
            As for `given`; and if nothing was known by the first day.
        """
        run = self.run(enterprise, since)
        if run is None:
            self._book.check_known(enterprise, since, identifier)
            return self.present(enterprise, since), self.present(enterprise, day)
        return self.given(enterprise, run), self.present(enterprise, day, run)

    def present(self, enterprise: int, day: int, run: Run | None = None) -> Standpoint:
        """Return from where the book grades as of a day.

        Parameters
        ----------
        enterprise
            Dense number.
        day
            Day number.
        run
            That whose grade it is held against, if there is one.
        """
        before = self._book.previous([enterprise], day)
        with self._building:
            references = self._shared(self._leaves(run))
        return Standpoint(
            self._book.scorer,
            self._book.events,
            day,
            references,
            NO_LEVEL if before is None else int(before[0]),
            Override.of(self._gradings.overrides().on(enterprise, day)),
            DowngradeWarning.of(self._gradings.warnings().on(enterprise, day)),
        )

    def given(self, enterprise: int, run: Run) -> Standpoint:
        """Return from where a run gave an enterprise its grade.

        Raises
        ------
        NotFoundError, IntegrityError
            If the bundle of the run or its grades are not there, or not as they were written.
        """
        previous = grade_given(self._gradings, run, enterprise)["previous"]
        with self._building:
            scorer, references = self._scorer(run.bundle), self._past_of(run)
        view = self._gradings.city.archive.events(upto=run.sequence, enterprises=[enterprise])
        return Standpoint(
            scorer,
            Events.from_view(view),
            run.as_of,
            references,
            NO_LEVEL if previous is None else int(Level.of(previous)),
            Override.of(self._gradings.overrides().on(enterprise, run.as_of)),
            DowngradeWarning.of(self._gradings.warnings().on(enterprise, run.as_of)),
        )

    def _scored(self, digest: str) -> Scorer:
        bundle = self._book.bundle
        return self._book.scorer if digest == bundle.digest else Scorer(self._gradings.read(digest))

    def _leaves(self, run: Run | None) -> tuple[Dated, ...]:
        """Return what both grades ask of references."""
        bundles: Iterable[Bundle] = [self._book.bundle]
        if run is not None:
            bundles = [*bundles, self._scorer(run.bundle).bundle]
        return tuple(dict.fromkeys(leaf for each in bundles for leaf in each.catalogue.dated))

    def _past_of(self, run: Run) -> References:
        leaves = self._leaves(run)
        if run.sequence == self._book.sequence:
            return self._shared(leaves)
        return self._past(run.sequence, leaves)

    def _references(self, sequence: int, leaves: tuple[Dated, ...]) -> References:
        archive = self._gradings.city.archive
        whom = None if leaves else np.empty(0, np.int32)
        events = Events.from_view(archive.events(upto=sequence, enterprises=whom))
        return References.build(
            leaves,
            [events],
            cases=Cases.from_table(archive.cases(upto=sequence)),
            bans=Events.from_view(archive.bans(upto=sequence)),
        )
