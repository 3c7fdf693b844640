"""The route about warnings of an enterprise."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ...core import time
from ..answers import WarningsAnswer
from ..questions import Identifier
from ..reads import warnings
from .parts import READING, Asking, Day, Spoken, answers

__all__ = ["router"]

router = APIRouter(tags=["watch"])


@router.get(
    "/v1/enterprises/{identifier:path}/warnings",
    name="warnings",
    summary="Warnings of an enterprise, and whether its level may get worse",
    response_description="What rules tell of it, the forecast of a worse level, a hidden rise.",
    response_model=WarningsAnswer,
    responses=answers(READING),
)
def of_enterprise(
    identifier: Identifier, caller: Asking, language: Spoken, as_of: Day = None
) -> Response:
    """Return what rules tell of an enterprise as of a day, each with its basis and records."""
    service, day = caller.service, caller.service.day(as_of, "query.as_of")
    number = caller.number(identifier, day)
    make = partial(warnings.warnings, service, number, identifier, day, language)
    fitted = service.foresight.forecasts.digest(service.book.bundle.digest)
    asked = {"as_of": time.show(day)}
    return caller.read("read warnings", identifier, asked, make, language, rests=(fitted,))
