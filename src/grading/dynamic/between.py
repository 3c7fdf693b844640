"""Between: the indicators of enterprises with some things as they are, and others as they were.

What was told of records is put back by the way in which it was told. Beside that three things move
indicators: what is *aged out* (records that left a window), *time* (ages, terms that pass, ends
known beforehand, turns of the year, records that come to lie in a window which ends earlier), and
*others* (what rests on groups, on those tied to the enterprise, or on the city). Each is taken as
of one of the two days by itself, so that an indicator moves by what moved in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.time import NEVER
from ...features import Aggregate, Catalogue, Events, References
from ...features.expression import Leaf, evaluate
from ...features.kernel import aggregate
from ...features.missed import Missed
from ...features.plan import compile_plan
from ...features.standing import Standing, applicable, finished, leaf_values, stood_unsettled
from ..calibrator import Array
from .least import Parts
from .telling import TOLD, keys_of, mixed, tellings

__all__ = ["BY_DAY", "WAYS", "Between", "Seen"]

Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]
Values = dict[Leaf, Array]

WAYS = tuple(f"{way}_records" for way in TOLD)
"""In which ways records are told of."""
BY_DAY = ("aged_out", "time", "others")
"""What moves indicators when nothing is told."""
CLOCKS = ("available", "withdrawn", "repaired", "ended_available")
AGED, TIME, OTHERS = range(len(WAYS), len(WAYS) + len(BY_DAY))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was known of enterprises before a day, and of all others."""

    known: Events
    as_of: int
    references: References | None


