"""Routes about downgrade warnings: the queue, one of them, and what is done to it."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import HTMLResponse, Response

from ...core import time
from ...earlywarning.enterprises.document import Served
from ...ledger.downgrades import Act, Downgrade, Place, State
from ..access import Permission
from ..answers import DowngradeAnswer, DowngradesAnswer, Language, ServedAnswer
from ..entrance.caller import KEPT, Caller
from ..problem import FieldError, ProblemError, shown
from ..questions import AsOf, Identifier
from ..reads import downgrades
from ..reads.reviews import Doing
from ..statements import (
    AmendmentQuestion,
    NoteQuestion,
    ReasonQuestion,
    ReplyQuestion,
    ServiceQuestion,
    StatementQuestion,
)
from .parts import READING, Posting, Spoken, answers, without
from .reviews import CONFLICT, UNSAID, VERSIONED, AnyKey, Match, Number, seen_in

__all__ = ["POSTED", "UNKNOWN", "router"]

UNKNOWN = {404: "There is no such warning, or not for who asks."}
POSTED = without(READING, 304) | {400: "The body cannot be read."} | CONFLICT | UNKNOWN | VERSIONED
MOST = 200
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
ACTS: tuple[tuple[Act, type[Any], str], ...] = (
    (Act.CONFIRM, NoteQuestion, "Confirm a downgrade warning"),
    (Act.AMEND, AmendmentQuestion, "Confirm it with another level, period or fewer grounds"),
    (Act.REJECT, ReasonQuestion, "Reject a downgrade warning"),
    (Act.AGREE, NoteQuestion, "Agree as the second person to a downgrade warning"),
    (Act.REFUSE, ReasonQuestion, "Refuse as the second person"),
    (Act.RETRACT, NoteQuestion, "Take back what one proposed"),
    (Act.SERVE, ServiceQuestion, "Note that a downgrade warning was served"),
    (Act.ANSWER, ReplyQuestion, "Answer the statement of the enterprise"),
    (Act.LIFT, ReasonQuestion, "End a downgrade warning before its day"),
    (Act.NOTE, ReasonQuestion, "Note something on a downgrade warning"),
)
CODE = "Document-Code"
Code = Annotated[
    str | None,
    Header(
        alias=CODE,
        max_length=50,
        description="The code on the document that was served; who reads grades needs none.",
    ),
]
router = APIRouter(tags=["downgrade warnings"])


async def _after(
    after: Annotated[
        str | None, Query(max_length=40, description="Cursor: `next` of the page before.")
    ] = None,
) -> Place | None:
    try:
        return downgrades.place_of(after)
    except ValueError:
        message = "expected what `next` of a page was"
        error = FieldError(where="query.after", message=message, value=shown(after))
        detail = "The cursor names no place in the queue: see errors."
        raise ProblemError("invalid-request", detail, [error]) from None


@router.get(
    "/v1/downgrades",
    name="downgrades",
    summary="The queue of downgrade warnings",
    response_description="A page of those within reach, by the end of their clock.",
    response_model=DowngradesAnswer,
    responses=answers(without(READING, 304, 404)),
)
def queue(
    caller: Posting,
    after: Annotated[Place | None, Depends(_after)],
    state: Annotated[list[State] | None, Query(description="Where they stand.")] = None,
    district: Annotated[
        str | None, Query(max_length=100, description="Its code, or its name if it has none.")
    ] = None,
    overdue: Annotated[bool, Query(description="Only those whose clock has run out.")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
) -> Response:
    """Return the warnings within reach, those whose clock ends first before the others."""
    states = frozenset(state) if state else None
    make = partial(
        downgrades.queue, caller.service, caller.reach, states, district, overdue, after, limit
    )
    asked = {"state": sorted(states or ()), "district": district, "overdue": overdue}
    asked = {name: value for name, value in asked.items() if value}
    return caller.compute("read downgrades", "downgrades", asked, make)


@router.get(
    "/v1/enterprises/{identifier:path}/downgrades",
    name="enterprise_downgrades",
    summary="The downgrade warnings of an enterprise",
    response_description="Its newest ones, oldest first.",
    response_model=DowngradesAnswer,
    responses=answers(without(READING, 304)),
)
def of_enterprise(identifier: Identifier, caller: Posting) -> Response:
    """Return the warnings of one enterprise, whatever became of them."""
    number = caller.number(identifier, caller.service.day(None, ""))
    make = partial(downgrades.of_enterprise, caller.service, number, MOST)
    return caller.compute("read downgrades", identifier, {}, make)


@router.get(
    "/v1/downgrades/{case}",
    name="downgrade",
    summary="A downgrade warning with all that was done to it",
    response_description="Where it stands, its grounds, what may be done to it, and every act.",
    response_model=DowngradeAnswer,
    responses=answers(without(READING, 304) | UNKNOWN),
)
def one(case: Number, caller: Posting, language: Spoken) -> Response:
    """Return one warning, oldest act first."""
    found = _found(caller, case)
    make = partial(_told, caller, found, language)
    enterprise = found.draft.enterprise
    return caller.compute("read downgrade", enterprise, {"case": case}, make, language)


def _acting(act: Act, question: type[Any]) -> Callable[..., Response]:
    """Return the route of one act."""

    def route(
        case: Number,
        said: Any,
        caller: Posting,
        language: Spoken,
        key: AnyKey = None,
        match: Match = None,
    ) -> Response:
        return _acted(caller, _found(caller, case), act, said, key, match, language)

    route.__annotations__["said"] = UNSAID if question is NoteQuestion else question
    route.__doc__ = question.__doc__
    return route


def _acted(
    caller: Caller,
    found: Downgrade,
    act: Act,
    said: Any,
    key: str | None,
    match: str | None,
    language: Language,
) -> Response:
    """Do something to a warning within reach."""
    seen = seen_in(match)
    told = said.model_dump(mode="json", exclude_none=True)
    doing = Doing(caller.principal, caller.visit.purpose, key, told)
    asked = {"case": found.id, "version": seen}

    def make() -> Any:
        after = downgrades.act_on(caller.service, found, act, seen, doing)
        return _told(caller, after, language)

    return caller.compute(f"{act} downgrade", found.draft.enterprise, asked, make, language)


@router.post(
    "/v1/downgrades/{case}/escalate",
    name="downgrade_escalate",
    summary="Draft a severer warning on what is new since",
    response_description="The draft, which follows the warning.",
    response_model=DowngradeAnswer,
    responses=answers(without(POSTED, 428)),
)
def escalate(case: Number, caller: Posting, language: Spoken) -> Response:
    """Draft a severer warning after one in force, if rules tell of enough that is new."""
    found = _found(caller, case)
    doing = Doing(caller.principal, caller.visit.purpose, None, {})

    def make() -> Any:
        return _told(caller, downgrades.escalate(caller.service, found, doing), language)

    enterprise, asked = found.draft.enterprise, {"case": case}
    return caller.compute("escalate downgrade", enterprise, asked, make, language)


@router.get(
    "/v1/downgrades/{case}/served",
    name="served_downgrade",
    summary="A served downgrade warning, as its enterprise is told of it",
    response_description="What it sets, on which grounds, and by when a statement may be made.",
    response_model=ServedAnswer,
    responses=answers(without(READING, 304) | UNKNOWN),
)
def served(case: Number, caller: Posting, language: Spoken, code: Code = None) -> Response:
    """Return a served warning to who has its document, or takes a statement down."""
    found = _served(caller, case, code)
    make = partial(downgrades.served, found, language)
    enterprise = found.draft.enterprise
    return caller.compute("read served downgrade", enterprise, {"case": case}, make, language)


@router.post(
    "/v1/downgrades/{case}/state",
    name="downgrade_state",
    summary="Take down what an enterprise states on a downgrade warning",
    response_description="The warning after it, as its enterprise is told of it.",
    response_model=ServedAnswer,
    responses=answers(POSTED),
)
def state(
    case: Number,
    said: StatementQuestion,
    caller: Posting,
    language: Spoken,
    code: Code = None,
    key: AnyKey = None,
    match: Match = None,
) -> Response:
    """Take down a statement 陈述申辩; while it is not answered, no level of the warning counts."""
    found, seen = _served(caller, case, code), seen_in(match)
    told = said.model_dump(mode="json", exclude_none=True)
    doing = Doing(caller.principal, caller.visit.purpose, key, told)

    def make() -> Any:
        if _reads(caller):
            after = downgrades.act_on(caller.service, found, Act.STATE, seen, doing)
        else:
            after = downgrades.state_today(caller.service, found, seen, doing)
        return downgrades.served(after, language)

    asked = {"case": found.id, "version": seen}
    return caller.compute("state downgrade", found.draft.enterprise, asked, make, language)


@router.get(
    "/v1/downgrades/{case}/document",
    name="downgrade_document",
    summary="The document of a downgrade warning",
    response_description="One page that loads and runs nothing, in Chinese and English.",
    response_class=HTMLResponse,
    responses=answers(without(READING, 304) | UNKNOWN),
)
def document(
    case: Number,
    caller: Posting,
    delivered: Annotated[
        AsOf | None, Query(description="The day on which it is to be served, before it is.")
    ] = None,
    reference: Annotated[
        str | None,
        Query(max_length=200, description="Number of the document, before it is served."),
    ] = None,
) -> Response:
    """Return the document that is served; before it is decided on, and planned, it is a draft."""
    found = _found(caller, case)
    planned = None
    if delivered is not None and reference:
        planned = Served(time.day(delivered), reference)
    caller.require_whole("the document of a warning")
    caller.record("read downgrade document", found.draft.enterprise, {"case": case})
    page = downgrades.document(caller.service, found, planned)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Cache-Control": KEPT})


def _served(caller: Caller, case: int, code: str | None) -> Downgrade:
    """Return a served warning: to who has its code, or reads of its enterprise in any case.

    Others are told of one that there is, and of those that there are not, the same.
    """
    none = ProblemError(
        "unknown-downgrade",
        f"No warning {case} was served with this code. The document has both; send its code as "
        f"{CODE}.",
    )
    if _reads(caller):
        found = _found(caller, case)
        if found.last(Act.SERVE) is not None:
            return found
        raise none
    with suppress(ProblemError):
        found = downgrades.find(caller.service, case)
        if code is not None and downgrades.is_served_by(found, code):
            return found
    caller.visit.refuse(none, f"downgrade {case}")
    raise none


def _reads(caller: Caller) -> bool:
    """Tell whether somebody reads of enterprises without a code; nobody else names past days."""
    return caller.principal.grant.allows(Permission.READ_EXPLANATION)


def _told(caller: Caller, found: Downgrade, language: Language) -> Any:
    return downgrades.warning(caller.service, caller.principal, found, language)


def _found(caller: Caller, case: int) -> Downgrade:
    """Return a warning within reach.

    Whoever is held to some enterprises is told of all others, and of those that there are not, the
    same.
    """
    reach = caller.reach
    if reach.everywhere:
        return downgrades.find(caller.service, case)
    try:
        found = downgrades.find(caller.service, case)
    except ProblemError:
        found = None
    if found is not None and reach.within()(found.draft.number):
        return found
    problem = ProblemError(
        "beyond-reach",
        f"Warning {case} is not of an enterprise that this {caller.principal.means} reaches. That "
        "is said of every other one, whether it is there or not; GET /v1/downgrades lists those "
        "that are within reach.",
    )
    caller.visit.refuse(problem, f"downgrade {case}")
    raise problem


for _act, _question, _summary in ACTS:
    router.post(
        f"/v1/downgrades/{{case}}/{_act}",
        name=f"downgrade_{_act}",
        summary=_summary,
        response_description="The warning after it.",
        response_model=DowngradeAnswer,
        responses=answers(POSTED),
    )(_acting(_act, _question))
