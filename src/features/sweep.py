"""The sweep: the indicators of a whole city, part after part, in memory that is bounded by a part.

Every part is read once. What follows from the events of its own enterprises is computed at once,
for one or many days; what rests on others waits, as a few columns, until all parts were seen.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from .cases import Cases
from .catalogue import Catalogue
from .events import Events
from .matrix import framed
from .places import Places
from .references import Contribution, References
from .standing import Standing, finish, stand

__all__ = ["known_rows", "sweep"]

Days = npt.NDArray[np.int32]
Tell = Callable[[str, int, int], None]


def sweep(
    catalogue: Catalogue,
    parts: Sequence[Callable[[], Events]],
    as_of: Collection[int],
    *,
    cases: Cases | None = None,
    bans: Events | None = None,
    places: Places | None = None,
    threads: int = 1,
    pool: Executor | None = None,
    progress: Tell | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield the indicators of everybody who was known, part after part.

    Parameters
    ----------
    catalogue
        The columns.
    parts
        Each reads all events of some of the enterprises, and is called once, by the pool.
    as_of
        Day numbers; an enterprise has a row for each on which it was known.
    cases, bans
        Required if the catalogue counts ties or persons; see `build_references`.
    places
        Required if the catalogue counts records near a place.
    threads
        How many parts are read and computed at once, where no pool is given.
    pool
        Threads or processes that read and compute parts.
    progress
        Is told of every part that was read.

    Yields
    ------
    Frames as `compute` returns, sorted by enterprise and day; the same rows as of one whole city.

    Raises
    ------
    InvalidError
        If the catalogue needs what is not given.
    """
    days = np.unique(np.array([*as_of], np.int32))

    read: list[tuple[Standing, Contribution]] = []
    with nullcontext(pool) if pool else ThreadPoolExecutor(threads) as workers:
        for found in workers.map(partial(_swept, catalogue, days), parts):
            read.append(found)
            if progress is not None:
                progress("Reading what happened", len(read), len(parts))
    references = References.of(catalogue.dated, [c for _, c in read], cases=cases, bans=bans)
    standings = [standing for standing, _ in read]
    read.clear()
    while standings:
        standing = standings.pop(0)
        yield framed(catalogue, standing, finish(catalogue, standing, references, places, threads))


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
    enterprise, first = np.unique(events.enterprise, return_index=True)
    if not len(enterprise):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    since = np.minimum.reduceat(events.available, first)
    known = since[:, np.newaxis] < as_of
    who, when = np.nonzero(known)
    return enterprise[who], as_of[when]
