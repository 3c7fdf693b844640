"""The route that answers what a grade would be with further records."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ...core import time
from ..answers import WhatIfAnswer
from ..questions import WhatIfQuestion
from ..reads import whatif
from .parts import READING, Posting, Spoken, answers, without

__all__ = ["router"]

POSTED = without(READING, 304) | {400: "The body cannot be read."}
router = APIRouter(tags=["grades"])


@router.post(
    "/v1/what-if",
    summary="The grade that an enterprise would have with further records",
    response_description="The grade as it is, as it would be, and what would move it.",
    response_model=WhatIfAnswer,
    responses=answers(POSTED),
)
def what_if(question: WhatIfQuestion, caller: Posting, language: Spoken) -> Response:
    """Grade an enterprise as if records had been delivered of it; nothing is stored."""
    service, identifier = caller.service, question.enterprise
    day = service.day(question.as_of, "body.as_of")
    number = caller.number(identifier, day)
    found = whatif.suppose(service, identifier, question.records, day)
    make = partial(whatif.what_if, service, number, identifier, found, day, language)
    asked = {"as_of": time.show(day), "records": len(question.records)}
    return caller.compute("ask what if", identifier, asked, make, language)
