"""Keys of the API: random texts by which a program proves who it is.

A key is written `xhk_`, its id of 10 characters, `_`, 43 characters of 256 random bits, and 6
that check all of it: a scanner finds a leaked key by `PATTERN` and tells it from a made-up one
by `looks_like_key`, without asking anybody. Of a key only its SHA-256 is kept.
"""

import math
import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...core.errors import CredentialError, ForbiddenError, InvalidError, NotFoundError
from ...core.time import day_of
from .channels import Channels
from .grants import KEY, Grant, Principal
from .spans import within
from .store import Store
from .tokens import digest, same

__all__ = ["PATTERN", "STATES", "ApiKey", "Issued", "Keys", "looks_like_key"]

PREFIX = "xhk"
PATTERN = re.compile(rf"\b{PREFIX}_[0-9A-Za-z]{{10}}_[0-9A-Za-z]{{49}}\b")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID, SECRET, CHECK = 10, 43, 6
LONGEST = timedelta(days=366)
LONGEST_HOLDER = 100
OVERLAP, SOON = timedelta(days=7), timedelta(days=30)
STATES = ("valid", "ends soon", "waits", "not valid yet", "expired", "revoked")
COARSE = timedelta(minutes=1)
NOBODY = digest("no key has this digest")
REFUSED = (
    "no valid key of this service was sent. Send one as Authorization: Bearer xhk_...; whoever "
    "administers the service issues, renews and revokes them"
)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key.

    Parameters
    ----------
    id
        By which it is found, and named in the audit.
    holder
        Which program or department has it, for people.
    digest
        SHA-256 of its text.
    grant, channel
        What it may do, and in which channel it asks.
    limit
        Requests a second that it may make, where its channel's are not to hold.
    created, expires
        When it was issued, and until when it is valid.
    revoked
        When it was revoked.
    used
        When it was last used, to the minute.
    after
        The id of the key that it took the place of.
    person
        Whose it is, as the audit names them; None where it is a program's.
    giver
        Who issued it, until somebody else agrees: it opens nothing as long.
    """

    id: str
    holder: str
    digest: str = field(repr=False)
    grant: Grant
    channel: str
    created: datetime
    expires: datetime
    limit: float | None = None
    revoked: datetime | None = None
    used: datetime | None = None
    after: str | None = None
    person: str | None = None
    giver: str | None = None

    def valid(self, now: datetime) -> bool:
        """Tell whether it is neither expired nor revoked, and waits for nobody to agree."""
        return self.created <= now < self.expires and self.revoked is None and self.giver is None

    def state(self, now: datetime) -> str:
        """Return how it stands: one of `STATES`."""
        if self.revoked is not None:
            return "revoked"
        if now < self.created:
            return "not valid yet"
        if now >= self.expires:
            return "expired"
        if self.giver is not None:
            return "waits"
        return "ends soon" if self.expires - now < SOON else "valid"

    @property
    def principal(self) -> Principal:
        """Who asks by this key."""
        return Principal(f"{KEY} {self.id}", self.grant, self.channel, KEY, self.person)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key: its text, which is shown once and never again, and what is kept of it."""

    text: str = field(repr=False)
    key: ApiKey


