"""Faults planted into the deliveries of a city, from a day on, for `benchmarks.monitoring`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.features import Events, matching
from xinheng.features.events import COLUMNS, ORDER
from xinheng.grading.monitoring import Arrivals, Cause, arrivals_of

Rng = np.random.Generator
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Delivered:
    """The events of a city, and of each who delivered it and when it came."""

    events: Events
    source: npt.NDArray[np.object_]
    arrived: npt.NDArray[np.int32]

    @classmethod
    def of(cls, archive: Archive) -> "Delivered":
        """Read an archive that was filled at once, so that all came when it was available."""
        events = Events.from_view(archive.events())
        records, sequences = archive.first_deliveries()
        names = np.array(["", *(each.source for each in archive.deliveries())], object)
        source = names[sequences[np.searchsorted(records, events.record)]]
        return cls(events, source, events.available)

    def arrivals(self) -> Arrivals:
        """Return what monitoring reads."""
        return arrivals_of(self.events, self.source, self.arrived)

    def streams(self, *patterns: str) -> Mask:
        """Tell which events are of streams."""
        wanted = np.zeros(len(self.events.vocabulary), bool)
        wanted[matching(patterns, self.events.vocabulary)] = True
        return np.asarray(wanted[self.events.stream])

    def since(self, day: int, source: str = "") -> Mask:
        """Tell which records came first from a day on, all that was told of them; of one source."""
        _, record = np.unique(self.events.record, return_inverse=True)
        first = np.full(record.max(initial=-1) + 1, np.iinfo(np.int32).max)
        np.minimum.at(first, record, self.arrived)
        return np.asarray((first[record] >= day) & ((self.source == source) | (source == "")))

    def some(self, share: float, rng: Rng) -> Mask:
        """Draw a share of all records by lot, and tell which events are of them."""
        drawn = rng.random(1 << 16) < share
        return np.asarray(drawn[self.events.record & 0xFFFF])

    def keep(self, rows: Mask) -> "Delivered":
        """Return only some events."""
        places = np.flatnonzero(rows)
        return Delivered(self.events.take(places), self.source[places], self.arrived[places])

    def change(self, vocabulary: tuple[tuple[str, str], ...] = (), **columns: Any) -> "Delivered":
        """Return the events with other values in some columns, in order again."""
        all_columns = {name: getattr(self.events, name) for name in COLUMNS} | columns
        order = np.lexsort([all_columns[name] for name in reversed(ORDER)])
        events = Events(
            **{name: np.ascontiguousarray(column[order]) for name, column in all_columns.items()},
            vocabulary=vocabulary or self.events.vocabulary,
        )
        arrived = np.maximum(all_columns["available"], self.arrived)[order]
        return Delivered(events, self.source[order], arrived)

    def again(self, rows: Mask, days: int = 0) -> "Delivered":
        """Return the events and some of them once more, under new numbers, so many days later."""
        places = np.flatnonzero(rows)
        both = {
            name: np.concatenate([column, column[places]])
            for name in COLUMNS
            for column in [getattr(self.events, name)]
        }
        new = slice(len(self.events), None)
        both["record"][new] ^= np.int64(0x5DEECE66D)
        for clock in ("occurred", "available"):
            both[clock][new] += days
        grown = Delivered(
            self.events,
            np.concatenate([self.source, self.source[places]]),
            np.concatenate([self.arrived, self.arrived[places] + days]),
        )
        return grown.change(**both)


Plant = Callable[[Delivered, int, str, str, Rng], Delivered]


def stop(city: Delivered, day: int, source: str, _kind: str, _rng: Rng) -> Delivered:
    """A department delivers nothing any more."""
    return city.keep(~city.since(day, source))


def delay(city: Delivered, day: int, source: str, _kind: str, _rng: Rng) -> Delivered:
    """A department delivers everything sixty days later than it used to."""
    later = np.where(city.since(day, source), 60, 0).astype(np.int32)
    moved = replace(city, arrived=city.arrived + later)
    return moved.change(available=city.events.available + later)


def halve(city: Delivered, day: int, source: str, _kind: str, rng: Rng) -> Delivered:
    """Half of a department's records are lost on the way."""
    return city.keep(~(city.since(day, source) & city.some(0.5, rng)))


def rename(city: Delivered, day: int, source: str, kind: str, _rng: Rng) -> Delivered:
    """The commonest code of a kind gets a name that nobody has seen."""
    return _recoded(city, day, source, kind, None)


def merge(city: Delivered, day: int, source: str, kind: str, _rng: Rng) -> Delivered:
    """The second commonest code of a kind is delivered as the third."""
    return _recoded(city, day, source, kind, 2)


