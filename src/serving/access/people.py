"""People: how somebody signs in, by an account or elsewhere, and out again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ...core import time
from ...core.errors import CredentialError, InvalidError, NotFoundError
from .account import Account
from .accounts import Accounts
from .channels import Channels
from .issuer import Issuer
from .lockouts import Failures, Lockouts
from .oidc import OpenId, Pending, Started
from .passwords import Passwords
from .provider import Provider
from .rows import Rows, kept
from .sessions import Session, Sessions, SignedIn
from .setups import SetUps

if TYPE_CHECKING:
    from ...core.settings import Settings

__all__ = ["Elsewhere", "People", "Standing"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One provider by which people sign in, and in which channel they are then."""

    openid: OpenId
    channel: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A session as whoever is in it may see it.

    Parameters
    ----------
    session
        Who, what is granted, since when.
    csrf
        What shows that a request was made by a page of the session.
    ends
        When it is over in any case.
    idle
        After how long without a request it is over.
    """

    session: Session
    csrf: str = field(repr=False)
    ends: datetime
    idle: timedelta


class People:
    """The people of a service.

    Parameters
    ----------
    accounts, sessions, setups
        Those of the service.
    channels
        By which of them people sign in.
    elsewhere
        The providers, by name.
    now
        The clock.
    """

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        setups: SetUps,
        channels: Channels,
        elsewhere: Mapping[str, Elsewhere],
        now: Clock,
    ) -> None:
        self.accounts = accounts
        self.sessions = sessions
        self.setups = setups
        self._channels = channels
        self._elsewhere = elsewhere
        self._now = now

    @classmethod
    def open(cls, settings: "Settings", rows: Rows, channels: Channels, now: Clock) -> Self:
        """Open the accounts and sessions of an installation, and the providers that it names.

        Raises
        ------
        NotFoundError, PolicyError, InvalidError
            If a file of a provider is not there or cannot be meant, or people do not sign in by
            the channel that it names.
        """
        sessions = Sessions(kept(rows, Session), now, timedelta(minutes=settings.session_idle))
        lockouts = Lockouts(kept(rows, Failures), now)
        passwords = Passwords()
        accounts = Accounts(kept(rows, Account), passwords, lockouts, sessions, now)
        setups = SetUps(accounts, sessions, passwords, lockouts, now)
        elsewhere = {}
        for provider in _providers(settings.sign_in):
            openid = OpenId(Issuer(provider, now), kept(rows, Pending), now)
            elsewhere[provider.name] = Elsewhere(openid, provider.channel)
        people = cls(accounts, sessions, setups, channels, elsewhere, now)
        for each in elsewhere.values():
            people.check_channel(each.channel)
        return people

    @property
    def providers(self) -> tuple[str, ...]:
        """The names of those by whom people sign in who have no account here."""
        return tuple(sorted(self._elsewhere))

    @property
    def channels(self) -> list[str]:
        """The names of the channels by which people sign in today."""
        channels = self._channels.on(time.day_of(self._now())).channels
        return sorted(each.name for each in channels.values() if each.people)

    def check_channel(self, name: str) -> None:
        """Refuse a channel by which people do not sign in.

        Raises
        ------
        InvalidError
            That lists those by which they do.
        """
        if name not in self.channels:
            raise InvalidError(
                f"people do not sign in by the channel {name!r}; they do by: "
                f"{', '.join(self.channels)}"
            )

    def enter(
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
        """Begin a session of an account; see `Accounts.sign_in`.

        Raises
        ------
        InvalidError
            If people do not sign in by the channel.
        CredentialError, LimitError
            As for `Accounts.sign_in`.
        """
        self.check_channel(channel)
        return self.accounts.sign_in(
            name, password, code, address=address, channel=channel, device=device, before=before
        )

    def start(self, provider: str) -> Started:
        """Begin a sign-in elsewhere; see `OpenId.start`.

        Raises
        ------
        NotFoundError
            If there is no such provider.
        """
        return self._provider(provider).openid.start()

    def finish(
        self, provider: str, ticket: str, answer: Mapping[str, str], *, before: str | None = None
    ) -> SignedIn:
        """Begin the session of whoever signed in elsewhere; see `OpenId.finish`.

        Raises
        ------
        NotFoundError
            If there is no such provider.
        """
        found = self._provider(provider)
        identity = found.openid.finish(ticket, answer)
        return self.sessions.begin(identity.actor, identity.grant, found.channel, before=before)

    def stand(self, token: str) -> Standing:
        """Return how the session of a token stands.

        Raises
        ------
        CredentialError
            If there is none, or it is over.
        """
        session = self.sessions.check(token)
        return self.standing(session, self.sessions.csrf(token))

    def standing(self, session: Session, csrf: str) -> Standing:
        """Return how a session stands of which the form token is known."""
        return Standing(session, csrf, session.begun + self.sessions.longest, self.sessions.idle)

    def leave(self, token: str) -> Session | None:
        """End the session of a token, and return it; None where there was none."""
        try:
            session = self.sessions.check(token)
        except CredentialError:
            return None
        self.sessions.end(token)
        return session

    def close(self) -> None:
        """Release the connections to providers."""
        for each in self._elsewhere.values():
            each.openid.close()

    def _provider(self, name: str) -> Elsewhere:
        if not self._elsewhere:
            raise NotFoundError("nobody signs people in for this service; sign in with an account")
        if name not in self._elsewhere:
            raise NotFoundError.among("provider of sign-ins", name, self.providers)
        return self._elsewhere[name]


def _providers(folder: Path | None) -> list[Provider]:
    """Return the providers of a folder, one in each TOML file."""
    if folder is None:
        return []
    if not folder.is_dir():
        raise NotFoundError(
            f"there is no folder {folder}, which XINHENG_SIGN_IN names; it holds a file for each "
            "provider of sign-ins, such as city.toml"
        )
    return [Provider.load(path) for path in sorted(folder.glob("*.toml"))]
