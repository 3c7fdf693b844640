"""Routes of the service, version 1."""

from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request, Response

from .answers import ExplanationAnswer, GradeAnswer, HealthAnswer, Language, ScoresAnswer
from .problem import Problem
from .questions import AS_OF, AsOf, Identifier, ScoresQuestion
from .service import Service

__all__ = ["router"]

router = APIRouter()


async def _service(request: Request) -> Service:
    return cast("Service", request.state.service)


async def _request_id(request: Request) -> str:
    return cast("str", request.state.request_id)


TheService = Annotated[Service, Depends(_service)]
RequestId = Annotated[str, Depends(_request_id)]
Day = Annotated[AsOf | None, Query(description=AS_OF, examples=["2026-03-01"])]


ALWAYS = {
    413: "The body is too large.",
    421: "The request names another host.",
    500: "A fault of the service.",
}
READING = {
    **ALWAYS,
    404: "There is no such enterprise, or nothing was known of it, or no policy in force then.",
    422: "Values cannot be used.",
    503: "The reading cannot be recorded, so nothing is handed out.",
}
READING_MANY = {**READING, 400: "The body cannot be read.", 404: "No policy was in force then."}


def _problems(described: dict[int, str]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"model": Problem, "description": text}
        for status, text in sorted(described.items())
    }


@router.get(
    "/v1/enterprises/{identifier:path}/grade",
    tags=["grades"],
    summary="The grade of an enterprise",
    response_description="Its level, the probability behind it, and the rules that applied.",
    responses=_problems(READING),
)
def grade(
    identifier: Identifier, service: TheService, request_id: RequestId, as_of: Day = None
) -> GradeAnswer:
    """Return the level of credit risk of an enterprise, its probability, and the rules applied."""
    return service.grade(identifier, service.day(as_of, "query.as_of"), request_id)


@router.get(
    "/v1/enterprises/{identifier:path}/explanation",
    tags=["grades"],
    summary="Why an enterprise has its grade",
    response_description="What each indicator adds to the margin, and the records behind it.",
    responses=_problems(READING),
)
def explanation(
    identifier: Identifier,
    service: TheService,
    request_id: RequestId,
    response: Response,
    as_of: Day = None,
    lang: Annotated[Language, Query(description="Language of names and sentences.")] = "zh",
) -> ExplanationAnswer:
    """Return why an enterprise has its grade: exact contributions, and the records behind them."""
    response.headers["Content-Language"] = lang
    day = service.day(as_of, "query.as_of")
    return service.explanation(identifier, day, request_id, lang)


@router.post(
    "/v1/scores",
    tags=["grades"],
    summary="Grades of many enterprises",
    response_description="A grade or an error for each of them, in their order.",
    responses=_problems(READING_MANY),
)
def scores(question: ScoresQuestion, service: TheService, request_id: RequestId) -> ScoresAnswer:
    """Grade a list of enterprises; one that cannot be graded is answered with its error."""
    day = service.day(question.as_of, "body.as_of")
    return service.scores(question.enterprises, day, request_id)


@router.get(
    "/healthz",
    tags=["service"],
    summary="What the service answers from",
    response_description="That it answers; its model, its records and its version.",
    responses=_problems(ALWAYS),
)
async def health(service: TheService) -> HealthAnswer:
    """Tell that the service answers, and from which model and records."""
    return service.health()
