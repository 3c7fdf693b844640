"""Events of a city of which those of a few enterprises are newer, laid over the rest."""

from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..archive import Archive
from .events import COLUMNS, Events

__all__ = ["Overlaid", "events_of", "newer_events", "overlaid"]

Numbers = npt.NDArray[np.int32]


class Overlaid(Events):
    """The same as one table of events, which is put together only where columns are asked for.

    Events of one enterprise, and of some, are found without that; so it costs as much as the
    newer events, however large the city is.

    Parameters
    ----------
    base
        The events of everybody.
    newer
        All events of some enterprises as they are now, by dense number. Their vocabulary is that
        of the base, or begins with it.
    """

    base: Events
    newer: Mapping[int, Events]

    def __init__(self, base: Events, newer: Mapping[int, Events]) -> None:
        vocabularies = [base.vocabulary, *(each.vocabulary for each in newer.values())]
        object.__setattr__(self, "vocabulary", max(vocabularies, key=len))
        vars(self).update(base=base, newer=dict(newer))

    def __len__(self) -> int:
        first, last = self.base.bounds(self._replaced)
        return len(self.base) - int((last - first).sum()) + sum(map(len, self.newer.values()))

    def stretch(self, enterprise: int) -> tuple[Events, int, int]:
        """Return events, and the first row of one enterprise and the row after its last."""
        found = self.newer.get(enterprise)
        return self.base.stretch(enterprise) if found is None else (found, 0, len(found))

    def among(self, enterprises: Numbers) -> Events:
        """Return events that hold those of some enterprises, as they are now."""
        mine = np.unique(enterprises).astype(np.int32)
        new = np.isin(mine, self._replaced)
        if not new.any():
            return self.base
        parts = [self.newer[number] for number in mine[new].tolist()]
        first, last = self.base.bounds(mine[~new])
        return _joined([self.base.take(_rows(first, last)), *parts], self)

    def first_available(self) -> tuple[Numbers, Numbers]:
        """Return the enterprises, rising, and the day on which each was first told of."""
        who, day = self.base.first_available()
        rest = ~np.isin(who, self._replaced)
        told = [each.first_available() for each in self.newer.values()]
        who = np.concatenate([who[rest], *(each for each, _ in told)])
        day = np.concatenate([day[rest], *(each for _, each in told)])
        order = np.argsort(who, kind="stable")
        return who[order], day[order]

    @cached_property
    def _replaced(self) -> Numbers:
        return np.array(sorted(self.newer), np.int32)

    @cached_property
    def whole(self) -> Events:
        """All of it as one table."""
        kept = ~np.isin(self.base.enterprise, self._replaced)
        return _joined([self.base.take(np.flatnonzero(kept)), *self.newer.values()], self)


def _column(name: str) -> property:
    def column(self: Overlaid) -> npt.NDArray[np.generic]:
        found: npt.NDArray[np.generic] = getattr(self.whole, name)
        return found

    return property(column, doc=f"The column `{name}` of all of it.")


for _name in COLUMNS:
    setattr(Overlaid, _name, _column(_name))


def overlaid(events: Events, newer: Mapping[int, Events]) -> Overlaid:
    """Lay newer events over others, which may lie over some already.

    Examples
    --------
    >>> len(overlaid(Events.none(), {3: Events.none()}))
    0
    """
    if isinstance(events, Overlaid):
        return Overlaid(events.base, {**events.newer, **newer})
    return Overlaid(events, newer)


def newer_events(archive: Archive, after: int, upto: int, most: int) -> dict[int, Events] | None:
    """Return all events of everybody whom deliveries tell of, by dense number.

    Parameters
    ----------
    archive
        The archive.
    after, upto
        The delivery before the first of them, and the last.
    most
        How many they may tell of; of more, everything is better read anew, and this is None.
    """
    told = archive.touched(after, upto)
    if len(told) > most:
        return None
    return events_of(archive, told, upto)


def events_of(archive: Archive, enterprises: Numbers, upto: int) -> dict[int, Events]:
    """Return all events of some enterprises up to a delivery, by dense number."""
    events = Events.from_view(archive.events(upto=upto, enterprises=enterprises))
    return {number: events.of(number) for number in enterprises.tolist()}


def _rows(first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the rows of stretches, one after the other."""
    size = last - first
    start = np.repeat(first - np.concatenate([[0], np.cumsum(size)[:-1]]), size)
    return start + np.arange(len(start))


def _joined(parts: Iterable[Events], like: Overlaid) -> Events:
    """Put events of different enterprises together, in order."""
    several = [*parts]
    who = np.concatenate([each.enterprise for each in several])
    order = np.argsort(who, kind="stable")
    unread = frozenset().union(*(each.unread for each in several if len(each)))
    columns = {
        name: np.empty(0, kind)
        if name in unread
        else np.concatenate([getattr(each, name) for each in several])[order]
        for name, kind in COLUMNS.items()
    }
    return Events(**columns, vocabulary=like.vocabulary)
