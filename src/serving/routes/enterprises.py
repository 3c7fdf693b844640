"""Routes about one enterprise: its grade, why it is so, why it moved, and what would better it."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from ...core import time
from ..answers import (
    ExplanationAnswer,
    GradeAnswer,
    GradesAnswer,
    MovementAnswer,
    RecordsAnswer,
    RemediesAnswer,
    ShortExplanationAnswer,
)
from ..problem import FieldError, ProblemError
from ..questions import AsOf, Identifier
from ..reads import explanations, grades, movements, remedies
from .parts import READING, After, Asking, Day, Limit, Spoken, answers
from .prompt import PromptRoute

__all__ = ["router"]

ONE = "/v1/enterprises/{identifier:path}"
router = APIRouter(tags=["grades"], responses=answers(READING), route_class=PromptRoute)


@router.get(
    f"{ONE}/grade",
    summary="The grade of an enterprise",
    response_description="Its level, the probability behind it, and the rules that applied.",
    response_model=GradeAnswer,
)
def grade(identifier: Identifier, caller: Asking, as_of: Day = None) -> Response:
    """Return the level of credit risk of an enterprise, its probability, and the rules applied."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    make = partial(grades.grade, service, number, identifier, day)
    at_hand = service.of.days.has(number, day)
    return caller.read("read grade", identifier, {"as_of": time.show(day)}, make, at_hand=at_hand)


@router.get(
    f"{ONE}/grades",
    name="grades",
    summary="The grades that runs gave an enterprise",
    response_description="A page of them, oldest first, each with its causes and its run.",
    response_model=GradesAnswer,
)
def history(
    identifier: Identifier, caller: Asking, after: After = 0, limit: Limit = 24
) -> Response:
    """Return the grades that runs gave an enterprise; `next` leads to the page that follows."""
    service, day = caller.service, caller.service.day(None, "")
    number = caller.number(identifier, day)
    make = partial(grades.history, service, number, identifier, after, limit)
    return caller.read("read grades", identifier, {"after": after, "limit": limit}, make)


@router.get(
    f"{ONE}/explanation",
    summary="Why an enterprise has its grade",
    response_description="What each indicator adds to the margin, and the records behind it.",
    response_model=ExplanationAnswer | ShortExplanationAnswer,
)
def explanation(
    identifier: Identifier,
    caller: Asking,
    language: Spoken,
    as_of: Day = None,
    detail: Annotated[
        Literal["full", "short"],
        Query(description="`short` has level, distances and the five strongest sentences."),
    ] = "full",
) -> Response:
    """Return why an enterprise has its grade: exact contributions, and the records behind them."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    explained = explanations.full if detail == "full" else explanations.short
    make = partial(explained, service, number, identifier, day, language)
    asked = {"as_of": time.show(day), "detail": detail}
    return caller.read("read explanation", identifier, asked, make, language)


@router.get(
    f"{ONE}/records",
    summary="The records behind a grade",
    response_description="By indicator and rule, with origin and with what time will do to them.",
    response_model=RecordsAnswer,
)
def records(
    identifier: Identifier, caller: Asking, language: Spoken, as_of: Day = None
) -> Response:
    """Return the records behind every indicator that moves the margin, and behind the rules."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    make = partial(explanations.records, service, number, identifier, day, language)
    return caller.read("read records", identifier, {"as_of": time.show(day)}, make, language)


@router.get(
    f"{ONE}/movement",
    summary="Why the grade of an enterprise moved",
    response_description="The grades of the two days, and what leads from one to the other.",
    response_model=MovementAnswer,
)
def movement(
    identifier: Identifier,
    caller: Asking,
    language: Spoken,
    since: Annotated[
        AsOf,
        Query(description="The earlier day, as of whose start the grade is taken that was in "
              "force.", examples=["2026-02-01"]),
    ],
    as_of: Day = None,
) -> Response:  # fmt: skip
    """Return why a grade moved since a day: records, windows, time, model, policy, rules."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    past = service.day(since, "query.since")
    if past > day:
        error = FieldError(
            where="query.since",
            message=f"lies after as_of, which is {time.show(day)}",
            value=time.show(past),
        )
        detail = "A grade moves from an earlier day to a later one; `since` is the earlier."
        raise ProblemError("invalid-request", detail, [error])
    number = caller.number(identifier, past)
    make = partial(movements.movement, service, number, identifier, past, day, language)
    asked = {"since": time.show(past), "as_of": time.show(day)}
    return caller.read("read movement", identifier, asked, make, language)


@router.get(
    f"{ONE}/remedies",
    name="remedies",
    summary="What an enterprise can do for a better level",
    response_description="The smallest sets of steps that lead to one, and when it comes.",
    response_model=RemediesAnswer,
)
def better(identifier: Identifier, caller: Asking, language: Spoken, as_of: Day = None) -> Response:
    """Return what leads to a better level, and when: no smaller set of steps does."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    remedies.check_actions(day)
    make = partial(remedies.remedies, service, number, identifier, day, language)
    return caller.read("read remedies", identifier, {"as_of": time.show(day)}, make, language)
