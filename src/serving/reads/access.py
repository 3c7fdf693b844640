"""Keys, accounts, roles and channels: who has which, and what can be given."""

from collections.abc import Callable
from typing import TypeVar

from ...core import time
from ...core.errors import NotFoundError
from ..access import ROLES, Access, ApiKey, Role
from ..access.roles import PERSONAL
from ..answers import Values, account_values, channels_values, key_values, roles_values
from ..live.service import Service
from ..problem import ProblemError, sentence

__all__ = ["account", "accounts", "channels", "key", "keys", "roles"]

Found = TypeVar("Found")


def keys(
    service: Service, access: Access, state: str | None, role: Role | None, after: str, limit: int
) -> Values:
    """Return a page of keys, the oldest first, after that of an id."""
    now, begun = service.now(), after == ""
    found: list[ApiKey] = []
    for each in access.keys.all():
        wanted = state in {None, each.state(now)} and role in {None, each.grant.role}
        found += [each] if begun and wanted else []
        begun = begun or each.id == after
        if len(found) > limit:
            break
    following = found[limit - 1].id if len(found) > limit else None
    return {"keys": [key_values(each, now) for each in found[:limit]], "next": following}


def key(service: Service, access: Access, name: str) -> Values:
    """Return a key by its id.

    Raises
    ------
    ProblemError
        If there is none.
    """
    return key_values(_found(access.keys.find, name), service.now())


def accounts(
    access: Access, state: str | None, role: Role | None, after: str, limit: int
) -> Values:
    """Return a page of accounts by name, after one."""
    told = (
        values
        for each in access.accounts.all()
        if each.name > after and role in {None, each.grant.role}
        if state in {None, (values := account_values(each))["state"]}
    )
    found = [each for _, each in zip(range(limit + 1), told, strict=False)]
    following = found[limit - 1]["name"] if len(found) > limit else None
    return {"accounts": found[:limit], "next": following}


def account(access: Access, name: str) -> Values:
    """Return an account by its name.

    Raises
    ------
    ProblemError
        If there is none.
    """
    return account_values(_found(access.accounts.find, name))


def roles() -> Values:
    """Return the roles."""
    return roles_values(ROLES, PERSONAL)


def channels(service: Service, access: Access) -> Values:
    """Return the channels that there are today."""
    return channels_values(access.channels.on(time.day_of(service.now())))


def _found(find: Callable[[str], Found], name: str) -> Found:
    try:
        return find(name)
    except NotFoundError as error:
        raise ProblemError("not-found", sentence(error)) from None
