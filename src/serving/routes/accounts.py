"""Routes of accounts: who has one, what each may do, and letting people in and out."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from ...core.time import day_of
from ..access import Account, Invitation, Office, Permission
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
from .parts import (
    ADMINISTERED,
    UNSEEN,
    Administering,
    Asking,
    RoleNamed,
    answers,
    seen,
    without,
)

__all__ = ["router"]

NO_ACCOUNT = {404: "There is no such account, role or permission."}
CHANGED = ADMINISTERED | NO_ACCOUNT
Named = Annotated[
    str, Path(alias="account", max_length=100, description="Name of an account.", examples=["li"])
]
State = Literal["in use", "set-up", "waits", "disabled"]
router = APIRouter(tags=["administration"])


@router.get(
    "/v1/accounts",
    name="accounts",
    summary="Who has which account",
    response_description="A page of accounts, by name.",
    response_model=AccountsAnswer,
    responses=answers(without(UNSEEN, 404)),
)
def listed(
    caller: Asking,
    state: Annotated[State | None, Query(description="How they stand.")] = None,
    role: RoleNamed = None,
    after: Annotated[str, Query(max_length=100, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1_000, description="How many at most.")] = 100,
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
    responses=answers(UNSEEN | NO_ACCOUNT),
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
    responses=answers(CHANGED),
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
    responses=answers(CHANGED),
)
def grant(account: Named, order: GrantOrder, administration: Administering) -> Response:
    """Let an account do this instead of what it may do now; its sessions end."""

    def work(office: Office) -> Invitation:
        return office.regrant(account, order.told())

    return _changed(administration, account, work)


@router.post(
    "/v1/accounts/{account}/reset",
    name="reset_account",
    summary="Have a person choose another password",
    response_description="The account, and the code by which they do.",
    response_model=InvitationAnswer,
    responses=answers(CHANGED),
)
def reset(account: Named, administration: Administering) -> Response:
    """Take the password away and end the sessions; the second factor stays."""
    return _changed(administration, account, partial(Office.reset, name=account))


@router.post(
    "/v1/accounts/{account}/drop-factor",
    name="drop_factor",
    summary="Ask an account for no second factor any more",
    response_description="The account.",
    response_model=InvitationAnswer,
    responses=answers(CHANGED),
)
def drop_factor(account: Named, administration: Administering) -> Response:
    """Ask for no code any more, as of a lost telephone; sessions end."""
    return _changed(administration, account, partial(Office.drop_second_factor, name=account))


@router.post(
    "/v1/accounts/{account}/agree",
    name="agree_to_account",
    summary="Agree to what an account waits for",
    response_description="The account, in use; the second half of a code, if one is out.",
    response_model=InvitationAnswer,
    responses=answers(CHANGED),
)
def agree(account: Named, administration: Administering) -> Response:
    """Agree, as a second administrator, to what another one gave."""
    return _changed(administration, account, partial(Office.agree, name=account))


@router.post(
    "/v1/accounts/{account}/disable",
    name="disable_account",
    summary="Take an account out of use",
    response_description="The account.",
    response_model=AccountAnswer,
    responses=answers(CHANGED),
)
def disable(account: Named, administration: Administering) -> Response:
    """Take an account out of use: its sessions end, its keys open nothing, its name stays taken."""
    return _used(administration, account, partial(Office.disable, name=account))


@router.post(
    "/v1/accounts/{account}/enable",
    name="enable_account",
    summary="Take an account into use again",
    response_description="The account.",
    response_model=AccountAnswer,
    responses=answers(CHANGED),
)
def enable(account: Named, administration: Administering) -> Response:
    """Take an account into use again, with the password that it had."""
    return _used(administration, account, partial(Office.enable, name=account))


@router.post(
    "/v1/accounts/{account}/sign-out",
    name="end_sessions",
    summary="End the sessions of an account",
    response_description="How many there were.",
    response_model=SessionsEndedAnswer,
    responses=answers(CHANGED),
)
def sign_out(account: Named, administration: Administering) -> Response:
    """End every session; who still has the password can begin a new one."""
    work = partial(Office.end_sessions, name=account)
    count = administration.do(Permission.MANAGE_ACCOUNTS, f"account {account}", work)
    return administration.answer({"account": account, "sessions": count})


def _changed(
    administration: Administration, account: str, work: Callable[[Office], Invitation]
) -> Response:
    subject = f"account {account}"
    return _invited(administration, administration.do(Permission.MANAGE_ACCOUNTS, subject, work))


def _used(
    administration: Administration, account: str, work: Callable[[Office], Account]
) -> Response:
    found = administration.do(Permission.MANAGE_ACCOUNTS, f"account {account}", work)
    return administration.answer(account_values(found))


def _invited(administration: Administration, found: Invitation, status: int = 200) -> Response:
    account, today = found.account, day_of(administration.now())
    values = {
        "account": account_values(account),
        "setup_code": found.code,
        "half": found.half,
        "unknown_districts": account.grant.unknown_districts(today),
    }
    return administration.answer(values, status)
