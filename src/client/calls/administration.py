"""Calls about keys, accounts and the audit: who has which, giving and taking them, who did what."""

from typing import TypedDict

from ...serving.answers import (
    AccountAnswer,
    AccountsAnswer,
    AuditAnswer,
    ChannelsAnswer,
    InvitationAnswer,
    IssuedKeyAnswer,
    KeyAnswer,
    KeysAnswer,
    RolesAnswer,
    SessionsEndedAnswer,
    VerificationAnswer,
)
from ..call import Call, path
from .parts import Day, Record, Several, get, given, several

__all__ = [
    "Entries",
    "access_history",
    "account",
    "accounts",
    "add_account",
    "agree_to_account",
    "agree_to_key",
    "audit",
    "channels",
    "disable_account",
    "drop_factor",
    "enable_account",
    "end_sessions",
    "grant_account",
    "issue_key",
    "key",
    "keys",
    "reset_account",
    "revoke_key",
    "roles",
    "rotate_key",
    "verification",
]

KEY, ACCOUNT = "/v1/keys/{key}", "/v1/accounts/{account}"


class Entries(TypedDict, total=False):
    """What an entry of the audit may be looked up by."""

    actor: str
    enterprise: str
    subject: str
    action: Several
    purpose: str
    since: Day
    until: Day


def keys(
    state: str | None = None, role: str | None = None, after: str = "", limit: int = 100
) -> Call[KeysAnswer]:
    """Return the call for a page of keys, the oldest first."""
    return get("keys", "/v1/keys", KeysAnswer, state=state, role=role, after=after, limit=limit)


def key(key: str) -> Call[KeyAnswer]:
    """Return the call for a key, without its text."""
    return get("key", path(KEY, key=key), KeyAnswer)


def issue_key(
    holder: str,
    grant: Record,
    channel: str = "program",
    days: int = 365,
    limit: float | None = None,
    *,
    own: bool = False,
) -> Call[IssuedKeyAnswer]:
    """Return the call that issues a key; twice would be two, so it is sent once."""
    body = given({"holder": holder, "grant": dict(grant), "channel": channel, "days": days})
    body |= given({"limit": limit, "own": own})
    return Call("issue_key", "POST", "/v1/keys", IssuedKeyAnswer, json=body, repeatable=False)


def rotate_key(key: str, days: int = 365, overlap: int = 7) -> Call[IssuedKeyAnswer]:
    """Return the call that issues a key in the place of another; it is sent once."""
    where, body = path(f"{KEY}/rotate", key=key), {"days": days, "overlap": overlap}
    return Call("rotate_key", "POST", where, IssuedKeyAnswer, json=body, repeatable=False)


def revoke_key(key: str) -> Call[KeyAnswer]:
    """Return the call that revokes a key."""
    return Call("revoke_key", "POST", path(f"{KEY}/revoke", key=key), KeyAnswer)


def agree_to_key(key: str) -> Call[KeyAnswer]:
    """Return the call that agrees to a key that another administrator issued; it is sent once."""
    where = path(f"{KEY}/agree", key=key)
    return Call("agree_to_key", "POST", where, KeyAnswer, repeatable=False)


def accounts(
    state: str | None = None, role: str | None = None, after: str = "", limit: int = 100
) -> Call[AccountsAnswer]:
    """Return the call for a page of accounts, by name."""
    asked = {"state": state, "role": role, "after": after, "limit": limit}
    return get("accounts", "/v1/accounts", AccountsAnswer, **asked)


def account(account: str) -> Call[AccountAnswer]:
    """Return the call for an account."""
    return get("account", path(ACCOUNT, account=account), AccountAnswer)


def add_account(account: str, grant: Record, person: str | None = None) -> Call[InvitationAnswer]:
    """Return the call that makes an account; it is sent once, as its code is shown once."""
    body = given({"name": account, "grant": dict(grant), "person": person})
    where = "/v1/accounts"
    return Call("add_account", "POST", where, InvitationAnswer, json=body, repeatable=False)


def grant_account(account: str, grant: Record) -> Call[InvitationAnswer]:
    """Return the call that lets an account do something else; it is sent once."""
    where, body = path(f"{ACCOUNT}/grant", account=account), dict(grant)
    return Call("grant_account", "PUT", where, InvitationAnswer, json=body, repeatable=False)


def reset_account(account: str) -> Call[InvitationAnswer]:
    """Return the call that has a person choose another password; it is sent once."""
    return _changed("reset_account", "reset", account)


def drop_factor(account: str) -> Call[InvitationAnswer]:
    """Return the call by which an account is asked for no second factor; it is sent once."""
    return _changed("drop_factor", "drop-factor", account)


def agree_to_account(account: str) -> Call[InvitationAnswer]:
    """Return the call that agrees to what an account waits for; it is sent once."""
    return _changed("agree_to_account", "agree", account)


def disable_account(account: str) -> Call[InvitationAnswer]:
    """Return the call that takes an account out of use."""
    return _changed("disable_account", "disable", account, repeatable=True)


def enable_account(account: str) -> Call[InvitationAnswer]:
    """Return the call that takes an account into use again."""
    return _changed("enable_account", "enable", account, repeatable=True)


def end_sessions(account: str) -> Call[SessionsEndedAnswer]:
    """Return the call that ends the sessions of an account."""
    where = path(f"{ACCOUNT}/sign-out", account=account)
    return Call("end_sessions", "POST", where, SessionsEndedAnswer)


def roles() -> Call[RolesAnswer]:
    """Return the call for the roles."""
    return get("roles", "/v1/roles", RolesAnswer)


def channels() -> Call[ChannelsAnswer]:
    """Return the call for the channels and their limits."""
    return get("channels", "/v1/channels", ChannelsAnswer)


def access_history(
    of: str | None = None,
    by: str | None = None,
    since: Day = None,
    until: Day = None,
    after: str | None = None,
    limit: int = 100,
) -> Call[AuditAnswer]:
    """Return the call for a page of what was done to keys and accounts, the newest first."""
    asked = {"of": of, "by": by, "since": since, "until": until, "after": after, "limit": limit}
    return get("access_history", "/v1/access/history", AuditAnswer, **asked)


def audit(
    after: str | None = None, limit: int = 100, wanted: Entries | None = None
) -> Call[AuditAnswer]:
    """Return the call for a page of the audit, the newest entries first."""
    asked = dict(wanted or {})
    asked["action"] = several((wanted or {}).get("action"))
    return get("audit", "/v1/audit", AuditAnswer, after=after, limit=limit, **asked)


def verification() -> Call[VerificationAnswer]:
    """Return the call for how the audit was when last checked."""
    return get("verification", "/v1/audit/verification", VerificationAnswer)


def _changed(
    route: str, what: str, account: str, *, repeatable: bool = False
) -> Call[InvitationAnswer]:
    where = path(f"{ACCOUNT}/{what}", account=account)
    return Call(route, "POST", where, InvitationAnswer, repeatable=repeatable)
