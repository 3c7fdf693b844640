"""Sessions: who is signed in, what they may do, and until when; and by whom people can sign in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from ..access import Standing

__all__ = [
    "ProvidersAnswer",
    "SecondFactorAnswer",
    "SessionAnswer",
    "second_factor_answer",
    "session_answer",
]

EXAMPLE: dict[str, Any] = {
    "actor": "account li",
    "role": "inspector",
    "permissions": ["read catalogue", "read grade"],
    "districts": ["440304"],
    "categories": None,
    "channel": "console",
    "begun": "2026-03-01T01:00:00Z",
    "proved": "2026-03-01T01:00:00Z",
    "ends": "2026-03-01T13:00:00Z",
    "idle_minutes": 30,
    "csrf": "5f2b7c0d9e",
}

OFFER: dict[str, Any] = {
    "uri": "otpauth://totp/Xinheng:li?secret=JBSWY3DPEHPK3PXP&issuer=Xinheng",
    "secret": "JBSWY3DPEHPK3PXP",
}


class SessionAnswer(BaseModel):
    """A session, as whoever is in it sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    actor: str = Field(description="Who it is, as the audit names them.")
    role: str = Field(description="Their role.")
    permissions: list[str] = Field(description="What they may do.")
    districts: list[str] | None = Field(description="Districts they are held to; null if to none.")
    categories: list[str] | None = Field(
        description="Categories they are held to; null if to none."
    )
    channel: str = Field(description="The channel in which they are.")
    begun: datetime = Field(description="When they signed in.")
    proved: datetime = Field(
        description="When they last proved who they are; keys and accounts are changed within ten "
        "minutes of it."
    )
    ends: datetime = Field(description="When the session is over in any case.")
    idle_minutes: int = Field(description="Minutes without a request after which it is over.")
    csrf: str = Field(description="To be sent as X-CSRF-Token with whatever is not only read.")


class ProvidersAnswer(BaseModel):
    """How people can sign in: with an account, or elsewhere."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"providers": ["city"], "channels": ["console"]}]}
    )

    providers: list[str] = Field(
        description="Who signs people in that have no account: lead them to /v1/sign-in/NAME."
    )
    channels: list[str] = Field(description="Channels by which people sign in.")


class SecondFactorAnswer(BaseModel):
    """A new secret for an application for codes, which is shown once."""

    model_config = ConfigDict(json_schema_extra={"examples": [OFFER]})

    uri: str = Field(description="What the application reads, as from a QR code.")
    secret: str = Field(description="The same to be typed, in Base32.")


def second_factor_answer(uri: str) -> SecondFactorAnswer:
    """Return the answer with the URI of a new secret, and with the secret in it."""
    [secret] = parse_qs(urlsplit(uri).query)["secret"]
    return SecondFactorAnswer(uri=uri, secret=secret)


def session_answer(standing: Standing) -> SessionAnswer:
    """Return the answer on a session."""
    session = standing.session
    scope = session.grant.scope
    return SessionAnswer(
        actor=session.actor,
        role=session.grant.role,
        permissions=sorted(session.grant.permissions),
        districts=None if scope.districts is None else sorted(scope.districts),
        categories=None if scope.categories is None else sorted(scope.categories),
        channel=session.channel,
        begun=session.begun,
        proved=session.proved or session.begun,
        ends=standing.ends,
        idle_minutes=int(standing.idle.total_seconds() // 60),
        csrf=standing.csrf,
    )
