"""Access: keys, accounts, sessions, channels, purposes and limits of a service, as one thing."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from ...core import time
from ...core.errors import (
    AccessError,
    CredentialError,
    ForbiddenError,
    LimitError,
    OutageError,
    PolicyError,
)
from .channels import Channel, Channels
from .grants import KEY, Principal
from .keys import REFUSED, ApiKey, Keys, looks_like_key
from .limits import Bucket, Limit, Limiter, Verdict
from .masking import Masks, masks_for
from .network import network
from .passes import Pass, Passes
from .people import People
from .purposes import Purpose, PurposeCode, Purposes
from .roles import Role
from .rows import kept
from .tokens import digest

if TYPE_CHECKING:
    from ...core.settings import Settings
    from ...ledger import Ledger

__all__ = ["Access"]

GUESSES = Limit(rate=1, burst=60)
"""So often an address may send what proves nothing."""
NOTED = 60.0
"""Seconds after which it is written down again that somebody asks too often."""
NUMBERS = 4_096


class Access:
    """Who may ask a service, how often, what for, and what of the answers they get.

    Parameters
    ----------
    keys, people
        Who there is.
    channels, purposes
        By which ways answers go out, and what for.
    now
        The clock.
    limiter
        What counts requests.
    workers
        How many processes share the limits.

    Attributes
    ----------
    refused
        How many requests were refused in this process, by why.
    """

    def __init__(
        self,
        keys: Keys,
        people: People,
        channels: Channels,
        purposes: Purposes,
        now: Callable[[], datetime],
        *,
        limiter: Limiter | None = None,
        workers: int = 1,
    ) -> None:
        self.keys = keys
        self.people = people
        self.accounts = people.accounts
        self.sessions = people.sessions
        self.channels = channels
        self.purposes = purposes
        self.limiter = limiter or Limiter()
        self.refused: Counter[str] = Counter()
        self._now = now
        self._workers = workers
        self._noted: dict[str, float] = {}
        self._by_key = Passes(self._pass_of_key, now)
        self._by_session = Passes(self._pass_of_session, now)
        self._read_purpose = lru_cache(NUMBERS)(self._purpose_on)

    @classmethod
    def open(
        cls, settings: "Settings", ledger: "Ledger", now: Callable[[], datetime], workers: int = 1
    ) -> Self:
        """Open what an installation has.

        Raises
        ------
        NotFoundError, PolicyError, InvalidError
            If the file of the channels, of the purposes or of a provider of sign-ins is not there,
            or cannot be meant.
        """
        channels = _policy(Channels, settings.channels)
        return cls(
            Keys(kept(ledger, ApiKey), now),
            People.open(settings, ledger, channels, now),
            channels,
            _policy(Purposes, settings.purposes),
            now,
            workers=workers,
        )

    def check(self, openapi: Mapping[str, Any]) -> None:
        """Refuse channels that name what no answer has, and places of personal data in none.

        There have to be channels and purposes for today as well.

        Raises
        ------
        PolicyError
            That names it, and what there is.
        """
        today = time.day_of(self._now())
        self.channels.on(today)
        self.purposes.on(today)
        self.channels.check(openapi, self.channels.name)
        Masks().check(openapi["components"]["schemas"])

    def known(self, secret: str, *, session: bool) -> Pass | None:
        """Return the pass of a key or session without asking the ledger; see `Passes.known`."""
        return (self._by_session if session else self._by_key).known(secret)

    def look_up(self, secret: str, *, session: bool) -> Pass:
        """Return the pass of a key or session from the ledger; see `Passes.look_up`.

        What is not written as keys are, which is no secret, troubles no ledger.
        """
        if not session and not looks_like_key(secret):
            raise CredentialError(REFUSED)
        return (self._by_session if session else self._by_key).look_up(secret)

    def forget(self, token: str) -> None:
        """Look a session up anew at once, as after it has ended; other processes do in a second."""
        with suppress(AccessError, OutageError):
            self._by_session.look_up(token)

    def close(self) -> None:
        """Release the connections to others."""
        self.people.close()

    def take(self, found: Pass) -> Verdict:
        """Count a request of somebody."""
        return self.limiter.take(found.buckets)

    def guessed(self, address: str) -> None:
        """Count what an address sent that proved nothing.

        Raises
        ------
        LimitError
            If that was too often.
        """
        verdict = self.limiter.take([Bucket("address", network(address), GUESSES)])
        if not verdict.passed:
            raise LimitError(
                "too much came from this address that proves nothing; who has a valid key is not "
                f"held up by it. Wait {verdict.wait} s",
                verdict.wait,
            )

    def to_be_noted(self, actor: str) -> bool:
        """Tell whether it is to be written down that somebody asks too often: once a minute."""
        seconds = monotonic()
        if seconds < self._noted.get(actor, -math.inf) + NOTED:
            return False
        if len(self._noted) >= NUMBERS:
            self._noted.clear()
        self._noted[actor] = seconds
        return True

    def purpose(self, text: str | None, role: Role) -> Purpose:
        """Return the purpose that somebody names today; see `PurposeEdition.read`."""
        return self._read_purpose(text, role, time.day_of(self._now()))

    def purposes_today(self) -> tuple[PurposeCode, ...]:
        """Return the purposes that can be named today, in the order of the policy."""
        return tuple(self.purposes.on(time.day_of(self._now())).codes.values())

    def _purpose_on(self, text: str | None, role: Role, day: int) -> Purpose:
        return self.purposes.on(day).read(text, role)

    def channel(self, name: str) -> Channel:
        """Return a channel as it is today.

        Raises
        ------
        PolicyError
            If there is none of that name.
        """
        return self.channels.on(time.day_of(self._now())).channel(name)

    def principal(self, key: ApiKey) -> Principal:
        """Return who asks by a key, with the person whose it is, and what it took the place of.

        A key of a person does what their account may as well, and nothing else.

        Raises
        ------
        ForbiddenError
            If that is nothing, or the account is out of use.
        """
        grant, person = key.grant, key.person
        if person is not None:
            grant, person = self.accounts.narrowed(grant, person), self.accounts.who(person)
        before = tuple(f"{KEY} {name}" for name in self.keys.before(key))
        return replace(key.principal, grant=grant, person=person, before=before)

    def _pass_of_key(self, text: str) -> Pass:
        key = self.keys.verify(text)
        found = self._pass(self.principal(key), key.id, _limit(key.limit), key.expires)
        with suppress(OutageError):  # that it can be used is of more weight than when it last was
            self.keys.mark_used(key)
        return found

    def _pass_of_session(self, token: str) -> Pass:
        session = self.sessions.check(token)
        name = digest(token)[:16]
        person = self.accounts.who(session.actor)
        principal = replace(session.principal, person=person)
        return self._pass(principal, name, None, session.begun + self.sessions.longest)

    def _pass(
        self, principal: Principal, name: str, limit: Limit | None, expires: datetime
    ) -> Pass:
        try:
            edition = self.channels.on(time.day_of(self._now()))
            channel = edition.channel(principal.channel)
        except PolicyError as error:
            raise ForbiddenError(f"the {principal.means} is of a channel: {error}") from None
        masks = masks_for(principal.grant, channel.masks)
        mine, of_all = limit or channel.key_limit, channel.limit
        return Pass(
            principal,
            channel,
            masks,
            (
                Bucket(principal.means, name, mine.among(self._workers)),
                Bucket("channel", channel.name, of_all.among(self._workers)),
            ),
            self._view(principal, channel, edition.version, masks),
            expires,
        )

    def _view(self, principal: Principal, channel: Channel, version: str, masks: Masks) -> str:
        grant = sorted(principal.grant.to_dict().items())
        parts = (self.channels.text, version, channel.name, sorted(masks.kinds), grant)
        return digest(repr(parts))[:32]


def _limit(rate: float | None) -> Limit | None:
    """Return the limit of a key of its own: at once, twice of what it may in a second."""
    return None if rate is None else Limit(rate, max(1, math.ceil(2 * rate)))


def _policy(kind: Any, path: Any) -> Any:
    return kind.default() if path is None else kind.load(path)
