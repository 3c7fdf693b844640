"""Routes of what can be given: the roles, and the channels with their limits."""

from fastapi import APIRouter
from starlette.responses import Response

from ..answers import ChannelsAnswer, RolesAnswer
from ..reads import access as reads
from .administered import SEEN, seen
from .parts import Asking, answers, without

__all__ = ["router"]

ALL = without(SEEN, 404, 422)
router = APIRouter(tags=["administration"])


@router.get(
    "/v1/roles",
    name="roles",
    summary="The roles",
    response_description="What each may do, and why that and no more.",
    response_model=RolesAnswer,
    responses=answers(ALL),
)
def roles(caller: Asking) -> Response:
    """Return every role that an account or a key can have."""
    return seen(caller, "read roles", "roles", {}, reads.roles())


@router.get(
    "/v1/channels",
    name="channels",
    summary="The channels and their limits",
    response_description="By which ways answers go out today, and how often may be asked.",
    response_model=ChannelsAnswer,
    responses=answers(ALL),
)
def channels(caller: Asking) -> Response:
    """Return the channels that are in force today."""
    values = reads.channels(caller.service, caller.visit.access)
    return seen(caller, "read channels", "channels", {}, values)