def _recoded(city: Delivered, day: int, source: str, kind: str, to: int | None) -> Delivered:
    names = list(city.events.vocabulary)
    mine = (city.source == source) & city.streams(kind)
    common = np.argsort(-np.bincount(city.events.stream[mine], minlength=len(names)))
    old = common[0 if to is None else 1]
    new = len(names) if to is None else common[to]
    vocabulary = tuple(names) if to is not None else (*names, (kind, "zz_renamed"))
    stream = city.events.stream.copy()
    stream[city.since(day, source) & (stream == old)] = new
    return city.change(vocabulary, stream=stream)


def rescale(factor: float) -> Plant:
    """The values of a kind are told in another unit."""

    def plant(city: Delivered, day: int, source: str, kind: str, _rng: Rng) -> Delivered:
        rows = city.since(day, source) & city.streams(kind)
        return city.change(value=np.where(rows, city.events.value * factor, city.events.value))

    return plant


def empty(city: Delivered, day: int, source: str, kind: str, _rng: Rng) -> Delivered:
    """A field is left empty."""
    rows = city.since(day, source) & city.streams(kind)
    return city.change(value=np.where(rows, np.nan, city.events.value))


def repeat(city: Delivered, day: int, source: str, kind: str, rng: Rng) -> Delivered:
    """Four in ten records come twice, with all their parts, under another number."""
    mine = city.since(day, source) & city.streams(kind, f"{kind}.*")
    return city.again(mine & city.some(0.4, rng))


def worsen(city: Delivered, day: int, _source: str, _kind: str, rng: Rng) -> Delivered:
    """The city becomes worse: checks find more, samples fail more, more is complained about."""
    more = city.again(
        city.since(day) & city.streams("complaint") & (rng.random(len(city.events)) < 0.6), 3
    )
    return tighten(_failing(more, day, rng), day, "", "", rng)


def tighten(city: Delivered, day: int, _source: str, _kind: str, rng: Rng) -> Delivered:
    """Every fifth check that would have found nothing finds something; nobody else sees it."""
    checks = city.streams("inspection.critical:routine", "inspection.critical:random_*")
    clean = city.since(day) & checks & (city.events.value == 0)
    value = city.events.value.copy()
    value[clean & (rng.random(len(value)) < 0.2)] = 1.0
    return city.change(value=value)


def _failing(city: Delivered, day: int, rng: Rng) -> Delivered:
    names = list(city.events.vocabulary)
    fails = [i for i, (kind, code) in enumerate(names) if kind == "sampling" and "fail" in code]
    rows = city.since(day) & city.streams("sampling:pass*") & (rng.random(len(city.events)) < 0.15)
    stream = city.events.stream.copy()
    stream[rows] = rng.choice(fails, int(rows.sum()))
    return city.change(stream=stream)


@dataclass(frozen=True)
class Fault:
    """How a fault is planted, which causes name it rightly, and into which records it may go.

    `kinds` are patterns of kinds of which a department must deliver enough; none for whole
    departments. A fault without a department is one of the city.
    """

    plant: Plant
    causes: tuple[Cause, ...]
    kinds: tuple[str, ...] = ()
    city: bool = False


RESCALED = rescale(1e4), rescale(0.1)

FAULTS: Mapping[str, Fault] = {
    "stops": Fault(stop, (Cause.STOPPED,)),
    "comes 60 days late": Fault(delay, (Cause.STOPPED, Cause.LATE)),
    "loses half": Fault(halve, (Cause.PARTIAL,)),
    "renames a code": Fault(rename, (Cause.RENAMED,), ("penalty", "inspection", "complaint",
        "change", "sampling", "list_entry", "tax_return", "case_file")),
    "merges two codes": Fault(merge, (Cause.RENAMED, Cause.VANISHED), ("inspection", "complaint",
        "change", "case_file")),
    "unit 10,000 times": Fault(RESCALED[0], (Cause.UNIT,), ("penalty", "insurance", "tax_return",
        "annual_report.employees", "platform.orders")),
    "unit a tenth": Fault(RESCALED[1], (Cause.UNIT,), ("insurance", "platform.orders",
        "tax_return", "licence")),
    "leaves a field empty": Fault(empty, (Cause.BLANK,), ("insurance", "tax_return", "penalty",
        "rectification")),
    "sends records twice": Fault(repeat, (Cause.TWINS,), ("penalty", "insurance", "inspection",
        "post", "repair")),
    "checks find more, alone": Fault(tighten, (Cause.STRICTNESS,), city=True),
    "the city becomes worse": Fault(worsen, (Cause.REAL,), city=True),
}  # fmt: skip


def month_after(day: int, months: int) -> int:
    """Return the first day of a month some months later."""
    month = np.datetime64(int(day), "D").astype("datetime64[M]") + months
    return time.day(str(month) + "-01")
