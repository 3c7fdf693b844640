"""Current: the indicators of a city, brought up to a day by what has changed since another.

Between two days an enterprise's own values change only if deliveries told something new of it, or
if something of it crosses the edge of a window or a deadline; for how long they stay is known
from when they were computed. So only these enterprises are read again. What follows the day
itself and what rests on others is finished for everybody, from columns that are kept.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core import time
from ..core.errors import InvalidError
from .cases import Cases
from .catalogue import Catalogue
from .events import Events
from .matrix import framed
from .places import Places
from .references import Contribution, References, require
from .standing import Standing, finish, stand_until
from .workers import each

__all__ = ["Advance", "Current", "advanced", "begun"]

Numbers = npt.NDArray[np.int32]
TOGETHER, ROWS = 2_000, 500_000


@dataclass(frozen=True, slots=True)
class Advance:
    """Why how many enterprises were computed anew: some may have had both reasons."""

    told: int
    crossed: int
    computed: int


@dataclass(frozen=True, slots=True, eq=False)
class Current:
    """What is kept of a city as of a day.

    Parameters
    ----------
    catalogue
        What is computed.
    as_of
        Day number.
    sequence
        The delivery up to which it is told.
    standing
        One row for every enterprise, in the order of their dense numbers.
    since
        Of each, the first day on which it was known; `core.time.NEVER` if it never was.
    references
        The dated tables behind values that rest on others.
    """

    catalogue: Catalogue
    as_of: int
    sequence: int
    standing: Standing
    since: Numbers
    references: References

    @property
    def known(self) -> npt.NDArray[np.intp]:
        """The enterprises that are known, by dense number."""
        return np.flatnonzero(self.since <= self.as_of)

    def frames(self, *, places: Places | None = None, threads: int = 1) -> Iterator[pd.DataFrame]:
        """Yield the indicators of everybody known, as `compute` does, block by block."""
        known = self.known
        for at in range(0, max(1, len(known)), ROWS):
            rows = self.standing.take(known[at : at + ROWS])
            found = finish(self.catalogue, rows, self.references, places, threads)
            yield framed(self.catalogue, rows, found)

    def matrix(self, *, places: Places | None = None, threads: int = 1) -> pd.DataFrame:
        """Return the indicators of everybody known, as `compute` does, by enterprise."""
        return pd.concat(self.frames(places=places, threads=threads))


def begun(
    catalogue: Catalogue,
    parts: Sequence[Callable[[], Events]],
    enterprises: int,
    as_of: int,
    sequence: int,
    *,
    cases: Cases | None = None,
    bans: Events | None = None,
    threads: int = 1,
    pool: Executor | None = None,
) -> Current:
    """Compute what is kept of a whole city.

    Parameters
    ----------
    catalogue, parts, cases, bans
        As of `sweep.gather`.
    enterprises
        How many there are; their dense numbers are below it.
    as_of, sequence
        Day, and the delivery up to which the parts are read.
    threads, pool
        What reads and computes parts: the pool, or so many threads where none is given.

    Raises
    ------
    InvalidError
        If the catalogue needs what is not given.
    WorkerError
        If a process of the pool ended before its part was computed.
    """
    require(catalogue.dated, cases, bans)
    room = _room(catalogue, enterprises, as_of)
    since = np.full(enterprises, time.NEVER, np.int32)
    contributions = []
    with _workers(pool, threads) as workers:
        for part in each(workers, partial(_stood, catalogue, as_of), parts):
            contributions.append(part.contribution)
            _put(part, room, since)
    references = References.of(catalogue.dated, contributions, cases=cases, bans=bans)
    return Current(catalogue, as_of, sequence, room, since, references)


def advanced(
    current: Current,
    read: Callable[[Numbers], Events],
    enterprises: int,
    as_of: int,
    sequence: int,
    touched: Numbers,
    *,
    cases: Cases | None = None,
    bans: Events | None = None,
    threads: int = 1,
    pool: Executor | None = None,
    order: Callable[[Numbers], Numbers] | None = None,
) -> tuple[Current, Advance]:
    """Bring what is kept of a city up to a later day and delivery; the same as begun anew.

    Parameters
    ----------
    current
        It does not change.
    read
        Returns the events of some enterprises, given by rising dense numbers; the pool calls it.
    enterprises
        How many there are now.
    as_of, sequence
        The later day, and the delivery up to which `read` reads.
    touched
        Dense numbers of the enterprises of which deliveries after `current.sequence` told.
    cases, bans
        As they are now; what is not given stays.
    threads, pool
        As of `begun`.
    order
        Returns enterprises in the order in which they are best read; by their numbers when None.

    Raises
    ------
    InvalidError
        If the day or the delivery is earlier than that of `current`, or if there are fewer
        enterprises.
    WorkerError
        As of `begun`.
    """
    if as_of < current.as_of or sequence < current.sequence:
        have = f"{time.show(current.as_of)} and delivery {current.sequence}"
        raise InvalidError(
            f"what is kept is as of {have}; {time.show(as_of)} and delivery {sequence} are not "
            "later: begin anew, in another folder"
        )
    if enterprises < len(current.since):
        raise InvalidError(
            f"what is kept is of {len(current.since):,} enterprises, the archive has "
            f"{enterprises:,}: it is another archive; begin anew, in another folder"
        )
    told = np.unique(touched).astype(np.int32)
    crossed = np.flatnonzero(current.standing.until <= as_of).astype(np.int32)
    wanted = np.union1d(told, crossed).astype(np.int32)
    room, since = _grown(current, enterprises, as_of)
    since[wanted] = time.NEVER
    ordered = wanted if order is None else order(wanted)
    some = (np.sort(ordered[at : at + TOGETHER]) for at in range(0, len(ordered), TOGETHER))
    blocks = [(block, np.intersect1d(block, told, assume_unique=True)) for block in some]
    contributions = []
    with _workers(pool, threads) as workers:
        for part in each(workers, partial(_again, current.catalogue, as_of, read), blocks):
            contributions.append(part.contribution)
            _put(part, room, since)
    _silent(current.catalogue, room, wanted[since[wanted] == time.NEVER], as_of)
    references = current.references.replaced(told, contributions, cases=cases, bans=bans)
    later = Current(current.catalogue, as_of, sequence, room, since, references)
    return later, Advance(len(told), len(crossed), len(wanted))


def _room(catalogue: Catalogue, enterprises: int, as_of: int, since: int = 0) -> Standing:
    """Return room for enterprises; of those from a number on nothing was ever told."""
    layout, rows = catalogue.layout, enterprises
    room = Standing(
        np.arange(rows, dtype=np.int32),
        np.full(rows, as_of, np.int32),
        np.empty(rows, np.int32),
        np.empty((len(layout.settled), rows)),
        np.empty((len(layout.kept), rows)),
        np.empty((len(layout.groups), rows), np.int64),
        np.empty((len(layout.groups), rows), np.bool_),
    )
    _silent(catalogue, room, slice(since, rows), as_of)
    return room


def _silent(catalogue: Catalogue, room: Standing, rows: slice | Numbers, as_of: int) -> None:
    none = stand_until(catalogue, Events.none(), np.zeros(1, np.int32), as_of)
    for name in ("settled", "kept", "key", "member"):
        getattr(room, name)[:, rows] = getattr(none, name)
    room.until[rows] = time.NEVER


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What is computed of some enterprises: their standing, since when each is known, and more."""

    standing: Standing
    since: Numbers
    contribution: Contribution


