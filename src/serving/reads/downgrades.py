"""Downgrade warnings: the queue, one of them, what is done to it, and what the enterprise sees."""

import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from ...core import time
from ...core.errors import ConflictError, InvalidError, NotFoundError
from ...earlywarning.downgrading import Desk, code_of, notice
from ...earlywarning.downgrading import escalate as draft_after
from ...earlywarning.enterprises.document import Served
from ...ledger.downgrades import ESCALATED, Act, Downgrade, Place, State, Wanted
from ..access import Permission, Principal
from ..answers import (
    Language,
    Values,
    downgrade_values,
    served_values,
    whole_downgrade_values,
)
from ..entrance.reach import Reach
from ..live.service import Service
from ..problem import ProblemError, sentence
from .reviews import Doing, posters

__all__ = [
    "PERMITS",
    "act_on",
    "find",
    "latest",
    "of_enterprise",
    "place_of",
    "queue",
    "reached",
    "served",
    "state_today",
    "warning",
]

PERMITS: Mapping[Act, Permission] = {
    **dict.fromkeys(
        (
            *(Act.CONFIRM, Act.AMEND, Act.REJECT, Act.RETRACT, Act.SERVE, Act.ANSWER, Act.LIFT),
            *(Act.ESCALATE, Act.NOTE),
        ),
        Permission.DECIDE,
    ),
    Act.AGREE: Permission.SECOND,
    Act.REFUSE: Permission.SECOND,
    Act.STATE: Permission.OBJECT,
}
"""What each act needs."""
LOOKED = 500
CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}|never)~([0-9]{1,9})")


def find(service: Service, number: int) -> Downgrade:
    """Return a warning as it stands today.

    Raises
    ------
    ProblemError
        If there is none of that number.
    """
    try:
        return service.ledger.downgrades.case(number, _today(service))
    except NotFoundError as error:
        raise ProblemError("unknown-downgrade", sentence(error)) from None


def queue(
    service: Service,
    reach: Reach,
    states: frozenset[State] | None,
    district: str | None,
    overdue: bool,
    after: Place | None,
    limit: int,
) -> Values:
    """Return a page of the warnings that are wanted and within reach, those due first before."""
    day = _today(service)
    due_by = day - 1 if overdue else None
    wanted = Wanted(states=states, district=district, due_by=due_by)
    found = [*islice(reached(service, reach, wanted, after), limit + 1)]
    return {
        "downgrades": [downgrade_values(each, day) for _, each in found[:limit]],
        "next": _cursor(found[limit - 1][0]) if len(found) > limit else None,
    }


def of_enterprise(service: Service, number: int, limit: int) -> Values:
    """Return the newest warnings of an enterprise (dense number), oldest of them first."""
    day = _today(service)
    found = service.ledger.downgrades.of(number, day)[-limit:]
    return {"downgrades": [downgrade_values(each, day) for each in found], "next": None}


def reached(
    service: Service, reach: Reach, wanted: Wanted, after: Place | None = None
) -> Iterator[tuple[Place, Downgrade]]:
    """Yield the warnings that are wanted and within reach, those whose clock ends first before.

    Yields
    ------
    Its place in the queue, and the warning.
    """
    downgrades, day = service.ledger.downgrades, _today(service)
    while places := downgrades.queue(wanted, day, after=after, limit=LOOKED):
        found = downgrades.cases([place.case for place in places], day)
        both = zip(places, found, _within(reach, found), strict=True)
        yield from ((place, each) for place, each, told in both if told)
        after = places[-1]


def latest(service: Service, reach: Reach, wanted: Wanted) -> Iterator[Downgrade]:
    """Yield the warnings that are wanted and within reach, those that were drafted last first."""
    day, before = _today(service), None
    while found := service.ledger.downgrades.latest(wanted, day, before=before, limit=LOOKED):
        both = zip(found, _within(reach, found), strict=True)
        yield from (each for each, told in both if told)
        before = found[-1].id


