"""What can be given: the roles, and the channels with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..access import ChannelEdition, Duty, Role
    from .values import Values

__all__ = ["ChannelsAnswer", "RolesAnswer", "channels_values", "roles_values"]

ROLE: dict[str, Any] = {
    "name": "auditor",
    "zh": "审计人员",
    "permissions": ["read audit", "read catalogue"],
    "personal": [],
    "why": "Sees who read and changed what.",
    "bound": False,
}
LIMIT = {"rate": 100.0, "burst": 200}
CHANNEL: dict[str, Any] = {
    "name": "console",
    "zh": "监管平台",
    "language": "zh",
    "people": True,
    "answers": None,
    "masks": [],
    "limit": LIMIT,
    "key_limit": {"rate": 20.0, "burst": 40},
}


class RoleAnswer(BaseModel):
    """A role, and why it may do that and no more."""

    name: str
    zh: str
    permissions: list[str]
    personal: list[str] = Field(
        description="Those of them for which people answer: no key that is nobody's has them, and "
        "an account that does is agreed to by a second administrator."
    )
    why: str
    bound: bool = Field(description="Whether it has to be held to named districts.")


class RolesAnswer(BaseModel):
    """Every role."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"roles": [ROLE]}]})

    roles: list[RoleAnswer]


class LimitAnswer(BaseModel):
    """How often may be asked."""

    rate: float = Field(description="Requests a second.")
    burst: int = Field(description="Requests at once.")


class ChannelAnswer(BaseModel):
    """A channel: by which way answers go out, and what of them."""

    name: str
    zh: str
    language: str = Field(description="Of its answers, where none is asked for.")
    people: bool = Field(description="Whether people sign in by it; programs have keys in any.")
    answers: list[str] | None = Field(description="Those that it has; null for all, whole.")
    masks: list[str] = Field(description="What of personal data is masked, whoever asks.")
    limit: LimitAnswer = Field(description="Of all that ask in it together.")
    key_limit: LimitAnswer = Field(description="Of each key or session in it.")


class ChannelsAnswer(BaseModel):
    """The channels that there are today."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": "2026-1", "channels": [CHANNEL]}]}
    )

    version: str = Field(description="Of the edition that is in force.")
    channels: list[ChannelAnswer]


def roles_values(roles: Mapping[Role, Duty], personal: frozenset[Any]) -> Values:
    """Return the roles."""
    return {
        "roles": [
            {
                "name": role.value,
                "zh": duty.zh,
                "permissions": sorted(duty.permissions),
                "personal": sorted(duty.permissions & personal),
                "why": duty.why,
                "bound": duty.bound,
            }
            for role, duty in roles.items()
        ]
    }


def channels_values(edition: ChannelEdition) -> Values:
    """Return the channels of an edition."""
    return {
        "version": edition.version,
        "channels": [
            {
                "name": each.name,
                "zh": each.zh,
                "language": each.language,
                "people": each.people,
                "answers": None if each.fields is None else sorted(each.fields),
                "masks": sorted(each.masks.kinds),
                "limit": {"rate": each.limit.rate, "burst": each.limit.burst},
                "key_limit": {"rate": each.key_limit.rate, "burst": each.key_limit.burst},
            }
            for each in edition.channels.values()
        ],
    }
