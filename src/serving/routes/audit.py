"""Routes of the audit trail: its entries, what was done to keys and accounts, its last check."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ...core.errors import InvalidError
from ...ledger import Place, Sought
from ..answers import AuditAnswer, VerificationAnswer
from ..entrance.caller import Caller
from ..problem import FieldError, ProblemError, sentence, shown
from ..questions import AsOf, Identifier
from ..reads import audit as reads
from ..sought import HISTORY, sought
from .operations import OPERATING, TheSettings, TheTimetable
from .parts import READING, Limit, Posting, answers, without

__all__ = ["router"]

LONGEST = 200
SEARCHED = without(READING, 304, 404)
Text = Annotated[str | None, Query(min_length=1, max_length=LONGEST)]
Several = Annotated[list[Annotated[str, Query(max_length=50)]] | None, Query(max_length=20)]
Since = Annotated[AsOf | None, Query(description="From the start of this day in Shanghai on.")]
Until = Annotated[AsOf | None, Query(description="Before the start of this day in Shanghai.")]
router = APIRouter(tags=["administration"])


async def _after(
    after: Annotated[
        str | None, Query(max_length=60, description="Cursor: `next` of the page before.")
    ] = None,
) -> Place | None:
    try:
        return None if after is None else Place.read(after)
    except ValueError:
        message = "expected what `next` of a page was"
        error = FieldError(where="query.after", message=message, value=shown(after))
        detail = "The cursor names no place in the audit trail: see errors."
        raise ProblemError("invalid-request", detail, [error]) from None


After = Annotated[Place | None, Depends(_after)]


@router.get(
    "/v1/audit",
    name="audit",
    summary="The audit trail",
    response_description="A page of entries, the newest first.",
    response_model=AuditAnswer,
    responses=answers(SEARCHED),
)
def entries(
    caller: Posting,
    after: After,
    actor: Annotated[Text, Query(description="Who, as `account li` or `key ulINl8iGnU`.")] = None,
    enterprise: Annotated[
        Identifier | None, Query(description="Of which enterprise, alone or among others.")
    ] = None,
    subject: Annotated[Text, Query(description="Of what else, as `account li`.")] = None,
    action: Annotated[Several, Query(description="What was done: any of these.")] = None,
    purpose: Annotated[
        Text, Query(description="What for, to the letter, as `complaint:2026-0117`.")
    ] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
) -> Response:
    """Return who did or read what, and what for; reading the audit is in the audit too."""
    wanted = partial(
        sought,
        actor=actor,
        enterprise=enterprise,
        subject=subject,
        actions=action or (),
        purpose=purpose,
        since=since,
        until=until,
    )
    asked = {
        "by": actor,
        "of": enterprise or subject,
        "actions": sorted(action or ()),
        "purpose": purpose,
        "since": _written(since),
        "until": _written(until),
    }
    return _searched(caller, "read audit", asked, wanted, after, limit)


@router.get(
    "/v1/access/history",
    name="access_history",
    summary="What was done to keys and accounts",
    response_description="A page of it, the newest first.",
    response_model=AuditAnswer,
    responses=answers(SEARCHED),
)
def history(
    caller: Posting,
    after: After,
    of: Annotated[Text, Query(description="To which, as `key ulINl8iGnU` or `account li`.")] = None,
    by: Annotated[Text, Query(description="By whom, as `account wang`.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 100,
) -> Response:
    """Return who gave and took keys and accounts, and who came in by them; nothing that was read.

    What an account or a key read is in the audit, which whoever manages them does not see.
    """
    wanted = partial(sought, actor=by, subject=of, actions=HISTORY, since=since, until=until)
    asked = {"of": of, "by": by, "since": _written(since), "until": _written(until)}
    return _searched(caller, "read access history", asked, wanted, after, limit)


@router.get(
    "/v1/audit/verification",
    name="verification",
    summary="Whether the audit trail holds",
    response_description="What the scheduled job found when it last checked it.",
    response_model=VerificationAnswer,
    responses=answers(OPERATING),
)
def verification(caller: Posting, settings: TheSettings, timetable: TheTimetable) -> Response:
    """Return how the trail stood at its last check; nothing is checked for this."""
    make = partial(reads.verification, caller.service, settings, timetable)
    return caller.compute("read verification", "audit", {}, make)


def _searched(
    caller: Caller,
    action: str,
    asked: Mapping[str, object],
    wanted: Callable[[], Sought],
    after: Place | None,
    limit: int,
) -> Response:
    told = {name: value for name, value in asked.items() if value} | {"limit": limit}
    told |= {} if after is None else {"after": after.write()}
    try:
        make = partial(reads.entries, caller.service, wanted(), after, limit)
        return caller.compute(action, "audit", told, make)
    except InvalidError as error:
        raise ProblemError("invalid-request", sentence(error)) from None


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
