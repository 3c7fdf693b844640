"""Grades of the enterprises of an archive: archive and bundle brought together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..archive import Archive, Lineage
from ..core import time
from ..core.errors import NotFoundError
from ..features import Cases, Events, References, compute, examine, known_before
from ..features.apart import Apart
from ..features.dated import Dated
from ..features.overlaid import overlaid
from ..features.references import Contribution
from ..features.spans import Spans
from .bundle import Bundle
from .grade import Grade
from .scorer import Scorer
from .scores import Codes

__all__ = ["GradeBook"]

BANS, NEW = frozenset({"ban", "lifecycle"}), frozenset({"entity"})
Before = Callable[[npt.NDArray[np.int32], int], Codes]


class GradeBook:
    """Grades by one bundle on one state of an archive.

    Parameters
    ----------
    archive
        Where the records are.
    bundle
        The model.
    threads
        Threads for indicators and booster; results do not depend on them.
    sequence
        The last delivery to see, for a grade of the past; the newest when None.
    before
        Returns from which level of the model hysteresis starts, of enterprises as of a day, such
        as `dynamic.Carried.levels`; without it, from none.
    also
        What the references are to answer besides, such as for another bundle's indicators.

    Attributes
    ----------
    events, references
        What indicators are computed from.
    sequence
        The last delivery seen, from which any grade of this book can be rebuilt.
    """

    def __init__(
        self,
        archive: Archive,
        bundle: Bundle,
        *,
        threads: int = 1,
        sequence: int | None = None,
        before: Before | None = None,
        also: Iterable[Dated] = (),
    ) -> None:
        self.sequence = archive.sequence if sequence is None else sequence
        self.events = Events.from_view(archive.events(upto=self.sequence))
        self._leaves = (*bundle.catalogue.dated, *also)
        self._cases = Cases.from_table(archive.cases(upto=self.sequence))
        self._bans = Events.from_view(archive.bans(upto=self.sequence))
        self.references = self._built(self.events, self._bans, self._leaves)
        self.scorer = Scorer(bundle, threads=threads)
        self.bundle = bundle
        self._archive = archive
        self._before = before

    def under(self, bundle: Bundle, before: Before | None = None) -> Self:
        """Return the grades by a bundle on the same state of the archive, which is not read again.

        Parameters
        ----------
        bundle, before
            As of the class: another model, or the same one after other runs.
        """
        found = copy(self)
        found.references = self.references_for(bundle.catalogue.dated)
        if bundle.digest != self.bundle.digest:
            found.scorer, found.bundle = Scorer(bundle, threads=self.scorer.threads), bundle
        leaves = tuple(dict.fromkeys((*self._leaves, *bundle.catalogue.dated)))
        vars(found).update(_leaves=leaves, _before=before)
        return found

    def contributed(self, events: Mapping[int, Events]) -> Contribution:
        """Return what all events of some enterprises, by dense number, add to the references.

        Sorted by enterprise.
        """
        found = References.read(self._leaves, overlaid(Events.none(), events).whole)
        return {source: Spans.joined([spans]) for source, spans in found.items()}

    def advanced(
        self, upto: int, newer: Mapping[int, Events], told: Contribution | None = None
    ) -> Self:
        """Return the grades after further deliveries, of which only what they tell of is read.

        Parameters
        ----------
        upto
            The last delivery to see, no earlier than that of the book.
        newer
            All events of everybody whom they tell of, as of then, by dense number.
        told
            What these add to the references, where that is known; worked out when None.
        """
        some = self._archive.told_in(self.sequence, upto)
        bans = Events.from_view(self._archive.bans(upto=upto)) if some & BANS else None
        cases = Cases.from_table(self._archive.cases(upto=upto)) if some & NEW else None
        found = self.laid_over(newer, cases, bans, told)
        found.sequence = upto
        vars(found).update(_bans=bans or self._bans, _cases=cases or self._cases)
        return found

    def laid_over(
        self,
        events: Mapping[int, Events],
        cases: Cases | None = None,
        bans: Events | None = None,
        told: Contribution | None = None,
    ) -> Self:
        """Return the grades as if some enterprises had other events, which lie over their own.

        Parameters
        ----------
        events
            All events of each, by dense number.
        cases, bans
            As of `References.replaced`.
        told
            As of `advanced`.
        """
        found, numbers = copy(self), sorted(events)
        found.events = overlaid(self.events, events)
        found.references = self.references.replaced(
            np.array(numbers, np.int32),
            [self.contributed(events) if told is None else told],
            cases=cases,
            bans=bans,
        )
        return found

    def number(self, identifier: str, as_of: int) -> int:
        """Return the dense number of an enterprise of which something was known as of a day.

        Raises
        ------
        NotFoundError
            If the archive never saw it, or had nothing on it yet.
        """
        number = self._archive.enterprise(identifier)
        self.check_known(number, as_of, identifier)
        return number

    def check_known(self, enterprise: int, as_of: int, identifier: str = "") -> None:
        """Refuse an enterprise of which nothing was known as of a day.

        Raises
        ------
        NotFoundError
            With the first day on which anything was.
        """
        first = self.events.of(enterprise).available
        if len(first) and time.is_known(int(first.min()), as_of):
            return
        since = f"the first is of {time.show(int(first.min()))}" if len(first) else "none came"
        raise NotFoundError(
            f"nothing was known about enterprise {identifier or enterprise!r} as of "
            f"{time.show(as_of)}; {since}: ask for a later day"
        )

    def lineage(
        self, enterprise: int, as_of: int, streams: Iterable[str] | None = None
    ) -> dict[int, Lineage]:
        """Return where the records of an enterprise are from; see `archive.lineage`."""
        return self._archive.lineage(enterprise, as_of, streams)

    def known(self, as_of: int) -> npt.NDArray[np.int32]:
        """Return the numbers of all enterprises of which something was known as of a day."""
        who, first = self.events.first_available()
        return who[time.is_known(first, as_of)]

    def references_before(self, as_of: int) -> References:
        """Return the references as they were known before a day, for the days after it too.

        They answer of days up to it what `references` do, and of later ones nothing that was told
        from it on. They are built anew where something was.
        """
        if not self._leaves or not _tells_from(self.events, as_of):
            return self.references
        known, bans = (known_before(each, as_of) for each in (self.events, self._bans))
        return self._built(known, bans, self._leaves)

    def references_for(self, leaves: Iterable[Dated]) -> References:
        """Return references that answer some leaves besides: built anew where they did not."""
        more = [leaf for leaf in leaves if leaf not in self._leaves]
        if not more:
            return self.references
        return self._built(self.events, self._bans, (*self._leaves, *more))

    def references_if(self, enterprise: int, own: Events) -> References:
        """Return the references as if an enterprise had other events.

        Parameters
        ----------
        enterprise
            Its dense number.
        own
            All its events, as they would be.
        """
        now, then = (
            References.read(self._leaves, events) for events in (self.events.of(enterprise), own)
        )
        if all(now[source].equals(then[source]) for source in now):
            return self.references
        return self.references.replaced(np.array([enterprise], np.int32), [then])

    def matrix(self, enterprises: npt.ArrayLike, as_of: int) -> pd.DataFrame:
        """Return the indicators of enterprises as of a day; see `features.compute`."""
        return compute(
            self.bundle.catalogue,
            self.events.among(np.asarray(enterprises, np.int32)),
            _rows(enterprises, as_of),
            references=self.references,
            threads=self.scorer.threads,
        )

    def previous(self, enterprises: npt.ArrayLike, as_of: int) -> Codes | None:
        """Return from which level hysteresis starts, as `Scorer.grades` takes it."""
        if self._before is None:
            return None
        return self._before(np.asarray(enterprises, np.int32), as_of)

    def grades(self, enterprises: npt.ArrayLike, as_of: int) -> pd.DataFrame:
        """Grade enterprises as of a day; see `Scorer.grades` for the columns."""
        return self.scorer.run(
            self.events.among(np.asarray(enterprises, np.int32)),
            _rows(enterprises, as_of),
            references=self.references,
            previous=self.previous(enterprises, as_of),
        )

    def grades_apart(
        self, events: Mapping[int, Events], references: Sequence[References], as_of: int
    ) -> pd.DataFrame:
        """Grade enterprises by events and references of their own; see `grades`.

        Parameters
        ----------
        events
            All events of each, by dense number.
        references
            Those of each, in the same order, of the leaves of this book.
        as_of
            Day number.
        """
        numbers = np.array([*events], np.int32)
        return self.scorer.run(
            overlaid(self.events, events).among(numbers),
            _rows(numbers, as_of),
            references=references[0] if len(references) == 1 else Apart(references),
            previous=self.previous(numbers, as_of),
        )

    def grade(self, enterprise: int, as_of: int) -> Grade:
        """Grade one enterprise as of a day, with rules and distances spelled out."""
        bundle, own = self.bundle, self.events.of(enterprise)
        seen = examine(bundle.catalogue, own, enterprise, as_of, references=self.references)
        law = examine(bundle.rules.catalogue, own, enterprise, as_of)
        return self.scorer.examined(seen, law, self.previous([enterprise], as_of))

    def _built(self, events: Events, bans: Events, leaves: Iterable[Dated]) -> References:
        return References.build(leaves, [events], cases=self._cases, bans=bans)


def _tells_from(events: Events, as_of: int) -> bool:
    """Tell whether anything was told on a day or later."""
    return any(
        ((as_of <= days) & (days < time.NEVER)).any()
        for days in (events.available, events.withdrawn, events.repaired, events.ended_available)
    )


def _rows(enterprises: npt.ArrayLike, as_of: int) -> pd.DataFrame:
    numbers = np.asarray(enterprises, dtype=np.int32)
    return pd.DataFrame({"enterprise": numbers, "as_of": np.full(len(numbers), as_of, np.int32)})