def place_of(cursor: str | None) -> Place | None:
    """Return the place in the queue that a cursor names.

    Raises
    ------
    ValueError
        If it names none.

    Examples
    --------
    >>> place_of("2026-03-13~41")
    Place(due=20525, case=41)
    """
    if cursor is None:
        return None
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise ValueError(f"{cursor!r} is no day and number of a warning")
    due, case = found.groups()
    return Place(time.NEVER if due == time.show(time.NEVER) else time.day(due), int(case))


def warning(service: Service, principal: Principal, found: Downgrade, language: Language) -> Values:
    """Return a warning with all that was done to it, and what somebody may do to it now."""
    possible = [*found.allowed(principal.author)]
    possible += [Act.ESCALATE] if found.state in ESCALATED else []
    acts = [act for act in possible if principal.allows(PERMITS[act])]
    return whole_downgrade_values(found, _today(service), acts, language)


def served(found: Downgrade, language: Language) -> Values:
    """Return a served warning as the enterprise is told of it."""
    return served_values(found, language)


def document(service: Service, found: Downgrade, planned: Served | None) -> str:
    """Return the document of a warning as one page of HTML.

    Parameters
    ----------
    service, found
        The warning, and what is asked.
    planned
        How it is to be served, before it is.

    Raises
    ------
    ProblemError
        If no holidays are known for the days after service.
    """
    try:
        return notice(found, service.archive, service.foresight.policy, planned=planned)
    except InvalidError as error:
        raise ProblemError("invalid-request", sentence(error)) from None


def is_served_by(found: Downgrade, code: str) -> bool:
    """Tell whether a warning was served, with a code on its document."""
    told, served = code_of(found), found.last(Act.SERVE) is not None
    return served and bool(told) and hmac.compare_digest(told.encode(), code.encode())


def state_today(service: Service, found: Downgrade, seen: int | None, doing: Doing) -> Downgrade:
    """Take down a statement that arrives now, whatever day it names; see `act_on`."""
    received = {"received": time.show(_today(service))}
    return act_on(service, found, Act.STATE, seen, doing, {**doing.said, **received})


def act_on(
    service: Service,
    found: Downgrade,
    act: Act,
    seen: int | None,
    doing: Doing,
    said: Mapping[str, Any] | None = None,
) -> Downgrade:
    """Do something to a warning.

    Parameters
    ----------
    service, found, act, seen
        The warning, what is done, and the version on which it rests.
    doing
        By whom, and what was asked.
    said
        What is written down; what was asked if None.

    Raises
    ------
    ProblemError
        If it cannot be done, with the reason: 409 where others were faster or it is not possible
        now, 422 where something is missing or does not fit.
    """
    posted = partial(posters, service, found.draft.enterprise)
    desk = Desk(service.ledger.downgrades, service.foresight.policy, posted)
    return _done(
        partial(
            desk.act,
            found.id,
            act,
            doing.said if said is None else said,
            at=service.now(),
            actor=doing.principal.author,
            seen=seen,
            purpose=doing.purpose,
            asked=doing.asked(f"{act} downgrade {found.id}"),
        )
    )


def escalate(service: Service, found: Downgrade, doing: Doing) -> Downgrade:
    """Draft a severer warning after one in force, on what is new since, and return it.

    Raises
    ------
    ProblemError
        If it is not in force, or nothing new asks for worse.
    """
    return _done(
        partial(
            draft_after,
            service.gradings,
            service.ledger.downgrades,
            service.foresight.policy,
            found,
            service.book.events.of(found.draft.number),
            at=service.now(),
            actor=doing.principal.author,
            purpose=doing.purpose,
        )
    )


def _done(do: Callable[[], Downgrade]) -> Downgrade:
    try:
        return do()
    except ConflictError as error:
        raise ProblemError("conflict", sentence(error)) from None
    except (InvalidError, NotFoundError) as error:
        raise ProblemError("invalid-request", sentence(error)) from None


def _within(reach: Reach, found: Sequence[Downgrade]) -> list[bool]:
    told = reach.among(np.array([each.draft.number for each in found], np.int64))
    return [bool(each) for each in told]


def _cursor(place: Place) -> str:
    return f"{time.show(place.due)}~{place.case}"


def _today(service: Service) -> int:
    return time.day_of(service.now())
