"""Scanning: the changes of level that policy wants people to look at become cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...core import time
from ...ledger import Change, History
from ...ledger.reviews import Case, Opening, Reviews
from ..scale import Level
from .reviewpolicy import ReviewPolicy

__all__ = ["scan"]

BATCH = 10_000

Districts = Callable[[Sequence[int], int], Mapping[int, str]]
Found = tuple[Opening, Mapping[str, Any]]


def scan(
    history: History,
    reviews: Reviews,
    policy: ReviewPolicy,
    *,
    at: datetime,
    actor: str,
    districts: Districts = lambda _numbers, _day: {},
) -> list[Case]:
    """Open the cases that policy asks for, of all changes of level since the last time.

    An enterprise that has a case which is not decided gets no second one, nor one whose level
    people set and which changed by that.

    Parameters
    ----------
    history, reviews
        Of the ledger.
    policy
        Its edition in force now says which.
    at, actor
        When, and by whom.
    districts
        Returns the districts of enterprises (dense numbers) as of a day, of those that are known.

    Raises
    ------
    ConflictError
        If somebody else did the same meanwhile.
    """
    opened: list[Case] = []
    after = reviews.scanned()
    while changes := history.changes(after=after, limit=BATCH):
        waiting = reviews.waiting()
        found = [*_asked(changes, waiting, reviews, policy, at)]
        where = districts([opening.number for opening, _ in found], time.day_of(at))
        found = [
            (replace(opening, district=where.get(opening.number)), detail)
            for opening, detail in found
        ]
        last = changes[-1].id
        opened += reviews.record_scan(found, after=after, change=last, at=at, actor=actor)
        after = last
    return opened


def _asked(
    changes: list[Change],
    waiting: frozenset[int],
    reviews: Reviews,
    policy: ReviewPolicy,
    at: datetime,
) -> Iterator[Found]:
    """Yield the openings that changes ask for, one for each enterprise at most."""
    today, overrides, seen = time.day_of(at), reviews.overrides(), set(waiting)
    edition = policy.on(today)
    for change in reversed(changes):
        before, after = Level.of(change.previous), Level.of(change.level)
        trigger = edition.trigger_of(before, after, change.id)
        by_people = overrides.on(change.number, change.as_of) is not None
        is_old = change.as_of < today - edition.back_days
        if trigger is None or by_people or is_old or change.number in seen:
            continue
        seen.add(change.number)
        due, expected = edition.due("review", today, trigger.days)
        opening = Opening(
            number=change.number,
            enterprise=change.enterprise,
            cause=trigger.id,
            as_of=change.as_of,
            level=change.level,
            change=change.id,
        )
        detail = {
            "due": time.show(due),
            "expected": expected,
            "level_before": change.previous,
            "causes": change.cause.split(),
            "run": change.run,
            "policy": f"{policy.name} {edition.version}",
        }
        yield opening, detail