class Between:
    """The indicators of enterprises between two days.

    Parameters
    ----------
    enterprises
        Dense numbers, rising; shape (n,).
    before, after
        What was known then, and now; the days may come in any order, and be the same.
    """

    def __init__(self, enterprises: Numbers, before: Seen, after: Seen) -> None:
        self.enterprises, self.before, self.after = enterprises, before, after
        self._first, self._last = sorted((before, after), key=lambda seen: seen.as_of)
        self._early, self._late = self._first.as_of, self._last.as_of

    @cached_property
    def told(self) -> pd.DataFrame:
        """What was told of which record between the two; see `tellings`."""
        days = self.before.as_of, self.after.as_of
        return tellings(self.before.known, self.after.known, days)

    def rows(self, catalogue: Catalogue, places: Places, back: Parts) -> Array:
        """Return the indicators of some with some things put back; shape (m, indicators).

        With all put back they are those of `compute` on the day before, with none those of the day
        after, to the bit.

        Parameters
        ----------
        catalogue
            The indicators.
        places
            Places of the enterprises, in any order, repeated as often as wanted; shape (m,).
        back
            What is put back, in order of `WAYS` and `BY_DAY`; shape (m, 9).
        """
        found = [*self._stood(catalogue, places, back)]
        standing = _joined([each for _, _, each in found])
        table = np.concatenate([table for _, table, _ in found])
        order = np.concatenate([rows for rows, _, _ in found])
        day = self._days(back[order, TIME]).astype(np.float64)
        values: Values = dict(
            zip(catalogue.layout.aggregates, np.asfortranarray(table).T, strict=True)
        )
        values |= self._dated(catalogue, standing, back[order, OTHERS])
        values |= {
            leaf: leaf.value([values[part] for part in leaf.parts], day)
            for leaf in catalogue.layout.waiting
            if isinstance(leaf, Missed)
        }
        rows = np.empty((len(places), len(catalogue)))
        rows[order] = _finished(catalogue, values, day)
        return rows

    def _stood(
        self, catalogue: Catalogue, places: Places, back: Parts
    ) -> Iterator[tuple[Places, Array, Standing]]:
        """Yield rows that have the same events and days, their aggregates, and how they stand."""
        parts = catalogue.layout.aggregates
        for ways, told in _alike(back[:, : len(WAYS)]):
            events = self._known(ways, np.unique(self.enterprises[places[told]]))
            for (aged, passed), some in _alike(back[told, AGED : TIME + 1]):
                rows = told[some]
                who, whose = self.enterprises[places[rows]], self._days(back[rows, OTHERS])
                days = (self.before.as_of if flag else self.after.as_of for flag in (passed, aged))
                table, seen = self._table(parts, events, who, *days)
                yield rows, table, stood_unsettled(catalogue, seen, table, who, whose, whose)

    def _known(self, back: npt.NDArray[np.bool_], who: Numbers) -> Events:
        """Return the events of some with what was told in some ways put back."""
        before, after = (_of(each.known, who) for each in (self.before, self.after))
        if not back.any() or back.all():
            return before if back.any() else after
        ways = [way for way, flag in zip(TOLD, back, strict=True) if flag]
        return mixed(before, after, self.told[self.told["enterprise"].isin(who)], ways)

    def _days(self, back: npt.NDArray[np.bool_]) -> Numbers:
        return np.where(back, self.before.as_of, self.after.as_of).astype(np.int32)

    def _dated(
        self, catalogue: Catalogue, standing: Standing, back: npt.NDArray[np.bool_]
    ) -> Values:
        """Return what rests on others, as of the days on which the rows stand among them."""
        leaves = catalogue.dated
        found: Values = {leaf: np.empty(len(back)) for leaf in leaves}
        for flag, seen in ((True, self.before), (False, self.after)):
            rows = np.flatnonzero(back == flag)
            if leaves and rows.size:
                values = leaf_values(catalogue, standing.take(rows), seen.references, None)
                for leaf in leaves:
                    found[leaf][rows] = values[leaf]
        return found

    def _table(
        self, parts: Sequence[Aggregate], events: Events, who: Numbers, passed: int, aged: int
    ) -> tuple[Array, Events]:
        """Return the aggregates by row, and the events that their positions are in."""
        found = self._values(parts, events, who, passed, aged)
        for rows, columns, seen in self._stale(parts, events, who, aged):
            some = [parts[column] for column in columns]
            found[np.ix_(rows, columns)] = self._values(some, seen, who[rows], passed, aged)
        is_past = passed < self._late
        return found, _without_future(events, self._early) if is_past else events

    def _stale(
        self, parts: Sequence[Aggregate], events: Events, who: Numbers, aged: int
    ) -> Iterator[tuple[Places, Places, Events]]:
        """Yield where a window that reaches back holds what nobody knew while it lay in it.

        That counts on neither of the two days: on the earlier one it was not known, and by the
        later one it is too old. Yielded are rows, columns, and the events without that.
        """
        if aged == self._late:
            return
        unknown = np.flatnonzero(_among(keys_of(events), self._unknown))
        days = events.occurred[unknown]
        for start, columns in _starts(tuple(parts), self._late).items():
            stale = unknown[(start - self._late + self._early <= days) & (days < start)]
            if stale.size:
                rows = np.flatnonzero(np.isin(who, events.enterprise[stale]))
                own = _places_of(events, np.unique(who[rows]))
                yield rows, columns, events.take(own[~np.isin(own, stale)])

    def _values(
        self, parts: Sequence[Aggregate], events: Events, who: Numbers, passed: int, aged: int
    ) -> Array:
        """Return aggregates by row.

        What counts by its window alone is asked of the later day, on which all is told; what counts
        by its state, of the day that time has come to.
        """
        told = events
        if passed < self._late:
            told = _told_by(events, self._early, self._late)
            events = _without_future(events, self._early)
        found = np.empty((len(who), len(parts)))
        plain = np.array([_is_plain(part) for part in parts], bool)
        for flags, some, day in ((plain, events, self._late), (~plain, told, passed)):
            columns = np.flatnonzero(flags).tolist()
            asked = [parts[column] for column in columns]
            found[:, columns] = _aggregated(asked, some, who, day, (passed, aged))
        return found

    @cached_property
    def _unknown(self) -> npt.NDArray[np.int64]:
        """Keys of events of records that are known on the later day alone, rising."""
        first, last = (np.sort(keys_of(seen.known)) for seen in (self._first, self._last))
        return last[~_among(last, first)]


