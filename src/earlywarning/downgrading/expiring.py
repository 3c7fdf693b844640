"""Expiring: what days bring about by themselves is written down in the warnings, and in the audit.

A level begins and ends on its day whether or not anybody writes that down, and a clock runs by the
calendar of now.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import ConflictError
from ...grading.reviewing.clock import clock
from ...ledger.downgrades import Act, Downgrade, Downgrades

__all__ = ["Expired", "expire"]


@dataclass(frozen=True, slots=True)
class Expired:
    """What was written down: levels that began, levels that ended, clocks set anew."""

    begun: tuple[Downgrade, ...]
    ended: tuple[Downgrade, ...]
    clocks: tuple[Downgrade, ...]


def expire(downgrades: Downgrades, *, at: datetime, actor: str) -> Expired:
    """Write down which levels have begun and ended, each once, and set clocks that waited.

    Parameters
    ----------
    downgrades
        Of the ledger.
    at, actor
        When, and by whom.
    """
    day = time.day_of(at)
    written = _Written(downgrades, at, actor)
    begun = written.down(Act.BEGIN, ((each, _held(each)) for each in downgrades.begun(day)))
    ended = written.down(Act.EXPIRE, ((each, _held(each)) for each in downgrades.ended(day)))
    waited = ((each, _reckoned(each)) for each in downgrades.clocked(day) if each.expected)
    clocks = written.down(Act.RECKON, ((each, told) for each, told in waited if told))
    return Expired(begun, ended, clocks)


@dataclass(frozen=True, slots=True)
class _Written:
    downgrades: Downgrades
    at: datetime
    actor: str

    def down(
        self, act: Act, some: Iterable[tuple[Downgrade, Mapping[str, Any]]]
    ) -> tuple[Downgrade, ...]:
        """Write an act into warnings; what somebody else does at the same moment is theirs."""
        found = []
        for each, told in some:
            with suppress(ConflictError):
                done = self.downgrades.act(
                    each.id, act, at=self.at, actor=self.actor, detail=told, seen=each.version
                )
                found.append(done)
        return tuple(found)


def _held(each: Downgrade) -> dict[str, Any]:
    days = {"since": each.first, "until": each.until}
    told = {name: time.show(day) for name, day in days.items() if day is not None}
    return {"level": each.level} | told


def _reckoned(each: Downgrade) -> dict[str, Any]:
    """Return the clock of a warning once holidays are announced; nothing where they are not."""
    if each.clock is None or each.clock.day("start") is None:
        return {}
    told = clock(each.clock.day("start") or 0, int(each.clock.detail["days"]))
    return {} if told["expected"] else told
