"""What is asked about keys, accounts and the audit, and done to them.

A key that is issued and a code that is offered are told once, in the answer. Who asks by a key has
one of a person who administers; what decides or administers, a second one agrees to.
"""

from collections.abc import Iterator
from typing import Unpack

from ..serving.answers import (
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
from ..serving.answers.audit import EntryAnswer
from . import calls
from .calls import Day, Entries, Record
from .watcher import Watcher

__all__ = ["Administrator"]


class Administrator(Watcher):
    """Asks about keys, accounts and the audit, and gives and takes the former."""

    def keys(
        self, state: str | None = None, role: str | None = None, after: str = "", limit: int = 100
    ) -> KeysAnswer:
        """Return a page of keys, the oldest first: of a state or a role, or all."""
        return self.send(calls.keys(state, role, after, limit))

    def key(self, key: str) -> KeyAnswer:
        """Return a key by its id, without its text."""
        return self.send(calls.key(key))

    def issue_key(
        self,
        holder: str,
        grant: Record,
        channel: str = "program",
        days: int = 365,
        limit: float | None = None,
        *,
        own: bool = False,
    ) -> IssuedKeyAnswer:
        """Issue a key of a program, or one's own; its text is `secret` of the answer."""
        return self.send(calls.issue_key(holder, grant, channel, days, limit, own=own))

    def rotate_key(self, key: str, days: int = 365, overlap: int = 7) -> IssuedKeyAnswer:
        """Issue a key in the place of another, which stays valid for so many days."""
        return self.send(calls.rotate_key(key, days, overlap))

    def revoke_key(self, key: str) -> KeyAnswer:
        """Revoke a key for good."""
        return self.send(calls.revoke_key(key))

    def agree_to_key(self, key: str) -> KeyAnswer:
        """Agree, as a second administrator, to a key that another one issued."""
        return self.send(calls.agree_to_key(key))

    def accounts(
        self, state: str | None = None, role: str | None = None, after: str = "", limit: int = 100
    ) -> AccountsAnswer:
        """Return a page of accounts, by name: of a state or a role, or all."""
        return self.send(calls.accounts(state, role, after, limit))

    def account(self, account: str) -> AccountAnswer:
        """Return an account by its name."""
        return self.send(calls.account(account))

    def add_account(
        self, account: str, grant: Record, person: str | None = None
    ) -> InvitationAnswer:
        """Make an account; its person chooses the password by `setup_code` of the answer."""
        return self.send(calls.add_account(account, grant, person))

    def grant_account(self, account: str, grant: Record) -> InvitationAnswer:
        """Let an account do this instead of what it may do now."""
        return self.send(calls.grant_account(account, grant))

    def reset_account(self, account: str) -> InvitationAnswer:
        """Have a person choose another password, by `setup_code` of the answer."""
        return self.send(calls.reset_account(account))

    def drop_factor(self, account: str) -> InvitationAnswer:
        """Ask an account for no second factor any more."""
        return self.send(calls.drop_factor(account))

    def agree_to_account(self, account: str) -> InvitationAnswer:
        """Agree, as a second administrator, to what an account waits for."""
        return self.send(calls.agree_to_account(account))

    def disable_account(self, account: str) -> InvitationAnswer:
        """Take an account out of use."""
        return self.send(calls.disable_account(account))

    def enable_account(self, account: str) -> InvitationAnswer:
        """Take an account into use again."""
        return self.send(calls.enable_account(account))

    def end_sessions(self, account: str) -> SessionsEndedAnswer:
        """End every session of an account."""
        return self.send(calls.end_sessions(account))

    def roles(self) -> RolesAnswer:
        """Return what each role may do."""
        return self.send(calls.roles())

    def channels(self) -> ChannelsAnswer:
        """Return the channels of today and their limits."""
        return self.send(calls.channels())

    def access_history(
        self,
        of: str | None = None,
        by: str | None = None,
        since: Day = None,
        until: Day = None,
        after: str | None = None,
        limit: int = 100,
    ) -> AuditAnswer:
        """Return a page of what was done to keys and accounts, the newest first."""
        return self.send(calls.access_history(of, by, since, until, after, limit))

    def audit(
        self, after: str | None = None, limit: int = 100, **wanted: Unpack[Entries]
    ) -> AuditAnswer:
        """Return a page of the audit, the newest entries first."""
        return self.send(calls.audit(after, limit, wanted))

    def every_entry(self, **wanted: Unpack[Entries]) -> Iterator[EntryAnswer]:
        """Yield every entry of the audit that is wanted, the newest first."""
        after, more = None, True
        while more:
            page = self.audit(after, 1_000, **wanted)
            yield from page.entries
            after, more = page.next, page.next is not None

    def verification(self) -> VerificationAnswer:
        """Return how the audit was when the scheduled job last checked it."""
        return self.send(calls.verification())
