"""Records: those behind a contribution, with their share, where they are from, and their clocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..archive import Lineage
from ..core import time
from ..features import Events, Evidence
from .law.actions import Actions
from .law.clocks import Clocks, ages_out, repairable
from .law.publicity import Publicity

__all__ = [
    "MissedDeadline",
    "Records",
    "SharedRecord",
    "Usual",
    "missed_of",
    "shares_of",
    "usual_of",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """A record behind a contribution.

    `share` is its part of what the records behind do (see `shares_of`), `contribution` that part of
    the indicator's contribution; the latter is 0 for the record behind a rule. `against` tells
    that it works the other way: without it the contribution would be larger.
    `origin` tells which department delivered it under what number, where that was looked up, and
    `clocks` what time will do to it.
    """

    record: int
    kind: str
    code: str
    occurred: int
    available: int
    severity: float
    value: float
    share: float
    contribution: float
    against: bool
    clocks: Clocks
    origin: Lineage | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the record as values that JSON knows; days as text, missing as None."""
        repair = self.clocks.repair
        return {
            "record": self.record,
            "kind": self.kind,
            "code": self.code,
            "occurred": time.show(self.occurred),
            "available": time.show(self.available),
            "severity": _number(self.severity),
            "value": _number(self.value),
            "share": self.share,
            "contribution": self.contribution,
            "against": self.against,
            "ages_out": _day(self.clocks.ages_out),
            "repairable": None if repair is None else _day(repair.day),
            "repair_awaits": None if repair is None else repair.awaits,
            "public_until": _day(self.clocks.public_until),
            "origin": None if self.origin is None else self.origin.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class MissedDeadline:
    """A deadline behind a contribution that passed without what was due by it.

    `due` is its day; the others are as of a record.
    """

    due: int
    share: float
    contribution: float
    against: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the deadline as values that JSON knows; its day as text."""
        return {
            "due": time.show(self.due),
            "share": self.share,
            "contribution": self.contribution,
            "against": self.against,
        }


@dataclass(frozen=True, slots=True)
class Usual:
    """What was usual in a group: `value` of `outcomes`, of which `own` are the enterprise's.

    A rate is `total` over outcomes; a median has no total.
    """

    group: str
    outcomes: int
    own: int
    total: float | None
    value: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "group": self.group,
            "outcomes": self.outcomes,
            "own": self.own,
            "total": self.total,
            "value": _number(self.value),
        }


class Shares(NamedTuple):
    """How a contribution is shared among the records of an evidence and the deadlines missed.

    `rows` are the events that stand for the records. The ways are 1 of what works the way of the
    contribution, -1 of what works against it, else 0.
    """

    rows: npt.NDArray[np.intp]
    records: Floats
    ways: Floats
    deadlines: Floats
    late_ways: Floats


class Records:
    """The records of one enterprise as of a day, and what tells of them.

    Parameters
    ----------
    own, as_of
        The events of the enterprise as known before the day, and the day.
    origins
        Where records are from, by number.
    actions, publicity
        By which clocks they are repaired and public; those of the package if None.

    `note` is what has to be known about these clocks, if there are any on the day.
    """

    def __init__(
        self,
        own: Events,
        as_of: int,
        origins: Mapping[int, Lineage],
        actions: Actions | None = None,
        publicity: Publicity | None = None,
    ) -> None:
        self._own, self._as_of, self._origins = own, as_of, origins
        can = (actions or Actions.default()).covering(as_of)
        terms = (publicity or Publicity.default()).covering(as_of)
        self.note = terms.note if terms else None
        public = terms.of(own, as_of) if terms else None
        until = public.until() if public else {}
        overdue = public.overdue() if public else frozenset()
        self._public = {record: day for record, day in until.items() if record not in overdue}
        ahead = public.lapsed() if public else own
        self._repairs = repairable(ahead, as_of, can.actions, until) if can else {}

    def shared(self, found: Evidence, contribution: float) -> tuple[SharedRecord, ...]:
        """Return the records of an evidence, the largest share first, those against it last."""
        told = self._told(found, shares_of(found, contribution), contribution)
        return tuple(sorted(told, key=lambda each: (each.against, -each.share)))

    def meeting(self, found: Evidence) -> tuple[SharedRecord, ...]:
        """Return the records by which the condition of a rule is met."""
        told = self._told(found, shares_of(found, 1.0), 0.0)
        return tuple(each for each in told if each.share)

    def _told(self, found: Evidence, shares: Shares, contribution: float) -> Iterator[SharedRecord]:
        if not len(shares.rows):
            return
        events = found.events
        names = [events.vocabulary[stream] for stream in events.stream[shares.rows].tolist()]
        ends = ages_out(found.indicator, self._own, self._as_of)
        columns = (
            getattr(events, name)[shares.rows].tolist()
            for name in ("record", "occurred", "available", "severity", "value")
        )
        for (kind, code), share, way, record, occurred, available, severity, value in zip(
            names, shares.records.tolist(), shares.ways.tolist(), *columns, strict=True
        ):
            yield SharedRecord(
                record=record,
                kind=kind,
                code=code,
                occurred=occurred,
                available=available,
                severity=severity,
                value=value,
                share=share,
                contribution=share * contribution,
                against=way < 0,
                clocks=self._clocks(record, ends.get(record)),
                origin=self._origins.get(record),
            )

    def _clocks(self, record: int, ends: int | None) -> Clocks:
        return Clocks(ends, self._repairs.get(record), self._public.get(record))


def shares_of(found: Evidence, contribution: float) -> Shares:
    """Return how a contribution is shared.

    Those that work its way have it in proportion to their effects. Where none does, those have it
    that say the value, by the rule of the operator; and so have all in an indicator of no
    direction. Where all work the other way, or others alone are behind the value, none has a share.
    """
    rows, effects, own = found.by_record()
    says, days = np.isnan(effects), _days_missed(found)
    way = found.indicator.direction * np.sign(contribution)
    effects = np.where(says, 0.0, effects)
    records, deadlines = np.maximum(effects * way, 0.0), np.maximum(days * way, 0.0)
    if not records.any() and not deadlines.any():
        free = not found.indicator.direction
        records = np.where(says | free, own, 0.0)
        deadlines = free * (1 - own.sum()) * (days != 0)
    whole = records.sum() + deadlines.sum() or 1.0
    ways, late_ways = np.sign(effects) * way, np.sign(days) * way
    return Shares(rows, records / whole, ways, deadlines / whole, late_ways)


def missed_of(found: Evidence, contribution: float) -> tuple[MissedDeadline, ...]:
    """Return the deadlines missed behind a contribution, the first one first."""
    due = [day for _, missed in found.deadlines for day in missed]
    if not due:
        return ()
    shares = shares_of(found, contribution)
    return tuple(
        MissedDeadline(day, share, share * contribution, against=way < 0)
        for day, share, way in sorted(
            zip(due, shares.deadlines.tolist(), shares.late_ways.tolist(), strict=True)
        )
    )


def _days_missed(found: Evidence) -> Floats:
    """Return what each deadline that was missed does to a value."""
    days = [len(missed) for _, missed in found.deadlines]
    return np.repeat(np.array(found.deadline_effects, np.float64), days)


def usual_of(found: Evidence) -> tuple[Usual, ...]:
    """Return what was usual in the groups on which an evidence rests.

    Medians are told where they stand in, as nothing of the enterprise is on record.
    """
    rates = (
        Usual("city", each.city_n, each.own, each.city_total, each.value)
        if each.rate.group == "city"
        else Usual(each.rate.group, each.n, each.own, each.total, each.value)
        for each in found.usual
    )
    medians = (
        Usual("city", each.city_n, 0, None, each.value)
        if each.is_city
        else Usual(each.median.group, each.n, 0, None, each.value)
        for each in found.medians
        if not len(found.events)
    )
    return (*rates, *medians)


def _day(day: int | None) -> str | None:
    return None if day is None else time.show(day)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