def _stood(catalogue: Catalogue, as_of: int, read: Callable[[], Events]) -> Part:
    events = read()
    return _part(catalogue, as_of, events, events)


def _again(
    catalogue: Catalogue,
    as_of: int,
    read: Callable[[Numbers], Events],
    block: tuple[Numbers, Numbers],
) -> Part:
    """Compute some enterprises anew; what changes for others is only told of some of these."""
    some, told = block
    events = read(some)
    new = np.isin(events.enterprise, told)
    changed = events if new.all() else events.take(np.flatnonzero(new))
    return _part(catalogue, as_of, events, changed)


def _part(catalogue: Catalogue, as_of: int, events: Events, changed: Events) -> Part:
    who, available = events.first_available()
    contribution = References.read(catalogue.dated, changed)
    return Part(stand_until(catalogue, events, who, as_of), available + 1, contribution)


def _put(part: Part, room: Standing, since: Numbers) -> None:
    """Put what was computed of some enterprises where it belongs."""
    who = part.standing.enterprise
    for name in ("settled", "kept", "key", "member"):
        for column, values in zip(getattr(room, name), getattr(part.standing, name), strict=True):
            column[who] = values
    room.until[who] = part.standing.until
    since[who] = part.since


def _grown(current: Current, enterprises: int, as_of: int) -> tuple[Standing, Numbers]:
    """Return copies of what is kept, with room for enterprises that came since."""
    room = _room(current.catalogue, enterprises, as_of, len(current.since))
    since = np.full(enterprises, time.NEVER, np.int32)
    since[: len(current.since)] = current.since
    for name in ("until", "settled", "kept", "key", "member"):
        old = getattr(current.standing, name)
        getattr(room, name)[..., : old.shape[-1]] = old
    return room, since


def _workers(pool: Executor | None, threads: int) -> AbstractContextManager[Executor]:
    return nullcontext(pool) if pool else ThreadPoolExecutor(threads)
