"""Records: those behind a contribution, with their share, where they are from, and their clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive import Lineage
from ..core import time
from ..features import Events, Evidence
from .actions import Actions
from .clocks import Clocks, ages_out, repairable
from .publicity import Publicity

__all__ = ["Records", "SharedRecord", "Usual", "shares_of", "usual_of", "ways_of"]

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
class Usual:
    """What was usual in a group on which a rate rests: `total` over `outcomes` gave `value`.

    `own` of the outcomes are the enterprise's.
    """

    group: str
    outcomes: int
    own: int
    total: float
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
        until = terms.until(own, as_of) if terms else {}
        overdue = terms.overdue(own, as_of) if terms else frozenset()
        self._public = {record: day for record, day in until.items() if record not in overdue}
        ahead = terms.lapsed(own, as_of) if terms else own
        self._repairs = repairable(ahead, as_of, can.actions, until) if can else {}

    def shared(self, found: Evidence, contribution: float) -> tuple[SharedRecord, ...]:
        """Return the records of an evidence, the largest share first, those against it last."""
        events = found.events
        ways = ways_of(found, contribution)
        names = [events.vocabulary[stream] for stream in events.stream.tolist()]
        ends = ages_out(found.indicator, self._own, self._as_of)
        columns = (
            getattr(events, name).tolist()
            for name in ("record", "occurred", "available", "severity", "value")
        )
        records = [
            SharedRecord(
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
            for (kind, code), share, way, record, occurred, available, severity, value in zip(
                names,
                shares_of(found, contribution).tolist(),
                ways.tolist(),
                *columns,
                strict=True,
            )
        ]
        return tuple(sorted(records, key=lambda each: (each.against, -each.share)))

    def _clocks(self, record: int, ends: int | None) -> Clocks:
        return Clocks(ends, self._repairs.get(record), self._public.get(record))


def shares_of(found: Evidence, contribution: float) -> Floats:
    """Return how a contribution is shared among the records of an evidence; shape (events,).

    Those that work its way have it in proportion to their effects. Where no record has an effect
    (a cap, one record alone, an indicator of no direction), the rule of the operator shares it
    among the enterprise's own. Where all work the other way, or others alone are behind the value,
    none has a share.
    """
    if not contribution:
        return found.shares
    ways = ways_of(found, contribution)
    if not ways.any() or found.deadlines:
        return found.own_shares
    size = np.where(ways > 0, np.abs(found.effects), 0.0)
    return size / (size.sum() or 1.0)


def ways_of(found: Evidence, contribution: float) -> Floats:
    """Return 1 for each record that works the way of a contribution, -1 for one against it."""
    way: Floats = np.sign(found.effects) * (found.indicator.direction * np.sign(contribution))
    return way


def usual_of(found: Evidence) -> tuple[Usual, ...]:
    """Return what was usual in the groups on which the rates of an evidence rest."""
    return tuple(
        Usual("city", each.city_n, each.own, each.city_total, each.value)
        if each.rate.group == "city"
        else Usual(each.rate.group, each.n, each.own, each.total, each.value)
        for each in found.usual
    )


def _day(day: int | None) -> str | None:
    return None if day is None else time.show(day)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
