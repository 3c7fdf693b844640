"""Routes of the webhooks of all keys, for those who run the service."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from ...core.errors import NotFoundError
from ..answers import SubscriptionAnswer, SubscriptionsAnswer, Values, subscription_values
from ..entrance.caller import Caller
from ..problem import ProblemError, sentence
from ..statements import ReasonQuestion
from ..webhooks import Webhook, Webhooks
from .parts import READING, Posting, answers, without

__all__ = ["router"]

ACTING = without(READING, 304) | {404: "There is no such webhook."}
router = APIRouter(tags=["webhooks"])

Named = Annotated[
    str,
    Path(alias="webhook", max_length=40, description="Id of a webhook of any key.",
         examples=["wh_qkdnwhvbtzrmpxjfgsla"]),
]  # fmt: skip


@router.get(
    "/v1/subscriptions",
    name="subscriptions",
    summary="The webhooks of all keys",
    response_description="Each with whose it is, where it goes, and what is wrong.",
    response_model=SubscriptionsAnswer,
    responses=answers(without(READING, 304, 404, 422)),
)
def subscriptions(caller: Posting) -> Response:
    """Return every webhook for those who run the service: no grade, and no whole address."""

    def make() -> Values:
        return {"subscriptions": _told(caller, _webhooks(caller).all())}

    return caller.compute("read subscriptions", "webhooks", {}, make)


@router.post(
    "/v1/subscriptions/{webhook}/pause",
    name="pause_subscription",
    summary="Pause a webhook of another",
    response_description="The webhook, to which nothing is sent until it is resumed here.",
    response_model=SubscriptionAnswer,
    responses=answers(ACTING),
)
def pause(webhook: Named, question: ReasonQuestion, caller: Posting) -> Response:
    """Send nothing to a webhook any more; its program is told the reason, and cannot undo it."""
    by, now = caller.principal.actor, caller.service.now()
    return _changed(
        caller,
        webhook,
        "pause webhook",
        question,
        lambda row: row.stopped(by, question.reason, now),
    )


@router.post(
    "/v1/subscriptions/{webhook}/resume",
    name="resume_subscription",
    summary="Have a webhook of another tried at once",
    response_description="The webhook, no longer paused.",
    response_model=SubscriptionAnswer,
    responses=answers(ACTING),
)
def resume(webhook: Named, question: ReasonQuestion, caller: Posting) -> Response:
    """Go on with a webhook, whoever paused it; it stays that of its key."""
    return _changed(caller, webhook, "resume webhook", question, lambda row: row.resumed(row.key))


def _changed(
    caller: Caller,
    webhook: str,
    action: str,
    question: ReasonQuestion,
    change: Callable[[Webhook], Webhook],
) -> Response:
    """Change a webhook, and tell and record what for."""
    webhooks = _webhooks(caller)
    try:
        found = webhooks.any(webhook)
    except NotFoundError as error:
        raise ProblemError("unknown-webhook", sentence(error)) from None

    def make() -> Values:
        return _told(caller, [webhooks.change(found.id, change) or found])[0]

    asked = {"key": found.key, "host": found.host, **question.model_dump(exclude_none=True)}
    return caller.compute(action, f"webhook {found.id}", asked, make)


def _told(caller: Caller, found: list[Webhook]) -> list[Values]:
    ledger, keys = caller.service.ledger, caller.visit.access.keys
    holders = {key.id: key.holder for key in keys.all()}
    newest, last = ledger.history.newest_change(), ledger.deliveries.newest()
    return [
        subscription_values(each, holders.get(each.key, ""), newest, last.get(each.id))
        for each in found
    ]


def _webhooks(caller: Caller) -> Webhooks:
    return Webhooks(caller.service.ledger, caller.service.now)
