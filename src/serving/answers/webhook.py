"""Webhooks: who is told of changes, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .values import Values

if TYPE_CHECKING:
    from ...ledger import Sent

__all__ = [
    "DeliveriesAnswer",
    "DeliveryAnswer",
    "SubscriptionAnswer",
    "SubscriptionsAnswer",
    "WebhookAnswer",
    "WebhookKeysAnswer",
    "WebhooksAnswer",
    "delivery_values",
    "subscription_values",
    "webhook_values",
]

WEBHOOK: dict[str, JsonValue] = {
    "id": "wh_qkdnwhvbtzrmpxjfgsla",
    "url": "https://hooks.example/grades",
    "purpose": "routine",
    "created": "2026-03-01T08:00:00Z",
    "after": 252809,
    "state": "delivering",
    "attempts": 0,
    "due": None,
    "why": "",
}
SENT: dict[str, JsonValue] = {
    "id": 3,
    "message": "wh_qkdnwhvbtzrmpxjfgsla_252809",
    "at": "2026-03-01T20:00:12Z",
    "attempt": 1,
    "first": 252801,
    "last": 252809,
    "changes": 9,
    "status": 204,
    "took_ms": 84,
    "problem": "",
}
SUBSCRIPTION: dict[str, JsonValue] = {
    "id": "wh_qkdnwhvbtzrmpxjfgsla",
    "key": "ulINl8iGnU",
    "holder": "district bureau",
    "host": "hooks.example",
    "created": "2026-03-01T08:00:00Z",
    "state": "retrying",
    "attempts": 4,
    "since": "2026-03-01T20:00:12Z",
    "due": "2026-03-01T20:01:40Z",
    "behind": 9,
    "problem": "it answered 503, expected 200 to 299",
}
KEY = "whpk_O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="


class WebhookAnswer(BaseModel):
    """A webhook."""

    model_config = ConfigDict(json_schema_extra={"examples": [WEBHOOK]})

    id: str
    url: str
    purpose: str = Field(description="What the changes are read for, as the audit keeps it.")
    created: datetime
    after: int = Field(description="Number of the last change that was delivered.")
    state: str = Field(
        description="`delivering`; `retrying` while nothing is taken; `paused` once that was so "
        "for three days, or its key may read changes no longer: resume it. It is `paused` by those "
        "who run the service as well, whom to ask then."
    )
    attempts: int = Field(description="How often what comes next was tried.")
    due: datetime | None = Field(description="When it is tried again; null if at once.")
    why: str = Field(description="Why it is paused.")


class WebhooksAnswer(BaseModel):
    """The webhooks of a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"webhooks": [WEBHOOK]}]})

    webhooks: list[WebhookAnswer]


class SubscriptionAnswer(BaseModel):
    """A webhook as it is told to those who run the service."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUBSCRIPTION]})

    id: str
    key: str = Field(description="Id of the key that is told; `xinheng keys show` says whose.")
    holder: str = Field(description="Who holds that key.")
    host: str = Field(description="Where it goes; the rest of the address is the holder's.")
    created: datetime
    state: str = Field(description="`delivering`, `retrying` or `paused`.")
    attempts: int = Field(description="How often what comes next was tried.")
    since: datetime | None = Field(description="When that was tried first.")
    due: datetime | None = Field(description="When it is tried again; null if at once.")
    behind: int = Field(description="How many changes came after the last that was delivered.")
    problem: str = Field(
        description="Why it is paused, or else why what was tried last was not taken; empty if "
        "nothing is wrong."
    )


class SubscriptionsAnswer(BaseModel):
    """The webhooks of all keys."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subscriptions": [SUBSCRIPTION]}]})

    subscriptions: list[SubscriptionAnswer]


class DeliveryAnswer(BaseModel):
    """An attempt to deliver changes."""

    id: int
    message: str = Field(description="`webhook-id` of what was sent; the same at each attempt.")
    at: datetime
    attempt: int
    first: int = Field(description="Number of the first change of it.")
    last: int
    changes: int = Field(description="How many changes it has.")
    status: int | None = Field(description="What the receiver answered; null if it did not.")
    took_ms: int
    problem: str = Field(description="Why it counts as not delivered; empty if it was.")


class DeliveriesAnswer(BaseModel):
    """A page of attempts, the newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"deliveries": [SENT], "next": None}]}
    )

    deliveries: list[DeliveryAnswer]
    next: int | None = Field(
        description="What `after` has to be for the page that follows; null on the last."
    )


class WebhookKeysAnswer(BaseModel):
    """The public keys of which each webhook is signed by every one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [KEY]}]})

    keys: list[str]


def webhook_values(found: Any) -> Values:
    """Return a webhook."""
    return {
        "id": found.id,
        "url": found.url,
        "purpose": found.purpose,
        "created": found.created,
        "after": found.after,
        "state": found.state,
        "attempts": found.attempts,
        "due": found.due,
        "why": found.why,
    }


def subscription_values(found: Any, holder: str, newest: int, last: Sent | None) -> Values:
    """Return a webhook for those who run the service.

    Parameters
    ----------
    found
        The webhook.
    holder
        Who holds its key.
    newest
        Number of the newest change.
    last
        What was tried last; None if nothing was.
    """
    tried = last.problem if last is not None and found.attempts else ""
    return {
        "id": found.id,
        "key": found.key,
        "holder": holder,
        "host": found.host,
        "created": found.created,
        "state": found.state,
        "attempts": found.attempts,
        "since": found.since,
        "due": found.due,
        "behind": max(newest - found.after, 0),
        "problem": found.why or tried,
    }


def delivery_values(sent: Sent) -> Values:
    """Return an attempt."""
    names = DeliveryAnswer.model_fields
    return {name: getattr(sent, name) for name in names}
