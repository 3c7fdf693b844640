"""Passing: what days bring about by themselves, written into warnings and into the audit.

A level begins and ends on its days whether or not this is written down.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import ConflictError
from ...ledger.downgrades import Act, Downgrade, Downgrades
from ..reviewing.clock import clock

__all__ = ["pass_days"]


def pass_days(downgrades: Downgrades, *, at: datetime, actor: str) -> list[Downgrade]:
    """Write down levels that began or ended and clocks that holidays put off; return the warnings.

    Parameters
    ----------
    downgrades
        Of the ledger.
    at, actor
        When, and by whom.
    """
    done, day = [], time.day_of(at)
    for act, found, detail in _brought(downgrades, day):
        with suppress(ConflictError):  # somebody acts on it now, or does the same: the next time
            done.append(
                downgrades.act(found.id, act, at=at, actor=actor, detail=detail, seen=found.version)
            )
    return done


def _brought(downgrades: Downgrades, day: int) -> Iterator[tuple[Act, Downgrade, dict[str, Any]]]:
    """Yield what days brought about; each kind is looked up after the one before was kept."""
    for found, told in _reckoned(downgrades.clocked(day)):
        yield Act.RECKON, found, told
    for act, some in ((Act.BEGIN, downgrades.begun), (Act.EXPIRE, downgrades.ended)):
        for found in some(day):
            days = {"first": time.show(found.first or 0), "until": time.show(found.until or 0)}
            yield act, found, {"level": found.level, **days}


def _reckoned(some: Iterable[Downgrade]) -> Iterator[tuple[Downgrade, dict[str, Any]]]:
    """Yield the warnings whose clock waited for holidays that are announced now, and the clock."""
    for found in some:
        start = None if found.clock is None else found.clock.day("start")
        if found.expected and found.clock is not None and start is not None:
            told = clock(start, int(found.clock.detail["days"]))
            if not told["expected"]:
                yield found, told
