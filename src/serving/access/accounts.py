"""Local accounts of people: password, second factor, signing in."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from ...core.errors import CredentialError, ForbiddenError, InvalidError, NotFoundError
from . import totp
from .account import KIND, Account
from .grants import Grant
from .lockouts import Lockouts
from .passwords import Passwords, check_password
from .sessions import Sessions, SignedIn
from .store import Store
from .tokens import digest, new_token

__all__ = ["Accounts"]

NAME = re.compile(r"\w[\w.@-]{0,63}")
ELSEWHERE = "oidc "
DEVICES = 10
WRONG = (
    "name, password or code is wrong, or the account is not in use. No code counts twice: wait "
    "for the next; whoever administers the service can set a new password"
)
ENDING = ("grant", "password", "secret", "disabled")
"""What of an account ends its sessions when it changes."""
NO_SECRET = totp.new_secret()


class Accounts:
    """The local accounts of a service.

    Parameters
    ----------
    store
        Where they are kept, by name.
    passwords
        What hashes their passwords.
    lockouts
        What slows guessing down.
    sessions
        Where their sessions begin and end.
    now
        The clock.
    """

    def __init__(
        self,
        store: Store[Account],
        passwords: Passwords,
        lockouts: Lockouts,
        sessions: Sessions,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._lockouts = lockouts
        self._sessions = sessions
        self._now = now

    def create(self, name: str, grant: Grant, password: str) -> Account:
        """Make an account.

        Raises
        ------
        InvalidError
            If the name is taken or cannot be one, or the password is not good enough.
        """
        name = _name(name)
        if not NAME.fullmatch(name):
            raise InvalidError(
                "the name of an account has at most 64 letters, digits and . @ - _, and begins "
                "with a letter or a digit"
            )
        check_password(password, (name, "xinheng"))
        account = Account(name, grant, self._passwords.hash(password), self._now())
        self._store.add(name, account)
        return account

    def sign_in(
        self,
        name: str,
        password: str,
        code: str = "",
        *,
        address: str,
        channel: str,
        device: str | None = None,
        before: str | None = None,
    ) -> SignedIn:
        """Begin a session.

        Parameters
        ----------
        name, password, code
            As they were typed; the code of a second factor where the account has one.
        address
            Where the request comes from.
        channel
            In which channel the session is.
        device
            The token of the device, from the cookie that an earlier session left.
        before
            The token of the session that the browser had until now, which ends.

        Raises
        ------
        CredentialError
            If anything is wrong: the same words, after the same work, whatever it is.
        LimitError
            While locked out.
        """
        proved = self.prove(name, password, code, address=address, device=device)
        token = None if _known(proved, device) is not None else new_token()
        entered = self._entered(proved, password, token)
        signed_in = self._sessions.begin(entered.actor, entered.grant, channel, before=before)
        proved = replace(proved, password=entered.password)
        if not _stands(proved, self._store.get(proved.name)):
            self._sessions.end(signed_in.token)
            raise CredentialError(WRONG)
        return replace(signed_in, device=token)

    def prove(
        self,
        name: str,
        password: str,
        code: str = "",
        *,
        address: str,
        device: str | None = None,
    ) -> Account:
        """Return an account to whoever proves that it is theirs, as by signing in.

        Raises
        ------
        CredentialError, LimitError
            As for `sign_in`.
        """
        name = _name(name)
        account = self._store.get(name)
        known = _known(account, device)
        self._lockouts.begin(name, address, known)
        proved = self._proved(account, password, code)
        if account is None or not proved:
            raise CredentialError(WRONG)
        self._lockouts.succeeded(name, address, known)
        return account

    def set_password(self, name: str, password: str) -> None:
        """Set a password; every session and device of the account is forgotten.

        Raises
        ------
        NotFoundError, InvalidError
            If there is no such account, or the password is not good enough.
        """
        check_password(password, (_name(name), "xinheng"))
        kept = self._passwords.hash(password)
        account = self._change(
            name, lambda found: replace(found, password=kept, offered=None, devices=())
        )
        self._sessions.end_all(account.actor)

    def offer_second_factor(self, name: str) -> str:
        """Return the address, to be shown once, from which an application reads a new secret.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        secret = totp.new_secret()
        account = self._change(name, lambda found: replace(found, offered=secret))
        return totp.uri(secret, account.name)

    def confirm_second_factor(self, name: str, code: str) -> None:
        """Ask for a code from now on, after one shows that the application has the secret.

        Raises
        ------
        NotFoundError
            If there is no such account.
        CredentialError
            If no secret was offered, or the code is not of it.
        """
        account = self.find(name)
        secret = account.offered
        if secret is None:
            raise CredentialError("no secret was shown that a code could be of; ask for one first")
        step = totp.step_of(secret, code, self._now().timestamp())
        if step is None:
            raise CredentialError("this code is not of the secret that was shown; try the next")
        self._change(
            name, lambda found: replace(found, secret=secret, offered=None, step=step, devices=())
        )
        self._sessions.end_all(account.actor)

    def drop_second_factor(self, name: str) -> None:
        """Ask for no code any more, as when a telephone was lost; sessions end.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        account = self._change(name, lambda found: replace(found, secret=None, offered=None))
        self._sessions.end_all(account.actor)

    def regrant(self, name: str, grant: Grant) -> Account:
        """Let an account do something else; its sessions end.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        account = self._change(name, lambda found: replace(found, grant=grant))
        self._sessions.end_all(account.actor)
        return account

    def disable(self, name: str) -> Account:
        """Take an account out of use; its sessions end, and its name stays taken.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        now = self._now()
        account = self._change(name, lambda found: replace(found, disabled=now, devices=()))
        self._sessions.end_all(account.actor)
        return account

    def enable(self, name: str) -> Account:
        """Take an account into use again.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        return self._change(name, lambda found: replace(found, disabled=None))

    def find(self, name: str) -> Account:
        """Return an account by its name.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        account = self._store.get(_name(name))
        if account is None:
            raise NotFoundError(f"there is no account {name!r}; list the accounts to see them")
        return account

    def of(self, actor: str) -> Account | None:
        """Return the account that the audit names so; None where it is none's."""
        kind, _, name = actor.partition(" ")
        return self._store.get(name) if kind == KIND else None

    def whose(self, named: str) -> str:
        """Return what the audit calls a person, who is named by an account or as it does.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        return named if named.startswith(ELSEWHERE) else self.find(named).actor

    def who(self, actor: str) -> str:
        """Return the person behind what the audit names: two names of one person have the same."""
        seen: set[str] = set()
        while actor not in seen:
            seen.add(actor)
            account = self.of(actor)
            if account is not None and account.person is not None:
                actor = account.person
        return actor

    def set_person(self, name: str, person: str | None) -> Account:
        """Say whose an account is, where it is not called after them; see `Account`.

        Raises
        ------
        NotFoundError
            If there is no such account.
        InvalidError
            If the person is the account's own.
        """
        actor = self.find(name).actor
        if person is not None and actor in {person, self.who(person)}:
            raise InvalidError(f"{actor} is the person of {person} already")
        return self._change(name, lambda found: replace(found, person=person))

    def narrowed(self, grant: Grant, actor: str) -> Grant:
        """Return what of a grant whoever has it may as well; all of who has no account.

        Raises
        ------
        ForbiddenError
            If that is nothing, or their account is out of use.
        """
        account = self.of(actor)
        if not actor.startswith(f"{KIND} "):
            return grant
        if account is None or account.disabled is not None:
            raise ForbiddenError(
                f"this key is of {actor}, which is out of use; whoever manages keys can issue one "
                "to somebody else"
            )
        return grant.within(account.grant)

    def named(self, name: str) -> str:
        """Return what the audit calls whoever tries to sign in by a name, which may be anything.

        A name that nobody has is not told: a password may have been typed in its place.
        """
        account = self._store.get(_name(name))
        return "an account that there is not" if account is None else account.actor

    def all(self) -> list[Account]:
        """Return every account by name."""
        return [account for _, account in sorted(self._store.rows())]

    def _proved(self, account: Account | None, password: str, code: str) -> bool:
        """Do the same work whatever is wrong."""
        kept = None if account is None else account.password
        secret = None if account is None else account.secret
        right = self._passwords.verify(kept, password)
        step = totp.step_of(secret or NO_SECRET, code, self._now().timestamp())
        if account is None or not right or account.disabled is not None:
            return False
        return secret is None or (step is not None and self._used(account.name, step))

    def _used(self, name: str, step: int) -> bool:
        """Keep that a code was used; False where it, or a later one, was used before."""
        fresh = False

        def use(account: Account) -> Account:
            nonlocal fresh
            fresh = step > account.step
            return replace(account, step=max(step, account.step))

        self._change(name, use)
        return fresh

    def _entered(self, proved: Account, password: str, token: str | None) -> Account:
        """Keep the new device, and a hash of the present cost where the old one was another.

        Raises
        ------
        CredentialError
            If the account was changed since the password was looked at.
        """
        old = proved.password
        kept = self._passwords.hash(password) if self._passwords.is_old(old) else old

        def enter(account: Account) -> Account:
            if account.password != old or account.disabled is not None:
                return account
            devices = account.devices if token is None else (*account.devices, digest(token))
            return replace(account, devices=devices[-DEVICES:], password=kept)

        account = self._change(proved.name, enter)
        if account.password != kept or account.disabled is not None:
            raise CredentialError(WRONG)
        return account

    def _change(self, name: str, change: Callable[[Account], Account]) -> Account:
        found = self.find(name).name
        account = self._store.change(found, lambda row: None if row is None else change(row))
        if account is None:
            raise NotFoundError(f"there is no account {name!r} any more")
        return account


def _name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _stands(proved: Account, now: Account | None) -> bool:
    """Tell whether an account is still what somebody signed in to, of whom others end sessions."""
    if now is None:
        return False
    return all(getattr(now, what) == getattr(proved, what) for what in ENDING)


def _known(account: Account | None, device: str | None) -> str | None:
    """Return the digest of a device's token where the account knows it."""
    kept = None if device is None else digest(device)
    return kept if account is not None and kept in account.devices else None
