"""Expiring: what days bring about by themselves is written down in the cases, and so in the audit.

A level that people set ends on its day whether or not anybody writes that down, and a clock runs
by the calendar of now.
"""

from contextlib import suppress
from datetime import datetime

from ...core import time
from ...core.errors import ConflictError
from ...ledger.reviews import Act, Case, Reviews
from .clock import reckoned

__all__ = ["expire", "reckon"]


def expire(reviews: Reviews, *, at: datetime, actor: str) -> list[Case]:
    """Write down which levels that people set have ended, each once, and return their cases.

    Parameters
    ----------
    reviews
        Of the ledger.
    at, actor
        When, and by whom.
    """
    found = []
    for case in reviews.ended(time.day_of(at)):
        if case.decision is None or case.until is None:
            continue
        told = {"level": case.decision.detail["level"], "until": time.show(case.until)}
        with suppress(ConflictError):  # somebody else does the same now
            found.append(reviews.act(case.id, Act.EXPIRE, at=at, actor=actor, detail=told))
    return found


def reckon(reviews: Reviews, *, at: datetime, actor: str) -> list[Case]:
    """Set clocks that waited for holidays which are announced now, and return their cases.

    Parameters
    ----------
    reviews, at, actor
        As for `expire`.
    """
    found = []
    for case in reviews.clocked(time.day_of(at)):
        told = reckoned(case)
        if told is None:
            continue
        with suppress(ConflictError):  # somebody acts on it now: the next time
            done = reviews.act(
                case.id, Act.RECKON, at=at, actor=actor, detail=told, seen=case.version
            )
            found.append(done)
    return found
