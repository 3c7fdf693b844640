"""Scanning: the changes of level that policy wants people to look at become cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import ConflictError
from ...ledger import Change, History
from ...ledger.reviews import Act, Case, Opening, Reviews
from ..scale import Level
from .clock import clock
from .edition import ReviewEdition
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

    An enterprise that has a case which is not decided gets no second one: what moved meanwhile is
    written down in that one. Nor does one get any whose level people set and which changed by that.

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
        _move(changes, waiting, reviews, policy, at, actor)
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
        setting = overrides.on(change.number, change.as_of)
        by_people = setting is not None and setting.level == change.level
        is_old = change.as_of < today - edition.back_days
        if trigger is None or by_people or is_old or change.number in seen:
            continue
        seen.add(change.number)
        opening = Opening(
            number=change.number,
            enterprise=change.enterprise,
            cause=trigger.id,
            as_of=change.as_of,
            level=change.level,
            change=change.id,
        )
        detail = {
            **_told(change),
            **clock(today, trigger.days),
            "policy": f"{policy.name} {edition.version}",
        }
        yield opening, detail


def _move(
    changes: Sequence[Change],
    waiting: frozenset[int],
    reviews: Reviews,
    policy: ReviewPolicy,
    at: datetime,
    actor: str,
) -> None:
    """Write down in cases that are not decided to which level their enterprise moved."""
    today, newest = time.day_of(at), {change.number: change for change in changes}
    edition = policy.on(today)
    for case in reviews.undecided([*waiting & newest.keys()], today):
        change = newest[case.opening.number]
        if change.level == case.level or change.as_of < case.opening.as_of:
            continue
        told = {**_told(change), "level": change.level, **_sooner(case, change, edition, today)}
        with suppress(ConflictError):  # it was decided at this moment
            reviews.act(case.id, Act.MOVE, at=at, actor=actor, detail=told)


def _sooner(case: Case, change: Change, edition: ReviewEdition, today: int) -> dict[str, Any]:
    """Return the clock of a change where it asks for a case sooner than the one that there is."""
    trigger = edition.trigger_of(Level.of(change.previous), Level.of(change.level), change.id)
    if trigger is None or case.is_objection or case.due is None:
        return {}
    found = clock(today, trigger.days)
    return found if time.day(found["due"]) < case.due else {}


def _told(change: Change) -> dict[str, Any]:
    return {"level_before": change.previous, "causes": change.cause.split(), "run": change.run}
