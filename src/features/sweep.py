"""The sweep: the indicators of a whole city, part after part.

Every part is read once. What follows from the events of its own enterprises is computed at once,
for one or many days; what rests on others waits, as some hundred numbers a row, until all parts
were seen. Events are in memory of a part for each worker only.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from .cases import Cases
from .catalogue import Catalogue
from .events import Events
from .matrix import framed
from .places import Places
from .references import Contribution, References, require
from .standing import BLOCK, Standing, finish, stand
from .tally import Tally
from .workers import each

__all__ = ["Gathered", "gather", "known_rows"]

Days = npt.NDArray[np.int32]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What all parts had of their own, and the dated tables that they yield together."""

    catalogue: Catalogue
    standings: tuple[Standing, ...]
    references: References

    def frames(self, places: Places | None = None, threads: int = 1) -> Iterator[pd.DataFrame]:
        """Yield the indicators of some parts after the other, as `compute` returns them."""
        for some in _together(self.standings, threads * BLOCK):
            standing = Standing.joined(some)
            found = finish(self.catalogue, standing, self.references, places, threads)
            yield framed(self.catalogue, standing, found)


def gather(
    catalogue: Catalogue,
    parts: Sequence[Callable[[], Events]],
    as_of: Collection[int],
    pool: Executor,
    *,
    cases: Cases | None = None,
    bans: Events | None = None,
    progress: Tell | None = None,
) -> Gathered:
    """Read all parts of a city, each once, for one or many days.

    Parameters
    ----------
    catalogue
        The columns.
    parts
        Each reads all events of some of the enterprises, and is called once, by the pool.
    as_of
        Day numbers; an enterprise has a row for each on which it was known.
    pool
        Threads or processes that read and compute parts.
    cases, bans
        Required if the catalogue counts ties or persons; see `build_references`.
    progress
        Is told of every part that was read.

    Returns
    -------
    The frames of which are sorted by enterprise and day; the same rows as of one whole city.

    Raises
    ------
    InvalidError
        If the catalogue needs what is not given.
    WorkerError
        If a process of the pool ended before its part was computed.
    """
    require(catalogue.dated, cases, bans)
    days = np.unique(np.array([*as_of], np.int32))
    standings, tally = [], Tally(catalogue.dated)
    for standing, contribution in each(pool, partial(_swept, catalogue, days), parts):
        standings.append(standing)
        tally.add(contribution)
        if progress is not None:
            progress("Reading what happened", len(standings), len(parts))
    return Gathered(catalogue, tuple(standings), tally.references(cases, bans))


def _together(standings: Sequence[Standing], rows: int) -> Iterator[list[Standing]]:
    """Yield as many standings at a time as have so many rows, and one at least."""
    some: list[Standing] = []
    for standing in standings:
        if some and sum(map(len, some)) + len(standing) > rows:
            yield some
            some = []
        some.append(standing)
    if some:
        yield some


def _swept(
    catalogue: Catalogue, days: Days, part: Callable[[], Events]
) -> tuple[Standing, Contribution]:
    events = part()
    standing = stand(catalogue, events, *known_rows(events, days))
    return standing, References.read(catalogue.dated, events)


def known_rows(events: Events, as_of: Days) -> tuple[Days, Days]:
    """Return enterprise and day of every row: each enterprise on each day on which it was known.

    Examples
    --------
    >>> from xinheng.features.events import COLUMNS
    >>> nothing = {name: np.zeros(2, kind) for name, kind in COLUMNS.items()}
    >>> events = Events(**nothing | {"enterprise": np.array([4, 9], np.int32),
    ...     "available": np.array([10, 20], np.int32)}, vocabulary=(("change", "name"),))
    >>> [column.tolist() for column in known_rows(events, np.array([15, 30], np.int32))]
    [[4, 4, 9], [15, 30, 30]]
    """
    enterprise, since = events.first_available()
    known = since[:, np.newaxis] < as_of
    who, when = np.nonzero(known)
    return enterprise[who], as_of[when]
