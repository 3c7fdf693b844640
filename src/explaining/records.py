"""Records: those behind a contribution, with their share, where they are from, and their clocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..archive import Lineage
from ..core import time
from ..features import Events, Evidence
from .actions import Actions
from .clocks import Clocks, ages_out, repairable
from .publicity import Publicity

__all__ = [
    "MissedDeadline",
    "Records",
    "SharedRecord",
    "Usual",
    "missed_of",
    "shares_of",
    "usual_of",
    "ways_of",
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
        self._public = terms.until(own, as_of) if terms else {}
        ahead = terms.lapsed(own, as_of) if terms else own
        self._repairs = repairable(ahead, as_of, can.actions, self._public) if can else {}

    def shared(self, found: Evidence, contribution: float) -> tuple[SharedRecord, ...]:
        """Return the records of an evidence, the largest share first, those against it last."""
        shares, ways = shares_of(found, contribution).records, ways_of(found, contribution)
        told = self._told(found, shares, contribution, ways)
        return tuple(sorted(told, key=lambda each: (each.against, -each.share)))

    def meeting(self, found: Evidence) -> tuple[SharedRecord, ...]:
        """Return the records by which the condition of a rule is met."""
        shares = shares_of(found, 1.0).records
        told = self._told(found, shares, 0.0, np.zeros(len(shares)))
        return tuple(each for each in told if each.share)

    def _told(
        self, found: Evidence, shares: Floats, contribution: float, ways: Floats
    ) -> Iterator[SharedRecord]:
        events = found.events.take(found.by_record().rows)
        names = [events.vocabulary[stream] for stream in events.stream.tolist()]
        ends = ages_out(found.indicator, self._own, self._as_of)
        columns = (
            getattr(events, name).tolist()
            for name in ("record", "occurred", "available", "severity", "value")
        )
        for (kind, code), share, way, record, occurred, available, severity, value in zip(
            names, shares.tolist(), ways.tolist(), *columns, strict=True
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


class Shares(NamedTuple):
    """The parts of a contribution: of each record, and of each deadline missed."""

    records: Floats
    deadlines: Floats


def shares_of(found: Evidence, contribution: float) -> Shares:
    """Return how a contribution is shared among records (`Evidence.by_record`) and deadlines.

    Those that work its way have it in proportion to their effects. Where none does, those have it
    that say the value, by the rule of the operator; and so have all in an indicator of no
    direction. Where all work the other way, or others alone are behind the value, none has a share.
    """
    by, days = found.by_record(), _days_missed(found)
    ways, late = ways_of(found, contribution), np.sign(days) * _way(found, contribution)
    records = np.where(ways > 0, np.abs(np.nan_to_num(by.effects)), 0.0)
    deadlines = np.where(late > 0, np.abs(days), 0.0)
    if not records.any() and not deadlines.any():
        free = not found.indicator.direction
        records = np.where(np.isnan(by.effects) | free, by.shares, 0.0)
        deadlines = free * (1 - by.shares.sum()) * (days != 0)
    whole = records.sum() + deadlines.sum() or 1.0
    return Shares(records / whole, deadlines / whole)


def ways_of(found: Evidence, contribution: float) -> Floats:
    """Return 1 for each record that works the way of a contribution, -1 for one against it."""
    effects = np.nan_to_num(found.by_record().effects)
    return np.asarray(np.sign(effects) * _way(found, contribution), np.float64)


def missed_of(found: Evidence, contribution: float) -> tuple[MissedDeadline, ...]:
    """Return the deadlines missed behind a contribution, the first one first."""
    shares, days = shares_of(found, contribution).deadlines.tolist(), _days_missed(found)
    against = (np.sign(days) * _way(found, contribution) < 0).tolist()
    due = [day for _, missed in found.deadlines for day in missed]
    return tuple(
        MissedDeadline(day, share, share * contribution, against=other)
        for day, share, other in sorted(zip(due, shares, against, strict=True))
    )


def _days_missed(found: Evidence) -> Floats:
    """Return what each deadline that was missed does to a value."""
    days = [len(missed) for _, missed in found.deadlines]
    return np.repeat(np.array(found.deadline_effects, np.float64), days)


def _way(found: Evidence, contribution: float) -> float:
    """Return 1 if what raises a value works the way of a contribution, -1 if against it."""
    return float(found.indicator.direction * np.sign(contribution))


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
