"""Reviews: the queue, one case, and what is done to it."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ...explaining import level_of
from ...grading.reviewing import (
    Desk,
    Graded,
    known_records,
    posters_of,
    standing_records,
)
from ...ledger.reviews import Act, Asked, Case, Opening, Place, Wanted
from ..access import Permission, Principal
from ..answers import (
    Values,
    brief_values,
    objection_values,
    review_policy_values,
    review_values,
)
from ..live.service import Service
from ..problem import ProblemError, sentence

__all__ = [
    "PERMITS",
    "Doing",
    "act_on",
    "find",
    "objection",
    "of_enterprise",
    "open_case",
    "place_of",
    "policy",
    "posters",
    "queue",
    "review",
]

PERMITS: Mapping[Act, Permission] = {
    **dict.fromkeys(
        (
            *(Act.ACCEPT, Act.DECLINE, Act.TAKE, Act.RELEASE, Act.EXTEND, Act.DECIDE),
            *(Act.RETRACT, Act.LIFT, Act.NOTE, Act.NOTIFY),
        ),
        Permission.DECIDE,
    ),
    Act.AGREE: Permission.SECOND,
    Act.REFUSE: Permission.SECOND,
    Act.ANSWER: Permission.POST_RECORDS,
    Act.WITHDRAW: Permission.OBJECT,
}
"""What each act needs."""
LOOKED = 1_000
CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}|never)~([0-9]{1,9})")
Within = Callable[[int], bool]
Posters = Callable[[Sequence[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something, what for, and how a program asks that may ask twice."""

    principal: Principal
    purpose: str
    key: str | None
    said: Mapping[str, Any]

    def asked(self, what: str) -> Asked | None:
        """Return the program's key with the digest of all that it asked."""
        if self.key is None:
            return None
        text = json.dumps([what, self.said], ensure_ascii=False, sort_keys=True)
        return Asked(self.key, hashlib.sha256(text.encode()).hexdigest())


def find(service: Service, number: int) -> Case:
    """Return a case as it stands today.

    Raises
    ------
    ProblemError
        If there is none of that number.
    """
    try:
        return service.ledger.reviews.case(number, _today(service))
    except NotFoundError as error:
        raise ProblemError("unknown-review", sentence(error)) from None


def queue(
    service: Service, wanted: Wanted, after: Place | None, limit: int, within: Within
) -> Values:
    """Return a page of the cases that are wanted and within reach."""
    day = _today(service)
    found = [*islice(_reached(service, wanted, after, within), limit + 1)]
    cases = service.ledger.reviews.cases([place.case for place in found[:limit]], day)
    return {
        "reviews": [brief_values(case, day) for case in cases],
        "next": _cursor(found[limit - 1]) if len(found) > limit else None,
    }


def place_of(cursor: str | None) -> Place | None:
    """Return the place in the queue that a cursor names.

    Raises
    ------
    ValueError
        If it names none.

    Examples
    --------
    >>> place_of("2026-03-13~41")
    Place(due=20525, case=41, number=-1)
    """
    if cursor is None:
        return None
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise ValueError(f"{cursor!r} is no day and number of a case")
    due, case = found.groups()
    return Place(time.NEVER if due == time.show(time.NEVER) else time.day(due), int(case))


def of_enterprise(service: Service, number: int, limit: int) -> Values:
    """Return the newest cases of an enterprise (dense number), oldest of them first."""
    day = _today(service)
    cases = service.ledger.reviews.of(number, day)[-limit:]
    return {"reviews": [brief_values(case, day) for case in cases], "next": None}


def review(service: Service, principal: Principal, case: Case) -> Values:
    """Return a case with all that was done to it, and what somebody may do to it now."""
    allowed = [act for act in case.allowed(principal.author) if principal.allows(PERMITS[act])]
    return review_values(case, _today(service), allowed)


def objection(case: Case) -> Values:
    """Return an objection as who objects is told of it."""
    return objection_values(case)


def policy(service: Service) -> Values:
    """Return the review policy in force today."""
    found = service.of.reviewed.policy
    return review_policy_values(found.name, found.on(_today(service)))


def open_case(service: Service, number: int, cause: str, doing: Doing) -> Case:
    """Open a case of an enterprise (dense number): an objection, or one by hand.

    Raises
    ------
    ProblemError
        If it cannot be, with the reason.
    """
    day, code = _today(service), service.archive.codes([number])[number]
    opening = Opening(
        number=number,
        enterprise=code,
        cause=cause,
        as_of=day,
        level="",
        district=service.of.profiles.district(number, day),
    )
    return _done(
        partial(
            _desk(service).open,
            opening,
            doing.said,
            at=service.now(),
            actor=doing.principal.author,
            purpose=doing.purpose,
            asked=doing.asked(f"open {cause} {code}"),
        )
    )


def act_on(service: Service, case: Case, act: Act, seen: int | None, doing: Doing) -> Case:
    """Do something to a case.

    Raises
    ------
    ProblemError
        If it cannot be done, with the reason: 409 where others were faster or it is not possible
        now, 422 where something is missing or does not fit.
    """
    return _done(
        partial(
            _desk(service, partial(posters, service, case.opening.enterprise)).act,
            case.id,
            act,
            doing.said,
            at=service.now(),
            actor=doing.principal.author,
            seen=seen,
            purpose=doing.purpose,
            asked=doing.asked(f"{act} {case.id}"),
        )
    )


def _done(do: Callable[[], Case]) -> Case:
    try:
        return do()
    except ConflictError as error:
        raise ProblemError("conflict", sentence(error)) from None
    except (InvalidError, NotFoundError) as error:
        raise ProblemError("invalid-request", sentence(error)) from None


def _desk(service: Service, *posters: Posters) -> Desk:
    look = partial(_look, service)
    return Desk(service.ledger.reviews, service.of.reviewed.policy, look, *posters)


def posters(service: Service, enterprise: str, records: Sequence[str]) -> frozenset[str]:
    """Return who posted any version of some records of an enterprise."""
    return posters_of(service.archive, service.ledger.postings, enterprise, records)


def _look(service: Service, number: int, day: int) -> Graded:
    """Return the grade of an enterprise now, with the levels that people set until this moment."""
    grade = service.of.days.grade(number, day)
    people = service.of.reviewed.of(number, day)
    level = level_of(grade, people.override, people.warning)
    own = service.book.events.of(number)
    warned = None if people.warning is None else people.warning.level
    return Graded(grade, level, standing_records(own, day), known_records(own, day), warned)


def _reached(
    service: Service, wanted: Wanted, after: Place | None, within: Within
) -> Iterator[Place]:
    reviews, day = service.ledger.reviews, _today(service)
    while places := reviews.queue(wanted, day, after=after, limit=LOOKED):
        yield from (place for place in places if within(place.number))
        if len(places) < LOOKED:
            return
        after = places[-1]


def _cursor(place: Place) -> str:
    return f"{time.show(place.due)}~{place.case}"


def _today(service: Service) -> int:
    return time.day_of(service.now())
