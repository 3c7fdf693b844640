"""Set-ups: a person gives an account its password by a code that counts once.

Whoever administers the service knows the code, and never the password. For what nobody gives alone
the code has two halves: one is of whoever made the change, the other of whoever agrees to it, so
that neither of them gets in.
"""

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from ...core.errors import ConflictError, CredentialError, NotFoundError
from .account import Account
from .accounts import Accounts
from .lockouts import Lockouts
from .passwords import Passwords, check_password
from .sessions import Sessions
from .tokens import digest, new_token, same

__all__ = ["VALID", "SetUps"]

VALID = timedelta(days=7)
HALF = 10
"""Bytes of a code, or of each half of it."""
BETWEEN = re.compile(r"[\s-]+")
NOBODY = digest("no code has this digest")
WRONG = (
    "name or code is wrong, the code was used or is over, or somebody has still to agree to the "
    "account; whoever administers the service can send a new one"
)


class SetUps:
    """The accounts whose persons have still to choose a password.

    Parameters
    ----------
    accounts, sessions
        Those of the service.
    passwords, lockouts
        What hashes their passwords, and what slows guessing down.
    now
        The clock.

    Examples
    --------
    >>> from datetime import UTC
    >>> from .grants import Grant
    >>> from .lockouts import Failures
    >>> from .passwords import Cost
    >>> from .roles import Role
    >>> from .sessions import Session
    >>> from .store import MemoryStore
    >>> now = lambda: datetime(2026, 3, 1, tzinfo=UTC)
    >>> passwords, sessions = Passwords(Cost(1, 64)), Sessions(MemoryStore[Session](), now)
    >>> lockouts = Lockouts(MemoryStore[Failures](), now)
    >>> accounts = Accounts(MemoryStore[Account](), passwords, lockouts, sessions, now)
    >>> setups = SetUps(accounts, sessions, passwords, lockouts, now)
    >>> _ = accounts.create("li", Grant(Role.CONSUMER), "four words are easy")
    >>> code = setups.offer("li")
    >>> setups.set_up("li", code, "other words are easy").setup is None
    True
    """

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        passwords: Passwords,
        lockouts: Lockouts,
        now: Callable[[], datetime],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._passwords = passwords
        self._lockouts = lockouts
        self._now = now

    def offer(self, name: str) -> str:
        """Return a new code, to be shown once; nobody knows the password of the account any more.

        Its sessions end, and its devices are forgotten; its second factor stays.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        code, nobodys = secrets.token_hex(HALF), self._passwords.hash(new_token())
        until = self._now() + VALID
        account = self._accounts.change(
            name,
            lambda found: replace(
                found.with_password(nobodys), setup=digest(code), setup_until=until
            ),
        )
        self._sessions.end_all(account.actor)
        return code

    def hold(self, name: str, giver: str | None) -> Account:
        """Let an account wait until somebody else than the giver agrees; for nobody if None.

        Its sessions end.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        account = self._accounts.change(name, lambda found: replace(found, giver=giver))
        self._sessions.end_all(account.actor)
        return account

    def agree(self, name: str) -> str | None:
        """Let an account into use that waited; return the second half of a code that is out.

        Raises
        ------
        NotFoundError
            If there is no such account.
        ConflictError
            If it waits for nobody.
        """
        half = secrets.token_hex(HALF)

        def agreed(found: Account) -> Account:
            if found.giver is None:
                raise ConflictError(f"{found.actor} waits for nobody to agree; nothing was done")
            setup = None if found.setup is None else digest(found.setup + half)
            return replace(found, giver=None, setup=setup)

        return half if self._accounts.change(name, agreed).setup is not None else None

    def check(self, name: str, code: str, address: str) -> Account:
        """Return the account whose code it is; guessing slows down as at signing in.

        Raises
        ------
        CredentialError
            If anything is wrong: the same words, whatever it is.
        LimitError
            While locked out.
        """
        self._lockouts.begin(name, address, None)
        account = None
        with suppress(NotFoundError):
            account = self._accounts.find(name)
        right = same(_digest(code), (account and account.setup) or NOBODY)
        if account is None or not right or not self._open(account):
            raise CredentialError(WRONG)
        self._lockouts.succeeded(name, address, None)
        return account

    def set_up(self, name: str, code: str, password: str) -> Account:
        """Set the password of an account by its code, which is used up.

        Raises
        ------
        CredentialError
            If the code is not, or no longer, that of the account.
        InvalidError
            If the password is not good enough.
        """
        check_password(password, (name, "xinheng"))
        kept = self._passwords.hash(password)

        def chosen(found: Account) -> Account:
            if not same(_digest(code), found.setup or NOBODY) or not self._open(found):
                raise CredentialError(WRONG)
            return found.with_password(kept)

        return self._accounts.change(name, chosen)

    def _open(self, account: Account) -> bool:
        until = account.setup_until
        return account.in_use and until is not None and self._now() < until


def _digest(code: str) -> str:
    """Return what is kept of a code: of one of two halves, the second over the digest of the first.

    Examples
    --------
    >>> _digest(" AB-cd ") == digest(digest("ab") + "cd"), _digest("ab") == digest("ab")
    (True, True)
    """
    first, *more = BETWEEN.split(code.strip().lower())
    kept = digest(first)
    for half in more:
        kept = digest(kept + half)
    return kept
