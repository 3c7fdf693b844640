"""Routes of keys: who has which; issuing, rotating and revoking them."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from ...core.time import day_of
from ..access import Issued, Office, Permission
from ..answers import IssuedKeyAnswer, KeyAnswer, KeysAnswer, Values, key_values
from ..entrance.administration import Administration
from ..orders import KeyOrder, RotationOrder
from ..reads import access as reads
from .administered import CHANGED, SEEN, Administering, Following, RoleNamed, seen
from .parts import Asking, Limit, answers, without

__all__ = ["router"]

NO_KEY = {404: "There is no such key."}
Named = Annotated[
    str, Path(alias="key", max_length=40, description="Id of a key.", examples=["ulINl8iGnU"])
]
State = Literal["valid", "ends soon", "waits", "not valid yet", "expired", "revoked"]
router = APIRouter(tags=["administration"])


@router.get(
    "/v1/keys",
    name="keys",
    summary="Who has which key",
    response_description="A page of keys, the oldest first.",
    response_model=KeysAnswer,
    responses=answers(without(SEEN, 404)),
)
def listed(
    caller: Asking,
    state: Annotated[State | None, Query(description="How they stand.")] = None,
    role: RoleNamed = None,
    after: Following = "",
    limit: Limit = 100,
) -> Response:
    """Return keys, valid or not, without their texts."""
    values = reads.keys(caller.service, caller.visit.access, state, role, after, limit)
    asked = {"state": state, "role": role, "after": after, "limit": limit}
    return seen(caller, "read keys", "keys", asked, values)


@router.get(
    "/v1/keys/{key}",
    name="key",
    summary="A key",
    response_description="What it may do, whose it is, how it stands.",
    response_model=KeyAnswer,
    responses=answers(SEEN | NO_KEY),
)
def one(key: Named, caller: Asking) -> Response:
    """Return a key without its text; /v1/access/history has what was done to it."""
    values = reads.key(caller.service, caller.visit.access, key)
    return seen(caller, "read key", f"key {key}", {}, values)


@router.post(
    "/v1/keys",
    name="issue_key",
    status_code=201,
    summary="Issue a key",
    response_description="The key with its text, which is shown this once.",
    response_model=IssuedKeyAnswer,
    responses=answers(without(CHANGED, 404)),
)
def issue(order: KeyOrder, administration: Administering) -> Response:
    """Issue a key of a program, which decides nothing, or one of one's own.

    One that reads what whoever issues it may not opens nothing until another administrator agrees.
    """

    def work(office: Office) -> Issued:
        grant, valid = order.grant.told(), timedelta(days=order.days)
        return office.issue(
            order.holder, grant, order.channel, valid, limit=order.limit, own=order.own
        )

    issued = administration.do(Permission.MANAGE_KEYS, "keys", work)
    return _issued(administration, issued, None)


@router.post(
    "/v1/keys/{key}/rotate",
    name="rotate_key",
    status_code=201,
    summary="Issue a key in the place of another",
    response_description="The new key with its text, shown this once, and when the old one ends.",
    response_model=IssuedKeyAnswer,
    responses=answers(CHANGED | NO_KEY),
)
def rotate(key: Named, order: RotationOrder, administration: Administering) -> Response:
    """Issue a successor; both are valid until the holder has changed over."""

    def work(office: Office) -> tuple[Issued, Values]:
        valid, overlap = timedelta(days=order.days), timedelta(days=order.overlap)
        issued = office.rotate(key, valid, overlap)
        return issued, key_values(office.desk.keys.find(key), office.desk.now())

    issued, old = administration.do(Permission.MANAGE_KEYS, f"key {key}", work)
    return _issued(administration, issued, old)


@router.post(
    "/v1/keys/{key}/revoke",
    name="revoke_key",
    summary="Revoke a key",
    response_description="The key, which opens nothing within two seconds.",
    response_model=KeyAnswer,
    responses=answers(CHANGED | NO_KEY),
)
def revoke(key: Named, administration: Administering) -> Response:
    """Make a key invalid for good; there is no way back."""
    revoked = partial(Office.revoke, name=key)
    found = administration.do(Permission.MANAGE_KEYS, f"key {key}", revoked)
    return administration.answer(key_values(found, administration.now()))


@router.post(
    "/v1/keys/{key}/agree",
    name="agree_to_key",
    summary="Agree to a key that another administrator issued",
    response_description="The key, which can be used from now on.",
    response_model=KeyAnswer,
    responses=answers(CHANGED | NO_KEY),
)
def agree(key: Named, administration: Administering) -> Response:
    """Agree, as a second administrator, to a key that reads what who issued it may not."""
    agreed = partial(Office.agree_to_key, name=key)
    found = administration.do(Permission.MANAGE_KEYS, f"key {key}", agreed)
    return administration.answer(key_values(found, administration.now()))


def _issued(administration: Administration, issued: Issued, old: Values | None) -> Response:
    now, key = administration.now(), issued.key
    values = {
        "secret": issued.text,
        "key": key_values(key, now),
        "old": old,
        "unknown_districts": key.grant.unknown_districts(day_of(now)),
    }
    return administration.answer(values, 201, Location=f"/v1/keys/{key.id}")
