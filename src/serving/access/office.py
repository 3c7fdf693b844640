"""The office: the desk as administrators come to it over the network, who may not do everything.

Whoever is at the machine may do all that the desk does. Over the network, nobody gives more than
they may give, nobody acts on themselves, nobody gets at what is another person's, and what decides,
administers, or reads what the giver may not takes two: one who gives it, and another who agrees.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ...core.errors import ConflictError, ForbiddenError
from .account import Account
from .desk import Desk
from .grants import KEY, Grant, Principal
from .keys import OVERLAP, ApiKey, Issued
from .roles import PERSONAL, Permission

__all__ = ["Invitation", "Office"]

POWERS = frozenset({Permission.MANAGE_KEYS, Permission.MANAGE_ACCOUNTS, Permission.RUN_JOBS})
"""What an administrator gives only who has it: those of other roles each administrator gives."""
BOUNDS = ("districts", "categories", "sources")
AT_THE_MACHINE = "whoever is at the machine can (xinheng keys issue --person)"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An account after a change, and the code, or half of it, by which its password is set."""

    account: Account
    code: str | None = field(repr=False)
    half: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """The desk as somebody comes to it over the network, within one transaction.

    Parameters
    ----------
    desk
        The desk.
    who
        Who comes.

    Raises
    ------
    ForbiddenError
        If they may no longer do what they came for.
    """

    desk: Desk
    who: Principal

    def require(self, permission: Permission) -> None:
        """Refuse who may not, or may no longer: others wait, so that nothing changes meanwhile.

        Raises
        ------
        ForbiddenError
            That says what they lack.
        """
        self.desk.step.alone()
        grant = self.who.grant
        if self.who.means == KEY:
            key = self.desk.keys.find(self.who.actor.removeprefix(f"{KEY} "))
            if not key.valid(self.desk.now()):
                raise ForbiddenError("this key was revoked, or is over; nothing was done")
            grant = key.grant
        account = self.desk.accounts.of(self.who.actor)
        if account is not None and (account.grant != grant or not account.in_use):
            raise ForbiddenError("this account was changed meanwhile; sign in anew")
        if self.who.person is not None:
            grant = self.desk.accounts.narrowed(grant, self.who.person)
        if not grant.allows(permission):
            raise ForbiddenError(f"you may no longer {permission}; nothing was done")

    def issue(
        self,
        holder: str,
        grant: Grant,
        channel: str,
        valid: timedelta,
        *,
        limit: float | None = None,
        own: bool = False,
    ) -> Issued:
        """Issue a key of a program, or one's own; see `Keys.issue`.

        Raises
        ------
        ForbiddenError
            If it would do more than whoever issues it may give, or one's own more than oneself.
        """
        if own:
            self._require_own(grant)
        else:
            self._require_given(grant)
        person = self.who.author if own else None
        issued = self.desk.issue(holder, grant, channel, valid, limit=limit, person=person)
        return self._held_key(issued)

    def rotate(self, name: str, valid: timedelta, overlap: timedelta = OVERLAP) -> Issued:
        """Issue a key in the place of another; see `Keys.rotate`.

        Raises
        ------
        ForbiddenError
            If it is another person's, or does more than whoever rotates it may give.
        """
        key = self.desk.keys.find(name)
        if key.person is None:
            self._require_given(key.grant)
        elif self.desk.accounts.who(key.person) != self.who.author:
            raise ForbiddenError(
                f"the key {name} is of {key.person}, and who sees its text could act as they do; "
                "revoke it, and they have one of their own: they issue it, or " + AT_THE_MACHINE
            )
        else:
            self._require_own(key.grant)
        return self._held_key(self.desk.rotate(name, valid, overlap))

    def agree_to_key(self, name: str) -> ApiKey:
        """Agree to a key that another administrator issued.

        Raises
        ------
        ForbiddenError
            If it was oneself who issued it, or one could not give it.
        ConflictError
            If there is nothing to agree to.
        """
        key = self.desk.keys.find(name)
        self._require_given(key.grant)
        self._require_another(key.giver, f"key {name}", "xinheng keys agree")
        return self.desk.agree_to_key(name)

    def revoke(self, name: str) -> ApiKey:
        """Revoke a key; see `Keys.revoke`.

        Raises
        ------
        ForbiddenError
            If it reaches further than whoever revokes it.
        """
        self._require_bounds(self.desk.keys.find(name).grant)
        return self.desk.revoke(name)

    def invite(self, name: str, grant: Grant, person: str | None = None) -> Invitation:
        """Make an account whose person chooses the password by a code.

        Raises
        ------
        ForbiddenError
            If it would do more than whoever makes it may give.
        """
        self._require_given(grant)
        code = self.desk.invite(name, grant, person)
        return self._held(self.desk.accounts.find(name), code)

    def regrant(self, name: str, grant: Grant) -> Invitation:
        """Let an account do something else, or less; who gains what takes two, signs in anew.

        The person chooses another password and second factor, as whoever made the account may know
        those that there were.

        Raises
        ------
        ForbiddenError, ConflictError
            If it is not for whoever asks to change, or to give, or the last administrator's.
        """
        account = self._changeable(name)
        self._require_given(grant)
        if not grant.allows(Permission.MANAGE_ACCOUNTS):
            self._keep_administrator(account)
        if account.giver is None and _narrows(grant, account.grant):
            return Invitation(self.desk.regrant(name, grant), None)
        code = None
        if self._beyond(grant) and not self._beyond(account.grant):
            self.desk.drop_second_factor(name)
            code = self.desk.offer_set_up(name)
        return self._held(self.desk.regrant(name, grant), code)

    def reset(self, name: str) -> Invitation:
        """Let the person of an account choose another password; its second factor stays.

        Raises
        ------
        ForbiddenError, ConflictError
            As for `regrant`.
        """
        account = self._changeable(name)
        return self._held(account, self.desk.offer_set_up(name))

    def drop_second_factor(self, name: str) -> Invitation:
        """Ask for no code any more, as when a telephone was lost.

        Raises
        ------
        ForbiddenError, ConflictError
            As for `regrant`.
        """
        self._changeable(name)
        return self._held(self.desk.drop_second_factor(name), None)

    def agree(self, name: str) -> Invitation:
        """Agree to what another administrator gave.

        Raises
        ------
        ForbiddenError
            If it was oneself who gave it, or one could not give it.
        ConflictError
            If there is nothing to agree to.
        """
        account = self._changeable(name)
        self._require_another(account.giver, account.actor, "xinheng accounts agree")
        code = self.desk.agree(name)
        return Invitation(self.desk.accounts.find(name), code, half=code is not None)

    def disable(self, name: str) -> Invitation:
        """Take an account out of use; see `Accounts.disable`.

        Raises
        ------
        ForbiddenError, ConflictError
            As for `regrant`.
        """
        self._keep_administrator(self._changeable(name))
        return Invitation(self.desk.disable(name), None)

    def enable(self, name: str) -> Invitation:
        """Take an account into use again; see `Accounts.enable`.

        Raises
        ------
        ForbiddenError
            As for `regrant`.
        """
        self._changeable(name)
        return Invitation(self.desk.enable(name), None)

    def end_sessions(self, name: str) -> int:
        """End every session of an account, and return how many there were.

        Raises
        ------
        ForbiddenError
            If it reaches further than whoever asks.
        """
        account = self.desk.accounts.find(name)
        self._require_bounds(account.grant)
        return self.desk.end_sessions(account.actor)

    def _held(self, account: Account, code: str | None) -> Invitation:
        """Let an account wait for somebody else, where it does what nobody gives alone."""
        held = bool(self._beyond(account.grant))
        if held:
            self._keep_administrator(account)
        if held or account.giver is not None:
            self.desk.hold(account.name, self.who.author if held else None)
        found = self.desk.accounts.find(account.name)
        return Invitation(found, code, half=held and code is not None)

    def _held_key(self, issued: Issued) -> Issued:
        """Let a key wait for somebody else, where it reads what whoever issues it may not."""
        key = issued.key
        if key.person is not None or not self._beyond(key.grant) - PERSONAL:
            return issued
        return replace(issued, key=self.desk.hold_key(key.id, self.who.author))

    def _beyond(self, grant: Grant) -> frozenset[Permission]:
        """Return what of a grant is not given alone: what oneself may not, or people answer for."""
        return (grant.permissions - self.who.grant.permissions) | (grant.permissions & PERSONAL)

    def _require_another(self, giver: str | None, what: str, command: str) -> None:
        """Refuse to agree to what oneself gave."""
        if giver is not None and self._is_me(giver):
            raise ForbiddenError(
                f"you gave what {what} waits for, and somebody else has to agree: another "
                f"administrator, or whoever is at the machine ({command})"
            )

    def _changeable(self, name: str) -> Account:
        """Return an account that may be changed by whoever is here."""
        account = self.desk.accounts.find(name)
        if self._is_me(account.actor):
            raise ForbiddenError(
                f"{account.actor} is your own, and nobody changes what they themselves may do; "
                "ask another administrator. Your password you change in your session"
            )
        self._require_given(account.grant)
        return account

    def _is_me(self, actor: str) -> bool:
        return self.who.author in {actor, self.desk.accounts.who(actor)}

    def _keep_administrator(self, leaving: Account) -> None:
        """Refuse to take the last account out of use by which accounts are managed."""
        if not (leaving.in_use and leaving.grant.allows(Permission.MANAGE_ACCOUNTS)):
            return
        others = (each for each in self.desk.accounts.all() if each.name != leaving.name)
        if not any(_administers(each) for each in others):
            raise ConflictError(
                f"{leaving.actor} is the last in use that manages accounts; give another one that "
                "first, and have it agreed to"
            )

    def _require_given(self, grant: Grant) -> None:
        """Refuse a grant of more than whoever is here may give."""
        self._require_bounds(grant)
        more = (grant.permissions & POWERS) - self.who.grant.permissions
        if more:
            raise ForbiddenError(
                f"you may give nobody the permission to {_listed(more)}, as you lack it yourself; "
                "name fewer permissions, or ask an administrator who has it"
            )

    def _require_bounds(self, grant: Grant) -> None:
        """Refuse a grant that reaches further than whoever is here."""
        for what in BOUNDS:
            mine, given = (getattr(each.scope, what) for each in (self.who.grant, grant))
            if mine is not None and (given - mine if given is not None else what != "sources"):
                raise ForbiddenError(
                    f"you are held to the {what} {_listed(mine)}, and so is all that you give, "
                    f"change or end: it has to name some of these {what} and no others"
                )

    def _require_own(self, grant: Grant) -> None:
        """Refuse a key of one's own that would do more than oneself."""
        self._require_bounds(grant)
        more = grant.permissions - self.who.grant.permissions
        if more:
            raise ForbiddenError(
                f"a key of your own does nothing that you may not: {_listed(more)}; name the "
                "permissions that it is to keep"
            )


def _administers(account: Account) -> bool:
    return account.in_use and account.grant.allows(Permission.MANAGE_ACCOUNTS)


def _narrows(new: Grant, old: Grant) -> bool:
    """Tell whether a grant gives nothing that another one does not."""
    if new.permissions - old.permissions:
        return False
    for what in ("districts", "categories"):
        now, before = (getattr(each.scope, what) for each in (new, old))
        if before is not None and (now is None or now - before):
            return False
    return not (new.scope.sources or frozenset()) - (old.scope.sources or frozenset())


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
