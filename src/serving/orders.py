"""Orders: what an administrator has done to keys and accounts."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from .access import Grant, Permission, Role

__all__ = ["AccountOrder", "GrantOrder", "KeyOrder", "RotationOrder"]

LONGEST, MOST = 100, 200
GRANT: dict[str, Any] = {
    "role": "department",
    "permissions": None,
    "districts": ["440304"],
    "categories": None,
    "sources": ["city-market"],
}
Codes = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=LONGEST)]] | None, Field(max_length=MOST)
]
Days = Annotated[int, Field(strict=True, ge=1, le=366)]


def _with(**more: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [more]})


class GrantOrder(BaseModel):
    """What is to be granted: a role, narrowed to what is named and not null."""

    model_config = _with(**GRANT)

    role: Role = Field(description="Exactly one; /v1/roles says what each may do.")
    permissions: Annotated[list[Permission] | None, Field(max_length=MOST)] = Field(
        None, description="Those that it keeps of the role's."
    )
    districts: Codes = Field(None, description="Districts that it is held to.")
    categories: Codes = Field(None, description="Food categories that it is held to.")
    sources: Codes = Field(None, description="Sources whose records it may post.")

    def told(self) -> Grant:
        """Return the grant.

        Raises
        ------
        InvalidError
            If the role cannot be narrowed so.
        """
        return Grant.of(self.model_dump(mode="json", exclude_none=True))


class KeyOrder(BaseModel):
    """A key to be issued."""

    model_config = _with(
        holder="district bureau", grant=GRANT, channel="program", days=365, limit=None, own=False
    )

    holder: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="Which program or department gets it."
    )
    grant: GrantOrder
    channel: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        "program", description="In which it asks; /v1/channels lists them."
    )
    days: Days = Field(365, description="Days for which it is valid.")
    limit: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None = Field(
        None, description="Requests a second, where its channel's are not to hold."
    )
    own: bool = Field(
        False,
        strict=True,
        description="Whether it is of the person who asks, and does no more than they may; else "
        "it is nobody's. To others, whoever is at the machine gives keys of their own.",
    )


class RotationOrder(BaseModel):
    """For how long a new key is valid, and the one in whose place it is."""

    model_config = _with(days=365, overlap=7)

    days: Days = Field(365, description="Days for which the new one is valid.")
    overlap: Annotated[int, Field(strict=True, ge=0, le=90)] = Field(
        7, description="Days for which the old one stays valid as well, and no longer."
    )


class AccountOrder(BaseModel):
    """An account to be made, of which its person chooses the password."""

    model_config = _with(name="li", grant=GRANT, person=None)

    name: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="As they sign in: at most 64 letters, digits and . @ - _."
    )
    grant: GrantOrder
    person: Annotated[str, Field(min_length=1, max_length=LONGEST)] | None = Field(
        None,
        description="Whose it is, if they have another account or sign in elsewhere: two names of "
        "one person are never two people.",
    )
