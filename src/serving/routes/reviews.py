"""Routes about reviews: the queue, one case, what is done to it, and objections."""

import re
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query
from pydantic import Field
from starlette.responses import Response

from ...ledger.reviews import BY_HAND, OBJECTION, Act, Case, Place, State, Wanted
from ..access import Permission
from ..answers import ObjectionAnswer, QueueAnswer, ReviewAnswer, ReviewPolicyAnswer
from ..answers.values import Level
from ..entrance.caller import Caller
from ..problem import FieldError, ProblemError, shown
from ..questions import Identifier
from ..reads import reviews
from ..statements import (
    DecisionQuestion,
    NoteQuestion,
    ObjectionQuestion,
    ReasonQuestion,
    ReviewQuestion,
)
from .parts import READING, Posting, answers, without

__all__ = [
    "CONFLICT",
    "UNSAID",
    "VERSIONED",
    "AnyKey",
    "Match",
    "Number",
    "router",
    "seen_in",
]

UNKNOWN = {404: "There is no such review, or not for who asks."}
CONFLICT = {409: "Somebody else acted since, or it is not possible now: with what happened."}
POSTED = without(READING, 304) | {400: "The body cannot be read."} | CONFLICT
VERSIONED = {428: "If-Match does not say on which version the act rests."}
ANY, VERSION = "*", re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
LONGEST_KEY, MOST = 255, 200
ACTS: tuple[tuple[Act, type[Any], str], ...] = (
    (Act.WITHDRAW, ReasonQuestion, "Withdraw an objection"),
    (Act.ACCEPT, NoteQuestion, "Accept an objection"),
    (Act.DECLINE, ReasonQuestion, "Decline an objection"),
    (Act.TAKE, NoteQuestion, "Take a review"),
    (Act.RELEASE, NoteQuestion, "Give a review back to the queue"),
    (Act.EXTEND, ReasonQuestion, "Give an objection more time"),
    (Act.DECIDE, DecisionQuestion, "Decide on a grade"),
    (Act.AGREE, NoteQuestion, "Agree as the second person"),
    (Act.REFUSE, ReasonQuestion, "Refuse as the second person"),
    (Act.RETRACT, NoteQuestion, "Take back what one proposed"),
    (Act.ANSWER, ReasonQuestion, "Tell that records are put right"),
    (Act.LIFT, ReasonQuestion, "End a level before its day"),
    (Act.NOTE, ReasonQuestion, "Note something"),
    (Act.NOTIFY, ReasonQuestion, "Note that the enterprise was told"),
)

UNSAID = Annotated[NoteQuestion, Body(default_factory=NoteQuestion)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the case.")]
Token = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=r"^[!-~]+$")]
ONCE = Header(
    alias="Idempotency-Key",
    description="Of your choice, another for each act: asked again by it, it is done once.",
)
Key = Annotated[Token, ONCE]
AnyKey = Annotated[Token | None, ONCE]
Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The version of the case on which the act rests, in quotes; `*` is any.",
        examples=['"4"'],
    ),
]
router = APIRouter(tags=["reviews"])


async def _after(
    after: Annotated[
        str | None, Query(max_length=40, description="Cursor: `next` of the page before.")
    ] = None,
) -> Place | None:
    try:
        return reviews.place_of(after)
    except ValueError:
        message = "expected what `next` of a page was"
        error = FieldError(where="query.after", message=message, value=shown(after))
        detail = "The cursor names no place in the queue: see errors."
        raise ProblemError("invalid-request", detail, [error]) from None


