"""Sessions of people who signed in: a random token in a cookie, of which its digest is kept."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...core.errors import CredentialError
from .grants import Grant, Principal
from .spans import within
from .store import Store
from .tokens import digest, new_token, same

__all__ = ["FRESH", "Session", "Sessions", "SignedIn"]

COARSE = timedelta(minutes=1)
FRESH = timedelta(minutes=10)
"""For so long after a proof is administered without another one."""
OVER = "there is no session, or it is over; sign in"
FORGED = (
    "the form was not sent from a page of this session, so nothing was done; open the page again "
    "and send it from there"
)


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept of a session: who, what is granted, since when, when last seen and proved."""

    actor: str
    grant: Grant
    channel: str
    begun: datetime
    seen: datetime
    proved: datetime | None = None
    """When whose it is proved it again; None where they did not since it began."""

    @property
    def principal(self) -> Principal:
        """Who asks in this session."""
        return Principal(self.actor, self.grant, self.channel, "session")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: its token, for a cookie that scripts cannot read, and what forms carry."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    session: Session
    device: str | None = field(default=None, repr=False)
    """A token by which the device is known the next time; None where it was known before."""


class Sessions:
    """The sessions of a service.

    Parameters
    ----------
    store
        Where sessions are kept, by the digests of their tokens.
    now
        The clock.
    idle, longest
        After how long without a request a session is over, and after how long in any case. By a
        clock that was set back since it was last seen, it is over too.

    Examples
    --------
    >>> from datetime import UTC
    >>> from .roles import Role
    >>> from .store import MemoryStore
    >>> sessions = Sessions(MemoryStore(), lambda: datetime(2026, 3, 1, tzinfo=UTC))
    >>> signed_in = sessions.begin("account li", Grant(Role.SUPERVISOR), "console")
    >>> sessions.check(signed_in.token).actor
    'account li'
    >>> sessions.check_form(signed_in.token, signed_in.csrf)
    """

    def __init__(
        self,
        store: Store[Session],
        now: Callable[[], datetime],
        idle: timedelta = timedelta(minutes=30),
        longest: timedelta = timedelta(hours=12),
    ) -> None:
        self._store = store
        self._now = now
        self.longest = longest
        self.idle = idle

    def begin(
        self, actor: str, grant: Grant, channel: str, *, before: str | None = None
    ) -> SignedIn:
        """Begin a session under a new token; the one of the token before is over."""
        if before is not None:
            self.end(before)
        now, token = self._now(), new_token()
        session = Session(actor, grant, channel, now, now)
        self._store.add(digest(token), session)
        return SignedIn(token, _csrf(token), session)

    def check(self, token: str) -> Session:
        """Return the session of a token, and keep when it was seen.

        Raises
        ------
        CredentialError
            If there is none, or it is over.
        """
        now, key = self._now(), digest(token)
        session = self._store.get(key)
        if session is None or self._over(session, now):
            if session is not None:
                self.end(token)
            raise CredentialError(OVER)
        if now - session.seen < min(COARSE, self.idle):
            return session
        seen = self._store.change(
            key, lambda found: None if found is None else replace(found, seen=now)
        )
        if seen is None:
            raise CredentialError(OVER)
        return seen

    def prove(self, token: str) -> Session:
        """Keep that whoever is in a session proved again who they are, and return it.

        Raises
        ------
        CredentialError
            If there is none, or it is over.
        """
        self.check(token)
        now = self._now()
        found = self._store.change(
            digest(token), lambda row: None if row is None else replace(row, proved=now)
        )
        if found is None:
            raise CredentialError(OVER)
        return found

    def is_fresh(self, session: Session) -> bool:
        """Tell whether whoever is in a session proved lately who they are, as by signing in."""
        return within(session.proved or session.begun, self._now(), FRESH)

    def csrf(self, token: str) -> str:
        """Return what the forms of the session of a token carry; nobody can tell it from that."""
        return _csrf(token)

    def check_form(self, token: str, csrf: str) -> None:
        """Refuse a form that was not made for the session of a token.

        Raises
        ------
        CredentialError
            If its token is not that of the session.
        """
        if not same(_csrf(token), csrf):
            raise CredentialError(FORGED)

    def end(self, token: str) -> None:
        """End the session of a token, if there is one."""
        self._store.change(digest(token), lambda _: None)

    def end_all(self, actor: str) -> int:
        """End every session of somebody, and return how many there were."""
        return self._store.prune(lambda session: session.actor == actor)

    def purge(self) -> int:
        """Remove the sessions that are over, and return how many there were."""
        now = self._now()
        return self._store.prune(lambda session: self._over(session, now))

    def _over(self, session: Session, now: datetime) -> bool:
        used = within(session.seen, now, self.idle)
        return not (used and within(session.begun, now, self.longest))


def _csrf(token: str) -> str:
    """Return what the forms of a session carry: nobody can tell the token from it."""
    return hmac.digest(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hex()