def _among(keys: npt.NDArray[np.int64], rising: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which keys are among others that rise."""
    if not rising.size:
        return np.zeros(keys.shape, np.bool_)
    places = np.minimum(np.searchsorted(rising, keys), rising.size - 1)
    return np.asarray(rising[places] == keys)


def _alike(flags: Parts) -> Iterator[tuple[npt.NDArray[np.bool_], Places]]:
    """Yield the different rows of flags, and the places of each."""
    sets, number = np.unique(flags, axis=0, return_inverse=True)
    for place, each in enumerate(sets):
        yield each, np.flatnonzero(number.reshape(-1) == place)


def _joined(parts: Sequence[Standing]) -> Standing:
    """Put rows together in the order in which they come."""
    columns = ([getattr(part, field.name) for part in parts] for field in fields(Standing))
    return Standing(*(np.concatenate(column, axis=-1) for column in columns))


def _finished(catalogue: Catalogue, values: Values, day: Array) -> Array:
    """Return the indicators of rows from the values of their leaves; shape (m, indicators)."""
    member = {n: evaluate(tree, values, day) > 0 for n, tree in catalogue.populations.items()}
    found = np.empty((len(day), len(catalogue)))
    for place, indicator in enumerate(catalogue):
        value = finished(indicator, evaluate(indicator.expression, values, day))
        found[:, place] = np.where(applicable(indicator, member), value, np.nan)
    return found


@lru_cache(maxsize=8)
def _starts(parts: tuple[Aggregate, ...], day: int) -> Mapping[int, Places]:
    """Return the places of parts by the first day of the window that they have on a day."""
    found: dict[int, list[int]] = {}
    for place, part in enumerate(parts):
        if part.window is not None and part.cycle is None:
            found.setdefault(day - part.lag - part.window, []).append(place)
    return {start: np.array(places) for start, places in found.items()}


def _is_plain(part: Aggregate) -> bool:
    """Tell whether the day decides only in which window an event lies."""
    return part.state == "any" and part.cycle is None


def _aggregated(
    parts: Sequence[Aggregate], events: Events, who: Numbers, day: int, edges: tuple[int, int]
) -> Array:
    """Return the values of aggregates as of a day, with the windows of other days, by row."""
    moved = [_moved(part, day, *edges) for part in parts]
    plan = compile_plan((part for part in moved if part), events.vocabulary)
    found = aggregate(plan, events, who, np.full(len(who), day, np.int32))
    at = {part: column for column, part in enumerate(plan.aggregates)}
    values = np.tile(compile_plan(parts, ()).empty, (len(who), 1))
    held = [place for place, part in enumerate(moved) if part is not None]
    values[:, held] = found[:, [at[part] for part in moved if part is not None]]
    return values


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


def _of(events: Events, who: Numbers) -> Events:
    """Return the events of some enterprises, whose numbers rise."""
    places = _places_of(events, who)
    return events if len(places) == len(events) else events.take(places)


def _places_of(events: Events, who: Numbers) -> Places:
    first, last = events.bounds(who)
    many = last - first
    start = np.repeat(first - (np.cumsum(many) - many), many)
    return np.asarray(start + np.arange(len(start)))


def _without_future(events: Events, early: int) -> Events:
    """Leave out what was known to happen later: it happens by time."""
    return events.take(np.flatnonzero((events.occurred < early) | (events.available >= early)))


def _told_by(events: Events, early: int, late: int) -> Events:
    """Return the events with all that was told between two days told by the first.

    So it can be asked how a record stood on a day when it was not yet told of. What then lies on
    one day stays in the order in which it happened.
    """
    last, clocks = np.int32(early - 1), {name: getattr(events, name) for name in CLOCKS}
    found: dict[str, Any] = {
        name: np.where((clock >= early) & (clock < NEVER), last, clock)
        for name, clock in clocks.items()
    }
    if all((found[name] == clock).all() for name, clock in clocks.items()):
        return events
    new = events.available >= early
    over = (events.ended_available >= early) & (events.ended < late)
    found["occurred"] = np.where(new, np.minimum(events.occurred, last), events.occurred)
    found["ended"] = np.where(over, np.minimum(events.ended, last), events.ended)
    told = replace(events, **found)
    order = np.argsort(told.enterprise * np.int64(1 << 32) + told.occurred, kind="stable")
    return told.take(order)
