"""Routes about many enterprises: scores of a list, and levels that changed."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ...core import time
from ..access import without_numbers
from ..answers import ChangesAnswer, ScoresAnswer
from ..problem import ProblemError
from ..questions import ScoresQuestion
from ..reads import changes, grades
from .parts import READING, After, Asking, Limit, Posting, answers, without

__all__ = ["router"]

POSTED = without(READING, 304) | {
    400: "The body cannot be read.",
    404: "No policy was in force then.",
}
router = APIRouter(tags=["grades"])


@router.post(
    "/v1/scores",
    summary="Grades of many enterprises",
    response_description="A grade or an error for each of them, in their order.",
    response_model=ScoresAnswer,
    responses=answers(POSTED),
)
def scores(question: ScoresQuestion, caller: Posting) -> Response:
    """Grade a list of enterprises; one that cannot be graded is answered with its error."""
    service, identifiers = caller.service, question.enterprises
    day = service.day(question.as_of, "body.as_of")
    numbers, problems = caller.numbers(identifiers, day)
    known = [each for each in identifiers if each not in problems]
    make = partial(grades.scores, service, identifiers, numbers, problems, day)
    subject = f"{len(identifiers):,} enterprises"
    beyond = [without_numbers(each) for each in identifiers if _is_beyond(problems.get(each))]
    asked = {"as_of": time.show(day), "enterprises": known}
    asked |= {"beyond_reach": beyond} if beyond else {}
    return caller.compute("read scores", subject, asked, make)


@router.get(
    "/v1/changes",
    name="changes",
    summary="Levels that changed",
    response_description="A page of them, in the order in which runs changed them.",
    response_model=ChangesAnswer,
    responses=answers(without(READING, 404)),
)
def changed(caller: Asking, after: After = 0, limit: Limit = 100) -> Response:
    """Return the levels that changed after a cursor: each within reach comes once, none is lost."""
    make = partial(changes.changes, caller.service, after, limit, caller.reach)
    return caller.read("read changes", "changes", {"after": after, "limit": limit}, make)


def _is_beyond(problem: ProblemError | None) -> bool:
    return problem is not None and problem.name == "beyond-reach"
