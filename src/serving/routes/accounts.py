"""Routes of accounts: who has one, what each may do, and letting people in and out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from ...core.time import day_of
from ..access import Invitation, Office, Permission
from ..answers import (
    AccountAnswer,
    AccountsAnswer,
    InvitationAnswer,
    SessionsEndedAnswer,
    account_values,
)
from ..entrance.administration import Administration
from ..orders import AccountOrder, GrantOrder
from ..reads import access as reads
from .administered import CHANGED, SEEN, Administering, Following, RoleNamed, seen
from .parts import Asking, Limit, answers, without

__all__ = ["router"]

NO_ACCOUNT = {404: "There is no such account."}
Named = Annotated[
    str, Path(alias="account", max_length=100, description="Name of an account.", examples=["li"])
]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done to an account, and needs no more to be said."""

    path: str
    name: str
    work: Callable[..., Invitation]
    summary: str
    told: str


ACTS = (
    Act("reset", "reset_account", Office.reset, "Have a person choose another password",
        "Take the password away and end the sessions; the second factor stays."),
    Act("drop-factor", "drop_factor", Office.drop_second_factor,
        "Ask an account for no second factor any more",
        "Ask for no code any more, as of a lost telephone; sessions end."),
    Act("agree", "agree_to_account", Office.agree, "Agree to what an account waits for",
        "Agree, as a second administrator, to what another one gave."),
    Act("disable", "disable_account", Office.disable, "Take an account out of use",
        "Take an account out of use: its sessions end, its keys open nothing, its name stays."),
    Act("enable", "enable_account", Office.enable, "Take an account into use again",
        "Take an account into use again, with the password that it had."),
)  # fmt: skip
State = Literal["in use", "set-up", "waits", "disabled"]
router = APIRouter(tags=["administration"])


@router.get(
    "/v1/accounts",
    name="accounts",
    summary="Who has which account",
    response_description="A page of accounts, by name.",
    response_model=AccountsAnswer,
    responses=answers(without(SEEN, 404)),
)
def listed(
    caller: Asking,
    state: Annotated[State | None, Query(description="How they stand.")] = None,
    role: RoleNamed = None,
    after: Following = "",
    limit: Limit = 100,
) -> Response:
    """Return the accounts of people; who signs in elsewhere has none here."""
    values = reads.accounts(caller.visit.access, state, role, after, limit)
    asked = {"state": state, "role": role, "after": after, "limit": limit}
    return seen(caller, "read accounts", "accounts", asked, values)


@router.get(
    "/v1/accounts/{account}",
    name="account",
    summary="An account",
    response_description="What it may do, whose it is, how it stands.",
    response_model=AccountAnswer,
    responses=answers(SEEN | NO_ACCOUNT),
)
def one(account: Named, caller: Asking) -> Response:
    """Return an account without its secrets; /v1/access/history has what was done to it."""
    values = reads.account(caller.visit.access, account)
    return seen(caller, "read account", f"account {values['name']}", {}, values)


@router.post(
    "/v1/accounts",
    name="add_account",
    status_code=201,
    summary="Make an account",
    response_description="The account, and the code by which its person chooses a password.",
    response_model=InvitationAnswer,
    responses=answers(CHANGED | NO_ACCOUNT),
)
def add(order: AccountOrder, administration: Administering) -> Response:
    """Make an account; one that decides or administers waits for a second administrator."""

    def work(office: Office) -> Invitation:
        return office.invite(order.name, order.grant.told(), order.person)

    found = administration.do(Permission.MANAGE_ACCOUNTS, "accounts", work)
    return _invited(administration, found, 201)


@router.put(
    "/v1/accounts/{account}/grant",
    name="grant_account",
    summary="Let an account do something else",
    response_description="The account; a code where its person has to choose a password anew.",
    response_model=InvitationAnswer,
    responses=answers(CHANGED | NO_ACCOUNT),
)
def grant(account: Named, order: GrantOrder, administration: Administering) -> Response:
    """Let an account do this instead of what it may do now; its sessions end."""

    def work(office: Office) -> Invitation:
        return office.regrant(account, order.told())

    return _changed(administration, account, work)


@router.post(
    "/v1/accounts/{account}/sign-out",
    name="end_sessions",
    summary="End the sessions of an account",
    response_description="How many there were.",
    response_model=SessionsEndedAnswer,
    responses=answers(CHANGED | NO_ACCOUNT),
)
def sign_out(account: Named, administration: Administering) -> Response:
    """End every session; who still has the password can begin a new one."""
    work = partial(Office.end_sessions, name=account)
    count = administration.do(Permission.MANAGE_ACCOUNTS, f"account {account}", work)
    return administration.answer({"account": account, "sessions": count})


def _acting(act: Act) -> Callable[..., Response]:
    """Return the route of one act."""

    def route(account: Named, administration: Administering) -> Response:
        return _changed(administration, account, partial(act.work, name=account))

    route.__doc__ = act.told
    return route


def _changed(
    administration: Administration, account: str, work: Callable[[Office], Invitation]
) -> Response:
    subject = f"account {account}"
    return _invited(administration, administration.do(Permission.MANAGE_ACCOUNTS, subject, work))


def _invited(administration: Administration, found: Invitation, status: int = 200) -> Response:
    account, today = found.account, day_of(administration.now())
    values = {
        "account": account_values(account),
        "setup_code": found.code,
        "half": found.half,
        "unknown_districts": account.grant.unknown_districts(today),
    }
    return administration.answer(values, status)


for _act in ACTS:
    router.post(
        f"/v1/accounts/{{account}}/{_act.path}",
        name=_act.name,
        summary=_act.summary,
        response_description="The account after it, and a code where one is offered.",
        response_model=InvitationAnswer,
        responses=answers(CHANGED | NO_ACCOUNT),
    )(_acting(_act))
