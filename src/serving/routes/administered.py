"""What routes of keys, accounts and the audit have in common."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from ..access import Role
from ..answers import Values
from ..entrance.administration import Administration
from ..entrance.caller import Caller, to_json
from ..entrance.credentials import Credentials
from ..entrance.reading import Reading
from .parts import READING, Posting, without

__all__ = ["CHANGED", "SEEN", "Administering", "Following", "RoleNamed", "seen"]

SEEN = without(READING, 404) | {404: "There is nothing of that name."}
"""What is answered to who looks at them."""
CHANGED = without(SEEN, 304) | {
    400: "The body cannot be read.",
    403: "It is not for who asks to give, change or end, or they have to prove again who they are.",
    409: "It is not possible as things stand.",
}
"""What is answered to who changes them."""
DIGITS = 16
RoleNamed = Annotated[Role | None, Query(description="Of which role.")]
Following = Annotated[
    str,
    Query(max_length=100, description="Cursor: `next` of the page before; empty for the first."),
]


async def _administering(request: Request, caller: Posting) -> Administration:
    https = request.scope["scheme"] == "https"
    return Administration(caller, Credentials.of(request.scope["headers"], https=https))


Administering = Annotated[Administration, Depends(_administering)]


def seen(
    caller: Caller, action: str, subject: str, asked: Mapping[str, Any], values: Values
) -> Reading:
    """Return the reading of values that are at hand; its tag is that of what they are."""
    asked = {name: value for name, value in asked.items() if value}
    told = {"seen": hashlib.sha256(to_json(values)).hexdigest()[:DIGITS]}
    return caller.read(action, subject, asked | told, lambda: values)
