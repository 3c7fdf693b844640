"""Calls about webhooks: where changes of level are sent, and what came of it."""

from ...serving.answers import (
    DeliveriesAnswer,
    SubscriptionAnswer,
    SubscriptionsAnswer,
    WebhookAnswer,
    WebhookKeysAnswer,
    WebhooksAnswer,
)
from ..call import Call, path
from .parts import get, given

__all__ = [
    "deliveries",
    "pause_subscription",
    "resume",
    "resume_subscription",
    "subscribe",
    "subscriptions",
    "unsubscribe",
    "webhook",
    "webhook_keys",
    "webhooks",
]

ALL = "/v1/webhooks"
ONE = "/v1/webhooks/{webhook}"
OF_ANY = "/v1/subscriptions/{webhook}"


def webhook_keys() -> Call[WebhookKeysAnswer]:
    """Return the call for the public keys that sign webhooks."""
    return get("webhook_keys", "/v1/webhook-keys", WebhookKeysAnswer)


def webhooks() -> Call[WebhooksAnswer]:
    """Return the call for the webhooks of the key."""
    return get("webhooks", ALL, WebhooksAnswer)


def webhook(webhook: str) -> Call[WebhookAnswer]:
    """Return the call for a webhook."""
    return get("webhook", path(ONE, webhook=webhook), WebhookAnswer)


def subscribe(url: str, after: int | None = None) -> Call[WebhookAnswer]:
    """Return the call that has changes sent; twice would be two webhooks, so it is sent once."""
    body = given({"url": url, "after": after})
    return Call("subscribe", "POST", ALL, WebhookAnswer, json=body, repeatable=False)


def unsubscribe(webhook: str) -> Call[WebhookAnswer]:
    """Return the call that removes a webhook.

    It is sent once, so that what it did itself is not answered as unknown.
    """
    where = path(ONE, webhook=webhook)
    return Call("unsubscribe", "DELETE", where, WebhookAnswer, repeatable=False)


def resume(webhook: str) -> Call[WebhookAnswer]:
    """Return the call that has a webhook tried at once."""
    return Call("resume", "POST", path(f"{ONE}/resume", webhook=webhook), WebhookAnswer)


def deliveries(webhook: str, after: int = 0, limit: int = 24) -> Call[DeliveriesAnswer]:
    """Return the call for a page of what was sent, the newest first."""
    where = path(f"{ONE}/deliveries", webhook=webhook)
    return get("deliveries", where, DeliveriesAnswer, after=after, limit=limit)


def subscriptions() -> Call[SubscriptionsAnswer]:
    """Return the call for the webhooks of all keys, for those who run the service."""
    return get("subscriptions", "/v1/subscriptions", SubscriptionsAnswer)


def pause_subscription(webhook: str, reason: str) -> Call[SubscriptionAnswer]:
    """Return the call that pauses a webhook of any key; its program is told the reason."""
    where = path(f"{OF_ANY}/pause", webhook=webhook)
    return Call("pause_subscription", "POST", where, SubscriptionAnswer, json={"reason": reason})


def resume_subscription(webhook: str, reason: str) -> Call[SubscriptionAnswer]:
    """Return the call that has a webhook of any key tried at once, whoever paused it."""
    where = path(f"{OF_ANY}/resume", webhook=webhook)
    return Call("resume_subscription", "POST", where, SubscriptionAnswer, json={"reason": reason})
