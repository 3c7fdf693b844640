"""Proofs: what people sign in with, as they change it themselves.

A session alone changes nothing, as it may be somebody else who found it open: password and code are
asked for again, and guessing at them slows down as at the door. What is changed ends all sessions.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ...core.errors import CredentialError, ForbiddenError, InvalidError, LimitError
from ..access import Account, Desk, Standing, open_desk
from ..access.sessions import OVER
from .door import Door

__all__ = ["Proofs"]

Changed = TypeVar("Changed")

WRONG = "password or code is wrong; nothing was changed. No code counts twice: wait for the next"
ELSEWHERE = (
    "you sign in by a provider, so password and second factor are not kept here; change them there"
)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What whoever is at the door signs in with.

    Parameters
    ----------
    door
        The request.
    """

    door: Door

    def set_password(self, password: str, code: str, new: str) -> None:
        """Set a new password; all sessions end, and devices are forgotten.

        Raises
        ------
        CredentialError, ForbiddenError, LimitError
            If there is no session, it is not its page that asks, or password or code are wrong.
        InvalidError
            If the new password is not good enough, or is the one before.
        """
        account = self._proved(password, code)
        if new == password:
            raise InvalidError("the new password is the one before; choose another")
        self._change(account, lambda desk: desk.set_password(account.name, new))
        self._forget()

    def offer_second_factor(self, password: str, code: str) -> str:
        """Return the address from which an application reads a new secret; nothing changes yet.

        Raises
        ------
        CredentialError, ForbiddenError, LimitError
            As for `set_password`.
        """
        account = self._proved(password, code)
        return self._change(account, lambda desk: desk.offer_second_factor(account.name))

    def confirm_second_factor(self, code: str) -> None:
        """Ask for codes of the secret that was offered from now on; all sessions end.

        Raises
        ------
        CredentialError, ForbiddenError
            If there is no session, it is not its page that asks, or no such secret was offered.
        """
        account = self._own()
        with _wrong_is_forbidden():
            self._change(account, lambda desk: desk.confirm_second_factor(account.name, code))
        self._forget()

    def prove(self, password: str, code: str) -> Standing:
        """Keep that whoever is in the session proved who they are, and return how it stands.

        Raises
        ------
        CredentialError, ForbiddenError, LimitError
            As for `set_password`.
        """
        account, door = self._proved(password, code), self.door
        door.record(account.actor, "prove again", account.actor)
        session = door.access.sessions.prove(str(door.token))
        return door.access.people.standing(session, door.csrf)

    def set_up(self, name: str, code: str, new: str) -> None:
        """Set the password of an account by the code that its person was given.

        Raises
        ------
        CredentialError, LimitError
            If name or code are wrong, the code was used or is over, or somebody has to agree first.
        InvalidError
            If the password is not good enough.
        """
        access, door = self.door.access, self.door
        try:
            account = access.people.setups.check(name, code, door.address)
        except (CredentialError, LimitError) as error:
            door.keep_out(partial(access.accounts.named, name), name, error)
            raise
        self._change(account, lambda desk: desk.set_up(account.name, code, new))

    def _own(self) -> Account:
        """Return the account whose session it is, as a page of it asks."""
        door = self.door
        if door.token is None:
            raise CredentialError(OVER)
        standing: Standing = door.stand(door.token)
        with _wrong_is_forbidden():
            door.access.sessions.check_form(door.token, door.csrf)
        account = door.access.accounts.of(standing.session.actor)
        if account is None:
            raise ForbiddenError(ELSEWHERE)
        return account

    def _proved(self, password: str, code: str) -> Account:
        """Return the account to whoever proves again that it is theirs."""
        door, own = self.door, self._own()
        prove = door.access.accounts.prove
        try:
            return prove(own.name, password, code, address=door.address, device=door.device)
        except CredentialError as error:
            door.keep_out(lambda: own.actor, own.name, error)
            raise ForbiddenError(WRONG) from None
        except LimitError as error:
            door.keep_out(lambda: own.actor, own.name, error)
            raise

    def _change(self, account: Account, change: Callable[[Desk], Changed]) -> Changed:
        """Change it, and write down that whoever has it did."""
        access, service = self.door.access, self.door.service
        with open_desk(service.ledger, account.actor, access.channels, service.now) as desk:
            return change(desk)

    def _forget(self) -> None:
        if self.door.token is not None:
            self.door.access.forget(self.door.token)


@contextmanager
def _wrong_is_forbidden() -> Iterator[None]:
    """Answer what is wrong with 403: who asks is known, and their session goes on."""
    try:
        yield
    except CredentialError as error:
        raise ForbiddenError(str(error)) from None