class Keys:
    """The keys of a service.

    Parameters
    ----------
    store
        Where what is kept of them is kept, by their ids.
    now
        The clock.
    channels
        In which of them keys may be issued; not looked at where there are none.

    Examples
    --------
    >>> from datetime import UTC
    >>> from .roles import Role
    >>> from .store import MemoryStore
    >>> keys = Keys(MemoryStore(), lambda: datetime(2026, 3, 1, tzinfo=UTC))
    >>> issued = keys.issue("hotline", Grant(Role.CONSUMER), "web", timedelta(days=90))
    >>> keys.check(issued.text).holder
    'hotline'
    >>> keys.check("xhk_guessed").holder  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    CredentialError: no valid key of this service was sent ...
    """

    def __init__(self, store: Store[ApiKey], now: Clock, channels: Channels | None = None) -> None:
        self._store = store
        self._now = now
        self._channels = channels

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
        """Make a key.

        Raises
        ------
        InvalidError
            If it would be valid for no time, or for more than a year; if it has no holder, or
            nothing can be the person; if its limit lets nothing through.
        PolicyError
            If there is no such channel today.
        """
        if not timedelta() < valid <= LONGEST:
            raise InvalidError(
                f"a key is valid for more than no time and at most {LONGEST.days} days, not "
                f"{valid}; a key in use is renewed by rotating it"
            )
        if not _is_name(holder):
            raise InvalidError(
                "a key has a holder: name the program or department that gets it, in at most "
                f"{LONGEST_HOLDER} letters"
            )
        if limit is not None and not 0 < limit < math.inf:
            raise InvalidError(f"a limit of {limit} requests a second lets nothing through")
        return self._make(holder, grant, channel, valid, limit=limit, person=person)

    def check(self, text: str) -> ApiKey:
        """Return the key of a text, and keep when it was used.

        Raises
        ------
        CredentialError
            If there is none, or it is expired or revoked: the same words after the same steps.
        """
        return self.mark_used(self.verify(text))

    def verify(self, text: str) -> ApiKey:
        """Return the key of a text, and write nothing; see `check`."""
        now = self._now()
        name = text[len(PREFIX) + 1 : len(PREFIX) + 1 + ID]
        key = self._store.get(name)
        right = same(digest(text), NOBODY if key is None else key.digest)
        if key is None or not right or not key.valid(now):
            raise CredentialError(REFUSED)
        return key

    def mark_used(self, key: ApiKey) -> ApiKey:
        """Keep to the minute when a key was used, and return it."""
        now = self._now()
        if key.used is not None and within(key.used, now, COARSE):
            return key
        return self.change(key.id, lambda found: replace(found, used=now))

    def rotate(
        self,
        name: str,
        valid: timedelta,
        overlap: timedelta = OVERLAP,
        *,
        person: str | None = None,
    ) -> Issued:
        """Make a key in the place of another, which stays valid for the overlap and no longer.

        It is of the same person, unless one is named.

        Raises
        ------
        NotFoundError, InvalidError
            If there is no such key, if it is valid no longer, or as for `issue`.
        """
        old, now = self.find(name), self._now()
        if not old.valid(now):
            raise InvalidError(f"the key {name} is valid no longer; issue a new one to its holder")
        if overlap < timedelta():
            raise InvalidError("the overlap of an old and a new key cannot be less than no time")
        if not timedelta() < valid <= LONGEST:
            raise InvalidError(f"a key is valid for at most {LONGEST.days} days, not {valid}")
        issued = self._make(
            old.holder,
            old.grant,
            old.channel,
            valid,
            limit=old.limit,
            after=old.id,
            person=old.person if person is None else person,
        )
        self.change(name, lambda key: replace(key, expires=min(key.expires, now + overlap)))
        return issued

    def revoke(self, name: str) -> ApiKey:
        """Make a key invalid at once, and return it; a key that was revoked before stays so.

        Raises
        ------
        NotFoundError
            If there is no such key.
        """
        now = self._now()
        return self.change(name, lambda key: replace(key, revoked=key.revoked or now))

    def find(self, name: str) -> ApiKey:
        """Return the key of an id, valid or not.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        key = self._store.get(name)
        if key is None:
            raise NotFoundError(f"there is no key {name!r}; list the keys to see their ids")
        return key

    def heir(self, name: str) -> ApiKey:
        """Return the key of an id, or the valid one that took its place by rotation.

        Raises
        ------
        ForbiddenError
            If it was revoked, or neither is valid.
        """
        if self.find(name).revoked is not None:
            raise ForbiddenError(
                f"the key {name} was revoked, and what it asked for ends with it; a key that took "
                "its place can resume it"
            )
        now, keys = self._now(), self.all()
        names = {name}
        for key in keys:
            names |= {key.id} if key.after in names else set()
        valid = [key for key in keys if key.id in names and key.valid(now)]
        if not valid:
            raise ForbiddenError(
                f"the key {name} is valid no longer, and none that took its place is; issue another"
            )
        return valid[-1]

    def before(self, key: ApiKey) -> tuple[str, ...]:
        """Return the ids of the keys whose place a key took, the first first."""
        names: list[str] = []
        found: ApiKey | None = key
        while found is not None and found.after is not None:
            names.insert(0, found.after)
            found = self._store.get(found.after)
        return tuple(names)

    def all(self) -> list[ApiKey]:
        """Return every key, the oldest first."""
        return sorted((key for _, key in self._store.rows()), key=lambda key: (key.created, key.id))

    def _make(
        self,
        holder: str,
        grant: Grant,
        channel: str,
        valid: timedelta,
        *,
        limit: float | None,
        after: str | None = None,
        person: str | None = None,
    ) -> Issued:
        if person is not None and not _is_name(person):
            raise InvalidError(
                "the person whose a key is, is named as the audit has them, in at most "
                f"{LONGEST_HOLDER} letters"
            )
        now, name, text = self._now(), *_new_key()
        if self._channels is not None:
            self._channels.on(day_of(now)).channel(channel)
        key = ApiKey(
            name,
            holder,
            digest(text),
            grant,
            channel,
            created=now,
            expires=now + valid,
            limit=limit,
            after=after,
            person=person,
        )
        self._store.add(name, key)
        return Issued(text, key)

    def change(self, name: str, change: Callable[[ApiKey], ApiKey]) -> ApiKey:
        """Put what `change` makes of a key in its place, and return it; see `Store.change`."""
        self.find(name)
        changed = self._store.change(name, lambda key: None if key is None else change(key))
        if changed is None:
            raise NotFoundError(f"there is no key {name!r} any more")
        return changed


def looks_like_key(text: str) -> bool:
    """Tell whether a text is written as a key is, its last characters right.

    Examples
    --------
    >>> looks_like_key("xhk_0123456789_" + 49 * "a")
    False
    """
    return bool(PATTERN.fullmatch(text)) and text[-CHECK:] == _check(text[:-CHECK])


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_HOLDER and text.isprintable()


def _new_key() -> tuple[str, str]:
    name = "".join(secrets.choice(ALPHABET) for _ in range(ID))
    body = f"{PREFIX}_{name}_{_base62(secrets.randbits(256), SECRET)}"
    return name, body + _check(body)


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECK)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
