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
    "WebhookAnswer",
    "WebhookKeysAnswer",
    "WebhooksAnswer",
    "delivery_values",
    "webhook_values",
]

WEBHOOK: dict[str, JsonValue] = {
    "id": "wh_0123456789abcdef0123",
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
    "message": "wh_0123456789abcdef0123_252809",
    "at": "2026-03-01T20:00:12Z",
    "attempt": 1,
    "first": 252801,
    "last": 252809,
    "changes": 9,
    "status": 204,
    "took_ms": 84,
    "problem": "",
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
        "for three days, or its key may read changes no longer: resume it."
    )
    attempts: int = Field(description="How often what comes next was tried.")
    due: datetime | None = Field(description="When it is tried again; null if at once.")
    why: str = Field(description="Why it is paused.")


class WebhooksAnswer(BaseModel):
    """The webhooks of a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"webhooks": [WEBHOOK]}]})

    webhooks: list[WebhookAnswer]


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
    state = "paused" if found.paused else "retrying" if found.attempts else "delivering"
    return {
        "id": found.id,
        "url": found.url,
        "purpose": found.purpose,
        "created": found.created,
        "after": found.after,
        "state": state,
        "attempts": found.attempts,
        "due": found.due,
        "why": found.why,
    }


def delivery_values(sent: Sent) -> Values:
    """Return an attempt."""
    names = DeliveryAnswer.model_fields
    return {name: getattr(sent, name) for name in names}
