"""Keys: who has which, what it may do, how it stands; its text once, where it is issued."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from ..access import ApiKey, Grant
    from .values import Values

__all__ = ["GRANT", "GrantAnswer", "IssuedKeyAnswer", "KeyAnswer", "KeysAnswer", "grant_values",
           "key_values"]  # fmt: skip

GRANT: dict[str, Any] = {
    "role": "department",
    "permissions": None,
    "districts": ["440304"],
    "categories": None,
    "sources": ["city-market"],
}
KEY: dict[str, Any] = {
    "id": "ulINl8iGnU",
    "holder": "district bureau",
    "grant": GRANT,
    "allowed": ["read catalogue", "read grade"],
    "channel": "program",
    "limit": None,
    "created": "2026-03-01T08:00:00Z",
    "expires": "2027-03-01T08:00:00Z",
    "revoked": None,
    "used": "2026-03-02T01:12:00Z",
    "after": None,
    "person": None,
    "giver": None,
    "state": "valid",
}


class GrantAnswer(BaseModel):
    """What is granted: a role, and what it is narrowed to; null where it is not."""

    role: str
    permissions: list[str] | None = Field(description="Those that are kept of the role's.")
    districts: list[str] | None
    categories: list[str] | None
    sources: list[str] | None = Field(description="Whose records may be posted; null for none's.")


class KeyAnswer(BaseModel):
    """A key, without its text, which nobody can show again."""

    model_config = ConfigDict(json_schema_extra={"examples": [KEY]})

    id: str
    holder: str = Field(description="Which program or department has it.")
    grant: GrantAnswer
    allowed: list[str] = Field(
        description="What it may do: what people answer for is not among it where it is nobody's."
    )
    channel: str
    limit: float | None = Field(
        description="Requests a second that it may make; null where its channel's hold."
    )
    created: datetime
    expires: datetime
    revoked: datetime | None
    used: datetime | None = Field(description="When it was last used, to the minute.")
    after: str | None = Field(description="Id of the key in whose place it is.")
    person: str | None = Field(description="Whose it is; null where it is a program's.")
    giver: str | None = Field(description="Who issued it, until another administrator agrees.")
    state: Literal["valid", "ends soon", "waits", "not valid yet", "expired", "revoked"] = Field(
        description="`waits` for a second administrator, and opens nothing as long."
    )


class KeysAnswer(BaseModel):
    """A page of keys, the oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [KEY], "next": None}]})

    keys: list[KeyAnswer]
    next: str | None = Field(description="What `after` has to be for the next page, if any.")


class IssuedKeyAnswer(BaseModel):
    """A new key with its text, which is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "secret": "xhk_ulINl8iGnU_" + 49 * "0",
                    "key": KEY,
                    "old": None,
                    "unknown_districts": [],
                }
            ]
        }
    )

    secret: str = Field(description="To be sent as Authorization: Bearer; give it to its holder.")
    key: KeyAnswer
    old: KeyAnswer | None = Field(description="The key in whose place it is, and when it ends.")
    unknown_districts: list[str] = Field(
        description="Districts of the grant that no table of codes has: mistyped, or its source's."
    )


def grant_values(grant: Grant) -> Values:
    """Return what is granted."""
    told: Values = dict.fromkeys(GRANT) | grant.to_dict()
    return told


def key_values(key: ApiKey, now: datetime) -> Values:
    """Return what may be told of a key."""
    return {
        "id": key.id,
        "holder": key.holder,
        "grant": grant_values(key.grant),
        "allowed": sorted(filter(key.principal.allows, key.grant.permissions)),
        "channel": key.channel,
        "limit": key.limit,
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "used": key.used,
        "after": key.after,
        "person": key.person,
        "giver": key.giver,
        "state": key.state(now),
    }