@router.get(
    "/v1/reviews",
    name="reviews",
    summary="The queue of reviews",
    response_description="A page of those within reach, by the end of their clock.",
    response_model=QueueAnswer,
    responses=answers(without(READING, 304, 404)),
)
def queue(
    caller: Posting,
    after: Annotated[Place | None, Depends(_after)],
    state: Annotated[list[State] | None, Query(description="Where they stand.")] = None,
    district: Annotated[
        str | None, Query(max_length=100, description="Its code, or its name if it has none.")
    ] = None,
    level: Annotated[Level | None, Query(description="The level that is reviewed.")] = None,
    cause: Annotated[str | None, Query(max_length=50, pattern=r"^\w+$")] = None,
    overdue: Annotated[bool, Query(description="Only those whose clock has run out.")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
) -> Response:
    """Return the reviews within reach, those whose clock ends first before the others."""
    states = frozenset(state) if state else None
    wanted = Wanted(states=states, district=district, level=level, cause=cause, overdue=overdue)
    make = partial(reviews.queue, caller.service, wanted, after, limit, caller.reach.within())
    asked = {
        "state": sorted(states or ()),
        "district": district,
        "level": level,
        "cause": cause,
        "overdue": overdue,
    }
    asked = {name: value for name, value in asked.items() if value}
    return caller.compute("read reviews", "reviews", asked, make)


@router.get(
    "/v1/review-policy",
    name="review_policy",
    summary="What is reviewed, by when, and by how many people",
    response_description="Triggers, clocks, reasons, and what one person alone may not decide.",
    response_model=ReviewPolicyAnswer,
    responses=answers(without(READING, 304, 404, 422)),
)
def policy(caller: Posting) -> Response:
    """Return the review policy in force today."""
    make = partial(reviews.policy, caller.service)
    return caller.compute("read review policy", "review policy", {}, make)


@router.get(
    "/v1/enterprises/{identifier:path}/reviews",
    name="enterprise_reviews",
    summary="The reviews of an enterprise",
    response_description="Its newest ones, oldest first.",
    response_model=QueueAnswer,
    responses=answers(without(READING, 304)),
)
def of_enterprise(identifier: Identifier, caller: Posting) -> Response:
    """Return the reviews of one enterprise, whatever became of them."""
    number = caller.number(identifier, caller.service.day(None, ""))
    make = partial(reviews.of_enterprise, caller.service, number, MOST)
    return caller.compute("read reviews", identifier, {}, make)


@router.get(
    "/v1/reviews/{case}",
    name="review",
    summary="A review with all that was done to it",
    response_description="Where it stands, what may be done to it now, and every act.",
    response_model=ReviewAnswer,
    responses=answers(without(READING, 304) | UNKNOWN),
)
def one(case: Number, caller: Posting) -> Response:
    """Return one review, oldest act first."""
    found = _found(caller, case)
    make = partial(_review, caller, found)
    return caller.compute("read review", found.opening.enterprise, {"case": case}, make)


@router.post(
    "/v1/reviews",
    name="open_review",
    summary="Open a review by hand",
    response_description="The review.",
    response_model=ReviewAnswer,
    responses=answers(POSTED),
)
def open_review(question: ReviewQuestion, caller: Posting, key: Key) -> Response:
    """Open a review of the present grade of an enterprise, for a reason of one's own."""
    return _opened(caller, "open review", BY_HAND, question, key)


@router.post(
    "/v1/objections",
    name="object",
    summary="Take down an objection of an enterprise",
    response_description="The objection, and by when it has to be accepted or declined.",
    response_model=ObjectionAnswer,
    responses=answers(POSTED),
)
def objects(question: ObjectionQuestion, caller: Posting, key: Key) -> Response:
    """Take down that an enterprise contests its grade; its clock runs from the day it arrived."""
    return _opened(caller, "object", OBJECTION, question, key)


@router.get(
    "/v1/objections/{case}",
    name="objection",
    summary="What became of an objection",
    response_description="Its stage, its clock, and its outcome.",
    response_model=ObjectionAnswer,
    responses=answers(without(READING, 304) | UNKNOWN),
)
def objection(case: Number, caller: Posting) -> Response:
    """Return an objection as who objects is told of it."""
    found = _own_objection(caller, case)
    make = partial(reviews.objection, found)
    return caller.compute("read objection", found.opening.enterprise, {"case": case}, make)


def _acting(act: Act, question: type[Any]) -> Callable[..., Response]:
    """Return the route of one act."""
    find = _own_objection if act is Act.WITHDRAW else _found

    def route(
        case: Number,
        said: Any,
        caller: Posting,
        key: AnyKey = None,
        match: Match = None,
    ) -> Response:
        return _acted(caller, find(caller, case), act, said, key, match)

    route.__annotations__["said"] = UNSAID if question is NoteQuestion else question
    route.__doc__ = question.__doc__
    return route


def _opened(
    caller: Caller, action: str, cause: str, question: ObjectionQuestion | ReviewQuestion, key: str
) -> Response:
    """Open a case of an enterprise within reach."""
    identifier = question.enterprise
    number = caller.number(identifier, caller.service.day(None, ""))
    doing = _doing(caller, key, question.model_dump(mode="json", exclude={"enterprise"}))
    told = reviews.objection if cause == OBJECTION else partial(_review, caller)
    make = partial(reviews.open_case, caller.service, number, cause, doing)
    return caller.compute(action, identifier, {}, lambda: told(make()))


def _acted(
    caller: Caller, found: Case, act: Act, said: Any, key: str | None, match: str | None
) -> Response:
    """Do something to a case within reach."""
    seen = seen_in(match)
    doing = _doing(caller, key, said.model_dump(mode="json", exclude_none=True))
    withdrawn = act is Act.WITHDRAW
    action = "withdraw objection" if withdrawn else f"{act} review"
    told = reviews.objection if withdrawn else partial(_review, caller)
    make = partial(reviews.act_on, caller.service, found, act, seen, doing)
    asked = {"case": found.id, "version": seen}
    return caller.compute(action, found.opening.enterprise, asked, lambda: told(make()))


def _review(caller: Caller, case: Case) -> Any:
    return reviews.review(caller.service, caller.principal, case)


def _found(caller: Caller, case: int) -> Case:
    """Return a case within reach.

    Whoever is held to some enterprises is told of all other cases, and of those that there are
    not, the same.
    """
    reach = caller.reach
    if reach.everywhere:
        return reviews.find(caller.service, case)
    try:
        found = reviews.find(caller.service, case)
    except ProblemError:
        found = None
    if found is not None and reach.within()(found.opening.number):
        return found
    problem = ProblemError(
        "beyond-reach",
        f"Review {case} is not of an enterprise that this {caller.principal.means} reaches. That "
        "is said of every other one, whether it is there or not; GET /v1/reviews lists those that "
        "are within reach.",
    )
    caller.visit.refuse(problem, f"review {case}")
    raise problem


def _own_objection(caller: Caller, case: int) -> Case:
    """Return an objection: of those who may read no grade, one that they took down themselves.

    They are told of another's, and of those that there are not, the same.
    """
    none = ProblemError("unknown-review", f"There is no objection {case} of yours.")
    try:
        found = _found(caller, case)
    except ProblemError as problem:
        raise (none if problem.name == none.name else problem) from None
    reads = caller.principal.grant.allows(Permission.READ_GRADE)
    if not found.is_objection or not (reads or found.events[0].actor == caller.principal.author):
        raise none
    return found


def _doing(caller: Caller, key: str | None, said: dict[str, Any]) -> reviews.Doing:
    return reviews.Doing(caller.principal, caller.visit.purpose, key, said)


def seen_in(match: str | None) -> int | None:
    """Return the version on which an act rests, by If-Match; None if any will do.

    Raises
    ------
    ProblemError
        If it names none.
    """
    if match is None:
        raise ProblemError(
            "version-required",
            'Say on which version of the review the act rests, as If-Match: "4" with the '
            "`version` that you saw: somebody else may have acted since.",
        )
    if match.strip() == ANY:
        return None
    found = VERSION.fullmatch(match.strip())
    if found is None:
        error = FieldError(
            where="header.If-Match", message='expected a version, such as "4"', value=shown(match)
        )
        raise ProblemError("invalid-request", "If-Match names no version: see errors.", [error])
    return int(found[1])


for _act, _question, _summary in ACTS:
    _objecting = _act is Act.WITHDRAW
    router.post(
        f"/v1/{'objections' if _objecting else 'reviews'}/{{case}}/{_act}",
        name="withdraw_objection" if _objecting else f"review_{_act}",
        summary=_summary,
        response_description="The objection." if _objecting else "The review after it.",
        response_model=ObjectionAnswer if _objecting else ReviewAnswer,
        responses=answers(POSTED | UNKNOWN | VERSIONED),
    )(_acting(_act, _question))
