"""The route that tells of everybody at once."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ..answers import OverviewAnswer
from ..reads.overview import overview as counted
from .parts import READING, Asking, answers, without

__all__ = ["router"]

router = APIRouter(tags=["enterprises"])


@router.get(
    "/v1/overview",
    summary="How many enterprises stand at which level",
    response_description="Those within reach, by level, district and line of business.",
    response_model=OverviewAnswer,
    responses=answers(without(READING, 404)),
)
def overview(caller: Asking) -> Response:
    """Return how many enterprises stand at which level, where, and how many moved."""
    census, scope = caller.service.censuses.now(), caller.principal.grant.scope
    everybody = census.everybody
    held = [None if each is None else sorted(each) for each in (scope.districts, scope.categories)]
    rests = (everybody.directory.key, everybody.standing.run, held)
    make = partial(counted, census, scope)
    return caller.read("read overview", "enterprises", {}, make, rests=rests)
