"""Accounts: who has one, what it may do, how it stands; a code to set it up once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .key import GRANT, GrantAnswer, grant_values

if TYPE_CHECKING:
    from ..access import Account
    from .values import Values

__all__ = [
    "AccountAnswer",
    "AccountsAnswer",
    "InvitationAnswer",
    "SessionsEndedAnswer",
    "account_values",
]

ACCOUNT: dict[str, Any] = {
    "name": "li",
    "grant": GRANT | {"role": "supervisor", "districts": None, "sources": None},
    "allowed": ["decide", "read grade"],
    "person": None,
    "second_factor": True,
    "devices": 1,
    "created": "2026-03-01T08:00:00Z",
    "disabled": None,
    "setup_until": None,
    "giver": "account wang",
    "state": "waits",
}


class AccountAnswer(BaseModel):
    """An account, without its secrets."""

    model_config = ConfigDict(json_schema_extra={"examples": [ACCOUNT]})

    name: str
    grant: GrantAnswer
    allowed: list[str] = Field(description="What it may do.")
    person: str | None = Field(description="Whose it is, where it is not called after them.")
    second_factor: bool = Field(description="Whether a code is asked for.")
    devices: int = Field(description="How many devices signed in to it.")
    created: datetime
    disabled: datetime | None
    setup_until: datetime | None = Field(
        description="Until when its person may choose a password by the code that is out."
    )
    giver: str | None = Field(description="Who made the change that somebody else agrees to.")
    state: Literal["in use", "set-up", "waits", "disabled"] = Field(
        description="`set-up` has still to choose a password; `waits` for a second administrator."
    )


class AccountsAnswer(BaseModel):
    """A page of accounts, by name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"accounts": [ACCOUNT], "next": None}]}
    )

    accounts: list[AccountAnswer]
    next: str | None = Field(description="What `after` has to be for the next page, if any.")


class InvitationAnswer(BaseModel):
    """An account after a change, with the code by which its person chooses a password, if any."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account": ACCOUNT,
                    "setup_code": "5f0c2a5258d64a3b9f4e",
                    "half": True,
                    "unknown_districts": [],
                }
            ]
        }
    )

    account: AccountAnswer
    setup_code: str | None = Field(
        description="To be given to the person, who sends it to /v1/session/set-up; shown once."
    )
    half: bool = Field(
        description="Whether it is one of two halves, which the person sends as FIRST-SECOND: the "
        "first is told to whoever makes the change, the second to whoever agrees."
    )
    unknown_districts: list[str] = Field(
        description="Districts of the grant that no table of codes has: mistyped, or its source's."
    )


class SessionsEndedAnswer(BaseModel):
    """That sessions ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"account": "li", "sessions": 2}]})

    account: str
    sessions: int = Field(description="How many there were.")


def account_values(account: Account) -> Values:
    """Return what may be told of an account."""
    state = "disabled" if account.disabled else "waits" if account.giver else "in use"
    if state == "in use" and account.setup is not None:
        state = "set-up"
    return {
        "name": account.name,
        "grant": grant_values(account.grant),
        "allowed": sorted(account.grant.permissions),
        "person": account.person,
        "second_factor": account.secret is not None,
        "devices": len(account.devices),
        "created": account.created,
        "disabled": account.disabled,
        "setup_until": account.setup_until,
        "giver": account.giver,
        "state": state,
    }
