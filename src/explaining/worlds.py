"""Worlds: the indicators of an enterprise with some things as they are, and others as they were.

What was told of records is put back by the way in which it was told. Beside that three things move
indicators: *time* (ages, terms that pass, ends known beforehand, turns of the year, records that
come to lie in a window which ends earlier), what is *aged out* (records that left a window), and
*others* (what rests on groups, on those tied to the enterprise, or on the city). Each is taken as
of one of the two days by itself, so that an indicator moves by what moved in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from ..features import Aggregate, Catalogue, Events, References
from ..features.events import COLUMNS, ORDER
from ..features.examination import row_of
from ..features.kernel import aggregate
from ..features.missed import Missed
from ..features.plan import compile_plan
from ..features.standing import leaf_values, stood_unsettled
from ..grading.dynamic.telling import TOLD, mixed, tellings

__all__ = ["BY_DAY", "Seen", "Worlds"]

Array = npt.NDArray[np.float64]
BY_DAY = ("aged_out", "time", "others")
Chosen = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was known of an enterprise before a day, and of all others."""

    known: Events
    as_of: int
    references: References | None


class Worlds:
    """The indicators of an enterprise between two days.

    Parameters
    ----------
    enterprise
        Dense number.
    before, after
        What was known then, and now; the days may come in any order, and be the same.
    """

    def __init__(self, enterprise: int, before: Seen, after: Seen) -> None:
        self.before, self.after = before, after
        days = before.as_of, after.as_of
        self.told = tellings(before.known, after.known, days)
        found = set(self.told["told"])
        self.ways = {f"{way}_records": way for way in TOLD if way in found}
        self.movers = (*self.ways, *BY_DAY)
        self._early, self._late = min(days), max(days)
        self._who = np.array([enterprise], np.int32)
        self._rows: dict[str, dict[Chosen, Array]] = {}
        self._events: dict[Chosen, Events] = {}

    def records(self, mover: str) -> tuple[int, ...]:
        """Return the records of which something was told in the way that a mover names."""
        some = self.told["told"] == self.ways.get(mover)
        return tuple(sorted(self.told.loc[some, "record"].tolist()))

    def rows(self, catalogue: Catalogue, sets: Iterable[Chosen]) -> Array:
        """Return the indicators where some movers have moved; shape (sets, indicators).

        With none they are those of `compute` on the day before, with all those of the day after.
        """
        rows = self._rows.setdefault(catalogue.fingerprint, {})
        asked = [*sets]
        for chosen in asked:
            if chosen not in rows:
                rows[chosen] = self._made(catalogue, chosen)
        return np.array([rows[chosen] for chosen in asked])

    def _made(self, catalogue: Catalogue, chosen: Chosen) -> Array:
        aged, passed, others = (self.after if name in chosen else self.before for name in BY_DAY)
        events = self._known(chosen & frozenset(self.ways))
        table, events = self._table(catalogue.layout.aggregates, events, passed.as_of, aged.as_of)
        day, whose = (np.array([each.as_of], np.int32) for each in (passed, others))
        standing = stood_unsettled(catalogue, events, table, self._who, whose, whose)
        leaves = leaf_values(catalogue, standing, others.references, None)
        leaves |= dict(zip(catalogue.layout.aggregates, table.T, strict=True))
        leaves |= {
            leaf: leaf.value([leaves[part] for part in leaf.parts], day.astype(np.float64))
            for leaf in catalogue.layout.waiting
            if isinstance(leaf, Missed)
        }
        return row_of(catalogue, leaves, day)[0]

    def _table(
        self, parts: Sequence[Aggregate], events: Events, passed: int, aged: int
    ) -> tuple[Array, Events]:
        """Return the aggregates, one row, and the events that their positions are in.

        What counts by its window alone is asked of the later day, on which all is told; what counts
        by its state, of the day that time has come to.
        """
        told = events
        if passed < self._late:
            told = _told_by(events, self._early, self._late)
            events = _without_future(events, self._early)
        plain = [part for part in parts if _is_plain(part)]
        by_state = [part for part in parts if not _is_plain(part)]
        values = self._values(plain, events, self._late, (passed, aged))
        values |= self._values(by_state, told, passed, (passed, aged))
        return np.array([[values[part] for part in parts]]), events

    def _known(self, ways: Chosen) -> Events:
        """Return the events with what was told in all other ways put back."""
        if ways not in self._events:
            back = [way for name, way in self.ways.items() if name not in ways]
            self._events[ways] = mixed(self.before.known, self.after.known, self.told, back)
        return self._events[ways]

    def _values(
        self, parts: Iterable[Aggregate], events: Events, day: int, edges: tuple[int, int]
    ) -> dict[Aggregate, float]:
        """Return the values of aggregates as of a day, whose windows are those of other days."""
        moved = {part: _moved(part, day, *edges) for part in parts}
        plan = compile_plan((part for part in moved.values() if part), events.vocabulary)
        found = aggregate(plan, events, self._who, np.array([day], np.int32))[0].tolist()
        values = dict(zip(plan.aggregates, found, strict=True))
        return {part: _empty(part) if new is None else values[new] for part, new in moved.items()}


def _is_plain(part: Aggregate) -> bool:
    """Tell whether the day decides only in which window an event lies."""
    return part.state == "any" and part.cycle is None


@lru_cache(maxsize=4096)
def _moved(part: Aggregate, day: int, end: int, start: int) -> Aggregate | None:
    """Return an aggregate that has, as of a day, the window that it has at two others.

    Where it does not lag, its window ends at the day itself, for what is told later. None is one
    whose window holds no day.

    Examples
    --------
    >>> from xinheng.features import count
    >>> _moved(count("penalty", window=365), 1100, 1100, 1000).window
    465
    >>> lagging = _moved(count("complaint", window=90, lag=30), 1100, 1000, 1100)
    >>> lagging is None
    True
    """
    if part.cycle is not None or (part.window is None and not part.lag):
        return part
    lag = part.lag + day - end if part.lag else 0
    if part.window is None:
        return replace(part, lag=lag)
    window = (day - lag) - (start - part.lag - part.window)
    return replace(part, lag=lag, window=window) if window > 0 else None


def _empty(part: Aggregate) -> float:
    return float(compile_plan([part], ()).empty[0])


def _without_future(events: Events, early: int) -> Events:
    """Leave out what was known to happen later: it happens by time."""
    return events.take(np.flatnonzero((events.occurred < early) | (events.available >= early)))


def _told_by(events: Events, early: int, late: int) -> Events:
    """Return the events with all that was told between two days told by the first.

    So it can be asked how a record stood on a day when it was not yet told of.
    """
    last = np.int32(early - 1)
    new = events.available >= early
    over = (events.ended_available >= early) & (events.ended < late)
    clocks = {
        name: np.where(
            getattr(events, name) < NEVER, np.minimum(getattr(events, name), last), NEVER
        )
        for name in ("available", "withdrawn", "repaired", "ended_available")
    }
    days = {
        "occurred": np.where(new, np.minimum(events.occurred, last), events.occurred),
        "ended": np.where(over, np.minimum(events.ended, last), events.ended),
    }
    columns = {name: getattr(events, name) for name in COLUMNS}
    columns |= {name: column.astype(np.int32) for name, column in (clocks | days).items()}
    order = np.lexsort([columns[name] for name in reversed(ORDER)])
    return Events(
        **{n: column[order] for n, column in columns.items()}, vocabulary=events.vocabulary
    )
