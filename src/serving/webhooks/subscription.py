"""Subscriptions: which program is told of changes, where, and up to which it was."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from string import ascii_lowercase
from urllib.parse import urlsplit

from ...core.errors import InvalidError, NotFoundError
from ...ledger import WEBHOOKS, Ledger
from ..access.rows import read_row, write_row
from ..access.store import Store

__all__ = ["MOST", "Webhook", "Webhooks"]

MOST = 10
"""Webhooks of one key."""
LETTERS = 20
"""Of an id: a run of digits could be taken for a telephone number, and masked."""
LEASE = timedelta(seconds=60)
STOPPED = "paused by those who run the service"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One subscription.

    Attributes
    ----------
    id
        Its id.
    key
        Id of the key that asked for it, by whose grant and channel it is told.
    url, purpose
        Where, and what for.
    created
        When it was asked for.
    after
        Number of the last change that was delivered, or is beyond reach.
    upto
        Number of the last change of what is being delivered; None if nothing is. What was not
        delivered is sent again as it was.
    attempts, since, due
        How often that was tried, since when, and when again.
    paused, why
        When it was given up, and why.
    stopped_by
        Who of those who run the service paused it; then its program does not resume it.
    holder, until
        The process that delivers it at the moment, and for how long it may.
    """

    id: str
    key: str
    url: str
    purpose: str
    created: datetime
    after: int
    upto: int | None = None
    attempts: int = 0
    since: datetime | None = None
    due: datetime | None = None
    paused: datetime | None = None
    why: str = ""
    stopped_by: str | None = None
    holder: str = ""
    until: datetime | None = None

    @property
    def state(self) -> str:
        """Whether it is delivered to, tried again, or given up."""
        return "paused" if self.paused else "retrying" if self.attempts else "delivering"

    @property
    def host(self) -> str:
        """Where it goes: what else stands in an address may be a secret of its receiver."""
        return urlsplit(self.url).hostname or ""

    def may_begin(self, now: datetime) -> bool:
        """Tell whether somebody may begin to deliver it."""
        free = self.until is None or self.until <= now
        return free and self.paused is None and (self.due is None or self.due <= now)

    def delivered(self, after: int) -> "Webhook":
        """Return it with changes up to one delivered."""
        return replace(self, after=after, upto=None, attempts=0, since=None, due=None)

    def given_up(self, why: str, now: datetime) -> "Webhook":
        """Return it paused, until its program resumes it."""
        return self if self.paused else replace(self, paused=now, why=why)

    def stopped(self, by: str, reason: str, now: datetime) -> "Webhook":
        """Return it paused by whoever runs the service, until they resume it."""
        return replace(self, paused=now, why=f"{STOPPED}: {reason}", stopped_by=by)

    def resumed(self, key: str) -> "Webhook":
        """Return it as one that is tried at once, for a key, which answers for it from now on."""
        free = replace(self, paused=None, why="", stopped_by=None)
        return replace(free, key=key, attempts=0, since=None, due=None)


class Webhooks:
    """The subscriptions of an installation.

    Parameters
    ----------
    ledger
        Where they are kept.
    now
        The clock.
    """

    def __init__(self, ledger: Ledger, now: Clock) -> None:
        self._now = now
        self._store: Store[Webhook] = ledger.holding(
            WEBHOOKS, write_row, lambda row: read_row(Webhook, row)
        )

    def subscribe(self, keys: Sequence[str], url: str, purpose: str, after: int) -> Webhook:
        """Add a subscription and return it.

        Parameters
        ----------
        keys
            The key that is told, last, and those whose place it took.
        url, purpose
            Where, and what for.
        after
            Number of the last change that is not told.

        Raises
        ------
        InvalidError
            If they have as many as a key may have.
        """
        if len(self.of(keys)) >= MOST:
            raise InvalidError(f"a key has {MOST} webhooks at most; remove one that is not needed")
        name = "wh_" + "".join(secrets.choice(ascii_lowercase) for _ in range(LETTERS))
        found = Webhook(name, keys[-1], url, purpose, self._now(), after)
        self._store.add(name, found)
        return found

    def of(self, keys: Collection[str]) -> list[Webhook]:
        """Return the subscriptions of some keys, oldest first."""
        return [each for each in self.all() if each.key in keys]

    def all(self) -> list[Webhook]:
        """Return all subscriptions, oldest first."""
        found = (each for _, each in self._store.rows())
        return sorted(found, key=lambda each: (each.created, each.id))

    def find(self, name: str, keys: Collection[str]) -> Webhook:
        """Return the subscription of some keys.

        Raises
        ------
        NotFoundError
            If they have none of that id.
        """
        found = self._store.get(name)
        if found is None or found.key not in keys:
            raise NotFoundError(f"this key has no webhook {name!r}; list them to see their ids")
        return found

    def any(self, name: str) -> Webhook:
        """Return the subscription of whatever key.

        Raises
        ------
        NotFoundError
            If there is none of that id.
        """
        found = self._store.get(name)
        if found is None:
            raise NotFoundError(f"there is no webhook {name!r}; GET /v1/subscriptions lists all")
        return found

    def remove(self, name: str) -> None:
        """Remove a subscription; what is on its way arrives."""
        self._store.change(name, lambda _: None)

    def change(self, name: str, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Change a subscription, and return it; None if it is there no longer."""
        return self._store.change(name, lambda row: None if row is None else change(row))

    def begin(self, name: str, holder: str) -> Webhook | None:
        """Return a subscription that a process may deliver from now on; None if it may not."""
        now = self._now()

        def taken(row: Webhook) -> Webhook:
            if not row.may_begin(now):
                return row
            return replace(row, holder=holder, until=now + LEASE, due=None)

        found = self.change(name, taken)
        mine = found is not None and found.holder == holder and found.until == now + LEASE
        return found if mine else None

    def keep(self, held: Webhook, change: Callable[[Webhook], Webhook]) -> Webhook | None:
        """Change a subscription that a process holds, and hold it longer.

        Returns
        -------
        The subscription; None if it was removed or another process took it, and nothing was done.
        """
        now = self._now()

        def kept(row: Webhook) -> Webhook:
            return replace(change(row), until=now + LEASE) if row.holder == held.holder else row

        found = self.change(held.id, kept)
        return found if found is not None and found.holder == held.holder else None

    def end(self, held: Webhook) -> None:
        """Let others deliver a subscription."""
        self.change(
            held.id,
            lambda row: replace(row, holder="", until=None) if row.holder == held.holder else row,
        )
