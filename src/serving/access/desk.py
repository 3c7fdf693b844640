"""The desk: where keys and accounts are given and taken, and each time it is written who did it.

A change and the entry of the audit trail that tells of it are one transaction: neither is there
without the other.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ...core.errors import ConflictError
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
from .setups import SetUps
from .tokens import new_token

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
    more
        What each entry tells besides, such as the request by which it was asked for.
    """

    step: Step
    actor: str
    channels: Channels
    now: Clock
    more: Mapping[str, Any] = field(default_factory=dict)
    keys: Keys = field(init=False)
    sessions: Sessions = field(init=False)
    accounts: Accounts = field(init=False)
    setups: SetUps = field(init=False)

    def __post_init__(self) -> None:
        step, now = self.step, self.now
        keys = Keys(kept(step, ApiKey), now, self.channels)
        sessions = Sessions(kept(step, Session), now)
        lockouts = Lockouts(kept(step, Failures), now)
        passwords = Passwords()
        accounts = Accounts(kept(step, Account), passwords, lockouts, sessions, now)
        setups = SetUps(accounts, sessions, passwords, lockouts, now)
        parts = {"keys": keys, "sessions": sessions, "accounts": accounts, "setups": setups}
        for name, value in parts.items():
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
        before = self.keys.find(name)
        issued = self.keys.rotate(name, valid, overlap, person=self._whose(person))
        old = self.keys.find(name)
        self._note("issue key", f"key {issued.key.id}", _told(issued.key))
        ends = {"expires": _written(old.expires), "successor": issued.key.id}
        changed = {"before": {"expires": _written(before.expires)}}
        self._note("rotate key", f"key {name}", ends | changed)
        return issued

    def revoke(self, name: str) -> ApiKey:
        """Revoke a key; see `Keys.revoke`."""
        before = self.keys.find(name)
        key = self.keys.revoke(name)
        states = {"before": {"state": before.state(self.now())}, "after": {"state": "revoked"}}
        self._note("revoke key", f"key {name}", {"holder": key.holder} | states)
        return key

    def hold_key(self, name: str, giver: str) -> ApiKey:
        """Let a key open nothing until somebody else than the giver agrees."""
        key = self.keys.change(name, lambda found: replace(found, giver=giver))
        self._note("hold key", f"key {name}", {"after": {"giver": giver}})
        return key

    def agree_to_key(self, name: str) -> ApiKey:
        """Let a key be used that waited.

        Raises
        ------
        ConflictError
            If it waits for nobody.
        """
        giver = self.keys.find(name).giver
        if giver is None:
            raise ConflictError(f"key {name} waits for nobody to agree; nothing was done")
        key = self.keys.change(name, lambda found: replace(found, giver=None))
        self._note("agree to key", f"key {name}", {"before": {"giver": giver}})
        return key

    def add(self, name: str, grant: Grant, password: str, person: str | None = None) -> Account:
        """Make an account, of another person if one is named; see `Accounts.create`."""
        account = self.accounts.create(name, grant, password)
        self._note("add account", account.actor, {"grant": grant.to_dict()})
        return account if person is None else self.set_person(account.name, person)

    def invite(self, name: str, grant: Grant, person: str | None = None) -> str:
        """Make an account, and return the code by which its password is set; see `SetUps`."""
        account = self.add(name, grant, new_token(), person)
        return self.offer_set_up(account.name)

    def offer_set_up(self, name: str) -> str:
        """Return a code by which a new password is set; the one before is none any more."""
        with self._changing("offer set-up", name):
            return self.setups.offer(name)

    def set_up(self, name: str, code: str, password: str) -> Account:
        """Set the password of an account by its code; see `SetUps.set_up`."""
        with self._changing("set password", name):
            return self.setups.set_up(name, code, password)

    def hold(self, name: str, giver: str | None) -> Account:
        """Let an account wait until somebody else than the giver agrees; see `SetUps.hold`."""
        with self._changing("hold account", name):
            return self.setups.hold(name, giver)

    def agree(self, name: str) -> str | None:
        """Agree to what an account waits for; see `SetUps.agree`."""
        with self._changing("agree to account", name):
            return self.setups.agree(name)

    def set_password(self, name: str, password: str) -> Account:
        """Set a password, end the sessions; see `Accounts.set_password`."""
        with self._changing("set password", name):
            self.accounts.set_password(name, password)
        return self.accounts.find(name)

    def offer_second_factor(self, name: str) -> str:
        """Return what an application reads a new secret from; see `Accounts`."""
        with self._changing("offer second factor", name):
            return self.accounts.offer_second_factor(name)

    def confirm_second_factor(self, name: str, code: str) -> Account:
        """Ask for a code from now on; see `Accounts.confirm_second_factor`."""
        with self._changing("confirm second factor", name):
            self.accounts.confirm_second_factor(name, code)
        return self.accounts.find(name)

    def drop_second_factor(self, name: str) -> Account:
        """Ask for no code any more; see `Accounts.drop_second_factor`."""
        with self._changing("drop second factor", name):
            self.accounts.drop_second_factor(name)
        return self.accounts.find(name)

    def regrant(self, name: str, grant: Grant) -> Account:
        """Let an account do something else; see `Accounts.regrant`."""
        with self._changing("change grant", name):
            return self.accounts.regrant(name, grant)

    def set_person(self, name: str, person: str | None) -> Account:
        """Say whose an account is, None for whom it is called after; see `Accounts.set_person`."""
        with self._changing("set person", name):
            return self.accounts.set_person(name, self._whose(person))

    def disable(self, name: str) -> Account:
        """Take an account out of use; see `Accounts.disable`."""
        with self._changing("disable account", name):
            return self.accounts.disable(name)

    def enable(self, name: str) -> Account:
        """Take an account into use again; see `Accounts.enable`."""
        with self._changing("enable account", name):
            return self.accounts.enable(name)

    def end_sessions(self, actor: str) -> int:
        """End every session of somebody, and return how many there were."""
        count = self.sessions.end_all(actor)
        self._note("end sessions", actor, {"sessions": count})
        return count

    def _whose(self, person: str | None) -> str | None:
        return None if person is None else self.accounts.whose(person)

    @contextmanager
    def _changing(self, action: str, name: str) -> Iterator[None]:
        """Note what was done to an account: what of it was changed, from what to what."""
        account = self.accounts.find(name)
        before = _state(account)
        yield
        after = _state(self.accounts.find(name))
        changed = [each for each in before if before[each] != after[each]]
        states = (("before", before), ("after", after))
        detail = {when: {each: state[each] for each in changed} for when, state in states}
        self._note(action, account.actor, detail if changed else {})

    def _note(self, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        told = {**detail, **self.more}
        self.step.note(
            Note.of(at=self.now(), actor=self.actor, action=action, subject=subject, detail=told)
        )


@contextmanager
def open_desk(
    ledger: Ledger,
    actor: str,
    channels: Channels,
    now: Clock,
    more: Mapping[str, Any] | None = None,
) -> Iterator[Desk]:
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
        yield Desk(step, actor, channels, now, more or {})


def _told(key: ApiKey) -> dict[str, Any]:
    told: dict[str, Any] = {
        "holder": key.holder,
        "grant": key.grant.to_dict(),
        "channel": key.channel,
        "expires": _written(key.expires),
    }
    more = {"limit": key.limit, "person": key.person}
    return told | {name: value for name, value in more.items() if value is not None}


def _state(account: Account) -> dict[str, Any]:
    """Return what may be told of an account, without its secrets."""
    moments = {"disabled": account.disabled, "setup_until": account.setup_until}
    return {
        "grant": account.grant.to_dict(),
        "person": account.person,
        "second_factor": account.secret is not None,
        "giver": account.giver,
        **{name: at and _written(at) for name, at in moments.items()},
    }


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
