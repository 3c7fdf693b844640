"""The desk: where keys and accounts are given and taken, and each time it is written who did it.

A change and the entry of the audit trail that tells of it are one transaction: neither is there
without the other.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...ledger import Ledger, Note, Step
from .account import Account
from .accounts import Accounts
from .channels import Channels
from .grants import Grant
from .keys import OVERLAP, ApiKey, Issued, Keys
from .lockouts import Failures, Lockouts
from .passwords import Passwords
from .rows import kept
from .sessions import Session, Sessions

__all__ = ["Desk", "open_desk"]

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Desk:
    """Keys and accounts as one person changes them, within one transaction.

    Parameters
    ----------
    step
        The transaction.
    actor
        Who changes them, as the audit has it.
    channels
        In which of them keys may be.
    now
        The clock.
    """

    step: Step
    actor: str
    channels: Channels
    now: Clock
    keys: Keys = field(init=False)
    sessions: Sessions = field(init=False)
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        step, now = self.step, self.now
        keys = Keys(kept(step, ApiKey), now, self.channels)
        sessions = Sessions(kept(step, Session), now)
        lockouts = Lockouts(kept(step, Failures), now)
        accounts = Accounts(kept(step, Account), Passwords(), lockouts, sessions, now)
        for name, value in (("keys", keys), ("sessions", sessions), ("accounts", accounts)):
            object.__setattr__(self, name, value)

    def issue(
        self,
        holder: str,
        grant: Grant,
        channel: str,
        valid: timedelta,
        *,
        limit: float | None = None,
        person: str | None = None,
    ) -> Issued:
        """Issue a key, which is of a person if one is named; see `Keys.issue`."""
        whose = self._whose(person)
        issued = self.keys.issue(holder, grant, channel, valid, limit=limit, person=whose)
        self._note("issue key", f"key {issued.key.id}", _told(issued.key))
        return issued

    def rotate(
        self,
        name: str,
        valid: timedelta,
        overlap: timedelta = OVERLAP,
        *,
        person: str | None = None,
    ) -> Issued:
        """Issue a key in the place of another; see `Keys.rotate`."""
        issued = self.keys.rotate(name, valid, overlap, person=self._whose(person))
        old = self.keys.find(name)
        self._note("issue key", f"key {issued.key.id}", _told(issued.key))
        ends = {"expires": _written(old.expires), "successor": issued.key.id}
        self._note("rotate key", f"key {name}", ends)
        return issued

    def revoke(self, name: str) -> ApiKey:
        """Revoke a key; see `Keys.revoke`."""
        key = self.keys.revoke(name)
        self._note("revoke key", f"key {name}", {"holder": key.holder})
        return key

    def add(self, name: str, grant: Grant, password: str) -> Account:
        """Make an account; see `Accounts.create`."""
        account = self.accounts.create(name, grant, password)
        return self._changed("add account", account, {"grant": grant.to_dict()})

    def set_password(self, name: str, password: str) -> Account:
        """Set a password, end the sessions; see `Accounts.set_password`."""
        self.accounts.set_password(name, password)
        return self._changed("set password", self.accounts.find(name))

    def offer_second_factor(self, name: str) -> str:
        """Return what an application reads a new secret from; see `Accounts`."""
        address = self.accounts.offer_second_factor(name)
        self._changed("offer second factor", self.accounts.find(name))
        return address

    def confirm_second_factor(self, name: str, code: str) -> Account:
        """Ask for a code from now on; see `Accounts.confirm_second_factor`."""
        self.accounts.confirm_second_factor(name, code)
        return self._changed("confirm second factor", self.accounts.find(name))

    def drop_second_factor(self, name: str) -> Account:
        """Ask for no code any more; see `Accounts.drop_second_factor`."""
        self.accounts.drop_second_factor(name)
        return self._changed("drop second factor", self.accounts.find(name))

    def regrant(self, name: str, grant: Grant) -> Account:
        """Let an account do something else; see `Accounts.regrant`."""
        before = self.accounts.find(name).grant.to_dict()
        account = self.accounts.regrant(name, grant)
        told = {"grant": grant.to_dict(), "before": before}
        return self._changed("change grant", account, told)

    def set_person(self, name: str, person: str | None) -> Account:
        """Say whose an account is, None for whom it is called after; see `Accounts.set_person`."""
        whose = self._whose(person)
        account = self.accounts.set_person(name, whose)
        return self._changed("set person", account, {"person": whose})

    def disable(self, name: str) -> Account:
        """Take an account out of use; see `Accounts.disable`."""
        return self._changed("disable account", self.accounts.disable(name))

    def enable(self, name: str) -> Account:
        """Take an account into use again; see `Accounts.enable`."""
        return self._changed("enable account", self.accounts.enable(name))

    def end_sessions(self, actor: str) -> int:
        """End every session of somebody, and return how many there were."""
        count = self.sessions.end_all(actor)
        self._note("end sessions", actor, {"sessions": count})
        return count

    def _whose(self, person: str | None) -> str | None:
        return None if person is None else self.accounts.whose(person)

    def _changed(
        self, action: str, account: Account, detail: Mapping[str, Any] | None = None
    ) -> Account:
        self._note(action, account.actor, detail or {})
        return account

    def _note(self, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        self.step.note(
            Note.of(at=self.now(), actor=self.actor, action=action, subject=subject, detail=detail)
        )


@contextmanager
def open_desk(ledger: Ledger, actor: str, channels: Channels, now: Clock) -> Iterator[Desk]:
    """Open the desk of a ledger to somebody; what is done at it is kept at the end, or nothing is.

    Examples
    --------
    >>> from datetime import UTC
    >>> from .roles import Role
    >>> ledger, at = Ledger("sqlite://"), datetime(2026, 3, 1, tzinfo=UTC)
    >>> with open_desk(ledger, "wang", Channels.default(), lambda: at) as desk:
    ...     key = desk.issue("hotline", Grant(Role.CONSUMER), "program", timedelta(90)).key
    >>> [entry["action"] for entry in ledger.audited(f"key {key.id}")]
    ['issue key']
    """
    with ledger.step() as step:
        yield Desk(step, actor, channels, now)


def _told(key: ApiKey) -> dict[str, Any]:
    told: dict[str, Any] = {
        "holder": key.holder,
        "grant": key.grant.to_dict(),
        "channel": key.channel,
        "expires": _written(key.expires),
    }
    more = {"limit": key.limit, "person": key.person}
    return told | {name: value for name, value in more.items() if value is not None}


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
