"""Routes of webhooks: where changes of level are sent, for programs that are told."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ...core.errors import ForbiddenError, InvalidError, NotFoundError
from ..access.grants import KEY
from ..answers import (
    ChangesAnswer,
    DeliveriesAnswer,
    Values,
    WebhookAnswer,
    WebhookKeysAnswer,
    WebhooksAnswer,
    delivery_values,
    webhook_values,
)
from ..entrance.caller import Caller
from ..problem import FieldError, ProblemError, sentence, shown
from ..questions import WebhookQuestion
from ..webhooks import Webhook, Webhooks, check_url
from .parts import ALWAYS, READING, After, Asking, Limit, Posting, answers, without

__all__ = ["router"]

POSTED = without(READING, 304, 404) | {400: "The body cannot be read."}
ONE = without(READING, 304) | {404: "The key has no such webhook."}
RESUMING = ONE | {409: "Those who run the service paused it."}
READ_ONE = READING | {404: "The key has no such webhook."}
router = APIRouter(tags=["webhooks"])

Named = Annotated[
    str,
    Path(alias="webhook", max_length=40, description="Id of a webhook of the key that asks.",
         examples=["wh_qkdnwhvbtzrmpxjfgsla"]),
]  # fmt: skip


@router.get(
    "/v1/webhook-keys",
    name="webhook_keys",
    summary="The keys that sign webhooks",
    response_description="Public keys; each webhook is signed by every one of them.",
    responses=answers(ALWAYS),
)
async def keys(request: Request) -> WebhookKeysAnswer:
    """Return the public keys by which a receiver knows that a webhook is ours."""
    return WebhookKeysAnswer(keys=request.state.webhook_keys)


@router.get(
    "/v1/webhooks",
    name="webhooks",
    summary="The webhooks of a key",
    response_description="All of them, with how far they are.",
    response_model=WebhooksAnswer,
    responses=answers(without(READING, 404)),
)
def listed(caller: Asking) -> Response:
    """Return the webhooks that the key has, and those of the keys whose place it took."""
    found = _webhooks(caller).of(_keys(caller))
    told = [webhook_values(each) for each in found]
    asked = {"webhooks": [_told(each) for each in found]}
    return caller.read("read webhooks", "webhooks", asked, lambda: {"webhooks": told})


@router.post(
    "/v1/webhooks",
    summary="Have changes of level sent",
    response_description="The webhook, which is told of changes from now on.",
    response_model=WebhookAnswer,
    responses=answers(POSTED),
)
def subscribe(question: WebhookQuestion, caller: Posting, request: Request) -> Response:
    """Have the changes within reach of the key sent to an address, in order and at least once."""
    keys = _keys(caller)
    _require_told(caller)
    try:
        check_url(question.url, request.state.webhook_networks)
    except InvalidError as error:
        fault = FieldError(where="body.url", message=str(error), value=shown(question.url))
        raise ProblemError("invalid-request", sentence(error), [fault]) from None
    newest = caller.service.ledger.history.newest_change()
    after = newest if question.after is None else min(question.after, newest)

    def make() -> Values:
        try:
            found = _webhooks(caller).subscribe(keys, question.url, caller.visit.purpose, after)
        except InvalidError as error:
            raise ProblemError("invalid-request", sentence(error)) from None
        return webhook_values(found)

    return caller.compute("subscribe", "webhooks", {"url": question.url, "after": after}, make)


@router.get(
    "/v1/webhooks/{webhook}",
    name="webhook",
    summary="A webhook",
    response_description="How far it is, and whether what is sent is taken.",
    response_model=WebhookAnswer,
    responses=answers(READ_ONE),
)
def one(webhook: Named, caller: Asking) -> Response:
    """Return a webhook of the key."""
    found = _found(caller, webhook)
    subject = f"webhook {found.id}"
    return caller.read("read webhook", subject, _told(found), lambda: webhook_values(found))


@router.delete(
    "/v1/webhooks/{webhook}",
    summary="Have changes sent no longer",
    response_description="The webhook as it was.",
    response_model=WebhookAnswer,
    responses=answers(ONE),
)
def unsubscribe(webhook: Named, caller: Posting) -> Response:
    """Remove a webhook; what is on its way still arrives."""
    found = _found(caller, webhook)

    def make() -> Values:
        _webhooks(caller).remove(found.id)
        return webhook_values(found)

    return caller.compute("unsubscribe", f"webhook {found.id}", {"url": found.url}, make)


@router.post(
    "/v1/webhooks/{webhook}/resume",
    summary="Have a webhook tried at once",
    response_description="The webhook, no longer paused.",
    response_model=WebhookAnswer,
    responses=answers(RESUMING),
)
def resume(webhook: Named, caller: Posting) -> Response:
    """Go on with a webhook that was paused, or that waits to be tried again."""
    found, key = _free(_found(caller, webhook)), _keys(caller)[-1]

    def make() -> Values:
        changed = _webhooks(caller).change(
            found.id, lambda row: row if row.stopped_by else row.resumed(key)
        )
        return webhook_values(_free(changed or found))

    return caller.compute("resume webhook", f"webhook {found.id}", {"url": found.url}, make)


@router.get(
    "/v1/webhooks/{webhook}/deliveries",
    name="deliveries",
    summary="What was sent, and what came of it",
    response_description="A page of attempts, the newest first.",
    response_model=DeliveriesAnswer,
    responses=answers(READ_ONE),
)
def history(webhook: Named, caller: Asking, after: After = 0, limit: Limit = 24) -> Response:
    """Return the attempts to deliver to a webhook."""
    found = _found(caller, webhook)
    deliveries = caller.service.ledger.deliveries
    sent = deliveries.of(found.id, before=after or None, limit=limit + 1)
    page = sent[:limit]
    values: Values = {
        "deliveries": [delivery_values(each) for each in page],
        "next": page[-1].id if len(sent) > limit else None,
    }
    told = {"after": after, "limit": limit, "newest": page[0].id if page else 0}
    return caller.read("read deliveries", f"webhook {found.id}", told, lambda: values)


def _webhooks(caller: Caller) -> Webhooks:
    return Webhooks(caller.service.ledger, caller.service.now)


def _keys(caller: Caller) -> list[str]:
    """Return the ids of the key that asks, last, and of those whose place it took.

    Raises
    ------
    ProblemError
        If it is no key that asks.
    """
    principal = caller.principal
    if principal.means != KEY:
        detail = "A webhook is of the key of a program; ask by one, and not in a session."
        raise ProblemError("forbidden", detail)
    return [each.removeprefix(f"{KEY} ") for each in (*principal.before, principal.actor)]


def _require_told(caller: Caller) -> None:
    """Refuse where the channel would hand out nothing of what is sent."""
    try:
        caller.visit.found.channel.require(ChangesAnswer.__name__)
    except ForbiddenError as error:
        problem = ProblemError("forbidden", sentence(error))
        caller.visit.refuse(problem, "webhooks")
        raise problem from None


def _found(caller: Caller, webhook: str) -> Webhook:
    try:
        return _webhooks(caller).find(webhook, _keys(caller))
    except NotFoundError as error:
        raise ProblemError("unknown-webhook", sentence(error)) from None


def _free(found: Webhook) -> Webhook:
    """Return a webhook that its program may resume; refuse one that others paused."""
    if found.stopped_by:
        detail = f"This webhook was {found.why.removesuffix('.')}; ask them to resume it."
        raise ProblemError("conflict", detail)
    return found


def _told(found: Webhook) -> Values:
    due = None if found.due is None else found.due.isoformat()
    return {"id": found.id, "after": found.after, "attempts": found.attempts, "due": due,
            "paused": found.paused is not None}  # fmt: skip
