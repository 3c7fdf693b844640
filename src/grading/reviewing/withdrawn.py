"""Withdrawn: a level that people set on a record is looked at again once that is withdrawn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from ...core import time
from ...ledger.reviews import OVER, RECORD_WITHDRAWN, Case, Opening, Reviews
from .clock import clock
from .reviewpolicy import ReviewPolicy

__all__ = ["reopen"]

Gone = Callable[[Mapping[int, Sequence[str]], int], Mapping[int, Sequence[str]]]


def reopen(
    reviews: Reviews, policy: ReviewPolicy, gone: Gone, *, at: datetime, actor: str
) -> list[Case]:
    """Open a case for each level in force of which a record is withdrawn, and return them.

    The level stands until people lift it or set another one. While an enterprise has a case that
    is not decided, it gets none; and it gets one for the same records once.

    Parameters
    ----------
    reviews, policy
        Of the ledger; and what says by when a case is decided.
    gone
        Returns which of some records (by dense number of the enterprise) do not stand any more as
        of a day.
    at, actor
        When, and by whom.
    """
    today, found = time.day_of(at), list[Case]()
    told = clock(today, policy.on(today).clocks["review"])
    for case, records in _shaken(reviews, gone, today):
        opening = Opening(
            number=case.opening.number,
            enterprise=case.opening.enterprise,
            cause=RECORD_WITHDRAWN,
            as_of=today,
            level=str(case.decision and case.decision.detail["level"]),
            district=case.opening.district,
        )
        detail = {**told, "by": case.id, "records": records}
        found.append(reviews.open(opening, at=at, actor=actor, detail=detail))
    return found


def _shaken(reviews: Reviews, gone: Gone, day: int) -> Iterator[tuple[Case, list[str]]]:
    """Yield the cases in force of which records are gone that nobody was told of, and these."""
    settings = reviews.overrides().in_force(day)
    found = reviews.cases([setting.case for setting in settings.values()], day)
    cases = {case.opening.number: case for case in found if case.state not in OVER}
    named = {number: _records(case) for number, case in cases.items() if _records(case)}
    waiting = reviews.waiting()
    for number, records in gone(named, day).items():
        told = {
            record
            for each in reviews.of(number, day)
            if each.opening.cause == RECORD_WITHDRAWN
            for record in each.events[0].detail["records"]
        }
        new = [record for record in records if record not in told]
        if new and number not in waiting:
            yield cases[number], new


def _records(case: Case) -> list[str]:
    return [] if case.decision is None else [*case.decision.detail.get("records", ())]
